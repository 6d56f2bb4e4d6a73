"""Elders book at a bounded rate while the bot's processes, its Redis and the way to them break."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot.dialogue.wording import say
from tests.bench.booking_elders import Elder, Heard, wishes
from tests.bench.booking_words import is_notice
from tests.bench.processes import Fire, Hurried
from tests.bench.under_faults import MANNER, TWICE, known, platform_clock
from tests.platform.account import Sent
from tests.platform.pushing import Platform, Push
from tests.platform.shapes import Fields
from tests.two_servers import AS_OF

# Then it is said again, and what waits is told with it.
_LATE_S = 15.0
_AGAIN = ("store_down", "busy_now", "trouble")
Fault = Callable[[], Coroutine[None, None, None]]


@dataclass(frozen=True)
class Plan:
    """How many bookings, how fast (pushes a second), how many elders at once, and how often what is killed."""

    bookings: int
    rate: float
    at_once: int
    redis_kills: int
    server_kills: int
    worker_kills: int
    away_s: tuple[float, float] = (0.0, 0.8)
    seed: int = 20261122


@dataclass
class Told:
    """What one user read: in answers, outside of them, and what was said in answers that never arrived."""

    answers: list[str] = field(default_factory=list)
    besides: list[Sent] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def read(self) -> list[str]:
        return [*self.answers, *(one.text for one in self.besides)]


class Run:
    """One run of a plan; `elders` hold what was told, `told` what each user read, `kills` what was killed how often."""

    def __init__(self, fire: Fire, plan: Plan) -> None:
        self.plan = plan
        self.elders: list[Elder] = []
        self.told: dict[str, Told] = defaultdict(Told)
        self.kills: Counter[str] = Counter()
        self.seconds = 0.0
        self.fire = fire
        self._chance = random.Random(plan.seed)  # noqa: S311 - a script, not a secret
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._created = int(AS_OF.timestamp())
        self._next_at = 0.0
        self._began = time.monotonic()
        self.platform = fire.site.platform(MANNER, now=platform_clock())
        fire.site.account.watchers.append(lambda sent: self.told[sent.user].besides.append(sent))

    async def go(self) -> None:
        """Until every elder has said the last word and every process runs again."""
        began, slots, booked = time.monotonic(), asyncio.Semaphore(self.plan.at_once), 0
        faults = self._faults()
        async with asyncio.TaskGroup() as group:
            while booked < self.plan.bookings:
                elder = self._elder(booked)
                for number in range(booked, booked + len(elder.wishes)):
                    for fault in faults.pop(number, ()):
                        group.create_task(fault())
                booked += len(elder.wishes)
                await slots.acquire()
                group.create_task(self._talks(elder, slots))
        self.seconds = time.monotonic() - began

    async def ask_all(self) -> list[tuple[Elder, int, str]]:
        """Every elder asks how every call stands, and gives elder, place of the wish and answer."""
        slots, answers = asyncio.Semaphore(self.plan.at_once), []

        async def one(elder: Elder, place: int) -> None:
            async with slots:
                answers.append((elder, place, await elder.asks_at_last(elder.wishes[place])))

        async with asyncio.TaskGroup() as group:
            for elder in self.elders:
                for place, wish in enumerate(elder.wishes):
                    if wish.number:
                        group.create_task(one(elder, place))
        return answers

    def _elder(self, booked: int) -> Elder:
        user = f"o-{len(self.elders)}"
        wanted = wishes(len(self.elders), self._chance)[: self.plan.bookings - booked]
        elder = Elder(user, partial(self._push, user), wanted, self._chance)
        self.elders.append(elder)
        return elder

    async def _talks(self, elder: Elder, slots: asyncio.Semaphore) -> None:
        try:
            await elder.talks()
        finally:
            slots.release()

    async def _push(self, user: str, fields: Fields) -> Heard:
        await self._paced()
        told = self.told[user]
        before = len(told.besides)
        push = await self._pushed(self.platform, user, fields)
        if push.text is None:
            told.unread += [one.text for one in push.tries if one.good and one.text]
            return Heard(None)
        told.answers.append(push.text)
        if push.text.startswith(say("looking")):
            return Heard(await self._late(told, before))
        return Heard(None if any(push.text.startswith(say(one)) for one in _AGAIN) else push.text)

    async def _paced(self) -> None:
        self._next_at = max(time.monotonic(), self._next_at + 1 / self.plan.rate)
        await asyncio.sleep(self._next_at - time.monotonic())

    async def _pushed(self, platform: Platform, user: str, fields: Fields) -> Push:
        self._created += 1
        if self._chance.random() >= TWICE:
            return await platform.push(user, fields, created=self._created)
        one = known(platform, user, fields, self._created)
        await asyncio.gather(platform.again(one), platform.again(one))
        return one

    @staticmethod
    async def _late(told: Told, before: int) -> str | None:
        """An elder who reads 正在查 waits for the rest; a notice of a call is something else."""
        end = time.monotonic() + _LATE_S
        while time.monotonic() < end:
            for sent in told.besides[before:]:
                if not is_notice(sent.text):
                    return sent.text
            await asyncio.sleep(0.05)
        return None

    def _faults(self) -> dict[int, list[Fault]]:
        """Before which booking what is killed; not with the very first and last, where it would hit few."""
        plan, servers = self.plan, self.fire.servers
        faults: defaultdict[int, list[Fault]] = defaultdict(list)
        span = range(plan.bookings // 20, plan.bookings - plan.bookings // 20)
        for number in self._chance.sample(span, plan.redis_kills):
            faults[number].append(self._kill_redis)
        for number in self._chance.sample(span, plan.server_kills):
            faults[number].append(partial(self._kill, "server", self._chance.choice(servers)))
        for number in self._chance.sample(span, plan.worker_kills):
            faults[number].append(partial(self._kill, "worker", self.fire.worker))
        return faults

    async def _kill_redis(self) -> None:
        async with self._locks["redis"]:
            self.kills["redis"] += 1
            await self.fire.site.restart_redis(self._chance.uniform(*self.plan.away_s))

    async def _kill(self, what: str, process: Hurried) -> None:
        """One server at the most is down at any time; none has quite the clock of the others."""
        async with self._locks[what]:
            self.kills[what] += 1
            process.later = timedelta(seconds=self._chance.randrange(30))
            await self.fire.site.restart(process, signal.SIGKILL, self._chance.uniform(0.0, 2.0))
