"""Takes in what was told or answered: whose facts they are, and which question they settle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.catalog.model import Question
from bot.catalog.schema import OptionForm
from bot.dialogue.choices import chosen, implied, offered_tap, tapped, trimmed
from bot.dialogue.intents import answer_of
from bot.dialogue.people import SELF, key_of, with_facts, with_person
from bot.dialogue.scene import Scene
from bot.dialogue.whose import answers_of_another, everybody, sorted_out
from bot.dialogue.wording import words
from bot.eligibility.outcome import YES
from bot.models import Person, Session
from nlu.understanding import PersonHeard

_AGE_FACTS = {"age": ("age_range", "birth_date")}


def take_in(scene: Scene) -> tuple[Scene, list[str]]:
    """The facts that were heard, each with their person, and the keys of those people; a place told of nobody
    in particular holds for all."""
    keys: list[str] = []
    session = scene.session
    for heard in scene.heard.people:
        if not heard.facts:
            continue
        if set(heard.facts) == {"region"} and not heard.named:
            session = _without_own_region(replace(session, region=str(heard.facts["region"])))
            keys = keys or _waiting(session)
            continue
        key = key_of(heard, session.active)
        session = _told(scene.with_session(session), key, heard)
        keys = keys if key in keys else [*keys, key]
    if keys:
        session = replace(session, active=keys[0] if len(keys) == 1 else _main_one(session, keys))
    return scene.with_session(session), keys


def _main_one(session: Session, keys: list[str]) -> str | None:
    """我妈78，我自己残疾二级: the one whose age was told is who the talk goes on about."""
    aged = [key for key in keys if {*_AGE_FACTS, *_AGE_FACTS["age"]} & set(session.people[key].facts)]
    return aged[0] if len(aged) == 1 else session.active


def hear(scene: Scene) -> tuple[Scene, list[str]]:
    """What was chosen, else what was told, else what a yes, a no or 不知道 says to the question that was asked."""
    question, options, declined = _choice(scene)
    if question is not None:
        return _chosen(scene, question, options, declined=declined)
    another = answers_of_another(scene)
    scene, keys = take_in(sorted_out(scene))
    asked = scene.catalog.questions.get(scene.session.asked or "")
    if not keys and not another and (by_name := _other_question(scene, asked)):
        return _chosen(scene, *by_name, declined=False)
    if keys or asked is None or another:
        return scene, keys
    said = answer_of(scene.heard)
    if said == "dont_know" or _rather_not(scene.text):
        return _answered(scene, asked, [], declined=True), []
    options = implied(asked, scene.text, said)
    return _chosen(scene, asked, options, declined=False) if options else (scene, [])


def _other_question(scene: Scene, asked: Question | None) -> tuple[Question, list[OptionForm]] | None:
    """没有证 while something else or nothing is asked: the words are of one question alone."""
    plain = trimmed(scene.text)
    if not scene.person(scene.session.active or SELF).facts or plain not in words("sure_of_one_question"):
        return None
    known = scene.assess(scene.session.active or SELF).facts.known
    open_ones = [one for one in scene.catalog.questions.values() if one is not asked and _fits(one, known)]
    found = [(one, options) for one in open_ones if (options := chosen(one, plain))]
    return found[0] if found else None


def _fits(question: Question, known: Mapping[str, Any]) -> bool:
    """Whether it is for everybody, or for this elder for certain: 分散 is of 特困 alone."""
    if question.form.core or question.only_when is None:
        return question.form.core
    return question.only_when(known).truth is YES


def _rather_not(text: str) -> bool:
    """不想说: who will not say has not said no."""
    if trimmed(text) in words("rather_not_alone") or text.startswith(words("rather_not_starts")):
        return True
    return any(one in text for one in words("rather_not"))


def _choice(scene: Scene) -> tuple[Question | None, list[OptionForm], bool]:
    """The question and choices that a tap, a number or a word names and nothing else; whether it is 不知道."""
    by_tap = tapped(scene.message.tap or _offered(scene), scene.catalog)
    if by_tap is not None:
        question, option = by_tap
        several = chosen(question, scene.text) if question.form.kind == "checklist" else []
        return question, several or ([option] if option else []), option is None
    asked = scene.catalog.questions.get(scene.session.asked or "")
    options = chosen(asked, scene.text) if asked else []
    return (asked, options, False) if options else (None, [], False)


def _chosen(
    scene: Scene, question: Question, options: list[OptionForm], *, declined: bool
) -> tuple[Scene, list[str]]:
    """Answered for the one who is talked about; 都没有 for everybody, where it can be meant so."""
    sets = options[0].sets if len(options) == 1 and not scene.message.tap else {}
    keys = everybody(scene, sets) if sets else ()
    active = scene.session.active
    for key in keys:
        of_key = scene.with_session(replace(scene.session, active=key))
        scene = _answered(of_key, question, options, declined=False)
    if keys:
        return scene.with_session(replace(scene.session, active=active)), list(keys)
    return _answered(scene, question, options, declined=declined), []


def _answered(scene: Scene, question: Question, options: list[OptionForm], *, declined: bool) -> Scene:
    key = scene.session.active or SELF
    session = scene.session
    for option in options:
        session = with_facts(session, key, option.sets, scene.catalog, scene.today)
    person = session.people.get(key, Person())
    unknown = [question.form.id] if declined else [id_ for option in options for id_ in option.declines]
    person = replace(person, declined=(*person.declined, *unknown))
    if not declined:
        person = replace(person, answered=(*person.answered, question.form.id))
    return scene.with_session(replace(with_person(session, key, person), active=key))


def _told(scene: Scene, key: str, heard: PersonHeard) -> Session:
    """What was told of one person; words that name a choice of the question asked mean all that it means."""
    question = scene.catalog.questions.get(scene.session.asked or "")
    settled = question is not None and _settles(question, heard.facts)
    facts = {**_meant(question, heard.facts), **heard.facts} if question and settled else heard.facts
    session = with_facts(scene.session, key, facts, scene.catalog, scene.today)
    if question is None or not settled:
        return session
    person = session.people.get(key, Person())
    return with_person(session, key, replace(person, answered=(*person.answered, question.form.id)))


def _settles(question: Question, facts: Mapping[str, Any]) -> bool:
    return bool(set(facts) & {*question.form.settles, *_AGE_FACTS.get(question.form.id, ())})


def _meant(question: Question, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the one choice sets that the told facts amount to: 离不开人 says as much as the tap beside it."""
    fact = question.form.settles[0]
    if fact not in facts:
        return {}
    meant = [o.sets for o in question.form.options if _amounts_to(facts[fact], o.sets.get(fact))]
    return meant[0] if len(meant) == 1 else {}


def _amounts_to(told: Any, choice: Any) -> bool:
    """A set of flags only by a flag that holds: who denies one of them has not denied all."""
    if isinstance(told, Mapping):
        return isinstance(choice, Mapping) and True in told.values() and told.items() <= choice.items()
    return told is not None and bool(told == choice)


def _without_own_region(session: Session) -> Session:
    people = {
        key: replace(person, facts={f: v for f, v in person.facts.items() if f != "region"})
        for key, person in session.people.items()
    }
    return replace(session, people=people)


def _waiting(session: Session) -> list[str]:
    """Whom an answer about the place is for: everybody who was told of."""
    return list(session.people) or [session.active or SELF]


def _offered(scene: Scene) -> str | None:
    tap = offered_tap(scene.text, scene.session.offered)
    return tap.id if tap else None
