"""Puts one named service into words: what it is, how much, whom to ask, and whether this elder has it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalog.model import Item
from bot.dialogue.amounts import amount_words
from bot.dialogue.answer import Told, agency_words, for_another, why
from bot.dialogue.reasons import age_words, reason_words
from bot.dialogue.wording import say, words
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
        amount, *mind = _amounts(told, item)
        # Where it is sure, the verdict has said how much.
        amounts = [amount] if amount and not _said_with_verdict(told, item) else []
        lines += [*amounts, *where_lines(told, [item]), *mind]
    return list(dict.fromkeys(lines))


def where_lines(told: Told, items: Sequence[Item]) -> list[str]:
    """Whom to ask for each of them, with the clause."""
    document = told.benefit_list.document.document
    lines = (
        say(
            "topic_where",
            agency=agency_words(item),
            document=document,
            clause=item.form.clause,
            ask=item.service.ask,
        )
        for item in items
    )
    return list(dict.fromkeys(lines))


def amount_lines(told: Told, items: Sequence[Item]) -> list[str]:
    """Every amount of them as printed, and what is to be known of the money."""
    return list(dict.fromkeys(line for item in items for line in _amounts(told, item) if line))


def how_much_lines(text: str, told: Told, items: Sequence[Item]) -> list[str]:
    """The amounts, else that none is printed: of what is paid out, or of what 要钱不 asks about."""
    lines = amount_lines(told, items)
    if any(item.form.benefits for item in items):
        return lines
    if any(word in text for word in words("asking_price")):
        said = [line for line in lines if any(word in line for word in words("price_said"))]
        return said or [say("topic_price")]
    return lines or [say("further_no_amount", name=items[0].service.name, agency=agency_words(items[0]))]


def _amounts(told: Told, item: Item) -> list[str]:
    """The amounts in one line ("" for none), then what holds for everybody."""
    amount = _own_amount(told, item) or _all_amounts(item)
    line = say("topic_amount", name=item.service.name, amount=amount) if amount else ""
    return [line, *(say("topic_mind", text=text) for text in _to_mind(item))]


def _to_mind(item: Item) -> list[str]:
    """What holds for everybody: a pilot, a row that is missing, what only a person can check."""
    doubts = [doubt.says for doubt in item.form.at_most_maybe if not doubt.when]
    return [*filter(None, [*doubts, item.form.only_a_person_can_check])]


def _own_amount(told: Told, item: Item) -> str:
    """This elder's amount alone, where others get another one for another reason than their age: a 特困 elder is never
    told of the 60 of others. "" where it is not sure."""
    steps = [tier.when for form in item.form.benefits for tier in form.tiers or ()]
    by_status = any(when and set(when) != {"age"} for when in steps)
    return _sure_amount(told, item) if by_status else ""


def _said_with_verdict(told: Told, item: Item) -> bool:
    return _all_amounts(item) == _sure_amount(told, item) or bool(_own_amount(told, item))


def _sure_amount(told: Told, item: Item) -> str:
    sure = (one for one in told.assessment.by_verdict("yes") if one.id == item.id)
    return next((amount_words(one.benefits) or "" for one in sure), "")


def _all_amounts(item: Item) -> str:
    """Every step of the amounts in one phrase: 80到89岁每月不低于50元；…"""
    steps_told = []
    for benefit, form in zip(item.rule.benefits, item.form.benefits, strict=True):
        steps = [tier.when for tier in form.tiers or ()] or [None]
        for tier, when in zip(benefit.tiers, steps, strict=True):
            steps_told.append(_ages(when) + (amount_words([benefit.granted(tier)]) or ""))
    return "；".join(dict.fromkeys(steps_told))


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
    if result.verdict == "maybe" and for_another(told, result):
        return say("topic_other", name=name, who=told.who, why=why(told, result))
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
