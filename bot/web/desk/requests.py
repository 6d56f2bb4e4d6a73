"""The workers' desk: the calls of one's areas as a list that keeps itself up to date, each call, and its moves."""

from __future__ import annotations

import re
from typing import Any, Final

from aiohttp import web

from bot.access.roles import reaches
from bot.booking.history import here
from bot.booking.numbers import read
from bot.errors import Refused
from bot.keys import CATALOG, CLOCK, REQUESTS, STAFF
from bot.models import Request, Staff
from bot.store.port import Line
from bot.web.desk.guard import Visitor, move, noted, page, sent_to, shown
from bot.web.desk.requests_events import add_watch, events
from bot.web.desk.requests_list import SHOWS, Asked, Reader, Shown, listed
from bot.web.desk.requests_moves import LONGEST_NOTE, MOVES, Posted, Trouble, moved, posted
from bot.web.desk.requests_one import call_shown, whose
from bot.web.desk.requests_seen import mover_of, seen_call, seen_lines, sees_personal
from bot.web.desk.requests_words import People, words
from bot.web.forms import Form

PATH: Final = "/desk/requests"
_NUMBER: Final = "{number:[0-9]{5,12}}"


def add_routes(app: web.Application) -> None:
    """Adds the pages; wants the catalog in the app."""
    add_watch(app)
    app.router.add_get(PATH, _list)
    app.router.add_get(PATH + "/part", _part)
    app.router.add_get(PATH + "/events", events)
    app.router.add_get(f"{PATH}/{_NUMBER}", _one)
    app.router.add_get(f"{PATH}/{_NUMBER}/version", _version)
    app.router.add_post(f"{PATH}/{_NUMBER}/{{what:[a-z]+}}", _move)


@page("look")
async def _list(request: web.Request, visitor: Visitor) -> web.Response:
    if "number" in request.query:
        return await _looked_for(request, visitor)
    return await _listed(request, visitor, "desk/requests.html")


@page("look")
async def _part(request: web.Request, visitor: Visitor) -> web.Response:
    """Only what changes, for the script."""
    return await _listed(request, visitor, "desk/requests_part.html")


@page("look")
async def _one(request: web.Request, visitor: Visitor) -> web.Response:
    call = await seen_call(request, visitor.staff)
    done = request.query.get("done", "")
    return await _call_page(request, visitor, call, done=words()["done"].get(done, ""))


@page("look")
async def _version(request: web.Request, visitor: Visitor) -> web.Response:
    """Whether an open page is still so, and who has the call now; nothing personal."""
    call = await seen_call(request, visitor.staff)
    people = People.of(await request.app[STAFF].all(), visitor.staff)
    told = {"version": call.version, "whose": whose(call, people)}
    return web.json_response(told, headers={"Cache-Control": "no-store"})


@move("look")
async def _move(request: web.Request, visitor: Visitor, form: Form) -> web.Response:
    call = await seen_call(request, visitor.staff)
    asked = posted(request.match_info["what"], form)
    actor = mover_of(visitor.staff, call)
    if actor is None:
        raise Refused("your role moves no calls")
    trouble = await moved(request, visitor, call.id, actor, asked)
    if trouble is None:
        return sent_to(f"{PATH}/{call.id}?done={asked.what}")
    now = await seen_call(request, visitor.staff)
    return await _call_page(request, visitor, now, trouble=trouble, asked=asked)


async def _looked_for(request: web.Request, visitor: Visitor) -> web.Response:
    """The call whose number somebody typed, however it is written; else the list, which says so."""
    typed = request.query["number"][:40]
    number = read(typed)
    if number and await request.app[REQUESTS].find(number):
        return sent_to(f"{PATH}/{number}")
    return await _listed(request, visitor, "desk/requests.html", status=404, typed=typed)


async def _listed(
    request: web.Request, visitor: Visitor, template: str, status: int = 200, typed: str = ""
) -> web.Response:
    # A page that shows one call alarms of the others only.
    but = request.query.get("but", "")
    look = await _look(request, visitor.staff)
    return shown(request, visitor, template, "requests", status, look=look, typed=typed, path=PATH, but=but)


async def _look(request: web.Request, staff: Staff) -> Shown:
    now, catalog = request.app[CLOCK](), request.app[CATALOG]
    people = People.of(await request.app[STAFF].all(), staff)
    asked = _asked(request)
    over = await _over_today(request, staff) if asked.show == "over" else []
    return listed(await seen_lines(request, staff), over, asked, Reader(people, catalog, now))


async def _over_today(request: web.Request, staff: Staff) -> list[Line]:
    """What was over today: a worker's own, for all others that of their areas."""
    today, me = here(request.app[CLOCK]()).date().isoformat(), f"staff:{staff.id}"
    lines = await request.app[REQUESTS].over(today[:7])
    some = [line for line in lines if line.changed.startswith(today)]
    return [
        line for line in some if line.worker == me or (staff.role != "worker" and reaches(staff, line.region))
    ]


def _asked(request: web.Request) -> Asked:
    """What the address asks for; what it cannot mean is left out."""
    show, area = request.query.get("show", "all"), request.query.get("area", "")
    known = re.fullmatch("[0-9]{6,12}", area) and request.app[CATALOG].region(area).code
    service = request.query.get("service", "")
    return Asked(
        show if show in SHOWS else "all",
        area if known else "",
        service if service in request.app[CATALOG].calls.every else "",
    )


async def _call_page(
    request: web.Request,
    visitor: Visitor,
    call: Request,
    *,
    done: str = "",
    trouble: Trouble | None = None,
    asked: Posted | None = None,
) -> web.Response:
    staff, personal = await request.app[STAFF].all(), sees_personal(visitor.staff, call)
    if personal:
        await noted(request, visitor, "show", number=call.id)
    context: dict[str, Any] = {
        "call": call_shown(
            call,
            People.of(staff, visitor.staff),
            mover_of(visitor.staff, call),
            staff,
            request.app[CATALOG],
            request.app[CLOCK](),
            personal=personal,
        ),
        "look": await _look(request, visitor.staff),
    }
    told = {"done": done, "trouble": trouble, "asked": asked or Posted("", 0), "words": words()}
    status = trouble.status if trouble else 200
    limits = {"longest": LONGEST_NOTE, "moves": MOVES, "path": PATH, "but": call.id}
    return shown(request, visitor, "desk/request.html", "requests", status, **context, **told, **limits)
