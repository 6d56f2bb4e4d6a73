"""Takes in what was told or answered, and tells what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.catalog.assess import Assessment
from bot.catalog.model import Question
from bot.catalog.schema import OptionForm
from bot.dialogue import answer, topics
from bot.dialogue.choices import chosen, offered_tap, tapped
from bot.dialogue.people import SELF, called, key_of, with_facts, with_person
from bot.dialogue.questions import Asking, next_question
from bot.dialogue.reasons import age_words
from bot.dialogue.scene import Scene, end
from bot.dialogue.wording import say, words
from bot.models import Person, Session, Turn

_ELDER = 60


def told_something(scene: Scene) -> Turn | None:
    """Facts, or the answer to what was asked; None where the message told neither."""
    before = scene.session
    scene, keys = _take_in(scene)
    scene = _take_answer(scene, keys)
    if scene.session == before and not keys:
        return None
    service = _named_service(scene) or scene.session.topic
    if len(keys) > 1:
        return _several(scene, keys)
    if service:
        return topics.about(scene, service)
    return follow(scene)


def asked_about_one(scene: Scene) -> Turn | None:
    """A question about one named service."""
    service = _named_service(scene)
    return topics.about(_with_active(scene), service) if service else None


def asked_for_everything(scene: Scene) -> Turn | None:
    """What can I get: the answer so far, or the next question."""
    named = [heard for heard in scene.heard.people if heard.named]
    if scene.heard.intent not in ("ask_eligibility", "inform", "correct") and not named:
        return None
    if named:
        key = key_of(named[0], scene.session.active)
        scene = scene.with_session(replace(scene.session, active=key))
    scene = _with_active(scene)
    key = scene.session.active or SELF
    again = with_person(scene.session, key, replace(scene.person(key), full=False, told=()))
    return follow(scene.with_session(replace(again, topic=None)))


def follow(scene: Scene) -> Turn:
    """What is known by now, shortly; after the core questions in full; then what one more answer may bring."""
    scene = _with_active(scene)
    key = scene.session.active or SELF
    assessment = scene.assess(key)
    asking = _asking(scene, key, assessment)
    who = called(key)
    if assessment.region is None:
        return end(scene, _noted(scene, key, assessment), question=asking.question if asking else None)
    if assessment.benefit_list is None:
        return end(
            scene, [say("not_covered", region=assessment.region.name), say("not_covered_more", who=who)]
        )
    told = answer.Told(who, assessment, assessment.benefit_list, scene.catalog)
    if _too_young(assessment) and not assessment.by_verdict("yes"):
        return _under_60(scene, who, assessment)
    if asking is not None and asking.question.form.core:
        return _growing(scene, key, told, asking)
    return _in_full(scene, key, told, asking)


def _asking(scene: Scene, key: str, assessment: Assessment) -> Asking | None:
    person = scene.person(key)
    asked_before = (*person.answered, *person.declined)
    return next_question(
        assessment.results, assessment.facts, scene.catalog, assessment.benefit_list, asked_before
    )


def _noted(scene: Scene, key: str, assessment: Assessment) -> list[str]:
    """Says back what was understood while the place is still to be asked."""
    facts = answer.understood(assessment.facts, scene.catalog)
    return [say("understood", who=called(key), facts=facts)] if facts else _hello(scene)


def _hello(scene: Scene) -> list[str]:
    return [] if scene.session.greeted else [say("privacy")]


def _growing(scene: Scene, key: str, told: answer.Told, asking: Asking) -> Turn:
    person = scene.person(key)
    lines = answer.growing(told, person.told)
    sure = tuple(result.id for result in told.assessment.by_verdict("yes"))
    session = with_person(scene.session, key, replace(person, told=sure))
    return end(scene.with_session(session), [*_hello(scene), *lines], question=asking.question)


def _in_full(scene: Scene, key: str, told: answer.Told, asking: Asking | None) -> Turn:
    person = scene.person(key)
    first, rest = answer.full(told)
    must = answer.basis(told)
    if person.full:
        first, must = answer.changed(told, person.told), []
    elif facts := answer.understood(told.assessment.facts, scene.catalog):
        first = [say("understood", who=told.who, facts=facts), *first]
    must = [*must, *([] if person.full else _hello(scene)), *_what_next(person, asking)]
    sure = tuple(result.id for result in told.assessment.by_verdict("yes"))
    session = with_person(scene.session, key, replace(person, told=sure, full=True))
    question = asking.question if asking else None
    return end(scene.with_session(session), first, must=must, question=question, rest=rest)


def _what_next(person: Person, asking: Asking | None) -> list[str]:
    if asking is not None:
        return [say("more_questions", count=asking.brings)]
    return [say("that_is_all")] if person.full else []


def _too_young(assessment: Assessment) -> bool:
    return "age" in assessment.facts.known and assessment.facts.known["age"][1] < _ELDER


def _under_60(scene: Scene, who: str, assessment: Assessment) -> Turn:
    years = _ELDER - assessment.facts.known["age"][1]
    lines = [say("under_60", who=who, age=age_words(assessment.facts), years=years), say("under_60_ask")]
    return end(scene, [*lines, say("phone")])


def _several(scene: Scene, keys: Sequence[str]) -> Turn:
    """One compact answer each; the place holds for all, so it is asked once."""
    assessments = {key: scene.assess(key) for key in keys}
    if any(one.region is None for one in assessments.values()):
        lines = [say("several_head", count=len(keys)), *_understood_each(scene, assessments)]
        return end(scene, lines, question=scene.catalog.questions["region"])
    lines = [say("several_head", count=len(keys))]
    for key, assessment in assessments.items():
        lines += _compact(scene, key, assessment)
    found = next((one.benefit_list for one in assessments.values() if one.benefit_list), None)
    if found is not None:
        first = next(one for one in assessments.values() if one.benefit_list)
        told = answer.Told("", first, found, scene.catalog)
        return end(scene, [*lines, *answer.caveats(told)], must=answer.basis(told))
    return end(scene, lines, must=[say("phone")])


def _understood_each(scene: Scene, assessments: Mapping[str, Assessment]) -> list[str]:
    return [
        say("understood", who=called(key), facts=answer.understood(one.facts, scene.catalog))
        for key, one in assessments.items()
    ]


def _compact(scene: Scene, key: str, assessment: Assessment) -> list[str]:
    if assessment.benefit_list is None:
        name = assessment.region.name if assessment.region else ""
        return [say("not_covered", region=name)]
    if _too_young(assessment):
        years = _ELDER - assessment.facts.known["age"][1]
        return [say("under_60", who=called(key), age=age_words(assessment.facts), years=years)]
    told = answer.Told(called(key), assessment, assessment.benefit_list, scene.catalog)
    asking = _asking(scene, key, assessment)
    line = answer.compact(told)
    if asking is None or not asking.question.form.core:
        return [line]
    names = [scene.catalog.facts[fact].name for fact in asking.question.form.settles]
    return [line + "，" + say("several_missing", facts="、".join(names))]


def _take_in(scene: Scene) -> tuple[Scene, list[str]]:
    """The facts that were heard, each with their person; a place told of nobody in particular holds for all."""
    keys: list[str] = []
    session = scene.session
    for heard in scene.heard.people:
        if not heard.facts:
            continue
        if set(heard.facts) == {"region"} and not heard.named:
            session = replace(session, region=str(heard.facts["region"]))
            session = _without_own_region(session)
            keys = keys or _waiting(session)
            continue
        key = key_of(heard, session.active)
        session = with_facts(session, key, heard.facts, scene.catalog, scene.today)
        session = _settled(session, key, heard.facts, scene.catalog.questions)
        keys = keys if key in keys else [*keys, key]
    if keys:
        session = replace(session, active=keys[0] if len(keys) == 1 else session.active)
    return scene.with_session(session), keys


def _without_own_region(session: Session) -> Session:
    people = {
        key: replace(person, facts={f: v for f, v in person.facts.items() if f != "region"})
        for key, person in session.people.items()
    }
    return replace(session, people=people)


def _waiting(session: Session) -> list[str]:
    """Whom an answer about the place is for: everybody who was told of."""
    return list(session.people) or [session.active or SELF]


def _settled(
    session: Session, key: str, facts: Mapping[str, Any], questions: Mapping[str, Question]
) -> Session:
    """The question that was asked counts as answered when one of its facts was told."""
    question = questions.get(session.asked or "")
    if question is None or not set(facts) & {*question.form.settles, *_AGE_FACTS.get(question.form.id, ())}:
        return session
    person = session.people.get(key, Person())
    return with_person(session, key, replace(person, answered=(*person.answered, question.form.id)))


_AGE_FACTS = {"age": ("age_range", "birth_date")}


def _take_answer(scene: Scene, keys: list[str]) -> Scene:
    """A choice, a number or 不知道 for the question that was asked, or for the one a tap belongs to."""
    question, options, declined = _answer(scene)
    if question is None or (keys and not scene.message.tap):
        return scene
    key = scene.session.active or SELF
    session = scene.session
    for option in options:
        session = with_facts(session, key, option.sets, scene.catalog, scene.today)
    person = session.people.get(key, Person())
    if declined:
        person = replace(person, declined=(*person.declined, question.form.id))
    else:
        person = replace(person, answered=(*person.answered, question.form.id))
    return scene.with_session(replace(with_person(session, key, person), active=key))


def _answer(scene: Scene) -> tuple[Question | None, list[OptionForm], bool]:
    tap = scene.message.tap or _offered(scene)
    by_tap = tapped(tap, scene.catalog)
    if by_tap is not None:
        question, option = by_tap
        several = (
            chosen(question, scene.text, scene.heard.intent) if question.form.kind == "checklist" else []
        )
        return question, several or ([option] if option else []), option is None
    asked = scene.catalog.questions.get(scene.session.asked or "")
    if asked is None:
        return None, [], False
    if scene.heard.intent == "dont_know":
        return asked, [], True
    options = chosen(asked, scene.text, scene.heard.intent)
    return (asked, options, False) if options else (None, [], False)


def _offered(scene: Scene) -> str | None:
    tap = offered_tap(scene.text, scene.session.offered)
    return tap.id if tap else None


def _named_service(scene: Scene) -> str | None:
    """The service a question names; facts told beside it do not make it less of a question."""
    name = scene.heard.slots.get("benefit")
    if not name:
        return None
    asks = scene.heard.intent in ("ask_service", "ask_eligibility") or any(
        w in scene.text for w in words("why")
    )
    return name if asks and name in scene.catalog.topics else None


def _with_active(scene: Scene) -> Scene:
    session = scene.session
    key = session.active or SELF
    if key in session.people and session.active == key:
        return scene
    person = session.people.get(key, Person())
    return scene.with_session(replace(with_person(session, key, person), active=key))
