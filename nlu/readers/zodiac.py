"""The animals of the zodiac: which ages and years of birth they leave open."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

# Above this age nobody, below that nobody this bot is for.
OLDEST: Final = 125
ANIMALS: Final = "鼠牛虎兔龙蛇马羊猴鸡狗猪"
_ANIMAL: Final = re.compile(rf"属(?:相|于)?(?:是|大)?(?P<small>小龙|长虫)?(?P<animal>[{ANIMALS}])?")


def ages(text: str, today: date, low: int, high: int) -> list[tuple[int, int]]:
    """The possible full ages, as inclusive ranges, of someone of the animal `text` names, that touch low..high."""
    every = range(today.year - OLDEST, today.year - 20)
    # The animal's year begins between 21 January and 20 February.
    spans = [
        (full_years([year + 1, 2, 20], today), full_years([year, 1, 21], today)) for year in _of(text, every)
    ]
    return [(max(low, least), min(high, most)) for least, most in spans if least <= high and most >= low]


def year_within(text: str, years: range) -> int | None:
    """The one year among `years` that is of the animal `text` names."""
    found = _of(text, years)
    return found[0] if len(found) == 1 else None


def full_years(born: list[int], today: date) -> int:
    """The full age on `today` of someone born on [year, month, day]."""
    return today.year - born[0] - ((today.month, today.day) < (born[1], born[2]))


def _of(text: str, years: range) -> list[int]:
    match = _ANIMAL.search(text)
    animal = match and ("蛇" if match["small"] else match["animal"])
    return [year for year in years if animal and (year - 4) % 12 == ANIMALS.index(animal)]
