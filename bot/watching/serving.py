"""The port of the metrics, apart from the public one, as long as the application runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.aiohttp import make_aiohttp_handler

from bot.errors import SettingError
from bot.watching.whole import Whole

PATH: Final = "/metrics"
# For a worker, which has no other port, and for whoever must know whether it lives.
ALIVE: Final = "/healthz"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Server": "wenyanglao",
}


@asynccontextmanager
async def metrics_served(bind: str | None, registry: CollectorRegistry, whole: Whole) -> AsyncIterator[None]:
    """Serves them at "host:port", nothing without one; raises `SettingError` where that cannot be had."""
    if bind is None:
        yield
        return
    runner = web.AppRunner(_app(registry, whole), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await _listen(runner, bind)
        yield
    finally:
        await runner.cleanup()


def _app(registry: CollectorRegistry, whole: Whole) -> web.Application:
    told = make_aiohttp_handler(registry)

    async def metrics(request: web.Request) -> web.StreamResponse:
        await whole.refresh()
        return await told(request)

    app = web.Application(client_max_size=1024)
    app.router.add_get(PATH, metrics)
    app.router.add_get(ALIVE, _alive)
    app.on_response_prepare.append(_strict)
    return app


async def _strict(_request: web.Request, response: web.StreamResponse) -> None:
    """It is for programs: should a browser come here, it shall make nothing of it."""
    response.headers.update(_HEADERS)


async def _alive(_request: web.Request) -> web.Response:
    """Asks no store: a worker must not be ended because the store is slow."""
    return web.Response(text="ok\n", headers={"Cache-Control": "no-store"})


async def _listen(runner: web.AppRunner, bind: str) -> None:
    host, _, port = bind.rpartition(":")
    try:
        await web.TCPSite(runner, host.strip("[]") or "127.0.0.1", int(port)).start()
    except (OSError, OverflowError) as error:
        raise SettingError(
            f"METRICS_BIND: cannot listen on {bind} ({type(error).__name__}); name another"
        ) from None
