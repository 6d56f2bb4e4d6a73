"""A little of `python -m tests.fuzz` in every run: spoiled catalogs load, or are refused with file and line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fuzz import catalogs
from tests.fuzz.one import Fuzz


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    yield
    catalogs.clean_up()


@pytest.mark.parametrize("one", catalogs.ALL, ids=lambda one: one.name)
def test_a_spoiled_catalog_loads_or_says_where(one: Fuzz) -> None:
    one.run(examples=4, dice=20261121)
