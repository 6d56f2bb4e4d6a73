"""Many elders talk at a bounded rate, their answers get lost on the way, and the Redis and the servers are killed."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from bot.dialogue.wording import say
from tests.bench.talks import EMERGENCIES, Elder
from tests.platform.account import Sent
from tests.platform.pushing import Manner, Platform, Push
from tests.platform.shapes import Fields, to_xml
from tests.two_servers import AS_OF, ServerProcess, Site
from tests.wechat_side import ACCOUNT, check_links

# answered: with what the message calls for, be it nothing; late: with a promise; urgent: with whom to call, in the
# place of a promise or of the request to send it again; store_down and busy: with that request; failed: with an
# apology; unanswered: all tries went wrong and the platform showed an error.
Outcome = Literal["answered", "late", "urgent", "store_down", "busy", "failed", "unanswered"]
# Whether the turn was taken is open after these.
UNSURE: tuple[Outcome, ...] = ("urgent", "store_down", "busy", "failed", "unanswered")
# A share of the answers gets lost, and a share of the pushes comes twice at the same moment.
MANNER = Manner(lost=0.2)
TWICE = 0.05
LATE_S = 120.0
SILENT_S = (2.8, 3.6)
_BY_WORDS: Mapping[Outcome, str] = {
    "store_down": "store_down", "busy": "busy_now", "failed": "trouble", "late": "looking",
}  # fmt: skip
Fault = Callable[[], Coroutine[None, None, None]]


@dataclass(frozen=True)
class Plan:
    """How much, how fast (pushes a second), and how often what goes wrong.

    The Redis is killed and away for between `away_s[0]` and `away_s[1]` seconds, or falls silent for about as long
    as a push has; one of the servers is killed and started again.
    """

    name: str
    pushes: int
    users: int
    rate: float
    redis_kills: int
    server_kills: int = 0
    redis_silences: int = 0
    away_s: tuple[float, float] = (0.0, 0.8)
    seed: int = 20261121


@dataclass
class Taken:
    """One push and what became of it; `told` what came outside of answers before the next one."""

    push: Push
    outcome: Outcome
    told: list[Sent] = field(default_factory=list)


class Run:
    """One run of a plan at a site; `talks` holds what every user sent, in order."""

    def __init__(self, where: Site, plan: Plan) -> None:
        self.plan = plan
        self.talks: dict[str, list[Taken]] = defaultdict(list)
        self.seconds = 0.0
        self.behind_s = 0.0
        self._site = where
        self._chance = random.Random(plan.seed)  # noqa: S311 - a script, not a secret
        # One server at the most is down at any time.
        self._server_fault, self._redis_fault = asyncio.Lock(), asyncio.Lock()
        self._came = asyncio.Condition()

    async def go(self) -> None:
        """Until the last push is answered and every server runs again."""
        began = time.monotonic()
        clock = platform_clock()
        async with self._site.platform(MANNER, now=clock) as platform, asyncio.TaskGroup() as group:
            ready = [Elder(f"o-{self.plan.name}-{n}", self._chance) for n in range(self.plan.users)]
            faults = self._faults()
            for number in range(self.plan.pushes):
                for fault in faults.get(number, ()):
                    group.create_task(fault())
                await self._at(began + self._moment(number))
                async with self._came:
                    await self._came.wait_for(lambda: bool(ready))
                elder = ready.pop(self._chance.randrange(len(ready)))
                group.create_task(self._next(platform, elder, number, ready))
        self.seconds = time.monotonic() - began

    def _moment(self, number: int) -> float:
        """How many seconds after the first push this one comes."""
        return number / self.plan.rate

    async def _at(self, moment: float) -> None:
        now = time.monotonic()
        self.behind_s = max(self.behind_s, now - moment)
        await asyncio.sleep(max(0.0, moment - now))

    async def _next(self, platform: Platform, elder: Elder, number: int, ready: list[Elder]) -> None:
        before = len(self._site.account.received(elder.user))
        push = await self._pushed(platform, elder.user, elder.says(), int(AS_OF.timestamp()) + number)
        taken = Taken(push, outcome_of(push))
        self.talks[elder.user].append(taken)
        if taken.outcome == "late":
            taken.told = await self._told(elder.user, before)
        if taken.outcome in UNSURE:
            # Nobody knows whether it counts: the talk ends here, and both ways are right.
            elder = Elder(f"{elder.user}x", self._chance)
        elder.heard(first_text(push))
        async with self._came:
            ready.append(elder)
            self._came.notify()

    async def _pushed(self, platform: Platform, user: str, fields: Fields, created: int) -> Push:
        if self._chance.random() >= TWICE:
            return await platform.push(user, fields, created=created)
        one = known(platform, user, fields, created)
        await asyncio.gather(platform.again(one), platform.again(one))
        return one

    async def _told(self, user: str, before: int) -> list[Sent]:
        """An elder who reads 正在查 waits for the rest."""
        end = time.monotonic() + LATE_S
        while len(self._site.account.received(user)) == before and time.monotonic() < end:
            await asyncio.sleep(0.05)
        return self._site.account.received(user)[before:]

    def _faults(self) -> dict[int, list[Fault]]:
        """Before which push what is killed."""
        faults: defaultdict[int, list[Fault]] = defaultdict(list)
        # Not with the very first and last pushes, where it would hit nobody.
        span = range(self.plan.pushes // 20, self.plan.pushes - self.plan.pushes // 20)
        for number in self._chance.sample(span, self.plan.redis_kills):
            faults[number].append(partial(self._kill_redis, self._chance.uniform(*self.plan.away_s)))
        for number in self._chance.sample(span, self.plan.redis_silences):
            faults[number].append(partial(self._silence_redis, self._chance.uniform(*SILENT_S)))
        for number in self._chance.sample(span, self.plan.server_kills):
            faults[number].append(partial(self._kill_server, self._chance.choice(self._site.servers)))
        return faults

    async def _kill_redis(self, down_s: float) -> None:
        async with self._redis_fault:
            await self._site.restart_redis(down_s)

    async def _silence_redis(self, silent_s: float) -> None:
        async with self._redis_fault:
            with self._site.redis.frozen():
                await asyncio.sleep(silent_s)

    async def _kill_server(self, server: ServerProcess) -> None:
        async with self._server_fault:
            how = signal.SIGKILL if self._chance.random() < 0.7 else signal.SIGTERM
            await self._site.restart(server, how, self._chance.uniform(0.0, 2.0))


def known(platform: Platform, user: str, fields: Fields, created: int) -> Push:
    """A push of the platform's that is not tried yet."""
    head: Fields = {"ToUserName": ACCOUNT, "FromUserName": user, "CreateTime": created}
    one = Push(user, fields, to_xml({**head, **fields}))
    platform.ledger.heard(user, fields)
    platform.pushes.append(one)
    return one


def first_text(push: Push) -> str | None:
    """What the first good answer says."""
    return next((one.text for one in push.tries if one.good), None)


def outcome_of(push: Push) -> Outcome:
    """By the words of the good answers; where one of them is no answer, that one names it."""
    if not push.answered:
        return "unanswered"
    texts = [one.text or "" for one in push.tries if one.good]
    if push.fields.get("Content") in EMERGENCIES and not all(map(_offers_help, texts)):
        return "urgent"
    for outcome, words in _BY_WORDS.items():
        if any(text.startswith(say(words)) for text in texts):
            return outcome
    return "answered"


def _offers_help(text: str) -> bool:
    """Only a turn that has the store at hand can offer to send somebody, and only where a region is known."""
    return any(tap.startswith("urgent") for _, tap, _ in check_links(text))


def platform_clock() -> Callable[[], float]:
    """Runs on from the servers' fixed "now", and turns back long before it would leave their window."""
    began = time.monotonic()
    return lambda: AS_OF.timestamp() + (time.monotonic() - began) % 30
