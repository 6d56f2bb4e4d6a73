"""One server under test in one manner of connecting: batches as fast as they are answered, and at half of that."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from statistics import median

from tests.bench.peers.elders import Crowd, wrong
from tests.bench.peers.figures import percentile
from tests.bench.peers.load import Load, driven, paced
from tests.bench.peers.sites import Site

OURS, WEROBOT, FLASK = "ours", "WeRoBot", "wechatpy on Flask"


@dataclass(frozen=True)
class Plan:
    """How much is measured: seconds of a batch as fast as it is answered, and at half of that."""

    rounds: int
    batch_s: float
    half_s: float
    users: int
    quick: bool = False


QUICK, FULL = Plan(3, 1.0, 2.0, 300, quick=True), Plan(5, 2.0, 5.0, 2000)
_FIRST = 120


@dataclass
class Runner:
    """One server under test, in one manner of connecting, and what its rounds came to."""

    who: str
    site: Site
    keep: bool
    crowd: Crowd
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    tails: list[float] = field(default_factory=list)
    store_costs: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    half: Load | None = None

    @property
    def name(self) -> str:
        return f"{self.who}, {self.site.name}"

    @property
    def counted(self) -> list[float]:
        """Turns a second in every round but the first, which warms it up."""
        return self.rates[1:]

    def once(self, seconds: float) -> None:
        """A batch as fast as it is answered, for about so long."""
        pushes = max(_FIRST, int(median(self.rates) * seconds)) if self.rates else _FIRST
        batch = self.crowd.pushes(pushes, self.site.path, keep=self.keep)
        before, store_before = self.site.cpu_s, self.site.store_cpu_s
        load = asyncio.run(driven(self.site.ports, batch, keep=self.keep))
        each = 1e3 / max(1, len(load.answers))
        self.rates.append(load.rate)
        self.costs.append((self.site.cpu_s - before) * each)
        self.store_costs.append((self.site.store_cpu_s - store_before) * each)
        self.tails.append(percentile(load.times, 0.99) * 1e3)
        self._check(load)

    def at_half(self, seconds: float) -> None:
        """Half of what it can do, as people come."""
        rate = median(self.counted) / 2
        batch = self.crowd.pushes(int(rate * seconds), self.site.path, keep=self.keep)
        self.half = asyncio.run(paced(self.site.ports, batch, rate, keep=self.keep, seed=7))
        self._check(self.half)

    def _check(self, load: Load) -> None:
        self.faults += load.failed + wrong(load.answers)
