"""One elder's full answer as the staff page shows it: everything the rules know, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from bot.catalog.assess import Assessment, assess
from bot.catalog.model import BenefitList, Catalog, Item, Region
from bot.dialogue.amounts import amount_words, yuan
from bot.dialogue.answer import Told, agency_words, hinted, why
from bot.dialogue.choices import taps_of
from bot.dialogue.notes import notes
from bot.dialogue.people import SELF, called
from bot.dialogue.questions import Asking, next_question
from bot.dialogue.reasons import Because
from bot.dialogue.wording import say
from bot.eligibility.benefits import Granted
from bot.eligibility.rules import Result
from bot.models import Tap
from bot.web.fact_words import condition_words, fact_words
from nlu.understanding import Understanding

KIN = ("father", "mother", "spouse")
# As verdicts, but what hangs on a rare status that nobody hinted at stands apart.
GROUPS = ("yes", "maybe", "general", "rare", "no")
_CALLS = {"fire": "119", "gas": "119", "lost_elder": "110", "violence": "110", "self_harm": "12356"}


@dataclass(frozen=True, slots=True)
class Telling:
    """What was told of one person; `answered` are the questions answered below the answer."""

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    answered: tuple[str, ...] = ()


class Row(NamedTuple):
    """One entry of the list as judged for this person."""

    item: Item
    amount: str | None
    agency: str
    because: str
    why: str | None


class Ask(NamedTuple):
    """The question most worth asking, with its choices; `brings` entries wait for it, `fact` is what it is about."""

    fact: str
    text: str
    why: str
    brings: int
    choices: Sequence[Tap]


@dataclass(frozen=True, slots=True)
class PersonView:
    """Everything the page shows of one person; `total` None where no list applies or none prints amounts."""

    key: str
    who: str
    facts: Sequence[str]
    place: str | None
    benefit_list: BenefitList | None
    standing: str
    total: str | None
    beside_total: Sequence[str]
    rows: Mapping[str, Sequence[Row]]
    notes: Sequence[str]
    ask: Ask | None
    refused: str | None = None


def person_view(telling: Telling, catalog: Catalog, today: date) -> PersonView:
    """Judges the person's facts; raises `BadValue` where they cannot be."""
    assessment = assess(catalog, telling.facts, today)
    found = assessment.benefit_list
    return PersonView(
        key=telling.key,
        who=_heading(telling.key),
        facts=fact_words(assessment.facts, catalog),
        place=assessment.region.full if assessment.region else None,
        benefit_list=found,
        standing=say(f"lookup_standing_{found.document.status}") if found else "",
        total=_total(assessment),
        beside_total=_beside_total(assessment),
        rows=_rows(assessment, catalog),
        notes=[*notes(assessment, catalog), *_presumed(assessment, catalog)],
        ask=_ask(telling, assessment, catalog),
    )


def _heading(key: str) -> str:
    return say(f"lookup_of_caller_{key}") if key in KIN else _who(key)


def _who(key: str) -> str:
    """As it is said to the caller."""
    return say("lookup_person") if key == SELF else called(key)


def _total(assessment: Assessment) -> str | None:
    month = assessment.total.month_min
    return yuan(month) if assessment.benefit_list and month is not None else None


def _beside_total(assessment: Assessment) -> list[str]:
    """What is not in the sum, and why; what of two is taken."""
    found, total = assessment.benefit_list, assessment.total
    if found is None:
        return []
    names = {item.id: item.form.name for item in found.items}
    taken = [
        say("either_or", lower=names[one.instead_of], higher=names[one.take], why=one.why)
        for one in total.either_or
    ]
    left = [
        f"{names[id_]}：{say(f'not_counted_{reason}')}"
        for id_, reason in total.not_counted
        if reason != "lower_of_either_or"
    ]
    return [*taken, *left]


def _rows(assessment: Assessment, catalog: Catalog) -> dict[str, list[Row]]:
    found = assessment.benefit_list
    rows: dict[str, list[Row]] = {group: [] for group in GROUPS}
    if found is None:
        return rows
    told = Told("", assessment, found, catalog)
    # Money first, else in the list's order.
    for result in sorted(assessment.results, key=lambda one: not one.benefits):
        rows[_group(result, told)].append(_row(result, told))
    return rows


def _group(result: Result, told: Told) -> str:
    rare = told.item(result).service.rare and not hinted(told, result)
    return "rare" if result.verdict == "maybe" and rare else result.verdict


def _row(result: Result, told: Told) -> Row:
    item = told.item(result)
    reasons = [one["text"] for one in Because(told.assessment.facts, told.catalog)(result.because)]
    return Row(
        item=item,
        amount=amount_words(result.benefits),
        agency=agency_words(item),
        because="；".join(reasons),
        why=why(told, result) if result.verdict == "maybe" else None,
    )


def _presumed(assessment: Assessment, catalog: Catalog) -> list[str]:
    told = [words for fact in assessment.presumed if (words := catalog.facts[fact].presumed_says)]
    return [say("presumed_join").join(told)] if told else []


def _ask(telling: Telling, assessment: Assessment, catalog: Catalog) -> Ask | None:
    found = assessment.benefit_list
    asking = next_question(assessment.results, assessment.facts, catalog, found, telling.answered)
    return _asked(asking, telling) if asking else None


def _asked(asking: Asking, telling: Telling) -> Ask:
    form = asking.question.form
    choices = taps_of(asking.question) if form.options else ()
    return Ask(form.settles[0], form.text.format(who=_who(telling.key)), form.why, asking.brings, choices)


def tier_lines(item: Item, catalog: Catalog) -> list[str]:
    """A line for each step of an entry's amounts: 80到89周岁：每月不低于50元."""
    lines = []
    for benefit, form in zip(item.rule.benefits, item.form.benefits, strict=True):
        whens = [tier.when for tier in form.tiers] if form.tiers else [None]
        for tier, when in zip(benefit.tiers, whens, strict=True):
            granted = Granted(
                benefit.label, tier.value, tier.text, benefit.unit, benefit.per,
                benefit.at_least, benefit.to, benefit.principle, None,
            )  # fmt: skip
            words = amount_words([granted]) or ""
            lines.append(f"{condition_words(when, catalog)}：{words}" if when else words)
    return list(dict.fromkeys(lines))


def places_by_list(catalog: Catalog) -> list[tuple[str, list[Region]]]:
    """The places that have a list, under its title."""
    places = [one for one in catalog.regions.values() if one.list]
    return [
        (one.document.title, [place for place in places if place.list == one.id])
        for one in catalog.lists.values()
    ]


def danger_words(heard: Understanding) -> str | None:
    """Whom to call first, where a caller's words tell of danger; for the staff."""
    number = danger_number(heard)
    if number is None:
        return None
    return say("lookup_emergency" if heard.emergency else "lookup_maybe_emergency", number=number)


def danger_number(heard: Understanding) -> str | None:
    """The number to call, where a caller's words tell of danger or leave it open."""
    kind = heard.emergency or heard.perhaps_emergency
    return _CALLS.get(kind, "120") if kind else None
