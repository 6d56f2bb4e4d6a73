"""The calls that a command books or calls off: the processes that serve look after them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.jobs import Jobs, adding
from bot.models import Request
from bot.partners import CallBook
from bot.store.connect import Stores


@asynccontextmanager
async def calls_of(stores: Stores) -> AsyncIterator[CallBook]:
    """As long as it is open, what is booked is left to the others' queue; raises `StoreDown`."""
    async with adding(stores.url, ["track"], stores.server.copied) as queue:
        yield _Calls(stores, queue)


class _Calls:
    def __init__(self, stores: Stores, queue: Jobs) -> None:
        self._stores = stores
        self._queue = queue

    async def reserve(self, user: str) -> str:
        """See `CallBook.reserve`."""
        return await self._stores.requests.reserve(user)

    async def follow(self, request: Request) -> None:
        """See `CallBook.follow`."""
        await self._queue.add("track", request.id, str(request.version), "0")
