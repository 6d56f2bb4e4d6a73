"""Opens the store at a REDIS_URL: its rooms over one server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.store import embedded
from bot.store.address import address_for_jobs
from bot.store.audit import RedisAudit
from bot.store.data_keys import OWN_FILE, KeyFile, own_keys
from bot.store.key_register import check_where_it_answers
from bot.store.keyring import RedisKeyring
from bot.store.limits import Limits
from bot.store.mailbox import RedisMailbox
from bot.store.requests import RedisRequests
from bot.store.sealing import PLAIN, Sealer
from bot.store.server import Server
from bot.store.server import connect as server_at
from bot.store.shelf import RedisShelf
from bot.store.staff import RedisStaff
from bot.store.tally import RedisTally
from bot.store.turns import RedisStore


@dataclass(frozen=True, slots=True)
class Stores:
    """The rooms of one store; `url` for those who speak to it by a library of their own, `server` for those who look
    after all that is kept."""

    url: str
    turns: RedisStore
    mailbox: RedisMailbox
    shelf: RedisShelf
    requests: RedisRequests
    staff: RedisStaff
    keyring: RedisKeyring
    audit: RedisAudit
    tally: RedisTally
    server: Server

    async def close(self) -> None:
        """Closes the connections of all of them."""
        await self.turns.close()


async def connect(url: str, limits: Limits | None = None, sealer: Sealer = PLAIN) -> Stores:
    """Raises `SettingError` for an address that cannot be read; does not speak to the server yet. Without a `sealer`
    that has keys, values are kept plain."""
    server = await server_at(url, limits, sealer)
    return Stores(
        address_for_jobs(url),
        RedisStore(server),
        RedisMailbox(server),
        RedisShelf(server),
        RedisRequests(server),
        RedisStaff(server),
        RedisKeyring(server),
        RedisAudit(server),
        RedisTally(server),
        server,
    )


@asynccontextmanager
async def opened(
    url: str | None,
    data_dir: Path,
    keys_file: Path | None = None,
    *,
    checked: bool = True,
    limits: Limits | None = None,
) -> AsyncIterator[Stores]:
    """The store at a REDIS_URL, without one the embedded server in that folder, which several programs may share.

    What is personal is sealed with the keys of `keys_file`; without it the embedded store has a file of its own, and
    another store keeps it plain. Raises `SettingError` as `connect`, `embedded.start` and `check_keys` do; not
    `checked`, a key may be missing.
    """
    async with AsyncExitStack() as stack:
        if url is None:
            server = await embedded.start(data_dir)
            stack.push_async_callback(server.stop)
            stores = await connect(server.url, limits, await _own_sealer(server.url, data_dir, keys_file))
        else:
            stores = await connect(url, limits, sealer_of(keys_file))
        stack.push_async_callback(stores.close)
        if checked:
            await check_where_it_answers(stores.server, stores.server.sealer)
        yield stores


def sealer_of(keys_file: Path | None) -> Sealer:
    """With the keys of that file, none where there is no file; raises `SettingError`."""
    return Sealer(KeyFile(keys_file)) if keys_file else PLAIN


async def _own_sealer(url: str, data_dir: Path, keys_file: Path | None) -> Sealer:
    own = data_dir.resolve() / OWN_FILE
    if keys_file is None and not own.exists():
        await _never_had_one(url)
    return sealer_of(keys_file or own_keys(own))


async def _never_had_one(url: str) -> None:
    """A new key beside a store that was sealed would only hide that the old one is gone."""
    server = await server_at(url)
    try:
        await check_where_it_answers(server, PLAIN)
    finally:
        await server.close()
