"""Small values that all processes share, in Redis: access tokens, and who fetches one."""

from __future__ import annotations

from bot.store.redis import Server
from bot.store.scripts import CLAIM, DROP


class RedisShelf:
    """The `Shelf` protocol over one `Server`; names are ours, never what a user wrote."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def get(self, name: str) -> bytes | None:
        """See `Shelf.get`."""
        return await self._server.get(_key(name))

    async def put(self, name: str, value: bytes, seconds: float) -> None:
        """See `Shelf.put`."""
        await self._server.put(_key(name), value, max(1, int(seconds * 1000)))

    async def drop(self, name: str, value: bytes) -> None:
        """See `Shelf.drop`."""
        await self._server.script(DROP, (_key(name),), value)

    async def claim(self, name: str, holder: str, seconds: float) -> bool:
        """See `Shelf.claim`; claiming again prolongs it."""
        return bool(await self._server.script(CLAIM, (_key(name),), holder, max(1, int(seconds * 1000))))

    async def release(self, name: str, holder: str) -> None:
        """See `Shelf.release`."""
        await self._server.script(DROP, (_key(name),), holder)


def _key(name: str) -> str:
    return f"wenyanglao:shelf:{name}"
