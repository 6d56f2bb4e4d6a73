"""Opens the store at a REDIS_URL: its rooms over one server."""

from __future__ import annotations

from dataclasses import dataclass

from bot.store import redis
from bot.store.limits import Limits
from bot.store.mailbox import RedisMailbox
from bot.store.requests import RedisRequests
from bot.store.shelf import RedisShelf
from bot.store.staff import RedisStaff
from bot.store.turns import RedisStore


@dataclass(frozen=True, slots=True)
class Stores:
    """The rooms of one store; `url` for those who speak to it by a library of their own."""

    url: str
    turns: RedisStore
    mailbox: RedisMailbox
    shelf: RedisShelf
    requests: RedisRequests
    staff: RedisStaff

    async def close(self) -> None:
        """Closes the connections of all of them."""
        await self.turns.close()


async def connect(url: str, limits: Limits | None = None) -> Stores:
    """Raises `SettingError` for an address that cannot be read; does not speak to the server yet."""
    server = await redis.connect(url, limits)
    return Stores(
        url,
        RedisStore(server),
        RedisMailbox(server),
        RedisShelf(server),
        RedisRequests(server),
        RedisStaff(server),
    )
