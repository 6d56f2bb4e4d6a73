"""What the rooms ask of one Redis: values, scripts, and that replicas have what lasts."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from functools import cache
from typing import Any

from bot.store.address import read_address
from bot.store.copies import Copies
from bot.store.limits import Limits
from bot.store.lines import Command
from bot.store.redis import Client, TooFewReplicasError, UnknownScriptError, client_of
from bot.store.sealing import PLAIN, Sealer


class Server:
    """One Redis, however many machines it is; made by `connect`. Any number of processes may share it."""

    def __init__(self, client: Client, sealer: Sealer = PLAIN, replicas: int = 0) -> None:
        """`sealer` is for the rooms: what passes here is sealed already. What lasts is kept once so many `replicas` have
        it."""
        self._client = client
        self._do = client.do
        self._copies = Copies(client.ask_together, replicas)
        self.limits = client.limits
        self.sealer = sealer

    async def check(self) -> None:
        """Raises `StoreDown`; writes, since a replica or a full server still answers a ping."""
        await self._do(lambda: self._client.library.set("wenyanglao:check", b"1", px=10_000))

    async def close(self) -> None:
        """Closes the connections; the server cannot be asked afterwards."""
        await self._client.close()

    async def get(self, key: str) -> bytes | None:
        """The bytes under a key."""
        value: bytes | None = await self._do(lambda: self._client.library.get(key))
        return value

    async def put(self, key: str, value: bytes, ms: int) -> None:
        """Keeps bytes under a key for so long."""
        await self._do(lambda: self._client.library.set(key, value, px=ms))

    async def keep_for_good(self, key: str) -> None:
        """What is under the key does not lapse any more."""
        await self._do(lambda: self._client.library.persist(key))

    async def script(
        self,
        script: str,
        keys: Sequence[str],
        *values: str | bytes | int,
        within: float | None = None,
        lasting: bool = False,
    ) -> Any:
        """What a Lua script gives back; it may be run twice where the connection breaks in between.

        `lasting` is for what somebody is told to be done: no machine's death may undo it.
        """
        rest = (len(keys), *keys, *values)
        run = self._run_and_copied if lasting and self._copies.wanted else self._run
        return await self._do(lambda: run(script, rest), within)

    async def copied(self, key: str) -> None:
        """Returns once as many replicas as are wanted have what is under the key, as they do all that was written there
        before; raises `StoreDown`, also where there is nothing."""
        if self._copies.wanted:
            await self._do(lambda: self._found_and_copied(key))

    def names(self, pattern: str, at_once: int = 500) -> AsyncIterator[list[str]]:
        """See `Client.names`."""
        return self._client.names(pattern, at_once)

    async def rewrite_log(self) -> bool:
        """See `Client.rewrite_log`."""
        return await self._client.rewrite_log()

    async def _run(self, script: str, rest: Command) -> Any:
        try:
            return await self._client.ask("EVALSHA", _sha(script), *rest)
        except UnknownScriptError:
            # A server that was restarted has forgotten it; this tells it again.
            return await self._client.ask("EVAL", script, *rest)

    async def _run_and_copied(self, script: str, rest: Command) -> Any:
        try:
            return await self._copied(str(rest[1]), ("EVALSHA", _sha(script), *rest))
        except UnknownScriptError:
            return await self._copied(str(rest[1]), ("EVAL", script, *rest))

    async def _found_and_copied(self, key: str) -> None:
        if not await self._copied(key, ("EXISTS", key)):
            raise TooFewReplicasError

    async def _copied(self, key: str, command: Command) -> Any:
        told, enough = await self._copies.of(key, command)
        if isinstance(told, Exception):
            raise told
        if not enough:
            # It may be one that was set aside: the next try asks anew who has the say.
            await self._client.drop_lines()
            raise TooFewReplicasError
        return told


async def connect(url: str, limits: Limits | None = None, sealer: Sealer = PLAIN) -> Server:
    """The server at a REDIS_URL of the contract's §8; raises `SettingError` for an address that cannot be read.

    Does not speak to it yet: a server that is down is told by `check`.
    """
    address = read_address(url)
    return Server(client_of(address, limits or Limits()), sealer, address.replicas)


@cache
def _sha(script: str) -> str:
    """By which name a server knows a script."""
    return hashlib.sha1(script.encode()).hexdigest()  # noqa: S324 - the server's choice
