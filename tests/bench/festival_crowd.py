"""Who writes on a festival day: at most times some, and after a notice to all many within seconds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.talks import EMERGENCIES
from tests.bench.under_faults import Plan, Run, Taken
from tests.platform.pushing import Platform, Push
from tests.platform.reckoning import Reckoning
from tests.platform.shapes import Fields
from tests.two_servers import Site

SLOWEST_S = 4.0
# A notice to all: for so long, every so often, so many times what can be done.
BURST_S, EVERY_S, BURST = 3.0, 30.0, 1.5
# As many at once as the set-up is asked while its capacity is measured; half of them where that is too many.
AT_ONCE = 64


@dataclass(frozen=True)
class Capacity:
    """Pushes a second, each with its tries; `rounds` are those of the rounds, `p99_s` the slowest of theirs, `at_once`
    how many talked at the same time."""

    rounds: tuple[float, ...]
    p99_s: float
    at_once: int

    @property
    def rate(self) -> float:
        return median(self.rounds)


async def capacity(where: Site, seconds: float, rounds: int) -> Capacity:
    """As many pushes as are answered where each elder writes on at once, with p99 under four seconds."""
    at_once = AT_ONCE
    while True:
        found = await _measured(where, at_once, seconds, rounds)
        if found.p99_s < SLOWEST_S or at_once <= 2:
            return found
        at_once //= 2


async def _measured(where: Site, at_once: int, seconds: float, rounds: int) -> Capacity:
    rate, rates, slowest = 20.0, [], 0.0
    # The first warms up, and tells how many make a round.
    for number in range(rounds + 1):
        pushes = max(at_once, int(rate * (seconds if number else seconds / 3)))
        run = Run(where, Plan(f"capacity-{at_once}-{number}", pushes, at_once, 1e6, 0))
        await run.go()
        rate = pushes / run.seconds
        if number:
            rates.append(rate)
            slowest = max(slowest, with_silence(pushes_of(run)).percentile(0.99))
    return Capacity(tuple(rates), slowest, at_once)


class Crowd(Run):
    """A run whose pushes come as the moments say, in seconds after the first; `sent` tells when each was."""

    def __init__(self, where: Site, moments: Sequence[float], share_of: float) -> None:
        users = max(30, int(share_of * 15))
        super().__init__(where, Plan("festival", len(moments), users, share_of, 0))
        self._moments = moments
        self._began = 0.0
        self.sent: list[tuple[float, Push]] = []

    async def _pushed(self, platform: Platform, user: str, fields: Fields, created: int) -> Push:
        now = time.monotonic()
        self._began = self._began or now
        push = await super()._pushed(platform, user, fields, created)
        self.sent.append((now - self._began, push))
        return push

    def _moment(self, number: int) -> float:
        return self._moments[number]


def moments(capacity: float, share: float, seconds: float) -> list[float]:
    """When pushes come, so that all of them together are this share of what can be done, bursts among them."""
    burst_s, every_s = min(BURST_S, seconds / 10), min(EVERY_S, seconds / 2)
    # Of each period: the burst, and at all other times what is left of the share.
    calm = (share * every_s - BURST * burst_s) / (every_s - burst_s)
    now, found = 0.0, []
    while now < seconds:
        found.append(now)
        bursting = now % every_s >= every_s - burst_s
        now += 1 / (capacity * (BURST if bursting else calm))
    return found


def pushes_of(run: Run) -> list[Push]:
    return [taken.push for talk in run.talks.values() for taken in talk]


def without_help(pushes: Sequence[Push]) -> list[Push]:
    """Those that told of danger, and no answer said whom to call."""
    danger = (one for one in pushes if one.fields.get("Content") in EMERGENCIES)
    return [one for one in danger if not any(each.good and "120" in (each.text or "") for each in one.tries)]


@dataclass(frozen=True)
class _WithSilence(Reckoning):
    """A try that was given up counts with the time until then."""

    @property
    def seconds(self) -> list[float]:
        tries = (each for push in self.pushes for each in push.tries)
        return sorted(each.seconds for each in tries if each.good or each.outcome == "silent")


def with_silence(pushes: Sequence[Push]) -> Reckoning:
    """Where nobody answers in time, that is as slow as it gets; a broken connection is tried again at once."""
    return _WithSilence(pushes)


def some_talks(run: Run, most: int) -> dict[str, list[Taken]]:
    """The longest, with which most can be wrong."""
    longest = sorted(run.talks, key=lambda user: -len(run.talks[user]))
    return {user: run.talks[user] for user in longest[:most]}
