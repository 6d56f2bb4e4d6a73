"""Several processes on one address, `serve --workers N`: one that dies is started again, and all end together.

They share one listening socket. With sockets of their own (SO_REUSEPORT) those who stand before one that ends would
be turned away, and a busy one would be given as many as an idle one.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Final

import structlog
from aiohttp import web

from bot.config import Settings
from bot.serving import bound, serve
from bot.store import embedded

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# Longer than a process takes to finish what is in hand.
STOP_S: Final = 20.0
READY_S: Final = 90.0
# The pause after a death; twice as long after each further one, until one lived for a while.
FIRST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 30.0
LIVED_S: Final = 30.0
_READY: Final = b"r"
# So many connections a process takes from the line that all share before it works on. With one alone, the line would be
# long before anybody knows that there is one; with all of it, one process might take what another has time for.
AT_ONCE: Final = 64


class Place:
    """One place among the processes: whoever stands in it is followed by another, until it is closed."""

    def __init__(self, number: int, command: Sequence[str], sockets: Sequence[int]) -> None:
        self._number = number
        self._command = (*command, "--number", str(number))
        self._sockets = tuple(sockets)
        self._process: Process | None = None
        # While ours is open the process knows that we live.
        self._link: socket.socket | None = None
        self._ready = asyncio.Event()
        self._closing = asyncio.Event()
        self._asked = False

    async def start(self) -> int | None:
        """None once it is ready, else the code with which it ended."""
        if self._closing.is_set():
            return 0
        self._link, theirs = socket.socketpair()
        self._link.setblocking(False)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *(*self._command, "--link", str(theirs.fileno())),
                pass_fds=(theirs.fileno(), *self._sockets),
                stdin=DEVNULL,
                # Ctrl-C is for us: they end when we tell them.
                start_new_session=True,
            )
        if self._closing.is_set():
            self._tell(signal.SIGTERM)
        if await self._says_ready(self._link):
            self._ready.set()
            return None
        return await self._ended(self._process)

    async def keep(self) -> None:
        """Follows whoever ends until the place is closed; to be begun after the first `start`."""
        pause, clock = FIRST_PAUSE_S, asyncio.get_running_loop().time
        while True:
            began = clock()
            code = await self._gone()
            if self._closing.is_set():
                return
            if clock() - began > LIVED_S:
                pause = FIRST_PAUSE_S
            if not self._asked:
                log.warning("process_lost", number=self._number, code=code, again_in_s=pause)
                await self._paused(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            self._asked = False
            await self.start()

    async def renew(self) -> bool:
        """Another one takes the place, once what was in hand is finished; tells whether it became ready."""
        self._asked = True
        self._ready.clear()
        if self._process is not None:
            self._tell(signal.SIGTERM)
            await self._ended(self._process)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READY_S):
                await self._ready.wait()
        return self._ready.is_set()

    async def close(self) -> None:
        """Ends it, after what it has in hand."""
        self._closing.set()
        if self._process is not None:
            self._tell(signal.SIGTERM)
            await self._ended(self._process)
        if self._link is not None:
            self._link.close()

    async def _gone(self) -> int:
        code = await self._process.wait() if self._process else 0
        self._ready.clear()
        if self._link:
            self._link.close()
        return code

    async def _paused(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()

    async def _says_ready(self, link: socket.socket) -> bool:
        try:
            async with asyncio.timeout(READY_S):
                return await asyncio.get_running_loop().sock_recv(link, 1) == _READY
        except (TimeoutError, OSError):
            self._tell(signal.SIGKILL)
            return False

    async def _ended(self, process: Process) -> int:
        try:
            async with asyncio.timeout(STOP_S):
                return await process.wait()
        except TimeoutError:
            log.error("process_killed", number=self._number, after_s=STOP_S)
            process.kill()
            return await process.wait()

    def _tell(self, what: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(what)


async def supervise(
    settings: Settings, count: int, arguments: Sequence[str], ready: Callable[[], None]
) -> int:
    """Runs so many processes until SIGTERM or SIGINT, each renewed at SIGHUP; gives the exit status.

    `arguments` are those of `serve` that each needs. Raises `SettingError` where the address or the embedded store
    cannot be had; what else stops a start is told by the first process.
    """
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    # Too soon to renew anybody is no reason to end.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    async with AsyncExitStack() as stack:
        if settings.store_url() is None:
            # Closed last, since it must outlive every one of them.
            stack.push_async_callback((await embedded.start(settings.data_dir)).stop)
        sockets = [stack.enter_context(one) for one in bound(settings)]
        command = [sys.executable, "-m", "bot", "serve-worker", *arguments]
        command += [part for one in sockets for part in ("--socket", str(one.fileno()))]
        places = [Place(number, command, [one.fileno() for one in sockets]) for number in range(count)]
        return await _run(places, sockets, ended, ready)


async def _run(
    places: Sequence[Place],
    sockets: Sequence[socket.socket],
    ended: asyncio.Event,
    ready: Callable[[], None],
) -> int:
    ending = asyncio.create_task(_closed_at(ended, places, sockets))
    failed = await _started(places)
    if failed is None:
        keeping = [asyncio.create_task(one.keep()) for one in places]
        if not ended.is_set():
            ready()
        with _renewing(places):
            await asyncio.gather(ending, *keeping)
        return 0
    was_asked = ended.is_set()
    ended.set()
    await ending
    return 0 if was_asked else failed or 1


async def _closed_at(ended: asyncio.Event, places: Sequence[Place], sockets: Sequence[socket.socket]) -> None:
    await ended.wait()
    # Whoever comes now is refused at once, instead of waiting for processes that take nobody any more.
    for one in sockets:
        one.close()
    await asyncio.gather(*(one.close() for one in places))


async def _started(places: Sequence[Place]) -> int | None:
    """The first alone: it says what is wrong once, and makes what all need, such as the trained model."""
    failed = await places[0].start()
    if failed is not None:
        return failed
    codes = await asyncio.gather(*(one.start() for one in places[1:]))
    return next((code for code in codes if code is not None), None)


@contextlib.contextmanager
def _renewing(places: Sequence[Place]) -> Iterator[None]:
    """At SIGHUP one after the other is renewed, so that all the others answer meanwhile."""
    loop, tasks = asyncio.get_running_loop(), list[asyncio.Task[None]]()

    def renew() -> None:
        if all(task.done() for task in tasks):
            tasks[:] = [loop.create_task(_renewed(places))]

    loop.add_signal_handler(signal.SIGHUP, renew)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        for task in tasks:
            task.cancel()


async def _renewed(places: Sequence[Place]) -> None:
    for one in places:
        if not await one.renew():
            log.error("not_renewed", why="a new process was not ready; the others go on as they are")
            return
    log.info("renewed", processes=len(places))


def next_port(bind: str | None, number: int) -> str | None:
    """`host:port` with the port moved by the process's number, since each is watched by itself."""
    if bind is None:
        return None
    host, _, port = bind.rpartition(":")
    return f"{host}:{int(port) + number}"


async def work(making: Awaitable[web.Application], sockets: Sequence[int], link: int) -> None:
    """One of the processes: serves until it is told to end, or who started it is gone."""
    with socket.socket(fileno=link) as parent:
        ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(parent, ended.set)
        opened = [socket.socket(fileno=fd) for fd in sockets]
        await serve(making, opened, lambda: _say_ready(parent), ended, AT_ONCE)
        asyncio.get_running_loop().remove_reader(parent)


def _say_ready(parent: socket.socket) -> None:
    with contextlib.suppress(OSError):
        parent.send(_READY)
