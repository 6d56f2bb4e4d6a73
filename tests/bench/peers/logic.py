"""The Wolong list as JsonLogic over flat facts, made from catalog_data: what the peers can express of it.

They know no "unknown" and no "maybe": an entry is true where ours says "yes" or "general", and what nobody told counts
as not so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from bot.catalog.load import CATALOG_DATA
from bot.eligibility.facts import Facts
from bot.eligibility.vocabulary import BOOLEANS, CHOICES, DISABILITY_LEVELS, FLAG_SETS

FOLDER = CATALOG_DATA / "lists" / "wolong-2024"
Logic = Any
Flat = dict[str, bool | int]
NAMES = (
    *(f"{fact}_{name}" for fact, names in (*FLAG_SETS.items(), *CHOICES.items()) for name in names),
    *BOOLEANS,
    "disability",
    *(f"disability_level_{level}" for level in DISABILITY_LEVELS),
)


def rules() -> dict[str, Logic]:
    """An expression for every entry, by its id."""
    audience = _yaml("document.yaml")["audience"]
    return dict(_entry(_yaml(file.name), audience) for file in sorted(FOLDER.glob("[0-9]*.yaml")))


def flat(facts: Facts) -> Flat:
    """Known facts with nothing nested: flags, and two numbers (the lowest age that is sure)."""
    known = facts.known
    told: Flat = dict.fromkeys(NAMES, False)
    told |= {fact: bool(known.get(fact)) for fact in (*BOOLEANS, "disability")}
    for fact, names in FLAG_SETS.items():
        told |= {f"{fact}_{name}": bool(known.get(f"{fact}.{name}")) for name in names}
    told |= {f"{fact}_{known[fact]}": True for fact in CHOICES if fact in known}
    if level := known.get("disability.level"):
        told[f"disability_level_{level}"] = True
    return told | {"age": known.get("age", (0, 0))[0], "care_months": int(known.get("care_months", 0))}


def _yaml(name: str) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return told


def _entry(form: Mapping[str, Any], audience: Mapping[str, Any]) -> tuple[str, Logic]:
    parts = [] if form.get("audience") == "own" else [_all(audience)]
    parts.append(_all(form["who"]))
    doubts = form.get("at_most_maybe", ())
    parts += [{"!": [_doubt(one["when"])]} if "when" in one else False for one in doubts]
    id_ = f"wolong-{form['item']:02}{form.get('part', '')}"
    return id_, _joined("and", [part for part in parts if part is not True])


def _doubt(when: Mapping[str, Any]) -> Logic:
    # Local until told otherwise, so the flat fact says it.
    return {"!": [{"var": "hukou_local"}]} if when == {"hukou_local": False} else _all(when)


def _all(form: Mapping[str, Any]) -> Logic:
    return _joined("and", [_part(key, value) for key, value in form.items()]) if form else True


def _part(key: str, value: Any) -> Logic:
    if key in ("all", "any"):
        return _joined("and" if key == "all" else "or", [_all(one) for one in value])
    if key == "not":
        ((fact, name),) = value.items()
        return _one_of(fact, [other for other in CHOICES[fact] if other != name])
    if key in ("age", "care_months"):
        return {">=": [{"var": key}, value["at_least"]]}
    if key == "disability":
        return {"var": key} if value == "held" else _one_of("disability_level", value["level"])
    return {"var": key} if key in BOOLEANS else _one_of(key, value if isinstance(value, list) else [value])


def _one_of(fact: str, names: Sequence[object]) -> Logic:
    return _joined("or", [{"var": f"{fact}_{name}"} for name in names])


def _joined(word: str, parts: Sequence[Logic]) -> Logic:
    return parts[0] if len(parts) == 1 else {word: list(parts)}


def ours_true(results: Sequence[Any]) -> list[str]:
    """The entries that ours promises, or that are for elders at large."""
    return [one.id for one in results if one.verdict in ("yes", "general")]
