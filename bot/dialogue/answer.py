"""The pieces of an answer about one elder: what was understood, a sure entry, the sum, why an entry only may apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.catalog.assess import Assessment
from bot.catalog.model import BenefitList, Catalog, Item
from bot.dialogue.amounts import amount_words, yuan
from bot.dialogue.questions import can_be_told, for_other_status
from bot.dialogue.reasons import age_words
from bot.dialogue.wording import say
from bot.eligibility.facts import Facts
from bot.eligibility.outcome import YES
from bot.eligibility.rules import Result
from bot.eligibility.vocabulary import FLAG_SETS

# No list of ours begins before.
ELDER = 60
# More names than this are a list to search in, not somebody to ask.
_MOST_AGENCIES = 3
# Why an entry is in doubt where the doubt is the document's, not the elder's.
_OPEN = ("outside_rule", "reading", "criteria_not_attached")


@dataclass(frozen=True, slots=True)
class Told:
    """One elder's answer in the making; `who` is how the reply names the elder."""

    who: str
    assessment: Assessment
    benefit_list: BenefitList
    catalog: Catalog

    def item(self, result: Result) -> Item:
        return self.benefit_list.by_id[result.id]


def too_young(assessment: Assessment) -> bool:
    """Whether the elder is surely no elder yet."""
    return "age" in assessment.facts.known and assessment.facts.known["age"][1] < ELDER


def understood(facts: Facts, catalog: Catalog) -> str:
    """What was understood, so that the elder can correct it: 83岁、低保、残疾证二级."""
    told = [age_words(facts)] if "age" in facts.known else []
    told += [
        catalog.facts[fact].values[flag].name
        for fact in FLAG_SETS
        for flag in FLAG_SETS[fact]
        if facts.known.get(f"{fact}.{flag}")
    ]
    told += _certificate(facts)
    if facts.has("care"):
        told.append(catalog.facts["care"].values[facts.known["care"]].name)
    return "、".join(told)


def _certificate(facts: Facts) -> list[str]:
    held = facts.known.get("disability")
    if held is None:
        return []
    level = facts.known.get("disability.level")
    if level:
        return [say("certificate_of", level=say(f"level_{level}"))]
    return [say("certificate_held") if held else say("no_certificate")]


def why(told: Told, result: Result) -> str:
    """Why an entry may apply and no more: what is missing for it, or what must be asked."""
    if result.says and _doubted(told, result):
        return result.says
    facts, catalog = told.assessment.facts, told.catalog
    if for_another(told, result):
        return say("why_other", told="、".join(_other_flags(("status",), facts, catalog)))
    wanted = can_be_told(result.missing, facts, catalog)
    if result.reason == "extension" and not wanted:
        return say("why_extension")
    if not wanted and (doubt := _other_way(told, result)):
        return doubt
    if not wanted and (others := _other_flags(result.missing, facts, catalog)):
        return say("why_other", told="、".join(others))
    names = dict.fromkeys(
        catalog.facts[fact].name for fact in wanted or result.missing if fact in catalog.facts
    )
    return say("why_missing", facts="、".join(names)) if names else say("why_unsure")


def for_another(told: Told, result: Result) -> bool:
    """Whether an entry is for another status than the one that was told, whatever else may be told yet."""
    return for_other_status(result, told.assessment.facts, told.item(result).rule)


def _doubted(told: Told, result: Result) -> bool:
    """Whether what the doubt is about was told: of 特困 is said nothing to those who never spoke of it."""
    rule, known = told.item(result).rule, told.assessment.facts.known
    doubts = (*rule.also_maybe, *rule.at_most_maybe)
    return any(one.says == result.says and one.when(known).truth is YES for one in doubts)


def _other_flags(missing: Sequence[str], facts: Facts, catalog: Catalog) -> list[str]:
    """What was told of the same kind, where an entry is for another of that kind: 特困, where it is for 低保."""
    return [
        catalog.facts[fact].values[flag].name
        for fact in missing
        for flag in FLAG_SETS.get(fact, ())
        if facts.known.get(f"{fact}.{flag}")
    ]


def _other_way(told: Told, result: Result) -> str | None:
    """Where the main road still wants facts, the side road that is open by now: another reading, the extension."""
    rule, known = told.item(result).rule, told.assessment.facts.known
    for doubt in rule.also_maybe:
        if doubt.when(known).truth is YES:
            return doubt.says
    if rule.may_extend_to is not None and rule.may_extend_to(known).truth is YES:
        return say("why_extension")
    return None


def agency_words(item: Item) -> str:
    """区民政局、区残疾人联合会, with the caution where the document leaves one."""
    form = item.form
    if form.ask_first and len(form.agencies) > _MOST_AGENCIES:
        return say("agency_first", agency=form.ask_first, count=len(form.agencies))
    named = "、".join(form.agencies)
    return named + (say("agency_note", note=form.agency_note) if form.agency_note else "")


def money(told: Told) -> list[Result]:
    """Sure entries that bring money, the most a month first."""
    money = [result for result in told.assessment.by_verdict("yes") if result.benefits]
    return sorted(money, key=lambda result: -_month(result))


def _month(result: Result) -> float:
    return sum(one.value or 0 for one in result.benefits if one.per == "month" and one.to == "person")


def line(told: Told, result: Result) -> str:
    """One sure entry: what, how much, which agency, which clause."""
    item = told.item(result)
    amount = amount_words(result.benefits)
    name, agency, clause = item.service.name, agency_words(item), item.form.clause.removeprefix("附件")
    if amount:
        return say("money_line", name=name, amount=amount, agency=agency, clause=clause)
    return say("service_line", name=name, what=item.service.what, agency=agency, clause=clause)


def sum_lines(told: Told) -> list[str]:
    """What can be added up a month, and where only one of two is paid."""
    total = told.assessment.total
    lines = either_or(told, told.assessment.results)
    return [*lines, say("total", amount=yuan(total.month_min))] if total.month_min else lines


def either_or(told: Told, results: Sequence[Result]) -> list[str]:
    """Where one of these is not paid beside another one."""
    ids = {one.id for one in results}
    return [
        say("either_or", lower=_name(told, one.instead_of), higher=_name(told, one.take), why=one.why)
        for one in told.assessment.total.either_or
        if {one.instead_of, one.take} & ids
    ]


def _name(told: Told, id_: str) -> str:
    return told.benefit_list.by_id[id_].service.name


def hinted(told: Told, result: Result) -> bool:
    """Whether something that was told, besides the age, speaks for an entry."""
    presumed = told.assessment.facts.presumed
    return any(one.fact != "age" and one.holds and one.fact not in presumed for one in result.because)


def tells(told: Told, result: Result) -> bool:
    """Whether what may apply is worth telling: hinted at, in doubt by the document itself, or money that waits for the
    age alone. What is for a rare status wants a hint."""
    if hinted(told, result) or told.item(result).service.rare:
        return hinted(told, result)
    waits_for_age = set(result.missing) == {"age"} and bool(told.item(result).form.benefits)
    return waits_for_age or result.reason in _OPEN or _other_way(told, result) is not None
