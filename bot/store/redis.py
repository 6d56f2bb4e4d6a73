"""Speaks to Redis or Valkey, alone, behind Sentinel or as a Cluster; tries again while the connection breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from redis import exceptions as gone
from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from bot.errors import SettingError, StoreDown
from bot.store.address import Cluster, Sentinels, Single
from bot.store.limits import Limits
from bot.store.lines import Command, Lines, exchanged

# So many seconds an earlier rewriting is waited for.
_REWRITES = 30
_BROKEN = (gone.ConnectionError, gone.ClusterDownError, gone.RedisClusterException, gone.ResponseError)
_MOVED = (gone.AskError, gone.ClusterDownError, gone.ConnectionError)
# Raised by `Client.ask`, where a server does not have the script of a name.
UnknownScriptError = gone.NoScriptError


class TooFewReplicasError(gone.ConnectionError):
    """What was written is on one machine only, as yet."""


class Client:
    """One Redis, however many machines it is; made by `client_of`. `library` is the library's own client: what it is
    asked goes through `do`, which alone raises in our words."""

    def __init__(
        self, library: Redis | RedisCluster, limits: Limits, close: Callable[[], Awaitable[None]]
    ) -> None:
        """`close` closes the connections; the server cannot be asked afterwards."""
        self.library = library
        self.limits = limits
        self.close = close
        self._lines = (
            Lines(library.connection_pool, limits.connections // 4) if isinstance(library, Redis) else None
        )
        self.ask: Callable[..., Awaitable[Any]] = self._lines.ask if self._lines else library.execute_command
        self._trying_again = asyncio.Lock()

    async def ask_together(self, key: str, commands: Sequence[Command]) -> list[Any]:
        """What the machine of the key answers to each, on one connection; errors as values."""
        return await (
            self._lines.ask_all(*commands) if self._lines else _at_node(self.library, key, commands)
        )

    async def drop_lines(self) -> None:
        """Connections kept at hand may lead to a server that was set aside: whoever asks next is connected anew."""
        if self._lines:
            await self._lines.drop()

    async def names(self, pattern: str, at_once: int = 500) -> AsyncIterator[list[str]]:
        """All keys like the pattern on all machines, some at a time, while the store goes on with everything else; one
        may come twice. Raises `StoreDown`."""
        batch: list[str] = []
        try:
            async for name in self.library.scan_iter(match=pattern, count=at_once):
                batch.append(name.decode("utf-8", "surrogateescape"))
                if len(batch) >= at_once:
                    yield batch
                    batch = []
        except (gone.RedisError, gone.RedisClusterException, OSError) as error:
            raise _down(error) from error
        yield batch

    async def rewrite_log(self) -> bool:
        """Has the append-only file written anew, without what was overwritten or erased; False where the server does not
        let us."""
        for _ in range(_REWRITES):
            try:
                if isinstance(self.library, RedisCluster):
                    await self.library.bgrewriteaof(target_nodes=self.library.get_primaries())
                else:
                    await self.library.bgrewriteaof()
            except gone.ResponseError as error:
                # One that has begun before does not know what was erased since.
                if "in progress" not in str(error):
                    return False
            except (gone.RedisError, gone.RedisClusterException, OSError):
                return False
            else:
                return True
            await asyncio.sleep(1)
        return False

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


class _Sentinels(Sentinel):
    """Believes none that is about to put another in the primary's place: it names the old one until all is done."""

    def check_master_state(self, state: dict[str, Any], service_name: str) -> bool:
        """Whether the primary in a Sentinel's words is one to be spoken to."""
        good: bool = super().check_master_state(state, service_name)
        return good and "failover_in_progress" not in state["flags"]


async def _at_node(client: Any, key: str, commands: Sequence[Command]) -> list[Any]:
    """Of a Cluster, the answers of the machine that has the key, on one connection."""
    await client.initialize()
    node = client.get_node_from_key(key)
    line = node.acquire_connection()
    try:
        answers = await exchanged(line, commands)
    except (gone.ConnectionError, OSError) as error:
        answers = [error]
    finally:
        node.release(line)
    if isinstance(answers[0], (*_MOVED, OSError)):
        # By its own way the client learns who has the key now; what was done there is done again.
        await client.execute_command(*commands[0])
        raise TooFewReplicasError
    return answers


def _worth_another_try(error: Exception) -> Exception:
    """What passes by itself, such as a fail-over; raises all else."""
    if isinstance(error, (gone.AuthenticationError, gone.AuthorizationError)):
        raise error
    passes = not isinstance(error, gone.ResponseError)
    if passes or isinstance(error, (gone.ClusterDownError, gone.TryAgainError)):
        return error
    if str(error).startswith("NOREPLICAS"):
        return TooFewReplicasError()
    raise error


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
    TooFewReplicasError: "has too few replicas that keep up; check them, or ask for fewer by ?replicas= in REDIS_URL",
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


def client_of(address: Single | Cluster | Sentinels, limits: Limits) -> Client:
    """Does not speak to the server yet; raises `SettingError` for an option that cannot be read."""
    match address:
        case Single(url=single):
            return _single(single, limits)
        case Cluster() as cluster:
            return _cluster(cluster, limits)
        case Sentinels() as sentinels:
            return _behind_sentinels(sentinels, limits)


def _options(limits: Limits) -> dict[str, Any]:
    # The time limit of a command is `Client.do`'s. redis-py's own would send through `asyncio.wait_for`,
    # which in Python 3.11 swallows a cancellation now and then, and costs half of a turn's time.
    once = Retry(NoBackoff(), 0)
    return {"socket_timeout": None, "socket_connect_timeout": limits.command_s, "retry": once}


def _single(url: str, limits: Limits) -> Client:
    try:
        pool = BlockingConnectionPool.from_url(
            url, max_connections=limits.connections, timeout=limits.command_s, **_options(limits)
        )
    except ValueError:
        raise SettingError(
            "REDIS_URL cannot be read: check its port and its options", field="REDIS_URL"
        ) from None
    client = Redis.from_pool(pool)
    return Client(client, limits, client.aclose)


def _cluster(at: Cluster, limits: Limits) -> Client:
    nodes = [ClusterNode(host, port) for host, port in at.hosts]
    client = RedisCluster.from_url(
        at.url, startup_nodes=nodes, max_connections=limits.connections * 4, **_options(limits)
    )
    return Client(client, limits, client.aclose)


def _behind_sentinels(at: Sentinels, limits: Limits) -> Client:
    # A dead Sentinel must leave time to ask the next; by itself redis-py tries it for many seconds.
    soon = limits.command_s / 4
    tls = {} if at.tls is None else {"ssl": True, **at.tls}
    each = _options(limits) | {"socket_timeout": soon, "socket_connect_timeout": soon} | tls
    sentinel: Any = _Sentinels(at.hosts, sentinel_kwargs=each, **_options(limits), **tls)  # type: ignore[no-untyped-call]
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

    return Client(client, limits, close)
