"""Amounts: which step holds, what is counted a month, which of two is taken, and how each is said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog.load import load_catalog
from bot.dialogue.amounts import amount_words, figures
from bot.dialogue.reasons import Because, reason_words
from bot.eligibility.benefits import Benefit, Granted, Tier
from bot.eligibility.conditions import compile_condition
from bot.eligibility.facts import Facts
from bot.eligibility.outcome import Reason, always
from bot.eligibility.rules import Result
from bot.eligibility.totals import EitherOr, add_up

CATALOG = load_catalog()


def aged(low: int, high: int, value: float | None, text: str | None = None) -> Tier:
    return Tier(compile_condition({"age": {"between": [low, high]}}), value, text)


STEPS = (aged(80, 89, 50), aged(90, 99, 100), aged(100, 130, 300))
# The last step is missing, as it may be in a document.
SHORT = STEPS[:2]
WORDED = (aged(80, 89, None, "按规定"), aged(90, 99, 100))

# the steps, the ages possible, the amount that is granted
GRANTS: list[tuple[tuple[Tier, ...], tuple[int, int] | None, object]] = [
    (STEPS, (83, 83), 50),
    (STEPS, (90, 99), 100),
    (STEPS, (105, 105), 300),
    # While it is open which holds, the lowest that may.
    (STEPS, (85, 95), 50),
    (STEPS, (95, 101), 100),
    (STEPS, None, 50),
    (STEPS, (70, 79), None),
    (SHORT, (101, 101), None),
    (SHORT, (99, 101), 100),
    (WORDED, (85, 85), "按规定"),
    # A step without a figure never lowers what is sure.
    (WORDED, (85, 95), 100),
]


@pytest.mark.parametrize(("steps", "ages", "granted"), GRANTS)
def test_the_step_that_holds_or_the_lowest_that_may(
    steps: tuple[Tier, ...], ages: tuple[int, int] | None, granted: object
) -> None:
    found = Benefit("津贴", steps, per="month").grant({} if ages is None else {"age": ages})
    assert (found and (found.value or found.text)) == granted


@pytest.mark.parametrize(("rural", "given_"), [(True, True), (None, True), (False, False)])
def test_a_benefit_for_some_is_for_those_and_for_who_may_be_one(rural: bool | None, given_: bool) -> None:
    benefit = Benefit("补贴", (Tier(always, 60),), when=compile_condition({"rural": True}))
    known = {} if rural is None else {"rural": rural}
    assert (benefit.grant(known) is not None) is given_


@given(st.integers(60, 110), st.integers(0, 20))
def test_knowing_the_age_better_never_lowers_the_amount(low: int, more: int) -> None:
    benefit = Benefit("津贴", STEPS)
    roughly = benefit.grant({"age": (low, low + more)})
    for age in range(max(low, 80), low + more + 1):
        exactly = benefit.grant({"age": (age, age)})
        assert roughly is not None
        assert exactly is not None
        assert (roughly.value or 0) <= (exactly.value or 0)


def granted(value: float | None = 50, **more: Any) -> Granted:
    told: dict[str, Any] = {
        "label": "津贴", "value": value, "text": None, "unit": "CNY", "per": "month", "at_least": False,
        "to": "person", "principle": False, "not_counted": None,
    }  # fmt: skip
    return Granted(**{**told, **more})


def entry(id_: str, *benefits: Granted, verdict: Any = "yes") -> Result:
    return Result(id_, verdict, benefits=benefits)


# one sure entry's benefits, the month's sum, why it is not counted
SUMS: list[tuple[list[Granted], float, str | None]] = [
    ([granted(50)], 50, None),
    ([granted(50), granted(25.5)], 75.5, None),
    ([granted(50), granted(600, per="year")], 50, None),
    ([granted(600, per="year")], 0, "per_year"),
    ([granted(50, to="institution")], 0, "to_institution"),
    ([granted(50, not_counted="existing_policy")], 0, "existing_policy"),
    ([granted(None, text="按规定")], 0, "amount_not_printed"),
    ([granted(None, per="year", text="按规定")], 0, "amount_not_printed"),
    ([granted(0.7, unit="ratio")], 0, "amount_not_printed"),
    ([granted(1.3, unit="multiple_of:低保标准")], 0, "amount_not_printed"),
    ([granted(50, to="family_member")], 0, "amount_not_printed"),
]


@pytest.mark.parametrize(("benefits", "month", "why"), SUMS)
def test_what_is_counted_a_month(benefits: list[Granted], month: float, why: str | None) -> None:
    total = add_up([entry("a", *benefits)], [], printed=True)
    assert total.month_min == month
    assert total.counted == (() if why else ("a",))
    assert total.not_counted == ((("a", why),) if why else ())


def test_what_only_may_be_and_what_brings_no_money_is_in_no_sum() -> None:
    results = [
        entry("a", granted(50), verdict="maybe"),
        entry("b"),
        entry("c", granted(9), verdict="general"),
    ]
    assert add_up(results, [], printed=True) == (0, (), (), ())


def test_where_no_amounts_are_printed_there_is_no_sum() -> None:
    assert add_up([entry("a", granted(50))], [], printed=False).month_min is None


ONE_OF_TWO = [EitherOr(("a", "b"), "择高申领")]


@pytest.mark.parametrize(
    ("first", "second", "taken", "month"),
    [(60, 75, "b", 75), (80, 75, "a", 80), (60, 60, "a", 60)],
)
def test_of_two_the_higher_is_taken(first: float, second: float, taken: str, month: float) -> None:
    total = add_up([entry("a", granted(first)), entry("b", granted(second))], ONE_OF_TWO, printed=True)
    assert total.month_min == month
    assert total.counted == (taken,)
    other = "b" if taken == "a" else "a"
    assert total.not_counted == ((other, "lower_of_either_or"),)
    assert total.either_or == ((taken, other, "择高申领"),)


@pytest.mark.parametrize(
    "other", [entry("b", verdict="no"), entry("b", granted(90), verdict="maybe"), entry("b")]
)
def test_of_two_only_one_of_which_is_sure_money_that_one_is_counted(other: Result) -> None:
    total = add_up([entry("a", granted(60)), other], ONE_OF_TWO, printed=True)
    assert (total.month_min, total.counted, total.either_or) == (60, ("a",), ())


WORDS: list[tuple[Granted, str]] = [
    (granted(50), "每月50元"),
    (granted(50.0, at_least=True), "每月不低于50元"),
    (granted(25.5), "每月25.5元"),
    (granted(600, per="year"), "每年600元"),
    (granted(3000, per=None), "3000元"),
    (granted(50, principle=True), "原则上每月50元"),
    (granted(0.7, unit="ratio", per=None), "大约支付70%"),
    (granted(0.7, unit="ratio", text="付七成"), "付七成"),
    (granted(1.3, unit="multiple_of:低保标准", at_least=True), "每月不低于低保标准的1.3倍"),
    (granted(None, text="按规定"), "按规定"),
    (granted(None), ""),
    (granted(50, to="institution"), "每月50元（拨给机构，不发给个人）"),
    (granted(50, to="family_member"), "每月50元（给参加培训的家人）"),
]


@pytest.mark.parametrize(("one", "words"), WORDS)
def test_an_amount_in_words(one: Granted, words: str) -> None:
    assert amount_words([one]) == words


def test_several_amounts_are_one_phrase_and_each_is_said_once() -> None:
    assert amount_words([granted(50), granted(60), granted(50)]) == "每月50元；每月60元"
    assert amount_words([]) is None
    assert figures([granted(50, to="institution"), granted(None, text="按规定")]) is None
    assert figures([granted(50), granted(None, text="按规定")]) == "每月50元"


def told(**known: Any) -> Facts:
    return Facts({name.replace("__", "."): value for name, value in known.items()})


HELD = {"disability": True}
# a reason, what is known, how it is said
REASONS: list[tuple[Reason, Facts, str]] = [
    (Reason("age", (80, 130), True), told(age=(83, 83)), "83岁，满80周岁"),
    (Reason("age", (80, 130), False), told(age=(75, 75)), "75岁，还没满80周岁"),
    (Reason("age", (80, 89), True), told(age=(80, 89)), "80到89岁，满80周岁"),
    (Reason("age", (0, 64), True), told(age=(62, 62)), "62岁，不超过64周岁"),
    (Reason("age", (0, 64), False), told(age=(70, 70)), "70岁，超过了64周岁"),
    (Reason("age", (80, 89), False), told(age=(95, 95)), "95岁，超过了89周岁"),
    (Reason("care_months", 6, True), told(care_months=7), "失能7个月，满6个月"),
    (Reason("care_months", 6, False), told(care_months=5.5), "失能5.5个月，不满6个月"),
    (Reason("disability", "held", False), told(disability=False), "没有残疾证"),
    (Reason("disability", "held", True), told(disability=True), "持有残疾证"),
    (Reason("disability", (1, 2), True), told(**HELD, disability__level=2), "残疾证是二级"),
    (Reason("disability", (1, 2), False), told(**HELD, disability__level=3), "残疾证是三级"),
    (Reason("disability", ("mental",), True), told(**HELD, disability__kind="mental", disability__level=2), "精神"),
    (Reason("disability", ("mental",), False), told(disability=True), "持有残疾证"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "facts", "words"), REASONS)
def test_a_reason_in_words(reason: Reason, facts: Facts, words: str) -> None:
    assert reason_words(reason, facts, CATALOG).startswith(words)


def test_of_several_ages_the_one_that_asks_most_is_said_and_first() -> None:
    facts = told(age=(93, 93), rural=True)
    because = Because(facts, CATALOG)
    reasons = [Reason("rural", True, True), Reason("age", (60, 130), True), Reason("age", (90, 99), True)]
    said = because([*reasons, reasons[0], Reason("age", (80, 130), True)])
    assert [one["fact"] for one in said] == ["age", "rural"]
    assert said[0]["text"] == "93岁，满90周岁"
    assert because(reasons)[0] is said[0], "words are found once"
