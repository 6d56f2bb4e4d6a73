"""Puts what is known of an elder, and what a list asks for, into words for the staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.catalog.model import Catalog
from bot.dialogue.reasons import age_words
from bot.dialogue.wording import say
from bot.eligibility.conditions import age_bounds
from bot.eligibility.facts import Facts
from bot.eligibility.vocabulary import CHOICES, FLAG_SETS, OLDEST

Condition = Mapping[str, Any]


def fact_words(facts: Facts, catalog: Catalog) -> list[str]:
    """One short phrase for everything that was told, nothing for what is presumed."""
    told = [age_words(facts)] if "age" in facts.known else []
    done = {"age", *facts.presumed}
    # The level says that there is a certificate.
    implied = {"disability"} if "disability.level" in facts.known else set()
    for atom, value in facts.known.items():
        fact, _, flag = atom.partition(".")
        if fact in done or atom in implied:
            continue
        if fact in FLAG_SETS:
            done.add(fact)
            told += _flags(fact, facts, catalog)
        else:
            told += [words] if (words := _one(fact, flag, value, catalog)) else []
    return told


def _flags(fact: str, facts: Facts, catalog: Catalog) -> list[str]:
    values = catalog.facts[fact].values
    known = {flag: facts.known.get(f"{fact}.{flag}") for flag in FLAG_SETS[fact]}
    if set(known.values()) == {False}:
        return [say("lookup_none_of", name=catalog.facts[fact].name)]
    held = [values[flag].name for flag, holds in known.items() if holds]
    return held or [
        values[flag].fails or values[flag].name for flag, holds in known.items() if holds is False
    ]


def _one(fact: str, flag: str, value: Any, catalog: Catalog) -> str | None:
    words = catalog.facts[fact]
    if fact == "disability":
        return _certificate(flag, value, catalog)
    if fact == "care_months":
        return say("lookup_care_months", months=f"{value:g}")
    if fact in CHOICES:
        return words.values[value].holds or words.values[value].name
    return (words.holds if value else words.fails) or words.name


def _certificate(flag: str, value: Any, catalog: Catalog) -> str | None:
    if flag == "level":
        return say("certificate_level", level=say(f"level_{value}"))
    if flag == "kind":
        return say("lookup_kind", kind=catalog.facts["disability"].values[value].name)
    return say("certificate_held") if value else say("no_certificate")


def condition_words(condition: Condition | None, catalog: Catalog) -> str:
    """What a list asks for, as a phrase: 低保，而且（满80周岁，或者持有残疾证）."""
    return _all(condition, catalog) if condition else say("condition_anyone")


def _all(condition: Condition, catalog: Catalog) -> str:
    parts = [_part(key, value, catalog, alone=len(condition) == 1) for key, value in condition.items()]
    return say("condition_and").join(parts)


def _part(key: str, value: Any, catalog: Catalog, *, alone: bool) -> str:
    if key in ("all", "any"):
        inner = [_all(one, catalog) for one in value]
        if key == "any":
            inner = [
                say("condition_group", words=one) if say("condition_and") in one else one for one in inner
            ]
        joined = say("condition_and" if key == "all" else "condition_or").join(inner)
        return joined if alone else say("condition_group", words=joined)
    if key == "not":
        return _not(value, catalog)
    if key == "age":
        return _ages(value)
    if key == "care_months":
        return say("condition_months", least=value["at_least"])
    return _disability(value, catalog) if key == "disability" else _named(key, value, catalog)


def _not(condition: Condition, catalog: Catalog) -> str:
    if len(condition) == 1:
        (key, value), words = next(iter(condition.items())), catalog.facts
        if key in words and isinstance(value, str) and value in words[key].values:
            return words[key].values[value].fails or say("condition_not", words=words[key].values[value].name)
    return say("condition_not", words=_all(condition, catalog))


def _ages(value: Any) -> str:
    low, high = age_bounds(value)
    if high >= OLDEST:
        return say("condition_at_least", low=low)
    return say("condition_one_age" if low == high else "condition_between", low=low, high=high)


def _disability(value: Any, catalog: Catalog) -> str:
    if not isinstance(value, Mapping):
        return say("certificate_held" if value == "held" else "no_certificate")
    join = say("condition_list_or").join
    parts = []
    if "level" in value:
        parts.append(say("condition_levels", levels=join(say(f"level_{n}") for n in _many(value["level"]))))
    if "kind" in value:
        names = [catalog.facts["disability"].values[kind].name for kind in _many(value["kind"])]
        parts.append(say("condition_kinds", kinds=join(names)))
    return say("condition_and").join(parts)


def _named(fact: str, value: Any, catalog: Catalog) -> str:
    words = catalog.facts[fact]
    if isinstance(value, bool):
        told = (words.holds if value else words.fails) or words.name
        return say("condition_group", words=told) if "，" in told else told
    named = [words.values[one] for one in _many(value)]
    told_of = [one.holds or one.name for one in named] if fact in CHOICES else [one.name for one in named]
    return say("condition_one_of").join(told_of)


def _many(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
