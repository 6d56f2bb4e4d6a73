"""The catalog for editors: to read all of it, to see what is broken or old, and to propose a change as a patch.

Nothing is changed by these pages: who keeps the files applies the patch.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from bot.catalog.load import CATALOG_DATA
from bot.catalog.model import BenefitList, Item
from bot.errors import BadValue, NotFound
from bot.keys import CATALOG, CLOCK
from bot.web.desk import catalog_view as view
from bot.web.desk.catalog_files import OnDisk, on_disk, paths_of
from bot.web.desk.catalog_proposal import LONGEST, Bench, Judged, as_written, mark_of, patch_of
from bot.web.desk.guard import Visitor, move, noted, page, shown
from bot.web.forms import Form, field

PATH: Final = "/desk/catalog"
BENCH: web.AppKey[Bench] = web.AppKey("catalog bench", Bench)


def add_routes(app: web.Application) -> None:
    """Adds the pages; wants the catalog in the app."""
    app[BENCH] = Bench(CATALOG_DATA)
    app.router.add_get(PATH, _all)
    app.router.add_get(f"{PATH}/look", _looks)
    app.router.add_get(f"{PATH}/list/{{list}}", _list)
    app.router.add_get(f"{PATH}/item/{{item}}", _item)
    app.router.add_get(f"{PATH}/file/{{file}}", _file)
    app.router.add_post(f"{PATH}/file/{{file}}", _proposed)
    app.router.add_post(f"{PATH}/file/{{file}}/patch", _patch)


@page("catalog")
async def _all(request: web.Request, visitor: Visitor) -> web.Response:
    catalog, disk = request.app[CATALOG], await _disk(request)
    return _shown(
        request,
        visitor,
        "catalog",
        rows=view.lists(catalog, disk),
        looks=view.looks(disk),
        hotlines=view.hotlines(catalog, disk, request.app[CLOCK]().date()),
        files=view.files(catalog, disk),
        panel=len(catalog.panel),
    )


@page("catalog")
async def _looks(request: web.Request, visitor: Visitor) -> web.Response:
    return _shown(request, visitor, "catalog_looks", looks=view.looks(await _disk(request)))


@page("catalog")
async def _list(request: web.Request, visitor: Visitor) -> web.Response:
    catalog = request.app[CATALOG]
    found = catalog.lists.get(request.match_info["list"])
    if found is None:
        raise NotFound("there is no such list")
    disk = await _disk(request)
    return _shown(
        request,
        visitor,
        "catalog_list",
        found=found,
        place=disk.documents.get(found.id),
        entries=[view.entry(item, found, catalog, disk) for item in found.items],
    )


@page("catalog")
async def _item(request: web.Request, visitor: Visitor) -> web.Response:
    found, item = _entry(request)
    one = view.entry(item, found, request.app[CATALOG], await _disk(request))
    return _shown(request, visitor, "catalog_item", found=found, one=one)


@page("catalog")
async def _file(request: web.Request, visitor: Visitor) -> web.Response:
    _, stands = _open(request)
    return _form(request, visitor, stands, stands)


@move("catalog")
async def _proposed(request: web.Request, visitor: Visitor, form: Form) -> web.Response:
    path, stands = _open(request)
    text = as_written(field(form, "text", LONGEST))
    if text == stands or field(form, "base", 16) != mark_of(stands):
        return _form(request, visitor, stands, text, same=text == stands, moved=text != stands)
    await noted(request, visitor, "catalog_proposed", file=request.match_info["file"])
    judged = await request.app[BENCH].judged(visitor.staff.id, path, text)
    return _form(request, visitor, stands, text, judged=judged)


@move("catalog")
async def _patch(request: web.Request, visitor: Visitor, form: Form) -> web.Response:
    path, stands = _open(request)
    patch = patch_of(_name(path), stands, as_written(field(form, "text", LONGEST)))
    if field(form, "base", 16) != mark_of(stands) or not patch:
        raise BadValue("the file is another one by now, or nothing differs; open it again", field="text")
    await noted(request, visitor, "catalog_export", file=request.match_info["file"])
    name = f"{request.match_info['file']}.{request.app[CLOCK]():%Y-%m-%d}.patch"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(text=patch, content_type="text/x-patch", charset="utf-8", headers=headers)


def _form(
    request: web.Request, visitor: Visitor, stands: str, text: str, judged: Judged | None = None, **seen: bool
) -> web.Response:
    path, _ = _open(request)
    return _shown(
        request,
        visitor,
        "catalog_file",
        file=request.match_info["file"],
        name=_name(path),
        text=text,
        lines=text.split("\n"),
        base=mark_of(stands),
        judged=judged,
        patch=patch_of(_name(path), stands, text) if judged and judged.comparison is not None else "",
        **{"same": False, "moved": False, **seen},
    )


def _open(request: web.Request) -> tuple[Path, str]:
    """A file out of the list of all, and what stands in it; raises `NotFound`."""
    path = paths_of(request.app[BENCH].root).get(request.match_info["file"])
    if path is None:
        raise NotFound("there is no such file in the catalog")
    return path, path.read_text(encoding="utf-8")


def _name(path: Path) -> str:
    return str(path.relative_to(CATALOG_DATA.parent))


def _entry(request: web.Request) -> tuple[BenefitList, Item]:
    for found in request.app[CATALOG].lists.values():
        if item := found.by_id.get(request.match_info["item"]):
            return found, item
    raise NotFound("there is no such entry")


async def _disk(request: web.Request) -> OnDisk:
    return await asyncio.to_thread(on_disk, request.app[BENCH].root, request.app[CLOCK]().date())


def _shown(request: web.Request, visitor: Visitor, template: str, **context: Any) -> web.Response:
    return shown(request, visitor, f"desk/{template}.html", "catalog", **context)
