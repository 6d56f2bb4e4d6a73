"""Opens the store at a REDIS_URL: its rooms over one server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.store import embedded, redis
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


@asynccontextmanager
async def opened(url: str | None, data_dir: Path) -> AsyncIterator[Stores]:
    """The store at a REDIS_URL, without one the embedded server in that folder, which several programs may share.

    Raises `SettingError` as `connect` and `embedded.start` do.
    """
    async with AsyncExitStack() as stack:
        if url is None:
            server = await embedded.start(data_dir)
            stack.push_async_callback(server.stop)
            url = server.url
        stores = await connect(url)
        stack.push_async_callback(stores.close)
        yield stores
