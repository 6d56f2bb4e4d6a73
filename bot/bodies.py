"""Reads the bodies of requests: never more than the limit, never for longer than patience, no odd JSON."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from aiohttp import web

from bot.errors import BadRequest, TooLarge

# More nesting than anything in the contract has.
DEEPEST = 20
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


def strict_json(raw: bytes | str) -> Any:
    """The value in `raw`; refuses repeated keys, NaN, endless numbers, deep nesting and half characters.

    Raises `BadRequest` with the place and the mend; plain `json.loads` lets all of these through.
    """
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise _bad(f"the body is not UTF-8 (byte {error.start}); encode it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise _bad(f"this is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except (ValueError, RecursionError):
        raise _bad("this JSON nests too deeply or holds a number too long; send a simpler one") from None
    _check(value)
    return value


def strict_object(raw: bytes | str) -> dict[str, Any]:
    """As `strict_json`, for a body that must be an object."""
    value = strict_json(raw)
    if not isinstance(value, dict):
        raise _bad('the body is an object such as {"id": "1", "text": "…"}')
    return value


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


def _bad(message: str) -> BadRequest:
    return BadRequest(message, code="bad_json")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _bad(f"the key {twice[:40]!a} stands twice in one object; keep one of them")
    return found


def _constant(name: str) -> NoReturn:
    raise _bad(f"{name} is not JSON; send a number or leave the key out")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _bad("a number is too large; send a smaller one")
    return value


def _check(value: Any) -> None:
    """Walks level by level, so that nothing recurses; raises `BadRequest`."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        for one in level:
            if isinstance(one, str) and not _whole(one):
                raise _bad("a text holds half of a character (such as \\ud800 alone); send whole characters")
        level = [child for one in level for child in _children(one)]
        if not level:
            return
    raise _bad(f"this JSON nests deeper than {DEEPEST} levels; send a simpler one")


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return (*value.keys(), *value.values())
    return value if isinstance(value, list) else ()


def _whole(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
