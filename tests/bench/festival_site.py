"""What a festival day has beside the bot's processes: a Rasa that is slow or hangs, and a small disk that fills up."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from aiohttp import web

from nlu import rasa_model, weights
from nlu.features import pairs
from nlu.readers import normal
from tests.storage import RealServer
from tests.two_servers import TRAINED

_DISK = "2g"
# Longer than the bot waits, and longer than anybody does.
SLOW_S, HANGS_S = 0.6, 60.0
_PORT_OF_ANY = 0


@dataclass
class RasaStandIn:
    """Ranks as the embedded engine does, so that every answer can be compared whoever ranked; `manner` may be changed at
    any time, `asked` counts the questions by it. An async context manager by `rasa_stand_in`."""

    manner: Literal["well", "slow", "hanging"] = "well"
    asked: Counter[str] = field(default_factory=Counter)
    url: str = ""

    async def parse(self, request: web.Request) -> web.Response:
        """`POST /model/parse`."""
        self.asked[self.manner] += 1
        text = str((await request.json())["text"])
        await asyncio.sleep({"slow": SLOW_S, "hanging": HANGS_S}.get(self.manner, 0.0))
        ranked = [{"name": name, "confidence": share} for name, share in _ranking(text)]
        return web.json_response({"intent": ranked[0], "intent_ranking": ranked})

    async def status(self, _: web.Request) -> web.Response:
        """`GET /status`."""
        return web.json_response({"model_file": f"models/{rasa_model.name()}.tar.gz"})


@lru_cache(maxsize=4096)
def _ranking(text: str) -> tuple[tuple[str, float], ...]:
    found = _trained().intents.probabilities(pairs(normal.normal(text)))
    return tuple(sorted(((name, min(1.0, share)) for name, share in found.items()), key=lambda one: -one[1]))


@lru_cache(maxsize=1)
def _trained() -> weights.Trained:
    return weights.read(TRAINED)


@asynccontextmanager
async def rasa_stand_in() -> AsyncIterator[RasaStandIn]:
    """Listens while it is open."""
    rasa, app = RasaStandIn(), web.Application()
    app.router.add_post("/model/parse", rasa.parse)
    app.router.add_get("/status", rasa.status)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", _PORT_OF_ANY).start()
    rasa.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield rasa
    finally:
        await runner.cleanup()


@dataclass(frozen=True)
class Disk:
    """Where the Redis keeps its files. Where no disk of its own may be mounted there, its memory is full instead."""

    folder: Path
    mounted: bool

    @property
    def kind(self) -> str:
        return "a full disk" if self.mounted else "a full memory (no disk may be mounted here)"

    def fill(self, redis: RealServer) -> None:
        """From now on nothing more can be written."""
        if self.mounted:
            _shrink(self.folder)
        else:
            redis.tell("CONFIG", "SET", "maxmemory-policy", "noeviction")
            redis.tell("CONFIG", "SET", "maxmemory", "1")

    def free(self, redis: RealServer) -> None:
        """There is room again."""
        if self.mounted:
            _mount("-o", f"remount,size={_DISK}", str(self.folder))
        else:
            redis.tell("CONFIG", "SET", "maxmemory", "0")


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A file system of its own in memory, which can be made exactly as large as what it holds."""
    folder.mkdir()
    mounted = _mount("-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(folder))
    try:
        yield Disk(folder, mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


def _mount(*words: str) -> bool:
    program = shutil.which("mount")
    return program is not None and subprocess.run([program, *words], capture_output=True).returncode == 0


def _shrink(folder: Path) -> None:
    """What is written in between makes it refuse: then once more."""
    for _ in range(100):
        if _mount("-o", f"remount,size={shutil.disk_usage(folder).used}", str(folder)):
            return
    raise AssertionError("the disk could not be made full")
