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
    text = birth.joined(text)
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
    if not any(told.exact for told in every) and (both := _overlap(every)):
        return both
    full = [told for told in every if told.full]
    marked = full or _of_now(every, text) or [told for told in every if told.marked] or list(every)
    return next((told for told in marked if told.exact), marked[0])


def _of_now(every: Sequence[Told], text: str) -> list[Told]:
    """六十岁退的休今年七十五: of several exact ages those that are said to be of today."""
    return [told for told in every if told.exact and _NOW.search(text, max(0, told.start - 8), told.start)]


def _overlap(every: Sequence[Told]) -> Told | None:
    """What several ranges leave open: 八十往上没到九十 is 80 to 89; how far below 没到 reaches is only a guess."""
    low = max(told.low for told in [one for one in every if not one.below] or every)
    high = min(told.high for told in every)
    return replace(every[-1], low=low, high=high) if low <= high else None


_NOW: Final = re.compile(
    "(?:今年|现年|现在|如今|眼下|眼目前|目前|这会儿)[都也已经就才刚是有满我俺他她]{0,4}$"
)
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
