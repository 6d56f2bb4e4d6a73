"""`python -m tests.bench.pushes`: two servers behind one address, while the Redis and the servers are killed."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.compared import DIFFERENT_UNSURE, Findings, compare
from tests.bench.disturbance import Disturbance, watched
from tests.bench.idle import cpu_seconds, idle
from tests.bench.replays import recorded, replayed
from tests.bench.under_faults import Plan, Run
from tests.platform.pushing import Push
from tests.platform.reckoning import Reckoning
from tests.two_servers import Site, site

SLOWEST_S = 4.0
IDLE_S = 30.0
REPLAYS = 100


@dataclass(frozen=True)
class Verdict:
    """What one plan came to; `broken` are the bars of it that were not reached."""

    plan: Plan
    reckoning: Reckoning
    findings: Findings
    seconds: float
    behind_s: float
    load: float
    cpu: float
    disturbance: Disturbance

    @property
    def lost(self) -> list[str]:
        """What was lost, doubled or different; where the Redis is away longer than a try may take, the words to
        send it again are not remembered."""
        lost = [line for line in self.findings.lines if not line.startswith(DIFFERENT_UNSURE + ":")]
        if self.reckoning.unanswered:
            lost.append(f"{len(self.reckoning.unanswered)} pushes got no valid answer at any try")
        return lost

    @property
    def broken(self) -> list[str]:
        """With the bars that need a machine that is not busy otherwise."""
        broken = self.lost
        if self.findings.found.get(DIFFERENT_UNSURE) and self.plan.away_s[1] < 1:
            broken.append(DIFFERENT_UNSURE)
        if not self.reckoning.percentile(0.999) < SLOWEST_S or self.reckoning.outcomes["silent"]:
            broken.append(f"p99.9 is not under {SLOWEST_S:g} s")
        return broken

    def __str__(self) -> str:
        plan, tried, came = self.plan, self.reckoning, self.findings.outcomes
        times = "  ".join(f"p{share * 100:g} {tried.percentile(share):.3f} s" for share in (0.5, 0.99, 0.999))
        tries = sum(tried.outcomes.values())
        rows = [
            f"{plan.name}: {len(tried.pushes)} pushes of {plan.users} users, {tries} tries, in {self.seconds:.0f} s",
            f"  wanted {plan.rate:g} a second, got {len(tried.pushes) / self.seconds:.1f}, "
            f"late by {self.behind_s:.1f} s at most; servers used {self.cpu:.2f} cores; load {self.load:.1f}",
            f"  Redis killed {plan.redis_kills} times (away {plan.away_s[0]:g}–{plan.away_s[1]:g} s), "
            f"silent {plan.redis_silences} times; a server killed {plan.server_kills} times",
            f"  pushes: {', '.join(f'{count} {name}' for name, count in came.most_common())}",
            f"  tries: {', '.join(f'{count} {name}' for name, count in tried.outcomes.most_common())}",
            f"  time to answer: {times}  slowest {tried.percentile(1):.3f} s",
            f"  {self.disturbance}{' at ' + ', '.join(self.disturbance.slow[:9]) if self.disturbance.slow else ''}",
            f"  found: {'; '.join(self.findings.lines) or 'nothing lost, doubled or different'}",
        ]
        return "\n".join(rows)


def plans(pushes: int, rate: float) -> list[Plan]:
    """The bar of ten thousand pushes, and beside it servers that die and a Redis that is away for seconds."""
    some, few = pushes * 3 // 10, pushes // 10
    users = min(400, max(30, pushes // 20))
    return [
        Plan("redis-killed", pushes, users, rate, redis_kills=pushes // 500),
        Plan("servers-killed", some, users, rate, redis_kills=some // 500, server_kills=some // 400),
        Plan("redis-away", few, users, rate, few // 250, redis_silences=few // 170, away_s=(2.0, 5.0)),
    ]


async def carry_out(plan: Plan, where: Site, quiet: Site) -> tuple[Verdict, Run]:
    """Runs the plan and compares with the quiet server."""
    before = _used(where)
    run = Run(where, plan)
    async with watched(where.redis.folder) as disturbance:
        await run.go()
    used, load = _used(where) - before, os.getloadavg()[0]
    pushes: list[Push] = [taken.push for talk in run.talks.values() for taken in talk]
    findings = await compare(run.talks, where, quiet)
    cpu = used / run.seconds if not plan.server_kills else float("nan")
    return Verdict(plan, Reckoning(pushes), findings, run.seconds, run.behind_s, load, cpu, disturbance), run


def _used(where: Site) -> float:
    return sum(cpu_seconds(one.process.pid) for one in where.servers if one.process)


@asynccontextmanager
async def two_sites() -> AsyncIterator[tuple[Site, Site]]:
    """The one that is to suffer, and the quiet one."""
    with tempfile.TemporaryDirectory(prefix="pushes-") as folder:
        async with site(Path(folder) / "busy") as where, site(Path(folder) / "quiet", 1) as quiet:
            yield where, quiet


async def bench(pushes: int, rate: float, idle_s: float) -> bool:
    """Prints what was measured; whether every bar was reached."""
    broken: list[str] = []
    async with two_sites() as (where, quiet):
        if idle_s:
            await _print_idle(where, idle_s)
        run = None
        for plan in plans(pushes, rate):
            verdict, run = await carry_out(plan, where, quiet)
            print(verdict, flush=True)
            print("\n".join(verdict.findings.details), file=sys.stderr, flush=True)
            broken += [f"{plan.name}: {line}" for line in verdict.broken]
            await asyncio.sleep(1)
        assert run
        told = await replayed(where, recorded(run.talks, REPLAYS))
        print("replays:", ", ".join(f"{count} {what}" for what, count in told.items()))
        broken += [f"replays: {what}" for what, count in told.items() if count and not expected(what)]
    print("\n".join(["bars not reached:", *broken] if broken else ["every bar was reached"]))
    return not broken


def expected(what: str) -> bool:
    """Whether this should become of a replay."""
    return what.endswith("after 11 minutes: refused") or (
        what.endswith("the same answer") and not what.startswith("after 11")
    )


async def _print_idle(where: Site, seconds: float) -> None:
    await asyncio.sleep(5)
    processes = [*(one.process for one in where.servers), where.redis.process]
    pids = [process.pid for process in processes if process]
    told = await asyncio.gather(*(idle(pid, seconds) for pid in pids))
    names = [*(f"server {n}" for n, _ in enumerate(where.servers, 1)), "Redis"]
    for name, one in zip(names, told, strict=True):
        print(f"idle for {seconds:g} s, {name}: {one}", flush=True)


def main() -> None:
    """Exit 1 where a bar is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pushes", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=40.0, help="pushes a second")
    parser.add_argument(
        "--idle", type=float, default=IDLE_S, help="seconds to watch the idle servers, 0 for none"
    )
    options = parser.parse_args()
    began = time.monotonic()
    reached = asyncio.run(bench(options.pushes, options.rate, options.idle))
    print(f"{time.monotonic() - began:.0f} s in all")
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
