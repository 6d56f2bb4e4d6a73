"""What counts as read rightly: facts and whose they are, slots, dangers."""

from __future__ import annotations

from typing import Any

import pytest

from nlu.report import Case, judge
from nlu.report.case import Danger, Person
from nlu.understanding import EMERGENCIES, PersonHeard, Understanding


def verdicts(expected: Any, also: Any, got: Any) -> list[tuple[str, str]]:
    return [(each.kind, each.verdict) for each in judge.facts(expected, also, got)]


RIGHT_FACTS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"age": 83}, {}, {"age": 83}),
    ({"age_range": [81, 89]}, {}, {"age_range": [80, 90]}),
    ({"birth_date": "1943"}, {}, {"age_range": [82, 83]}),
    ({"birth_date": "any"}, {}, {"age": 61}),
    ({"age": 83}, {"age": "any"}, {"age_range": [82, 84]}),
    ({"status": {"low_income": True}}, {}, {"status": {"low_income": True}}),
    ({"disability": None}, {}, {"disability": None}),
    ({"disability": {"level": 2, "kind": "any"}}, {}, {"disability": {"level": 2, "kind": "visual"}}),
    ({"disability": {"level": 2}}, {"disability": {"level": 2, "kind": "any"}},
     {"disability": {"level": 2, "kind": "visual"}}),
    ({"living": "any"}, {}, {"living": {"alone": True}}),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "also", "got"), RIGHT_FACTS)
def test_a_fact_is_right(expected: Any, also: Any, got: Any) -> None:
    assert {verdict for _, verdict in verdicts(expected, also, got)} == {"right"}


WRONG_FACTS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = [
    ({}, {}, {"age": 8}, [("age", "wrong")]),
    ({"age": 83}, {}, {}, [("age", "lost")]),
    ({"age": 83}, {}, {"age": 38}, [("age", "wrong"), ("age", "lost")]),
    ({"age": 83}, {}, {"age_range": [82, 84]}, [("age", "wrong"), ("age", "lost")]),
    ({"disability": {}}, {}, {"disability": None}, [("disability", "wrong"), ("disability", "lost")]),
    ({}, {"care": "partial"}, {"care": "dependent"}, [("care", "wrong")]),
    ({"status": {"low_income": True}}, {}, {"status": {"low_income": True, "extreme_poverty": True}},
     [("status", "right"), ("status", "wrong")]),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "also", "got", "found"), WRONG_FACTS)
def test_a_fact_is_wrong_or_lost(expected: Any, also: Any, got: Any, found: list[tuple[str, str]]) -> None:
    assert verdicts(expected, also, got) == found


def heard_of(case: Case, *heard: PersonHeard) -> list[tuple[str, str]]:
    return [(each.kind, each.verdict) for each in judge.people(case, heard)]


def test_a_fact_of_the_wrong_person_is_wrong_and_lost() -> None:
    case = Case("俺娘83", "", people=(Person("mother", None, {"age": 83}),))
    assert heard_of(case, PersonHeard("self", None, {"age": 83})) == [
        ("subject", "lost"),
        ("age", "lost"),
        ("subject", "wrong"),
        ("age", "wrong"),
    ]


def test_several_people_are_told_apart_by_name_in_any_order() -> None:
    case = Case(
        "", "", people=(Person("other", "王大爷", {"age": 83}), Person("other", "李奶奶", {"age": 91}))
    )
    heard = (PersonHeard("other", "李奶奶", {"age": 91}), PersonHeard("other", "王大爷", {"age": 83}))
    assert {verdict for _, verdict in heard_of(case, *heard)} == {"right"}


def test_another_name_is_a_fault_of_the_name_alone() -> None:
    case = Case("", "", people=(Person("other", "王大爷", {"age": 83}),))
    heard = heard_of(case, PersonHeard("other", "老王", {"age": 83}))
    assert sorted(heard) == [("age", "right"), ("name", "lost"), ("subject", "right")]


def test_who_is_only_mentioned_need_not_be_read_and_anything_may_be_told_of_a_free_one() -> None:
    mentioned = Case("", "", people=(Person("mother"), Person("self", free=True)))
    assert heard_of(mentioned, PersonHeard("self", None, {"age": 83})) == []


def test_where_nobody_asks_whose_they_are_all_facts_count_together() -> None:
    case = Case(
        "", "", people=(Person("any", None, {"age": 83, "status": {"low_income": True}}),), whose=False
    )
    first, second = (
        PersonHeard("self", None, {"age": 83}),
        PersonHeard("spouse", None, {"status": {"low_income": True}}),
    )
    assert heard_of(case, first, second) == [("age", "right"), ("status", "right")]


def test_slots_are_judged_where_they_are_named() -> None:
    heard = Understanding(
        "book_call", 1.0, "embedded", slots={"service": "助浴", "phone": "1", "address": "北京"}
    )
    case = Case(
        "", "", slots={"service": "any", "time": "any", "phone": "2", "address": None, "contact": None}
    )
    assert [(each.kind, each.verdict) for each in judge.slots(case, heard)] == [
        ("service", "right"),
        ("time", "lost"),
        ("phone", "lost"),
        ("phone", "wrong"),
        ("address", "wrong"),
    ]


@pytest.mark.parametrize(
    ("wanted", "emergency", "perhaps", "fault"),
    [
        (Danger(), None, "fall", None),
        (Danger(), "fall", None, "false"),
        (Danger(("fall", "bleeding")), "bleeding", None, None),
        (Danger(("fall",)), "fire", None, "kind"),
        (Danger(("fall",)), None, "fall", "missed"),
        (Danger(EMERGENCIES, question_will_do=True), None, "fall", None),
        (Danger(EMERGENCIES, question_will_do=True), None, None, "missed"),
    ],
)
def test_danger(wanted: Danger, emergency: str | None, perhaps: str | None, fault: str | None) -> None:
    heard = Understanding("inform", 1.0, "embedded", emergency=emergency, perhaps_emergency=perhaps)
    assert judge.danger(wanted, heard) == fault
