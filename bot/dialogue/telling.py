"""Tells what follows from what was told: what is sure by now, the full answer, what one more answer may bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.catalog.assess import Assessment
from bot.dialogue import answer, news, topics
from bot.dialogue.hearing import hear
from bot.dialogue.intents import SMALL_TALK, sure
from bot.dialogue.people import SELF, as_told, called, key_of, took_back, with_person
from bot.dialogue.questions import Asking, next_question
from bot.dialogue.reasons import age_words
from bot.dialogue.scene import Scene, end
from bot.dialogue.wording import say, words
from bot.models import Person, Turn

_ELDER = 60


def told_something(scene: Scene) -> Turn | None:
    """Facts, or the answer to what was asked; None where the message told neither."""
    before = scene.session
    scene, keys = hear(scene)
    if scene.session == before and not keys:
        return None
    return _what_follows(scene, keys)


def _what_follows(scene: Scene, keys: Sequence[str]) -> Turn:
    if len(keys) > 1:
        return _several(scene, keys)
    service = _named_service(scene) or scene.session.topic
    # A session may be older than the catalog.
    return topics.about(scene, service) if service and service in scene.catalog.topics else follow(scene)


def asked_about_one(scene: Scene) -> Turn | None:
    """A question about one named service."""
    service = _named_service(scene)
    return topics.about(_with_active(scene), service) if service else None


def asked_for_everything(scene: Scene) -> Turn | None:
    """What can I get: the answer so far, or the next question."""
    named = [heard for heard in scene.heard.people if heard.named]
    if not _wants_everything(scene, named=bool(named)):
        return None
    if named:
        key = key_of(named[0], scene.session.active)
        scene = scene.with_session(replace(scene.session, active=key))
    scene = _with_active(scene)
    key = scene.session.active or SELF
    again = with_person(scene.session, key, replace(scene.person(key), full=False, told=()))
    return follow(scene.with_session(replace(again, topic=None)))


def _wants_everything(scene: Scene, *, named: bool) -> bool:
    """Asks what there is, opens the talk without a fact, or turns to somebody else (那俺爹呢)."""
    if scene.heard.intent == "ask_eligibility":
        return True
    if named:
        return scene.heard.intent not in SMALL_TALK or not sure(scene.heard)
    return scene.heard.intent == "inform" and scene.session.asked is None and not scene.session.people


def follow(scene: Scene) -> Turn:
    """What is known by now, shortly; after the core questions in full; then what one more answer may bring."""
    scene = _with_active(scene)
    key = scene.session.active or SELF
    assessment = scene.assess(key)
    asking = _asking(scene, key, assessment)
    who = called(key)
    if assessment.region is None:
        # No list of ours begins before 60, wherever that is.
        if _too_young(assessment):
            return _under_60(scene, who, assessment)
        return _without_place(scene, key, assessment, asking)
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


def _without_place(scene: Scene, key: str, assessment: Assessment, asking: Asking | None) -> Turn:
    """Says back what was understood and asks for the place; who does not know it gets a number to call."""
    facts = answer.understood(assessment.facts, scene.catalog)
    lines = [say("understood", who=called(key), facts=facts)] if facts else []
    if asking is None:
        return end(scene, [*lines, say("no_place")])
    return end(scene, lines, question=asking.question)


def _growing(scene: Scene, key: str, told: answer.Told, asking: Asking) -> Turn:
    person = scene.person(key)
    first_words = not (person.answered or person.declined or person.told)
    lines = [*_said_back(scene, told, anyway=first_words), *news.growing(told, person.told)]
    lines = lines or [say("never_mind" if _declined(scene, person) else "noted")]
    session = with_person(scene.session, key, replace(person, told=news.marks(told)))
    return end(scene.with_session(session), lines, question=asking.question)


def _said_back(scene: Scene, told: answer.Told, *, anyway: bool = False) -> list[str]:
    """What was understood, so that it can be corrected: when somebody is first told of, and after a correction."""
    facts = answer.understood(told.assessment.facts, scene.catalog)
    key = scene.session.active or SELF
    came = scene.came.people.get(key, Person()).facts
    if not facts or not (anyway or took_back(came, scene.person(key).facts)):
        return []
    return [say("understood", who=told.who, facts=facts)]


def _declined(scene: Scene, person: Person) -> bool:
    """Whether the question that was asked has just been answered 不知道."""
    return scene.session.asked in person.declined


def _in_full(scene: Scene, key: str, told: answer.Told, asking: Asking | None) -> Turn:
    person = scene.person(key)
    first, rest = answer.full(told)
    must = answer.basis(told)
    if person.full:
        # What may still apply had its place in the full answer; now it waits behind 更多.
        rest = [block for block in ("\n".join(answer.maybes(told)), *rest) if block]
    if person.full and _declined(scene, person):
        first, must = [say("never_mind")], []
    elif person.full:
        first, must = [*_said_back(scene, told), *news.changed(told, person.told)], news.draft(told)
    elif facts := answer.understood(told.assessment.facts, scene.catalog):
        first = [say("understood", who=told.who, facts=facts), *first]
    session = with_person(scene.session, key, replace(person, told=news.marks(told), full=True))
    question, ahead = asking.question if asking else None, _what_next(person, asking)
    return end(scene.with_session(session), first, must=must, ahead=ahead, question=question, rest=rest)


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
    lines.append(say("several_more", who=as_told(keys[0])))
    lists = {one.benefit_list.id: one for one in reversed(assessments.values()) if one.benefit_list}
    if not lists:
        return end(scene, lines, must=[say("phone")])
    told = [
        answer.Told("", one, one.benefit_list, scene.catalog) for one in lists.values() if one.benefit_list
    ]
    # Elders of several places are answered from several lists, each with its own standing.
    lines += dict.fromkeys(line for one in told for line in answer.caveats(one))
    return end(scene, lines, must=[*dict.fromkeys(line for one in told for line in answer.basis(one))])


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


def _named_service(scene: Scene) -> str | None:
    """The service a question names; facts told beside it do not make it less of a question."""
    name = scene.heard.slots.get("benefit")
    if name not in scene.catalog.topics:
        return None
    everything = _says_one_of(scene, "asking_everything") and scene.heard.intent != "ask_service"
    asks = scene.heard.intent in ("ask_service", "ask_eligibility", "book_call") or _says_one_of(
        scene, "asking_one"
    )
    return name if _says_one_of(scene, "why") or (asks and not everything) else None


def _says_one_of(scene: Scene, list_of_words: str) -> bool:
    return any(word in scene.text for word in words(list_of_words))


def _with_active(scene: Scene) -> Scene:
    session = scene.session
    key = session.active or SELF
    if key in session.people and session.active == key:
        return scene
    person = session.people.get(key, Person())
    return scene.with_session(replace(with_person(session, key, person), active=key))
