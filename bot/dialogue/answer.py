"""Composes what is told of one elder: the sure results as they grow, the full answer, what may still apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.catalog.assess import Assessment
from bot.catalog.model import BenefitList, Catalog, Item
from bot.dialogue.amounts import amount_words, figures, yuan
from bot.dialogue.notes import floor, spoken
from bot.dialogue.questions import can_be_told
from bot.dialogue.reasons import age_words
from bot.dialogue.soon import soon
from bot.dialogue.wording import say
from bot.eligibility.facts import Facts
from bot.eligibility.outcome import YES
from bot.eligibility.rules import Result
from bot.eligibility.vocabulary import FLAG_SETS

# More names than this are a list to search in, not somebody to ask.
_MOST_AGENCIES = 3


@dataclass(frozen=True, slots=True)
class Told:
    """One elder's answer in the making; `who` is how the reply names the elder."""

    who: str
    assessment: Assessment
    benefit_list: BenefitList
    catalog: Catalog

    def item(self, result: Result) -> Item:
        return self.benefit_list.by_id[result.id]


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


def full(told: Told) -> tuple[list[str], list[str]]:
    """The whole answer without its basis: what comes first, and the blocks that may wait behind 更多."""
    document, sure, others = told.benefit_list.document, money(told), _others(told)
    head = "nothing_sure" if not sure else "full_head_plan" if document.status == "plan" else "full_head"
    first = [say(head, title=document.title, year=document.year, who=told.who)]
    first += [line(told, result) for result in sure]
    first += sum_lines(told)
    if not sure:
        first, others = [*first, *others[:1]], others[1:]
    first += maybes(told)
    first += soon(told.who, told.assessment, told.benefit_list)
    first += caveats(told)
    return first, [*others, "\n".join([*_to_mind(told), say("any_rare")])]


def basis(told: Told) -> list[str]:
    """Where it stands, of what year and standing it is, and whom to call: never left to a second page."""
    document = told.benefit_list.document
    return [
        *floor(told.assessment),
        say("basis", document=document.document, standing=say(f"standing_{document.status}")),
        say("phone"),
    ]


def caveats(told: Told) -> list[str]:
    """What must be said with this list, and what was taken for granted."""
    lines = spoken(told.assessment, told.catalog)
    presumed = [told.catalog.facts[fact].presumed_says or "" for fact in told.assessment.presumed]
    if presumed:
        lines.append(say("presumed", what=say("presumed_join").join(presumed)))
    return lines


def _to_mind(told: Told) -> list[str]:
    """What only a person can check of the sure money."""
    return [
        say("to_mind", name=told.item(result).service.name, text=text)
        for result in money(told)
        if (text := told.item(result).form.only_a_person_can_check)
    ]


def compact(told: Told) -> str:
    """One elder of several, in one line."""
    total = told.assessment.total.month_min
    none = "several_none" if total is not None else "several_no_sure"
    names = "、".join(told.item(result).service.name for result in money(told)) or say(none)
    if total:
        names += "，" + say("several_total", amount=yuan(total))
    elif total is None and money(told):
        names += "，" + say("several_no_total")
    return say(
        "several_line", who=told.who, facts=understood(told.assessment.facts, told.catalog), sure=names
    )


def why(told: Told, result: Result) -> str:
    """Why an entry may apply and no more: what is missing for it, or what must be asked."""
    if result.says:
        return result.says
    facts, catalog = told.assessment.facts, told.catalog
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
    lines = [
        say("either_or", lower=_name(told, one.instead_of), higher=_name(told, one.take), why=one.why)
        for one in total.either_or
    ]
    return [*lines, say("total", amount=yuan(total.month_min))] if total.month_min else lines


def _name(told: Told, id_: str) -> str:
    return told.benefit_list.by_id[id_].service.name


def maybes(told: Told) -> list[str]:
    """What may apply, without what hangs on a rare status or on something nobody hinted at."""
    worth_telling = [result for result in told.assessment.by_verdict("maybe") if _tells(told, result)]
    worth_telling.sort(key=lambda result: -told.item(result).service.worth)
    lines = [_maybe(told, result) for result in worth_telling]
    return [say("maybe_head"), *lines] if lines else []


def _tells(told: Told, result: Result) -> bool:
    """A hint is something besides the age that speaks for it; money that waits for the age alone is told too."""
    presumed = told.assessment.facts.presumed
    hinted = any(r.fact != "age" and r.holds and r.fact not in presumed for r in result.because)
    if told.item(result).service.rare:
        return hinted
    waits_for_age = set(result.missing) == {"age"} and bool(told.item(result).form.benefits)
    doubtful = result.reason in ("outside_rule", "reading", "criteria_not_attached")
    return hinted or doubtful or waits_for_age or _other_way(told, result) is not None


def _maybe(told: Told, result: Result) -> str:
    item, doubt = told.item(result), why(told, result)
    where = "" if item.form.agencies[0] in doubt else say("maybe_where", agency=agency_words(item))
    words = {
        "name": item.service.name,
        "why": doubt,
        "where": where,
        "clause": item.form.clause.removeprefix("附件"),
    }
    amount = figures(result.benefits)
    return say("maybe_line", amount=amount, **words) if amount else say("maybe_line_plain", **words)


def _others(told: Told) -> list[str]:
    """The services without money, three at a time, the ones that bring most first; then those for everybody."""
    services = [result for result in told.assessment.by_verdict("yes") if not result.benefits]
    services.sort(key=lambda result: -told.item(result).service.worth)
    lines = [line(told, result) for result in services]
    blocks = _in_threes(say("other_head"), lines)
    general = [line(told, result) for result in told.assessment.by_verdict("general")]
    return [*blocks, *_in_threes(say("general_head"), general)]


def _in_threes(head: str, lines: Sequence[str]) -> list[str]:
    return ["\n".join([head, *lines[i : i + 3]]) for i in range(0, len(lines), 3)]
