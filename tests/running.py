"""Runs the whole application on a free loopback port in a thread of its own, and speaks plain HTTP with it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import threading
from collections.abc import Coroutine, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from bot.app import make_app
from bot.config import Settings, load_settings

AS_OF = "2026-11-21T09:00:00+08:00"
PATIENCE_S = 60.0
# For a browser: a busy machine is not a fault of a page.
PATIENCE_MS = 60_000
T = TypeVar("T")
# What `make setup` trained; without it the application trains by itself, which takes some seconds.
_TRAINED = Path(__file__).parents[1] / "var" / "understanding.json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Running:
    """The application as others see it."""

    port: int
    app: web.Application
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs it where the application runs."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_S)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: bytes | str | None = None, **headers: str) -> Answer:
        """One request on a connection of its own; `content_type="…"` makes the header Content-Type."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with contextlib.closing(connection):
            connection.request(method, path, body.encode() if isinstance(body, str) else body, named)
            with connection.getresponse() as came:
                told = {name.lower(): value for name, value in came.getheaders()}
                return Answer(came.status, told, came.read())

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        """Posts `body` as JSON; bytes and text go out as they are."""
        raw = body if isinstance(body, bytes | str) else json.dumps(body, ensure_ascii=False)
        return self.ask("POST", path, raw, **{"content_type": "application/json", **headers})


@contextlib.contextmanager
def running(data_dir: Path, **settings: object) -> Iterator[Running]:
    """Starts the application with these settings and stops it at the end."""
    _spare_training(data_dir)
    made = load_settings(
        **{"BOT_DATA_DIR": data_dir, "BOT_AS_OF": AS_OF, "TRUSTED_PROXIES": "127.0.0.0/8", **settings}
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="the application", daemon=True)
    thread.start()
    try:
        runner, port = asyncio.run_coroutine_threadsafe(_start(made), loop).result(PATIENCE_S)
        try:
            yield Running(port, runner.app, loop)
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(PATIENCE_S)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE_S)
        loop.close()


def _spare_training(data_dir: Path) -> None:
    if _TRAINED.exists():
        shutil.copy(_TRAINED, data_dir)


async def _start(settings: Settings) -> tuple[web.AppRunner, int]:
    runner = web.AppRunner(await make_app(settings), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, runner.addresses[0][1]
