"""What the pages with a form share: reading it, and answers that nobody keeps."""

from __future__ import annotations

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from bot.bodies import read_body, read_form

# A form spells one Chinese character in nine bytes.
FORM_LIMIT = 256 * 1024
Form = dict[str, list[str]]


async def form_of(request: web.Request) -> Form:
    """The posted fields; raises `TooLarge`, `BadRequest`."""
    return read_form(await read_body(request, FORM_LIMIT))


def field(form: Form, name: str, longest: int) -> str:
    """One field, at most `longest` characters of it."""
    return form.get(name, [""])[-1].replace("\r\n", "\n")[:longest]


def private(request: web.Request, template: str, context: dict[str, Any], status: int = 200) -> web.Response:
    """A page about somebody: kept by no browser and no proxy."""
    response = aiohttp_jinja2.render_template(template, request, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
