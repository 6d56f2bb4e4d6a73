"""How old an elder is: exact ages, ranges (虚岁, 快, 多, 出头), birth dates and the zodiac; never another number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from nlu.readers import birth, birth_eras, zodiac
from nlu.readers.age_numbers import mended
from nlu.readers.age_sayings import without_proverbs
from nlu.readers.age_words import Told, find_numbers, idioms
from nlu.readers.birth import Birth

_LEAST, _BARE_LEAST, _MOST = 18, 50, 130


def read(text: str, context: str | None, today: date) -> dict[str, object]:
    """What a normalised text about one elder tells of the age: a subset of `age` (full years), `age_range`
    ([low, high], inclusive) and `birth_date` ("1943-05-02", "1943-05" or "1943").

    With `context` "age" a number that stands alone is an age. Ages a rule asks for, ages of the past, and ages
    of children and animals are not read.
    """
    born = birth.find(text, context, today)
    hidden = text if born is None else text[: born.start] + "，" * (born.end - born.start) + text[born.end :]
    hidden = mended(without_proverbs(hidden))
    told = _chosen(find_numbers(hidden, context) or idioms(hidden), hidden)
    if born is not None:
        return _with_birth(born, told, today)
    if told is not None:
        return _facts(_by_zodiac(told, text, today))
    decade = birth_eras.decade(text, today)
    return {} if decade is None else {"age_range": list(decade)}


def _facts(told: Told) -> dict[str, object]:
    low, high = max(told.low, 0), min(told.high, _MOST)
    if not _LEAST <= low <= high or (high < _BARE_LEAST and not told.marked):
        return {}
    return {"age": low} if told.exact else {"age_range": [low, high]}


def _with_birth(born: Birth, told: Told | None, today: date) -> dict[str, object]:
    """A birth date says more than a range, and rules out an age that was counted the old way."""
    facts: dict[str, object] = {"birth_date": born.value}
    low, high = born.ages(today)
    if told is not None and told.exact and low <= told.low <= high:
        facts["age"] = told.low
    return facts


def _chosen(every: Sequence[Told], text: str) -> Told | None:
    """The one number that is meant where several are told: the corrected, the exact, the clearly marked one."""
    if not every:
        return None
    if _CORRECTED.search(text, every[0].end):
        return every[-1]
    if not any(told.exact for told in every) and (low := max(told.low for told in every)) <= (
        high := min(told.high for told in every)
    ):
        return replace(every[-1], low=low, high=high)
    full = [told for told in every if told.full]
    marked = full or [told for told in every if told.marked] or list(every)
    return next((told for told in marked if told.exact), marked[0])


_CORRECTED: Final = re.compile(
    r"不对|说错|弄错|记错|打错|写错|错了|哦不|噢不|啊不|[，,。 ]不[，,。 ]|应该是|改成|更正|不是|其实|实际|真实"
)


def _by_zodiac(told: Told, text: str, today: date) -> Told:
    """Narrows a range by the animal, and sees where a bare number can only have been counted the old way (虚岁)."""
    if "属" not in text or told.full:
        return told
    spans = zodiac.ages(text, today, told.low, told.high)
    if told.exact and not spans:
        spans = zodiac.ages(text, today, told.low - 2, told.low - 1)
    elif told.exact:
        return told
    if len(spans) != 1:
        return told
    return _spanning(told, *spans[0])


def _spanning(told: Told, low: int, high: int) -> Told:
    return replace(told, low=low, high=high, exact=low == high and told.exact)
