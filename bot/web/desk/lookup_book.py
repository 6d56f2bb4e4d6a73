"""Books a one-key call for a caller, as the caller's own turn would: kept once, and followed from then on."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from aiohttp import web

from bot.booking.moves import submit
from bot.booking.numbers import spoken
from bot.booking.table import Actor
from bot.dialogue.calling import moments
from bot.dialogue.people import called
from bot.dialogue.wording import say
from bot.keys import CALL_BOOK, CATALOG, CLOCK, REQUESTS, SHELF
from bot.models import Request, Staff
from bot.partners import CallBook
from bot.web.desk.guard import noted
from bot.web.desk.lookup_wish import Booking, Wish, checked, fresh

_ONCE_S: Final = 24 * 3600.0


async def book(request: web.Request, staff: Staff, wish: Wish) -> Booking:
    """Books it, or tells what is wrong with it; the same form again books nothing more. Raises `StoreDown`."""
    calls = request.app[CALL_BOOK]
    before = await request.app[SHELF].get(once(wish.key))
    if before and (kept := await request.app[REQUESTS].find(before.decode())):
        return _booked(kept, request, "hotline_booked_again")
    draft, trouble = await checked(request, wish, staff)
    if trouble or draft is None:
        return trouble or Booking(wish)
    kept = await _kept(
        request, calls, staff, replace(draft, who=f"desk:{staff.id}:{_digest(wish.key)}"), wish
    )
    return _booked(kept, request, "hotline_booked")


async def _kept(request: web.Request, calls: CallBook, staff: Staff, draft: Request, wish: Wish) -> Request:
    """The number belongs to the form before the call is kept: whoever sends the form again has the same number."""
    shelf, requests, now = request.app[SHELF], request.app[REQUESTS], request.app[CLOCK]()
    number = await calls.reserve(draft.who)
    if not await shelf.claim(once(wish.key), number, _ONCE_S):
        number = (await shelf.get(once(wish.key)) or b"").decode()
    new = submit(replace(draft, id=number), Actor("worker", staff.id, staff.areas), now)
    await calls.follow(new)
    await noted(request, staff, "book", call=number)
    await requests.save(new, 0)
    # Another click may have been faster: what it kept counts.
    return await requests.find(number) or new


def _booked(kept: Request, request: web.Request, sentence: str) -> Booking:
    catalog, now = request.app[CATALOG], request.app[CLOCK]()
    call = catalog.calls.every[kept.service]
    parts = [
        say("call_for", who=called(kept.person or "self"), name=call.name),
        moments.time_words(kept.time, now, kept.time_text),
        say("call_to", address=kept.address) if kept.address else "",
        say("call_phone", phone=kept.phone),
    ]
    told = "，".join(filter(None, parts))
    to_read = (
        say("hotline_booked_read", number=spoken(kept.id)),
        say("hotline_booked_next", taken_by=call.taken_by),
        say("hotline_booked_costs", costs=call.costs),
    )
    booked = say(sentence, number=spoken(kept.id), call=told)
    return replace(fresh(), booked=booked, to_read=to_read)


def once(key: str) -> str:
    """Where the number is kept that belongs to the form with this key."""
    return f"desk-booked:{_digest(key)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
