"""What goes wrong on a festival day, one after the other: each at its time, each with its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from tests.bench.festival_site import Disk, RasaStandIn
from tests.bench.peers.machine import tree
from tests.bench.processes import Fire, Hurried
from tests.platform import faults
from tests.platform.faults import Fault
from tests.storage import RealServer

# How far a clock is moved, there and back: less than the ten minutes for which a signature is good.
STEP = timedelta(minutes=2)


@dataclass(frozen=True)
class Happened:
    """A fault that was, in seconds after the first push."""

    what: str
    began_s: float
    ended_s: float


@dataclass
class Faults:
    """`lasting_s` is how long what lasts lasts; `happened` tells what was when, `deaths` how often the Redis gave up on
    its full disk."""

    fire: Fire
    disk: Disk
    rasa: RasaStandIn
    chance: random.Random
    lasting_s: float
    happened: list[Happened] = field(default_factory=list)
    deaths: int = 0

    async def all(self, seconds: float, rounds: int) -> None:
        """Every kind so many times within the seconds, never two at once."""
        kinds = [*self._kinds().items()] * rounds
        began, each = time.monotonic(), seconds * 0.9 / len(kinds)
        for number, (what, fault) in enumerate(kinds):
            await asyncio.sleep(max(0.0, began + seconds * 0.05 + number * each - time.monotonic()))
            at = time.monotonic() - began
            await fault()
            self.happened.append(Happened(what, at, time.monotonic() - began))

    def _kinds(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        kinds: dict[str, Callable[[], Awaitable[None]]] = {
            "Rasa is slow": lambda: self._rasa("slow"),
            "a server is killed": self._server_killed,
            "the Redis is killed": lambda: self.fire.site.restart_redis(self.chance.uniform(0.0, 0.8)),
            "the county's platform fails": self._county_fails,
            "Rasa hangs": lambda: self._rasa("hanging"),
            "a worker is killed": lambda: self._restarted(self.fire.worker, signal.SIGKILL),
            self.disk.kind: self._disk_full,
        }
        # A clock is moved by an orderly restart, for which one service alone is away.
        return kinds if len(self.fire.servers) == 1 else {**kinds, "a clock steps": self._clock_steps}

    async def _rasa(self, manner: Literal["slow", "hanging"]) -> None:
        self.rasa.manner = manner
        await asyncio.sleep(self.lasting_s)
        self.rasa.manner = "well"

    async def _server_killed(self) -> None:
        server = self.chance.choice(self.fire.servers)
        if server.workers and server.process:
            # Whoever watches over them starts another.
            os.kill(self.chance.choice(_children(server.process.pid)), signal.SIGKILL)
            await asyncio.sleep(self.lasting_s)
        else:
            await self._restarted(server, signal.SIGKILL)

    async def _restarted(self, one: Hurried, how: int) -> None:
        await self.fire.site.restart(one, how, self.chance.uniform(0.0, 2.0))

    async def _clock_steps(self) -> None:
        """Forward and back, at an orderly restart."""
        server = self.chance.choice(self.fire.servers)
        for later in (STEP, timedelta()):
            server.later = later
            await self._restarted(server, signal.SIGTERM)

    async def _county_fails(self) -> None:
        before, self.fire.county.manner = self.fire.county.manner, _broken
        await asyncio.sleep(self.lasting_s)
        self.fire.county.manner = before

    async def _disk_full(self) -> None:
        """A Redis that keeps everything at once ends where it can keep nothing; its supervisor starts it again."""
        redis, ends = self.fire.site.redis, time.monotonic() + self.lasting_s
        await asyncio.to_thread(self.disk.fill, redis)
        while time.monotonic() < ends:
            await asyncio.sleep(0.5)
            if _ended(redis):
                self.deaths += 1
                await _try_to_start(redis)
        await asyncio.to_thread(self.disk.free, redis)
        if _ended(redis):
            await asyncio.to_thread(redis.start)


def _broken(_: bytes) -> Fault:
    return faults.page(500)


def _ended(redis: RealServer) -> bool:
    return redis.process is None or redis.process.poll() is not None


async def _try_to_start(redis: RealServer) -> None:
    with contextlib.suppress(AssertionError):
        await asyncio.to_thread(redis.start)


def _children(pid: int) -> list[int]:
    """Those that serve."""
    some = [one for one in tree(pid)[1:] if b"serve-worker" in Path(f"/proc/{one}/cmdline").read_bytes()]
    assert some, "nobody serves"
    return some
