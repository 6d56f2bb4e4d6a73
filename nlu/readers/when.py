"""Moments to come, as people say them: 明天上午九点, 大后天下晌三点半, 下周三上午, 25号, 正月初六, 半个小时以后."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from nlu.readers import when_calendar, when_guards
from nlu.readers import when_words as words
from nlu.readers.numerals import number

_MORNING: Final = 9
# So far apart two words may still name one moment: 明天派人来，九点到就行.
_TOGETHER: Final = 18
# How much before a time may say that it takes the place of another.
_BEFORE: Final = 14
_BESIDE: Final = 3


@dataclass(frozen=True, slots=True)
class Told:
    """The words of one time, text[start:end]; `open` where they leave the day open (元旦之前, 过几天)."""

    start: int
    end: int
    day: re.Match[str] | None = None
    open: bool = False
    period: str | None = None
    clock: re.Match[str] | None = None


def read(text: str, now: datetime) -> tuple[str, datetime | None] | None:
    """The time to come that a normalised text names: its words, and the moment in the zone of `now`.

    Where a time is put in place of another ("周三的改到周五") it is the new one, else the first. A part of a day
    without an hour stands for its usual hour (上午 9, 下午 15 o'clock), a day alone for 9 o'clock. An hour of today is
    told as said, gone by or not. The moment is None where the words leave it open or where the day or its part has gone
    by; the result is None without a time.
    """
    if wait := when_guards.waiting(text):
        return wait[0], _later(wait, now)
    told = _chosen(list(_every(text)), text, now.date())
    return None if told is None else (text[told.start : told.end].strip(" ，,的"), _moment(told, now))


def _later(wait: re.Match[str], now: datetime) -> datetime:
    hours = number((wait["hours"] or "").replace("仨", "三")) or 0
    minutes = 30 if wait["half"] else number(wait["minutes"] or "") or 60 * hours
    if wait["quarter"]:
        minutes = 15
    if wait["hours"] and "半" in wait[0]:
        minutes += 30
    return (now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def _every(text: str) -> Iterator[Told]:
    """All times to come in `text`, in order."""
    end = 0
    for start in words.FIRST.finditer(text):
        if start.start() < end:
            continue
        told = _told(text, start.start())
        if told is None or when_guards.is_within_number(text, told.start, end):
            continue
        if when_guards.is_time(text, told):
            yield told
            end = told.end
        elif told.day is None or when_guards.is_gone(text, told.start) or told.day[0].startswith("今"):
            end = told.end
        else:
            end = told.day.end()


def _told(text: str, start: int) -> Told | None:
    day = words.DAY.match(text, start)
    open_ = None if day else words.OPEN.match(text, start)
    named = day or open_
    end = named.end() if named else start
    period = (words.PERIOD_OF_DAY if named else words.PERIOD).match(text, _after_gap(text, end, bool(named)))
    end = period.end() if period else end
    clock = words.CLOCK.match(text, _after_gap(text, end, bool(named or period)))
    end = clock.end() if clock else end
    if not (named or period or clock):
        return None
    around = words.NOT_THAT_DAY.match(text, end) if day and not clock and not period else None
    past_it = day is not None and day["festival"] and words.PAST_IT.search(text[max(0, start - 2) : start])
    return Told(
        start,
        around.end() if around else end,
        day,
        bool(open_ or around or past_it),
        period["period"] if period else None,
        clock,
    )


def _after_gap(text: str, end: int, wanted: bool) -> int:
    gap = words.GAP.match(text, end) if wanted else None
    return gap.end() if gap else end


def _chosen(every: Sequence[Told], text: str, today: date) -> Told | None:
    kept = [told for told in every if not when_guards.is_refused(text, told)]
    kept = kept or [told for told in every if not when_guards.is_denied(text, told)]
    if not kept:
        return None
    moved = next((at for at, told in enumerate(kept) if _is_new(text, told)), 0)
    whole = kept[moved]
    for other in kept[moved + 1 :]:
        whole = _joined(whole, other, today)
    return _on_day(whole, every)


def _is_new(text: str, told: Told) -> bool:
    return words.MOVED_TO.search(text[max(0, told.start - _BEFORE) : told.start]) is not None


def _on_day(told: Told, every: Sequence[Told]) -> Told:
    """明天上午没人，改下午: an hour alone is meant of the day named before it."""
    if told.day or told.open:
        return told
    days = [each.day for each in every if each.day and not each.open and each.start < told.start]
    return replace(told, day=days[-1]) if days else told


def _joined(one: Told, other: Told, today: date) -> Told:
    """Both as one moment where the second only adds to the first: 上午十点吧，后天; 周六28号下午三点."""
    gap = other.start - one.end
    if _same_day_again(one, other, today):
        return replace(other, start=one.start) if gap <= _BESIDE else other
    if gap > _TOGETHER:
        return one
    if one.day and other.day:
        same = when_calendar.day(one.day, today) == when_calendar.day(other.day, today)
        same = (same and gap <= _BESIDE) or bool(
            gap <= 1 and one.day["weekday"] and (other.day["only"] or other.day["month"])
        )
        return replace(other, start=one.start) if same and not one.clock and not one.open else one
    if one.open or other.open:
        return other if one.open and other.day else one
    if one.day and not one.clock and other.clock:
        return replace(one, end=other.end, period=other.period or one.period, clock=other.clock)
    if one.day is None and other.day and not other.clock:
        return replace(one, end=other.end, day=other.day, period=one.period or other.period)
    return one


def _same_day_again(one: Told, other: Told, today: date) -> bool:
    """儿子星期五才能回来，星期五后晌两点来: the second tells the hour too."""
    if not (one.day and other.day and other.clock) or one.clock or one.open:
        return False
    return when_calendar.day(one.day, today) == when_calendar.day(other.day, today)


def _moment(told: Told, now: datetime) -> datetime | None:
    day = when_calendar.day(told.day, now.date()) if told.day else now.date()
    hour, minute = _hour(told)
    if told.open or day is None or hour is None or hour > 23:
        return None
    moment = datetime.combine(day, time(hour, 0), now.tzinfo) + timedelta(minutes=minute)
    if moment > now:
        return moment
    if told.day is None:
        return moment + timedelta(days=1) if told.clock else None
    later = told.clock and not told.period and hour < 12 and moment + timedelta(hours=12) > now
    if later:
        return moment + timedelta(hours=12)
    # Whoever says 今天上午九点 in the afternoon is to hear that it has gone by.
    return moment if told.clock and day == now.date() else None


def _hour(told: Told) -> tuple[int | None, int]:
    """The hour, and minutes to add to it (which may be negative: 差一刻)."""
    usual = words.PERIODS[told.period] if told.period else _MORNING
    clock = told.clock
    if clock is None:
        return usual, 0
    hour = number(clock["hour"] or clock["h"])
    if hour is None:
        return None, 0
    late = told.period is not None and usual >= 12
    if hour < 12 and (
        (late and not (usual == 12 and hour >= 10)) or (told.period is None and hour < 7 and clock["hour"])
    ):
        hour += 12
    if told.period and usual >= 18 and hour == 12:
        return 23, 60
    return hour, _minutes(clock)


def _minutes(clock: re.Match[str]) -> int:
    minute = int(clock["m"] or 0) or number(clock["past"] or clock["minute"] or "") or 0
    if clock["half"]:
        minute = 30
    if clock["quarter"]:
        minute = 15 * (number(clock["quarter"]) or 0)
    if clock[0].startswith("差"):
        minute -= number(clock["less"]) or 0 if clock["less"] else 15
    return minute - 15 if clock[0].endswith("差一刻") else minute
