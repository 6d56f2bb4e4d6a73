"""Reads facts in the contract's form into checked, flat atoms that the rules look up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from rapidfuzz import process

from bot.eligibility.ages import Ages, read_ages
from bot.eligibility.vocabulary import (
    AGES,
    BOOLEANS,
    CHOICES,
    DISABILITY_KINDS,
    DISABILITY_LEVELS,
    FACTS,
    FLAG_SETS,
    LONGEST_CARE,
    PRESUMED,
)
from bot.errors import BadValue


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one elder, as flat atoms.

    `known`: "age" -> (low, high); "birth_date" as told; "status.low_income" -> bool; "care" -> a value; "disability" -> bool (holds a
    certificate); "disability.level" -> 1..4; absent = unknown. It includes what is presumed (`presumed`).
    `conflicts` names the facts that contradict each other and therefore count as unknown.
    """

    known: Mapping[str, Any]
    region: str | None = None
    presumed: frozenset[str] = frozenset()
    conflicts: tuple[str, ...] = ()

    def has(self, fact: str) -> bool:
        """Whether anything was told of this fact (a presumption is not told)."""
        if fact in self.presumed:
            return False
        if fact in FLAG_SETS:
            return any(f"{fact}.{flag}" in self.known for flag in FLAG_SETS[fact])
        return fact in self.known


def read_facts(raw: Mapping[str, Any], today: date) -> Facts:
    """Checks and flattens; raises `BadValue` naming the fact and what is allowed."""
    if not isinstance(raw, Mapping):
        raise BadValue('facts is an object such as {"age": 83}', field="facts")
    _refuse_unknown(raw, FACTS, "facts", "fact")
    known: dict[str, Any] = {}
    for fact, value in raw.items():
        if fact not in AGES and fact != "region":
            known.update(_atoms(fact, value))
    ages = read_ages(raw, today)
    if ages.known is not None:
        known["age"] = ages.known
    if "birth_date" in raw:
        known["birth_date"] = raw["birth_date"]
    conflicts = _derive(known, ages, raw)
    if known.get("support_mode") == "centralized":
        known.setdefault("place", "institution")
    presumed = {fact for fact in PRESUMED if fact not in known}
    known.update({fact: PRESUMED[fact] for fact in presumed})
    return Facts(MappingProxyType(known), _region(raw), frozenset(presumed), conflicts)


def _region(raw: Mapping[str, Any]) -> str | None:
    region = raw.get("region")
    if region is None and "region" not in raw:
        return None
    if not isinstance(region, str) or not 0 < len(region.strip()) <= 40:
        raise BadValue('region is a code such as "411303" or a name such as "卧龙区"', field="facts.region")
    return region.strip()


def _atoms(fact: str, value: Any) -> dict[str, Any]:
    field = f"facts.{fact}"
    if fact in FLAG_SETS:
        return {f"{fact}.{flag}": holds for flag, holds in _flags(fact, value, field).items()}
    if fact in CHOICES:
        return {fact: _one_of(value, CHOICES[fact], field)}
    if fact in BOOLEANS:
        return {fact: _boolean(value, field)}
    if fact == "disability":
        return _disability(value, field)
    return {fact: _months(value, field)}


def _flags(fact: str, value: Any, field: str) -> dict[str, bool]:
    """A list is complete, a map says only what it says."""
    names = FLAG_SETS[fact]
    if isinstance(value, list | tuple):
        for name in value:
            _one_of(name, names, field)
        return {name: name in value for name in names}
    if isinstance(value, Mapping):
        _refuse_unknown(value, names, field, "value")
        return {name: _boolean(holds, f"{field}.{name}") for name, holds in value.items()}
    raise BadValue(f"{fact} is a list or a map of {', '.join(names)}", field=field)


def _disability(value: Any, field: str) -> dict[str, Any]:
    if value is None:
        return {"disability": False}
    if not isinstance(value, Mapping):
        raise BadValue('disability is null (no certificate) or {"level": 1..4, "kind": "…"}', field=field)
    _refuse_unknown(value, ("level", "kind"), field, "key")
    atoms: dict[str, Any] = {"disability": True}
    if "level" in value:
        level = value["level"]
        if isinstance(level, bool) or level not in DISABILITY_LEVELS:
            raise BadValue("level is 1, 2, 3 or 4", field=f"{field}.level")
        atoms["disability.level"] = int(level)
    if "kind" in value:
        atoms["disability.kind"] = _one_of(value["kind"], DISABILITY_KINDS, f"{field}.kind")
    return atoms


def _boolean(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise BadValue("it is true or false; leave it out where it is not known", field=field)
    return value


def _months(value: Any, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST_CARE:
        raise BadValue(f"care_months is a number of months from 0 to {LONGEST_CARE}", field=field)
    return value


def _one_of(value: Any, allowed: Iterable[str], field: str) -> str:
    if not isinstance(value, str) or value not in tuple(allowed):
        raise BadValue(f"{str(value)[:40]!r} is not one of {', '.join(allowed)}", field=field)
    return value


def _refuse_unknown(given: Mapping[str, Any], allowed: Iterable[str], field: str, what: str) -> None:
    for name in given:
        if name not in tuple(allowed):
            near = process.extractOne(str(name)[:40], tuple(allowed), score_cutoff=70)
            hint = f"did you mean {near[0]!r}?" if near else f"allowed are {', '.join(allowed)}"
            raise BadValue(
                f"there is no {what} {str(name)[:40]!r}; {hint}",
                code=f"unknown_{what}",
                field=f"{field}.{str(name)[:40]}",
            )


def _derive(known: dict[str, Any], ages: Ages, raw: Mapping[str, Any]) -> tuple[str, ...]:
    """What one fact says of another, and which facts contradict each other (these then count as unknown)."""
    conflicts = ["age"] if ages.conflict else []
    conflicts += _derive_care(known)
    conflicts += _derive_family(known, said_outright=isinstance(raw.get("family"), Mapping))
    return tuple(conflicts)


def _derive_care(known: dict[str, Any]) -> list[str]:
    certain = [fact for fact in ("care_certified", "care_severe") if known.get(fact)]
    if not certain:
        return []
    if known.get("care") == "independent":
        for fact in ("care", *certain):
            del known[fact]
        return ["care", *certain]
    known["care"] = "dependent"
    return []


def _derive_family(known: dict[str, Any], *, said_outright: bool) -> list[str]:
    """A family that lost its only child, or whose only child is disabled, is what 计划生育特殊家庭 means.

    A list leaves the wider name out because the narrower says it; a map that denies it contradicts itself.
    """
    if not (known.get("family.only_child_deceased") or known.get("family.only_child_disabled")):
        return []
    if said_outright and known.get("family.special_family_planning") is False:
        del known["family.special_family_planning"]
        return ["family"]
    known["family.special_family_planning"] = True
    return []
