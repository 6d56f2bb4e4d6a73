"""Sends pushes: as fast as they are answered, or at a rate of its own whatever the answers do."""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bench.peers.wire import Wire, connect

# How many elders wait at the same time where the server is driven to its capacity.
AT_ONCE = 16


@dataclass
class Load:
    """What became of a batch; `times` are seconds from when a push was due to its answer."""

    answers: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    late: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.answers) / self.seconds


class Lines:
    """The connections to one site's ports, in turn; kept open between requests or not."""

    def __init__(self, ports: Sequence[int], *, keep: bool) -> None:
        self._ports = ports
        self._keep = keep
        self._idle: list[Wire] = []
        self._opened = 0

    async def ask(self, push: bytes) -> bytes:
        """Raises OSError."""
        wire = await self._wire()
        try:
            return await wire.ask(push)
        finally:
            if self._keep and wire.open:
                self._idle.append(wire)
            else:
                wire.close()

    async def _wire(self) -> Wire:
        while self._idle:
            wire = self._idle.pop(0)
            if wire.open:
                return wire
        self._opened += 1
        return await connect(self._ports[self._opened % len(self._ports)])

    def close(self) -> None:
        for wire in self._idle:
            wire.close()


async def driven(
    ports: Sequence[int], pushes: Sequence[bytes], *, keep: bool, at_once: int = AT_ONCE
) -> Load:
    """The capacity: `at_once` are under way at every moment."""
    lines, load, waiting = Lines(ports, keep=keep), Load(), iter(pushes)

    async def one() -> None:
        for push in waiting:
            await _timed(lines, push, time.perf_counter(), load)

    began = _start()
    await asyncio.gather(*(one() for _ in range(at_once)))
    return _ended(load, lines, began)


async def paced(ports: Sequence[int], pushes: Sequence[bytes], rate: float, *, keep: bool, seed: int) -> Load:
    """At `rate` a second, as independent people come (a Poisson process); nobody waits for another's answer."""
    lines, load, chance = Lines(ports, keep=keep), Load(), random.Random(seed)  # noqa: S311 - a schedule
    began = due = _start()
    async with asyncio.TaskGroup() as group:
        for push in pushes:
            due += chance.expovariate(rate)
            if (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            load.late = max(load.late, time.perf_counter() - due)
            group.create_task(_timed(lines, push, due, load))
    return _ended(load, lines, began)


async def _timed(lines: Lines, push: bytes, due: float, load: Load) -> None:
    try:
        answer = await lines.ask(push)
    except OSError as error:
        load.failed[type(error).__name__] += 1
        return
    load.times.append(time.perf_counter() - due)
    load.answers.append(answer)


def _start() -> float:
    gc.collect()
    gc.disable()
    return time.perf_counter()


def _ended(load: Load, lines: Lines, began: float) -> Load:
    load.seconds = time.perf_counter() - began
    gc.enable()
    lines.close()
    return load
