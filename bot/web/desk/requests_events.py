"""Tells open pages that calls have changed (server-sent events): one task a process looks, however many listen."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from aiohttp import web

from bot.access.roles import may
from bot.booking.history import here
from bot.dispatch import records
from bot.errors import Refused, StoreDown
from bot.keys import CLOCK, REQUESTS
from bot.web.desk.guard import person_of, still_there, to_sign_in
from bot.web.middleware import HEADERS

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
LOOK_S: Final = 2.0
BEAT_S: Final = 15.0
# How often it is asked whether who listens is still signed in.
THERE_S: Final = 5.0
MOST: Final = 200
# Tabs of one person: a browser has six connections to one server, and needs some of them for its clicks.
MOST_OF_ONE: Final = 4
# How soon it is seen that somebody has gone.
_TICK_S: Final = 1.0
# A browser that lost us comes back after so long.
_RETRY_MS: Final = 3000
_HEADERS: Final = {
    # A stream is on its way before the middleware could add them.
    **HEADERS,
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    # A proxy before us shall not gather what is meant to arrive now.
    "X-Accel-Buffering": "no",
}


class Watch:
    """What changes in the open calls, for all who listen in this process; looks while somebody does."""

    def __init__(self, look_s: float = LOOK_S) -> None:
        self.closed = False
        self._look_s = look_s
        self._seen = ""
        self._turn = 0
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._who: Counter[str] = Counter()

    @property
    def turn(self) -> int:
        """Grows with each change."""
        return self._turn

    def has_room(self, staff_id: str) -> bool:
        return not self.closed and self._who.total() < MOST and self._who[staff_id] < MOST_OF_ONE

    @contextmanager
    def listening(self, app: web.Application, staff_id: str) -> Iterator[None]:
        """Counts a listener; the first one starts the looking, the last one ends it."""
        self._who[staff_id] += 1
        if self._task is None:
            self._task = asyncio.create_task(self._look(app), name="requests watch")
        try:
            yield
        finally:
            self._who[staff_id] -= 1
            if not self._who.total() and self._task is not None:
                self._task.cancel()
                self._task = None

    async def after(self, turn: int, seconds: float) -> int:
        """Waits for a change behind `turn`, or until the time is up; gives the turn that it is then."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self._turn != turn or self.closed)
        return self._turn

    async def close(self, _app: web.Application) -> None:
        """Everybody who listens is let go, so that the server can stop."""
        self.closed = True
        async with self._changed:
            self._changed.notify_all()

    async def _look(self, app: web.Application) -> None:
        while True:
            try:
                await self._look_once(app)
            except Exception as error:  # noqa: BLE001 - whatever breaks, they wait for the next look
                log.warning("requests_not_looked_at", error=type(error).__name__)
            await asyncio.sleep(self._look_s)

    async def _look_once(self, app: web.Application) -> None:
        now = app[CLOCK]()
        lines = sorted(await app[REQUESTS].open(), key=lambda line: line.id)
        told = [(line, records.is_late(line, now)) for line in lines]
        # At midnight another day is today.
        seen = hashlib.sha256(repr((here(now).date(), told)).encode()).hexdigest()
        if seen != self._seen:
            async with self._changed:
                self._seen, self._turn = seen, self._turn + 1
                self._changed.notify_all()


WATCH: Final[web.AppKey[Watch]] = web.AppKey("requests_watch", Watch)


def add_watch(app: web.Application) -> None:
    """Puts it in the app; it ends before the server waits for its answers."""
    app[WATCH] = Watch()
    app.on_shutdown.append(app[WATCH].close)


async def events(request: web.Request) -> web.StreamResponse:
    """`changed` at first and after each change, `over` at the end of the session; nothing of the calls themselves.

    Nobody clicked, so the session grows no older by it.
    """
    person, watch = await person_of(request, "in"), request.app[WATCH]
    if person is None:
        return to_sign_in(request)
    if not may(person.staff, "look"):
        raise Refused("your role may not see this page; ask your desk's lead")
    if not watch.has_room(person.staff.id):
        return web.Response(status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
    with watch.listening(request.app, person.staff.id):
        return await _streamed(request, watch)


async def _streamed(request: web.Request, watch: Watch) -> web.StreamResponse:
    response = web.StreamResponse(headers=_HEADERS)
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        async for piece in _pieces(request, watch):
            await response.write(piece)
    return response


async def _pieces(request: web.Request, watch: Watch) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % _RETRY_MS
    told, clock = -1, asyncio.get_running_loop().time
    asked, spoke = clock(), clock()
    while not watch.closed and _is_connected(request):
        if watch.turn != told or clock() - asked >= THERE_S:
            if not await _is_there(request):
                yield b"event: over\ndata: 0\n\n"
                return
            asked = clock()
        if watch.turn != told:
            # The first time too: what changed between the page and now is fetched at once.
            told, spoke = watch.turn, clock()
            yield b"event: changed\ndata: %d\n\n" % told
        elif clock() - spoke >= BEAT_S:
            spoke = clock()
            yield b": beat\n\n"
        await watch.after(told, _TICK_S)


def _is_connected(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()


async def _is_there(request: web.Request) -> bool:
    """Where the store is away for a moment nobody is sent away."""
    try:
        return await still_there(request)
    except StoreDown:
        return True
