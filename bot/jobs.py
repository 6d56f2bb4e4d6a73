"""Work that outlives a process: kept in the store, done at least once by whichever process lives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import StoreDown
from bot.quiet import without_traceback

if TYPE_CHECKING:
    from docket import Docket

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# Takes texts that name the work; the work itself is kept elsewhere, since these stand in the store in the clear.
Handler = Callable[..., Awaitable[None]]
_NAME = "wenyanglao-jobs"
_ADD_S = 1.0
_END_S = 5.0
# Whoever starts waits so long for the store, and goes on without it then.
_OPEN_S = 1.0
# Where many processes open the queue at about the same time, once is enough.
_FIRST_AFTER = timedelta(seconds=20)
_WORKER: Any = {
    "redelivery_timeout": timedelta(seconds=30),
    "reconnection_delay": timedelta(seconds=1),
    "minimum_check_interval": timedelta(milliseconds=50),
    "scheduling_resolution": timedelta(milliseconds=250),
}


class _JobFailedError(Exception):
    """Names the type of what went wrong and nothing else."""


class Jobs:
    """A queue with its worker: `handle` says who does what, `working` opens it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._handlers: dict[str, Handler] = {}
        self._first: list[str] = []
        self._docket: Docket | None = None
        self._stopping = False

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

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Does what is due, as long as it is open."""
        # Imported no sooner, since it takes as long as all the rest and most commands have no jobs; and no later,
        # since nobody would be answered meanwhile.
        import_module("docket")
        # While the store is away the library tells a page of it several times a second.
        without_traceback("docket")
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
        from docket import Docket  # noqa: PLC0415

        async with Docket(_NAME, self._url, execution_ttl=timedelta(seconds=30)) as docket:
            for name in names:
                docket.register(_done_elsewhere, names=[name])
            self._docket = docket
            yield

    async def work(self) -> None:
        """Does what is due, for ever; goes on when the store was away."""
        while not self._stopping:
            try:
                await self._work()
            except Exception as error:  # noqa: BLE001 - the queue must live as long as the process
                log.warning("jobs_interrupted", error=type(error).__name__)
            self._docket = None
            await asyncio.sleep(0 if self._stopping else 0.5)

    def stop(self) -> None:
        """The jobs in hand are finished; the library takes the cancellation for itself."""
        self._stopping = True

    async def _work(self) -> None:
        from docket import Docket, Worker  # noqa: PLC0415

        docket = Docket(_NAME, self._url, execution_ttl=timedelta(seconds=30))
        for name, handler in self._handlers.items():
            docket.register(_retried(handler), names=[name])
        async with docket, Worker(docket, **_WORKER) as worker:
            self._docket = docket
            for name in self._first:
                await self._added(name, (), datetime.now(UTC) + _FIRST_AFTER)
            await worker.run_forever()

    async def _opened(self) -> Docket:
        while self._docket is None:
            await asyncio.sleep(0.02)
        return self._docket

    async def _added(self, name: str, values: tuple[str, ...], when: datetime) -> None:
        docket = await self._opened()
        await docket.add(name, when=when, key=_key(name, values))(*values)


@asynccontextmanager
async def jobs(url: str, handlers: Mapping[str, Handler]) -> AsyncIterator[Jobs]:
    """The queue at a REDIS_URL with a worker in this process, as long as it is needed."""
    queue = Jobs(url)
    queue.handle(handlers)
    async with queue.working():
        yield queue


@asynccontextmanager
async def adding(url: str, names: Sequence[str]) -> AsyncIterator[Jobs]:
    """The queue at a REDIS_URL for a command, which adds work of these names and does none."""
    queue = Jobs(url)
    async with queue.adding(*names):
        yield queue


async def _done_elsewhere(*_: str) -> None:
    """Stands for work that another process does."""


async def _ended(worker: asyncio.Task[None]) -> None:
    """Finishes what is in hand, as far as there is time; the rest is done by another process."""
    while not worker.done():
        # Again and again: on Python 3.11 the client of the store now and then swallows a cancellation.
        worker.cancel()
        await asyncio.wait({worker}, timeout=_END_S)
    with suppress(asyncio.CancelledError):
        await worker


def _key(name: str, values: tuple[str, ...]) -> str:
    """One for the same work; the library logs it, so it names nobody."""
    told = "\0".join(values).encode("utf-8", "surrogatepass")
    return f"{name}:{sha256(told).hexdigest()[:32]}"


def _retried(handler: Handler) -> Handler:
    from docket import ExponentialRetry  # noqa: PLC0415

    again = ExponentialRetry(
        attempts=12, minimum_delay=timedelta(seconds=1), maximum_delay=timedelta(minutes=5)
    )

    async def job(*values: str, retry: Any = again) -> None:  # noqa: ARG001 - the queue reads it
        try:
            await handler(*values)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is named only
            # The library logs the error with its words, and these may hold what an elder wrote.
            raise _JobFailedError(type(error).__name__) from None

    return job
