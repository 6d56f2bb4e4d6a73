"""Conditions of the catalog: what may be written, what each comes to, and that more facts never turn it round."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.eligibility.conditions import ConditionError, age_bounds, compile_condition
from bot.eligibility.outcome import NO, UNKNOWN, YES, Truth, all_of
from bot.eligibility.vocabulary import BOOLEANS, CHOICES, OLDEST

Raw = Any

# What cannot be meant, and a word of the mend.
REFUSED: list[tuple[Raw, str]] = [
    ("age", "a condition is a mapping"),
    (None, "a condition is a mapping"),
    ([{"rural": True}], "a condition is a mapping"),
    ({"agee": {"at_least": 80}}, "did you mean 'age'?"),
    ({"zzzz": 1}, "write one of all, any, not"),
    ({1: 2}, "nobody asks for 1"),
    ({"age": 80}, "age is {at_least: 80}"),
    ({"age": {}}, "age is {at_least: 80}"),
    ({"age": {"at_least": "80"}}, "age is {at_least: 80}"),
    ({"age": {"at_least": True}}, "age is {at_least: 80}"),
    ({"age": {"at_least": 80.5}}, "age is {at_least: 80}"),
    ({"age": {"at_least": OLDEST + 1}}, "age is {at_least: 80}"),
    ({"age": {"at_most": -1}}, "age is {at_least: 80}"),
    ({"age": {"at_least": 80, "at_most": 90}}, "age is {at_least: 80}"),
    ({"age": {"between": [90, 80]}}, "not {'between': [90, 80]}"),
    ({"age": {"between": [80]}}, "between"),
    ({"age": {"between": 80}}, "between"),
    ({"age": {"between": ["80", "89"]}}, "between"),
    ({"age": {"between": [80, "89"]}}, "between"),
    ({"age": {"over": 80}}, "age is {at_least: 80}"),
    ({"care_months": 6}, "care_months is {at_least: 6}"),
    ({"care_months": {"at_most": 6}}, "care_months is {at_least: 6}"),
    ({"care_months": {"at_least": "6"}}, "care_months is {at_least: 6}"),
    ({"care_months": {"at_least": None}}, "care_months is {at_least: 6}"),
    ({"care_months": {"at_least": True}}, "care_months is {at_least: 6}"),
    ({"care_months": {"at_least": 0}}, "care_months is {at_least: 6}"),
    ({"disability": True}, "disability is held"),
    ({"disability": {}}, "disability is held"),
    ({"disability": {"grade": [1]}}, "disability is held"),
    ({"disability": {"level": 2}}, "disability level is a list of 1, 2, 3, 4"),
    ({"disability": {"level": []}}, "disability level is a list"),
    ({"disability": {"level": [5]}}, "disability level is a list"),
    ({"disability": {"level": [True]}}, "disability level is a list"),
    ({"disability": {"level": [[1]]}}, "disability level is a list"),
    ({"disability": {"kind": ["mentall"]}}, "disability kind is a list of physical"),
    ({"status": "low_incom"}, "status has no 'low_incom'; write one of low_income"),
    ({"status": []}, "status has no []"),
    ({"status": {"low_income": True}}, "status has no {'low_income': True}"),
    ({"care": ["dependent", "ill"]}, "care has no 'ill'"),
    ({"rural": "yes"}, "rural is true or false"),
    ({"rural": 1}, "rural is true or false"),
    ({"all": {}}, "'all' needs a list of conditions"),
    ({"any": []}, "'any' needs a list of conditions"),
    ({"any": [{"rural": True}, "x"]}, "a condition is a mapping"),
    ({"not": [{"rural": True}]}, "a condition is a mapping"),
]


@pytest.mark.parametrize(("raw", "says"), REFUSED, ids=[str(raw) for raw, _ in REFUSED])
def test_what_cannot_be_meant_is_refused_with_the_mend(raw: Raw, says: str) -> None:
    with pytest.raises(ConditionError) as refused:
        compile_condition(raw)
    assert says in str(refused.value)


AGE_80: Raw = {"age": {"at_least": 80}}
LEVEL: Raw = {"disability": {"level": [1, 2]}}
BOTH: Raw = {"status": "extreme_poverty", "support_mode": "scattered"}

# condition, what is known, what it comes to
CASES: list[tuple[Raw, dict[str, Any], Truth]] = [
    ({}, {}, YES),
    (AGE_80, {}, UNKNOWN),
    (AGE_80, {"age": (80, 80)}, YES),
    (AGE_80, {"age": (79, 79)}, NO),
    (AGE_80, {"age": (79, 80)}, UNKNOWN),
    (AGE_80, {"age": (OLDEST, OLDEST)}, YES),
    ({"age": {"at_most": 64}}, {"age": (64, 64)}, YES),
    ({"age": {"at_most": 64}}, {"age": (65, 70)}, NO),
    ({"age": {"between": [80, 89]}}, {"age": (80, 89)}, YES),
    ({"age": {"between": [80, 89]}}, {"age": (85, 90)}, UNKNOWN),
    ({"age": {"between": [90, 90]}}, {"age": (90, 90)}, YES),
    ({"care_months": {"at_least": 6}}, {}, UNKNOWN),
    ({"care_months": {"at_least": 6}}, {"care_months": 6}, YES),
    ({"care_months": {"at_least": 6}}, {"care_months": 5.5}, NO),
    ({"care": "dependent"}, {"care": "dependent"}, YES),
    ({"care": "dependent"}, {"care": "independent"}, NO),
    # 半自理 has no definition in the lists.
    ({"care": "dependent"}, {"care": "partial"}, UNKNOWN),
    ({"care": "partial"}, {"care": "partial"}, YES),
    ({"care": ["partial", "dependent"]}, {"care": "partial"}, YES),
    ({"rural": False}, {"rural": False}, YES),
    ({"rural": False}, {"rural": True}, NO),
    ({"rural": False}, {}, UNKNOWN),
    ({"disability": "held"}, {}, UNKNOWN),
    ({"disability": "held"}, {"disability": True}, YES),
    ({"disability": "held"}, {"disability": False}, NO),
    (LEVEL, {}, UNKNOWN),
    (LEVEL, {"disability": False}, NO),
    (LEVEL, {"disability": True}, UNKNOWN),
    (LEVEL, {"disability": True, "disability.level": 2}, YES),
    (LEVEL, {"disability": True, "disability.level": 3}, NO),
    (
        {"disability": {"level": [1], "kind": ["mental"]}},
        {"disability": True, "disability.level": 1},
        UNKNOWN,
    ),
    ({"disability": {"kind": ["mental"]}}, {"disability": True, "disability.kind": "visual"}, NO),
    # One failing part decides, whatever else is unknown; so does one holding part of an "any".
    (BOTH, {"support_mode": "centralized"}, NO),
    (BOTH, {"support_mode": "scattered"}, UNKNOWN),
    ({"any": [AGE_80, {"rural": True}]}, {"rural": True}, YES),
    ({"any": [AGE_80, {"rural": True}]}, {"rural": False}, UNKNOWN),
    ({"any": [AGE_80, {"rural": True}]}, {"rural": False, "age": (70, 70)}, NO),
    ({"not": {"rural": True}}, {}, UNKNOWN),
    ({"not": {"rural": True}}, {"rural": True}, NO),
    ({"not": {"rural": True}}, {"rural": False}, YES),
    ({"status": ["low_income", "extreme_poverty"]}, {"status.low_income": True}, YES),
    ({"status": ["low_income", "extreme_poverty"]}, {"status.low_income": False}, UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "known", "truth"), CASES, ids=[f"{c[0]} of {c[1]}" for c in CASES])
def test_a_condition_comes_to(raw: Raw, known: dict[str, Any], truth: Truth) -> None:
    outcome = compile_condition(raw)(known)
    assert outcome.truth is truth
    assert bool(outcome.missing) is (truth is UNKNOWN), repr(outcome)


@pytest.mark.parametrize(
    ("raw", "bounds"),
    [({"at_least": 80}, (80, OLDEST)), ({"at_most": 64}, (0, 64)), ({"between": [80, 89]}, (80, 89))],
)
def test_bounds_are_both_included(raw: Raw, bounds: tuple[int, int]) -> None:
    assert age_bounds(raw) == bounds


def test_a_no_names_what_failed_and_an_unknown_what_is_missing() -> None:
    both = compile_condition({"age": {"at_least": 80}, "status": "low_income"})
    failed = both({"age": (70, 70)})
    assert [(reason.fact, reason.holds) for reason in failed.because] == [("age", False)]
    open_ = both({"age": (83, 83)})
    assert open_.missing == ("status",)
    assert [(reason.fact, reason.holds) for reason in open_.because] == [("age", True)]


@pytest.mark.parametrize("value", [YES, all_of([])({})], ids=["a truth", "an outcome"])
def test_nobody_can_test_three_values_with_if(value: object) -> None:
    with pytest.raises(TypeError, match="never tested with `if`"):
        bool(value)


def test_an_outcome_can_be_read_in_a_failure() -> None:
    assert "UNKNOWN" in repr(compile_condition(AGE_80)({}))
    assert "age" in repr(compile_condition(AGE_80)({}))


# Any condition over a few facts, and what may be known of them.
ages = st.tuples(st.integers(55, 105), st.integers(0, 6)).map(lambda pair: (pair[0], pair[0] + pair[1]))
bounds = st.tuples(st.integers(60, 100), st.integers(0, 20)).map(lambda pair: [pair[0], pair[0] + pair[1]])
atoms = st.one_of(
    st.sampled_from(BOOLEANS[:3]).flatmap(lambda name: st.booleans().map(lambda holds: {name: holds})),
    st.sampled_from(CHOICES["pension"]).map(lambda name: {"pension": name}),
    st.sampled_from(["low_income", "extreme_poverty"]).map(lambda name: {"status": name}),
    bounds.map(lambda pair: {"age": {"between": pair}}),
    st.integers(60, 100).map(lambda age: {"age": {"at_least": age}}),
    st.lists(st.sampled_from([1, 2, 3, 4]), min_size=1, max_size=3).map(
        lambda levels: {"disability": {"level": levels}}
    ),
)
conditions: st.SearchStrategy[Raw] = st.recursive(
    atoms,
    lambda inner: st.one_of(
        inner.map(lambda one: {"not": one}),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"all": some}),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"any": some}),
    ),
    max_leaves=8,
)
whole_lives: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        **{name: st.booleans() for name in BOOLEANS[:3]},
        "pension": st.sampled_from(CHOICES["pension"]),
        "status.low_income": st.booleans(),
        "status.extreme_poverty": st.booleans(),
        "age": ages.map(lambda pair: (pair[0], pair[0])),
        "disability": st.just(value=True),
        "disability.level": st.sampled_from([1, 2, 3, 4]),
    }
)


@given(conditions, whole_lives, st.data())
def test_what_is_decided_stays_decided_when_more_is_known(raw: Raw, life: dict[str, Any], data: Any) -> None:
    check = compile_condition(raw)
    told = {name: life[name] for name in data.draw(st.sets(st.sampled_from(sorted(life))))}
    partly, wholly = check(told), check(life)
    assert wholly.truth is not UNKNOWN
    assert partly.truth in (UNKNOWN, wholly.truth)
    facts_told = {name.partition(".")[0] for name in life if name not in told}
    assert set(partly.missing) <= facts_told


@given(st.lists(conditions, min_size=1, max_size=4), whole_lives, st.data())
def test_not_any_is_all_not(parts: list[Raw], life: dict[str, Any], data: Any) -> None:
    told = {name: life[name] for name in data.draw(st.sets(st.sampled_from(sorted(life))))}
    left = compile_condition({"not": {"any": parts}})(told)
    right = compile_condition({"all": [{"not": part} for part in parts]})(told)
    assert left.truth is right.truth
