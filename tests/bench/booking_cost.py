"""`python -m tests.bench.booking_cost`: what booking adds to our own time of a turn, on a real store."""

from __future__ import annotations

import asyncio
import gc
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time

from bot.app import embedded_engine
from bot.booking import moves
from bot.booking.numbers import number
from bot.booking.table import Actor
from bot.catalog.load import load_catalog
from bot.config import load_settings
from bot.conversation import Conversation
from bot.dispatch.opened import dispatch
from bot.jobs import adding
from bot.models import Message, Reply, Request, Staff
from bot.store.connect import Stores, connect
from nlu.understanding import Understander
from tests.storage import real_server

MOST_MS = 2.0
ROUNDS = 40
# The first ones load what is loaded once.
WARM = 3
# A Monday in opening hours.
NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
REGION = "411303"
ASKS = "我妈83岁，低保，能领什么"
STEP_BY_STEP = ("帮我约个人来洗澡", "明天上午十点", "车站路88号3楼", "13800138000", "是")
AT_ONCE = ("帮我约个人明天上午十点来车站路88号3楼洗澡，电话13800138000", "是")
KEPT = (0, 5, 50, 500)
# The jobs that turns add.
JOBS = ("track", "tell", "deliver")
_LIFE = ("accepted", "on_the_way", "done")


@dataclass
class Costs:
    """Milliseconds of each turn of one kind, in the order of the rounds: with booking and without."""

    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wall: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def added(self) -> float:
        """At the median, in processor time."""
        return median(self.cpu["with"]) - median(self.cpu["without"])

    def line(self, kind: str) -> str:
        """With, without, what is added, and the middle four fifths of it."""
        tenths = quantiles(_differences(self.cpu), n=10)
        walls = median(self.wall["with"]) - median(self.wall["without"])
        verdict = f"≤ {MOST_MS:g} ms" if self.added <= MOST_MS else f"OVER {MOST_MS:g} ms"
        with_, without = median(self.cpu["with"]), median(self.cpu["without"])
        told = f"{with_:6.2f} with, {without:6.2f} without: {self.added:+5.2f} [{tenths[0]:+.2f} {tenths[-1]:+.2f}]"
        return f"{told}, wall {walls:+5.2f}, {verdict}  {kind}"


def _differences(costs: dict[str, list[float]]) -> list[float]:
    return [one - other for one, other in zip(costs["with"], costs["without"], strict=True)]


@dataclass
class Side:
    """One way in which the application is wired; `name` is "with" or "without"."""

    name: str
    conversation: Conversation
    pushes: int = 0

    async def says(self, user: str, text: str, costs: Costs) -> None:
        """One push of one user, measured from the message to the bytes of its answer."""
        self.pushes += 1
        message = Message(user, text=text, key=f"{user} {self.pushes}")
        wall, cpu = perf_counter(), thread_time()
        await self.conversation.answer(message, _encoded)
        cpu, wall = thread_time() - cpu, perf_counter() - wall
        costs.cpu[self.name].append(cpu * 1000)
        costs.wall[self.name].append(wall * 1000)


def _encoded(reply: Reply) -> bytes:
    return "\n".join(reply.texts).encode()


@dataclass
class Bench:
    """Both sides over one store, and what was measured of each kind of turn."""

    stores: Stores
    sides: Sequence[Side]
    costs: dict[str, Costs] = field(default_factory=lambda: defaultdict(Costs))

    async def round(self, count: int) -> None:
        """Every kind once on either side, in an order by chance, so that what disturbs disturbs both."""
        gc.collect()
        for side in random.sample(self.sides, len(self.sides)):
            await self._talk(side, f"by steps {count}", STEP_BY_STEP)
            await self._talk(side, f"at once {count}", AT_ONCE)
        for kept in KEPT:
            for side in random.sample(self.sides, len(self.sides)):
                # Without booking nobody has calls.
                user = f"kept {kept} {side.name}"
                await side.says(user, ASKS, self.costs[f"a question about money, {kept} calls kept"])
        for side in random.sample(self.sides, len(self.sides)):
            user = "serves" if side.name == "with" else "serves not"
            await side.says(user, ASKS, self.costs["a question about money by one who serves"])

    async def _talk(self, side: Side, name: str, texts: Sequence[str]) -> None:
        user = f"{name} {side.name}"
        for place, text in enumerate(texts, start=1):
            kind = f"booking {name.rpartition(' ')[0]}, message {place}"
            await side.says(user, text, self.costs[kind])
        booked = bool(await self.stores.requests.of(user))
        assert booked == (side.name == "with"), "these words book a call, where one can be booked"

    async def fill(self) -> None:
        """Those who have booked before, and one who serves."""
        for kept in KEPT:
            user = f"kept {kept} with"
            for place in range(kept):
                await self.stores.requests.save(_over(user, place, kept), 0)
        await self.stores.staff.add(Staff("w1", "李四", "worker", (REGION,)))
        await self.stores.staff.bind("w1", "serves")


def _over(user: str, place: int, kept: int) -> Request:
    """A call that was done some days ago, and rated."""
    elder, worker = Actor("elder", user), Actor("worker", "w1", (REGION,))
    asked = Request(
        number(10_000 * kept + place), user, "bathing", REGION, address="车站路88号3楼", phone="13800138000"
    )
    when = NOW - timedelta(days=2 * (kept - place))
    request = moves.submit(asked, elder, when)
    for state in _LIFE:
        found = moves.move(request, state, worker, when + timedelta(hours=1))  # type: ignore[arg-type]
        assert isinstance(found, Request)
        request = found
    rated = moves.rate(request, elder, when + timedelta(hours=2), "good", "师傅很耐心")
    assert isinstance(rated, Request)
    return rated


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    """Both sides wired as the application does it; the jobs are added, and done by nobody, as by a process of its own."""
    settings, catalog = load_settings(), load_catalog()
    engine: Understander = embedded_engine(settings, catalog)
    async with AsyncExitStack() as stack:
        server = stack.enter_context(real_server(folder))
        stores = await connect(server.url)
        stack.push_async_callback(stores.close)
        queue = await stack.enter_async_context(adding(server.url, JOBS, stores.server.copied))
        served = await stack.enter_async_context(dispatch(settings, stores, queue, catalog, lambda: NOW))
        wired = (catalog, engine, stores.turns, lambda: NOW, REGION, engine)
        sides = [
            Side("with", Conversation(*wired, served.tracker, served.duty)),
            Side("without", Conversation(*wired)),
        ]
        yield Bench(stores, sides)


async def measured(rounds: int = ROUNDS) -> list[str]:
    """A line for each kind of turn, and one for all of them."""
    with TemporaryDirectory() as folder:
        async with bench(Path(folder)) as found:
            await found.fill()
            for count in range(rounds + WARM):
                if count == WARM:
                    found.costs.clear()
                await found.round(count)
    head = (
        "what booking adds to a turn, ms of our own processor time (median, middle four fifths of the pairs):"
    )
    return [head, *(costs.line(kind) for kind, costs in found.costs.items()), _summary(found.costs.values())]


def _summary(costs: Collection[Costs]) -> str:
    every = median(added for one in costs for added in _differences(one.cpu))
    below = sum(one.added <= MOST_MS for one in costs)
    return f"{every:+.2f} at the median of all turns; {below} of {len(costs)} kinds at most {MOST_MS:g} ms"


def measure() -> list[str]:
    """For `python -m tests.bench`."""
    return asyncio.run(measured())


if __name__ == "__main__":
    print("\n".join(measure()))
