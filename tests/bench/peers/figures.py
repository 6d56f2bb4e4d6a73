"""Figures with their spread, and what a part of the bench has to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from math import ceil
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Spread:
    """What several rounds came to."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def low(self) -> float:
        return min(self.values)

    @property
    def high(self) -> float:
        return max(self.values)

    def __str__(self) -> str:
        if len(self.values) == 1:
            return short(self.median)
        return f"{short(self.median)} ({short(self.low)}–{short(self.high)})"


def spread(values: Sequence[float]) -> Spread:
    """Raises ValueError where nothing was measured."""
    if not values:
        raise ValueError("no round was measured")
    return Spread(tuple(values))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Round by round: rounds next to each other had the same machine."""
    return spread([one / other for one, other in zip(ours, theirs, strict=True)])


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(round(share * len(ordered), 6)) - 1)]


def short(value: float) -> str:
    """Three figures that count, thousands grouped."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3g}"


@dataclass(frozen=True)
class Table:
    """Rows as they are printed."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Chart:
    """Horizontal bars: each a label, its median, its lowest and highest."""

    name: str
    title: str
    alt: str
    unit: str
    rows: Sequence[tuple[str, float, float, float]]


@dataclass(frozen=True)
class Bar:
    """What was to be reached. `at_most` says which way is good; `hindrance` what stands in the way where it was not."""

    what: str
    wanted: float
    got: float
    unit: str
    at_most: bool
    hindrance: str = ""

    @property
    def reached(self) -> bool:
        return self.got <= self.wanted if self.at_most else self.got >= self.wanted

    @property
    def missing(self) -> float:
        """By how many times it was missed; 1 or less where it was reached."""
        if not self.got or not self.wanted:
            return 1.0
        return self.got / self.wanted if self.at_most else self.wanted / self.got

    def __str__(self) -> str:
        sign = "≤" if self.at_most else "≥"
        said = (
            f"{self.what}: {short(self.got)} {self.unit}".rstrip()
            + f", the bar is {sign} {short(self.wanted)}"
        )
        return said + (
            ": reached" if self.reached else f": **not reached**, by a factor of {self.missing:.2f}"
        )


@dataclass
class Part:
    """One part of the page; `raw` has every round."""

    name: str
    title: str
    method: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def part_from(told: dict[str, Any]) -> Part:
    """The part that `as_json` wrote."""
    return Part(
        **{
            **told,
            "tables": [Table(**one) for one in told["tables"]],
            "charts": [Chart(**one) for one in told["charts"]],
            "bars": [Bar(**one) for one in told["bars"]],
        }
    )


def row(label: str, one: Spread) -> tuple[str, float, float, float]:
    """A bar of a chart."""
    return (label, one.median, one.low, one.high)
