"""Reads what the figures are made of, once for a page and its pictures: calls and counts of whole weeks."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from aiohttp import web

from bot.counting.counter import monday
from bot.counting.turns import Named, named
from bot.dispatch import records
from bot.keys import CLOCK, REQUESTS, TALLY
from bot.models import Request
from bot.web.desk.figures_cells import Cell

_WEEK: Final = timedelta(days=7)
_MOST_KEPT: Final = 12


@dataclass(frozen=True, slots=True)
class Known:
    """Every call by cell; every count by cell, what is counted, and week."""

    calls: Mapping[Cell, tuple[Request, ...]]
    counts: Mapping[Cell, Mapping[tuple[str, Named], int]]

    @property
    def areas(self) -> set[str]:
        return {cell.area for cell in (*self.calls, *self.counts)}


@dataclass(slots=True)
class Recent:
    """What was read a moment ago; a page's pictures are asked for right after it."""

    seconds: float = 8.0
    read: dict[tuple[str, ...], tuple[float, Known]] = field(default_factory=dict)


RECENT: web.AppKey[Recent] = web.AppKey("recent_figures", Recent)


async def known(app: web.Application, months: tuple[str, ...]) -> Known:
    """Everything of these months; raises `StoreDown`."""
    recent, now = app[RECENT], time.monotonic()
    kept = recent.read.get(months)
    if kept and now - kept[0] < recent.seconds:
        return kept[1]
    found = Known(await _calls(app, months), await _counts(app, months))
    if len(recent.read) >= _MOST_KEPT:
        recent.read.clear()
    recent.read[months] = (now, found)
    return found


def weeks(month: str) -> Iterator[str]:
    """The weeks that belong to a month: those whose Monday lies in it."""
    day = date.fromisoformat(f"{month}-01")
    day += timedelta(days=-day.weekday() % 7)
    while f"{day:%Y-%m}" == month:
        yield day.isoformat()
        day += _WEEK


def week_of(request: Request) -> str:
    """The week in which it was submitted."""
    return monday(datetime.fromisoformat(request.history[0].at).date())


async def _calls(app: web.Application, months: tuple[str, ...]) -> dict[Cell, tuple[Request, ...]]:
    first = date.fromisoformat(next(weeks(months[0])))
    last = date.fromisoformat(list(weeks(months[-1]))[-1]) + _WEEK
    found: dict[Cell, list[Request]] = defaultdict(list)
    for month in records.months(first, last):
        for one in await records.of_month(app[REQUESTS], month, app[CLOCK]()):
            if (its := week_of(one)[:7]) in months:
                found[Cell(its, one.region or "")].append(one)
    return {cell: tuple(requests) for cell, requests in found.items()}


async def _counts(app: web.Application, months: tuple[str, ...]) -> dict[Cell, dict[tuple[str, Named], int]]:
    every = [week for month in months for week in weeks(month)]
    found: dict[Cell, dict[tuple[str, Named], int]] = defaultdict(dict)
    for week, counts in zip(every, await asyncio.gather(*map(app[TALLY].of, every)), strict=True):
        for name, count in counts.items():
            one = named(name)
            found[Cell(week[:7], one.area)][week, one] = count
    return dict(found)
