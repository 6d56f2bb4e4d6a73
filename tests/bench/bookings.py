"""`python -m tests.bench.bookings`: calls are booked and carried out while the bot, the worker and the Redis are killed."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.store.connect import Stores, connect
from tests.bench.booking_checks import NO_FAULT, Kept, compare, news_of, untold
from tests.bench.booking_elders import Wish
from tests.bench.booking_run import Plan, Run
from tests.bench.compared import Findings
from tests.bench.processes import Fire, Hurry, under_fire
from tests.platform.reckoning import Reckoning, percentile

_RESENDS = 6


@dataclass(frozen=True)
class Verdict:
    """What a run came to; `dead` are the dead letters, `still_dead` those that no resending brought over."""

    run: Run
    fire: Fire
    kept: Kept
    findings: Findings
    dead: int
    still_dead: int
    settled_s: float
    logged: Counter[str]

    @property
    def broken(self) -> list[str]:
        """The bars that were not reached."""
        lines = [line for line in self.findings.lines if not line.startswith(NO_FAULT)]
        return [*lines, *([f"{self.still_dead} dead letters left"] if self.still_dead else [])]

    def __str__(self) -> str:
        run, kept = self.run, self.kept
        wishes = [wish for elder in run.elders for wish in elder.wishes]
        ends, states = Counter(one.end for one in wishes), Counter(one.state for one in kept.calls.values())
        rows = [
            f"{len(wishes)} talks of {len(run.elders)} elders: {_told(ends)}; {len(kept.calls)} calls kept: "
            f"{_told(states)}",
            f"  {run.seconds:.0f} s, and {self.settled_s:.0f} s until all was settled; killed: {_told(run.kills)}",
            _of_turns(wishes),
            *_of_pushes(Reckoning(run.platform.pushes)),
            *_of_county(self.fire),
            f"  dead letters: {self.dead}, left after resending: {self.still_dead}",
            f"  histories: {len(kept.calls)} with {sum(one.version for one in kept.calls.values())} lines; "
            f"notices due: {sum(len(news_of(one)) for one in kept.calls.values())}",
            f"  logged: {_told(self.logged)}",
            f"  found: {'; '.join(self.findings.lines) or 'nothing lost, doubled or different'}",
        ]
        return "\n".join(rows)


def _of_turns(wishes: Sequence[Wish]) -> str:
    turns = sorted(one.turns for one in wishes if one.end == "booked")
    at_once = sorted(one.turns for one in wishes if one.said_all)
    again = sum(one.repeats for one in wishes)
    return (
        f"  turns to a number: median {percentile(turns, 0.5):g}, most {percentile(turns, 1):g}; said all at once: "
        f"median {percentile(at_once, 0.5):g}; sent again by elders: {again}"
    )


def _of_pushes(tried: Reckoning) -> list[str]:
    times = "  ".join(f"p{share * 100:g} {tried.percentile(share):.3f} s" for share in (0.5, 0.99, 0.999))
    return [
        f"  pushes: {len(tried.pushes)}, tries: {_told(tried.outcomes)}; {len(tried.unanswered)} unanswered",
        f"  time to answer: {times}  slowest {tried.percentile(1):.3f} s",
    ]


def _of_county(fire: Fire) -> list[str]:
    county, reports = fire.county, fire.journeys.reports
    statuses = Counter(str(one.answers[-1].status) if one.answers else "none" for one in reports)
    return [
        f"  county: {len(county.events)} events in {sum(county.tries.values())} good tries; went wrong: "
        f"{_told(fire.flaky.counts)}",
        f"  reports: {_told(statuses)}; tried again {sum(len(one.wrong) for one in reports)} times",
    ]


def _told(counts: Mapping[Any, int]) -> str:
    return (
        ", ".join(f"{counts[name]} {name}" for name in sorted(counts, key=lambda one: -counts[one])) or "none"
    )


async def carry_out(plan: Plan, folder: Path, hurry: Hurry, say: Callable[[str], object] = print) -> Verdict:
    """Runs the plan, waits until all is settled, has the dead letters sent again, and compares."""
    chance = random.Random(plan.seed)  # noqa: S311 - a script, not a secret
    async with under_fire(folder, chance, hurry) as fire:
        run = Run(fire, plan)
        stores = await connect(fire.site.redis.url)
        async with run.platform:
            await run.go()
            say(f"talked for {run.seconds:.0f} s; killed: {_told(run.kills)}")
            began = time.monotonic()
            await settled(run, stores)
            dead, still = await resent(fire, say)
            kept = await settled(run, stores)
            settled_s = time.monotonic() - began
            await all_told(run, kept)
            answers = await run.ask_all()
        findings = compare(run, kept, fire, answers)
        await stores.close()
        return Verdict(run, fire, kept, findings, dead, still, settled_s, fire.logged)


async def settled(run: Run, stores: Stores) -> Kept:
    """Once nothing is on its way any more, or nothing has come further for too long."""
    users, left = [elder.user for elder in run.elders], -1
    moved = time.monotonic()
    while True:
        # First what is to come: a report that comes while it is read would be missing in what was read.
        to_come = run.fire.journeys.to_come
        kept = await Kept.read(stores, users)
        before, left = left, len(kept.unsettled) + to_come
        moved = moved if left == before else time.monotonic()
        if not left or time.monotonic() - moved > run.fire.hurry.patience_s:
            return kept
        await asyncio.sleep(0.5)


async def all_told(run: Run, kept: Kept) -> None:
    """What may be sent to elders has been sent, and no more comes; what else waits for their next message."""
    left = [(run.told[user], one) for user, some in kept.of.items() for one in some]
    moved = time.monotonic()
    while left and time.monotonic() - moved < run.fire.hurry.patience_s / 20:
        before, left = len(left), [(told, one) for told, one in left if untold(one, told)]
        moved = moved if len(left) == before else time.monotonic()
        await asyncio.sleep(0.5)


async def resent(fire: Fire, say: Callable[[str], object]) -> tuple[int, int]:
    """How many dead letters there were, and how many are left after an operator had them sent again."""
    _, listed = await fire.command("platform", "dead", "list")
    fire.flaky.mend()
    dead = left = len(listed.splitlines())
    for _ in range(_RESENDS):
        if not left:
            break
        code, told = await fire.command("platform", "dead", "resend")
        left = len((await fire.command("platform", "dead", "list"))[1].splitlines())
        say(f"dead letters: {dead}; resend ended with {code}, {len(told.splitlines())} sent, {left} left")
    return dead, left


def plan_of(bookings: int, rate: float, at_once: int, seed: int) -> Plan:
    """As many kills as belong to so many bookings."""
    kills = max(2, bookings // 150)
    return Plan(bookings, rate, at_once, kills, kills, kills, seed=seed)


def main() -> None:
    """Exit 1 where the bar is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=20.0, help="pushes a second")
    parser.add_argument("--at-once", type=int, default=40, help="elders who talk at the same time")
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args()
    plan = plan_of(options.bookings, options.rate, options.at_once, options.seed)
    with tempfile.TemporaryDirectory(prefix="bookings-") as folder:
        verdict = asyncio.run(carry_out(plan, Path(folder), Hurry()))
    print(verdict, flush=True)
    print("\n".join(verdict.findings.details), file=sys.stderr)
    print("\n".join(["bars not reached:", *verdict.broken] if verdict.broken else ["every bar was reached"]))
    sys.exit(1 if verdict.broken else 0)


if __name__ == "__main__":
    main()
