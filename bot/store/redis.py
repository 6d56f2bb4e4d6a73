"""Sessions and once-only answers in Redis or Valkey, alone, behind Sentinel or as a Cluster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog
from redis import exceptions as gone
from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from bot.errors import SettingError, StoreDown
from bot.models import Session
from bot.store import sessions
from bot.store.address import Cluster, Sentinels, Single, read_address
from bot.store.queues import Queues, busy
from bot.store.scripts import FORGET, LEAVE, REMEMBER, TAKE, Keys, digest

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take (seconds) and how long they are kept (milliseconds)."""

    command_s: float = 2.0
    leave_s: float = 1.0
    # Longer than a turn is held: a bot killed in the middle of a turn costs its user a wait and no message.
    turn_wait_s: float = 9.0
    turn_ms: int = 8_000
    session_ms: int = 90 * 24 * 3600 * 1000
    # As long as a push's signature is good, so that a replay of it gets the same answer.
    answer_ms: int = 10 * 60 * 1000
    answer_after_forget_ms: int = 60 * 1000
    connections: int = 64


class RedisStore:
    """The `Store` protocol over redis-py; made by `connect`. Any number of processes may share one Redis."""

    def __init__(
        self, client: Redis | RedisCluster, limits: Limits, close: Callable[[], Awaitable[None]]
    ) -> None:
        self._client = client
        self._limits = limits
        self._close = close
        self._queues = Queues()

    @asynccontextmanager
    async def turn(self, user: str) -> AsyncIterator[str]:
        """See `Store.turn`; `StoreDown` also where an earlier turn does not end within `turn_wait_s`."""
        keys, token = Keys.of(user), uuid4().hex
        deadline = asyncio.get_running_loop().time() + self._limits.turn_wait_s
        async with self._queues.stand(keys.turn, deadline):
            try:
                await self._take(keys, token, deadline)
                yield token
            finally:
                await self._leave(keys, token)

    async def recall(self, user: str) -> Session:
        """See `Store.recall`."""
        raw = await self._do(lambda: self._client.get(Keys.of(user).session))
        return sessions.load(raw)

    async def answered(self, user: str, key: str) -> bytes | None:
        """See `Store.answered`; kept for ten minutes."""
        answer: bytes | None = await self._do(lambda: self._client.hget(Keys.of(user).answers, digest(key)))
        return answer

    async def remember(
        self, user: str, token: str, session: Session, *, key: str | None = None, answer: bytes | None = None
    ) -> None:
        """See `Store.remember`; a session is kept for 90 days after its last turn."""
        field, kept = ("", b"") if key is None or answer is None else (digest(key), answer)
        limits, raw = self._limits, sessions.dump(session)
        held = await self._script(
            REMEMBER, Keys.of(user), token, limits.answer_ms, raw, limits.session_ms, field, kept
        )
        _must_hold(held)

    async def forget(self, user: str, token: str) -> None:
        """See `Store.forget`."""
        held = await self._script(FORGET, Keys.of(user), token, self._limits.answer_after_forget_ms)
        _must_hold(held)

    async def check(self) -> None:
        """See `Store.check`; writes, since a replica or a full server still answers a ping."""
        await self._do(lambda: self._client.set("wenyanglao:check", b"1", px=10_000))

    async def close(self) -> None:
        """Closes the connections; the store cannot be used afterwards."""
        await self._close()

    async def _take(self, keys: Keys, token: str, deadline: float) -> None:
        clock, pause = asyncio.get_running_loop().time, 0.005
        while not await self._script(TAKE, keys, token, self._limits.turn_ms):
            if clock() + pause > deadline:
                raise busy()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.05)

    async def _leave(self, keys: Keys, token: str) -> None:
        try:
            await self._script(LEAVE, keys, token, within=self._limits.leave_s)
        except StoreDown:
            # What was remembered stays remembered, and the turn ends by itself.
            log.warning("turn_left_open", ends_in_ms=self._limits.turn_ms)

    async def _script(
        self, script: str, keys: Keys, *values: str | bytes | int, within: float | None = None
    ) -> bool:
        # EVAL and not EVALSHA: a restarted server has forgotten the scripts.
        done = await self._do(lambda: self._client.eval(script, len(keys.all), *keys.all, *values), within)
        return bool(done)

    async def _do(self, command: Callable[[], Any], within: float | None = None) -> Any:
        """Tries again while the connection breaks, until the time is up: a restart costs a moment only."""
        broken: Exception | None = None
        try:
            async with asyncio.timeout(within or self._limits.command_s) as limit:
                while not limit.expired():
                    try:
                        return await command()
                    except (gone.AuthenticationError, gone.AuthorizationError):
                        raise
                    except (gone.ConnectionError, gone.ClusterDownError) as error:
                        broken = error
                    await asyncio.sleep(0.05)
                raise TimeoutError
        except (gone.RedisError, gone.RedisClusterException, OSError) as error:
            raise _down(broken or error) from error


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


def _must_hold(held: bool) -> None:
    if not held:
        raise StoreDown("The turn was lost meanwhile; nothing was kept. Send the message again.")


async def connect(url: str, limits: Limits | None = None) -> RedisStore:
    """A store at a REDIS_URL of the contract's §8; raises `SettingError` for an address that cannot be read.

    Does not speak to it yet: a store that is down is told by `check`.
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
    # The time limit of a command is `RedisStore._do`'s. redis-py's own would send through `asyncio.wait_for`,
    # which in Python 3.11 swallows a cancellation now and then, and costs half of a turn's time.
    once = Retry(NoBackoff(), 0)
    return {"socket_timeout": None, "socket_connect_timeout": limits.command_s, "retry": once}


def _single(url: str, limits: Limits) -> RedisStore:
    try:
        pool = BlockingConnectionPool.from_url(
            url, max_connections=limits.connections, timeout=limits.command_s, **_options(limits)
        )
    except ValueError:
        raise SettingError(
            "REDIS_URL cannot be read: check its port and its options", field="REDIS_URL"
        ) from None
    client = Redis.from_pool(pool)
    return RedisStore(client, limits, client.aclose)


def _cluster(url: str, limits: Limits) -> RedisStore:
    client = RedisCluster.from_url(url, max_connections=limits.connections * 4, **_options(limits))
    return RedisStore(client, limits, client.aclose)


def _behind_sentinels(at: Sentinels, limits: Limits) -> RedisStore:
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

    return RedisStore(client, limits, close)
