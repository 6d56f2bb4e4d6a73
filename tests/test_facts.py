"""Facts as they come in: what each may be, what is refused by its name, what one says of another."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.eligibility.facts import read_facts
from bot.errors import BadValue

TODAY = date(2026, 11, 21)

# what was told, the field that is named, a word of the mend
REFUSED: list[tuple[Any, str, str]] = [
    ([("age", 83)], "facts", "an object"),
    (None, "facts", "an object"),
    ({"agee": 83}, "facts.agee", "did you mean 'age'?"),
    ({"x" * 99: 1}, f"facts.{'x' * 40}", "allowed are region"),
    ({7: 1}, "facts.7", "there is no fact"),
    ({"region": None}, "facts.region", "a code"),
    ({"region": "  "}, "facts.region", "a code"),
    ({"region": 411303}, "facts.region", "a code"),
    ({"region": "长" * 41}, "facts.region", "a code"),
    ({"status": "low_income"}, "facts.status", "a list or a map"),
    ({"status": None}, "facts.status", "a list or a map"),
    ({"status": ["low_incom"]}, "facts.status", "not one of low_income"),
    ({"status": [["low_income"]]}, "facts.status", "not one of"),
    ({"status": {"low_incom": True}}, "facts.status.low_incom", "did you mean 'low_income'?"),
    ({"status": {"low_income": "yes"}}, "facts.status.low_income", "true or false"),
    ({"status": {"low_income": None}}, "facts.status.low_income", "leave it out"),
    ({"care": "ill"}, "facts.care", "not one of independent"),
    ({"care": ["partial"]}, "facts.care", "not one of"),
    ({"rural": 1}, "facts.rural", "true or false"),
    ({"rural": None}, "facts.rural", "leave it out"),
    ({"care_months": -1}, "facts.care_months", "from 0 to 1200"),
    ({"care_months": float("nan")}, "facts.care_months", "from 0 to 1200"),
    ({"care_months": float("inf")}, "facts.care_months", "from 0 to 1200"),
    ({"care_months": True}, "facts.care_months", "from 0 to 1200"),
    ({"care_months": "6"}, "facts.care_months", "from 0 to 1200"),
    ({"disability": True}, "facts.disability", "null (no certificate)"),
    ({"disability": 2}, "facts.disability", "null (no certificate)"),
    ({"disability": {"grade": 2}}, "facts.disability.grade", "allowed are level, kind"),
    ({"disability": {"level": 5}}, "facts.disability.level", "1, 2, 3 or 4"),
    ({"disability": {"level": True}}, "facts.disability.level", "1, 2, 3 or 4"),
    ({"disability": {"level": None}}, "facts.disability.level", "1, 2, 3 or 4"),
    ({"disability": {"kind": "mentall"}}, "facts.disability.kind", "not one of physical"),
]


@pytest.mark.parametrize(("raw", "field", "says"), REFUSED, ids=[str(r[0])[:50] for r in REFUSED])
def test_what_cannot_be_is_refused_by_its_name(raw: Any, field: str, says: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_facts(raw, TODAY)
    assert refused.value.field == field
    assert says in refused.value.message
    assert len(refused.value.message) < 500


WIDER = "family.special_family_planning"
PRESUMED = {"resident": True, "hukou_local": True, "place": "home"}

# what was told, what is known besides what is presumed, what contradicts itself
TOLD: list[tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]] = [
    ({}, PRESUMED, ()),
    ({"resident": False}, {**PRESUMED, "resident": False}, ()),
    ({"place": "institution"}, {**PRESUMED, "place": "institution"}, ()),
    # Who is supported centrally lives in the institution, unless told otherwise.
    ({"support_mode": "centralized"}, {**PRESUMED, "support_mode": "centralized", "place": "institution"}, ()),
    ({"support_mode": "centralized", "place": "home"}, {**PRESUMED, "support_mode": "centralized"}, ()),
    ({"disability": None}, {**PRESUMED, "disability": False}, ()),
    ({"disability": {}}, {**PRESUMED, "disability": True}, ()),
    ({"disability": {"level": 2}}, {**PRESUMED, "disability": True, "disability.level": 2}, ()),
    ({"care_certified": True}, {**PRESUMED, "care_certified": True, "care": "dependent"}, ()),
    ({"care_severe": True, "care": "partial"}, {**PRESUMED, "care_severe": True, "care": "dependent"}, ()),
    ({"care_certified": False, "care": "independent"}, {**PRESUMED, "care_certified": False, "care": "independent"}, ()),
    ({"care_certified": True, "care": "independent"}, PRESUMED, ("care", "care_certified")),
    ({"family": {"only_child_disabled": True}}, {**PRESUMED, "family.only_child_disabled": True, WIDER: True}, ()),
    ({"family": {"only_child_disabled": False}}, {**PRESUMED, "family.only_child_disabled": False}, ()),
    ({"family": {"only_child_deceased": True, "special_family_planning": False}},
     {**PRESUMED, "family.only_child_deceased": True}, ("family",)),
]  # fmt: skip


@pytest.mark.parametrize(("told", "known", "conflicts"), TOLD, ids=[str(t[0]) for t in TOLD])
def test_what_was_told_is_known_and_what_follows_from_it(
    told: dict[str, Any], known: dict[str, Any], conflicts: tuple[str, ...]
) -> None:
    facts = read_facts(told, TODAY)
    assert dict(facts.known) == known
    assert facts.conflicts == conflicts


def test_a_list_is_complete_and_a_map_says_only_what_it_says() -> None:
    listed = read_facts({"status": ["low_income"]}, TODAY).known
    mapped = read_facts({"status": {"low_income": True}}, TODAY).known
    assert listed["status.extreme_poverty"] is False
    assert "status.extreme_poverty" not in mapped
    assert listed["status.low_income"] is mapped["status.low_income"] is True


def test_a_list_of_the_narrower_name_does_not_deny_the_wider() -> None:
    facts = read_facts({"family": ["only_child_deceased"]}, TODAY)
    assert facts.known["family.special_family_planning"] is True
    assert facts.conflicts == ()


@pytest.mark.parametrize(
    ("told", "fact", "has"),
    [
        ({}, "resident", False),
        ({"resident": True}, "resident", True),
        ({}, "status", False),
        ({"status": {"rural_at_risk": False}}, "status", True),
        ({"status": {}}, "status", False),
        ({"birth_date": "1943"}, "age", True),
        ({"disability": None}, "disability", True),
    ],
)
def test_a_presumption_is_not_told(told: dict[str, Any], fact: str, has: bool) -> None:
    assert read_facts(told, TODAY).has(fact) is has


def test_a_place_is_taken_without_the_spaces_around_it() -> None:
    assert read_facts({"region": " 卧龙区 "}, TODAY).region == "卧龙区"
