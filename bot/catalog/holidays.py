"""China's public holidays and the weekend days that are worked instead, for the years whose notice is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from bot.catalog.schema_calls import DaysOffForm, HolidaysForm


@dataclass(frozen=True, slots=True)
class Holidays:
    """`days_off` and `worked` are known from `first` to `last`; outside of them nobody knows. `names` goes from a
    day off to the name of its holiday."""

    days_off: frozenset[date]
    worked: frozenset[date]
    first: date
    last: date
    names: Mapping[date, str]


def holidays(forms: Sequence[HolidaysForm]) -> Holidays:
    """The years' files as one; they must follow each other without a gap."""
    names = {day: one.name for form in forms for one in form.days_off for day in days(one)}
    years = [form.year for form in forms]
    return Holidays(
        frozenset(names),
        frozenset(date.fromisoformat(day) for form in forms for day in form.worked),
        date(min(years), 1, 1),
        date(max(years), 12, 31),
        MappingProxyType(names),
    )


def days(form: DaysOffForm) -> list[date]:
    """Every day of one holiday; none where it ends before it begins."""
    first, last = date.fromisoformat(form.first), date.fromisoformat(form.last)
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]
