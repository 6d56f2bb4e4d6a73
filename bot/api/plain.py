"""How every address of the API reads a body and writes an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.bodies import read_body, strict_object
from bot.errors import BotError

BODY_LIMIT = 64 * 1024


class WrongTypeError(BotError):
    code, status = "wrong_content_type", 415


def answer(data: Mapping[str, Any]) -> web.Response:
    """JSON with real Chinese characters; answers about a person are nobody else's to keep."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    raw = text.encode("utf-8", "replace")
    return web.Response(
        body=raw, content_type="application/json", charset="utf-8", headers={"Cache-Control": "no-store"}
    )


async def body(request: web.Request) -> dict[str, Any]:
    """The JSON object that was sent; raises `BadRequest`, `TooLarge` or `WrongTypeError`."""
    if request.content_type != "application/json" or (request.charset or "utf-8").lower() not in (
        "utf-8",
        "utf8",
    ):
        raise WrongTypeError("send the body as Content-Type: application/json, in UTF-8")
    return strict_object(await read_body(request, BODY_LIMIT))
