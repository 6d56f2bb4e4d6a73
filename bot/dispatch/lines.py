"""What follows from a call's history: its line for the desks, by when it is late or over, what a platform must hear."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from bot.booking.history import entered, here
from bot.booking.hours import due, hours_of
from bot.catalog.calls import Call
from bot.catalog.model import Catalog
from bot.models import Request
from bot.store.port import Line

Dispatch = Literal["none", "waiting", "sent", "dead"]
LATE: Final = "late"
STALLED: Final = "stalled"


def call_of(request: Request, catalog: Catalog) -> Call | None:
    """The call as its place has it, else as set for all; None where no file tells of it any more."""
    region = catalog.region(request.region) if request.region else None
    return catalog.call(request.service, region) or catalog.call(request.service)


def due_of(request: Request, catalog: Catalog) -> datetime | None:
    """By when somebody must have taken it; None where nobody is waited for."""
    call = call_of(request, catalog)
    return due(request, call.late_minutes, hours_of(call), catalog.holidays) if call else None


def sets_out_by(request: Request, catalog: Catalog) -> datetime | None:
    """By when whoever took it must have set out, or be done; None where nobody has it, and where they are on their way.

    Without a moment that was agreed, an urgent one is counted from when it was taken; another, which is to be settled
    by telephone, as long as it would have waited for somebody to take it.
    """
    call = call_of(request, catalog)
    if request.state != "accepted" or call is None:
        return None
    taken = here(datetime.fromisoformat(entered(request).at))
    if request.time is None and not request.urgent:
        return taken + timedelta(hours=call.over_hours)
    agreed = here(datetime.fromisoformat(request.time)) if request.time else taken
    return max(taken, agreed) + timedelta(minutes=call.set_out_minutes)


def ends_of(request: Request, catalog: Catalog) -> datetime | None:
    """When a call that nobody took is over by itself; None for what was taken, and for what a person must close: urgent
    ones, and those of which no file tells any more."""
    call = call_of(request, catalog)
    if request.state != "submitted" or request.urgent or call is None:
        return None
    since = here(datetime.fromisoformat(entered(request).at))
    if request.time is None:
        return since + timedelta(days=call.over_days)
    return max(since, here(datetime.fromisoformat(request.time))) + timedelta(hours=call.over_hours)


def was_late(request: Request) -> bool:
    """Whether it ever waited longer than it should."""
    return any((move.by, move.note) == ("clock", LATE) for move in request.history)


def is_late(request: Request) -> bool:
    """Whether that was told already of the state it is in."""
    return _noted(request, LATE)


def is_stalled(request: Request) -> bool:
    """Whether it was told already that nobody set out."""
    return _noted(request, STALLED)


def _noted(request: Request, alarm: str) -> bool:
    since = request.history[request.history.index(entered(request)) :]
    return any((move.by, move.note) == ("clock", alarm) for move in since)


def untold(request: Request, seen: int) -> bool:
    """Whether anybody but the platform did something that a platform which knows `seen` moves must hear of."""
    return any(
        move.by != "platform" and (move.by != "clock" or move.state == "expired")
        for move in request.history[seen:]
    )


def line_of(request: Request, catalog: Catalog, dispatch: Dispatch) -> Line:
    """Its line in the index."""
    moment = due_of(request, catalog)
    return Line(
        request.id,
        request.service,
        request.region,
        request.state,
        request.urgent,
        created=request.history[0].at,
        time=request.time,
        due=moment.isoformat() if moment else None,
        worker=request.worker,
        changed=request.history[-1].at,
        rating=request.rating,
        late=was_late(request),
        dispatch=dispatch,
    )
