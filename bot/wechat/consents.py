"""Notes once only which notices a user allows, however long the store is away: the platform pushes it three times at most."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial

from bot.errors import StoreDown
from bot.models import Message
from bot.store.port import Mailbox

AGAIN_S = 0.3
# After that the user is asked once more, with the next call.
GIVEN_UP_S = 300.0
# Of a flood while the store is away; the platform pushes the others again.
MOST = 10_000


class Consents:
    """What could not be noted in time is gone on with after the push; lost only with this process."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._noting: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def note(self, message: Message, deadline: float) -> bool:
        """Whether it is kept by then (seconds on the loop's clock), or a try before this one is at it still."""
        one = message.who, message.key or ""
        known = self._noting.get(one)
        if known is None and len(self._noting) >= MOST:
            return False
        task = known or self._begun(one, message)
        await asyncio.wait({task}, timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
        return known is not None or (task.done() and not task.cancelled() and task.exception() is None)

    async def close(self) -> None:
        """Nothing is tried any more."""
        for task in (tasks := list(self._noting.values())):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begun(self, one: tuple[str, str], message: Message) -> asyncio.Task[None]:
        task = self._noting[one] = asyncio.create_task(self._noted(message))
        task.add_done_callback(partial(self._done, one))
        return task

    def _done(self, one: tuple[str, str], task: asyncio.Task[None]) -> None:
        del self._noting[one]
        # Told to nobody: the next call asks again.
        if not task.cancelled():
            task.exception()

    async def _noted(self, message: Message) -> None:
        async with asyncio.timeout(GIVEN_UP_S):
            while True:
                with suppress(StoreDown):
                    for template, count in message.consents.items():
                        await self._mailbox.consent(message.who, template, count, message.key)
                    return
                await asyncio.sleep(AGAIN_S)
