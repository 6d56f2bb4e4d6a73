"""The moves of the workers' desk: a posted form becomes one move, once, of the call as the page showed it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web

from bot.access.audit import Deed
from bot.booking import moves
from bot.booking.history import moved_since
from bot.booking.table import Actor, Refusal
from bot.dialogue.wording import say
from bot.dispatch import remarks
from bot.dispatch.records import Desk
from bot.errors import NotFound, Overtaken
from bot.keys import CLOCK, DESK
from bot.models import Move, Request
from bot.web.desk.guard import Visitor, noted
from bot.web.desk.requests_one import TO, calls_made
from bot.web.desk.requests_words import words
from bot.web.forms import Form, field

MOVES: Final = (*TO, "give", "called", "note")
LONGEST_NOTE: Final = 160
# These end a call, or leave an elder waiting on: a reason is owed.
_WITH_REASON: Final = {"failed": "failed", "back": "back", "cancel": "cancelled"}
_DEEDS: Final[Mapping[str, Deed]] = {"called": "call_back", "note": "note"}


@dataclass(frozen=True, slots=True)
class Posted:
    """A move as it was asked for; `version` is that of the page it came from, 0 where none was told."""

    what: str
    version: int
    note: str = ""
    reason: str = ""
    how: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing was moved, in words, and the status of the answer."""

    text: str
    status: int = 422


def posted(what: str, form: Form) -> Posted:
    """What the form says; `NotFound` for a move that there is not."""
    if what not in MOVES:
        raise NotFound("no such move; open the call again")
    version = field(form, "version", 6)
    return Posted(
        what,
        int(version) if re.fullmatch("[0-9]{1,6}", version) else 0,
        remarks.plain(field(form, "note", LONGEST_NOTE)),
        field(form, "reason", 40),
        field(form, "how", 20),
        field(form, "to", 60),
    )


async def moved(
    request: web.Request, visitor: Visitor, number: str, actor: Actor, asked: Posted
) -> Trouble | None:
    """Does it, after a line in the audit log; None where it is done. Raises `StoreDown`: then nothing was done.

    Of several forms for one call that come at once one is done; the others are told who was faster.
    """
    desk, now = request.app[DESK], request.app[CLOCK]()
    call = await desk.find(number)
    note = _note(call, asked)
    if isinstance(note, Trouble):
        return note
    if moved_since(call, asked.version):
        return _too_late(call, asked, actor, note, now)
    deed = _DEEDS.get(asked.what, "move")
    to = {"to": TO.get(asked.what, asked.what)} if deed == "move" else {}
    await noted(request, visitor, deed, number=number, **to)
    try:
        after = await _does(desk, number, actor, asked, note)
    except Overtaken:
        return _too_late(await desk.find(number), asked, actor, note, now)
    except NotFound:
        return _trouble("no_member")
    return Trouble(say(f"duty_refused_{after.reason}"), 409) if isinstance(after, Refusal) else None


def _too_late(call: Request, asked: Posted, actor: Actor, note: str, now: datetime) -> Trouble | None:
    """What is told of a call that was moved after its page was made; None where it was by this very form."""
    first = moved_since(call, asked.version)[0]
    if first.by == actor.by and _is_same(first, asked, note):
        return None
    return _refused(call, asked, actor, now) or _trouble("changed", 409)


def _refused(call: Request, asked: Posted, actor: Actor, now: datetime) -> Trouble | None:
    """Why it could not be done any more, where that says more than that the call was moved."""
    after = moves.move(call, TO[asked.what], actor, now) if asked.what in TO else call
    return Trouble(say(f"duty_refused_{after.reason}"), 409) if isinstance(after, Refusal) else None


def _does(desk: Desk, number: str, actor: Actor, asked: Posted, note: str) -> Awaitable[Request | Refusal]:
    if asked.what == "give":
        return desk.hand_over(number, asked.to, actor, seen=asked.version)
    if asked.what in ("called", "note"):
        return desk.comment(number, actor, note, seen=asked.version)
    return desk.move(number, TO[asked.what], actor, note, seen=asked.version)


def _note(call: Request, asked: Posted) -> str | Trouble:
    """What the history will say beside the move."""
    if remarks.is_personal(asked.note):
        return _trouble("personal")
    if remarks.is_odd(asked.note):
        return _trouble("odd")
    return _NOTES.get(asked.what, _plain)(call, asked)


def _plain(_call: Request, asked: Posted) -> str | Trouble:
    if asked.what not in _WITH_REASON:
        return asked.note
    reasons = words()["reasons"][_WITH_REASON[asked.what]]
    told = [asked.reason] if asked.reason in reasons else []
    return "；".join([*told, *filter(None, [asked.note])]) or _trouble("no_reason")


def _remark(_call: Request, asked: Posted) -> str | Trouble:
    return asked.note or _trouble("no_note")


def _call_back(call: Request, asked: Posted) -> str | Trouble:
    how = words()["called_how"].get(asked.how)
    if how is None:
        return _trouble("no_how")
    # Counted from the page's version, so that the same click again says the same.
    seen = call.history[: asked.version] if asked.version else call.history
    told = str(words()["called"]).format(count=calls_made(seen) + 1, how=how)
    return f"{told}；{asked.note}" if asked.note else told


_NOTES: Final[dict[str, Callable[[Request, Posted], str | Trouble]]] = {
    "note": _remark,
    "called": _call_back,
}


def _is_same(done: Move, asked: Posted, note: str) -> bool:
    if asked.what == "give":
        return done.note == f"staff:{asked.to}"
    return done.note == note and (asked.what not in TO or done.state == TO[asked.what])


def _trouble(name: str, status: int = 422) -> Trouble:
    return Trouble(str(words()["trouble"][name]), status)
