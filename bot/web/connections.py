"""The connections of one process: how many there may be, and how long one may take to say what it wants."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import cast

import structlog
from aiohttp import web

from bot.web.unreadable import told_now_and_then

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """Bounds of one process: connections in all and of one address; seconds for the head of a request, for an answer
    that nobody fetches, and, when the process ends, for those who have just come and for what is in hand."""

    most: int = 4_000
    most_of_one: int = 500
    head_s: float = 10.0
    fetch_s: float = 30.0
    last_s: float = 1.0
    answer_s: float = 5.0
    look_s: float = 1.0


class Connection(asyncio.Protocol):
    """Stands before aiohttp's own protocol of one connection and notes what it waits for."""

    def __init__(self, all_: Connections, inner: asyncio.Protocol) -> None:
        self._all = all_
        self.inner = inner
        self.address = ""
        self.transport: asyncio.Transport | None = None
        self.in_hand = 0
        # Since when the head of a request is awaited, and since when an answer is not fetched.
        self.asked_since: float | None = None
        self.stuck_since: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        if not self._all.entered(self):
            self.transport.abort()
            self.transport = None
            return
        self.asked_since = self._all.now()
        self.inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self.asked_since is None and not self.in_hand:
            self.asked_since = self._all.now()
        self.inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self.inner.eof_received()

    def pause_writing(self) -> None:
        self.stuck_since = self._all.now()
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        self.stuck_since = None
        self.inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.transport is not None:
            self._all.left(self)
            self.inner.connection_lost(exc)

    def waits_too_long(self, now: float, patience: Patience) -> bool:
        """Neither what is asked nor what was answered moves."""
        asked, stuck = self.asked_since, self.stuck_since
        return bool(
            (asked is not None and not self.in_hand and now - asked > patience.head_s)
            or (stuck is not None and now - stuck > patience.fetch_s)
        )


class Connections:
    """All of one process; `before` puts it between the sockets and aiohttp's server."""

    def __init__(self, patience: Patience | None = None) -> None:
        told_now_and_then()
        self.patience = patience or Patience()
        self.ending = False
        self._all: dict[object, Connection] = {}
        self._of: Counter[str] = Counter()

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def before(self, server: Callable[[], asyncio.Protocol]) -> Callable[[], Connection]:
        """The protocol factory for `loop.create_server`."""
        return lambda: Connection(self, server())

    def entered(self, one: Connection) -> bool:
        """False where there is no room, for anybody or for more of the same address. This machine's own is let in."""
        full = len(self._all) >= self.patience.most
        if full or (self._of[one.address] >= self.patience.most_of_one and not is_here(one.address)):
            log.warning("no room for a connection", connections=len(self._all), of_all=full)
            return False
        self._all[one.inner] = one
        self._of[one.address] += 1
        return True

    def left(self, one: Connection) -> None:
        self._all.pop(one.inner, None)
        self._of[one.address] -= 1
        if self._of[one.address] <= 0:
            del self._of[one.address]

    def begun(self, request: web.Request) -> Connection | None:
        """The connection of a request that is in hand from now on: nobody waits for its head. Who takes it out of hand
        again counts `in_hand` down. None where it did not come through here."""
        one = self._all.get(request.protocol)
        if one is not None:
            one.in_hand, one.asked_since = one.in_hand + 1, None
        return one

    @asynccontextmanager
    async def looked_after(self) -> AsyncIterator[None]:
        """Ends those that wait for too long, as long as it is open."""
        task = asyncio.create_task(self._look(), name="connections")
        try:
            yield
        finally:
            task.cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self.patience.look_s)
            now = self.now()
            for one in list(self._all.values()):
                if one.waits_too_long(now, self.patience) and one.transport:
                    one.transport.abort()

    async def heard_out(self) -> None:
        """Waits until who began to ask has asked and is answered: aiohttp would stop listening to them at once."""
        self.ending = True
        await self._until(lambda: self._none("asked_since"), self.patience.last_s)
        await self._until(lambda: self._none("in_hand"), self.patience.answer_s)

    def _none(self, what: str) -> bool:
        return not any(getattr(one, what) for one in self._all.values())

    async def _until(self, true: Callable[[], bool], seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not true():
                    await asyncio.sleep(0.02)


def is_here(address: str) -> bool:
    """Whether it is this machine's own; so is the address of a socket without one."""
    try:
        found = ip_address(address)
    except ValueError:
        return not address
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback
