"""Work that outlives a process: kept in the store, done at least once by whichever process lives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import structlog

from bot import job_queue
from bot.errors import StoreDown
from bot.job_queue import Done, Handler, Queue, Standing

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# Returns once replicas have what is under a key.
Copied = Callable[[str], Awaitable[None]]
# A machine that stands still for a second is busy, not broken.
_ADD_S = 2.0
_STANDING_S = 2.5
_END_S = 5.0
# Whoever starts waits so long for the store, and goes on without it then.
_OPEN_S = 1.0
# Where many processes open the queue at about the same time, once is enough.
_FIRST_AFTER = timedelta(seconds=20)


class Jobs:
    """A queue with its worker: `handle` says who does what, `working` opens it."""

    def __init__(self, url: str, done: Done | None = None, copied: Copied | None = None) -> None:
        """`done` is told of each try to do a job; `copied` waits until replicas have what is under a key."""
        self._copied = copied
        self._url = url
        self._done = done or _untold
        self._handlers: dict[str, Handler] = {}
        self._first: list[str] = []
        self._regular: dict[str, timedelta] = {}
        self._queue: Queue | None = None
        self._stopping = False
        self._opened_times = -1

    async def add(self, name: str, *values: str, seconds: float = 0.0) -> None:
        """Has it done in so many seconds; once, where it is added again before. Raises `StoreDown`."""
        when = datetime.now(UTC) + timedelta(seconds=seconds)
        try:
            async with asyncio.timeout(_ADD_S):
                await self._added(name, values, when)
        except Exception as error:
            raise StoreDown("The store did not take a job; check that it runs.") from error

    def handle(self, handlers: Mapping[str, Handler], *first: str) -> None:
        """Who does the jobs of these names; to be said before the work begins. The `first` are done soon after the
        queue was opened, such as when the store was away and may have lost some."""
        self._handlers.update(handlers)
        self._first.extend(first)

    def regularly(self, name: str, every: timedelta) -> None:
        """Has it done so often, once for all processes; it is given the moment for which it was meant."""
        self._regular[name] = every

    @property
    def names(self) -> tuple[str, ...]:
        """The jobs that somebody does."""
        return tuple(self._handlers)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Does what is due, as long as it is open."""
        # No sooner, since most commands have no jobs; and no later, since nobody would be answered meanwhile.
        job_queue.load()
        worker = asyncio.create_task(self.work(), name="jobs")
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_OPEN_S):
                    await self._opened()
            yield
        finally:
            self.stop()
            await _ended(worker)

    @asynccontextmanager
    async def adding(self, *names: str) -> AsyncIterator[None]:
        """For a command: adds work of these names, and does none."""
        async with job_queue.to_add_to(self._next_host(), names) as self._queue:
            yield

    async def work(self) -> None:
        """Does what is due, for ever; goes on when the store was away."""
        while not self._stopping:
            try:
                await self._work()
            except Exception as error:  # noqa: BLE001 - the queue must live as long as the process
                log.warning("jobs_interrupted", error=type(error).__name__)
            self._queue = None
            await asyncio.sleep(0 if self._stopping else 0.5)

    def stop(self) -> None:
        """The jobs in hand are finished; the library takes the cancellation for itself."""
        self._stopping = True

    async def standing(self) -> Standing:
        """How it stands now; asks the store for a few counts only, and raises `StoreDown`."""
        if self._queue is None:
            raise StoreDown("The queue of jobs is not open; check that the store runs.")
        try:
            async with asyncio.timeout(_STANDING_S):
                return await self._queue.standing()
        except Exception as error:
            raise StoreDown("The store did not tell of the jobs; check that it runs.") from error

    async def _work(self) -> None:
        opening = job_queue.to_work_off(self._next_host(), self._handlers, self._done)
        async with opening as (self._queue, worker):
            for name in self._first:
                await self._added(name, (), datetime.now(UTC) + _FIRST_AFTER)
            regular = asyncio.create_task(self._add_regular(), name="regular jobs")
            try:
                await worker.run_forever()
            finally:
                await _ended(regular)

    async def _add_regular(self) -> None:
        """Again and again, by each process: a job that got lost must not be the last one."""
        while not self._stopping:
            for name, every in self._regular.items():
                moment = _next(datetime.now(UTC), every)
                with suppress(Exception):
                    await self._added(name, (moment.isoformat(),), moment)
            await asyncio.sleep(min(self._regular.values(), default=timedelta(hours=1)).total_seconds() / 3)

    def _next_host(self) -> str:
        self._opened_times += 1
        return job_queue.with_one_host(self._url, self._opened_times)

    async def _opened(self) -> Queue:
        while self._queue is None:
            await asyncio.sleep(0.02)
        return self._queue

    async def _added(self, name: str, values: tuple[str, ...], when: datetime) -> None:
        queue = await self._opened()
        record = await queue.add(name, values, when)
        if self._copied is None:
            return
        try:
            await self._copied(record)
        except BaseException:
            # The library has connections of its own: they may lead to a primary that was set aside, where nobody
            # will find the job.
            await queue.reconnect()
            raise


@asynccontextmanager
async def jobs(url: str, handlers: Mapping[str, Handler], done: Done | None = None) -> AsyncIterator[Jobs]:
    """The queue at a REDIS_URL with a worker in this process, as long as it is needed."""
    queue = Jobs(url, done)
    queue.handle(handlers)
    async with queue.working():
        yield queue


@asynccontextmanager
async def adding(url: str, names: Sequence[str], copied: Copied) -> AsyncIterator[Jobs]:
    """The queue at a REDIS_URL for a command, which adds work of these names and does none; `copied` as in `Jobs`."""
    queue = Jobs(url, None, copied)
    async with queue.adding(*names):
        yield queue


def _next(now: datetime, every: timedelta) -> datetime:
    """The end of the span in which it is, the same for all processes."""
    spans = now.timestamp() // every.total_seconds() + 1
    return datetime.fromtimestamp(spans * every.total_seconds(), UTC)


def _untold(_name: str, _outcome: str, _seconds: float) -> None:
    """Nobody wants to know."""


async def _ended(worker: asyncio.Task[None]) -> None:
    """Finishes what is in hand, as far as there is time; the rest is done by another process."""
    while not worker.done():
        # Again and again: on Python 3.11 the client of the store now and then swallows a cancellation.
        worker.cancel()
        await asyncio.wait({worker}, timeout=_END_S)
    with suppress(asyncio.CancelledError):
        await worker
