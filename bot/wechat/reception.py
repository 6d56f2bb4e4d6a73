"""Answers a push once and in time: tries join the same work, and what takes too long is promised and told later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from math import inf
from typing import Any

import structlog

from bot.conversation import Answered, Conversation, Encode, Listen, allows
from bot.dialogue.calling.steps import wants_help_now
from bot.dialogue.waiting import promised
from bot.dialogue.wording import say
from bot.errors import StoreDown
from bot.models import Message, Reply
from bot.store.port import Store
from bot.wechat import messages
from bot.wechat.admission import Admission

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# How much of the time is kept for the promise, which looks for danger and needs the store once more.
PROMISE_S = 0.7
# When somebody else looks whether a promise was kept: after the turn of a process that lives is done.
FINISH_AFTER_S = 10.0
URGENT_S = 0.3
# What a turn takes where many are worked at: who has not come in before that cannot be answered in time.
TURN_S = 0.5
# The platform has waited so long for an answer before it sends a push again; its clock may differ by a second.
REPEATED_AFTER_S = 4.0
# So many messages in one process, those that stand in line too: of a flood not even the line is kept.
MOST_AT_ONCE = 1000
_Later = Callable[[str, Message, float], Awaitable[None]]


class Reception:
    """One for all accounts; `later(job, message, seconds)` has a job done by whichever process lives then."""

    def __init__(
        self,
        conversation: Conversation,
        store: Store,
        listen: Listen,
        later: _Later,
        clock: Callable[[], datetime],
    ) -> None:
        self._conversation = conversation
        self._store = store
        self._listen = listen
        self._later = later
        self._clock = clock
        self._admission = Admission()
        self._inside = 0
        self._running: set[asyncio.Task[Answered]] = set()
        self._background: set[asyncio.Task[None]] = set()

    async def answer(self, message: Message, encode: Encode, deadline: float) -> tuple[str, bytes]:
        """What became of it, and the bytes that go out before `deadline` (seconds on the loop's clock)."""
        if self._inside >= MOST_AT_ONCE:
            return "busy", encode(await self._urgent(message) or Reply((say("busy_now"),)))
        self._inside += 1
        try:
            came = _now()
            if await self._entered(message, deadline - PROMISE_S - TURN_S):
                return await self._worked_at(message, encode, deadline)
            if known := await self._answered_before(message):
                return "answered", known
            return self._turned_away(came, encode)
        finally:
            self._inside -= 1

    async def _entered(self, message: Message, until: float) -> bool:
        """Whoever is in danger does not stand in line."""
        who = _party(message)
        in_danger = self._admission.full(who) and await self._in_danger(message)
        return await self._admission.enter(who, until, at_once=in_danger)

    async def _in_danger(self, message: Message) -> bool:
        return wants_help_now(message) or await self._urgent(message) is not None

    async def _answered_before(self, message: Message) -> bytes:
        """What an earlier try of this push was answered with, if one was: an answer got lost, and that it was too many
        who asked would not be so. Whoever has no time to look it up has none."""
        if self._clock().timestamp() - (message.created or inf) < REPEATED_AFTER_S:
            return b""
        try:
            async with _until(_now() + URGENT_S), self._store.turn(message.who, message.key) as held:
                return held.before or b""
        except StoreDown:
            return b""

    def _turned_away(self, came: float, encode: Encode) -> tuple[str, bytes]:
        """Where nobody at all was done meanwhile, it is not the others that make it slow."""
        if self._admission.moved_since(came):
            return "busy", encode(Reply((say("busy_now"),)))
        return "store_down", encode(Reply((say("store_down"),)))

    def _begun(self, message: Message, encode: Encode) -> asyncio.Task[Answered]:
        task = asyncio.create_task(self._conversation.answer(message, encode, self._listen, self._catch_up))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: self._admission.leave(_party(message)))
        return task

    async def _worked_at(self, message: Message, encode: Encode, deadline: float) -> tuple[str, bytes]:
        task = self._begun(message, encode)
        try:
            await asyncio.wait({task}, timeout=max(0.0, deadline - PROMISE_S - _now()))
            if task.done() and not task.result().late:
                return "answered", task.result().answer
            async with _until(deadline):
                if task.done():
                    return "answered", await self._done_elsewhere(message)
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

    async def _done_elsewhere(self, message: Message) -> bytes:
        """Another process promised meanwhile: what it said counts for all tries."""
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


def _party(message: Message) -> str:
    """All recordings come in as one, since they are listened to one after the other, and take long."""
    return "voice" if message.kind == "voice" else message.who


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
