"""What may go wrong on the way to the platform's API, to be scripted call by call."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Fault = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]

_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"
_STEPS = 20


class Faults:
    """Scripted by path, such as `faults.add("/cgi-bin/menu/get", faults.error(-1), times=2)`; each happens once."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, path: str, *faults: Fault, times: int = 1) -> None:
        """The next calls of this path meet these, in their order."""
        self._waiting[path].extend(faults * times)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, path: str) -> Fault | None:
        """The fault of this call."""
        waiting = self._waiting.get(path)
        return waiting.popleft() if waiting else None


def error(code: int, words: str = "scripted") -> Fault:
    """The platform's own refusal, such as -1 (busy), 45009 (quota of the day), 45011 (of the minute), 48001."""

    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        return told({"errcode": code, "errmsg": words})

    return answer


def page(status: int = 502) -> Fault:
    """HTML where JSON belongs, as from something in between; 200 too."""

    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.Response(status=status, text=_PAGE, content_type="text/html")

    return answer


def text(body: str, status: int = 200) -> Fault:
    """Any body, such as half of a JSON."""

    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type="application/json")

    return answer


def silence(seconds: float = 60.0) -> Fault:
    """Nothing comes; after `seconds` the connection is cut."""

    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return _cut(request)

    return answer


def cut() -> Fault:
    """The connection is cut before anything is done."""

    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        return _cut(request)

    return answer


def lost() -> Fault:
    """All is done as asked, but the answer gets lost: whoever asks again may do it twice."""

    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        await handler(request)
        return _cut(request)

    return answer


def half(seconds: float = 0.0) -> Fault:
    """Done as asked; half of the answer comes, then the socket is half closed, and closed after `seconds`."""

    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await _body(await handler(request))
        response = web.StreamResponse(headers={"Content-Length": str(len(body))})
        response.content_type = "application/json"
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        if request.transport:
            request.transport.write_eof()
        await asyncio.sleep(seconds)
        return _cut(request)

    return answer


def slow(seconds: float) -> Fault:
    """Done as asked; the answer drips in over `seconds`."""

    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await _body(await handler(request))
        response = web.StreamResponse(headers={"Content-Length": str(len(body))})
        response.content_type = "application/json"
        await response.prepare(request)
        step = max(len(body) // _STEPS, 1)
        for start in range(0, len(body), step):
            await response.write(body[start : start + step])
            await asyncio.sleep(seconds / _STEPS)
        return response

    return answer


def told(answer: object, content_type: str = "application/json") -> web.Response:
    """An answer as the platform writes it: JSON in UTF-8, with letters as they are."""
    body = json.dumps(answer, ensure_ascii=False).encode()
    return web.Response(body=body, headers={"Content-Type": f"{content_type}; encoding=utf-8"})


async def _body(response: web.StreamResponse) -> bytes:
    body = getattr(response, "body", b"")
    return bytes(body) if isinstance(body, bytes) else b""


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport:
        request.transport.abort()
    # Nobody reads it; aiohttp wants one.
    return web.Response()
