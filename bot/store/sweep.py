"""One walk through the store that lets go of what has been kept long enough; said again, it finds nothing more."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from pydantic import TypeAdapter

from bot.booking.table import FINISHED
from bot.errors import StoreDown
from bot.models import Request
from bot.store import sessions
from bot.store.kept import PREFIX, Found, found
from bot.store.port import Line
from bot.store.rekey import SWAP_IN_HASH, Value, values_of
from bot.store.server import Server
from bot.store.staff_left import sweep_staff
from bot.store.terms import Terms, kind_of

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# What an elder told of themselves and of others; the county, the service and the moments name nobody.
EMPTIED: Final[Mapping[str, Any]] = {
    "time_text": "",
    "address": "",
    "phone": "",
    "contact": "",
    "note": "",
    "comment": "",
    "person": None,
}
_AT_ONCE: Final = 32
# Between two handfuls, so that whoever waits for an answer does not wait for this.
_PAUSE_S: Final = 0.002
_line = TypeAdapter(Line)
# The longest time, how far the moment of the sweep lies ahead -> 1 it lapses sooner now, 2 it is gone.
_LAPSE = """
local left = redis.call('PTTL', KEYS[1])
if left == -2 then return 0 end
local most = tonumber(ARGV[1])
if left >= 0 and left <= tonumber(ARGV[2]) then redis.call('DEL', KEYS[1]) return 2 end
if left >= 0 and left <= most then return 0 end
redis.call('PEXPIRE', KEYS[1], most) return 1
"""
# Of a user: the hash it stands in, versions; number and value -> 1 gone, 0 moved meanwhile.
_CALL_GONE = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1]); redis.call('HDEL', KEYS[2], ARGV[1]) return 1
"""
# Of the desks: the month and where each line stands; the numbers.
_LINES_GONE = """
local gone = redis.call('HDEL', KEYS[1], unpack(ARGV)); redis.call('HDEL', KEYS[2], unpack(ARGV)) return gone
"""
_PLACES_KEY: Final = f"{PREFIX}requests:{{desk}}:places"
_HEADS_KEY: Final = f"{PREFIX}audit:{{log}}:heads"
_AUDIT_GONE = "redis.call('DEL', KEYS[1]) return redis.call('HDEL', KEYS[2], ARGV[1])"
_DEL = "return redis.call('DEL', KEYS[1])"


@dataclass(frozen=True, slots=True)
class Sweep:
    """`now` is the moment that ages are counted from; `ahead` is how far it lies before the clock's, 0 for most."""

    server: Server
    terms: Terms
    now: datetime
    ahead: timedelta = timedelta()
    done: Counter[str] = field(default_factory=Counter)

    async def run(self, going_on: Callable[[], Awaitable[bool]] | None = None) -> Counter[str]:
        """What was done, by kind; raises `StoreDown`, also where `going_on` says that another does it now."""
        async for names in self.server.names(f"{PREFIX}*"):
            if going_on is not None and not await going_on():
                raise StoreDown("another process goes on with the sweep")
            places = [one for name in names if (one := found(name))]
            for begins in range(0, len(places), _AT_ONCE):
                await asyncio.gather(*map(self._swept, places[begins : begins + _AT_ONCE]))
                await asyncio.sleep(_PAUSE_S)
        await sweep_staff(self.server, self._before("staff_left"), self.now, self.done)
        return self.done

    async def _swept(self, one: Found) -> None:
        match one.place.name:
            case "requests" | "older":
                await self._calls(one)
            case "month-lines":
                await self._lines(one)
            case "audit-months":
                await self._audit(one)
            case name if kind := kind_of(name, one.owner):
                await self._lapse(one, kind)

    async def _lapse(self, one: Found, kind: str) -> None:
        ahead = int(self.ahead.total_seconds() * 1000)
        outcome = await self.server.script(_LAPSE, (one.key,), self.terms[kind].ms, ahead)
        self.done[kind] += bool(outcome)

    async def _calls(self, at: Found) -> None:
        for value in await values_of(self.server, at):
            request = self._read(value)
            if request is None or request.state not in FINISHED:
                continue
            if self._older(request.history[-1].at, "calls"):
                await self._call_gone(value)
            elif self._older(request.history[-1].at, "calls_with_persons") and _names_somebody(request):
                await self._emptied(value, request)

    def _read(self, value: Value) -> Request | None:
        try:
            return sessions.load_request(self.server.sealer.open("request", value.at.owner, value.raw))
        except (ValueError, StoreDown) as error:
            log.error("call_unreadable", number=value.field, error=type(error).__name__)
            return None

    async def _emptied(self, value: Value, request: Request) -> None:
        """Without another line in its history: nobody is to be told of it."""
        raw = sessions.dump_request(replace(request, **EMPTIED))
        sealed = self.server.sealer.seal("request", value.at.owner, raw)
        swapped = await self.server.script(SWAP_IN_HASH, (value.at.key,), value.field, value.raw, sealed)
        self.done["calls_with_persons"] += int(swapped)

    async def _call_gone(self, value: Value) -> None:
        """First whose number it was: a crash in between leaves what is found again."""
        await self.server.script(_DEL, (f"{PREFIX}request:{value.field}",))
        versions = f"{value.at.key.rpartition(':')[0]}:versions"
        gone = await self.server.script(_CALL_GONE, (value.at.key, versions), value.field, value.raw)
        self.done["calls"] += int(gone)

    async def _lines(self, at: Found) -> None:
        values = await values_of(self.server, at)
        old = [one.field for one in values if self._older(_line.validate_json(one.raw).changed, "calls")]
        for begins in range(0, len(old), _AT_ONCE):
            some = old[begins : begins + _AT_ONCE]
            self.done["lines"] += int(await self.server.script(_LINES_GONE, (at.key, _PLACES_KEY), *some))

    async def _audit(self, at: Found) -> None:
        # The month as a whole: each entry is sealed with the one before.
        if f"{at.owner}-31" < self._before("audit").date().isoformat():
            self.done["audit"] += int(await self.server.script(_AUDIT_GONE, (at.key, _HEADS_KEY), at.owner))

    def _older(self, at: str, kind: str) -> bool:
        return datetime.fromisoformat(at) < self._before(kind)

    def _before(self, kind: str) -> datetime:
        return self.now - self.terms[kind].keep


def _names_somebody(request: Request) -> bool:
    return any(getattr(request, name) for name in EMPTIED)
