"""Gives every request over HTTP its id, and counts it by the address's pattern; nothing of what was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from ipaddress import IPv4Network, IPv6Network, ip_address
from time import perf_counter
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.watching import request_id
from bot.watching.metrics import Metrics
from bot.watching.spans import span

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Networks = Collection[IPv4Network | IPv6Network]
log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# Those have metrics of their own, and no time to lose.
_PUSHES: Final = "/wechat"
_NO_ROUTE: Final = "none"
# Nobody waited for the answer.
_GONE: Final = 499
# Whoever asks may call a method what they like.
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def watch_requests(app: web.Application, metrics: Metrics, trusted: Networks) -> None:
    """Every request has an id, which its answer tells; it is taken from a `trusted` proxy only. To be called before the
    app starts."""
    app.middlewares.insert(0, _watching(metrics, trusted))
    # So that streams tell it too.
    app.on_response_prepare.append(_with_id)


def _watching(metrics: Metrics, trusted: Networks) -> Middleware:

    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        request_id.begin(_given(request, trusted))
        route = _pattern(request)
        with span(f"{_method(request)} {route}", request=request_id.current()):
            if route.startswith(_PUSHES):
                return await handler(request)
            return await _counted(request, handler, route, metrics)

    return watch


async def _counted(
    request: web.Request, handler: Handler, route: str, metrics: Metrics
) -> web.StreamResponse:
    started, status = perf_counter(), _GONE
    metrics.http_open.move(1, route)
    try:
        response = await handler(request)
        status = response.status
        return response
    finally:
        metrics.http_open.move(-1, route)
        seconds = perf_counter() - started
        metrics.http_seconds.observe(seconds, _method(request), route, str(status))
        log.debug("http", method=_method(request), route=route, status=status, ms=round(seconds * 1000, 1))


async def _with_id(_request: web.Request, response: web.StreamResponse) -> None:
    if told := request_id.current():
        response.headers[request_id.HEADER] = told


def _given(request: web.Request, trusted: Networks) -> str | None:
    told = request.headers.get(request_id.HEADER)
    return told if told and trusted and _is_trusted(request.remote, trusted) else None


def _is_trusted(remote: str | None, trusted: Networks) -> bool:
    try:
        address = ip_address(remote or "")
    except ValueError:
        return False
    return any(address in network for network in trusted)


def _method(request: web.Request) -> str:
    return request.method if request.method in _METHODS else "other"


def _pattern(request: web.Request) -> str:
    """The address as it is registered: in the one that was asked a signed link may stand."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else _NO_ROUTE
