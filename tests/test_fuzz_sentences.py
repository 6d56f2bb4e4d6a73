"""A little of `python -m tests.fuzz` in every run: texts of any kind, understood in the contract's shape."""

from __future__ import annotations

import pytest

from tests.fuzz import sentences
from tests.fuzz.one import Fuzz


@pytest.mark.parametrize("one", sentences.ALL, ids=lambda one: one.name)
def test_any_text_is_understood_in_shape(one: Fuzz) -> None:
    one.run(examples=30, dice=20261121)
