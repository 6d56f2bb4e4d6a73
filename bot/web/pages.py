"""The pages: their templates and files, and which address shows which."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import aiohttp_session
from aiohttp import web
from jinja2 import FileSystemLoader, StrictUndefined

from bot.api.handlers import openapi
from bot.dialogue.wording import say
from bot.keys import CATALOG
from bot.web import answer_page, health, lookup, tryit
from bot.web.desk import account as desk_account
from bot.web.desk import audit as desk_audit
from bot.web.desk import catalog as desk_catalog
from bot.web.desk import figures as desk_figures
from bot.web.desk import lookup as desk_lookup
from bot.web.desk import requests as desk_requests
from bot.web.desk import sign_in as desk_sign_in
from bot.web.desk.sessions import ShelfStorage
from bot.web.hotlines import Hotlines

HERE = Path(__file__).parent


def add_routes(app: web.Application) -> None:
    """Adds the pages; wants the catalog in the app, and the rest of `bot.keys` before a request."""
    _templates(app)
    app.router.add_static("/static", HERE / "static")
    app.router.add_get("/", _home)
    app.router.add_get("/healthz", health.alive)
    app.router.add_get("/readyz", health.ready)
    app.router.add_get("/api", _api)
    aiohttp_session.setup(app, ShelfStorage())
    desk_sign_in.add_routes(app)
    desk_account.add_routes(app)
    desk_audit.add_routes(app)
    desk_catalog.add_routes(app)
    desk_figures.add_routes(app)
    desk_lookup.add_routes(app)
    desk_requests.add_routes(app)
    answer_page.add_routes(app)
    tryit.add_routes(app)
    lookup.add_routes(app)


def _templates(app: web.Application) -> None:
    safe = [number for number, one in app[CATALOG].hotlines.items() if one.status == "safe"]
    app[tryit.HOTLINES] = Hotlines(safe)
    env = aiohttp_jinja2.setup(
        app,
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals["say"] = say
    env.globals["url_for_static"] = _static
    env.filters["pieces"] = app[tryit.HOTLINES].pieces
    env.filters["lines"] = app[tryit.HOTLINES].lines
    env.filters["plain_json"] = _plain_json


@cache
def _static(name: str) -> str:
    """The address of a file of ours; it changes with the file, so that no browser shows an old one."""
    mark = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={mark}"


def _plain_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


async def _home(_request: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": "/try"})


async def _api(request: web.Request) -> web.Response:
    document: dict[str, Any] = openapi()
    return aiohttp_jinja2.render_template("api.html", request, {"document": document})
