"""JSON as strangers write it: no repeated keys, no NaN, no deep nesting, no half characters."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from bot.errors import BadRequest, BadValue

_T = TypeVar("_T")
# More nesting than anything in the contract has.
DEEPEST = 20
_BOM = b"\xef\xbb\xbf"


def strict_json(raw: bytes | str) -> Any:
    """The value in `raw`; refuses repeated keys, NaN, endless numbers, deep nesting and half characters.

    Raises `BadRequest` with the place and the mend; plain `json.loads` lets all of these through.
    """
    try:
        text = raw.removeprefix(_BOM).decode() if isinstance(raw, bytes) else raw
        value = _decoded(text)
    except UnicodeDecodeError as error:
        raise _bad(f"the body is not UTF-8 (byte {error.start}); encode it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise _bad(f"this is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except (ValueError, RecursionError):
        raise _bad("this JSON nests too deeply or holds a number too long; send a simpler one") from None
    if isinstance(raw, str) or _suspicious(text):
        _check(value)
    return value


def _suspicious(text: str) -> bool:
    """Whether it may nest deeply, or hold half of a character; a short body of plain letters cannot."""
    return "\\ud" in text or "\\uD" in text or text.count("[") + text.count("{") >= DEEPEST - 1


def strict_object(raw: bytes | str) -> dict[str, Any]:
    """As `strict_json`, for a body that must be an object."""
    value = strict_json(raw)
    if not isinstance(value, dict):
        raise _bad('the body is an object such as {"id": "1", "text": "…"}')
    return value


def part(body: dict[str, Any], name: str, kind: type[_T], default: _T | None = None) -> _T:
    """What stands under `name`; raises `BadValue` where it is missing or of another kind."""
    value = body.get(name, default)
    if not isinstance(value, kind):
        raise BadValue(f"{name} is missing or of the wrong kind", field=name)
    return value


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


# Made once: a roster has a hundred thousand lines.
_decoded = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_finite).decode
