"""Compiles the conditions of catalog_data/ into checks over known facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from rapidfuzz import process

from bot.eligibility.outcome import (
    NO,
    UNKNOWN,
    YES,
    Check,
    Known,
    Outcome,
    Reason,
    all_of,
    always,
    any_of,
    not_of,
)
from bot.eligibility.vocabulary import (
    BOOLEANS,
    CHOICES,
    DISABILITY_KINDS,
    DISABILITY_LEVELS,
    FLAG_SETS,
    LONGEST_CARE,
    OLDEST,
)

_KEYS = ("all", "any", "not", "age", "care_months", "disability", *FLAG_SETS, *CHOICES, *BOOLEANS)


# Of each compiled condition, what it looks at.
_READS: WeakKeyDictionary[Check, frozenset[str]] = WeakKeyDictionary()
_READS[always] = frozenset()


class ConditionError(ValueError):
    """A condition that cannot be read: what is wrong and how to mend it."""


def compile_condition(raw: Any) -> Check:
    """A mapping is "all of these"; raises `ConditionError`."""
    if not isinstance(raw, Mapping):
        raise ConditionError(f"a condition is a mapping such as {{age: {{at_least: 80}}}}, not {raw!r}")
    check = all_of([_part(key, value) for key, value in raw.items()])
    _READS[check] = _read_by(raw)
    return check


def reads(check: Check) -> frozenset[str] | None:
    """The atoms of `Facts.known` that a compiled condition looks at; None for a check that was made elsewhere."""
    return _READS.get(check)


def _read_by(raw: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(atom for key, value in raw.items() for atom in _atoms(key, value))


def _atoms(key: str, value: Any) -> Iterable[str]:
    if key in ("all", "any"):
        return [atom for part in value for atom in _read_by(part)]
    if key == "not":
        return _read_by(value)
    if key in FLAG_SETS:
        return [f"{key}.{name}" for name in _names(value, FLAG_SETS[key], key)]
    # A certificate is told with its level and its kind, whichever of them was asked for.
    return ("disability", "disability.level", "disability.kind") if key == "disability" else (key,)


def _part(key: Any, value: Any) -> Check:
    if key in ("all", "any"):
        return _several(key, value)
    if key == "not":
        return not_of(compile_condition(value))
    if key in ("age", "care_months"):
        return _age(value) if key == "age" else _months(value)
    if key == "disability":
        return _disability(value)
    if key in FLAG_SETS:
        return any_of([_flag(key, name) for name in _names(value, FLAG_SETS[key], key)])
    if key in CHOICES:
        return any_of([_choice(key, name) for name in _names(value, CHOICES[key], key)])
    if key in BOOLEANS:
        return _boolean(key, value)
    near = process.extractOne(str(key), _KEYS, score_cutoff=60)
    raise ConditionError(
        f"nobody asks for {key!r}; "
        + (f"did you mean {near[0]!r}?" if near else f"write one of {', '.join(_KEYS)}")
    )


def _several(key: str, value: Any) -> Check:
    if not isinstance(value, list) or not value:
        raise ConditionError(f"{key!r} needs a list of conditions")
    return (all_of if key == "all" else any_of)([compile_condition(part) for part in value])


def _names(value: Any, allowed: tuple[str, ...], key: str) -> list[str]:
    names = value if isinstance(value, list) and value else [value]
    for name in names:
        if name not in allowed:
            raise ConditionError(f"{key} has no {name!r}; write one of {', '.join(allowed)}")
    return names


def _decided(fact: str, value: Any) -> tuple[Outcome, Outcome, Outcome]:
    """The three outcomes of one question, made once."""
    return (
        Outcome(YES, (Reason(fact, value, True),)),
        Outcome(NO, (Reason(fact, value, False),)),
        Outcome(UNKNOWN, (), (fact,)),
    )


def _flag(fact: str, name: str) -> Check:
    yes, no, unknown = _decided(fact, name)
    key = f"{fact}.{name}"

    def check(known: Known) -> Outcome:
        holds = known.get(key)
        return unknown if holds is None else yes if holds else no

    return check


def _choice(fact: str, name: str) -> Check:
    yes, no, unknown = _decided(fact, name)
    # 半自理 has no definition in the lists: it neither proves nor disproves 失能.
    undefined = "partial" if (fact, name) == ("care", "dependent") else object()

    def check(known: Known) -> Outcome:
        value = known.get(fact)
        return unknown if value is None or value == undefined else yes if value == name else no

    return check


def _boolean(fact: str, wanted: Any) -> Check:
    if not isinstance(wanted, bool):
        raise ConditionError(f"{fact} is true or false, not {wanted!r}")
    yes, no, unknown = _decided(fact, wanted)

    def check(known: Known) -> Outcome:
        value = known.get(fact)
        return unknown if value is None else yes if value is wanted else no

    return check


def age_bounds(value: Any) -> tuple[int, int]:
    """{at_least}, {at_most} or {between} as the lowest and highest age, both included."""
    if isinstance(value, Mapping) and len(value) == 1:
        ((word, bound),) = value.items()
        ends = {"at_least": [bound, OLDEST], "at_most": [0, bound], "between": bound}.get(word)
        if isinstance(ends, list) and len(ends) == 2 and all(map(_is_age, ends)) and ends[0] <= ends[1]:
            return ends[0], ends[1]
    raise ConditionError(f"age is {{at_least: 80}}, {{at_most: 64}} or {{between: [80, 89]}}, not {value!r}")


def _is_age(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= OLDEST


def _age(value: Any) -> Check:
    low, high = age_bounds(value)
    yes, no, unknown = _decided("age", (low, high))

    def check(known: Known) -> Outcome:
        ages = known.get("age")
        if ages is None:
            return unknown
        youngest, oldest = ages
        if low <= youngest and oldest <= high:
            return yes
        return no if oldest < low or youngest > high else unknown

    return check


def _months(value: Any) -> Check:
    least = value.get("at_least") if isinstance(value, Mapping) and len(value) == 1 else None
    if isinstance(least, bool) or not isinstance(least, int | float) or not 0 < least <= LONGEST_CARE:
        raise ConditionError(f"care_months is {{at_least: 6}}, not {value!r}")
    yes, no, unknown = _decided("care_months", least)

    def check(known: Known) -> Outcome:
        months = known.get("care_months")
        return unknown if months is None else yes if months >= least else no

    return check


def _disability(value: Any) -> Check:
    if value == "held":
        return _held()
    if not isinstance(value, Mapping) or not value or set(value) - {"level", "kind"}:
        raise ConditionError(f"disability is held, {{level: [1, 2]}} or {{kind: [mental]}}, not {value!r}")
    parts: list[Check] = []
    for key, allowed in (("level", DISABILITY_LEVELS), ("kind", DISABILITY_KINDS)):
        if key in value:
            parts.append(_detail(key, frozenset(_details(value[key], allowed, key))))
    return all_of(parts)


def _details(value: Any, allowed: tuple[Any, ...], key: str) -> list[Any]:
    if not isinstance(value, list) or not value or any(_not_one(one, allowed) for one in value):
        raise ConditionError(f"disability {key} is a list of {', '.join(map(str, allowed))}, not {value!r}")
    return value


def _not_one(value: Any, allowed: tuple[Any, ...]) -> bool:
    return isinstance(value, bool) or value not in allowed


def _held() -> Check:
    yes, no, unknown = _decided("disability", "held")

    def check(known: Known) -> Outcome:
        held = known.get("disability")
        return unknown if held is None else yes if held else no

    return check


def _detail(key: str, wanted: frozenset[Any]) -> Check:
    yes, no, unknown = _decided("disability", tuple(sorted(wanted)))
    none = Outcome(NO, (Reason("disability", "held", False),))
    atom = f"disability.{key}"

    def check(known: Known) -> Outcome:
        if known.get("disability") is False:
            return none
        detail = known.get(atom)
        return unknown if detail is None else yes if detail in wanted else no

    return check
