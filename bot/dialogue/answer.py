"""Composes what is told of one elder: the sure results as they grow, the full answer, what may still apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.catalog.assess import Assessment
from bot.catalog.model import BenefitList, Catalog, Item
from bot.dialogue.amounts import amount_words, yuan
from bot.dialogue.notes import notes
from bot.dialogue.reasons import age_words, reason_words
from bot.dialogue.soon import soon
from bot.dialogue.wording import say
from bot.eligibility.facts import Facts
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


def growing(told: Told, before: Sequence[str]) -> list[str]:
    """The sure money that was not told before, in a few lines."""
    fresh = [result for result in _money(told) if result.id not in before]
    if not fresh:
        return []
    return [say("short_head", who=told.who), *(_line(told, result) for result in fresh)]


def full(told: Told) -> tuple[list[str], list[str]]:
    """The whole answer without its basis: what comes first, and the blocks that may wait behind 更多."""
    document = told.benefit_list.document
    money = _money(told)
    head = "full_head_plan" if document.status == "plan" else "full_head" if money else "nothing_sure"
    first = [say(head, title=document.title, year=document.year, who=told.who)]
    first += [_line(told, result) for result in money]
    first += _sum(told)
    first += _maybes(told)
    first += soon(told.who, told.assessment, told.benefit_list)
    first += caveats(told)
    return first, _others(told)


def changed(told: Told, before: Sequence[str]) -> list[str]:
    """What a later answer brought, or took back."""
    results = {result.id: result for result in told.assessment.results}
    lost = [results[id_] for id_ in before if id_ in results and results[id_].verdict != "yes"]
    fresh = [result for result in told.assessment.by_verdict("yes") if result.id not in before]
    lines = []
    if lost:
        lines += [say("gone_head"), *(_no_longer(told, result) for result in lost)]
    if fresh:
        lines += [say("new_head", who=told.who), *(_line(told, result) for result in fresh)]
    if not lines:
        return [say("nothing_new", who=told.who)]
    return [*lines, *_sum(told)]


def basis(told: Told) -> list[str]:
    """Where it stands, of what year and standing it is, and whom to call: never left to a second page."""
    document = told.benefit_list.document
    return [
        say("basis", document=document.document, standing=say(f"standing_{document.status}")),
        say("phone"),
    ]


def caveats(told: Told) -> list[str]:
    """What must be said with this list, and what was taken for granted."""
    lines = [
        note + "。" if not note.endswith("。") else note for note in notes(told.assessment, told.catalog)
    ]
    presumed = [told.catalog.facts[fact].presumed_says or "" for fact in told.assessment.presumed]
    if presumed:
        lines.append(say("presumed", what=say("presumed_join").join(presumed)))
    return lines


def compact(told: Told) -> str:
    """One elder of several, in one line."""
    money = _money(told)
    names = "、".join(told.item(result).service.name for result in money) or say("several_none")
    total = told.assessment.total.month_min
    if total:
        names += "，" + say("several_total", amount=yuan(total))
    elif total is None:
        names += "，" + say("several_no_total")
    return say(
        "several_line", who=told.who, facts=understood(told.assessment.facts, told.catalog), sure=names
    )


def why(told: Told, result: Result) -> str:
    """Why an entry may apply and no more: what is missing for it, or what must be asked."""
    if result.says:
        return result.says
    if result.reason == "extension":
        return say("why_extension")
    names = dict.fromkeys(
        told.catalog.facts[fact].name for fact in result.missing if fact in told.catalog.facts
    )
    return say("why_missing", facts="、".join(names)) if names else say("why_unsure")


def agency_words(item: Item) -> str:
    """区民政局、区残疾人联合会, with the caution where the document leaves one."""
    form = item.form
    if form.ask_first and len(form.agencies) > _MOST_AGENCIES:
        named = say("agency_first", agency=form.ask_first, count=len(form.agencies))
    else:
        named = "、".join(form.agencies)
    return named + (say("agency_note", note=item.form.agency_note) if item.form.agency_note else "")


def _money(told: Told) -> list[Result]:
    """Sure entries that bring money, the most a month first."""
    money = [result for result in told.assessment.by_verdict("yes") if result.benefits]
    return sorted(money, key=lambda result: -_month(result))


def _month(result: Result) -> float:
    return sum(one.value or 0 for one in result.benefits if one.per == "month" and one.to == "person")


def _line(told: Told, result: Result) -> str:
    item = told.item(result)
    amount = amount_words(result.benefits)
    name, agency, clause = item.service.name, agency_words(item), item.form.clause.removeprefix("附件")
    if amount:
        return say("money_line", name=name, amount=amount, agency=agency, clause=clause)
    return say("service_line", name=name, what=item.service.what, agency=agency, clause=clause)


def _no_longer(told: Told, result: Result) -> str:
    reasons = [reason_words(reason, told.assessment.facts, told.catalog) for reason in result.because]
    words = "、".join(dict.fromkeys(reasons)) if result.verdict == "no" else why(told, result)
    return say("no_longer", name=told.item(result).service.name, why=words)


def _sum(told: Told) -> list[str]:
    total = told.assessment.total
    lines = [
        say("either_or", lower=_name(told, one.instead_of), higher=_name(told, one.take), why=one.why)
        for one in total.either_or
    ]
    return [*lines, say("total", amount=yuan(total.month_min))] if total.month_min else lines


def _name(told: Told, id_: str) -> str:
    return told.benefit_list.by_id[id_].service.name


def _maybes(told: Told) -> list[str]:
    """What may apply, without what hangs on a rare status or on something nobody hinted at."""
    worth_telling = [result for result in told.assessment.by_verdict("maybe") if _tells(told, result)]
    worth_telling.sort(key=lambda result: -told.item(result).service.worth)
    lines = [_maybe(told, result) for result in worth_telling]
    return [say("maybe_head"), *lines] if lines else []


def _tells(told: Told, result: Result) -> bool:
    """A hint is something besides the age that speaks for it."""
    presumed = told.assessment.facts.presumed
    hinted = any(r.fact != "age" and r.holds and r.fact not in presumed for r in result.because)
    if told.item(result).service.rare:
        return hinted
    return hinted or result.reason in ("outside_rule", "reading", "criteria_not_attached")


def _maybe(told: Told, result: Result) -> str:
    item = told.item(result)
    amount = amount_words(result.benefits)
    words = {
        "name": item.service.name,
        "why": why(told, result),
        "agency": agency_words(item),
        "clause": item.form.clause.removeprefix("附件"),
    }
    return say("maybe_line", amount=amount, **words) if amount else say("maybe_line_plain", **words)


def _others(told: Told) -> list[str]:
    """The services without money, three at a time, the ones that bring most first; then those for everybody."""
    services = [result for result in told.assessment.by_verdict("yes") if not result.benefits]
    services.sort(key=lambda result: -told.item(result).service.worth)
    lines = [_line(told, result) for result in services]
    blocks = _in_threes(say("other_head"), lines)
    general = [_line(told, result) for result in told.assessment.by_verdict("general")]
    blocks += _in_threes(say("general_head"), general)
    return [*blocks[:-1], "\n".join([*blocks[-1:], say("any_rare")])]


def _in_threes(head: str, lines: Sequence[str]) -> list[str]:
    return ["\n".join([head, *lines[i : i + 3]]) for i in range(0, len(lines), 3)]
