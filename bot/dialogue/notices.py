"""What is told about a call outside of an answer: to the elder who asked for it, and to those who serve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from bot.booking.numbers import spoken
from bot.catalog.calls import Call
from bot.dialogue.calling.moments import time_words
from bot.dialogue.calling.saying import taps_for
from bot.dialogue.people import SELF
from bot.dialogue.people import called as whom
from bot.dialogue.wording import say, words
from bot.models import Notice, Request, Staff, Tap

# What a line of the history brings an elder: the state it came to, or what was done without one.
News = Literal[
    "submitted",
    "accepted",
    "on_the_way",
    "done",
    "failed",
    "cancelled",
    "expired",
    "handed",
    "changed",
    "late",
    "stalled",
    "unheard",
]
StaffNews = Literal[
    "urgent",
    "urgent_watched",
    "late",
    "stalled",
    "stalled_own",
    "handed",
    "moved_away",
    "cancelled",
    "changed",
    "unhappy",
]
_TAPS: Final[Mapping[StaffNews, tuple[str, ...]]] = {
    "urgent": ("take", "show"),
    "late": ("take", "show"),
    "stalled": ("show",),
    "stalled_own": ("onway", "done", "back", "show"),
    "handed": ("show",),
    "changed": ("show",),
    "unhappy": ("show",),
}
# Their own wording where life may depend on it.
_URGENT = ("accepted", "late", "unheard", "failed")
_RATINGS = ("good", "fair", "bad")


def to_elder(
    news: News, request: Request, version: int, call: Call, worker: Staff | None, now: datetime
) -> Notice:
    """The notice of one line of the history, `version` being its place from 1; `worker` is who has the call."""
    name = f"notice_{news}_urgent" if request.urgent and news in _URGENT else f"notice_{news}"
    fields = {
        "service": call.name,
        "number": spoken(request.id),
        "state": say(f"notice_state_{news}"),
        "time": time_words(request.time, now),
        "worker": called(worker),
        "phone": call.phone,
    }
    what = _what(request, call)
    notice_id = f"status:{request.id}:{version}"
    return Notice(notice_id, (say(name, what=what, **fields),), _taps(news, request), "status", fields)


def to_staff(news: StaffNews, request: Request, version: int, line: str) -> Notice:
    """The same for somebody who serves; `line` tells the call without anything personal."""
    fields = {"number": spoken(request.id), "line": line}
    taps = tuple(duty_tap(what, request.id) for what in _TAPS.get(news, ()))
    notice_id = f"duty:{request.id}:{version}:{news}"
    return Notice(notice_id, (say(f"duty_notice_{news}", **fields),), taps, "duty", fields)


def duty_tap(what: str, number: str) -> Tap:
    """A choice of somebody who serves; its label says all, so that it works when it is typed."""
    return Tap(f"duty:{what}:{number}", say(f"duty_{what}_label", number=spoken(number)))


def called(worker: Staff | None) -> str:
    """How an elder is told who comes: 工作人员（姓李）, no more of the name than that."""
    surname = _surname(worker.name) if worker else ""
    return say("notice_worker_called", surname=surname) if surname else say("notice_worker")


def _what(request: Request, call: Call) -> str:
    """Which call it is: who books for several must know whose."""
    name = "notice_what_urgent" if request.urgent else "notice_what"
    if request.person in (None, SELF):
        return say(name, service=call.name)
    return say(f"{name}_for", whom=whom(str(request.person)), service=call.name)


def _surname(name: str) -> str:
    if name.startswith(words("notice_surnames")):
        return name[:2]
    return name[:1] if "一" <= name[:1] <= "鿿" else ""


def _taps(news: News, request: Request) -> tuple[Tap, ...]:
    if news == "done":
        return tuple(Tap(f"rate:{request.id}:{how}", say(f"call_rate_{how}")) for how in _RATINGS)
    if news in ("cancelled", "failed", "expired"):
        return ()
    status, move, cancel = taps_for(request)
    if news == "on_the_way":
        return (status,)
    return (status, cancel) if request.urgent else (status, move, cancel)
