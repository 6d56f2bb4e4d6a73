"""A server in the bot's place that answers pushes by a script, well or badly: what the pushing side is tried on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from tests.wechat_side import Envelope, cdata, push_xml, sign, strict_fields

# Bytes are the body of a 200, a number is a status.
Step = bytes | int | Literal["hang", "cut"]


@dataclass
class ScriptedServer:
    """Answers push n by step n, and by the last one after that; `got` keeps query and body of each."""

    script: Sequence[Step]
    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.got.append((dict(request.query), await request.read()))
        step = self.script[min(len(self.got), len(self.script)) - 1]
        if step == "hang":
            await asyncio.sleep(30)
        if step == "cut" and request.transport:
            request.transport.abort()
        if isinstance(step, int):
            return web.Response(status=step)
        return web.Response(body=step if isinstance(step, bytes) else b"")


@asynccontextmanager
async def scripted(*script: Step) -> AsyncIterator[ScriptedServer]:
    """Runs it on a free port."""
    server = ScriptedServer(script)
    app = web.Application()
    app.router.add_post("/wechat", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


def reply(sender: str, receiver: str, words: str) -> bytes:
    """A text reply in the clear."""
    text = (
        f"<xml><ToUserName>{cdata(receiver)}</ToUserName><FromUserName>{cdata(sender)}</FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType>{cdata('text')}</MsgType><Content>{cdata(words)}</Content></xml>"
    )
    return text.encode()


def sealed(xml: bytes, token: str, app_id: str, aes_key: str, signature: str | None = None) -> bytes:
    """The same in safe mode; any `signature` may be put in the place of the right one."""
    inside = Envelope(aes_key, app_id).encrypt(xml)
    right = sign(token, "1", "nonce", inside)
    outer: dict[str, str | int] = {
        "Encrypt": inside,
        "MsgSignature": signature or right,
        "TimeStamp": 1,
        "Nonce": "nonce",
    }
    return push_xml(outer)


def opened(body: bytes, app_id: str, aes_key: str) -> bytes:
    """What is inside of a push."""
    return Envelope(aes_key, app_id).decrypt(strict_fields(body)["Encrypt"])
