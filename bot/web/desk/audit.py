"""The audit log as leads read it: by month, by person and by what was done, with its seals, and as a file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from bot.access.audit import NOBODY, OPERATOR
from bot.catalog import lined_yaml
from bot.dispatch import records
from bot.dispatch.export import as_csv
from bot.errors import BadValue, CatalogError
from bot.keys import AUDIT, CLOCK, STAFF
from bot.store.audit import intact
from bot.store.port_staff import AuditEntry
from bot.web.desk.guard import Visitor, noted, page, shown

PATH: Final = "/desk/audit"
_MONTH: Final = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")
# So many on a page; a file has them all.
_ON_A_PAGE: Final = 200
_MOST_PAGES: Final = 9_999


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see: `who` and `what` are empty for all."""

    month: str
    who: str = ""
    what: str = ""

    def chosen(self, entries: Sequence[AuditEntry]) -> list[AuditEntry]:
        """The newest first."""
        return [one for one in reversed(entries) if self.who in ("", one.by) and self.what in ("", one.what)]


def add_routes(app: web.Application) -> None:
    app.router.add_get(PATH, _read)
    app.router.add_get(PATH + ".csv", _exported)


@page("audit")
async def _read(request: web.Request, visitor: Visitor) -> web.Response:
    asked, at = _asked(request), _page(request)
    await noted(request, visitor, "audit_read", month=asked.month)
    log = request.app[AUDIT]
    # Asked before: what is written meanwhile is no loss.
    stood = await log.standing(asked.month)
    entries = await log.read(asked.month)
    chosen, names = asked.chosen(entries), await _names(request)
    begins = (at - 1) * _ON_A_PAGE
    return shown(
        request,
        visitor,
        "desk/audit.html",
        "audit",
        asked=asked,
        rows=[_row(one, names) for one in chosen[begins : begins + _ON_A_PAGE]],
        columns=_words()["columns"],
        deeds=_words()["deeds"],
        people=names,
        count=len(chosen),
        whole=await asyncio.to_thread(_is_whole, entries, *stood),
        last=entries[-1].seal if entries else "",
        at=at,
        pages=max(1, -(-len(chosen) // _ON_A_PAGE)),
        months=await _months(request),
    )


@page("audit")
async def _exported(request: web.Request, visitor: Visitor) -> web.Response:
    asked = _asked(request)
    await noted(request, visitor, "audit_export", month=asked.month)
    entries, names = asked.chosen(await request.app[AUDIT].read(asked.month)), await _names(request)
    rows = [list(_words()["columns"].values()), *([*_row(one, names).values(), one.seal] for one in entries)]
    body = await asyncio.to_thread(as_csv, rows)
    name = f'attachment; filename="audit-{asked.month}.csv"'
    headers = {"Cache-Control": "no-store", "Content-Disposition": name}
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=headers)


def _is_whole(entries: Sequence[AuditEntry], count: int, last: str) -> bool:
    """Whether every entry stands as it was written, and none of the last ones is gone."""
    at_the_end = len(entries) >= count and (not count or entries[count - 1].seal == last)
    return at_the_end and intact(entries)


async def _months(request: web.Request) -> list[str]:
    """Those of which there is something, the newest first; this one always."""
    found = {*await request.app[AUDIT].months(), f"{request.app[CLOCK]():%Y-%m}"}
    return sorted(found, reverse=True)


async def _names(request: web.Request) -> Mapping[str, str]:
    """Everybody who can stand in an entry."""
    staff = await request.app[STAFF].all()
    others = {OPERATOR: _words()["operator"], NOBODY: _words()["unknown"]}
    return {f"staff:{one.id}": f"{one.name}（{one.id}）" for one in staff} | others


def _row(entry: AuditEntry, names: Mapping[str, str]) -> dict[str, str]:
    named = _words()["about"]
    about = "，".join(f"{named.get(name, name)} {_told(name, value)}" for name, value in entry.about.items())
    return {
        "at": f"{datetime.fromisoformat(entry.at):%Y-%m-%d %H:%M:%S}",
        "who": names.get(entry.by, entry.by),
        "what": _words()["deeds"].get(entry.what, entry.what),
        "about": about,
    }


def _told(name: str, value: str) -> str:
    """A state in words; all else as it was noted."""
    states: Mapping[str, str] = {**records.words()["states"], "give": _words()["given"]}
    return states.get(value, value) if name == "to" else value


def _asked(request: web.Request) -> Asked:
    month = request.query.get("month") or f"{request.app[CLOCK]():%Y-%m}"
    if not _MONTH.fullmatch(month):
        raise BadValue("write the month as 2026-11", field="month")
    return Asked(month, request.query.get("who", "")[:60], request.query.get("what", "")[:40])


def _page(request: web.Request) -> int:
    told = request.query.get("page", "1")
    return min(max(1, int(told)), _MOST_PAGES) if re.fullmatch("[0-9]{1,4}", told) else 1


@cache
def _words() -> Mapping[str, Any]:
    """The words of the YAML beside this module; raises `CatalogError`."""
    path = Path(__file__).with_name("audit_words.yaml")
    read = lined_yaml.read(path, path.name)
    if read.problems:
        raise CatalogError(read.problems)
    found: Mapping[str, Any] = read.data
    return found
