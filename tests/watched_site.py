"""A whole site on loopback whose logs are read: server, worker, Redis, WeChat's API, Rasa and a county's platform."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.watching.request_id import HEADER
from nlu import rasa_model
from tests.platform import faults
from tests.platform.account import AccountSide
from tests.platform.api_side import CUSTOM_SEND, ApiSide
from tests.platform.serving import Serving
from tests.service_platform.county import County
from tests.storage import ROOT, RealServer, free_port, real_server
from tests.wechat_side import Envelope, WeChatSide

AS_OF, MOMENT = "2026-11-21T09:00:00+08:00", 1795222800
TOKEN, APP_ID, SECRET = "PushToken42", "wxba5fad812f8e6fb9", "app-secret-of-the-account-0123456789"
AES_KEY = "Kq" * 21 + "A"
COUNTY_SECRET = "secret-of-the-county-0123456789abcdef"  # noqa: S105 - for tests
NAME, PHONE, CARD = "赵翠花芬", "13912345678", "411303194301011234"
PLACE, DANGER, OPENID = "幸福巷88号", "叫不醒", "oWatched_Elder-0123456789abcd"
# What an elder tells until a call is booked.
TALK = (
    f"我叫{NAME}，身份证{CARD}，83岁，低保，卧龙区的",
    "帮我妈约明天上午九点送饭",
    f"七里园社区{PLACE}院3单元",
    PHONE,
    "对",
)
# None of it may stand in any log.
PLANTED = (
    NAME,
    PHONE,
    CARD,
    PLACE,
    DANGER,
    OPENID,
    TOKEN,
    SECRET,
    AES_KEY,
    COUNTY_SECRET,
    "送饭",
    "低保",
    "七里园",
)
_WORDS = f"{NAME} {PHONE} {PLACE}"


@dataclass
class RasaSide:
    """A Rasa that ranks one intent first, answers by `say` where that is set, and keeps the ids that came along."""

    url: str = ""
    ids: list[str] = field(default_factory=list)
    say: tuple[int, str] | None = None

    async def parse(self, request: web.Request) -> web.Response:
        self.ids.append(request.headers.get(HEADER, ""))
        text = (await request.json())["text"]
        intent = "book_call" if "约" in text else "affirm" if text == "对" else "inform"
        good = (200, json.dumps({"intent": {"name": intent, "confidence": 0.9}}))
        status, body = self.say or good
        return web.Response(status=status, text=body, content_type="application/json")


@dataclass
class Site:
    """What runs, and the two logs."""

    redis: RealServer
    server: Serving
    worker: Path
    wechat: WeChatSide
    api: ApiSide
    county: County
    rasa: RasaSide
    metrics: int
    # The ids of the requests that the county was told by.
    heard: list[str]

    @property
    def logs(self) -> dict[str, str]:
        return {"server": self.server.log, "worker": self.worker.read_text(encoding="utf-8")}

    def lines(self, name: str) -> list[dict[str, Any]]:
        """The lines of a log, without what a command prints when it is ready."""
        return [json.loads(line) for line in self.logs[name].splitlines() if line.startswith("{")]

    async def book(self) -> None:
        """An elder books a call; what each is told does not matter here."""
        for text in TALK:
            await self.wechat.push_text(OPENID, text)

    @contextmanager
    def server_frozen(self) -> Iterator[None]:
        """Only the worker works meanwhile."""
        assert self.server.process
        self.server.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.server.process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    """Everything is up; the county answers with an elder's name and nothing else until its `manner` is None."""
    async with AsyncExitStack() as stack:
        redis = stack.enter_context(real_server(folder))
        api = await stack.enter_async_context(ApiSide([AccountSide(APP_ID, SECRET, now=lambda: MOMENT)]))
        county = County(id="wolong", secret=COUNTY_SECRET, now=lambda: MOMENT)
        heard: list[str] = []
        county.manner = lambda _: _refusing(heard)
        await stack.enter_async_context(county)
        rasa = await _rasa(stack)
        settings, port = _settings(folder, redis, api, county, rasa), free_port()
        server = Serving(folder / "server", {**settings, "METRICS_BIND": f"127.0.0.1:{port}"})
        stack.callback(server.stop)
        await asyncio.to_thread(server.start)
        county.callback = f"{server.url}/platform/callback"
        worker = stack.enter_context(_working(folder, settings))
        wechat = WeChatSide(server.url, TOKEN, APP_ID, AES_KEY, now=lambda: MOMENT)
        api.faults.add(CUSTOM_SEND, faults.error(45015, _WORDS), times=50)
        yield Site(redis, server, worker, wechat, api, county, rasa, port, heard)


def _refusing(heard: list[str]) -> faults.Fault:
    async def answer(request: web.Request, _: faults.Handler) -> web.StreamResponse:
        heard.append(request.headers.get(HEADER, ""))
        body = json.dumps({"why": _WORDS}, ensure_ascii=False)
        return web.Response(status=500, text=body, content_type="application/json")

    return answer


async def _rasa(stack: AsyncExitStack) -> RasaSide:
    side, app = RasaSide(), web.Application()
    name = rasa_model.name()

    async def status(_: web.Request) -> web.Response:
        return web.json_response({"model_file": f"models/{name}.tar.gz"})

    app.router.add_post("/model/parse", side.parse)
    app.router.add_get("/status", status)
    server = await stack.enter_async_context(TestServer(app))
    side.url = str(server.make_url("/"))
    return side


def _settings(
    folder: Path, redis: RealServer, api: ApiSide, county: County, rasa: RasaSide
) -> dict[str, str]:
    platforms = folder / "platforms.yaml"
    one = {"id": county.id, "regions": ["411303"], "url": county.url, "secret": COUNTY_SECRET}
    platforms.write_text(yaml.safe_dump([one]), encoding="utf-8")
    return {
        "BOT_AS_OF": AS_OF,
        "REDIS_URL": redis.url,
        "RASA_URL": rasa.url,
        "SERVICE_PLATFORMS": str(platforms),
        "WECHAT_API_BASE": api.url,
        "WECHAT_TOKEN": TOKEN,
        "WECHAT_APP_ID": APP_ID,
        "WECHAT_APP_SECRET": SECRET,
        "WECHAT_AES_KEY": AES_KEY,
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "debug",
    }


@contextmanager
def _working(folder: Path, settings: dict[str, str]) -> Iterator[Path]:
    """A worker beside the server; gives its log."""
    home, log = folder / "worker", folder / "worker.log"
    home.mkdir()
    shutil.copy(ROOT / "var" / "understanding.json", home)
    env = {"PATH": os.environ["PATH"], "BOT_DATA_DIR": str(home), **settings}
    with log.open("ab") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "worker"], cwd=ROOT, env=env, stdout=told, stderr=told
        )
    try:
        yield log
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


async def misuse(site: Site) -> None:
    """Everything that somebody may send and nobody can read, each with an elder's name in it."""
    bad_xml = f"<xml><FromUserName>{OPENID}</FromUserName><Content>{_WORDS}".encode()
    await site.wechat.push_raw(bad_xml)
    query, _ = site.wechat.dress(b"")
    await site.wechat.post({**query, "openid": OPENID}, _WORDS.encode())
    await site.wechat.post(query, Envelope(AES_KEY, "wx-another").encrypt(bad_xml).encode())
    async with aiohttp.ClientSession() as http:
        for path, body in (
            ("/api/v1/talk", f'{{"user": "{OPENID}", "text": "{_WORDS}'),
            ("/api/v1/talk", json.dumps({"user": OPENID, "text": {"name": _WORDS}})),
            ("/api/v1/screen", json.dumps({"facts": {_WORDS: 1}})),
            ("/platform/callback", json.dumps({"number": _WORDS, "state": NAME})),
            (f"/{NAME}/{PHONE}?name={NAME}", _WORDS),
        ):
            headers = {"Content-Type": "application/json"}
            async with http.post(site.server.url + path, data=body.encode(), headers=headers) as answer:
                await answer.read()
    await _raw(site.server.port, f"GE T /{PHONE} HTTP/1.1\r\nX: {OPENID}\r\n\r\n".encode())
    await _raw(site.server.port, f"GET / HTTP/1.1\r\nBad Header {PHONE}\r\n\r\n".encode())


async def _raw(port: int, request: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await asyncio.wait_for(reader.read(), 10)
    writer.close()
