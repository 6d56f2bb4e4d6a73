"""When a call can be had, what is near where it cannot, and by when somebody must have taken it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from bot.booking.history import SHANGHAI, entered, here
from bot.catalog.calls import Call
from bot.catalog.holidays import Holidays
from bot.models import Request

Kind = Literal["past", "too_soon", "too_far", "holiday", "closed_day", "closed_hour"]

_WORKDAYS: Final = frozenset({1, 2, 3, 4, 5})
_ALL_DAYS: Final = frozenset(range(1, 8))
_STEP: Final = timedelta(minutes=30)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a call can be had: `days` of the week (1 Monday to 7 Sunday), `opens` to before `closes` (00:00: midnight).

    `on_holidays` is whether it is there on public holidays; `lead_minutes` how soon at the earliest, `horizon_days`
    how many days ahead at most. `ValueError` where that is never.
    """

    days: frozenset[int]
    opens: time
    closes: time
    on_holidays: bool = False
    lead_minutes: int = 0
    horizon_days: int = 14

    def __post_init__(self) -> None:
        if not self.days or not self.days <= _ALL_DAYS:
            raise ValueError("the days of the week are 1 to 7, one of them at least")
        if self.closes != time() and self.closes <= self.opens:
            raise ValueError("it must close after it opens")
        if self.lead_minutes < 0 or self.horizon_days < 0:
            raise ValueError("neither lead nor horizon lies in the past")


@dataclass(frozen=True, slots=True)
class Fine:
    """The moment will do; `remark` says that it may turn out to be a holiday."""

    remark: Literal["holiday_unknown"] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the moment will not do, and the nearest that would: before and after it, or what there is of them."""

    kind: Kind
    nearest: tuple[datetime, ...] = ()


def hours_of(call: Call) -> Hours | None:
    """The hours of a call as its file tells them; None for an urgent one, which has none."""
    if call.urgent:
        return None
    ahead = (call.lead_minutes, call.horizon_days)
    if call.hours is None:
        return Hours(_ALL_DAYS, time(), time(), True, *ahead)
    return Hours(call.hours.days, call.hours.opens, call.hours.closes, call.hours.on_holidays, *ahead)


def check(moment: datetime, hours: Hours | None, holidays: Holidays, now: datetime) -> Fine | Problem:
    """Whether the call can be had then; None are the hours of an urgent call, which has none.

    Minutes count, seconds do not: 两个小时以后 is not too soon where two hours are asked for. `ValueError` for a
    moment without a zone.
    """
    if hours is None:
        return Fine()
    wished, this = here(moment), here(now).replace(second=0, microsecond=0)
    choice = _choice(hours, holidays, this)
    kind = _kind(wished, choice, this)
    if kind:
        return Problem(kind, tuple(_nearest(kind, wished, choice)))
    return Fine(None if holidays.first <= wished.date() <= holidays.last else "holiday_unknown")


def due(request: Request, late_minutes: int, hours: Hours | None, holidays: Holidays) -> datetime | None:
    """By when somebody must have taken it; None where nobody is waited for.

    Counted in opening time from when it was submitted or handed back, not after the moment that it is wished for;
    an urgent call is counted by the clock.
    """
    if request.state != "submitted":
        return None
    start, late = here(datetime.fromisoformat(entered(request).at)), timedelta(minutes=late_minutes)
    if request.urgent or hours is None:
        return start + late
    end = _open_for(late, start, hours, holidays)
    return min(end, max(start, here(datetime.fromisoformat(request.time)))) if request.time else end


@dataclass(frozen=True, slots=True)
class _Choice:
    """The moments that will do, from `first` to the end of the day `last`."""

    hours: Hours
    holidays: Holidays
    first: datetime
    last: date

    def on(self, day: date) -> list[datetime]:
        """Those of one day."""
        if not _open_on(day, self.hours, self.holidays):
            return []
        return [slot for slot in _slots(day, self.hours) if self.first <= slot]

    def beside(self, day: date, step: int) -> list[datetime]:
        """Those of the nearest day after it (`step` 1) or before it (-1) that has any."""
        day += step * _DAY
        while self.first.date() <= day <= self.last:
            if found := self.on(day):
                return found
            day += step * _DAY
        return []


def _choice(hours: Hours, holidays: Holidays, now: datetime) -> _Choice:
    first = now + timedelta(minutes=hours.lead_minutes)
    return _Choice(hours, holidays, first, now.date() + hours.horizon_days * _DAY)


def _kind(wished: datetime, choice: _Choice, now: datetime) -> Kind | None:
    if wished < now:
        return "past"
    if wished.date() > choice.last:
        return "too_far"
    if wished < choice.first:
        return "too_soon"
    return _closed(wished, choice.hours, choice.holidays)


def _closed(moment: datetime, hours: Hours, holidays: Holidays) -> Kind | None:
    day = moment.date()
    if day in holidays.days_off and not hours.on_holidays:
        return "holiday"
    if not _open_on(day, hours, holidays):
        return "closed_day"
    opens, closes = _span(day, hours)
    return None if opens <= moment < closes else "closed_hour"


def _open_on(day: date, hours: Hours, holidays: Holidays) -> bool:
    """A worked weekend is a working day: open where all of those are."""
    if day in holidays.days_off and not hours.on_holidays:
        return False
    return day.isoweekday() in hours.days or (day in holidays.worked and hours.days >= _WORKDAYS)


def _span(day: date, hours: Hours) -> tuple[datetime, datetime]:
    last = day + _DAY if hours.closes == time() else day
    return datetime.combine(day, hours.opens, SHANGHAI), datetime.combine(last, hours.closes, SHANGHAI)


def _nearest(kind: Kind, wished: datetime, choice: _Choice) -> list[datetime]:
    """As soon as can be for what is too early, earlier or later that day for a closed hour, else another day."""
    if kind in ("past", "too_soon"):
        return choice.beside(choice.first.date() - _DAY, 1)[:1]
    day = min(wished.date(), choice.last + _DAY)
    if kind != "closed_hour":
        return [_like(wished, slots) for step in (-1, 1) if (slots := choice.beside(day, step))]
    that_day = choice.on(day)
    later = [slot for slot in that_day if slot > wished] or choice.beside(day, 1)
    return [slot for slot in that_day if slot < wished][-1:] + later[:1]


def _slots(day: date, hours: Hours) -> Iterator[datetime]:
    """The opening, and the full and half hours after it."""
    opens, closes = _span(day, hours)
    yield opens
    slot = datetime.combine(day, time(), SHANGHAI) + _STEP
    while slot < closes:
        if slot > opens:
            yield slot
        slot += _STEP


def _like(wished: datetime, day: list[datetime]) -> datetime:
    """The slot of a day that is nearest to the time of day that was wished for."""
    return min(day, key=lambda slot: abs(_into_day(slot) - _into_day(wished)))


def _into_day(moment: datetime) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)


def _open_for(much: timedelta, start: datetime, hours: Hours, holidays: Holidays) -> datetime:
    """When it has been open for so long since `start`."""
    day = start.date()
    while True:
        opens, closes = _span(day, hours)
        opens = max(opens, start)
        if _open_on(day, hours, holidays) and opens < closes:
            if opens + much <= closes:
                return opens + much
            much -= closes - opens
        day += _DAY
