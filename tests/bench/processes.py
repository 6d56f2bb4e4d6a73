"""The processes of a bench under fire: two that serve, one that does jobs, on one Redis, beside a county's platform."""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.bench.under_faults import platform_clock
from tests.platform.account import AccountSide
from tests.platform.api_side import ApiSide
from tests.service_platform.county import County
from tests.service_platform.flaky import Flaky
from tests.service_platform.journeys import Journeys
from tests.storage import real_server, wait_until
from tests.two_servers import (
    APP_ID,
    AS_OF,
    DURABLE,
    ROOT,
    SECRET,
    TRAINED,
    Front,
    ServerProcess,
    Site,
    settings_of,
)

REGION = "411303"
CALLBACK = "/platform/callback"
_READY = "worker: ready"
_START_S = 90.0
_LOGGED = re.compile(r"\[(warning|error) *\] ([a-z_]+(?: [a-z_]+)*)")


@dataclass(frozen=True)
class Hurry:
    """The seconds between tries to reach a platform, and until the jobs of a dead process are done by another.

    `silent` is the share of the tries that a platform never answers, `cursed` that of the calls which it never takes,
    `steps` how slowly it carries calls out (1: in seconds), `patience_s` for how long all that is to settle is waited
    for.
    """

    pauses_s: tuple[float, ...] = (1.0, 2.0, 3.0, 4.0, 5.0)
    redelivery_s: float = 30.0
    silent: float = 0.004
    cursed: float = 0.02
    steps: float = 1.0
    patience_s: float = 240.0

    @property
    def words(self) -> list[str]:
        return [",".join(map(str, self.pauses_s)), str(self.redelivery_s)]


@dataclass
class Hurried(ServerProcess):
    """A process that does not wait for hours; `work` makes it one that serves nobody, and with `workers` so many serve
    on its address (which wait as they do elsewhere)."""

    hurry: Hurry = field(default_factory=Hurry)
    work: bool = False
    workers: int = 0
    starts: int = 0

    def start(self) -> None:
        """Returns when it can do its work."""
        self.starts += 1
        self.settings["BOT_AS_OF"] = (AS_OF + self.later).isoformat()
        self.folder.mkdir(exist_ok=True)
        if TRAINED.exists() and not (self.folder / TRAINED.name).exists():
            shutil.copy(TRAINED, self.folder)
        self._run()
        wait_until(self._works if self.work else self._lives, _START_S)

    @property
    def events(self) -> str:
        """What it logged by itself, since its first start."""
        return "".join(one.read_text(encoding="utf-8") for one in self.folder.glob("told-*"))

    @property
    def _told(self) -> Path:
        return self.folder / f"told-{self.starts}"

    def _run(self) -> None:
        env = {"PATH": os.environ["PATH"], "BOT_DATA_DIR": str(self.folder), **self.settings}
        many = ["--workers", str(self.workers)] if self.workers else []
        what = ["worker"] if self.work else ["serve", "--port", str(self.port), *many]
        command = [sys.executable, "-m", "tests.bench.hurried", *self.hurry.words, *what]
        with self._log.open("ab") as log, self._told.open("wb") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=log)

    def _works(self) -> bool:
        assert self.process
        assert self.process.poll() is None, f"it ended: {self.log[-2000:]}"
        return _READY in self._told.read_text(encoding="utf-8")


@dataclass
class Fire:
    """What runs: the bot's processes, WeChat's side and the county's."""

    site: Site
    servers: list[Hurried]
    worker: Hurried
    county: County
    flaky: Flaky
    journeys: Journeys
    settings: dict[str, str]
    hurry: Hurry

    @property
    def logged(self) -> Counter[str]:
        """How often the bot's processes logged what as a warning or an error."""
        logs = (one.events for one in (*self.servers, self.worker))
        return Counter(f"{what} ({level})" for log in logs for level, what in _LOGGED.findall(log))

    async def command(self, *words: str) -> tuple[int, str]:
        """One of the bot's commands, as an operator types it: its exit code and what it prints."""
        env = {"PATH": os.environ["PATH"], "BOT_DATA_DIR": str(self.worker.folder), **self.settings}
        env["BOT_AS_OF"] = AS_OF.isoformat()
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE
        )
        told, _ = await child.communicate()
        return child.returncode or 0, told.decode()


@asynccontextmanager
async def under_fire(
    folder: Path,
    chance: random.Random,
    hurry: Hurry,
    *,
    store: Path | None = None,
    workers: int = 0,
    **more: str,
) -> AsyncIterator[Fire]:
    """Everything is up when it opens; nobody has spoken yet. `store` is where the Redis keeps its files, if not in the
    folder; with `workers`, one address with so many processes serves in the place of two; `more` are settings."""
    folder.mkdir(exist_ok=True)
    account = AccountSide(APP_ID, SECRET)
    async with AsyncExitStack() as stack:
        redis = stack.enter_context(real_server(store or folder, *DURABLE))
        api = await stack.enter_async_context(ApiSide([account]))
        flaky = Flaky(chance, cursed=hurry.cursed, silent=hurry.silent)
        county = await stack.enter_async_context(County(now=platform_clock(), manner=flaky))
        settings = settings_of(redis.url, api.url) | _county_settings(folder, county) | more
        places = [folder / f"server-{n}" for n in range(1 if workers else 2)]
        servers = [Hurried(one, dict(settings), hurry=hurry, workers=workers) for one in places]
        worker = Hurried(folder / "worker", dict(settings), hurry=hurry, work=True)
        stack.push_async_callback(_stopped, [*servers, worker])
        await asyncio.gather(*(asyncio.to_thread(one.start) for one in (*servers, worker)))
        front = await stack.enter_async_context(Front([one.port for one in servers], chance))
        county.callback = front.url + CALLBACK
        site = Site(redis, servers, front, account, chance)
        journeys = await stack.enter_async_context(Journeys(county, chance, hurry.steps))
        yield Fire(site, servers, worker, county, flaky, journeys, settings, hurry)


def _county_settings(folder: Path, county: County) -> dict[str, str]:
    file = folder / "platforms.yaml"
    one = {"id": county.id, "regions": [REGION], "url": county.url, "secret": county.secret}
    file.write_text(yaml.safe_dump([one]), encoding="utf-8")
    return {"SERVICE_PLATFORMS": str(file), "BOT_DEFAULT_REGION": REGION}


async def _stopped(processes: list[Hurried]) -> None:
    await asyncio.gather(*(asyncio.to_thread(one.stop) for one in processes))
