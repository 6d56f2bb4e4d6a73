"""What an entry brings: fixed amounts in tiers, or a rule in words where no figure is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.eligibility.outcome import NO, YES, Check, Known


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of an amount: `value` a number, or `text` the rule where none is printed.

    `not_counted` says why it is left out of the monthly total although it holds (existing_policy).
    """

    when: Check
    value: float | None = None
    text: str | None = None
    not_counted: str | None = None


class Granted(NamedTuple):
    """One benefit as it is for this elder; `value` None where the document prints no figure."""

    label: str
    value: float | None
    text: str | None
    unit: str
    per: str | None
    at_least: bool
    to: str
    principle: bool
    not_counted: str | None


@dataclass(frozen=True, slots=True)
class Benefit:
    """One benefit of an entry; `when` restricts it to some elders."""

    label: str
    tiers: tuple[Tier, ...]
    unit: str = "CNY"
    per: str | None = None
    at_least: bool = False
    to: str = "person"
    principle: bool = False
    when: Check | None = None
    # Each tier as it is granted, made once: a list is judged far more often than it is loaded.
    _made: Mapping[int, Granted] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_made", {id(tier): self._make(tier) for tier in self.tiers})

    def granted(self, tier: Tier) -> Granted:
        """One of this benefit's tiers as it is granted."""
        return self._made[id(tier)]

    def grant(self, known: Known) -> Granted | None:
        """The tier that holds; while it is open which one does, the lowest that may."""
        if self.when is not None and self.when(known).truth is NO:
            return None
        tier = self._tier(known)
        return None if tier is None else self._made[id(tier)]

    def _make(self, tier: Tier) -> Granted:
        return Granted(
            self.label,
            tier.value,
            tier.text,
            self.unit,
            self.per,
            self.at_least,
            self.to,
            self.principle,
            tier.not_counted,
        )

    def _tier(self, known: Known) -> Tier | None:
        open_to: list[Tier] = []
        for tier in self.tiers:
            truth = tier.when(known).truth
            if truth is YES:
                return tier if tier.value is None else min([tier, *open_to], key=_floor)
            if truth is not NO:
                open_to.append(tier)
        return min(open_to, key=_floor) if open_to else None


def _floor(tier: Tier) -> float:
    """A tier without a figure never lowers what is sure."""
    return float("inf") if tier.value is None else tier.value
