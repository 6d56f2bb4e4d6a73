"""One queue a user inside this process: first come, first served."""

from __future__ import annotations

import asyncio
from collections import deque

from bot.errors import StoreDown


def busy() -> StoreDown:
    """What is raised where a turn did not come in time."""
    return StoreDown("An earlier message of this user is still being answered; send it again in a moment.")


class Queues:
    """A queue exists only while somebody has the turn; nobody comes before those who stand in it."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def join(self, user: str, deadline: float) -> bool:
        """Waits for the user's turn until `deadline` (seconds on the loop's clock), else `StoreDown`; tells whether
        it had to. Whoever got it must `leave`."""
        waiting = self._waiting.get(user)
        if waiting is None:
            self._waiting[user] = deque()
            return False
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(place)
        await self._reached(user, place, deadline)
        return True

    def leave(self, user: str) -> None:
        """The next one has the turn."""
        waiting = self._waiting[user]
        while waiting:
            place = waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        del self._waiting[user]

    async def _reached(self, user: str, place: asyncio.Future[None], deadline: float) -> None:
        reached = False
        try:
            async with asyncio.timeout_at(deadline):
                await place
            reached = True
        except TimeoutError:
            raise busy() from None
        finally:
            # It may come in the very moment in which its owner is called away.
            if not reached and not place.cancelled():
                self.leave(user)
