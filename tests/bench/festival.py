"""`python -m tests.bench.festival`: a festival day, compressed, at 70 % of what can be done, while everything breaks."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.store.connect import connect
from tests.bench import booking_run
from tests.bench.booking_checks import compare as compare_bookings
from tests.bench.bookings import all_told, resent, settled
from tests.bench.compared import Findings, compare
from tests.bench.disturbance import watched
from tests.bench.festival_crowd import Crowd, capacity, moments, pushes_of, some_talks
from tests.bench.festival_faults import Faults
from tests.bench.festival_site import rasa_stand_in, small_disk
from tests.bench.festival_told import SHARE, Day, part
from tests.bench.peers.environments import kept
from tests.bench.peers.machine import describe, stolen
from tests.bench.processes import REGION, Fire, Hurry, under_fire
from tests.bench.under_faults import first_text
from tests.platform.account import AccountSide
from tests.platform.api_side import ApiSide
from tests.storage import real_server
from tests.two_servers import APP_ID, ROOT, SECRET, Front, ServerProcess, Site, settings_of

SETUPS = {"two services": 0, "serve --workers 2": 2}
# Of all pushes; a call takes about seven.
_BOOKING, _PUSHES_A_CALL = 0.1, 7


@dataclass(frozen=True)
class Plan:
    """Seconds of one day, of a round of measuring and of a fault that lasts, how often each kind of fault comes, and how
    many talks are held again."""

    seconds: float
    round_s: float
    rounds: int
    lasting_s: float
    faults: int
    talks: int
    hurry: Hurry
    seed: int = 20261122


_SOON = Hurry((0.5, 1.0, 2.0), 5.0, silent=0.0, cursed=0.02, steps=0.3, patience_s=120.0)


def plan_of(minutes: float, *, quick: bool) -> Plan:
    """The minutes are those of all days together."""
    if quick:
        return Plan(60.0, 5.0, 1, 2.0, 1, 20, _SOON)
    seconds = minutes * 60 / len(SETUPS)
    return Plan(seconds, 20.0, 3, 10.0, max(1, round(seconds / 150)), 200, Hurry())


async def held(setup: str, plan: Plan, folder: Path) -> Day:
    """One day on one set-up."""
    chance = random.Random(plan.seed)  # noqa: S311 - a script, not a secret
    folder.mkdir()
    with small_disk(folder / "disk") as disk:
        async with rasa_stand_in() as rasa:
            more = {"RASA_URL": rasa.url}
            workers = SETUPS[setup]
            async with under_fire(
                folder / "site", chance, plan.hurry, store=disk.folder, workers=workers, **more
            ) as fire:
                return await _day(setup, plan, fire, Faults(fire, disk, rasa, chance, plan.lasting_s), folder)


async def _day(setup: str, plan: Plan, fire: Fire, faults: Faults, folder: Path) -> Day:
    can = await capacity(fire.site, plan.round_s, plan.rounds)
    print(f"{setup}: capacity {can.rate:.1f} pushes a second", flush=True)
    crowd = Crowd(fire.site, moments(can.rate * (1 - _BOOKING), SHARE, plan.seconds), can.rate * SHARE)
    booking = booking_run.Run(fire, _bookings(can.rate * SHARE * _BOOKING, plan))
    async with booking.platform:
        async with watched(folder) as disturbance, asyncio.TaskGroup() as group:
            group.create_task(crowd.go())
            group.create_task(booking.go())
            group.create_task(faults.all(plan.seconds, plan.faults))
        # What is asked afterwards meets nothing that goes wrong.
        pushes = [*pushes_of(crowd), *booking.platform.pushes]
        found, dead, booked = await _bookings_found(booking, fire)
    talks = some_talks(crowd, plan.talks)
    async with _quiet(folder / "quiet") as quiet:
        talked = await compare(talks, fire.site, quiet, first_text)
    outcomes: Counter[str] = Counter(taken.outcome for talk in crowd.talks.values() for taken in talk)
    return Day(
        setup, can, crowd.seconds, pushes, crowd.sent, outcomes, (found, talked), faults.happened, faults.deaths,
        dead, booked, len(talks), crowd.behind_s, disturbance,
    )  # fmt: skip


def _bookings(rate: float, plan: Plan) -> booking_run.Plan:
    calls = max(4, int(rate * plan.seconds / _PUSHES_A_CALL))
    return booking_run.Plan(calls, max(rate, 0.5), 20, 0, 0, 0, seed=plan.seed)


async def _bookings_found(run: booking_run.Run, fire: Fire) -> tuple[Findings, int, int]:
    """What is wrong with the calls, the dead letters that stay, and how many calls are kept; waits until all is settled."""
    stores = await connect(fire.site.redis.url)
    try:
        await settled(run, stores)
        _, dead = await resent(fire, lambda _: None)
        kept_now = await settled(run, stores)
        await all_told(run, kept_now)
        answers = await run.ask_all()
        return compare_bookings(run, kept_now, fire, answers), dead, len(kept_now.calls)
    finally:
        await stores.close()


@asynccontextmanager
async def _quiet(folder: Path) -> AsyncIterator[Site]:
    """One server that knows the same county, with nothing around it."""
    folder.mkdir()
    account = AccountSide(APP_ID, SECRET)
    with real_server(folder) as redis:
        async with ApiSide([account]) as api:
            settings = settings_of(redis.url, api.url) | {"BOT_DEFAULT_REGION": REGION}
            server = ServerProcess(folder / "server", settings)
            try:
                await asyncio.to_thread(server.start)
                chance = random.Random()  # noqa: S311 - not for secrets
                async with Front([server.port], chance) as front:
                    yield Site(redis, [server], front, account, chance)
            finally:
                await asyncio.to_thread(server.stop)


def main() -> None:
    """Exit 1 where a bar is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument(
        "--quick", action="store_true", help="a minute or two a set-up, written to .bench/quick"
    )
    parser.add_argument("--only", choices=list(SETUPS), action="append", help="this set-up only")
    options = parser.parse_args()
    plan, before = plan_of(options.minutes, quick=options.quick), stolen()
    with tempfile.TemporaryDirectory(prefix="festival-") as folder:
        setups = enumerate(options.only or SETUPS)
        days = [
            _shown(asyncio.run(held(setup, plan, Path(folder) / str(number)))) for number, setup in setups
        ]
    folder = (kept() / "quick" if options.quick else ROOT / "deploy") / "measured"
    sys.exit(0 if _told(days, folder, before) else 1)


def _shown(day: Day) -> Day:
    print(day, flush=True)
    print("\n".join(line for one in day.findings for line in one.details), file=sys.stderr)
    return day


def _told(days: list[Day], folder: Path, before: tuple[float, float]) -> bool:
    """Prints the bars and keeps what the days came to; whether every bar was reached."""
    told = part(days)
    told.raw["machine"] = describe(before)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "festival.json").write_text(
        json.dumps(told.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    for bar in told.bars:
        print(bar)
    return all(bar.reached for bar in told.bars)


if __name__ == "__main__":
    main()
