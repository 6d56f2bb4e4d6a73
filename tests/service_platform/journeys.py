"""What becomes of each call at a county's platform: reported in steps, twice, out of order, late, until answered."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass, field
from types import TracebackType

import aiohttp

from tests.service_platform.county import County, Reported, Taken

# How many of a hundred calls take which way.
_WAYS: dict[tuple[str, ...], int] = {
    ("accepted", "on_the_way", "done"): 68,
    ("accepted", "done"): 7,
    ("accepted", "on_the_way"): 6,
    ("accepted",): 6,
    ("done",): 4,
    ("accepted", "failed"): 5,
    (): 4,
}
_OUT_OF_ORDER, _TWICE, _LATE = 0.1, 0.15, 0.05
_PAUSE_S, _LATE_S = (0.3, 4.0), (8.0, 15.0)
_TRIES = 90


@dataclass
class Report:
    """One report and the bot's answers to it, the last one being final; empty where it never came to one."""

    number: str
    state: str
    key: str
    answers: list[Reported] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Journeys:
    """An async context manager; from then on the county reports of each call that it takes. `reports` in order; `slow` is
    how slowly, 1 being a few seconds a step."""

    def __init__(self, county: County, chance: random.Random, slow: float = 1.0) -> None:
        self.reports: list[Report] = []
        self._county = county
        self._chance = chance
        self._slow = slow
        self._to_come = 0
        self._known: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Journeys:
        self._county.on_event = self._heard
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def to_come(self) -> int:
        """How many steps of all calls are not reported yet, or not answered."""
        return self._to_come

    async def _heard(self, taken: Taken) -> None:
        number = taken.body["number"]
        if number in self._known or taken.body["event"] == "request.cancelled":
            return
        self._known.add(number)
        task = asyncio.create_task(self._go(number, self._steps()))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _steps(self) -> list[str]:
        (way,) = self._chance.choices(list(_WAYS), list(_WAYS.values()))
        steps = list(way)
        if self._chance.random() < _OUT_OF_ORDER:
            self._chance.shuffle(steps)
        self._to_come += len(steps)
        return steps

    async def _go(self, number: str, steps: list[str]) -> None:
        for state in steps:
            late = self._chance.random() < _LATE
            await asyncio.sleep(self._slow * self._chance.uniform(*(_LATE_S if late else _PAUSE_S)))
            await self._report(number, state)
            self._to_come -= 1

    async def _report(self, number: str, state: str) -> None:
        one = Report(number, state, f"{number}-{len(self.reports)}")
        self.reports.append(one)
        times = 2 if self._chance.random() < _TWICE else 1
        await asyncio.gather(*(self._until_answered(one) for _ in range(times)))

    async def _until_answered(self, one: Report) -> None:
        body = json.dumps({"number": one.number, "state": one.state}).encode()
        for _ in range(_TRIES):
            try:
                answer = await self._county.report_raw(body, one.key)
            except (aiohttp.ClientError, OSError) as error:
                one.wrong.append(type(error).__name__)
            else:
                if answer.status < 500:
                    one.answers.append(answer)
                    return
                one.wrong.append(str(answer.status))
            await asyncio.sleep(self._chance.uniform(0.3, 1.5))
