"""Which question is worth asking next: by the entitlements it can bring, not by the rules it closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.catalog.assess import Assessment
from bot.catalog.model import BenefitList, Catalog, Item, Question
from bot.eligibility.facts import Facts
from bot.eligibility.outcome import NO, YES
from bot.eligibility.rules import Result, Rule
from bot.eligibility.vocabulary import FLAG_SETS
from bot.models import Person
from nlu.understanding import CONTEXTS

# A question that can bring less than this (an editor's CNY a month, see services/) is left to the elder's own words.
WORTH_ASKING = 5.0


class Asking(NamedTuple):
    """The next question, and how many entries it may still bring."""

    question: Question
    brings: int


def context_of(asked: str | None) -> str | None:
    """What the understanding is told of the question that was asked."""
    if asked is None or asked in CONTEXTS:
        return asked
    return "confirm"


def next_question(
    results: Sequence[Result],
    facts: Facts,
    catalog: Catalog,
    benefit_list: BenefitList | None,
    asked_before: Sequence[str] = (),
    topic: Sequence[str] = (),
) -> Asking | None:
    """None where nothing worth asking is left. `topic` restricts it to what settles these services."""
    if facts.region is None:
        return _unless_asked(catalog.questions["region"], asked_before)
    if benefit_list is None:
        return None
    brings = _brings(results, facts, catalog, benefit_list, asked_before, topic)
    for question in catalog.questions.values():
        if question.form.core and question.form.id in brings:
            return Asking(question, len(brings[question.form.id]))
    return _worthiest(brings, catalog, any_worth=bool(topic))


def asking_of(person: Person, assessment: Assessment, catalog: Catalog) -> Asking | None:
    """The next question for that person, without those that were answered or left open."""
    asked_before = (*person.answered, *person.declined)
    return next_question(assessment.results, assessment.facts, catalog, assessment.benefit_list, asked_before)


def can_be_told(missing: Sequence[str], facts: Facts, catalog: Catalog) -> list[str]:
    """Of the missing facts those that a question of ours would settle for this elder."""
    return [fact for fact in missing if _question_for(fact, facts, catalog, (), by_name=False)]


def for_other_status(result: Result, facts: Facts, rule: Rule) -> bool:
    """Whether no road to the entry is left but a status that was not told: 护理补贴 is for 低保, and for 特困 only where
    they are 低保 as well. Nothing that may be asked brings it."""
    told = any(facts.known.get(f"status.{one}") for one in FLAG_SETS["status"])
    if not told or "status" not in result.missing:
        return False
    no_other = {**{f"status.{one}": False for one in FLAG_SETS["status"]}, **facts.known}
    roads = (rule.who, rule.may_extend_to, *(one.when for one in rule.also_maybe))
    return all(road is None or road(no_other).truth is NO for road in roads)


def _unless_asked(question: Question, asked_before: Sequence[str]) -> Asking | None:
    return None if question.form.id in asked_before else Asking(question, 0)


def _worthiest(brings: Mapping[str, list[float]], catalog: Catalog, *, any_worth: bool) -> Asking | None:
    if not brings:
        return None
    best = max(brings, key=lambda id_: sum(brings[id_]))
    if sum(brings[best]) < WORTH_ASKING and not any_worth:
        return None
    return Asking(catalog.questions[best], len(brings[best]))


def _brings(
    results: Sequence[Result],
    facts: Facts,
    catalog: Catalog,
    benefit_list: BenefitList,
    asked_before: Sequence[str],
    topic: Sequence[str],
) -> dict[str, list[float]]:
    """For every question that may be asked, what each entry is worth that waits for it."""
    brings: dict[str, list[float]] = {}
    usable: dict[str, str | None] = {}
    useful: set[str] = set()
    for result in results:
        item = benefit_list.by_id[result.id]
        if not _counts(result, facts, item, topic):
            continue
        for fact in result.missing:
            if fact not in usable:
                usable[fact] = _question_for(fact, facts, catalog, asked_before, by_name=bool(topic))
        # In their order, each once: two that bring as much must not change places from run to run.
        ids = dict.fromkeys(id_ for fact in result.missing if (id_ := usable[fact]))
        for id_ in ids:
            brings.setdefault(id_, []).append(item.service.worth / len(ids))
        useful |= set() if for_other_status(result, facts, item.rule) else {*ids}
    return {id_: worth for id_, worth in brings.items() if id_ in useful}


def _counts(result: Result, facts: Facts, item: Item, topic: Sequence[str]) -> bool:
    """Whether an entry waits for facts, and is asked about: by its name, or because it is not rare."""
    if not (result.open and result.missing):
        return False
    if topic:
        return item.form.service in topic
    return not item.service.rare or _hinted(result, facts)


def _hinted(result: Result, facts: Facts) -> bool:
    """Whether the elder brought a rare entry up: something besides the age speaks for it."""
    return any(
        reason.fact != "age" and reason.holds and reason.fact not in facts.presumed
        for reason in result.because
    )


def _question_for(
    fact: str, facts: Facts, catalog: Catalog, asked_before: Sequence[str], *, by_name: bool
) -> str | None:
    for id_, question in catalog.questions.items():
        form = question.form
        if (
            fact in form.settles
            and id_ not in asked_before
            and _may_ask(question, fact, facts, by_name=by_name)
        ):
            return id_
    return None


def _may_ask(question: Question, fact: str, facts: Facts, *, by_name: bool) -> bool:
    form = question.form
    if form.only_when is not None and question.only_when(facts.known).truth is not YES:
        return False
    if form.rare and not by_name and form.only_when is None and not facts.has(fact):
        return False
    if form.id == "disability_level":
        return True
    # A question is about the first fact that it settles: what is known of that is not asked again.
    return not _answered(form.settles[0], facts) and not _answered(fact, facts)


def _answered(fact: str, facts: Facts) -> bool:
    """A set of flags is answered when one of them holds or all are known; anything else when it is told."""
    if fact == "age":
        return False
    if fact not in FLAG_SETS:
        return facts.has(fact)
    flags = [facts.known.get(f"{fact}.{flag}") for flag in FLAG_SETS[fact]]
    return True in flags or None not in flags
