"""What is told later joins what was told before: corrections, sets of flags, certificates, names, places."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog.load import load_catalog
from bot.dialogue.people import as_told, called, facts_of, key_of, merged, took_back, with_facts
from bot.eligibility.facts import read_facts
from bot.eligibility.vocabulary import AGES, BOOLEANS, CHOICES, FLAG_SETS
from bot.models import Person, Session
from nlu.understanding import PersonHeard

TODAY = date(2026, 11, 21)
CATALOG = load_catalog()
Told = dict[str, Any]

ages: dict[str, st.SearchStrategy[Any]] = {
    "age": st.integers(50, 110),
    "age_range": st.integers(50, 100).map(lambda low: [low, low + 9]),
    "birth_date": st.integers(1920, 1970).map(str),
}
maps = {
    name: st.dictionaries(st.sampled_from(flags), st.booleans(), max_size=3)
    for name, flags in FLAG_SETS.items()
}
others: dict[str, st.SearchStrategy[Any]] = {
    "disability": st.none()
    | st.fixed_dictionaries({}, optional={"level": st.integers(1, 4), "kind": st.just("mental")}),
    "care_months": st.integers(0, 60),
    "region": st.sampled_from(["411303", "开封"]),
    **{name: st.sampled_from(values) for name, values in CHOICES.items()},
    **{name: st.booleans() for name in BOOLEANS[:6]},
}
tellings = st.fixed_dictionaries({}, optional={**ages, **maps, **others})


# what was told, what is told now, what is known then
CASES: list[tuple[Told, Told, Told]] = [
    ({}, {}, {}),
    ({"age": 83}, {"rural": True}, {"age": 83, "rural": True}),
    ({"age": 83}, {"age": 84}, {"age": 84}),
    ({"age": 83}, {"age_range": [80, 89]}, {"age_range": [80, 89]}),
    ({"birth_date": "1943"}, {"age": 84}, {"age": 84}),
    # Told in two ways in one breath, both are kept; together they say more, or that they disagree.
    ({}, {"birth_date": "1943-05", "age": 83}, {"birth_date": "1943-05", "age": 83}),
    ({"age": 90}, {"age": 83, "birth_date": "1943-05"}, {"birth_date": "1943-05", "age": 83}),
    # One of the two cannot be: the other stands.
    ({"age": 90}, {"age": 83, "birth_date": "2043"}, {"age": 83}),
    ({"age": 90}, {"birth_date": "2043"}, {"age": 90}),
    ({"age": 90}, {"agee": 3}, {"age": 90}),
    ({"status": {"low_income": True}}, {"status": {"rural_at_risk": False}}, {"status": {"low_income": True, "rural_at_risk": False}}),
    ({"status": {"low_income": True}}, {"status": {"low_income": False}}, {"status": {"low_income": False}}),
    ({"status": {"low_income": True}}, {"status": {}}, {"status": {"low_income": True}}),
    ({"status": {"low_income": True}}, {"status": {"low_incom": True}}, {"status": {"low_income": True}}),
    ({"disability": {"level": 2}}, {"disability": {"kind": "mental"}}, {"disability": {"level": 2, "kind": "mental"}}),
    ({"disability": {"level": 2}}, {"disability": {}}, {"disability": {"level": 2}}),
    ({"disability": {"level": 2}}, {"disability": None}, {"disability": None}),
    ({"disability": None}, {"disability": {"level": 2}}, {"disability": {"level": 2}}),
    ({"care": "dependent", "care_certified": True}, {"care": "independent"}, {"care": "independent"}),
    ({"care": "dependent", "care_severe": True}, {"care": "independent"}, {"care": "independent"}),
    ({"care": "independent"}, {"care_certified": True}, {"care_certified": True}),
    ({"care": "independent"}, {"care_certified": False}, {"care": "independent", "care_certified": False}),
    # Both in one breath: the contradiction is kept, so that it can be said.
    ({}, {"care": "independent", "care_certified": True}, {"care": "independent", "care_certified": True}),
]  # fmt: skip


@pytest.mark.parametrize(("before", "told", "after"), CASES, ids=[f"{c[0]} + {c[1]}" for c in CASES])
def test_what_is_told_joins_what_was_told(before: Told, told: Told, after: Told) -> None:
    kept = dict(before)
    assert merged(before, told, TODAY) == after
    assert before == kept, "what was told before is not changed in place"


@given(tellings, tellings)
def test_what_was_told_last_stands_and_the_rest_stays(before: Told, told: Told) -> None:
    after = merged(before, told, TODAY)
    read_facts(after, TODAY)
    for fact, value in told.items():
        if isinstance(value, dict):
            assert value.items() <= after[fact].items()
        elif fact != "care":
            assert after[fact] == value
    kin = {"care", "care_certified", "care_severe", *(AGES if {*AGES} & {*told} else ())}
    for fact, value in before.items():
        if fact in kin or fact in told:
            continue
        assert after[fact] == value


@given(tellings, tellings)
def test_telling_it_twice_is_telling_it_once(before: Told, told: Told) -> None:
    once = merged(before, told, TODAY)
    assert merged(once, told, TODAY) == once
    assert not took_back(once, merged(once, told, TODAY))


def test_a_list_of_flags_is_complete() -> None:
    after = merged({"status": {"low_income": True}}, {"status": ["extreme_poverty"]}, TODAY)
    assert set(after["status"]) == set(FLAG_SETS["status"])
    assert [flag for flag, holds in after["status"].items() if holds] == ["extreme_poverty"]


HEARD = [
    (PersonHeard("mother"), None, "mother"),
    (PersonHeard("mother"), "father", "mother"),
    (PersonHeard("self", named=False), "father", "father"),
    (PersonHeard("self", named=False), None, "self"),
    (PersonHeard("self"), "father", "self"),
    (PersonHeard("other", name="王大爷"), "father", "王大爷"),
    (PersonHeard("other", name=None), "father", "father"),
    (PersonHeard("other", name=""), None, "self"),
    (PersonHeard("other", name="很" * 50), None, "很" * 20),
]


@pytest.mark.parametrize(("heard", "active", "key"), HEARD)
def test_whom_it_was_told_of(heard: PersonHeard, active: str | None, key: str) -> None:
    assert key_of(heard, active) == key


@pytest.mark.parametrize(
    ("key", "named", "own_word"),
    [
        ("self", "您", "我"),
        ("mother", "您母亲", "我妈"),
        ("姑姑", "您姑姑", "姑姑"),
        ("王大爷", "王大爷", "王大爷"),
    ],
)
def test_how_a_person_is_named(key: str, named: str, own_word: str) -> None:
    assert called(key) == named
    assert as_told(key) == own_word


def test_the_place_of_the_talk_is_everybodys_unless_somebody_lives_elsewhere() -> None:
    session = with_facts(Session(), "father", {"age": 86, "region": "411303"}, CATALOG, TODAY)
    session = with_facts(session, "mother", {"age": 84}, CATALOG, TODAY)
    assert facts_of(session, "mother")["region"] == "411303"
    session = with_facts(session, "姑姑", {"region": "410200"}, CATALOG, TODAY)
    assert facts_of(session, "father")["region"] == "411303"
    assert facts_of(session, "姑姑")["region"] == "410200"
    assert session.active == "姑姑"
    assert facts_of(session, "nobody") == {"region": "410200"}


@pytest.mark.parametrize("kept", [{"region": "411303"}, {}])
def test_reading_the_facts_changes_nobody(kept: Told) -> None:
    session = Session(people={"self": Person(facts=kept)}, region="410200")
    facts_of(session, "self")["age"] = 1
    assert session.people["self"].facts == kept


# what was known, what is known now, whether something was taken back
TAKEN = [
    ({}, {"age": 83}, False),
    ({"age": 83}, {"age": 83, "rural": True}, False),
    ({"age": 83}, {"age": 84}, True),
    ({"age": 83}, {}, True),
    ({"age": 83}, {"birth_date": "1943"}, True),
    ({"status": {"low_income": True}}, {"status": {"low_income": True, "rural_at_risk": False}}, False),
    ({"status": {"low_income": True}}, {"status": {"low_income": False}}, True),
    ({"disability": {"level": 2}}, {"disability": {"level": 2, "kind": "mental"}}, False),
    ({"disability": {"level": 2}}, {"disability": None}, True),
    ({"disability": None}, {"disability": {"level": 2}}, True),
]


@pytest.mark.parametrize(("before", "after", "taken"), TAKEN)
def test_only_what_now_stands_otherwise_is_taken_back(before: Told, after: Told, taken: bool) -> None:
    assert took_back(before, after) is taken
