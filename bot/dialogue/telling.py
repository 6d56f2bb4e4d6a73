"""Tells what follows from what was told: what is sure by now, the full answer, what one more answer may bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.catalog.assess import Assessment
from bot.dialogue import answer, answer_link, news, together, topics, whole
from bot.dialogue.answer import ELDER, too_young
from bot.dialogue.hearing import hear
from bot.dialogue.intents import SMALL_TALK, sure
from bot.dialogue.people import SELF, called, facts_of, key_of, took_back, with_person
from bot.dialogue.questions import Asking, asking_of
from bot.dialogue.reasons import age_words
from bot.dialogue.scene import Scene, end
from bot.dialogue.wording import say, words
from bot.models import Person, Turn


def told_something(scene: Scene) -> Turn | None:
    """Facts, or the answer to what was asked; None where the message told neither."""
    before = scene.session
    scene, keys = hear(scene)
    if (scene.session == before and not keys) or _asks_of_topic(scene):
        return None
    return _what_follows(scene, keys)


def _asks_of_topic(scene: Scene) -> bool:
    """卧龙是试点不: the place that is known is named in a question about the service told last."""
    told = {fact: value for one in scene.heard.people for fact, value in one.facts.items()}
    key = scene.session.active or SELF
    known = facts_of(scene.came, key).get("region") == told.get("region")
    asks = scene.heard.intent != "inform" and scene.session.topic is not None
    return asks and known and set(told) == {"region"}


def _what_follows(scene: Scene, keys: Sequence[str]) -> Turn:
    if len(keys) > 1:
        return together.several(scene, keys)
    service = _named_service(scene) or topics.waiting(scene)
    return topics.about(scene, service) if service else follow(scene)


def asked_about_one(scene: Scene) -> Turn | None:
    """A question about one named service."""
    service = _named_service(scene)
    if service and (turn := together.which(scene, service)):
        return turn
    return topics.about(_with_active(turned_to_named(scene)), service) if service else None


def asked_for_everything(scene: Scene) -> Turn | None:
    """What can I get: the answer so far, or the next question."""
    named = [heard for heard in scene.heard.people if heard.named]
    if not _wants_everything(scene, named=bool(named)):
        return None
    return told_again(turned_to_named(scene))


def told_again(scene: Scene) -> Turn:
    """All of it once more, as if nothing had been told yet."""
    scene = _with_active(scene)
    key = scene.session.active or SELF
    again = with_person(scene.session, key, replace(scene.person(key), full=False, told=()))
    return follow(scene.with_session(again))


def turned_to_named(scene: Scene) -> Scene:
    """Whoever the question names is whom it is about: 爸的高龄津贴在哪儿办, after a word about 妈."""
    named = next((heard for heard in scene.heard.people if heard.named), None)
    if named is None:
        return scene
    return scene.with_session(replace(scene.session, active=key_of(named, scene.session.active)))


def _wants_everything(scene: Scene, *, named: bool) -> bool:
    """Asks what there is, opens the talk without a fact, or turns to somebody else (那俺爹呢)."""
    if scene.heard.intent == "ask_eligibility":
        return True
    if named:
        return scene.heard.intent not in SMALL_TALK or not sure(scene.heard)
    return scene.heard.intent == "inform" and scene.session.asked is None and not scene.session.people


def follow(scene: Scene) -> Turn:
    """What is known by now, shortly; after the core questions in full; then what one more answer may bring."""
    scene = _with_active(scene.with_session(replace(scene.session, topic=None)))
    key = scene.session.active or SELF
    assessment = scene.assess(key)
    asking = asking_of(scene.person(key), assessment, scene.catalog)
    who = called(key)
    if assessment.region is None:
        # No list of ours begins before 60, wherever that is.
        if too_young(assessment):
            return _under_60(scene, who, assessment)
        return _without_place(scene, key, assessment, asking)
    if assessment.benefit_list is None and _has_lists_within(scene, assessment.region.code):
        line = say("province", region=assessment.region.name)
        return end(scene, [line], question=scene.catalog.questions["region"])
    if assessment.benefit_list is None:
        return end(
            scene, [say("not_covered", region=assessment.region.name), say("not_covered_more", who=who)]
        )
    told = answer.Told(who, assessment, assessment.benefit_list, scene.catalog)
    if too_young(assessment) and not assessment.by_verdict("yes"):
        return _under_60(scene, who, assessment)
    if asking is not None and asking.question.form.core:
        return _growing(scene, key, told, asking)
    return _in_full(scene, key, told, asking)


def _has_lists_within(scene: Scene, code: str | None) -> bool:
    """Whether it is a whole province with places in it that have a list."""
    lists = scene.catalog.lists.values()
    if code is None or not code.endswith("0000"):
        return False
    return any(one.document.region.startswith(code[:2]) for one in lists)


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
    fresh = news.growing(told, person.told)
    if not fresh and scene.heard.intent == "ask_eligibility" and key in scene.came.people:
        # Who asks again is told what stands by now, and not only asked.
        fresh = whole.services(told)
    lines = [*_said_back(scene, told, anyway=first_words), *fresh]
    lines = lines or [say(_nothing_new(scene, key))]
    session = with_person(scene.session, key, replace(person, told=news.marks(told)))
    return end(scene.with_session(session), lines, question=asking.question)


def _nothing_new(scene: Scene, key: str) -> str:
    """Before the next question: that something was taken in, left open, or that it cannot be told yet."""
    if _declined(scene, scene.person(key)):
        return "never_mind"
    told = any(one.facts for one in scene.heard.people)
    same = scene.came.people.get(key) == scene.person(key) and scene.came.region == scene.session.region
    return "not_yet" if same and not told else "noted"


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
    first, rest = whole.full(told, person.declined)
    must = [*whole.basis(told), *answer_link.line(scene)]
    if person.full:
        # What may still apply had its place in the full answer; now it waits behind 更多.
        rest = [block for block in ("\n".join(whole.maybes(told)), *rest) if block]
    if person.full and _declined(scene, person):
        first, must = [say("never_mind")], []
    elif person.full:
        first, must = [*_said_back(scene, told), *news.changed(told, person.told)], news.draft(told)
    elif facts := answer.understood(told.assessment.facts, scene.catalog):
        first = [say("understood", who=told.who, facts=facts), *first]
    session = with_person(scene.session, key, replace(person, told=news.marks(told), full=True))
    question, ahead = asking.question if asking else None, _what_next(person, asking)
    turn = end(scene.with_session(session), first, must=must, ahead=ahead, question=question, rest=rest)
    return turn if person.full else answer_link.with_link(turn, scene, key)


def _what_next(person: Person, asking: Asking | None) -> list[str]:
    if asking is not None:
        return [say("more_questions", count=asking.brings)]
    return [say("that_is_all")] if person.full else []


def _under_60(scene: Scene, who: str, assessment: Assessment) -> Turn:
    years = ELDER - assessment.facts.known["age"][1]
    lines = [say("under_60", who=who, age=age_words(assessment.facts), years=years), say("under_60_ask")]
    return end(scene, [*lines, say("phone")])


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
