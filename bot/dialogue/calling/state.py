"""What is known of the call being spoken of: its place, what it still needs, and how the contract reports it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.catalog.calls import Call
from bot.catalog.model import Catalog, Region
from bot.dialogue.people import SELF, facts_of
from bot.models import Draft, Request, Session

OPEN = ("submitted", "accepted", "on_the_way")
# More than anybody needs at once or in a day; what goes beyond is an accident or a flood.
_MOST_OPEN, _MOST_A_DAY = 5, 10
# Who serves books for a whole village.
_STAFF_TIMES = 10
_DAY = timedelta(days=1)


def place_of(session: Session, draft: Draft, catalog: Catalog) -> Region | None:
    """Where the call is for, None while nobody told."""
    told = facts_of(session, draft.person or SELF).get("region")
    return catalog.region(str(told)) if told else None


def call_of(session: Session, draft: Draft, catalog: Catalog) -> Call | None:
    """The wanted call as the place has it; as set for all while the place is not known."""
    return catalog.call(draft.service, place_of(session, draft, catalog)) if draft.service else None


def missing(session: Session, draft: Draft, catalog: Catalog) -> list[str]:
    """What must still be asked, in the order to ask it."""
    call = call_of(session, draft, catalog)
    # A draft may be older than the catalog.
    lacks = ["service"] if call is None else []
    if place_of(session, draft, catalog) is None:
        lacks.append("region")
    needs = call.needs if call else ()
    return [*lacks, *(need for need in needs if not has(draft, need))]


def has(draft: Draft, need: str) -> bool:
    """Whether it is settled; a time also by words that leave it to the telephone."""
    return bool((draft.time or draft.time_text) if need == "time" else getattr(draft, need))


def same_elder(draft: Draft, requests: Sequence[Request]) -> bool:
    """Whether the call is for whom the last one was for, where that is known to matter: a family has one telephone,
    elders of other names have their own."""
    last = next(iter(requests), None)
    return last is None or last.person == draft.person or not (last.contact or draft.contact)


def opened_calls(requests: Sequence[Request]) -> list[Request]:
    """Those that somebody may still come for, the newest first."""
    return [one for one in requests if one.state in OPEN]


def too_many(requests: Sequence[Request], now: datetime, *, staff: bool = False) -> bool:
    """Whether one more would be an accident or a flood."""
    times = _STAFF_TIMES if staff else 1
    today = [one for one in requests if now - datetime.fromisoformat(one.history[0].at) < _DAY]
    return len(opened_calls(requests)) >= times * _MOST_OPEN or len(today) >= times * _MOST_A_DAY


def too_many_urgent(requests: Sequence[Request], now: datetime) -> bool:
    """Whether the people on duty were rung and called off so often today that it is play, or a flood."""
    urgent = [
        one for one in requests if one.urgent and now - datetime.fromisoformat(one.history[0].at) < _DAY
    ]
    return len(urgent) >= _MOST_OPEN


def reported(session: Session, requests: Sequence[Request], catalog: Catalog) -> dict[str, Any] | None:
    """The contract's §4 `booking`: the call being arranged, else the one spoken of last, else None."""
    draft = session.draft
    if draft is not None and draft.changes is None:
        lacks = missing(session, draft, catalog)
        return _json(None, "draft", draft, catalog, [one for one in lacks if one != "region"])
    kept = next((one for one in requests if one.id == session.last_call), None)
    if kept is None:
        return None
    status = "created" if kept.state == "submitted" else kept.state
    return _json(kept.id, status, kept, catalog, [])


def _json(
    id_: str | None, status: str, of: Draft | Request, catalog: Catalog, lacks: Sequence[str]
) -> dict[str, Any]:
    call = catalog.calls.every.get(of.service)
    told = {"id": id_, "status": status, "service": call.name if call else None, "time": of.time}
    return {**told, "address": of.address or None, "phone": of.phone or None, "missing": list(lacks)}
