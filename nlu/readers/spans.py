"""Reads how long something has lasted, in months."""

from __future__ import annotations

import re

_DIGITS = {
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "仨": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_NUMBER = r"(?:\d{1,2}(?:\.5)?|[一二两俩三仨四五六七八九]?十[一二两三四五六七八九几多]?|[一二两俩三仨四五六七八九]{1,2})"
SPAN = re.compile(
    rf"(?<![快近小好几\d岁第])(?<!不到)(?<!差不多快)(?:(?P<years>{_NUMBER})来?多?年(?!前|级|代|底|初|轻|纪|龄|月|\d)(?P<half>半)?"
    rf"(?:零|又|加|单)?(?:(?P<more>{_NUMBER})个多?月)?|(?P<months>{_NUMBER})来?(?:个多?月|个?(?<=[俩仨])多?月)(?!前|大|"
    rf"后)(?P<and_half>半)?|大?(?P<half_year>半)年(?!前|级))"
)
"""A span of years and months; none is found in 快三年了, 不到半年, 三年前, whose end lies elsewhere."""

_AGO = re.compile(rf"(?<![快近小好几\d岁第])(?P<number>{_NUMBER})(?:年(?P<half>半)?|个(?P<month>多?月))前")


def months_ago(text: str) -> float | None:
    """The months since the first 三年前 or 八个月前 of `text`; None where nothing is told so."""
    found = _AGO.search(text)
    count = number(found["number"]) if found else None
    if found is None or count is None:
        return None
    return count if found["month"] else count * 12 + (6 if found["half"] else 0)


def number(text: str) -> float | None:
    """The number that digits or Chinese numerals below 100 write; of two digits side by side (两三) the first."""
    if text[:1].isdigit():
        return float(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
    return _DIGITS.get(text[:1])


def months(found: re.Match[str]) -> float:
    """The months of a match of SPAN; 三年多 counts as its three years."""
    if found["half_year"]:
        return 6
    if found["months"]:
        return (number(found["months"]) or 0) + (0.5 if found["and_half"] else 0)
    years = number(found["years"]) or 0
    rest = number(found["more"]) or 0 if found["more"] else 0
    return years * 12 + (6 if found["half"] else 0) + rest
