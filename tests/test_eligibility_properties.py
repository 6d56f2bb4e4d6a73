"""What must hold for any elder at all: unknown stays unknown, more facts never turn a yes into a no, sums add up."""

from __future__ import annotations

import math
import random
from datetime import date
from functools import cache
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.contract import screen
from bot.dialogue.wording import say
from bot.eligibility.facts import read_facts
from bot.eligibility.vocabulary import (
    BOOLEANS,
    CHOICES,
    DISABILITY_KINDS,
    DISABILITY_LEVELS,
    FACTS,
    FLAG_SETS,
    PRESUMED,
)
from bot.errors import BadValue

TODAY = date(2026, 11, 21)
REGIONS = ("411303", "411300", "410200", "411024", "130581", "411302")
PANEL = settings(max_examples=120, deadline=None)
Told = dict[str, Any]
Answer = dict[str, Any]
# Facts that say something of one another are kept or dropped together.
KIN = (
    {"care", "care_certified", "care_severe"},
    {"age", "age_range", "birth_date"},
    {"support_mode", "integrated_home", "place"},
)


@cache
def catalog() -> Catalog:
    return load_catalog()


def answer_for(facts: Told) -> Answer:
    return screen(facts, "any", catalog(), today=TODAY)


def verdicts(facts: Told) -> dict[str, str]:
    return {one["id"]: one["verdict"] for one in answer_for(facts)["results"]}


def flags(names: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """A list, which is complete, or a map, which says only what it says."""
    return st.one_of(
        st.lists(st.sampled_from(names), unique=True, max_size=3),
        st.dictionaries(st.sampled_from(names), st.booleans(), max_size=4),
    )


ages = st.one_of(st.sampled_from([59, 60, 64, 65, 79, 80, 89, 90, 99, 100, 101]), st.integers(0, 115))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "age": ages,
    "age_range": st.tuples(ages, st.integers(0, 12)).map(lambda pair: [pair[0], pair[0] + pair[1]]),
    "birth_date": st.one_of(
        st.integers(1915, 1970).map(str),
        st.dates(date(1915, 1, 1), date(1970, 12, 31)).map(lambda day: day.isoformat()[:7]),
        st.dates(date(1915, 1, 1), date(1970, 12, 31)).map(date.isoformat),
    ),
    "care_months": st.one_of(st.integers(0, 24), st.floats(0, 24)),
    "disability": st.none()
    | st.fixed_dictionaries(
        {},
        optional={"level": st.sampled_from(DISABILITY_LEVELS), "kind": st.sampled_from(DISABILITY_KINDS)},
    ),
    **{name: flags(values) for name, values in FLAG_SETS.items()},
    **{name: st.sampled_from(values) for name, values in CHOICES.items()},
    **{name: st.booleans() for name in BOOLEANS},
}
elders: st.SearchStrategy[Told] = st.fixed_dictionaries({"region": st.sampled_from(REGIONS)}, optional=VALUES)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(FACTS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def test_every_fact_of_the_contract_is_tried() -> None:
    assert set(VALUES) | {"region"} == set(FACTS)


@st.composite
def one_fact_more(draw: st.DrawFn) -> tuple[Told, Told]:
    """An elder, and the same elder of whom one thing more is known."""
    facts = draw(elders)
    more = dict(facts)
    open_maps = [name for name in FLAG_SETS if isinstance(facts.get(name), dict)]
    fresh = [name for name in VALUES if name not in facts]
    assume(open_maps or fresh)
    name = draw(st.sampled_from(fresh + open_maps))
    if name in open_maps:
        flag = draw(st.sampled_from(FLAG_SETS[name]))
        assume(flag not in facts[name])
        more[name] = {**facts[name], flag: draw(st.booleans())}
    else:
        more[name] = draw(VALUES[name])
    return facts, more


@PANEL
@given(one_fact_more())
def test_one_fact_more_never_turns_yes_into_no_or_no_into_yes(pair: tuple[Told, Told]) -> None:
    facts, more = pair
    assume(not any(name in more and name not in facts for name in PRESUMED))
    assume(not read_facts(more, TODAY).conflicts)
    before, after = verdicts(facts), verdicts(more)
    turned = {id_: (before[id_], after[id_]) for id_ in before if before[id_] != after[id_]}
    wrong = {id_: pair for id_, pair in turned.items() if "no" in pair and pair != ("maybe", "no")}
    assert not wrong
    grown = {("maybe", "yes"), ("maybe", "no"), ("maybe", "general"), ("yes", "maybe")}
    assert set(turned.values()) <= grown


# What cannot all be true, in two parts: what was told first, and what was told then.
CONTRADICTIONS: list[tuple[Told, Told]] = [
    ({"care": "independent"}, {"care_certified": True}),
    ({"care": "independent"}, {"care_severe": True}),
    ({"age": 58}, {"birth_date": "1940"}),
    ({"age": 83}, {"age_range": [60, 65]}),
    ({"family": {"special_family_planning": False}}, {"family": {"only_child_deceased": True}}),
]


@PANEL
@given(elders, st.sampled_from(CONTRADICTIONS))
def test_a_contradiction_turns_nothing_round_and_is_said(facts: Told, told: tuple[Told, Told]) -> None:
    kin = {"care", "care_certified", "care_severe", "age", "age_range", "birth_date", "family"}
    first = {name: value for name, value in facts.items() if name not in kin} | told[0]
    then = first | {
        name: {**first[name], **value} if name in FLAG_SETS else value for name, value in told[1].items()
    }
    assert read_facts(then, TODAY).conflicts
    before, after = answer_for(first), answer_for(then)
    said = say("conflict", facts="@").split("@")[-1]
    assert any(note.endswith(said) for note in after["notes"])
    turned = zip(before["results"], after["results"], strict=True)
    assert not [old["id"] for old, new in turned if {old["verdict"], new["verdict"]} == {"yes", "no"}]


@PANEL
@given(elders)
def test_a_yes_rests_on_what_was_told(facts: Told) -> None:
    """Only what the answer names as its ground is needed for it; the rest could have stayed unknown."""
    for one in answer_for(facts)["results"]:
        if one["verdict"] != "yes":
            continue
        ground = {because["fact"].split(".")[0] for because in one["because"]}
        for kin in KIN:
            ground |= kin if ground & kin else set()
        told = {name: value for name, value in facts.items() if name in ground or name == "region"}
        assert len(told) > 1, f"{one['id']} is a yes although nothing is known"
        assert verdicts(told)[one["id"]] == "yes", one["id"]


@given(st.sampled_from(REGIONS))
def test_nothing_known_is_neither_yes_nor_no(region: str) -> None:
    assert set(verdicts({"region": region}).values()) <= {"maybe", "general"}


@PANEL
@given(elders)
def test_a_maybe_for_want_of_facts_names_them(facts: Told) -> None:
    for one in answer_for(facts)["results"]:
        assert set(one["missing"]) <= set(FACTS)
        if one["verdict"] == "maybe":
            assert one["reason"] != "missing_fact" or one["missing"], one["id"]
        else:
            assert not one["missing"], one["id"]
            assert one["because"] or one["verdict"] == "general", one["id"]


@PANEL
@given(elders)
def test_every_entry_is_answered_in_the_order_of_the_list(facts: Told) -> None:
    answer = answer_for(facts)
    ids = [one["id"] for one in answer["results"]]
    assert ids == [item.rule.id for item in catalog().lists[answer["list"]["id"]].items]
    items = [one["item"] for one in answer["results"]]
    assert items == sorted(items)
    assert len(ids) == len(set(ids))


def monthly(result: Answer) -> float:
    """What an entry brings to the person each month, in CNY, where a figure is printed."""
    amounts = [one["amount"] for one in result["benefits"]]
    return math.fsum(
        one["value"]
        for one in amounts
        if one["value"] is not None and (one["unit"], one["per"], one["to"]) == ("CNY", "month", "person")
    )


@PANEL
@given(elders)
@example(
    {
        "region": "411303",
        "age": 90,
        "status": ["low_income"],
        "disability": {"level": 1},
        "care_certified": True,
    }
)
def test_the_sum_is_what_is_counted(facts: Told) -> None:
    answer = answer_for(facts)
    total, given_ = answer["total"], {one["id"]: one for one in answer["results"]}
    if answer["list"]["id"] == "nangong":
        assert total["month_min"] is None
        assert not total["counted"]
        return
    assert total["month_min"] >= 0
    assert total["month_min"] == sum(monthly(given_[id_]) for id_ in total["counted"])
    assert all(given_[id_]["verdict"] == "yes" for id_ in total["counted"])
    left = [one["id"] for one in total["not_counted"]]
    paying = [one["id"] for one in answer["results"] if one["verdict"] == "yes" and one["benefits"]]
    assert sorted(total["counted"] + left) == sorted(paying)
    for taken in total["either_or"]:
        assert taken["take"] in total["counted"]
        assert {"id": taken["instead_of"], "why": "lower_of_either_or"} in total["not_counted"]
        assert monthly(given_[taken["take"]]) >= monthly(given_[taken["instead_of"]])


@PANEL
@given(elders, st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(facts: Told, shuffler: random.Random) -> None:
    names = list(facts)
    shuffler.shuffle(names)
    assert answer_for({name: facts[name] for name in names}) == answer_for(facts)


def as_map(facts: Told) -> Told:
    """The same, with every complete list written out as a map."""
    return {
        name: {flag: flag in value for flag in FLAG_SETS[name]}
        if name in FLAG_SETS and isinstance(value, list)
        else value
        for name, value in facts.items()
    }


@PANEL
@given(elders)
def test_a_list_says_the_same_as_a_full_map(facts: Told) -> None:
    """But for the family: a list of the narrower name does not deny the wider one."""
    assume(not isinstance(facts.get("family"), list))
    assert verdicts(as_map(facts)) == verdicts(facts)


def refused(facts: Any) -> BadValue | None:
    """The refusal, if it is refused; any other error breaks through."""
    try:
        total = answer_for(facts)["total"]["month_min"]
    except BadValue as error:
        return error
    assert total is None or math.isfinite(total)
    return None


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(FACTS) | st.text(max_size=8), anything, max_size=5) | anything)
def test_whatever_is_sent_is_answered_or_refused_in_good_order(facts: Any) -> None:
    error = refused(facts)
    if error is not None:
        assert error.message
        assert error.field is not None
        assert error.field.startswith("facts")
