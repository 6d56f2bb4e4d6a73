"""Answers a push once and in time: tries join the same work, and what takes too long is promised and told later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog

from bot.conversation import Answered, Conversation, Encode, Listen, allows
from bot.dialogue.waiting import promised
from bot.dialogue.wording import say
from bot.errors import StoreDown
from bot.models import Message, Reply
from bot.store.port import Store
from bot.wechat import messages

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# How much of the time is kept for the promise, which looks for danger and needs the store once more.
PROMISE_S = 0.8
# When somebody else looks whether a promise was kept: after the turn of a process that lives is done.
FINISH_AFTER_S = 10.0
URGENT_S = 0.3
_Later = Callable[[str, Message, float], Awaitable[None]]


class Reception:
    """One for all accounts; `later(job, message, seconds)` has a job done by whichever process lives then."""

    def __init__(self, conversation: Conversation, store: Store, listen: Listen, later: _Later) -> None:
        self._conversation = conversation
        self._store = store
        self._listen = listen
        self._later = later
        self._running: set[asyncio.Task[Answered]] = set()
        self._background: set[asyncio.Task[None]] = set()

    async def answer(self, message: Message, encode: Encode, deadline: float) -> tuple[str, bytes]:
        """What became of it, and the bytes that go out before `deadline` (seconds on the loop's clock)."""
        task = asyncio.create_task(self._conversation.answer(message, encode, self._listen, self._catch_up))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            await asyncio.wait({task}, timeout=max(0.0, deadline - PROMISE_S - _now()))
            async with _until(deadline):
                if task.done():
                    return "answered", await self._done(task, message)
                return await self._promised(task, message, encode)
        except StoreDown as error:
            _give_up(task)
            log.warning("wechat push without store", why=error.message)
            return "store_down", encode(await self._urgent(message) or Reply((say("store_down"),)))

    async def finish(self, message: Message) -> None:
        """Does what was promised where no process did it; raises `StoreDown` where to try again."""
        kept = await self._store.promised(message.who, message.key or "")
        if kept is not None:
            await self._finished(messages.load(kept) or message)
        # Also where another has done it: that one may have died before it could have the answer sent.
        await self._later("deliver", message, 0.0)

    async def _catch_up(self, promised: tuple[bytes, ...]) -> None:
        """Whose process died, or who stands in line elsewhere: the elder has gone on, so it is done now or out of order."""
        known = [message for one in promised if (message := messages.load(one))]
        for message in sorted(known, key=lambda one: one.created or 0):
            try:
                await self._finished(message)
            except StoreDown:
                raise
            except Exception as error:  # noqa: BLE001 - what the elder says now is answered all the same
                log.warning("a promise could not be kept first", error=type(error).__name__)

    async def _finished(self, message: Message) -> None:
        await self._conversation.answer(message, lambda _: b"", self._listen, finish=True)

    async def close(self, within_s: float) -> None:
        """Lets the turns in hand come to their end; what takes longer is left to a job of another process."""
        for tasks in (self._running, self._background):
            if tasks:
                _, still = await asyncio.wait(set(tasks), timeout=within_s)
                await _cancelled(still)

    async def _done(self, task: asyncio.Task[Answered], message: Message) -> bytes:
        answered = task.result()
        if not answered.late:
            return answered.answer
        # Another process promised meanwhile: what it said counts for all tries.
        self._spawn(self._tell(message))
        return (await self._conversation.answer(message, lambda _: b"")).answer

    async def _promised(
        self, task: asyncio.Task[Answered], message: Message, encode: Encode
    ) -> tuple[str, bytes]:
        if message.key is None:
            raise StoreDown("a push without a key cannot be promised anything")
        reply = await self._urgent(message) or promised()
        answer = await self._promise(message, encode(reply))
        task.add_done_callback(lambda _: self._spawn(self._tell_late(task, message)))
        return "late", answer

    async def _promise(self, message: Message, answer: bytes) -> bytes:
        # The job first: it finds nothing to do where the promise was not made.
        await self._later("finish", message, FINISH_AFTER_S)
        key, kept = message.key or "", messages.dump(message)
        return await self._store.promise(message.who, key, answer, kept, allows(message))

    async def _tell_late(self, task: asyncio.Task[Answered], message: Message) -> None:
        if task.cancelled() or task.exception() is not None:
            log.warning("late turn failed; a job will finish it")
            return
        if task.result().late:
            await self._tell(message)

    async def _tell(self, message: Message) -> None:
        try:
            await self._later("deliver", message, 0.0)
        except Exception as error:  # noqa: BLE001 - it waits for the next message then
            log.warning("a late answer waits for the next message", error=type(error).__name__)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _urgent(self, message: Message) -> Reply | None:
        """Whom to call, where the words tell of danger, however slow everything else is."""
        try:
            async with asyncio.timeout(URGENT_S):
                return await self._conversation.urgent(message)
        except TimeoutError:
            return None


def _now() -> float:
    return asyncio.get_running_loop().time()


@asynccontextmanager
async def _until(deadline: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout_at(deadline):
            yield
    except TimeoutError:
        raise StoreDown("the store did not take it in time") from None


async def _cancelled(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _give_up(task: asyncio.Task[Answered]) -> None:
    """The elder is asked to send it again: what was not done by now must not be done later."""
    if not task.done():
        task.cancel()
    elif not task.cancelled():
        task.exception()
