"""Calls that were submitted, in Redis: each with its user, found by its number, listed for the desks without names."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from bot.booking.numbers import number
from bot.models import Request
from bot.store import sessions
from bot.store.port import Line
from bot.store.redis import Server
from bot.store.scripts import ENTER, ONE, OWN, RESERVE, SAVE, Keys

_lines = TypeAdapter(Line)
_COUNTER, _OPEN = "wenyanglao:requests:{desk}:counter", "wenyanglao:requests:{desk}:open"
_OVER = ("done", "cancelled", "failed", "expired")
_RESERVED_MS = 24 * 3600 * 1000


class RedisRequests:
    """The `Requests` protocol over one `Server`."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def reserve(self, user: str) -> str:
        """See `Requests.reserve`."""
        taken = number(int(await self._server.script(RESERVE, (_COUNTER,))))
        await self._server.put(_owner(taken), user.encode("utf-8", "surrogatepass"), _RESERVED_MS)
        return taken

    async def find(self, number: str) -> Request | None:
        """See `Requests.find`."""
        user = await self._server.get(_owner(number))
        if user is None:
            return None
        keys = Keys.of(user.decode("utf-8", "surrogatepass"))
        raw = await self._server.script(ONE, keys.all, number)
        return sessions.load_request(raw) if raw else None

    async def of(self, user: str) -> tuple[Request, ...]:
        """See `Requests.of`."""
        return sessions.load_requests(await self._server.script(OWN, Keys.of(user).all))

    async def save(self, request: Request, version: int) -> bool:
        """See `Requests.save`."""
        keys = Keys.of(request.who)
        kept = await self._server.script(SAVE, keys.all, request.id, version, sessions.dump_request(request))
        return bool(kept)

    async def enter(self, line: Line) -> None:
        """See `Requests.enter`; from then on its number does not lapse."""
        over = _month(line.changed[:7]) if line.state in _OVER else ""
        raw = json.dumps(asdict(line), ensure_ascii=False)
        await self._server.script(ENTER, (_OPEN, over or _OPEN), line.id, raw, int(bool(over)), line.changed)
        await self._server.keep_for_good(_owner(line.id))

    async def open(self) -> tuple[Line, ...]:
        """See `Requests.open`."""
        return await self._listed(_OPEN)

    async def over(self, month: str) -> tuple[Line, ...]:
        """See `Requests.over`."""
        return await self._listed(_month(month))

    async def _listed(self, key: str) -> tuple[Line, ...]:
        raw: list[Any] = await self._server.script("return redis.call('HVALS', KEYS[1])", (key,))
        return tuple(_lines.validate_json(one) for one in raw)


def _owner(number: str) -> str:
    return f"wenyanglao:request:{number}"


def _month(month: str) -> str:
    return f"wenyanglao:requests:{{desk}}:over:{month}"
