"""Whether the process lives, and whether it can do its work: a line for each part."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.errors import BotError
from bot.keys import CATALOG, CLOCK, READY, STORE, UNDERSTANDER

PATIENCE_S = 3.0
_Part = Callable[[web.Application], Awaitable[str]]

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


async def alive(_request: web.Request) -> web.Response:
    """The process lives."""
    return web.Response(text="ok\n", headers={"Cache-Control": "no-store"})


async def ready(request: web.Request) -> web.Response:
    """200 with a line for each part, 503 when one of them cannot do its work."""
    more = request.app.get(READY)
    parts = {**_PARTS, **(more or {})}
    told = await asyncio.gather(*(_line(request.app, name, part) for name, part in parts.items()))
    status = 200 if all(fine for fine, _ in told) else 503
    text = "".join(f"{line}\n" for _, line in told)
    return web.Response(text=text, status=status, headers={"Cache-Control": "no-store"})


async def _line(app: web.Application, name: str, part: _Part) -> tuple[bool, str]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return True, f"{name}: ok, {await part(app)}"
    except TimeoutError:
        return False, f"{name}: no answer within {PATIENCE_S:.0f} s"
    except BotError as error:
        return False, f"{name}: {error.message}"
    except Exception as error:  # noqa: BLE001 - a part that breaks is told, not raised
        log.error("not ready", part=name, error=type(error).__name__)
        return False, f"{name}: {type(error).__name__}, see the log"


async def _store(app: web.Application) -> str:
    await app[STORE].check()
    return "answers"


async def _catalog(app: web.Application) -> str:
    lists = app[CATALOG].lists
    return f"{len(lists)} lists, {sum(len(one.items) for one in lists.values())} entries"


async def _understanding(app: web.Application) -> str:
    await app[UNDERSTANDER].understand("我妈83岁", None, app[CLOCK]())
    return await app[UNDERSTANDER].state()


_PARTS: dict[str, _Part] = {"store": _store, "catalog": _catalog, "understanding": _understanding}
