"""The queue of jobs as the library keeps it in the store: opened, added to, worked off, counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING, Any

import structlog

from bot.quiet import without_traceback
from bot.watching.request_id import begin, current

if TYPE_CHECKING:
    from docket import Docket, Worker

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# Takes texts that name the work; the work itself is kept elsewhere, since these stand in the store in the clear.
Handler = Callable[..., Awaitable[None]]
# Is told the name of a job, how a try to do it ended ("done", "failed", "given_up"), and how many seconds it took.
Done = Callable[[str, str, float], None]
_NAME = "wenyanglao-jobs"
_TRIES = 12
_WORKER: Any = {
    "redelivery_timeout": timedelta(seconds=30),
    "reconnection_delay": timedelta(seconds=1),
    "minimum_check_interval": timedelta(milliseconds=50),
    "scheduling_resolution": timedelta(milliseconds=250),
}


class _JobFailedError(Exception):
    """Names the type of what went wrong and nothing else."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with the queue of all processes: jobs that are due and wait, that are being done, that are to be done
    later; and how many seconds the oldest that is due waits."""

    waiting: int
    running: int
    later: int
    oldest_s: float


class Queue:
    """One that is open; made by `to_work_off` and `to_add_to`. Its methods raise what the library raises."""

    def __init__(self, docket: Docket) -> None:
        self._docket = docket

    async def add(self, name: str, values: tuple[str, ...], when: datetime) -> str:
        """Has it done then; once, where it is added again before. Gives back the key of its record in the store."""
        key = _key(name, values)
        # The id of the request goes along, and makes no other work of it.
        await self._docket.add(name, when=when, key=key)(*values, request_id=current())
        return self._docket.runs_key(key)

    async def reconnect(self) -> None:
        """The next job is added to whichever server has the say by then."""
        async with self._docket.redis() as client:
            pool = getattr(client, "connection_pool", None)
            if pool is not None:
                await pool.disconnect(inuse_connections=False)

    async def standing(self) -> Standing:
        """How it stands now; asks the store for a few counts only."""
        docket, now = self._docket, datetime.now(UTC).timestamp()
        async with docket.redis() as server:
            async with server.pipeline() as asked:
                asked.xlen(docket.stream_key)
                asked.zcount(docket.queue_key, 0, now)
                asked.zcount(docket.queue_key, now, "+inf")
                stream, due, later = await asked.execute()
            pending = await server.xpending(docket.stream_key, docket.worker_group_name)
            scheduled = await server.zrange(docket.queue_key, 0, 0, withscores=True)
            taken = pending["max"] or b"0"
            streamed = await server.xrange(docket.stream_key, b"(" + taken, "+", count=1)
        running = int(pending["pending"])
        since = [score for _, score in scheduled] + [int(one.split(b"-")[0]) / 1000 for one, _ in streamed]
        oldest_s = max([0.0, *(now - moment for moment in since)])
        return Standing(max(0, stream - running) + due, running, later, round(oldest_s, 3))


def load() -> None:
    """Imports the library, which takes as long as all the rest together."""
    import_module("docket")
    # While the store is away the library tells a page of it several times a second.
    without_traceback("docket")


@asynccontextmanager
async def to_work_off(
    url: str, handlers: Mapping[str, Handler], done: Done
) -> AsyncIterator[tuple[Queue, Worker]]:
    """The queue at an address of one host, and a worker for these names that is yet to run; `done` is told of each
    try."""
    from docket import Worker  # noqa: PLC0415

    docket = _docket(url)
    for name, handler in handlers.items():
        docket.register(_retried(name, handler, done), names=[name])
    async with docket, Worker(docket, **_WORKER) as worker:
        yield Queue(docket), worker


@asynccontextmanager
async def to_add_to(url: str, names: Iterable[str]) -> AsyncIterator[Queue]:
    """The queue at an address of one host, for work of these names, all of which another process does."""
    async with _docket(url) as docket:
        for name in names:
            docket.register(_done_elsewhere, names=[name])
        yield Queue(docket)


def with_one_host(url: str, turn: int) -> str:
    """Of a Cluster the library takes one host, and asks that one for the others: at each turn it is the next one."""
    scheme, _, rest = url.partition("://")
    if not scheme.endswith("+cluster"):
        return url
    named, slash, more = rest.partition("/")
    login, at, hosts = named.rpartition("@")
    every = hosts.split(",")
    return f"{scheme}://{login}{at}{every[turn % len(every)]}{slash}{more}"


def _docket(url: str) -> Docket:
    from docket import Docket  # noqa: PLC0415

    return Docket(_NAME, url, execution_ttl=timedelta(seconds=30))


async def _done_elsewhere(*_: str, **_carried: str) -> None:
    """Stands for work that another process does."""


def _key(name: str, values: tuple[str, ...]) -> str:
    """One for the same work; the library logs it, so it names nobody."""
    told = "\0".join(values).encode("utf-8", "surrogatepass")
    return f"{name}:{sha256(told).hexdigest()[:32]}"


def _retried(name: str, handler: Handler, done: Done) -> Handler:
    from docket import ExponentialRetry  # noqa: PLC0415

    again = ExponentialRetry(
        attempts=_TRIES, minimum_delay=timedelta(seconds=1), maximum_delay=timedelta(minutes=5)
    )

    async def job(*values: str, request_id: str = "", retry: Any = again) -> None:
        begin(request_id)
        started = perf_counter()
        try:
            await handler(*values)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is named only
            last = retry.attempt >= _TRIES
            done(name, "given_up" if last else "failed", perf_counter() - started)
            log.warning("job_given_up" if last else "job_failed", job=name, error=type(error).__name__)
            # The library logs the error with its words, and these may hold what an elder wrote.
            raise _JobFailedError(type(error).__name__) from None
        done(name, "done", perf_counter() - started)
        log.debug("job_done", job=name)

    return job
