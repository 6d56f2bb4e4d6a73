"""For tests of dispatch: a bot over a real store with real jobs, its door for reports, and a county's platform."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from bot.booking.moves import submit
from bot.booking.table import Actor
from bot.catalog.load import load_catalog
from bot.dispatch.callbacks import CALLBACKS, PATH, Callbacks, add_routes
from bot.dispatch.platforms import Platform, Platforms
from bot.dispatch.steady import Steady
from bot.dispatch.tracking import Alarm, Tracker
from bot.errors import StoreDown
from bot.jobs import Jobs, jobs
from bot.models import Request
from bot.store.connect import Stores, connect
from bot.store.port import Line
from tests.service_platform.county import County
from tests.storage import PATIENT, RealServer

WHO = "gh/oElderOfTheTests"
REGION = "411303"
ENOUGH_S = 60.0
CATALOG = load_catalog()
# A Monday in opening hours.
START = datetime.fromisoformat("2026-11-23T10:00:00+08:00")


class Clock:
    """Goes on from `START` as time does, and can be set."""

    def __init__(self) -> None:
        self._ahead = START - datetime.now(START.tzinfo)

    def __call__(self) -> datetime:
        return datetime.now(START.tzinfo) + self._ahead

    def jump(self, much: timedelta) -> None:
        self._ahead += much


@dataclass
class Desk:
    """Notes what it is told."""

    escalated: list[tuple[str, Alarm]] = field(default_factory=list)
    told: list[tuple[str, int, str]] = field(default_factory=list)

    async def escalate(self, request: Request, why: Alarm) -> None:
        self.escalated.append((request.id, why))

    async def moved(self, request: Request) -> None:
        self.told.append((request.id, request.version, request.state))


@dataclass
class Bot:
    """One process's part that dispatches."""

    stores: Stores
    tracker: Tracker
    queue: Jobs
    clock: Clock
    county: County
    desk: Desk | None
    url: str

    async def book(self, **fields: str | bool | None) -> Request:
        """A call as a turn books it: followed first, kept then."""
        number = await self.tracker.reserve(WHO)
        asked = Request(number, WHO, "bathing", region=REGION, address="七里园乡某村", phone="13800000000")
        request = submit(replace(asked, **fields), Actor("elder", WHO), self.clock())  # type: ignore[arg-type]
        await self.tracker.follow(request)
        assert await self.stores.requests.save(request, 0)
        return request

    async def now(self, number: str) -> Request:
        found = await self.stores.requests.find(number)
        assert found
        return found

    async def line(self, number: str) -> Line | None:
        """Its line in the index."""
        month = self.clock().isoformat()[:7]
        lines = (*await self.stores.requests.open(), *await self.stores.requests.over(month))
        return next((line for line in lines if line.id == number), None)

    async def comes(self, true: Callable[[], Awaitable[object]]) -> None:
        """Waits until it comes true, also where the store is away meanwhile."""
        async with asyncio.timeout(ENOUGH_S):
            while True:
                try:
                    if await true():
                        return
                except StoreDown:
                    pass
                await asyncio.sleep(0.05)

    async def dispatched(self, number: str, how: str) -> None:
        """Waits until the index says so of it."""

        async def is_so() -> bool:
            line = await self.line(number)
            return line is not None and line.dispatch == how

        await self.comes(is_so)


@asynccontextmanager
async def dispatching(
    server: RealServer,
    county: County,
    *,
    pauses_s: tuple[float, ...] = (0.1, 0.2, 0.2),
    desk: Desk | None = None,
    settle_s: float = 0.5,
    others: tuple[Platform, ...] = (),
) -> AsyncIterator[Bot]:
    """A bot whose county REGION has that platform."""
    clock = Clock()
    county.now = lambda: clock().timestamp()
    platforms = Platforms([Platform(county.id, (REGION,), county.url, SecretStr(county.secret)), *others])
    async with AsyncExitStack() as stack:
        stores = await connect(server.url, PATIENT)
        stack.push_async_callback(stores.close)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        queues: list[Jobs] = []

        async def add(name: str, *values: str, seconds: float = 0.0) -> None:
            await queues[0].add(name, *values, seconds=seconds)

        tracker = Tracker(
            stores.requests, add, platforms, http, CATALOG, clock, stores.shelf, desk,
            pauses_s=pauses_s, steady=Steady(clock, settle_s),
        )  # fmt: skip
        url = await _door(stack, Callbacks(platforms, tracker, stores.shelf, clock))
        queues.append(await stack.enter_async_context(jobs(server.url, tracker.handlers())))
        county.callback = url
        yield Bot(stores, tracker, queues[0], clock, county, desk, url)


async def _door(stack: AsyncExitStack, callbacks: Callbacks) -> str:
    app = web.Application()
    app[CALLBACKS] = callbacks
    add_routes(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
