"""From an age, a range or a date of birth to the full years an elder may have."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from bot.eligibility.vocabulary import OLDEST
from bot.errors import BadValue

_BIRTH = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Ages(NamedTuple):
    """The youngest and oldest age possible, None where nothing was told; `conflict` where two tellings disagree."""

    known: tuple[int, int] | None
    conflict: bool = False


def read_ages(raw: Mapping[str, Any], today: date) -> Ages:
    """Where several are told, what they have in common; where they have nothing in common, all between them."""
    told = [read(raw[fact], today) for fact, read in _READ if fact in raw]
    if len(told) < 2:
        return Ages(told[0] if told else None)
    low, high = max(low for low, _ in told), min(high for _, high in told)
    if low <= high:
        return Ages((low, high))
    return Ages((min(low for low, _ in told), max(high for _, high in told)), conflict=True)


def years_between(birth: date, today: date) -> int:
    """Full years on that day; who was born on 29 February has the birthday on 1 March in other years."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def turns(birth_date: str, age: int) -> date:
    """The earliest day on which someone born then may reach that age."""
    first, _ = _span(birth_date)
    try:
        return first.replace(year=first.year + age)
    except ValueError:
        return date(first.year + age, 3, 1)


def _exact(value: Any, _today: date) -> tuple[int, int]:
    return _age(value, "facts.age"), int(value)


def _age(value: Any, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= OLDEST:
        raise BadValue(f"an age is a whole number from 0 to {OLDEST}", field=field)
    return value


def _range(value: Any, _today: date) -> tuple[int, int]:
    field = "facts.age_range"
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise BadValue("age_range is [lowest, highest], both included", field=field)
    low, high = (_age(end, field) for end in value)
    if low > high:
        raise BadValue("age_range has its lower end first", field=field)
    return low, high


def born(value: Any, today: date) -> tuple[int, int]:
    """The ages that "1943", "1943-05" or "1943-05-02" leaves possible today."""
    try:
        first, last = _span(value)
    except (TypeError, ValueError):
        raise BadValue('birth_date is "1943-05-02", "1943-05" or "1943"', field="facts.birth_date") from None
    if first > today or years_between(first, today) > OLDEST:
        raise BadValue("the date of birth is not that of a living person", field="facts.birth_date")
    oldest = years_between(first, today)
    return (oldest if last == first else max(0, years_between(last, today))), oldest


def _span(value: Any) -> tuple[date, date]:
    matched = _BIRTH.fullmatch(value)
    if matched is None:
        raise ValueError(value)
    year, *rest = (int(part) for part in matched.groups() if part)
    if not rest:
        return date(year, 1, 1), date(year, 12, 31)
    month, *rest = rest
    if not rest:
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return date(year, month, rest[0]), date(year, month, rest[0])


_READ = (("age", _exact), ("age_range", _range), ("birth_date", born))
