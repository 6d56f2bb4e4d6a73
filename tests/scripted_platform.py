"""A tiny platform on loopback that answers by a script: what it was asked, and one answer after the other."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from bot.store.connect import connect
from bot.wechat.accounts import Account
from bot.wechat.api import Api
from bot.wechat.tokens import TokenLimits, Tokens
from bot.wechat.wire import Limits
from tests.storage import PATIENT

APP_ID, SECRET, OPENID = "wx0123456789abcdef", "very-secret-0123456789", "oPENID-of-an-elder-0001"
ACCOUNT = Account("", APP_ID, SecretStr("push-token"), app_secret=SecretStr(SECRET))
TOKEN_PATH = "/cgi-bin/stable_token"  # noqa: S105 - an address
# Short enough for a test to wait for, long enough for a busy machine.
LIMITS = Limits(connect_s=2.0, exchange_s=0.7, call_s=5.0, pause_s=0.01)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Step = dict[str, Any] | Handler


class Platform:
    """`script[path]` are the next answers of a path, `then[path]` the one after them (errcode 0 by itself).

    Tokens are T1, T2, …: the platform's own next one with each fetch unless `insists`, or where it is forced.
    """

    def __init__(self) -> None:
        self.base = ""
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.script: defaultdict[str, list[Step]] = defaultdict(list)
        self.then: dict[str, Step] = {}
        self.number = 0
        self.insists = False
        self.seconds = 7200

    @property
    def hits(self) -> Counter[str]:
        return Counter(path for path, _, _ in self.asked)

    def bodies(self, path: str) -> list[Any]:
        return [json.loads(body) for at, _, body in self.asked if at == path]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        self.asked.append((path, dict(request.query), await request.read()))
        usual: Step = self.fetch_token if path == TOKEN_PATH else {"errcode": 0, "errmsg": "ok"}
        step = self.script[path].pop(0) if self.script[path] else self.then.get(path, usual)
        if callable(step):
            return await step(request)
        # The platform calls its JSON text/plain now and then.
        return web.Response(text=json.dumps(step), content_type="text/plain")

    async def fetch_token(self, request: web.Request) -> web.StreamResponse:
        if not self.insists or not self.number or (await request.json())["force_refresh"]:
            self.number += 1
        return web.json_response({"access_token": f"T{self.number}-secret", "expires_in": self.seconds})


@asynccontextmanager
async def scripted() -> AsyncIterator[Platform]:
    """A platform that listens on 127.0.0.1."""
    platform = Platform()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", platform.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    platform.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield platform
    finally:
        await runner.cleanup()


@asynccontextmanager
async def opened(
    redis_url: str,
    base: str,
    account: Account = ACCOUNT,
    limits: Limits = LIMITS,
    token_limits: TokenLimits | None = None,
) -> AsyncIterator[tuple[Api, Tokens]]:
    """What one process of the bot holds."""
    stores = await connect(redis_url, PATIENT)
    async with aiohttp.ClientSession() as http:
        tokens = Tokens(account, http, stores.shelf, base, limits, token_limits)
        yield Api(account, http, tokens, base, limits), tokens
    await stores.close()


async def silence(_: web.Request) -> web.StreamResponse:
    """Never answers; ends when the caller is gone or the test over."""
    await asyncio.sleep(30)
    return web.Response()


async def html(_: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>login to the network first</html>", content_type="text/html")


async def bad_gateway(_: web.Request) -> web.StreamResponse:
    return web.Response(status=502, text="bad gateway")


async def breaks_off(request: web.Request) -> web.StreamResponse:
    """Has read the request and closes without a word."""
    assert request.transport
    request.transport.close()
    return web.Response()


async def half_closes(request: web.Request) -> web.StreamResponse:
    """Will say no more, yet leaves its other half open."""
    assert request.transport
    request.transport.write_eof()
    return await silence(request)


async def half_an_answer(request: web.Request) -> web.StreamResponse:
    """Promises more than it says before it closes."""
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"errcode":')
    assert request.transport
    request.transport.close()
    return response


class Flood:
    """Writes without an end; `written` tells how much left before the caller hung up."""

    def __init__(self, start: bytes = b'{"errcode": 0, "errmsg": "') -> None:
        self.start, self.written = start, 0

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(self.start)
        try:
            while self.written < 1 << 28:
                await response.write(b"x" * 65536)
                self.written += 65536
        except ConnectionError:
            pass
        return response
