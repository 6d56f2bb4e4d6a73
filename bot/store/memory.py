"""A store over dicts that forgets all when the process ends: for a talk in the terminal and for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from bot.booking.numbers import number
from bot.errors import TurnLost
from bot.models import Notice, Request, Session
from bot.store import sessions
from bot.store.port import Allows, Held, Outcome
from bot.store.queues import Queues

TURN_WAIT_S = 9.0
_Push = tuple[str, str]


class MemoryStore:
    """The `Store` protocol for one process, without a ledger; sessions pass through the same bytes as in Redis."""

    def __init__(self, turn_wait_s: float = TURN_WAIT_S) -> None:
        self._turn_wait_s = turn_wait_s
        self._queues = Queues()
        self._turns: dict[str, str] = {}
        self._sessions: dict[str, bytes] = {}
        self._answers: dict[_Push, bytes] = {}
        self._late: dict[_Push, bytes] = {}
        self._waiting: dict[str, list[Notice]] = {}
        self._requests: dict[str, Request] = {}
        self._counter = 0

    @asynccontextmanager
    async def turn(
        self,
        user: str,
        key: str | None = None,
        allows: Allows = "nothing",
        *,
        finish: bool = False,
        recent: bool = False,
    ) -> AsyncIterator[Held]:
        """See `Store.turn`; the calls of one process are never so many that some were left out."""
        await self._queues.join(user, asyncio.get_running_loop().time() + self._turn_wait_s)
        token = self._turns[user] = uuid4().hex
        push = (user, key or "")
        before = None if finish or key is None else self._answers.get(push)
        waiting = tuple(self._waiting.get(user, ()))
        try:
            promised = tuple(kept for (who, of), kept in self._late.items() if who == user and of != key)
            session = await self.recall(user)
            requests = await self.of(user)
            yield Held(user, key, token, session, before, push in self._late, waiting, promised, requests)
        finally:
            self._turns.pop(user, None)
            self._queues.leave(user)

    async def all_calls(self, held: Held) -> tuple[Request, ...]:
        """See `Store.all_calls`."""
        return held.requests

    async def recall(self, user: str) -> Session:
        """See `Store.recall`."""
        return sessions.load(self._sessions.get(user))

    async def keep(self, held: Held, outcome: Outcome) -> bool:
        """See `Store.keep`."""
        if self._turns.pop(held.user, None) != held.token:
            raise TurnLost("The turn was lost meanwhile; nothing was kept. Send the message again.")
        if outcome.forget:
            self._forget(held.user)
        self._sessions[held.user] = sessions.dump(outcome.session)
        push = (held.user, held.key or "")
        in_time = held.key is None or push not in self._answers
        if held.key is not None and outcome.answer is not None:
            self._answers.setdefault(push, outcome.answer)
        self._requests |= {one.id: one for one in outcome.requests}
        waiting = self._waiting.setdefault(held.user, [])
        waiting[:] = [one for one in waiting if one.id not in outcome.told]
        if not in_time and self._late.pop(push, None) is not None and outcome.notice:
            waiting.append(outcome.notice)
        return in_time

    async def promise(self, user: str, key: str, answer: bytes, message: bytes, allows: Allows) -> bytes:
        """See `Store.promise`."""
        if (user, key) not in self._answers:
            self._answers[user, key], self._late[user, key] = answer, message
        return self._answers[user, key]

    async def promised(self, user: str, key: str) -> bytes | None:
        """See `Store.promised`."""
        return self._late.get((user, key))

    async def reserve(self, user: str) -> str:
        """See `Requests.reserve`."""
        self._counter += 1
        return number(self._counter)

    async def of(self, user: str) -> tuple[Request, ...]:
        """See `Requests.of`."""
        return sessions.newest_first(one for one in self._requests.values() if one.who == user)

    async def follow(self, request: Request) -> None:
        """Nobody looks after what one process remembers."""

    async def check(self) -> None:
        """Memory is always there."""

    async def close(self) -> None:
        """Nothing to close; here so that it can stand in for the Redis store."""

    def _forget(self, user: str) -> None:
        self._waiting.pop(user, None)
        for push in [one for one in self._answers if one[0] == user]:
            self._answers[push] = b""
            self._late.pop(push, None)
