"""What the API tells staff of calls, and how it moves them; each address asks who it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date

from aiohttp import web

from bot.api.access import What, in_reach, may, noted, signed_in
from bot.api.call_shapes import (
    CallAnswer,
    CallQuery,
    CallsAnswer,
    CallsQuery,
    ExportQuery,
    FiguresAnswer,
    FiguresQuery,
    MoveRequest,
)
from bot.api.openapi import Operation
from bot.api.plain import answer, body
from bot.api.shape import checked
from bot.booking.numbers import read
from bot.booking.table import Refusal
from bot.dispatch import charts, export, figures, records, remarks
from bot.errors import BadValue, BotError, NotFound, Refused
from bot.keys import CATALOG, CLOCK, DESK, REQUESTS, STAFF
from bot.models import Request, Staff

_SVG = "image/svg+xml"


class NotMovedError(BotError):
    code, status = "not_moved", 409


async def calls(request: web.Request) -> web.Response:
    staff = await _let(request, "look")
    asked = checked(CallsQuery, request.query)
    wanted = records.Wanted(
        asked.area, asked.state, _day(asked.since), asked.urgent == "true", asked.late == "true"
    )
    now, catalog = request.app[CLOCK](), request.app[CATALOG]
    lines = await records.listed(request.app[REQUESTS], wanted, now)
    reached = [line for line in lines if records.reaches(staff, line.region)]
    return answer({"calls": [records.line_as_data(line, catalog, now) for line in reached]})


async def call(request: web.Request) -> web.Response:
    staff = await _let(request, "look")
    personal = checked(CallQuery, request.query).personal == "true"
    found = await _reached(request, staff, "personal" if personal else "look")
    if personal:
        await noted(request, staff, "show", number=found.id)
        records.audited("show", f"staff:{staff.id}", number=found.id)
    everybody = await request.app[STAFF].all()
    return answer(records.as_data(found, request.app[CATALOG], everybody, personal=personal))


async def move_call(request: web.Request) -> web.Response:
    staff = await _let(request, "move")
    asked = checked(MoveRequest, await body(request))
    note = remarks.checked(asked.note)
    found = await _reached(request, staff, "move")
    actor = records.mover(staff, found.region)
    if actor is None:
        raise Refused("your role moves no calls")
    await noted(request, staff, "move", number=found.id, to=asked.to)
    moved = await request.app[DESK].move(found.id, asked.to, actor, note, seen=asked.version)
    if isinstance(moved, Refusal):
        raise NotMovedError(f"the call stays {moved.state}: {moved.reason}", code=moved.reason)
    return answer(records.as_data(moved, request.app[CATALOG], await request.app[STAFF].all()))


async def export_calls(request: web.Request) -> web.Response:
    staff = await _let(request, "export")
    asked = checked(ExportQuery, request.query)
    found, personal = await _of_month(request, staff, asked.month), asked.personal == "true"
    if personal:
        await noted(request, staff, "export", month=asked.month, calls=len(found))
        records.audited("export", f"staff:{staff.id}", month=asked.month, calls=len(found))
    catalog = request.app[CATALOG]
    # A large month takes seconds: nobody else shall wait for it.
    everybody = await request.app[STAFF].all()
    file = await asyncio.to_thread(export.file, found, catalog, asked.format, everybody, personal=personal)
    name = f"requests-{asked.month}.{asked.format}"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    media = export.MEDIA[asked.format]
    return web.Response(body=file, content_type=media, headers=headers)


async def month_figures(request: web.Request) -> web.Response:
    staff = await _let(request, "figures")
    asked = checked(FiguresQuery, request.query)
    found = records.within(await _of_month(request, staff, asked.month), asked.area)
    told = await asyncio.to_thread(figures.figures, found, asked.month, request.app[CATALOG])
    if asked.picture is None:
        return answer(asdict(told))
    picture = charts.pictures(told)[asked.picture]
    return web.Response(text=picture, content_type=_SVG, headers={"Cache-Control": "no-store"})


async def _let(request: web.Request, what: What) -> Staff:
    """Who asks, where their role lets them."""
    staff = await signed_in(request)
    with _noted(what, staff):
        may(staff, what)
    return staff


async def _reached(request: web.Request, staff: Staff, what: What) -> Request:
    """The call of the address, where their role and places let them."""
    with _noted(what, staff):
        may(staff, what)
    found = await _found(request)
    with _noted(what, staff, number=found.id):
        in_reach(staff, found, personal=what == "personal")
    return found


@contextmanager
def _noted(what: What, staff: Staff, **about: str) -> Iterator[None]:
    """Leaves a line where it is refused."""
    try:
        yield
    except Refused as error:
        records.refused(what, f"staff:{staff.id}", error.code, **about)
        raise


async def _found(request: web.Request) -> Request:
    number = request.match_info["number"]
    found = await request.app[REQUESTS].find(number) if read(number) == number else None
    if found is None:
        raise NotFound("no call has this number; read it again", field="number")
    return found


async def _of_month(request: web.Request, staff: Staff, month: str) -> tuple[Request, ...]:
    """Those of the month that are theirs to see."""
    found = await records.of_month(request.app[REQUESTS], month, request.app[CLOCK]())
    return tuple(one for one in found if records.reaches(staff, one.region))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadValue("since: there is no such day", field="since") from None


CALLS = (
    Operation(
        "GET",
        "/api/v1/requests",
        calls,
        "The calls of your places, the urgent ones first",
        CallsAnswer,
        query=CallsQuery,
        errors=(422,),
        staff=True,
    ),
    Operation(
        "GET",
        "/api/v1/requests/export",
        export_calls,
        "The calls of a month as a table",
        None,
        query=ExportQuery,
        errors=(422,),
        staff=True,
        media=tuple(export.MEDIA.values()),
    ),
    Operation(
        "GET",
        "/api/v1/requests/{number}",
        call,
        "One call with its history",
        CallAnswer,
        query=CallQuery,
        errors=(404, 422),
        staff=True,
    ),
    Operation(
        "POST",
        "/api/v1/requests/{number}/move",
        move_call,
        "Moves a call to another state; everybody whom it concerns is told",
        CallAnswer,
        body=MoveRequest,
        errors=(404, 409),
        staff=True,
    ),
    Operation(
        "GET",
        "/api/v1/figures",
        month_figures,
        "The figures of a month, as data or as a picture",
        FiguresAnswer,
        query=FiguresQuery,
        errors=(422,),
        staff=True,
        media=(_SVG,),
    ),
)
