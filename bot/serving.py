"""Serves the application on sockets until it is told to end; what is in hand then is finished."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import select
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Final, cast

from aiohttp import web

from bot.config import Settings
from bot.errors import SettingError
from bot.web.connections import Connections, Patience
from bot.web.limits import LIMITS

# How many may stand before the door.
BACKLOG: Final = 1024
# What is still being answered is cut off after twice so long, once the connections were heard out.
CUT_OFF_S: Final = 0.5
LET_IN_S: Final = 0.5
KEEP_ALIVE_S: Final = 75.0
# So many new objects are looked through at once; Python's own 700 are fewer than one turn makes.
YOUNG: Final = 20_000


class Shared(socket.socket):
    """A socket of several processes: none of them may shorten the line before it."""

    def listen(self, backlog: int = BACKLOG, /) -> None:
        """Lets people stand before it, at least `BACKLOG` of them."""
        super().listen(max(backlog, BACKLOG))


def bound(settings: Settings) -> list[socket.socket]:
    """The sockets at BOT_HOST and BOT_PORT, before which nobody can stand yet: while the application is being made
    a proxy shall ask another server, not wait here. Raises `SettingError` where they cannot be had."""
    host, port, opened = settings.host, settings.port, list[socket.socket]()
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in dict.fromkeys(found):
            opened.append(_bound(family, address))
    except OSError as error:
        for one in opened:
            one.close()
        raise _taken(f"{host}:{port}", error) from None
    return opened


def _taken(address: str, error: OSError) -> SettingError:
    return SettingError(f"BOT_HOST, BOT_PORT: cannot listen on {address} ({error.strerror}); name another")


def _bound(family: int, address: tuple[object, ...]) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(address)
        one.setblocking(False)
    except BaseException:
        one.close()
        raise
    return one


async def serve(
    making: Awaitable[web.Application],
    sockets: Sequence[socket.socket],
    ready: Callable[[], None],
    ended: asyncio.Event | None = None,
    at_once: int = BACKLOG,
    patience: Patience | None = None,
) -> None:
    """Serves until SIGTERM, SIGINT or `ended`; raises what making and starting the application raise.

    Of several processes each takes so many connections `at_once` from the line that they share.
    """
    app = await making
    ended = ended or asyncio.Event()
    app[LIMITS].connections = connections = Connections(patience)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=CUT_OFF_S, keepalive_timeout=KEEP_ALIVE_S)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        _on_signals(ended)
        await stack.enter_async_context(connections.looked_after())
        servers = await _open(runner, connections, sockets, at_once)
        _leave_what_stays()
        ready()
        await ended.wait()
        await _let_in(servers)
        for server in servers:
            server.close()
        # Whoever listens to events goes first: they would never be done.
        await app.shutdown()
        await connections.heard_out()


async def _open(
    runner: web.AppRunner, connections: Connections, sockets: Sequence[socket.socket], at_once: int
) -> list[asyncio.Server]:
    loop = asyncio.get_running_loop()
    factory = connections.before(cast(web.Server, runner.server))
    opened = []
    for one in (Shared(fileno=one.detach()) for one in sockets):
        try:
            one.listen()
        except OSError as error:
            # Somebody else was bound to it too and was ready first.
            with one:
                raise _taken("{}:{}".format(*one.getsockname()), error) from None
        opened.append(await loop.create_server(factory, sock=one, backlog=at_once))
    return opened


def _leave_what_stays() -> None:
    """What was made at the start stays to the end: looking through all of it for garbage again and again would hold up
    whoever is being answered."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


async def _let_in(servers: Sequence[asyncio.Server]) -> None:
    """Those who stand before the door already: closing it would turn them away."""
    end = asyncio.get_running_loop().time() + LET_IN_S
    while _somebody_waits(servers) and asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0)


def _somebody_waits(servers: Sequence[asyncio.Server]) -> bool:
    watched = select.poll()
    for server in servers:
        for one in server.sockets:
            watched.register(one.fileno(), select.POLLIN)
    return bool(watched.poll(0))


def _on_signals(ended: asyncio.Event) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError):
            asyncio.get_running_loop().add_signal_handler(name, ended.set)
