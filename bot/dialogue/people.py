"""Whose facts they are, and how something newly told joins what was told before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.catalog.model import Catalog
from bot.dialogue.wording import say, words
from bot.eligibility.facts import read_facts
from bot.eligibility.outcome import YES
from bot.eligibility.vocabulary import AGES, FLAG_SETS
from bot.errors import BadValue
from bot.models import Person, Session
from nlu.understanding import PersonHeard

SELF = "self"
_NAMED = ("father", "mother", "spouse")
# More people than one user really asks for; the oldest tellings give way.
MOST_PEOPLE = 40


def key_of(heard: PersonHeard, active: str | None) -> str:
    """The name a person is kept under: the subject, or for others the name as told."""
    if not heard.named:
        return active or SELF
    if heard.subject == "other":
        return (heard.name or "")[:20] or active or SELF
    return heard.subject


def called(key: str) -> str:
    """How a reply names the person: 您, 您母亲, 您姑姑, 王大爷."""
    if key == SELF:
        return say("you")
    if key in _NAMED:
        return say(key)
    if key in words("some_elder_words"):
        return say(_some_elder(key))
    return say("your_kin", kin=key) if key in words("kin") else key


def _some_elder(key: str) -> str:
    """Two of one house are told apart: 那位老大爷, 那位老太太."""
    man, woman = key in words("some_man_words"), key in words("some_woman_words")
    return "some_man" if man else "some_woman" if woman else "some_elder"


def as_told(key: str) -> str:
    """How the user names the person: 我, 我妈, 王大爷."""
    return say(f"asked_of_{key}") if key in (SELF, *_NAMED) else key


def with_facts(session: Session, key: str, told: Mapping[str, Any], catalog: Catalog, today: date) -> Session:
    """The session with facts told of one person; what cannot be is left out."""
    person = session.people.get(key, Person())
    facts = merged(person.facts, told, today)
    facts = _implied(facts, catalog, today)
    region = told.get("region") or session.region
    return replace(
        session, people=_kept(session, key, replace(person, facts=facts)), active=key, region=region
    )


def with_person(session: Session, key: str, person: Person) -> Session:
    """The session with that person in that state."""
    return replace(session, people=_kept(session, key, person))


def facts_of(session: Session, key: str) -> dict[str, Any]:
    """What is known of the person, with the place the whole talk is about."""
    facts = dict(session.people.get(key, Person()).facts)
    if session.region and "region" not in facts:
        facts["region"] = session.region
    return facts


def merged(before: Mapping[str, Any], told: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A correction replaces; a set of flags and a certificate keep what was not spoken of."""
    told = {fact: value for fact, value in told.items() if _can_be(fact, value, today)}
    # An age told anew, in whichever way, is another age; told in two ways at once it is one.
    replaced = AGES if set(told) & {*AGES} else ()
    facts = {fact: value for fact, value in before.items() if fact not in replaced}
    for fact, value in told.items():
        if fact in FLAG_SETS:
            value = {**facts.get(fact, {}), **_as_map(fact, value)}
        if fact == "disability" and isinstance(value, Mapping) and isinstance(facts.get(fact), Mapping):
            value = {**facts[fact], **value}
        facts[fact] = value
    return _not_both(_without_contradiction(facts, told), told)


def took_back(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether something told before now stands otherwise."""
    for fact, value in before.items():
        now = after.get(fact)
        if isinstance(value, Mapping) and isinstance(now, Mapping):
            if any(now.get(part, held) != held for part, held in value.items()):
                return True
        elif now != value:
            return True
    return False


def _kept(session: Session, key: str, person: Person) -> dict[str, Person]:
    people = {**session.people, key: person}
    while len(people) > MOST_PEOPLE:
        people.pop(next(name for name in people if name != key))
    return people


def _can_be(fact: str, value: Any, today: date) -> bool:
    try:
        read_facts({fact: value}, today)
    except BadValue:
        return False
    return True


def _as_map(fact: str, value: Any) -> dict[str, bool]:
    if isinstance(value, Mapping):
        return dict(value)
    return {flag: flag in value for flag in FLAG_SETS[fact]}


def _without_contradiction(facts: dict[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Who says now 能自理 takes back what was said of a certified dependence, and the other way round."""
    if told.get("care") == "independent":
        for fact in ("care_certified", "care_severe"):
            if facts.get(fact) and fact not in told:
                del facts[fact]
    elif (told.get("care_certified") or told.get("care_severe")) and facts.get("care") == "independent":
        del facts["care"]
    return facts


def _not_both(facts: dict[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Who says after all 低保 takes back 低保边缘, which is the step above it."""
    status = told.get("status")
    if not isinstance(status, Mapping) or not status.get("low_income") or "low_income_margin" in status:
        return facts
    kept = {flag: on for flag, on in facts["status"].items() if flag != "low_income_margin" or not on}
    return {**facts, "status": kept}


def _implied(facts: dict[str, Any], catalog: Catalog, today: date) -> dict[str, Any]:
    known = read_facts(facts, today)
    for question in catalog.questions.values():
        form = question.form
        if form.implied and question.implied and question.implied(known.known).truth is YES:
            facts = {**form.implied.sets, **facts}
    return facts
