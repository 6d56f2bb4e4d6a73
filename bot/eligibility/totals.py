"""The sure monthly sum, after "take the higher one", and why the rest is not in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.eligibility.benefits import Granted
from bot.eligibility.rules import Result


@dataclass(frozen=True, slots=True)
class EitherOr:
    """Entries of which only the higher is paid; `says` in the document's words."""

    entries: tuple[str, ...]
    says: str


class Taken(NamedTuple):
    """Of two, the one to take."""

    take: str
    instead_of: str
    why: str


class Total(NamedTuple):
    """`month_min` in CNY; None where the document prints no amounts at all."""

    month_min: float | None
    counted: tuple[str, ...]
    not_counted: tuple[tuple[str, str], ...]
    either_or: tuple[Taken, ...]


def add_up(results: Sequence[Result], either_or: Sequence[EitherOr], *, printed: bool) -> Total:
    """Counts fixed monthly amounts of "yes" entries that go to the person."""
    yes = [result for result in results if result.verdict == "yes" and result.benefits]
    monthly = {result.id: month for result in yes if (month := _month(result.benefits)) is not None}
    taken = [one for rule in either_or for one in _take(rule, monthly)]
    left = {one.instead_of for one in taken}
    counted = tuple(result.id for result in yes if result.id in monthly and result.id not in left)
    not_counted = tuple(
        (result.id, "lower_of_either_or" if result.id in left else _why_not(result.benefits))
        for result in yes
        if result.id not in counted
    )
    total = _plain(sum(monthly[id_] for id_ in counted))
    return Total(total if printed else None, counted, not_counted, tuple(taken))


def _month(benefits: Sequence[Granted]) -> float | None:
    values = [
        granted.value
        for granted in benefits
        if granted.value is not None
        and granted.unit == "CNY"
        and granted.per == "month"
        and granted.to == "person"
        and granted.not_counted is None
    ]
    return sum(values) if values else None


def _take(rule: EitherOr, monthly: dict[str, float]) -> list[Taken]:
    held = [id_ for id_ in rule.entries if id_ in monthly]
    if len(held) < 2:
        return []
    best = max(held, key=lambda id_: monthly[id_])
    return [Taken(best, other, rule.says) for other in held if other != best]


def _why_not(benefits: Sequence[Granted]) -> str:
    for granted in benefits:
        if granted.not_counted:
            return granted.not_counted
        if granted.to == "institution":
            return "to_institution"
        if granted.per == "year" and granted.value is not None:
            return "per_year"
    return "amount_not_printed"


def _plain(number: float) -> float:
    return int(number) if float(number).is_integer() else number
