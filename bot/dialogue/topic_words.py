"""Puts one named service into words: what it is, how much, whom to ask, and whether this elder has it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalog.model import Item
from bot.dialogue.amounts import amount_words
from bot.dialogue.answer import Told, agency_words, why
from bot.dialogue.reasons import age_words, reason_words
from bot.dialogue.wording import say
from bot.eligibility.conditions import age_bounds
from bot.eligibility.outcome import Reason
from bot.eligibility.rules import Result
from bot.eligibility.vocabulary import OLDEST


def described(told: Told, items: Sequence[Item]) -> list[str]:
    """What each of them is, how much it is, and whom to ask."""
    lines: list[str] = []
    for item in items:
        form = item.service
        lines.append(say("topic_what", what=form.what, who_for=form.who_for))
        if amount := _all_amounts(item):
            lines.append(say("topic_amount", name=item.service.name, amount=amount))
        where = {"document": told.benefit_list.document.document, "clause": item.form.clause}
        lines.append(say("topic_where", agency=agency_words(item), ask=form.ask, **where))
        lines += [say("topic_mind", text=text) for text in _to_mind(item)]
    return list(dict.fromkeys(lines))


def _to_mind(item: Item) -> list[str]:
    """What holds for everybody: a pilot, a row that is missing, what only a person can check."""
    doubts = [doubt.says for doubt in item.form.at_most_maybe if not doubt.when]
    return [*filter(None, [*doubts, item.form.only_a_person_can_check])]


def _all_amounts(item: Item) -> str:
    """Every step of the amounts in one phrase: 80到89岁每月不低于50元；…"""
    words = []
    for benefit, form in zip(item.rule.benefits, item.form.benefits, strict=True):
        steps = [tier.when for tier in form.tiers or ()] or [None]
        for tier, when in zip(benefit.tiers, steps, strict=True):
            words.append(_ages(when) + (amount_words([benefit.granted(tier)]) or ""))
    return "；".join(dict.fromkeys(words))


def _ages(when: dict[str, object] | None) -> str:
    if not when or set(when) != {"age"}:
        return ""
    low, high = age_bounds(when["age"])
    return say("from_age", low=low) if high >= OLDEST else say("age_between", low=low, high=high)


def verdicts_of(told: Told, results: Sequence[Result]) -> list[str]:
    """Whether this elder has each of them, and why or why not."""
    lines = [_verdict(told, result) for result in results]
    return [*lines, say("topic_change")] if any(one.verdict == "no" for one in results) else lines


def _verdict(told: Told, result: Result) -> str:
    item = told.item(result)
    name, amount = item.service.name, amount_words(result.benefits)
    if item.form.general and result.verdict != "no":
        return say("topic_general", name=name)
    if result.verdict == "yes":
        word = "topic_yes" if amount else "topic_yes_plain"
        return say(word, who=told.who, name=name, amount=amount)
    if result.verdict == "maybe":
        return say("topic_maybe", who=told.who, name=name, why=why(told, result))
    reasons = [_why_not(reason, told) for reason in result.because]
    return say("topic_no", who=told.who, name=name, why="、".join(dict.fromkeys(reasons)))


def _why_not(reason: Reason, told: Told) -> str:
    facts = told.assessment.facts
    if reason.fact == "age" and facts.known["age"][1] < reason.value[0]:
        years = reason.value[0] - facts.known["age"][1]
        return say("topic_no_age", age=age_words(facts), least=reason.value[0], years=years)
    return reason_words(reason, facts, told.catalog)
