"""One queue a user inside this process: first come, first served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from bot.errors import StoreDown


def busy() -> StoreDown:
    """What is raised where a turn did not come in time."""
    return StoreDown("An earlier message of this user is still being answered; send it again in a moment.")


class Queues:
    """A queue exists only while somebody stands in it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def stand(self, user: str, deadline: float) -> AsyncIterator[bool]:
        """Waits for the user's turn until `deadline` (seconds on the loop's clock), else `StoreDown`; tells whether
        it had to."""
        lock = self._locks.setdefault(user, asyncio.Lock())
        waited = lock.locked()
        try:
            async with asyncio.timeout_at(deadline):
                await lock.acquire()
        except TimeoutError:
            raise busy() from None
        try:
            yield waited
        finally:
            lock.release()
