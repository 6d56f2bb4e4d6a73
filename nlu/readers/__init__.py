"""The sure readings of one text, put together: who is spoken of, and what is told of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from nlu.lexicon import Lexicon
from nlu.readers import (
    age,
    care,
    circumstances,
    disability,
    family,
    forms,
    living,
    normal,
    people,
    people_ages,
    people_nameless,
    people_pieces,
    region,
    status,
)
from nlu.understanding import PersonHeard

Facts = dict[str, Any]

# Questions about one elder's household; "一级" or "都没有" answers them.
_READERS = (status.read, family.read, living.read, disability.read, care.read, circumstances.read)
_MYSELF = re.compile(r"[我俺咱](?:自己|本人|个人|这|今年|能|可以|该|够|符合|有没有)")
# On a list that tells of certificates, 没证 means that one.
_OF_PAPERS = re.compile("残疾|肢体|视力|听力|智力|精神[一二三四1-4]|[聋瞎瘸瘫哑跛]|看不见|听不见|断了|截")
_PAPERLESS = re.compile(r"(?<=[\s，,。；;、：:0-9岁])(?:没有?|无|木有|未办)证(?=[\s，,。；;、]|$)")


def read_people(text: str, context: str | None, now: datetime, lexicon: Lexicon) -> tuple[PersonHeard, ...]:
    """One entry a person; an unnamed one is `self` with `named` false. () where no person and no fact is found."""
    return people_in(normal.normal(text), context, now, lexicon)


def people_in(text: str, context: str | None, now: datetime, lexicon: Lexicon) -> tuple[PersonHeard, ...]:
    """The same for a text that is already normalised."""
    if _OF_PAPERS.search(text):
        text = _PAPERLESS.sub("没残疾证", text)
    spans = people.split(text)
    everybody = _together([_person(span, context, now, lexicon) for span in spans])
    everybody = people_ages.compared(everybody, [gap for span in spans for gap in span.gaps])
    for piece in spans[0].left_out:
        text = text.replace(piece, "，", 1)
    shared = region.read(people_pieces.with_plain_children(text), lexicon.regions)
    away = {
        span.subject
        for span in spans
        if len(everybody) > 1 and region.is_elsewhere(span.text, lexicon.regions)
    }
    return tuple(
        each if each.subject in away - {"self", "other"} else _placed(each, shared, everybody)
        for each in everybody
        if _counts(each, text, everybody, shared)
    )


def read_facts(text: str, context: str | None, now: datetime, regions: Mapping[str, str]) -> Facts:
    """The facts of a normalised text about one person."""
    facts: Facts = {}
    text = forms.plain(text)
    for reader in _READERS:
        facts = merge(facts, reader(text, context))
    facts = merge(facts, age.read(text, context, now.date()))
    return merge(facts, region.read(text, regions))


def merge(one: Mapping[str, Any], other: Mapping[str, Any]) -> Facts:
    """Both; maps grow together, anything else is replaced by the later reading."""
    both = dict(one)
    for key, value in other.items():
        before = both.get(key)
        both[key] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
    return both


def _person(span: people.Span, context: str | None, now: datetime, lexicon: Lexicon) -> PersonHeard:
    facts = read_facts(span.text, context, now, lexicon.regions)
    return PersonHeard(span.subject or "self", span.name or None, facts, bool(span.subject))


def _together(heard: list[PersonHeard]) -> list[PersonHeard]:
    """One entry a person, in the order they are first named."""
    whole: dict[tuple[str, str | None], PersonHeard] = {}
    for person in heard:
        key = _key(person, whole)
        known = whole.get(key)
        whole[key] = person if known is None else _joined(known, person)
    return list(whole.values())


def _key(person: PersonHeard, known: Mapping[tuple[str, str | None], PersonHeard]) -> tuple[str, str | None]:
    """My mother stays one person whether or not her name is said again; two neighbours are two."""
    if person.subject == "other":
        return person.subject, person.name
    same = [
        key
        for key in known
        if key[0] == person.subject and (None in (key[1], person.name) or key[1] == person.name)
    ]
    return same[0] if same else (person.subject, person.name)


def _joined(one: PersonHeard, other: PersonHeard) -> PersonHeard:
    return PersonHeard(
        one.subject, one.name or other.name, merge(one.facts, other.facts), one.named or other.named
    )


def _counts(person: PersonHeard, text: str, everybody: list[PersonHeard], shared: Mapping[str, Any]) -> bool:
    if person.facts or (
        person.named and person.subject != "self" and not people_nameless.is_made_up(person.name)
    ):
        return True
    if len(everybody) > 1:
        return False
    return bool(shared) or (person.named and _MYSELF.search(text) is not None)


def _placed(person: PersonHeard, shared: Mapping[str, Any], everybody: list[PersonHeard]) -> PersonHeard:
    """A place that was said once holds for everybody in the message."""
    places = {str(each.facts["region"]) for each in everybody if "region" in each.facts}
    if "region" in person.facts or len(places) > 1:
        return person
    return PersonHeard(person.subject, person.name, merge(shared, person.facts), person.named)
