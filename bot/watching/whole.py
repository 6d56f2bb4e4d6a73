"""The figures of the whole, not of a process: looked up by one process for all, and never so often that it costs."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from time import monotonic, time
from typing import Final
from uuid import uuid4

import structlog
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.dispatch.records import is_late
from bot.errors import StoreDown
from bot.job_queue import Standing
from bot.store.port import Line, Requests, Shelf

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
_NAME: Final = "watching:whole"
# How long what one process found is good for all.
FRESH_S: Final = 15.0
# Who looks has so long; whoever asks meanwhile is told what was found before.
_LOOK_S: Final = 2.0
_KEPT_S: Final = 600.0
# With calls without number, looking takes at most this share of the time.
_SHARE: Final = 1 / 200
_STATES: Final = ("submitted", "accepted", "on_the_way")
_DISPATCHES: Final = ("waiting", "sent", "dead")

Figures = Mapping[str, float]


class Whole(Collector):
    """`refresh` before each `collect`."""

    def __init__(
        self,
        requests: Requests,
        shelf: Shelf,
        standing: Callable[[], Awaitable[Standing]],
        clock: Callable[[], datetime],
    ) -> None:
        self._requests = requests
        self._shelf = shelf
        self._standing = standing
        self._clock = clock
        self._figures: Figures = {}
        self._answers = False

    async def refresh(self) -> None:
        """Takes what another process found, or looks; never raises, and where the store is away there is nothing."""
        try:
            async with asyncio.timeout(_LOOK_S):
                self._figures = await self._found()
            self._answers = True
        except (StoreDown, TimeoutError) as error:
            self._figures, self._answers = {}, False
            log.warning("figures_not_looked_up", error=type(error).__name__)

    def collect(self) -> Iterator[Metric]:
        """See `Collector`."""
        yield GaugeMetricFamily(
            "wenyanglao_store_up", "Whether the store answers this process", float(self._answers)
        )
        for name, (help_, label) in _GAUGES.items():
            yield _gauge(name, help_, label, self._figures)

    async def _found(self) -> Figures:
        raw = await self._shelf.get(_NAME)
        kept: dict[str, float] = json.loads(raw) if raw else {}
        if kept and time() - kept["looked_at"] < max(FRESH_S, kept["took"] / _SHARE):
            return kept
        holder = uuid4().hex
        if not await self._shelf.claim(f"{_NAME}:lock", holder, _LOOK_S):
            return kept
        try:
            return await self._look()
        finally:
            with suppress(StoreDown):
                await self._shelf.release(f"{_NAME}:lock", holder)

    async def _look(self) -> Figures:
        began = monotonic()
        found = figures(await self._requests.open(), self._clock())
        with suppress(StoreDown):
            found |= {f"jobs:{name}": float(count) for name, count in asdict(await self._standing()).items()}
        found |= {"took": monotonic() - began, "looked_at": time()}
        await self._shelf.put(_NAME, json.dumps(found).encode(), _KEPT_S)
        return found


def figures(lines: Iterable[Line], now: datetime) -> dict[str, float]:
    """What the open calls come to, by names as `_GAUGES` splits them."""
    told: Counter[str] = Counter({f"state:{one}": 0 for one in _STATES})
    told.update({f"dispatch:{one}": 0 for one in _DISPATCHES})
    told.update({"late:": 0, "urgent_waiting:": 0})
    for line in lines:
        told[f"state:{line.state}"] += 1
        if line.dispatch != "none":
            told[f"dispatch:{line.dispatch}"] += 1
        told["late:"] += line.state == "submitted" and is_late(line, now)
        told["urgent_waiting:"] += line.state == "submitted" and line.urgent
    return {name: float(count) for name, count in told.items()}


# By what stands before the colon in a figure's name: its help, and the label that what stands behind it becomes.
_GAUGES: Final[Mapping[str, tuple[str, str]]] = {
    "state": ("Open calls by state", "state"),
    "dispatch": ("Open calls by how it stands with their platform; dead: a dead letter", "dispatch"),
    "late": ("Open calls that nobody took in time", ""),
    "urgent_waiting": ("Urgent calls that nobody has taken", ""),
    "jobs": (
        "Jobs by where they are; oldest_s is how long the oldest that is due waits, in seconds",
        "where",
    ),
}
_NAMES: Final = {
    "state": "wenyanglao_calls_open",
    "dispatch": "wenyanglao_calls_at_platforms",
    "late": "wenyanglao_calls_late",
    "urgent_waiting": "wenyanglao_calls_urgent_waiting",
    "jobs": "wenyanglao_jobs",
}


def _gauge(kind: str, help_: str, label: str, found: Figures) -> Metric:
    told = GaugeMetricFamily(_NAMES[kind], help_, labels=(label,) if label else ())
    for name, value in sorted(found.items()):
        head, colon, which = name.partition(":")
        if colon and head == kind:
            told.add_metric((which,) if label else (), value)
    return told
