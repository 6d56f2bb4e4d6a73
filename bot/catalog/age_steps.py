"""The ages at which some condition of the catalog begins or ends to hold: between two of them all are judged alike."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.catalog.model import Catalog
from bot.eligibility.conditions import age_bounds
from bot.eligibility.vocabulary import OLDEST


def age_steps(catalog: Catalog) -> list[int]:
    """The first year of each stretch, from 0 on; none ends later than the oldest age."""
    lists = catalog.lists.values()
    forms = [one.document for one in lists], [item.form for one in lists for item in one.items]
    questions = [one.form for one in catalog.questions.values()]
    written = [form.model_dump() for form in (*forms[0], *forms[1], *questions)]
    return sorted({0, OLDEST + 1, *_ends(written)})


def stretch(age: int, steps: Sequence[int]) -> tuple[int, int]:
    """The first and the last year of the stretch in which an age lies."""
    at = bisect(steps, age)
    return steps[at - 1], steps[at] - 1


def _ends(written: Any) -> Iterable[int]:
    """Wherever a condition may stand; what only looks like one adds a step and changes nothing."""
    if isinstance(written, Mapping):
        if isinstance(written.get("age"), Mapping):
            low, high = age_bounds(written["age"])
            yield from (low, high + 1)
        written = tuple(written.values())
    if isinstance(written, list | tuple):
        for part in written:
            yield from _ends(part)
