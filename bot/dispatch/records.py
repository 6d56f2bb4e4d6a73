"""Calls as desks list and show them: found by what is asked for, told without what is personal unless it is meant."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from bot.booking.history import here, intact
from bot.booking.table import FINISHED, Actor, Refusal
from bot.catalog import lined_yaml
from bot.catalog.addresses import inside
from bot.catalog.model import Catalog
from bot.dispatch.staff import actor_of, booked_by, serves
from bot.errors import CatalogError
from bot.models import Request, RequestState, Staff
from bot.store.port import Line, Requests

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
PERSONAL: Final = ("contact", "phone", "address", "person", "time_text", "note", "comment")
# How a month is written.
MONTH: Final = r"20[0-9]{2}-(?:0[1-9]|1[0-2])"
# So many are read from the store at once.
_AT_ONCE = 32


class Desk(Protocol):
    """Who moves calls and tells everybody whom it concerns: see `bot.dispatch.desk.Desk`. All may raise `NotFound`
    and `StoreDown`, with a version that was `seen` also `Overtaken`, and with a note `BadValue`."""

    async def find(self, number: str) -> Request:
        """The call of that number."""
        ...

    async def visible(self, actor: Actor) -> tuple[Line, ...]:
        """The open calls that concern the actor."""
        ...

    async def move(
        self, number: str, to: RequestState, actor: Actor, note: str = "", *, seen: int | None = None
    ) -> Request | Refusal:
        """The call in another state, or why it stays."""
        ...

    async def hand_over(
        self, number: str, to_staff: str, actor: Actor, *, seen: int | None = None
    ) -> Request | Refusal:
        """The call in the hands of a member of staff."""
        ...

    async def comment(
        self, number: str, actor: Actor, note: str, *, seen: int | None = None
    ) -> Request | Refusal:
        """The call with another line in its history."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls are asked for: `area` is the code of a place with all in it, `since` the first day on which they
    were submitted. Without `since` and a state that is over, only open ones are meant."""

    area: str | None = None
    state: RequestState | None = None
    since: date | None = None
    urgent: bool = False
    late: bool = False


@cache
def words() -> Mapping[str, Any]:
    """The words for staff, from the YAML beside this module; raises `CatalogError`."""
    path = Path(__file__).with_name("record_words.yaml")
    read = lined_yaml.read(path, path.name)
    if read.problems:
        raise CatalogError(read.problems)
    found: Mapping[str, Any] = read.data
    return found


async def listed(room: Requests, wanted: Wanted, now: datetime) -> tuple[Line, ...]:
    """The lines asked for: the urgent ones first, then the late ones, then as they came. Raises `StoreDown`."""
    lines = {line.id: line for line in await _over(room, wanted, now)}
    # Read after the others: what was over in between is told as open, never left out.
    lines = {line.id: line for line in await room.open()} | lines
    chosen = (line for line in lines.values() if _is_wanted(line, wanted, now))
    return tuple(sorted(chosen, key=lambda one: (not one.urgent, not is_late(one, now), one.created, one.id)))


async def of_month(room: Requests, month: str, now: datetime) -> tuple[Request, ...]:
    """All calls that were submitted in a month (2026-11), in order; raises `StoreDown`."""
    lines = await listed(room, Wanted(since=date.fromisoformat(f"{month}-01")), now)
    numbers = sorted((line.created, line.id) for line in lines if line.created.startswith(month))
    found = await _found(room, [number for _, number in numbers])
    return tuple(one for one in found if one is not None)


def within(requests: Iterable[Request], area: str | None) -> tuple[Request, ...]:
    """Those of a place with all in it; all of them without one."""
    return tuple(one for one in requests if area is None or _lies_in(one.region, area))


def months(first: date, last: date) -> tuple[str, ...]:
    """Every month from the one to the other: 2026-11, 2026-12."""
    span = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(f"{month // 12:04}-{month % 12 + 1:02}" for month in span)


def is_late(line: Line, now: datetime) -> bool:
    """Whether it waits longer than it should, or did so while it waited."""
    waits = line.state == "submitted" and line.due is not None
    return line.late or (waits and datetime.fromisoformat(str(line.due)) < now)


def line_as_data(line: Line, catalog: Catalog, now: datetime) -> dict[str, Any]:
    """One line as JSON; nothing personal stands in it."""
    told = asdict(line) | {"late": is_late(line, now)}
    number = told.pop("id")
    return {"number": number, **told, "service_name": service_name(line.service, catalog),
            "region_name": region_name(line.region, catalog)}  # fmt: skip


def as_data(
    request: Request, catalog: Catalog, staff: Iterable[Staff] = (), *, personal: bool = False
) -> dict[str, Any]:
    """One call with its history as JSON; `personal` is null unless it is asked for (then: `audited`). Who of the
    `staff` booked it for somebody is told."""
    booker = booked_by(request, staff)
    return {
        "number": request.id,
        "service": request.service,
        "service_name": service_name(request.service, catalog),
        "region": request.region,
        "region_name": region_name(request.region, catalog),
        "state": request.state,
        "urgent": request.urgent,
        "time": request.time,
        "worker": request.worker,
        "booked_by": f"staff:{booker.id}" if booker else None,
        "rating": request.rating,
        "version": request.version,
        "intact": intact(request),
        "history": [asdict(move) for move in request.history],
        "personal": {name: getattr(request, name) or "" for name in PERSONAL} if personal else None,
    }


def reaches(staff: Staff, region: str | None) -> bool:
    """Whether a place's calls are theirs to see: all for an admin, else those of their areas."""
    return staff.role == "admin" or serves(staff, region)


def mover(staff: Staff, region: str | None) -> Actor | None:
    """As whom they move a call of that place; None for those who move none. An admin moves those of every place."""
    actor = actor_of(staff)
    if actor and staff.role == "admin" and region is not None:
        return replace(actor, areas=(region,))
    return actor


def audited(what: str, by: str, **about: str | int) -> None:
    """Leaves a line of who saw personal fields; of which calls, never what stands in them."""
    log.warning("personal_fields_shown", what=what, by=by, **about)


def refused(what: str, by: str, why: str, **about: str | int) -> None:
    """Leaves a line of who wanted to see or move what is not theirs."""
    log.warning("personal_fields_refused", what=what, by=by, why=why, **about)


def service_name(service: str, catalog: Catalog) -> str:
    """What people call it; its id where no file tells of it any more."""
    call = catalog.call(service)
    return call.name if call else service


def region_name(code: str | None, catalog: Catalog) -> str:
    """The place's full name."""
    return catalog.region(code).full if code else str(words()["unknown"])


async def _over(room: Requests, wanted: Wanted, now: datetime) -> Iterable[Line]:
    """Those that are over, where they are asked for: of this month where no day is named."""
    if wanted.since is None and wanted.state not in FINISHED:
        return ()
    today = here(now).date()
    asked = months(wanted.since or today, today)
    return [line for month in asked for line in await room.over(month)]


def _is_wanted(line: Line, wanted: Wanted, now: datetime) -> bool:
    return (
        (wanted.area is None or _lies_in(line.region, wanted.area))
        and wanted.state in (None, line.state)
        and (wanted.since is None or line.created[:10] >= wanted.since.isoformat())
        and (not wanted.urgent or line.urgent)
        and (not wanted.late or is_late(line, now))
    )


def _lies_in(region: str | None, area: str) -> bool:
    return region is not None and inside(region, area)


async def _found(room: Requests, numbers: list[str]) -> list[Request | None]:
    found: list[Request | None] = []
    rest = iter(numbers)
    while some := list(islice(rest, _AT_ONCE)):
        found += await asyncio.gather(*map(room.find, some))
    return found
