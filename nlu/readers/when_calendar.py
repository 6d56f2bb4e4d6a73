"""Which date the words of a day mean, seen from today: weekdays, dates without a year, feasts and the moon's months."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from lunar_python import Lunar, LunarMonth, Solar

from nlu.readers.numerals import digits, number
from nlu.readers.when_words import LUNAR_FESTIVALS, SOLAR_FESTIVALS

_DAY_WORDS: Final = {"今": 0, "明": 1, "赶": 1, "后": 2, "大": 3}
_MOON_MONTHS: Final = {"正": 1, "冬": 11, "腊": 12}
_SHIFTS: Final = {
    "头一天": -1,
    "头天": -1,
    "前一天": -1,
    "前两天": -2,
    "头两天": -2,
    "后一天": 1,
    "第二天": 1,
    "后两天": 2,
}
_WEEK, _HALF_MONTH = 7, 15


def day(told: re.Match[str], today: date) -> date | None:
    """The date that a match of `when_words.DAY` means, the next one to come where several could be meant."""
    for group, reckon in _BY_GROUP.items():
        if told[group]:
            return reckon(told, today)
    return None


def _word(told: re.Match[str], today: date) -> date:
    return today + timedelta(days=_DAY_WORDS[told["word"][0]])


def _ahead(told: re.Match[str], today: date) -> date | None:
    if told["half_month"]:
        return today + timedelta(days=_HALF_MONTH)
    if told["weeks"]:
        return today + timedelta(days=_WEEK * (number(told["weeks"]) or 1))
    if told["after"] in ("两", "2"):
        # 过两天 is one of these days.
        return None
    return today + timedelta(days=number(told["days"] or told["after"]) or 0)


def _months(told: re.Match[str], today: date) -> date | None:
    month = today.month - 1 + (number(told["months"]) or 1)
    return _valid(today.year + month // 12, month % 12 + 1, min(today.day, 28))


def _weekday(told: re.Match[str], today: date) -> date:
    name = told["weekday"]
    index = 5 if name == "末" else 6 if name in "日天7" else (number(name) or 1) - 1
    monday = today - timedelta(days=today.weekday())
    weeks = (told["week"] or "").count("下")
    named = monday + timedelta(days=index, weeks=weeks)
    if told["week"] is None and named < today:
        return named + timedelta(weeks=1)
    return named


def _in_year(told: re.Match[str], today: date) -> date | None:
    month = 1 if told["month"] == "元" else number(told["month"]) or 0
    of_month = number(told["day"]) or 0
    if told["year"]:
        return _valid(digits(told["year"]) or 0, month, of_month)
    return _coming(lambda year: _valid(year, month, of_month), today)


def _in_month(told: re.Match[str], today: date) -> date | None:
    of_month = number(told["only"]) or 0
    named = _valid(today.year, today.month, of_month)
    coming = told["which"] and told["which"].startswith("下")
    if named is not None and named >= today and not coming:
        return named
    month = today.month % 12 + 1
    return None if told["which"] and not coming else _valid(today.year + (month == 1), month, of_month)


def _festival(told: re.Match[str], today: date) -> date | None:
    shift = timedelta(days=_SHIFTS[told["shift"].lstrip("的")] if told["shift"] else 0)
    named = _coming(_dates_of(told["festival"]), today - shift)
    return named + shift if named else None


def _dates_of(name: str) -> Callable[[int], date | None]:
    if name in SOLAR_FESTIVALS:
        month, of_month = SOLAR_FESTIVALS[name]
        return lambda year: _valid(year, month, of_month)
    if name in LUNAR_FESTIVALS:
        month, of_month = LUNAR_FESTIVALS[name]
        return lambda year: _moon(year, month, of_month)
    return lambda year: _term(year, name[:2])


def _moon_date(told: re.Match[str], today: date) -> date | None:
    month, _, of_month = told["moon"].lstrip("闰").partition("月")
    number_of_month = _MOON_MONTHS.get(month) or number(month) or 0
    return _coming(lambda year: _moon(year, number_of_month, number(of_month.lstrip("初")) or 0), today)


def _moon_day(told: re.Match[str], today: date) -> date:
    """The next 初六 of whatever month of the moon."""
    now = Solar.fromYmd(today.year, today.month, today.day).getLunar()
    ahead = (number(told["moon_day"][1]) or 1) - now.getDay()
    if ahead < 0:
        ahead += LunarMonth.fromYm(now.getYear(), now.getMonth()).getDayCount()
    return today + timedelta(days=ahead)


_BY_GROUP: Final[dict[str, Callable[[re.Match[str], date], date | None]]] = {
    "word": _word, "days": _ahead, "after": _ahead, "weeks": _ahead, "half_month": _ahead, "months": _months,
    "weekday": _weekday, "moon": _moon_date, "festival": _festival, "month": _in_year, "only": _in_month, "moon_day": _moon_day,
}  # fmt: skip


def _coming(of_year: Callable[[int], date | None], today: date) -> date | None:
    """The first of a yearly day's dates that has not gone by."""
    every = (of_year(year) for year in range(today.year - 1, today.year + 2))
    return next((named for named in every if named is not None and named >= today), None)


@lru_cache(maxsize=64)
def _moon(year: int, month: int, of_month: int) -> date | None:
    """A date of the moon's calendar; day 0 is the last of the month."""
    last = LunarMonth.fromYm(year, month).getDayCount()
    if of_month > last:
        return None
    solar = Lunar.fromYmd(year, month, of_month or last).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


@lru_cache(maxsize=64)
def _term(year: int, name: str) -> date:
    """清明, 冬至 or another solar term of a year."""
    table = Lunar.fromYmd(year, 6, 1).getJieQiTable()
    solar = table["DONG_ZHI" if name == "冬至" else name]
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def _valid(year: int, month: int, of_month: int) -> date | None:
    try:
        return date(year, month, of_month)
    except ValueError:
        return None
