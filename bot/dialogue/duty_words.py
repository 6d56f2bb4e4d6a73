"""A call in the words of those who serve: one line without anything personal, and all of it for who handles it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.booking.numbers import spoken
from bot.booking.table import FINISHED
from bot.catalog.calls import Call
from bot.catalog.model import Catalog
from bot.dialogue.calling.moments import spoken as spoken_moment
from bot.dialogue.wording import say
from bot.models import Request
from nlu.understanding import EMERGENCIES


class Listed(Protocol):
    """What a call's line shows: of a request, or of its line in the index."""

    @property
    def id(self) -> str: ...
    @property
    def service(self) -> str: ...
    @property
    def region(self) -> str | None: ...
    @property
    def state(self) -> str: ...
    @property
    def urgent(self) -> bool: ...
    @property
    def time(self) -> str | None: ...
    @property
    def worker(self) -> str | None: ...


def call_of(service: str, region: str | None, catalog: Catalog) -> Call | None:
    """The call as its place has it, or as set for all; None where the catalog has it no more."""
    place = catalog.region(region) if region else None
    return (catalog.call(service, place) if place else None) or catalog.call(service)


def outline(
    one: Listed, catalog: Catalog, now: datetime, me: str | None = None, *, late: bool = False
) -> str:
    """One line for whoever may see the call; `me` is how the history names the reader."""
    call = call_of(one.service, one.region, catalog)
    marks = (say("duty_mark_urgent") if one.urgent else "") + (say("duty_mark_late") if late else "")
    return say(
        "duty_line",
        marks=marks,
        number=spoken(one.id),
        service=call.name if call else one.service,
        place=catalog.region(one.region).name if one.region else say("duty_place_unknown"),
        time=_time(one, now),
        state=_state(one, me),
    )


def details(
    request: Request, catalog: Catalog, now: datetime, me: str, *, handled: bool, booker: str = ""
) -> str:
    """All that is needed at the door, for who handles it; for others what it is about. `booker` is the name of who
    serves and booked it for somebody."""
    call = call_of(request.service, request.region, catalog)
    fields = {
        "line": outline(request, catalog, now, me),
        "what": call.what if call else request.service,
    }
    if not handled:
        return say(_outlined(request, me), **fields)
    nothing = say("duty_not_told")
    personal = {name: getattr(request, name) or nothing for name in ("address", "phone", "contact")}
    told = say("duty_details", **fields, **personal, note=_note(request) or say("duty_no_note"))
    return "\n".join((told, say("duty_booked_by", name=booker))) if booker else told


def how_it_was(request: Request) -> str:
    """What who asked for it said of it, "" while they said nothing."""
    if request.rating is None:
        return ""
    rating = say(f"call_rate_{request.rating}")
    return say("duty_rated_words" if request.comment else "duty_rated", rating=rating, words=request.comment)


def _outlined(request: Request, me: str) -> str:
    """Why it tells no more than that."""
    if request.state in FINISHED:
        return "duty_details_over"
    return "duty_details_outline" if request.worker in (None, me) else "duty_details_of_another"


def _time(one: Listed, now: datetime) -> str:
    if one.time is None:
        return say("duty_time_now" if one.urgent else "duty_time_unknown")
    return spoken_moment(datetime.fromisoformat(one.time), now)


def _note(request: Request) -> str:
    """Of an urgent call it is the kind of danger."""
    known = request.urgent and request.note in EMERGENCIES
    return say(f"duty_danger_{request.note}") if known else request.note


def _state(one: Listed, me: str | None) -> str:
    state = say(f"duty_state_{one.state}")
    if one.worker is None:
        return state
    return say("duty_whose_mine" if one.worker == me else "duty_whose_other", state=state)
