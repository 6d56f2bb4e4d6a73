"""Calls that were submitted, in Redis: each with its user, found by its number, listed for the desks without names."""

from __future__ import annotations

import json
from dataclasses import asdict
from time import monotonic
from typing import Any

from pydantic import TypeAdapter

from bot.booking.numbers import number
from bot.models import Request
from bot.store import sessions
from bot.store.port import Line
from bot.store.scripts import ONE, OWN, SAVE, Keys
from bot.store.server import Server

_lines = TypeAdapter(Line)
COUNTER, _OPEN = "wenyanglao:requests:{desk}:counter", "wenyanglao:requests:{desk}:open"
_OVER = ("done", "cancelled", "failed", "expired")
_PLACES = "wenyanglao:requests:{desk}:places"
_RESERVED_MS = 24 * 3600 * 1000
_AT_ONCE = 10
# A process gives none away that it counted longer ago: what is missing is looked for among the newest.
_COUNTED_S = 3600.0
_NEWEST = 2000

_RESERVE = "return redis.call('INCRBY', KEYS[1], ARGV[1])"
# A number's owner -> nothing where it has one already.
_OWNER = "return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])"
# For the index of the desks, open, of a month (open again where it is not over), and where each stands: number, line,
# when it changed, its month once it is over -> 1 entered, 0 older than what stands there, or the other month in which
# it was over already. An older line never takes the place of a newer one, and nothing is open again.
_ENTER = """
local stands = redis.call('HGET', KEYS[3], ARGV[1])
local changed, month = string.match(stands or ' ', '^(%S*) (%S*)$')
if changed > ARGV[3] or (month ~= '' and ARGV[4] == '') then return 0 end
if month ~= '' and month ~= ARGV[4] then return month end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[3] .. ' ' .. ARGV[4])
if ARGV[4] ~= '' then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1
"""
_STAND = "return redis.call('HMGET', KEYS[1], unpack(ARGV))"


class RedisRequests:
    """The `Requests` protocol over one `Server`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._counted: list[int] = []
        self._counted_at = 0.0

    async def reserve(self, user: str) -> str:
        """See `Requests.reserve`."""
        owner = user.encode("utf-8", "surrogatepass")
        seal = self._server.sealer.seal
        while True:
            # A counter that was lost with the machine it stood on must not give away what others have.
            free = number(await self._count())
            if await self._server.script(
                _OWNER, (_owner(free),), seal("owner", free, owner), _RESERVED_MS, lasting=True
            ):
                return free

    async def _count(self) -> int:
        """Several at once, which spares most bookings a round trip; those of a process that ends are left out."""
        if monotonic() - self._counted_at > _COUNTED_S:
            self._counted.clear()
        while not self._counted:
            self._counted_at = monotonic()
            last = int(await self._server.script(_RESERVE, (COUNTER,), _AT_ONCE))
            self._counted += range(last, last - _AT_ONCE, -1)
        return self._counted.pop()

    async def find(self, number: str) -> Request | None:
        """See `Requests.find`."""
        kept = await self._server.get(_owner(number)) if number.isascii() and number.isdecimal() else None
        if kept is None:
            return None
        user = self._server.sealer.open("owner", number, kept)
        keys = Keys.of(user.decode("utf-8", "surrogatepass"))
        raw = await self._server.script(ONE, keys.all, number)
        return sessions.load_request(self._server.sealer.open("request", keys.owner, raw)) if raw else None

    async def of(self, user: str) -> tuple[Request, ...]:
        """See `Requests.of`."""
        keys = Keys.of(user)
        raw = await self._server.script(OWN, keys.all)
        return sessions.load_requests(self._server.sealer.all("request", keys.owner, raw))

    async def save(self, request: Request, version: int) -> bool:
        """See `Requests.save`."""
        keys = Keys.of(request.who)
        raw = self._server.sealer.seal("request", keys.owner, sessions.dump_request(request))
        kept = await self._server.script(
            SAVE, keys.all, request.id, version, request.version, raw, lasting=True
        )
        return bool(kept)

    async def enter(self, line: Line) -> None:
        """See `Requests.enter`; from then on its number does not lapse. It stays in the month in which it was over."""
        month = line.changed[:7] if line.state in _OVER else ""
        raw = json.dumps(asdict(line), ensure_ascii=False)
        while isinstance(other := await self._enter(line, raw, month), bytes):
            month = other.decode()
        await self._server.keep_for_good(_owner(line.id))

    async def _enter(self, line: Line, raw: str, month: str) -> int | bytes:
        keys = (_OPEN, _month(month) if month else _OPEN, _PLACES)
        entered: int | bytes = await self._server.script(_ENTER, keys, line.id, raw, line.changed, month)
        return entered

    async def open(self) -> tuple[Line, ...]:
        """See `Requests.open`."""
        return await self._listed(_OPEN)

    async def over(self, month: str) -> tuple[Line, ...]:
        """See `Requests.over`."""
        return await self._listed(_month(month))

    async def unlisted(self) -> tuple[str, ...]:
        """See `Requests.unlisted`."""
        last = int(await self._server.get(COUNTER) or 0)
        numbers = [number(count) for count in range(max(1, last - _NEWEST + 1), last + 1)]
        places: list[Any] = await self._server.script(_STAND, (_PLACES,), *numbers) if numbers else []
        absent = [one for one, place in zip(numbers, places, strict=True) if place is None]
        return tuple([one for one in absent if await self.find(one)])

    async def _listed(self, key: str) -> tuple[Line, ...]:
        raw: list[Any] = await self._server.script("return redis.call('HVALS', KEYS[1])", (key,))
        return tuple(_lines.validate_json(one) for one in raw)


def _owner(number: str) -> str:
    return f"wenyanglao:request:{number}"


def _month(month: str) -> str:
    return f"wenyanglao:requests:{{desk}}:over:{month}"
