"""The look-up of the hotline desk: a caller's words or a service's name in, the answer out, on the same page.

Everything is posted and comes back with the form: nothing personal stands in an address, nothing is kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from bot.catalog.finding import Finder
from bot.catalog.model import Catalog
from bot.catalog.pinyin import load_pinyin
from bot.handing import issue
from bot.keys import CATALOG, CLOCK, SETTINGS, SHELF, UNDERSTANDER
from bot.web.answer_view import places_by_list
from bot.web.desk.guard import Visitor, move, noted, page, shown
from bot.web.desk.lookup_book import book
from bot.web.desk.lookup_state import Told, told_in, turned_to, with_choice, with_words
from bot.web.desk.lookup_view import Shown, shown_of
from bot.web.desk.lookup_wish import Booking, fresh, wish_in
from bot.web.forms import Form, field

PATH: Final = "/desk/lookup"
FINDER: web.AppKey[Finder] = web.AppKey("finder", Finder)


def add_routes(app: web.Application) -> None:
    """Adds the page; wants the catalog in the app, and `lookup_book.CALL_BOOK` where calls can be booked."""
    app[FINDER] = Finder(app[CATALOG], load_pinyin())
    app.router.add_get(PATH, _empty)
    app.router.add_post(PATH, _answer)
    app.router.add_post(f"{PATH}/part", _part)
    app.router.add_post(f"{PATH}/book", _book)
    app.router.add_post(f"{PATH}/send", _send)


@page("lookup")
async def _empty(request: web.Request, visitor: Visitor) -> web.Response:
    region = _own_place(request.app[CATALOG], visitor, request.app[SETTINGS].default_region)
    told = Told(facts={"region": region} if region else {})
    return await _page(request, visitor, told, fresh())


@move("lookup")
async def _answer(request: web.Request, visitor: Visitor, form: Form) -> web.Response:
    return await _page(request, visitor, await _told(request, form), Booking(wish_in(form)))


@move("lookup")
async def _part(request: web.Request, visitor: Visitor, form: Form) -> web.Response:
    """Only what changes, for the script: fields and answer."""
    told = await _told(request, form)
    look = await _shown(request, told)
    booking = Booking(wish_in(form))
    return _rendered(request, visitor, "desk/lookup_part.html", look, booking)


@move("lookup", "book")
async def _book(request: web.Request, visitor: Visitor, form: Form) -> web.Response:
    booking = await book(request, visitor.staff, wish_in(form))
    return await _page(request, visitor, await _told(request, form), booking)


@move("lookup", "send")
async def _send(request: web.Request, visitor: Visitor, form: Form) -> web.Response:
    told = await _told(request, form)
    code = ""
    if told.facts:
        await noted(request, visitor, "send", page=PATH)
        code = await issue(request.app[SHELF], told.facts, told.key)
    booking, sent = Booking(wish_in(form)), {"code": code, "no_code": not code}
    return await _page(request, visitor, told, booking, **sent)


async def _told(request: web.Request, form: Form) -> Told:
    """What the form brings, with new words understood, a choice taken, another person turned to."""
    catalog, now = request.app[CATALOG], request.app[CLOCK]()
    told = told_in(form, now.date())
    if told.new:
        understand = request.app[UNDERSTANDER].understand
        before = await understand(told.read, None, now) if told.read else None
        told = with_words(told, await understand(told.words, None, now), before, now.date())
    told = with_choice(told, field(form, "choose", 60), catalog, now.date())
    return turned_to(told, field(form, "turn", 20))


async def _shown(request: web.Request, told: Told) -> Shown:
    now = request.app[CLOCK]()
    heard = await request.app[UNDERSTANDER].understand(told.words, None, now)
    return shown_of(told, heard, request.app[CATALOG], request.app[FINDER], now.date())


async def _page(
    request: web.Request, visitor: Visitor, told: Told, booking: Booking, **sent: Any
) -> web.Response:
    return _rendered(request, visitor, "desk/lookup.html", await _shown(request, told), booking, **sent)


def _rendered(
    request: web.Request, visitor: Visitor, template: str, look: Shown, booking: Booking, **sent: Any
) -> web.Response:
    catalog = request.app[CATALOG]
    booking = replace(booking, wish=booking.wish.placed(str(look.told.facts.get("region", ""))))
    context = {
        "look": look,
        "booking": booking,
        "calls": _calls(catalog, booking.wish.region),
        "places": places_by_list(catalog),
        "code": "",
        "no_code": False,
        **sent,
    }
    return shown(request, visitor, template, "lookup", **context)


def _calls(catalog: Catalog, region: str) -> list[tuple[str, str]]:
    """What can be booked there; everything, while no place is known."""
    some = catalog.calls_of(catalog.region(region)) if region else ()
    return [(call.id, call.name) for call in some or catalog.calls.every.values() if not call.urgent]


def _own_place(catalog: Catalog, visitor: Visitor, default: str | None) -> str:
    """The place that callers most likely mean: the only one that this member of staff serves."""
    own = [area for area in visitor.staff.areas if catalog.list_for(catalog.region(area))]
    return own[0] if len(own) == 1 else default or ""
