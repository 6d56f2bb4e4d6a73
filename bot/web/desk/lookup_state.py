"""What a look-up knows between two posts: it all stands in the form itself, nothing is kept on the server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made_with
from datetime import date
from typing import Any, Final

from bot.bodies import strict_object
from bot.catalog.model import Catalog
from bot.dialogue.choices import tapped
from bot.dialogue.people import SELF, merged
from bot.eligibility.facts import read_facts
from bot.errors import BadRequest, BadValue
from bot.web.desk.lookup_told import RawFacts, facts_in
from bot.web.forms import Form, field
from nlu.understanding import Understanding

LONGEST_WORDS: Final = 2_000
_MOST_PEOPLE: Final = 8
_MOST_ANSWERED: Final = 40
_LONGEST_KEY: Final = 20


@dataclass(frozen=True, slots=True)
class Told:
    """`words` stand in the box, `read` are those that were understood before; `facts` are of the person `key`, `others`
    those of the people spoken of beside. `answered` are questions answered below the answer, `wrong` facts whose
    fields hold what cannot be, `beside` a second place."""

    words: str = ""
    read: str = ""
    key: str = SELF
    facts: Mapping[str, Any] = made_with(default_factory=dict)
    others: Mapping[str, RawFacts] = made_with(default_factory=dict)
    answered: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    beside: str = ""

    @property
    def new(self) -> bool:
        """Whether there are words that were not understood yet."""
        return bool(self.words) and self.words != self.read

    @property
    def others_json(self) -> str:
        """For the form."""
        return json.dumps(self.others, ensure_ascii=False)


def told_in(form: Form, today: date) -> Told:
    """What the form brings back, whoever wrote it."""
    facts, wrong = facts_in(form, today)
    answered = tuple(field(form, "answered", 1000).split())[-_MOST_ANSWERED:]
    return Told(
        words=field(form, "words", LONGEST_WORDS).strip(),
        read=field(form, "read", LONGEST_WORDS).strip(),
        key=field(form, "key", _LONGEST_KEY) or SELF,
        facts=facts,
        others=_others(field(form, "others", 20_000), today),
        answered=answered,
        wrong=tuple(wrong),
        beside=field(form, "beside", 40),
    )


def with_words(told: Told, heard: Understanding, before: Understanding | None, today: date) -> Told:
    """With what the new words tell; what the old ones told already may have been changed by hand since."""
    old = _people(before, today) if before else {}
    for key, facts in _people(heard, today).items():
        known = old.get(key, {})
        fresh = {fact: value for fact, value in facts.items() if known.get(fact) != value}
        told = _with(told, key, fresh, today)
    return replace(told, read=told.words)


def with_choice(told: Told, tap: str, catalog: Catalog, today: date) -> Told:
    """With a choice under the next question (`household:0`, `care:dont_know`)."""
    found = tapped(tap, catalog)
    if found is None:
        return told
    question, option = found
    facts = merged(told.facts, option.sets, today) if option else told.facts
    declined = option.declines if option else ()
    return replace(told, facts=facts, answered=(*told.answered, question.form.id, *declined))


def turned_to(told: Told, key: str) -> Told:
    """About another of the people spoken of."""
    if key not in told.others:
        return told
    others = {name: facts for name, facts in told.others.items() if name != key}
    others[told.key] = dict(told.facts)
    return replace(told, key=key, facts=told.others[key], others=others, answered=())


def _with(told: Told, key: str, facts: Mapping[str, Any], today: date) -> Told:
    """Who was not named is whoever is spoken of; who is named first, while nothing is known, is that person."""
    if key in (SELF, told.key) or (told.key == SELF and not set(told.facts) - {"region"} and not told.others):
        name = told.key if key == SELF else key
        return replace(told, key=name, facts=merged(told.facts, facts, today))
    if key not in told.others and len(told.others) >= _MOST_PEOPLE:
        return told
    known = told.others.get(key) or {one: told.facts[one] for one in ("region",) if one in told.facts}
    return replace(told, others={**told.others, key: merged(known, facts, today)})


def _people(heard: Understanding, today: date) -> dict[str, RawFacts]:
    people: dict[str, RawFacts] = {}
    for one in heard.people:
        key = ((one.name if one.subject == "other" else None) or one.subject)[:_LONGEST_KEY]
        people[key if one.named else SELF] = merged(people.get(key, {}), one.facts, today)
    return people


def _others(text: str, today: date) -> dict[str, RawFacts]:
    """Comes from a browser: anything may stand there, and what cannot be is left out."""
    try:
        people = strict_object(text) if text else {}
    except BadRequest:
        return {}
    return {
        key[:_LONGEST_KEY]: facts
        for key, facts in list(people.items())[:_MOST_PEOPLE]
        if key and isinstance(facts, dict) and _can_be(facts, today)
    }


def _can_be(facts: RawFacts, today: date) -> bool:
    try:
        read_facts(facts, today)
    except BadValue:
        return False
    return True
