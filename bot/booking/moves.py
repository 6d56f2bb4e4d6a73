"""Moves, changes, hands over and rates a call: each gives the next request, or a refusal with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal

from bot.booking.history import entered, grown
from bot.booking.table import FINISHED, MAY, Actor, Reason, Refusal
from bot.catalog.addresses import inside
from bot.models import Request, RequestState

CHANGEABLE: Final = ("time", "time_text", "address", "phone", "contact", "note")
# More lines than any call needs; a flood of taps must not grow it without end. What leads to an end is always possible.
_MOST_LINES: Final = 100


def submit(request: Request, actor: Actor, now: datetime, note: str = "") -> Request:
    """A new call with the first line of its history; one that has a history already stays as it is. `note` is the
    "staff:<id>" of who serves and booked it for somebody."""
    return request if request.history else grown(request, "submitted", actor.by, now, note)


def move(
    request: Request, to: RequestState, actor: Actor, now: datetime, note: str = ""
) -> Request | Refusal:
    """Moves to another state (`MAY`); "submitted" hands back. The same move again by the same actor changes nothing.

    `note` stays in the history for ever: nothing personal. `ValueError` where `now` has no zone.
    """
    if stranger := _stranger(request, actor):
        return Refusal(stranger, request.state)
    if _is_so(request, to, actor):
        return request
    if trouble := _trouble(request, to, actor):
        return Refusal(trouble, request.state)
    return replace(grown(request, to, actor.by, now, note), worker=_worker_after(request, to, actor))


def hand_back(request: Request, actor: Actor, now: datetime, note: str = "") -> Request | Refusal:
    """Puts a call that was taken back to those that wait."""
    return move(request, "submitted", actor, now, note)


def hand_over(request: Request, worker: Actor, actor: Actor, now: datetime) -> Request | Refusal:
    """A lead gives the call to a worker, whoever had it; the note says to whom."""
    reason = _stranger(request, actor) or FINISHED.get(request.state)
    if reason is None and actor.role != "lead":
        reason = "not_possible"
    if reason is None and not _serves(worker, request):
        reason = "not_their_area"
    if reason:
        return Refusal(reason, request.state)
    if request.worker == worker.by:
        return request
    if request.version >= _MOST_LINES:
        return Refusal("too_many", request.state)
    return replace(grown(request, "accepted", actor.by, now, note=worker.by), worker=worker.by)


def change(request: Request, actor: Actor, now: datetime, **fields: str | None) -> Request | Refusal:
    """Changes `CHANGEABLE` fields; the note names them, never what they hold.

    Only the time can be None. `TypeError` for other fields, and for None where it cannot be.
    """
    wrong = [name for name in fields if name not in CHANGEABLE or (fields[name] is None and name != "time")]
    if wrong:
        raise TypeError(f"no request can be given such a {', '.join(wrong)}")
    if reason := _unchangeable(request, actor):
        return Refusal(reason, request.state)
    return _with(request, actor, now, dict(fields))


def rate(
    request: Request, actor: Actor, now: datetime, rating: Literal["good", "fair", "bad"], comment: str = ""
) -> Request | Refusal:
    """How it was, from who asked for it, once it is done; may be said again. No comment keeps the one before."""
    if reason := _unrateable(request, actor):
        return Refusal(reason, request.state)
    return _with(request, actor, now, {"rating": rating, "comment": comment or request.comment})


def remark(request: Request, actor: Actor, now: datetime, note: str) -> Request | Refusal:
    """A line without a move (somebody was warned, a telephone call was made); once only while the state lasts."""
    if reason := _stranger(request, actor) or FINISHED.get(request.state):
        return Refusal(reason, request.state)
    since = request.history[request.history.index(entered(request)) :]
    if any((line.by, line.note) == (actor.by, note) for line in since):
        return request
    if request.version >= _MOST_LINES:
        return Refusal("too_many", request.state)
    return grown(request, request.state, actor.by, now, note)


def _with(request: Request, actor: Actor, now: datetime, fields: dict[str, Any]) -> Request | Refusal:
    """The request with what is new in `fields`, and a line that names it; itself where nothing is."""
    new = {name: value for name, value in fields.items() if getattr(request, name) != value}
    if not new:
        return request
    if request.version >= _MOST_LINES:
        return Refusal("too_many", request.state)
    return replace(grown(request, request.state, actor.by, now, note=" ".join(sorted(new))), **new)


def _stranger(request: Request, actor: Actor) -> Reason | None:
    """Why the call is none of the actor's business."""
    if actor.role == "elder" and actor.id != request.who:
        return "not_yours"
    if actor.role in ("worker", "lead") and actor.by != request.worker and not _serves(actor, request):
        return "not_your_area"
    return None


def _serves(actor: Actor, request: Request) -> bool:
    """A call from a place nobody knows is everybody's."""
    return request.region is None or any(area and inside(request.region, area) for area in actor.areas)


def _is_so(request: Request, to: RequestState, actor: Actor) -> bool:
    """Whether the actor, or for them somebody else, moved it there before."""
    if to != request.state:
        return False
    return actor.by == request.worker or (to != "accepted" and actor.by == entered(request).by)


def _trouble(request: Request, to: RequestState, actor: Actor) -> Reason | None:
    if finished := FINISHED.get(request.state):
        return finished
    if actor.role in ("worker", "platform") and request.worker not in (None, actor.by):
        return "taken_by_another"
    if to in MAY.get((request.state, actor.role), ()):
        return "too_many" if to == "submitted" and request.version >= _MOST_LINES else None
    return _why_not(request, to, actor)


def _why_not(request: Request, to: RequestState, actor: Actor) -> Reason:
    """The reason that helps most, where the table says no."""
    if actor.role == "elder" and to == "cancelled":
        return "too_late"
    if actor.role == "worker" and request.worker is None:
        return "not_taken"
    if request.state == "on_the_way" and to in ("accepted", "on_the_way"):
        return "already_on_the_way"
    return "taken_by_another" if to == request.state == "accepted" else "not_possible"


def _worker_after(request: Request, to: RequestState, actor: Actor) -> str | None:
    """Who has it then: nobody after it was handed back, who took it, or the platform that told of it first."""
    if to == "submitted":
        return None
    takes = to == "accepted" or actor.role == "platform"
    return actor.by if takes else request.worker


def _unchangeable(request: Request, actor: Actor) -> Reason | None:
    if reason := _stranger(request, actor) or FINISHED.get(request.state):
        return reason
    if actor.role not in ("elder", "lead"):
        return "not_possible"
    return "too_late" if request.state == "on_the_way" else None


def _unrateable(request: Request, actor: Actor) -> Reason | None:
    if actor.role != "elder":
        return "not_possible"
    return _stranger(request, actor) or ("not_done" if request.state != "done" else None)
