"""A little of `python -m tests.fuzz` in every run: pushes made up from their parts."""

from __future__ import annotations

import pytest

from tests.fuzz import pushes
from tests.fuzz.one import Fuzz


@pytest.mark.parametrize("one", pushes.ALL, ids=lambda one: one.name)
def test_whatever_is_pushed_is_a_message_or_refused(one: Fuzz) -> None:
    one.run(examples=60, dice=20261121)
