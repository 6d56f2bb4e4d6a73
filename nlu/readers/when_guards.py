"""Whether words of time name a time to come, and one that is wanted; not the past, a habit, a street or a blood sugar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from nlu.readers import when_words as words
from nlu.readers.numerals import number

if TYPE_CHECKING:
    from nlu.readers.when import Told

_SHORT: Final = 12
# How far from a time somebody may be asked to come then.
_FAR: Final = 60
_LAST_DAY: Final = 31
# How far before a bare number a door may be spoken of.
_TOLD_BEFORE: Final = 16
_HAN: Final = "一二三四五六七八九十"


def waiting(text: str) -> re.Match[str] | None:
    """半个小时后, 过俩钟头: how long to wait."""
    for match in words.WAIT.finditer(text):
        told = match["later"] or match["lead"]
        if told and (len(text) <= _SHORT or words.REQUEST.search(text)):
            return match
    return None


def is_within_number(text: str, start: int, end: int) -> bool:
    """Whether text[start] goes on with a number that began before it (and after the last time, at `end`)."""
    if start == end or start == 0:
        return False
    last, first = text[start - 1], text[start]
    return (last.isdecimal() and first.isdecimal()) or (last in _HAN and first in _HAN)


def is_gone(text: str, start: int) -> bool:
    """Whether the time at `start` is one gone by or a habit."""
    before = text[max(0, start - 8) : start]
    return bool(words.RECURRING.search(before) or words.GONE_BEFORE.search(before))


def is_time(text: str, told: Told) -> bool:
    """Whether a time to come is meant."""
    if is_gone(text, told.start) or words.BORN.match(text, told.end) or words.SUPPOSED.match(text, told.end):
        return False
    if told.period and told.period.startswith("吃") and not _is_meal_before(text, told):
        return False
    if told.day is None and not told.open:
        return _is_hour(text, told)
    if _is_open_or_feast(told):
        return _is_wanted_then(text, told)
    if told.day is None or told.day["word"] is None or told.day["word"][0] != "今":
        return told.day is not None and _is_date(text, told, told.day)
    return _is_today(text, told)


def _is_meal_before(text: str, told: Told) -> bool:
    """吃了晌午饭来, not 吃了晌午饭头晕."""
    return told.clock is not None or _is_whole(text, told) or words.COMES.match(text, told.end) is not None


def is_refused(text: str, told: Told) -> bool:
    """明天不行, 不是周三, 原定11月25日: named only to say that it is not then."""
    before = text[max(0, told.start - 8) : told.start]
    old = words.OLD_BEFORE.search(before) or words.REJECTED.match(text, told.end)
    return bool(old) or is_denied(text, told)


def is_denied(text: str, told: Told) -> bool:
    """不是周三, 周三以外: not this time, whichever it may be."""
    before = text[max(0, told.start - 8) : told.start]
    return bool(words.DENIED_BEFORE.search(before) or words.DENIED_BEHIND.match(text, told.end))


def _is_hour(text: str, told: Told) -> bool:
    if told.clock is None:
        return _is_part_of_day(text, told)
    if told.period is not None:
        return True
    before = text[max(0, told.start - 8) : told.start]
    if text.strip() == told.clock[0] and told.clock["hour"] != "一":
        return True
    if words.NOW.search(before) and re.match("多?了", text[told.end :]):
        return False
    if words.MOVED_TO.search(before):
        return True
    if words.BEFORE_NUMBER.search(before) or words.ONE_O_CLOCK.match(text, told.start):
        return False
    return told.clock["h"] is not None or words.CLOCK_ENDS.match(text, told.end) is not None


def _is_part_of_day(text: str, told: Told) -> bool:
    """下午来, 改到下午, and a last word: 来人换换滤芯，后晌."""
    if text.startswith("好", told.end):
        return False
    before = text[max(0, told.start - _FAR) : told.start]
    if _is_whole(text, told) or words.MOVED_TO.search(before):
        return True
    last = told.end == len(text) and before[-1:] in "，, " and words.REQUEST.search(before)
    return bool(last or (words.COMES.match(text, told.end) and not words.DONE.match(text, told.end)))


def _is_open_or_feast(told: Told) -> bool:
    return told.day is None or any(told.day[group] for group in ("moon", "festival", "moon_day"))


def _is_wanted_then(text: str, told: Told) -> bool:
    if told.open and words.SINCE.search(text[: told.start][-1:]):
        return False
    around = text[max(0, told.start - _FAR) : told.start] + text[told.end : told.end + _FAR]
    if words.BY_AND_BY.match(text, told.start):
        around = re.split("[，,。；; ]", text[told.end :])[0]
    if _is_whole(text, told):
        return not text.startswith("好", told.end)
    if words.NOT_THEN.match(text, told.end):
        return False
    at_an_hour = told.day is not None and told.clock is not None
    return bool(
        (at_an_hour or words.REQUEST.search(around))
        and not words.QUESTION.search(around)
        and not words.DONE.match(text, told.end)
    )


def _is_date(text: str, told: Told, day: re.Match[str]) -> bool:
    coming = day["word"] or day["days"] or day["after"] or day["weeks"] or day["half_month"] or day["months"]
    if coming:
        return True
    if words.DONE.match(text, told.end) or words.UNTIL_NOW.match(text, told.end):
        return False
    if day["weekday"]:
        return True
    if day["month"] and (words.NO_DATE.search(day[0]) or (number(day["day"]) or 0) > _LAST_DAY):
        return False
    if day["month"] and not day["year"] and not re.search("[月日号]", day[0]):
        return bool(told.period or told.clock)
    before = text[max(0, told.start - 8) : told.start]
    if day["which"]:
        return True
    bare = day["only"] and not told.period and not told.clock
    of_door = bare and words.OF_A_DOOR.search(text[max(0, told.start - _TOLD_BEFORE) : told.start])
    return not (of_door or words.BEFORE_NUMBER.search(before))


def _is_today(text: str, told: Told) -> bool:
    if words.DONE.match(text, told.end) or words.DONE_TODAY.match(text, told.end):
        return False
    if told.period or told.clock:
        return True
    about = words.ABOUT_TODAY.match(text, told.end) or not words.REQUEST.search(
        text[max(0, told.start - _FAR) : told.end + _FAR]
    )
    return _is_whole(text, told) or not about


def _is_whole(text: str, told: Told) -> bool:
    rest = text[: told.start] + text[told.end :]
    return (
        re.fullmatch(
            r"(?:最好|大概|农历|阴历|旧历|老历|差不多|左右|以?前|之前|那会儿?|就|那|那就|明年|今年|还是|行|好|中|定|是|吧|嘞|呗|来|可以|都|呀|"
            r"[，,。 !！]){0,5}",
            rest,
        )
        is not None
    )
