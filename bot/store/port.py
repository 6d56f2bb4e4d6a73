"""What the conversation asks of a store: one turn at a time a user, remembered together with its answer."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.models import Session


class Store(Protocol):
    """Sessions and once-only answers; every method may raise `StoreDown`."""

    def turn(self, user: str) -> AbstractAsyncContextManager[str]:
        """Holds the user's turn, so that messages are taken one after the other; yields a token for `remember`."""
        ...

    async def recall(self, user: str) -> Session:
        """The user's session, a new one where nothing is kept."""
        ...

    async def answered(self, user: str, key: str) -> bytes | None:
        """The bytes that answered this push before, None where it is new."""
        ...

    async def remember(
        self, user: str, token: str, session: Session, *, key: str | None = None, answer: bytes | None = None
    ) -> None:
        """Keeps the session and, where a push is answered, its bytes, in one step; raises `StoreDown` where the
        turn was lost to somebody else meanwhile (then nothing is kept)."""
        ...

    async def forget(self, user: str, token: str) -> None:
        """Erases everything that is kept of the user but the answers of the last minute."""
        ...

    async def check(self) -> None:
        """Raises `StoreDown` where the store cannot do its work."""
        ...
