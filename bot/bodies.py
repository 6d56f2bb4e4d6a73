"""Reads the bodies of requests: never more than the limit, never for longer than patience, no odd JSON."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from aiohttp import web

from bot.errors import BadRequest, TooLarge
from bot.strict_json import DEEPEST, strict_json, strict_object

__all__ = ["DEEPEST", "PATIENCE_S", "read_body", "read_form", "strict_json", "strict_object"]

PATIENCE_S = 15.0


async def read_body(request: web.Request, limit: int) -> bytes:
    """The body, at most `limit` bytes; raises `TooLarge`, or `BadRequest` where it does not arrive whole."""
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE_S):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise _too_large(limit)
    except (TimeoutError, web.RequestPayloadError) as error:
        raise BadRequest("the body did not arrive whole and in time; send it again") from error
    return bytes(body)


def read_form(raw: bytes) -> dict[str, list[str]]:
    """The values of every field; what is not UTF-8 shows as a replacement character."""
    try:
        fields = parse_qsl(raw.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise BadRequest("the form has too many fields") from None
    form: dict[str, list[str]] = {}
    for name, value in fields:
        form.setdefault(name, []).append(value)
    return form


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"a body has at most {limit // 1024} KiB; send a shorter one")
