"""All that the look-up page of the desk shows of what was told: the fields, the answer, what to say, what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from bot.catalog.assess import Assessment, assess
from bot.catalog.finding import Finder, Hit
from bot.catalog.model import BenefitList, Catalog
from bot.dialogue.amounts import amount_words
from bot.dialogue.people import SELF, called
from bot.dialogue.wording import say
from bot.web.answer_view import PersonView, Telling, danger_number, danger_words, person_view
from bot.web.desk.lookup_compare import Comparison, compare
from bot.web.desk.lookup_fields import FactField, fields_of
from bot.web.desk.lookup_script import copy_text, script
from bot.web.desk.lookup_state import Told
from bot.web.service_search import Entry, side_by_side
from nlu.understanding import Understanding

_MOST_HITS: Final = 6
# What was told of an elder may hold the name of a service by accident: then only the name itself counts, while a
# word alone (低保) may well mean the service.
_MEANT, _MAY_MEAN, _A_WORD = 99.0, 85.0, 6


class Service(NamedTuple):
    """A service that was found: `here` are the entries of the elder's place, `elsewhere` those of the other lists;
    `verdict` and `amount` are the elder's, "" where nothing is known."""

    hit: Hit
    name: str
    what: str
    ask: str
    here: Sequence[tuple[BenefitList, Sequence[Entry]]]
    elsewhere: Sequence[tuple[BenefitList, Sequence[Entry]]]
    verdict: str
    amount: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the template gets; `person` None where nothing is known of anybody."""

    told: Told
    first: Sequence[FactField]
    more: Sequence[FactField]
    person: PersonView | None
    script: Sequence[str]
    copy: str
    services: Sequence[Service]
    comparison: Comparison | None
    others: Sequence[tuple[str, str]]
    danger: str | None
    refused: str
    status: str


def shown_of(told: Told, heard: Understanding, catalog: Catalog, finder: Finder, today: date) -> Shown:
    """Judges and words everything anew; raises nothing for what may have been told."""
    assessment = assess(catalog, told.facts, today)
    services = _services(told, heard, assessment, catalog, finder)
    known = bool(set(told.facts) - {"region"}) or told.key != SELF
    view = (
        person_view(_telling(told), catalog, today)
        if known or (told.words and told.facts and not services)
        else None
    )
    fields = fields_of(told.facts, assessment.facts, catalog)
    return Shown(
        told=told,
        first=[one for one in fields if one.first],
        more=[one for one in fields if not one.first],
        person=view,
        script=[*_danger(heard), *(script(view, assessment, catalog, _called(told.key)) if view else ())],
        copy=copy_text(view) if view else "",
        services=services,
        comparison=compare(told.facts, told.beside, catalog, today) if view and told.beside else None,
        others=[(key, _called(key)) for key in told.others],
        danger=danger_words(heard),
        refused=_refused(told, catalog),
        status=_status(view, services),
    )


def _danger(heard: Understanding) -> list[str]:
    number = danger_number(heard)
    return (
        [say("hotline_danger" if heard.emergency else "hotline_maybe_danger", number=number)]
        if number
        else []
    )


def _telling(told: Told) -> Telling:
    return Telling(told.key, told.facts, told.answered)


def _called(key: str) -> str:
    return say("lookup_person") if key == SELF else called(key)


def _services(
    told: Told, heard: Understanding, assessment: Assessment, catalog: Catalog, finder: Finder
) -> list[Service]:
    facts = any(set(one.facts) - {"region"} for one in heard.people)
    hits = finder.find(told.words, _MOST_HITS)
    if facts:
        named = finder.find(heard.slots.get("benefit", ""), _MOST_HITS)
        least = _MAY_MEAN if len(told.words) <= _A_WORD else _MEANT
        hits = [hit for hit in (*hits, *named) if hit.fit >= least]
    return [_service(hit, assessment, catalog) for hit in {hit.service: hit for hit in hits}.values()]


def _service(hit: Hit, assessment: Assessment, catalog: Catalog) -> Service:
    found = side_by_side(hit.service, catalog)
    here = assessment.benefit_list
    judged = [
        result for result in assessment.results if here and here.by_id[result.id].form.service == hit.service
    ]
    amounts = [words for one in judged if one.verdict != "no" and (words := amount_words(one.benefits))]
    return Service(
        hit=hit,
        name=found.service.name,
        what=found.service.what,
        ask=found.service.ask,
        here=[one for one in found.lists if one[0] is here],
        elsewhere=[one for one in found.lists if one[0] is not here],
        verdict="、".join(dict.fromkeys(say(f"hotline_verdict_{one.verdict}") for one in judged)),
        amount="；".join(amounts),
    )


def _refused(told: Told, catalog: Catalog) -> str:
    names = [catalog.facts[fact].name for fact in told.wrong if fact in catalog.facts]
    return say("hotline_refused", what="、".join(names)) if names else ""


def _status(view: PersonView | None, services: Sequence[Service]) -> str:
    """One short line for who does not see the page."""
    found = say("hotline_status_found", count=len(services)) if services else ""
    if view is None:
        return found or say("hotline_status_nothing")
    ask = say("hotline_status_ask", text=view.ask.text) if view.ask else ""
    total = say(
        "hotline_status_no_total" if view.total is None else "hotline_status_total", amount=view.total
    )
    told = say(
        "hotline_status", who=view.who, yes=len(view.rows["yes"]), maybe=len(view.rows["maybe"]), total=total, ask=ask
    )  # fmt: skip
    return told + found
