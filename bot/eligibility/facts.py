"""Reads facts in the contract's form into checked, flat atoms that the rules look up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
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

_FACTS = frozenset(FACTS)
# Of each set of flags the atoms by their names, and what a list says that names none of them.
_FLAGS = {fact: {name: f"{fact}.{name}" for name in names} for fact, names in FLAG_SETS.items()}
_NONE_HOLDS = {fact: dict.fromkeys(atoms.values(), False) for fact, atoms in _FLAGS.items()}


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
    if not raw.keys() <= _FACTS:
        _refuse_unknown(raw, FACTS, "facts", "fact")
    known: dict[str, Any] = {}
    for fact, value in raw.items():
        _READ[fact](known, fact, value)
    ages = read_ages(raw, today)
    if ages.known is not None:
        known["age"] = ages.known
    if "birth_date" in raw:
        known["birth_date"] = raw["birth_date"]
    conflicts = _derive(known, ages, raw)
    if known.get("support_mode") == "centralized":
        known.setdefault("place", "institution")
    presumed = frozenset([fact for fact in PRESUMED if fact not in known])
    for fact in presumed:
        known[fact] = PRESUMED[fact]
    return Facts(MappingProxyType(known), _region(raw), presumed, conflicts)


def _region(raw: Mapping[str, Any]) -> str | None:
    region = raw.get("region")
    if region is None and "region" not in raw:
        return None
    if not isinstance(region, str) or not 0 < len(region.strip()) <= 40:
        raise BadValue('region is a code such as "411303" or a name such as "卧龙区"', field="facts.region")
    return region.strip()


def _later(_known: dict[str, Any], _fact: str, _value: Any) -> None:
    """The ages are read together, the region by itself."""


def _choice(known: dict[str, Any], fact: str, value: Any) -> None:
    known[fact] = _one_of(value, CHOICES[fact], f"facts.{fact}")


def _yes_or_no(known: dict[str, Any], fact: str, value: Any) -> None:
    if value is not True and value is not False:
        raise _no_boolean(f"facts.{fact}")
    known[fact] = value


def _flags(known: dict[str, Any], fact: str, value: Any) -> None:
    """A list is complete, a map says only what it says."""
    atoms = _FLAGS[fact]
    if isinstance(value, list | tuple):
        known.update(_NONE_HOLDS[fact])
        for name in value:
            known[atoms[_one_of(name, atoms, f"facts.{fact}")]] = True
    elif isinstance(value, Mapping):
        _refuse_unknown(value, atoms, f"facts.{fact}", "value")
        for name, holds in value.items():
            if holds is not True and holds is not False:
                raise _no_boolean(f"facts.{fact}.{name}")
            known[atoms[name]] = holds
    else:
        raise BadValue(f"{fact} is a list or a map of {', '.join(atoms)}", field=f"facts.{fact}")


def _disability(known: dict[str, Any], fact: str, value: Any) -> None:
    field = f"facts.{fact}"
    known["disability"] = value is not None
    if value is None:
        return
    if not isinstance(value, Mapping):
        raise BadValue('disability is null (no certificate) or {"level": 1..4, "kind": "…"}', field=field)
    _refuse_unknown(value, ("level", "kind"), field, "key")
    if "level" in value:
        level = value["level"]
        if isinstance(level, bool) or level not in DISABILITY_LEVELS:
            raise BadValue("level is 1, 2, 3 or 4", field=f"{field}.level")
        known["disability.level"] = int(level)
    if "kind" in value:
        known["disability.kind"] = _one_of(value["kind"], DISABILITY_KINDS, f"{field}.kind")


def _months(known: dict[str, Any], fact: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST_CARE:
        raise BadValue(f"{fact} is a number of months from 0 to {LONGEST_CARE}", field=f"facts.{fact}")
    # Less than nothing is nothing: -0.0 would be told as "-0".
    known[fact] = value or 0


def _no_boolean(field: str) -> BadValue:
    return BadValue("it is true or false; leave it out where it is not known", field=field)


def _one_of(value: Any, allowed: Collection[str], field: str) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise BadValue(f"{str(value)[:40]!r} is not one of {', '.join(allowed)}", field=field)
    return value


def _refuse_unknown(given: Mapping[str, Any], allowed: Collection[str], field: str, what: str) -> None:
    for name in given:
        if name not in allowed:
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


# How each fact is read; a roster has a hundred thousand elders, so it is looked up and not asked for.
_READ: Mapping[str, Callable[[dict[str, Any], str, Any], None]] = {
    **dict.fromkeys(("region", *AGES), _later),
    **dict.fromkeys(FLAG_SETS, _flags),
    **dict.fromkeys(CHOICES, _choice),
    **dict.fromkeys(BOOLEANS, _yes_or_no),
    "disability": _disability,
    "care_months": _months,
}
