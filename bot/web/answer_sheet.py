"""One person's full answer as the elder's page shows it: money first, each entry in plain words with all it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from bot.catalog.assess import Assessment, assess
from bot.catalog.model import BenefitList, Catalog
from bot.catalog.schema import HotlineForm
from bot.dialogue.amounts import amount_words, figures, yuan
from bot.dialogue.answer import Told, agency_words, money, sum_lines, tells, why
from bot.dialogue.notes import notes
from bot.dialogue.people import called, facts_of
from bot.dialogue.reasons import Because
from bot.dialogue.soon import soon
from bot.dialogue.wording import say
from bot.eligibility.rules import Result
from bot.models import Session
from bot.web.fact_words import condition_words, fact_words

# Whoever is not sure any more of a number's check is sent to the one that always answers.
_CHECK_HOLDS = timedelta(days=365)
_FALLBACK = "12345"
_PAPERS = (
    "age", "hukou_local", "disability", "status", "family", "merit", "care_certified", "ltci",
    "state_regular_pension", "hospitalized",
)  # fmt: skip
GROUPS = ("money", "services", "maybe", "general", "rare", "no")


class Entry(NamedTuple):
    """One entry of the list; `plain` is what it is in everyday words, `name` as the list prints it."""

    plain: str
    name: str
    amount: str | None
    doubt: str
    because: str
    asks_for: str
    agency: str
    ask: str
    papers: str
    mind: str
    clause: str
    phones: Sequence[HotlineForm]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page shows; `total` is None where no amounts are printed, "0" where none is sure."""

    who: str
    facts: Sequence[str]
    place: str
    as_of: str
    benefit_list: BenefitList | None
    total: str | None
    beside_total: Sequence[str]
    groups: Mapping[str, Sequence[Entry]]
    notes: Sequence[str]
    verified: str
    phones: Sequence[HotlineForm]


def sheet_of(session: Session, person: str, catalog: Catalog, today: date) -> Sheet:
    """The answer by what the session holds now; raises `BadValue` where the facts cannot be judged."""
    assessment = assess(catalog, facts_of(session, person), today)
    found = assessment.benefit_list
    told = Told(called(person), assessment, found, catalog) if found else None
    return Sheet(
        who=called(person),
        facts=fact_words(assessment.facts, catalog),
        place=assessment.region.full if assessment.region else "",
        as_of=_as_of(found, today),
        benefit_list=found,
        total=_total(assessment),
        beside_total=_beside_total(told) if told else (),
        groups=_groups(told) if told else dict.fromkeys(GROUPS, ()),
        notes=_notes(told, assessment, catalog),
        verified=_verified(found) if found else "",
        phones=phones((_FALLBACK, "12333", "12348", "12356", "96110"), catalog, today),
    )


def phones(numbers: Sequence[str], catalog: Catalog, today: date) -> list[HotlineForm]:
    """Those whose check still holds; 12345 in the place of the others."""
    known = (catalog.hotlines.get(number) for number in numbers or (_FALLBACK,))
    sure = [one if one and _holds(one, today) else catalog.hotlines[_FALLBACK] for one in known]
    return list({one.number: one for one in sure}.values())


def _holds(one: HotlineForm, today: date) -> bool:
    return one.status == "safe" and today - date.fromisoformat(one.verified_at) <= _CHECK_HOLDS


def _as_of(found: BenefitList | None, today: date) -> str:
    day = {"year": today.year, "month": today.month, "day": today.day}
    if found is None:
        return say("sheet_as_of_no_list", **day)
    document = found.document
    paper = {"title": document.title, "document": document.document, "issued": document.year}
    return say("sheet_as_of", **day, **paper)


def _verified(found: BenefitList) -> str:
    """When the entry that was checked longest ago was checked."""
    day = date.fromisoformat(min(item.form.verified_at for item in found.items))
    return say("sheet_verified", year=day.year, month=day.month, day=day.day)


def _total(assessment: Assessment) -> str | None:
    month = assessment.total.month_min
    return None if month is None else yuan(month)


def _beside_total(told: Told) -> list[str]:
    """What of two is taken, and what is not in the sum and why."""
    total = told.assessment.total
    names = {item.id: item.service.name for item in told.benefit_list.items}
    left = [
        f"{names[id_]}：{say(f'not_counted_{reason}')}。"
        for id_, reason in total.not_counted
        if reason != "lower_of_either_or"
    ]
    return [*sum_lines(told)[: len(total.either_or)], *left]


def _notes(told: Told | None, assessment: Assessment, catalog: Catalog) -> list[str]:
    """What must be said with it, what was taken for granted, what the next birthday brings."""
    presumed = [catalog.facts[fact].presumed_says or "" for fact in assessment.presumed]
    taken = [say("presumed_join").join(filter(None, presumed))] if any(presumed) else []
    coming = soon(told.who, assessment, told.benefit_list) if told else []
    return [one.rstrip("。") + "。" for one in (*notes(assessment, catalog), *taken, *coming)]


def _groups(told: Told) -> dict[str, list[Entry]]:
    results = told.assessment.by_verdict
    maybe = sorted(results("maybe"), key=lambda one: -told.item(one).service.worth)
    sure = sorted(results("yes"), key=lambda one: -told.item(one).service.worth)
    sorted_out = {
        "money": money(told),
        "services": [one for one in sure if not one.benefits],
        "maybe": [one for one in maybe if tells(told, one)],
        "general": results("general"),
        "rare": [one for one in maybe if not tells(told, one)],
        "no": results("no"),
    }
    return {group: [_entry(one, told) for one in some] for group, some in sorted_out.items()}


def _entry(result: Result, told: Told) -> Entry:
    item, catalog = told.item(result), told.catalog
    reasons = [one["text"] for one in Because(told.assessment.facts, catalog)(result.because)]
    refused = result.verdict == "no"
    return Entry(
        plain=item.service.what,
        name=item.form.name,
        amount=None if refused else _amount(result),
        doubt=why(told, result) if result.verdict == "maybe" else "",
        because=say("sheet_because_join").join(reasons),
        asks_for=condition_words(item.form.who, catalog) if refused else "",
        agency=agency_words(item),
        ask=item.service.ask,
        papers="" if refused else _papers(result),
        mind="" if refused else item.form.only_a_person_can_check or "",
        clause=item.form.clause.removeprefix("附件"),
        phones=phones(item.service.hotlines, catalog, told.assessment.today),
    )


def _amount(result: Result) -> str | None:
    """For what merely may apply, a formula says too much."""
    return figures(result.benefits) if result.verdict == "maybe" else amount_words(result.benefits)


def _papers(result: Result) -> str:
    """What can show that the conditions hold; the documents print no list of papers."""
    held = {one.fact for one in result.because if one.holds is (one.value is not False)}
    asked = held | {*result.missing}
    named = [say(f"paper_{fact}") for fact in _PAPERS if fact in asked and result.verdict != "general"]
    return say("paper_join").join(named)
