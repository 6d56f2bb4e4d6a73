"""Composes the whole answer of one elder: the sure money, what may still apply, the other services, the basis."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.amounts import figures, yuan
from bot.dialogue.answer import Told, agency_words, line, money, sum_lines, tells, understood, why
from bot.dialogue.notes import floor, spoken
from bot.dialogue.soon import soon
from bot.dialogue.wording import say
from bot.eligibility.rules import Result

# Of what was left open the first few tell enough of what it may bring.
_MOST_LEFT_OPEN = 4


def full(told: Told, declined: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """The whole answer without its basis: what comes first, and the blocks that may wait behind 更多. `declined` are
    the questions that were answered 不知道."""
    document, sure, others = told.benefit_list.document, money(told), _others(told)
    head = "nothing_sure" if not sure else "full_head_plan" if document.status == "plan" else "full_head"
    first = [say(head, title=document.title, year=document.year, who=told.who)]
    first += [line(told, result) for result in sure]
    first += sum_lines(told)
    if not sure:
        first, others = [*first, *others[:1]], others[1:]
    first += [*maybes(told), *_left_open(told, declined)]
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
    facts = understood(told.assessment.facts, told.catalog)
    return say("several_line" if facts else "several_line_plain", who=told.who, facts=facts, sure=names)


def maybes(told: Told) -> list[str]:
    """What may apply, without what hangs on a rare status or on something nobody hinted at."""
    some = sorted(told.assessment.by_verdict("maybe"), key=lambda one: -told.item(one).service.worth)
    lines = [_maybe(told, one) for one in some if tells(told, one)]
    return [say("maybe_head"), *lines] if lines else []


def _left_open(told: Told, declined: Sequence[str]) -> list[str]:
    """Money that hangs on a question answered 不知道: what is not known is not refused, and that is said."""
    asked = [one for id_ in declined if (one := told.catalog.questions.get(id_))]
    facts = list(dict.fromkeys(fact for one in asked for fact in one.form.settles))
    waits = [
        one
        for one in told.assessment.by_verdict("maybe")
        if {*facts} & {*one.missing} and told.item(one).form.benefits and not told.item(one).service.rare
        if not tells(told, one)
    ]
    waits.sort(key=lambda one: -told.item(one).service.worth)
    names = dict.fromkeys(told.item(one).service.name for one in waits[:_MOST_LEFT_OPEN])
    unknown = "、".join(told.catalog.facts[fact].name for fact in facts if fact in told.catalog.facts)
    return [say("left_open", facts=unknown, names="、".join(names))] if names else []


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


def services(told: Told) -> list[str]:
    """The first sure services without money, three of them: what there is to tell before any money is sure."""
    lines = _sure_services(told)[:3]
    document = told.benefit_list.document
    head = "full_head_plan" if document.status == "plan" else "short_head"
    return [say(head, title=document.title, year=document.year, who=told.who), *lines] if lines else []


def _sure_services(told: Told) -> list[str]:
    sure = [result for result in told.assessment.by_verdict("yes") if not result.benefits]
    sure.sort(key=lambda result: -told.item(result).service.worth)
    return [line(told, result) for result in sure]


def _others(told: Told) -> list[str]:
    """The services without money, three at a time, the ones that bring most first; then those for everybody."""
    blocks = _in_threes(say("other_head"), _sure_services(told))
    general = [line(told, result) for result in told.assessment.by_verdict("general")]
    return [*blocks, *_in_threes(say("general_head"), general)]


def _in_threes(head: str, lines: Sequence[str]) -> list[str]:
    return ["\n".join([head, *lines[i : i + 3]]) for i in range(0, len(lines), 3)]
