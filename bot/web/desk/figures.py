"""The figures: what was asked, found, booked, how long it took and what was not understood, by month and place."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from bot.access.roles import reaches
from bot.booking.history import here
from bot.catalog.model import Catalog
from bot.counting.counter import monday
from bot.dispatch.export import as_csv
from bot.errors import BadValue, Refused
from bot.keys import CATALOG, CLOCK
from bot.models import Staff
from bot.web.desk.figures_chart import DRAWN, picture
from bot.web.desk.figures_read import RECENT, Known, Recent, known, weeks
from bot.web.desk.figures_tables import Table, area_name, tables, words
from bot.web.desk.guard import Visitor, noted, page, shown

PATH: Final = "/desk/figures"
# As many months can be chosen from.
_BACK: Final = 18
_SPANS: Final = ("1", "3", "6")
# Calls and talks of which nobody knows the place.
_NOWHERE: Final = "none"
_CALLS: Final = ("calls-service", "calls-area", "calls-week", "waiting", "satisfaction")
_TALK: Final = ("talk-week", "talk-area", "questions", "found", "words")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see: so many months up to `month`, of one place or (None) of all that are theirs."""

    month: str
    span: str = "1"
    area: str | None = None

    @property
    def months(self) -> tuple[str, ...]:
        return tuple(_months(self.month, int(self.span))[::-1])

    @property
    def query(self) -> str:
        area = "" if self.area is None else self.area or _NOWHERE
        return urlencode({"month": self.month, "span": self.span, "area": area})


def add_routes(app: web.Application) -> None:
    app[RECENT] = Recent()
    app.router.add_get(PATH, _page)
    app.router.add_get(PATH + "/{id:[a-z-]+}.svg", _picture)
    app.router.add_get(PATH + "/{id:[a-z-]+}.csv", _file)


@page("figures")
async def _page(request: web.Request, visitor: Visitor) -> web.Response:
    asked, catalog = _asked(request, visitor.staff), request.app[CATALOG]
    found = await known(request.app, asked.months)
    made = await _tables(found, asked, visitor.staff, catalog)
    areas = {area for area in (*found.areas, asked.area) if area is not None and _sees(visitor.staff, area)}
    return shown(
        request,
        visitor,
        "desk/figures.html",
        "figures",
        path=PATH,
        asked=asked,
        words=words(),
        drawn=DRAWN,
        total=made["talk"],
        talk=[made[id_] for id_ in _TALK],
        calls=[made[id_] for id_ in _CALLS],
        months=[(month, month_name(month)) for month in _months(_this_month(request), _BACK)],
        spans=words()["spans"],
        areas=[(area or _NOWHERE, area_name(area, catalog)) for area in sorted(areas)],
        period=_period(asked.months),
    )


@page("figures")
async def _picture(request: web.Request, visitor: Visitor) -> web.Response:
    made = await _table(request, visitor)
    return web.Response(
        text=picture(made), content_type="image/svg+xml", headers={"Cache-Control": "no-store"}
    )


@page("figures")
async def _file(request: web.Request, visitor: Visitor) -> web.Response:
    made, asked = await _table(request, visitor), _asked(request, visitor.staff)
    await noted(request, visitor, "figures_export", table=made.id, month=asked.month)
    name = f'attachment; filename="{made.id}-{asked.months[0]}-{asked.month}.csv"'
    headers = {"Cache-Control": "no-store", "Content-Disposition": name}
    return web.Response(body=as_csv(made.lines), content_type="text/csv", charset="utf-8", headers=headers)


def month_name(month: str) -> str:
    """2026年11月."""
    year, count = month.split("-")
    return str(words()["month"]).format(year=year, month=int(count))


async def _table(request: web.Request, visitor: Visitor) -> Table:
    asked = _asked(request, visitor.staff)
    found = await known(request.app, asked.months)
    made = await _tables(found, asked, visitor.staff, request.app[CATALOG])
    if request.match_info["id"] not in made:
        raise web.HTTPNotFound
    return made[request.match_info["id"]]


async def _tables(found: Known, asked: Asked, staff: Staff, catalog: Catalog) -> dict[str, Table]:
    areas = {area for area in found.areas if _sees(staff, area) and asked.area in (None, area)}
    return await asyncio.to_thread(tables, found, areas, catalog)


def _sees(staff: Staff, area: str) -> bool:
    """What has no place may be anybody's, so it is shown to those only who see all."""
    return reaches(staff, area) if area else staff.role == "admin"


def _asked(request: web.Request, staff: Staff) -> Asked:
    told, choices = request.query, _months(_this_month(request), _BACK)
    month, span, area = told.get("month") or choices[0], told.get("span", "1"), told.get("area", "")
    if month not in choices or span not in _SPANS:
        raise BadValue("choose a month and a span of the page's lists", field="month")
    if area and area != _NOWHERE and not (area.isascii() and area.isdecimal() and len(area) == 6):
        raise BadValue("choose a place of the page's list", field="area")
    code = "" if area == _NOWHERE else area or None
    if code is not None and not _sees(staff, code):
        raise Refused("this place is not one of yours; ask your desk's lead")
    return Asked(month, span, code)


def _this_month(request: web.Request) -> str:
    """That of this week's Monday."""
    return monday(here(request.app[CLOCK]()).date())[:7]


def _months(last: str, count: int) -> list[str]:
    """So many months, the last one first."""
    year, month = map(int, last.split("-"))
    every = (year * 12 + month - 1 - back for back in range(count))
    return [f"{one // 12:04}-{one % 12 + 1:02}" for one in every]


def _period(months: tuple[str, ...]) -> tuple[str, str, date, date]:
    """The first and the last month by name, the first day and the last."""
    first = date.fromisoformat(next(weeks(months[0])))
    last = date.fromordinal(date.fromisoformat(list(weeks(months[-1]))[-1]).toordinal() + 6)
    return month_name(months[0]), month_name(months[-1]), first, last
