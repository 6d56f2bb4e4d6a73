"""Puts together what looks after calls: tracking, desk, duty, and the platforms' reports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import aiohttp

from bot.catalog.model import Catalog
from bot.config import Settings
from bot.dispatch.callbacks import Callbacks
from bot.dispatch.desk import Desk
from bot.dispatch.duty import Duty
from bot.dispatch.platforms import load_platforms
from bot.dispatch.staff import Codes
from bot.dispatch.tracking import SWEEP_EVERY, Tracker
from bot.jobs import Jobs
from bot.store.connect import Stores


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The parts that others ask."""

    tracker: Tracker
    desk: Desk
    duty: Duty
    callbacks: Callbacks


@asynccontextmanager
async def dispatch(
    settings: Settings, stores: Stores, queue: Jobs, catalog: Catalog, clock: Callable[[], datetime]
) -> AsyncIterator[Dispatch]:
    """Opens them, as long as the server runs; `queue` must not work yet."""
    platforms = load_platforms(settings, catalog.regions)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        desk = Desk(stores.requests, stores.staff, stores.mailbox, queue.add, catalog, clock, stores.shelf)
        tracker = Tracker(stores.requests, queue.add, platforms, http, catalog, clock, stores.shelf, desk)
        queue.handle({**tracker.handlers(), "tell": desk.tell}, "sweep")
        queue.regularly("sweep", SWEEP_EVERY)
        duty = Duty(desk, stores.staff, Codes(stores.staff, stores.shelf), catalog, clock, stores.audit)
        yield Dispatch(tracker, desk, duty, Callbacks(platforms, tracker, stores.shelf, clock))
