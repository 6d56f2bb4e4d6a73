"""What a caller wishes to book, as the form holds it, and whether it can be had so."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from aiohttp import web

from bot.access.roles import reaches
from bot.booking.history import here
from bot.booking.hours import Problem, check, hours_of
from bot.catalog.calls import Call
from bot.catalog.model import Catalog
from bot.dialogue.calling import moments
from bot.dialogue.people import SELF
from bot.dialogue.wording import say, words
from bot.keys import CATALOG, CLOCK, UNDERSTANDER
from bot.models import Request, Staff
from bot.web.forms import Form, field

_LONGEST_ADDRESS: Final = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """What stands in the booking form; `moment` is one of the near times that were offered, `key` makes it once only.

    `shown` is the place that the form was given: as long as nobody chose another one it follows what is told.
    """

    key: str
    service: str = ""
    region: str = ""
    contact: str = ""
    phone: str = ""
    address: str = ""
    time: str = ""
    moment: str = ""
    person: str = ""
    shown: str = ""

    def placed(self, told: str) -> Wish:
        """With the place of the elder, where nobody chose one for the call."""
        follows = told and self.region in ("", self.shown)
        return replace(self, region=told, shown=told) if follows else self


@dataclass(frozen=True, slots=True)
class Booking:
    """The state of the booking part: what was wished, what is wrong with it, near times, or what to say once booked."""

    wish: Wish
    wrong: Sequence[str] = ()
    near: Sequence[tuple[str, str]] = ()
    booked: str = ""
    to_read: Sequence[str] = ()


def fresh() -> Booking:
    """An empty form with a key of its own."""
    return Booking(Wish(secrets.token_urlsafe(18)))


def wish_in(form: Form) -> Wish:
    """What the booking part of the form holds."""
    told = {
        name: field(form, f"b.{name}", longest).strip()
        for name, longest in (
            ("service", 40), ("region", 6), ("contact", 20), ("phone", 30), ("address", _LONGEST_ADDRESS),
            ("time", 60), ("moment", 40), ("shown", 6),
        )
    }  # fmt: skip
    key = field(form, "b.key", 40)
    return Wish(key if len(key) >= 20 else secrets.token_urlsafe(18), person=field(form, "key", 20), **told)


async def checked(request: web.Request, wish: Wish, staff: Staff) -> tuple[Request | None, Booking | None]:
    """The call that the form wishes for, without number and user; or the form with what is wrong."""
    catalog: Catalog = request.app[CATALOG]
    place = catalog.region(wish.region) if wish.region else None
    call = catalog.call(wish.service, place) if place and wish.service else None
    phone = await _phone(request, wish)
    wrong = [
        say(f"hotline_book_{name}")
        for name, lacks in (
            ("region", place is None),
            ("service", not wish.service),
            ("contact", not wish.contact),
            ("phone", not phone),
            ("address", call is not None and "address" in call.needs and not wish.address),
        )
        if lacks
    ]
    if place and not reaches(staff, place.code):
        wrong.append(say("hotline_book_not_yours", place=place.name))
    elif place and wish.service and call is None:
        wrong.append(say("hotline_book_none", place=place.name))
    moment, text, late = await _when(request, wish, call) if call else ("", "", None)
    if late:
        wrong += late.wrong
    if wrong or call is None or place is None:
        return None, Booking(wish, wrong, late.near if late else ())
    draft = Request("", "", call.id, place.code, moment or None, text, wish.address, phone, wish.contact)
    return replace(draft, person=None if wish.person == SELF else wish.person or None), None


async def _phone(request: web.Request, wish: Wish) -> str:
    now = request.app[CLOCK]()
    heard = await request.app[UNDERSTANDER].understand(wish.phone, "booking_phone", now)
    return heard.slots.get("phone", "")


async def _when(request: web.Request, wish: Wish, call: Call) -> tuple[str, str, Booking | None]:
    """The moment as ISO 8601 ("" where it is left to the telephone) and as it was said, or what is wrong with it."""
    now = request.app[CLOCK]()
    if not wish.time and not wish.moment:
        return "", say("call_open_time"), None
    if any(word in wish.time for word in words("call_soon_words")):
        return "", say("call_soon"), None
    moment = moments.tapped_at(wish.moment, now) if wish.moment else await _told_moment(request, wish)
    if moment is None:
        past = any(word in wish.time for word in words("call_past_words"))
        return "", "", Booking(wish, (say("call_past_day" if past else "hotline_book_time"),))
    found = check(moment, hours_of(call), request.app[CATALOG].holidays, now)
    if isinstance(found, Problem):
        near = [(tap.id, tap.label) for tap in moments.taps_at(found.nearest, now)]
        return "", "", Booking(wish, (_why_not(call, moment, found, request.app[CATALOG], now),), near)
    return moment.isoformat(), wish.time or moments.spoken(moment, now), None


async def _told_moment(request: web.Request, wish: Wish) -> datetime | None:
    heard = await request.app[UNDERSTANDER].understand(wish.time, "booking_time", request.app[CLOCK]())
    return datetime.fromisoformat(heard.slots["time"]) if "time" in heard.slots else None


def _why_not(call: Call, moment: datetime, problem: Problem, catalog: Catalog, now: datetime) -> str:
    return say(
        f"call_{problem.kind}",
        moment=moments.spoken(moment, now),
        name=call.name,
        hours=moments.hours_words(call),
        minutes=call.lead_minutes,
        days=call.horizon_days,
        holiday=catalog.holidays.names.get(here(moment).date(), say("call_a_holiday")),
    )
