"""When an elder was born: years and dates in every style, 民国 years, identity numbers, decades with an animal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from nlu.readers import birth_eras, birth_words
from nlu.readers.numerals import digits, number
from nlu.readers.zodiac import OLDEST, full_years

# A two-digit year is of the last century, and this bot is for nobody younger.
_YOUNGEST: Final = 45
_LUNAR: Final = frozenset({"阴历", "农历", "古历", "旧历", "老历", "夏历", "阴"})
_SOLAR: Final = frozenset({"阳历", "公历", "新历", "国历", "阳"})
_LUNAR_BEHIND: Final = re.compile(r"阴历|农历|古历|[（(]阴历")
_LUNAR_BEFORE: Final = re.compile(r"(?:阴历|农历|古历|旧历|老历)(?:是|的)?$")

_APART: Final = re.compile(r"[，, ：:（(]$|(?:[，,]|应该?)是$")


@dataclass(frozen=True, slots=True)
class Birth:
    """`value` is "YYYY", "YYYY-MM" or "YYYY-MM-DD"; text[start:end] told it."""

    value: str
    start: int
    end: int

    def ages(self, today: date) -> tuple[int, int]:
        """The least and the greatest full age that fits on `today`."""
        parts = [int(part) for part in self.value.split("-")]
        first = [*parts, 1, 1][:3]
        last = [*parts, 12, 31][:3]
        return full_years(last, today), full_years(first, today)


def find(text: str, context: str | None, today: date) -> Birth | None:
    """The last affirmed birth date of a normalised text; dates of other events are none."""
    *_, found = [None, *_dates(text, context, today), *_identity(text, today)]
    return found or _bare_year(text, context, today) or _era(text, today)


def joined(text: str) -> str:
    """`text` with the year and the month of a birth, told apart (四六年嘞，十月生的), as one date."""
    return birth_words.APART.sub("", text)


def _dates(text: str, context: str | None, today: date) -> Iterator[Birth]:
    for match in birth_words.DATE.finditer(text):
        year = _year(match)
        value = None if year is None or _denied(text, match.start()) else _value(year, match, today)
        if value is not None and birth_words.is_birth(text, match, context):
            yield Birth(value, match.start(), match.end())


def _identity(text: str, today: date) -> Iterator[Birth]:
    runs = [
        match
        for match in birth_words.RUN.finditer(text)
        if (match["tail"] is None) == (match["head"] is None)
    ]
    for match in [*runs, *birth_words.OLD_RUN.finditer(text)]:
        year = int(match["year"])
        value = _checked(year + 1900 * (year < 100), int(match["month"]), int(match["day"]), today)
        if value and not _denied(text, match.start()):
            yield Birth(value, match.start(), match.end())


def _year(match: re.Match[str]) -> int | None:
    if match["minguo"]:
        told = number(match["minguo"][2:])
        return None if told is None else 1911 + told
    if match["full"]:
        return digits(match["full"])
    short = digits(match["short"])
    return None if short is None or (match["sep"] and not match["day2"]) else 1900 + short


def _value(year: int, match: re.Match[str], today: date) -> str | None:
    month, day = match["month"] or match["month2"], match["day"] or match["day2"]
    if not month or _is_lunar(match, month, day or ""):
        return _checked(year, None, None, today)
    whole = _checked(year, number(month), number(day) if day else None, today)
    return whole or _checked(year, None, None, today)


def _is_lunar(match: re.Match[str], month: str, day: str) -> bool:
    """Months and days of the old calendar begin weeks later than ours: of such a date only the year is sure."""
    calendar = match["calendar"]
    if calendar in _LUNAR or month[:1] in ("正", "冬", "腊", "闰") or day[:1] in ("初", "廿"):
        return True
    by_name = day and not match["mark"] and not match["sep"] and not day[:1].isdecimal()
    if by_name and calendar not in _SOLAR:
        return True
    behind = _LUNAR_BEHIND.match(match.string, match.end())
    return bool(behind or _LUNAR_BEFORE.search(match.string[: match.start()]))


def _bare_year(text: str, context: str | None, today: date) -> Birth | None:
    found: Birth | None = None
    for match in birth_words.YEAR.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        sure = birth_words.BEFORE.search(before[-12:]) or birth_words.AFTER.match(after)
        alone = (not before or _APART.search(before)) and (not after or after[0] in "，, 。）)的")
        meant = (context == "age" or len(text) > 8) and not birth_words.STRANGE.search(before[-10:])
        value = _checked(digits(match[0]) or 0, None, None, today)
        if value and (sure or (alone and meant)) and not _denied(text, match.start()):
            found = Birth(value, match.start(), match.end())
    return found


def _era(text: str, today: date) -> Birth | None:
    year = birth_eras.year(text)
    value = None if year is None else _checked(year, None, None, today)
    return None if value is None else Birth(value, 0, 0)


def _denied(text: str, start: int) -> bool:
    return re.search(r"(?<!是)不是$", text[max(0, start - 3) : start]) is not None


def _checked(year: int, month: int | None, day: int | None, today: date) -> str | None:
    """The ISO text of a possible date of an elder's birth."""
    try:
        born = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if not today.year - OLDEST <= born.year <= today.year - _YOUNGEST:
        return None
    return born.isoformat()[: 10 if day else 7 if month else 4]
