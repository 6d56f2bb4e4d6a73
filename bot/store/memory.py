"""A store over dicts that forgets all when the process ends: for a talk in the terminal and for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from bot.errors import StoreDown
from bot.models import Session
from bot.store import sessions
from bot.store.queues import Queues

TURN_WAIT_S = 9.0


class MemoryStore:
    """The `Store` protocol for one process; sessions pass through the same bytes as in Redis."""

    def __init__(self, turn_wait_s: float = TURN_WAIT_S) -> None:
        self._turn_wait_s = turn_wait_s
        self._queues = Queues()
        self._turns: dict[str, str] = {}
        self._sessions: dict[str, bytes] = {}
        self._answers: dict[tuple[str, str], bytes] = {}

    @asynccontextmanager
    async def turn(self, user: str) -> AsyncIterator[str]:
        """See `Store.turn`."""
        async with self._queues.stand(user, asyncio.get_running_loop().time() + self._turn_wait_s):
            token = self._turns[user] = uuid4().hex
            try:
                yield token
            finally:
                del self._turns[user]

    async def recall(self, user: str) -> Session:
        """See `Store.recall`."""
        return sessions.load(self._sessions.get(user))

    async def answered(self, user: str, key: str) -> bytes | None:
        """See `Store.answered`."""
        return self._answers.get((user, key))

    async def remember(
        self, user: str, token: str, session: Session, *, key: str | None = None, answer: bytes | None = None
    ) -> None:
        """See `Store.remember`."""
        self._must_hold(user, token)
        self._sessions[user] = sessions.dump(session)
        if key is not None and answer is not None:
            self._answers[user, key] = answer

    async def forget(self, user: str, token: str) -> None:
        """See `Store.forget`."""
        self._must_hold(user, token)
        self._sessions.pop(user, None)

    async def check(self) -> None:
        """Memory is always there."""

    async def close(self) -> None:
        """Nothing to close; here so that it can stand in for the Redis store."""

    def _must_hold(self, user: str, token: str) -> None:
        if self._turns.get(user) != token:
            raise StoreDown("The turn was lost meanwhile; nothing was kept. Send the message again.")
