"""Speaks to Redis or Valkey, alone, behind Sentinel or as a Cluster; tries again while the connection breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from redis import exceptions as gone
from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from bot.errors import SettingError, StoreDown
from bot.store.address import Cluster, Sentinels, Single, read_address
from bot.store.limits import Limits

_BROKEN = (gone.ConnectionError, gone.ClusterDownError)


class Server:
    """One Redis, however many machines it is; made by `connect`. Any number of processes may share it."""

    def __init__(
        self, client: Redis | RedisCluster, limits: Limits, close: Callable[[], Awaitable[None]]
    ) -> None:
        self._client = client
        self.limits = limits
        self._close = close
        self._trying_again = asyncio.Lock()

    async def check(self) -> None:
        """Raises `StoreDown`; writes, since a replica or a full server still answers a ping."""
        await self.do(lambda: self._client.set("wenyanglao:check", b"1", px=10_000))

    async def close(self) -> None:
        """Closes the connections; the server cannot be asked afterwards."""
        await self._close()

    async def get(self, key: str) -> bytes | None:
        """The bytes under a key."""
        value: bytes | None = await self.do(lambda: self._client.get(key))
        return value

    async def put(self, key: str, value: bytes, ms: int) -> None:
        """Keeps bytes under a key for so long."""
        await self.do(lambda: self._client.set(key, value, px=ms))

    async def keep_for_good(self, key: str) -> None:
        """What is under the key does not lapse any more."""
        await self.do(lambda: self._client.persist(key))

    async def script(
        self, script: str, keys: Sequence[str], *values: str | bytes | int, within: float | None = None
    ) -> Any:
        """What a Lua script gives back; it may be run twice where the connection breaks in between."""
        # EVAL and not EVALSHA: a restarted server has forgotten the scripts.
        return await self.do(lambda: self._client.eval(script, len(keys), *keys, *values), within)

    async def do(self, command: Callable[[], Any], within: float | None = None) -> Any:
        """Tries again while the connection breaks, until the time is up: a restart costs a moment only."""
        broken: Exception | None = None
        try:
            async with asyncio.timeout(within or self.limits.command_s) as limit:
                try:
                    return await command()
                except _BROKEN as error:
                    broken = _worth_another_try(error)
                # One after the other: a hundred that knock at once would leave no time for anything else.
                async with self._trying_again:
                    while not limit.expired():
                        try:
                            return await command()
                        except _BROKEN as error:
                            broken = _worth_another_try(error)
                        await asyncio.sleep(0.05)
                raise TimeoutError
        except (gone.RedisError, gone.RedisClusterException, OSError) as error:
            raise _down(broken or error) from error


def _worth_another_try(error: Exception) -> Exception:
    if isinstance(error, (gone.AuthenticationError, gone.AuthorizationError)):
        raise error
    return error


def _down(error: Exception) -> StoreDown:
    """What to tell: never the client's own words, which may quote an address."""
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return StoreDown(f"The store {words}.")
    return StoreDown(f"The store refused a command ({type(error).__name__}); see its log.")


_WORDS: dict[type[Exception], str] = {
    gone.AuthenticationError: "does not accept the user or password; check REDIS_URL",
    gone.AuthorizationError: "does not let this user in; check REDIS_URL and the server's ACL",
    gone.NoPermissionError: "does not let this user do its work; check REDIS_URL and the server's ACL",
    gone.BusyLoadingError: "is still loading its data; try again in a moment",
    gone.ReadOnlyError: "is a read-only replica; REDIS_URL must name the primary",
    gone.OutOfMemoryError: "is out of memory; raise its maxmemory",
    gone.MaxConnectionsError: "is asked by too many at once; try again in a moment",
    gone.AskError: "is a Cluster; REDIS_URL must begin with redis+cluster://",
    gone.ClusterError: "is a cluster that is not whole now; try again in a moment",
    gone.RedisClusterException: "is a cluster that is not whole now; try again in a moment",
    gone.TimeoutError: "did not answer in time; check that it runs and is not overloaded",
    TimeoutError: "did not answer in time; check that it runs and is not overloaded",
    gone.ConnectionError: "cannot be reached; check REDIS_URL and that it runs",
    OSError: "cannot be reached; check REDIS_URL and that it runs",
}


async def connect(url: str, limits: Limits | None = None) -> Server:
    """The server at a REDIS_URL of the contract's §8; raises `SettingError` for an address that cannot be read.

    Does not speak to it yet: a server that is down is told by `check`.
    """
    limits = limits or Limits()
    match read_address(url):
        case Single(url=single):
            return _single(single, limits)
        case Cluster(url=cluster):
            return _cluster(cluster, limits)
        case Sentinels() as sentinels:
            return _behind_sentinels(sentinels, limits)


def _options(limits: Limits) -> dict[str, Any]:
    # The time limit of a command is `Server.do`'s. redis-py's own would send through `asyncio.wait_for`,
    # which in Python 3.11 swallows a cancellation now and then, and costs half of a turn's time.
    once = Retry(NoBackoff(), 0)
    return {"socket_timeout": None, "socket_connect_timeout": limits.command_s, "retry": once}


def _single(url: str, limits: Limits) -> Server:
    try:
        pool = BlockingConnectionPool.from_url(
            url, max_connections=limits.connections, timeout=limits.command_s, **_options(limits)
        )
    except ValueError:
        raise SettingError(
            "REDIS_URL cannot be read: check its port and its options", field="REDIS_URL"
        ) from None
    client = Redis.from_pool(pool)
    return Server(client, limits, client.aclose)


def _cluster(url: str, limits: Limits) -> Server:
    client = RedisCluster.from_url(url, max_connections=limits.connections * 4, **_options(limits))
    return Server(client, limits, client.aclose)


def _behind_sentinels(at: Sentinels, limits: Limits) -> Server:
    # A dead Sentinel must leave time to ask the next; by itself redis-py tries it for many seconds.
    soon = limits.command_s / 4
    each = _options(limits) | {"socket_timeout": soon, "socket_connect_timeout": soon}
    sentinel: Any = Sentinel(at.hosts, sentinel_kwargs=each, **_options(limits))  # type: ignore[no-untyped-call]
    client: Redis = sentinel.master_for(
        at.name,
        username=at.username,
        password=at.password,
        db=at.db,
        max_connections=limits.connections * 4,
    )

    async def close() -> None:
        for each in (client, *sentinel.sentinels):
            await each.aclose()

    return Server(client, limits, close)
