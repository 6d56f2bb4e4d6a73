"""Instruments that cost a turn next to nothing: plain numbers, made into metrics when somebody asks.

The library's own take a lock and a search for their labels at each count, which came to a tenth of a turn. These are
for one thread, the one that the loop runs in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

PREFIX: Final = "wenyanglao_"


class Count(Collector):
    """Only grows; by labels, which must have few values each."""

    def __init__(self, registry: CollectorRegistry, name: str, help_: str, *labels: str) -> None:
        self._told = (PREFIX + name, help_, labels)
        self._counts: Counter[tuple[str, ...]] = Counter() if labels else Counter({(): 0})
        registry.register(self)

    def known(self, *labels: str) -> None:
        """Tells 0 from the start: Prometheus takes no notice of how a number came that was not there before."""
        self._counts[labels] += 0

    def add(self, *labels: str) -> None:
        """One more."""
        self._counts[labels] += 1

    def collect(self) -> Iterator[Metric]:
        """See `Collector`."""
        name, help_, labels = self._told
        told = CounterMetricFamily(name, help_, labels=labels)
        for values, count in sorted(self._counts.items()):
            told.add_metric(values, count)
        yield told

    def describe(self) -> Iterator[Metric]:
        """See `Collector`; only its name counts."""
        yield CounterMetricFamily(*self._told[:2])


class Level(Collector):
    """Goes up and down."""

    def __init__(self, registry: CollectorRegistry, name: str, help_: str, *labels: str) -> None:
        self._told = (PREFIX + name, help_, labels)
        self._levels: Counter[tuple[str, ...]] = Counter()
        registry.register(self)

    def move(self, by: int, *labels: str) -> None:
        """Up, or down where `by` is below 0."""
        self._levels[labels] += by

    def collect(self) -> Iterator[Metric]:
        """See `Collector`."""
        name, help_, labels = self._told
        told = GaugeMetricFamily(name, help_, labels=labels)
        for values, level in sorted(self._levels.items()):
            told.add_metric(values, level)
        yield told

    def describe(self) -> Iterator[Metric]:
        """See `Collector`; only its name counts."""
        yield GaugeMetricFamily(*self._told[:2])


class Spread(Collector):
    """How values spread over buckets, seconds mostly; by labels."""

    def __init__(
        self, registry: CollectorRegistry, name: str, help_: str, buckets: Sequence[float], *labels: str
    ) -> None:
        self._told = (PREFIX + name, help_, labels)
        self._buckets = tuple(map(float, buckets))
        self._rows: dict[tuple[str, ...], list[int]] = {}
        self._sums: dict[tuple[str, ...], float] = {}
        registry.register(self)

    def known(self, *labels: str) -> list[int]:
        """See `Count.known`; gives the row."""
        self._sums.setdefault(labels, 0.0)
        return self._rows.setdefault(labels, [0] * (len(self._buckets) + 1))

    def observe(self, value: float, *labels: str) -> None:
        """One value more."""
        row = self._rows.get(labels) or self.known(*labels)
        row[bisect_left(self._buckets, value)] += 1
        self._sums[labels] += value

    def collect(self) -> Iterator[Metric]:
        """See `Collector`."""
        name, help_, labels = self._told
        told = HistogramMetricFamily(name, help_, labels=labels)
        ends = [*map(floatToGoString, self._buckets), "+Inf"]
        for values, row in sorted(self._rows.items()):
            told.add_metric(values, list(zip(ends, accumulate(row), strict=True)), self._sums[values])
        yield told

    def describe(self) -> Iterator[Metric]:
        """See `Collector`; only its name counts."""
        yield HistogramMetricFamily(*self._told[:2])
