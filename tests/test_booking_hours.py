"""When a call can be had, in a table; and whatever is wished for, what is offered instead will do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.booking.hours import Fine, Hours, Problem, check, due, hours_of
from bot.booking.moves import hand_back, move, submit
from bot.booking.table import Actor
from bot.catalog.calls import CallHours
from bot.catalog.holidays import Holidays
from bot.catalog.load import load_catalog
from bot.models import Request

TABLE = yaml.safe_load((Path(__file__).parent / "booking" / "hours.yaml").read_text(encoding="utf-8"))
SHANGHAI = ZoneInfo("Asia/Shanghai")
ELDER = Actor("elder", "zhang")
WORKER = Actor("worker", "wang", ("411303",))


def moment(text: Any) -> datetime:
    """A moment as the table writes it, which YAML takes for one where it has seconds."""
    return datetime.fromisoformat(str(text)).replace(tzinfo=SHANGHAI)


def written(row: dict[str, Any]) -> Hours:
    return Hours(
        frozenset(row["days"]),
        time.fromisoformat(row["from"]),
        time.fromisoformat(row["to"]),
        row["holidays"],
        row["lead"],
        row["horizon"],
    )


HOURS: dict[str | None, Hours | None] = {name: written(row) for name, row in TABLE["hours"].items()} | {
    None: None
}
HOLIDAYS = Holidays(
    frozenset(TABLE["holidays"]["days_off"]),
    frozenset(TABLE["holidays"]["worked"]),
    TABLE["holidays"]["first"],
    TABLE["holidays"]["last"],
    {},
)


def asked(row: dict[str, Any]) -> Request:
    wants = moment(row["wants"]).isoformat() if "wants" in row else None
    request = Request("9417735", "zhang", "bath", "411303", time=wants, urgent=row.get("urgent", False))
    return submit(request, ELDER, moment(row["asked"]))


@pytest.mark.parametrize("row", TABLE["wishes"], ids=lambda row: f"{row['hours']} {row['wants']}")
def test_wish(row: dict[str, Any]) -> None:
    found = check(moment(row["wants"]), HOURS[row["hours"]], HOLIDAYS, moment(row["now"]))
    nearest = tuple(moment(text) for text in row.get("nearest", ()))
    assert found == (Fine(row.get("remark")) if row["is"] == "fine" else Problem(row["is"], nearest))


@pytest.mark.parametrize("row", TABLE["late"], ids=lambda row: f"{row['hours']} {row['asked']} {row['late']}")
def test_late(row: dict[str, Any]) -> None:
    assert due(asked(row), row["late"], HOURS[row["hours"]], HOLIDAYS) == moment(row["due"])


def test_nobody_is_waited_for_once_it_is_taken_and_again_when_it_is_handed_back() -> None:
    request = asked(TABLE["late"][0])
    taken = move(request, "accepted", WORKER, moment("2026-11-23 10:30"))
    assert isinstance(taken, Request)
    assert due(taken, 60, HOURS["助浴"], HOLIDAYS) is None
    back = hand_back(taken, WORKER, moment("2026-11-23 12:00"))
    assert isinstance(back, Request)
    assert due(back, 60, HOURS["助浴"], HOLIDAYS) == moment("2026-11-23 13:00")
    wished = replace(back, time=moment("2026-11-23 11:00").isoformat())
    assert due(wished, 60, HOURS["助浴"], HOLIDAYS) == moment("2026-11-23 12:00")


def test_other_zones_are_china_s_time() -> None:
    utc = datetime.fromisoformat("2026-11-24T01:00:00+00:00")
    assert check(utc, HOURS["助浴"], HOLIDAYS, moment("2026-11-23 10:00")) == Fine()


def test_a_moment_has_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        check(datetime(2026, 11, 24, 9, 0), HOURS["助浴"], HOLIDAYS, moment("2026-11-23 10:00"))  # noqa: DTZ001 - that is the mistake


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": frozenset()},
        {"days": frozenset({0})},
        {"closes": time(8)},
        {"closes": time(7)},
        {"lead_minutes": -1},
        {"horizon_days": -1},
    ],
    ids=str,
)
def test_hours_that_are_never(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"days of the week|close|past"):
        replace(Hours(frozenset({1}), time(8), time(18)), **wrong)


CATALOG = load_catalog()
PLACES = {"everywhere": CATALOG.calls.every, "elsewhere": CATALOG.calls.elsewhere} | dict(
    CATALOG.calls.places
)


@pytest.mark.parametrize("place", PLACES)
def test_every_call_of_a_place_can_be_had_soon(place: str) -> None:
    """A wish that came too late is offered a moment, and that one will do."""
    now = moment("2026-10-02 23:30")
    for call in PLACES[place].values():
        hours = hours_of(call)
        found = check(now - timedelta(hours=1), hours, CATALOG.holidays, now)
        if isinstance(found, Problem):
            assert found.kind == "past"
            assert isinstance(check(found.nearest[0], hours, CATALOG.holidays, now), Fine)
        else:
            assert call.urgent


def test_the_hours_of_a_call() -> None:
    call = replace(CATALOG.calls.every["bathing"], lead_minutes=60, horizon_days=7)
    always = Hours(frozenset(range(1, 8)), time(), time(), True, 60, 7)
    assert hours_of(replace(call, hours=None)) == always
    assert hours_of(replace(call, hours=CallHours(frozenset({1}), time(8), time(9), False))) == Hours(
        frozenset({1}), time(8), time(9), False, 60, 7
    )
    assert hours_of(replace(call, urgent=True)) is None
    assert check(moment("2026-10-02 03:15"), always, HOLIDAYS, moment("2026-10-02 02:00")) == Fine()


@st.composite
def any_hours(draw: st.DrawFn) -> Hours:
    opens, closes = sorted(draw(st.lists(st.integers(0, 24 * 60), min_size=2, max_size=2, unique=True)))
    return Hours(
        draw(st.frozensets(st.integers(1, 7), min_size=1)),
        time(opens // 60, opens % 60),
        time(closes // 60 % 24, closes % 60),
        draw(st.booleans()),
        draw(st.integers(0, 3_000)),
        draw(st.integers(0, 21)),
    )


DAYS = st.dates(date(2026, 9, 10), date(2026, 10, 20))
ANY_HOLIDAYS = st.builds(
    Holidays,
    st.frozensets(DAYS),
    st.frozensets(DAYS),
    st.just(date(2026, 9, 1)),
    st.just(date(2026, 9, 30)),
    st.just({}),
)
MOMENTS = st.datetimes(datetime(2026, 8, 20), datetime(2026, 10, 31)).map(  # noqa: DTZ001 - the zone comes next
    lambda naive: naive.replace(tzinfo=SHANGHAI)
)


@settings(max_examples=150, deadline=None)
@given(any_hours(), ANY_HOLIDAYS, MOMENTS, MOMENTS)
def test_what_is_offered_will_do(hours: Hours, holidays: Holidays, wished: datetime, now: datetime) -> None:
    found = check(wished, hours, holidays, now)
    if isinstance(found, Problem):
        assert len(found.nearest) <= 2
        assert list(found.nearest) == sorted(set(found.nearest))
        assert all(isinstance(check(other, hours, holidays, now), Fine) for other in found.nearest)
    else:
        assert (found.remark is None) == (date(2026, 9, 1) <= wished.date() <= date(2026, 9, 30))


@settings(max_examples=150, deadline=None)
@given(any_hours(), ANY_HOLIDAYS, MOMENTS, st.integers(0, 3_000), st.integers(0, 300))
def test_late_is_never_early_and_never_while_it_is_closed(
    hours: Hours, holidays: Holidays, start: datetime, late: int, more: int
) -> None:
    request = submit(Request("9417735", "zhang", "bath"), ELDER, start)
    first, then = (due(request, minutes, hours, holidays) for minutes in (late, late + more))
    assert first is not None
    assert then is not None
    assert start.replace(microsecond=0) + timedelta(minutes=late) <= first <= then
    at_once = replace(hours, lead_minutes=0, horizon_days=0)
    before = first - timedelta(seconds=1 if late else 0)
    assert isinstance(check(before, at_once, holidays, before), Fine)
