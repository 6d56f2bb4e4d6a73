"""Everything that is neither a fact nor a question about services: starting anew, thanks, a person, the weather."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.calling.erasing import erased, words_of_erased
from bot.dialogue.choices import trimmed
from bot.dialogue.intents import answer_of, sure
from bot.dialogue.my_data import erasing
from bot.dialogue.people import SELF, key_of, with_facts
from bot.dialogue.questions import asking_of
from bot.dialogue.safety import safe_now
from bot.dialogue.scene import Scene, end, opened, report
from bot.dialogue.telling import follow, told_again
from bot.dialogue.wording import say, words
from bot.models import Effect, Reply, Session, Turn

_AGES = range(55, 116)
_DIGITS = 3
# A longer yes says more than yes.
_NOD = 4
# What is longer says more than how somebody feels.
_SHORT = 20
_HAN = re.compile(r"[\u3400-\u9fff]")
_PARTS = re.compile("[，,。；;！!？? ]+")
_UNCLEAR = {None: "not_understood_start", "region": "region_unknown", "age": "age_unclear"}


def commands(scene: Scene) -> Turn | None:
    """Starting anew and erasing, which nothing else may swallow."""
    if scene.heard.intent == "restart" and sure(scene.heard) and not _says(scene, "restart_not"):
        return _restarted(scene)
    if erasing(scene):
        return _forgotten(scene)
    if safe_now(scene):
        return _going_on(scene)
    return None


def _restarted(scene: Scene) -> Turn:
    """A call that was submitted stands, and where they came for it; one being arranged does not."""
    old = scene.session
    kept = Session(
        greeted=True, last_call=old.last_call, address=old.address, phone=old.phone, contact=old.contact
    )
    dropped = [say("call_restarted")] if old.draft else []
    return end(scene.with_session(kept), [say("restarted"), *dropped, say("greeting")])


def _forgotten(scene: Scene) -> Turn:
    """Everything personal goes, in the calls as well; those that nobody has set out for are called off."""
    forgotten = replace(scene, session=Session(greeted=True), requests=())
    text = "\n".join(filter(None, (words_of_erased(scene), say("forgotten"))))
    return Turn(
        forgotten.session,
        Reply((text,)),
        (Effect("forget"),),
        report=report(forgotten),
        requests=erased(scene),
    )


def small_talk(scene: Scene) -> Turn | None:
    """A short kind word, and the question that waits once more."""
    intent = scene.heard.intent
    if intent == "greet":
        return _about_somebody(scene) or _greet(scene)
    if len(scene.text) <= _SHORT and _says(scene, "sorrow"):
        return _and_again(scene, say("sorrow"))
    if age := _bare_age(scene):
        told = with_facts(scene.session, SELF, {"age": age}, scene.catalog, scene.today)
        return follow(scene.with_session(told))
    if _nods(scene):
        return _nodded(scene)
    if not sure(scene.heard) or (intent == "out_of_scope" and not _HAN.search(scene.text)):
        return None
    if intent == "goodbye":
        return _and_again(scene, say("safe_then")) if _all_well(scene) else _goodbye(scene)
    if intent in ("help", "human", "complain", "thanks", "out_of_scope", "correct"):
        return _and_again(scene, say(intent))
    return None


def _nods(scene: Scene) -> bool:
    """好, 嗯, 对 where nothing is asked."""
    free = scene.session.asked is None and scene.session.draft is None
    return free and len(scene.text) <= _NOD and answer_of(scene.heard) == "affirm"


def _nodded(scene: Scene) -> Turn:
    """After one service all of it was offered, and that is what a yes is to; else there is only what can be said."""
    person = scene.person(scene.session.active or SELF)
    if scene.session.topic and not person.full:
        return told_again(scene)
    return _and_again(scene, say("nodded_known" if person.facts else "nodded"))


def _bare_age(scene: Scene) -> int:
    """A number that opens the talk and can be nothing but an elder's age; 0 for none. It is said back."""
    opens = scene.session.asked is None and not scene.session.people and not scene.session.offered
    number = len(scene.text) <= _DIGITS and scene.text.isascii() and scene.text.isdecimal()
    age = int(scene.text) if opens and number else 0
    return age if age in _AGES else 0


def _all_well(scene: Scene) -> bool:
    """好了，没事了, while something was asked: nobody takes leave."""
    parts = [part for part in _PARTS.split(scene.text) if part]
    well = words("danger_no_words")
    said = parts and all(part in well or trimmed(part) in well for part in parts)
    return bool(said) and scene.session.asked in scene.catalog.questions


def not_understood(scene: Scene) -> Turn:
    """Never silent: the question once more, then what can be said and whom to call."""
    times = scene.session.misunderstood + 1
    if times < 2 and (where := _uncovered(scene)):
        return _and_again(scene, where)
    first = _unclear(scene) if times < 2 else _unclear_again(scene)
    # 有, where one of several is asked for.
    first = "which_one" if _has_one(scene) and times < 2 else first
    turn = _and_again(_with_open_question(scene), say(first))
    return replace(turn, session=replace(turn.session, misunderstood=times))


def _unclear(scene: Scene) -> str:
    """Who has told of somebody is not asked for it all again."""
    known = scene.session.asked is None and scene.person(scene.session.active or SELF).facts
    return "not_understood_known" if known else _UNCLEAR.get(scene.session.asked, "not_understood")


def _unclear_again(scene: Scene) -> str:
    """Among choices the way out is to pick one or to leave it open."""
    asked = scene.catalog.questions.get(scene.session.asked or "")
    return "not_understood_choices" if asked and asked.form.options else "not_understood_twice"


def _with_open_question(scene: Scene) -> Scene:
    """After an answer about one service a bare 没有 means the question that was left: it is asked again."""
    key, session = scene.session.active or SELF, scene.session
    if session.asked is not None or not scene.person(key).facts:
        return scene
    asking = asking_of(scene.person(key), scene.assess(key), scene.catalog)
    core = asking is not None and asking.question.form.core
    return scene.with_session(replace(session, asked=asking.question.form.id)) if asking and core else scene


def _uncovered(scene: Scene) -> str:
    """The place that no list of ours is for, where that is all there is to say."""
    found = scene.assess(scene.session.active or SELF)
    if scene.session.asked is not None or found.region is None or found.benefit_list is not None:
        return ""
    return say("not_covered", region=found.region.name)


def _has_one(scene: Scene) -> bool:
    asked = scene.catalog.questions.get(scene.session.asked or "")
    return asked is not None and bool(asked.form.options) and answer_of(scene.heard) == "affirm"


def _says(scene: Scene, list_of_words: str) -> bool:
    return any(word in scene.text for word in words(list_of_words))


def _going_on(scene: Scene) -> Turn:
    """Nobody is in danger: the talk goes on where it was."""
    scene = scene.with_session(replace(scene.session, asked=None))
    arranging = scene.session.draft is not None
    turn = (
        end(scene, []) if arranging else follow(scene) if scene.session.people else end(scene, [say("help")])
    )
    return opened(turn, say("safe_then"))


def _goodbye(scene: Scene) -> Turn:
    """What was asked may still be answered another day."""
    session = replace(scene.session, misunderstood=0)
    told = {**report(scene.with_session(session)), "asked": None}
    return Turn(session, Reply((say("goodbye"),)), report=told)


def _about_somebody(scene: Scene) -> Turn | None:
    """我想问问我爸的事: whom the talk is about from here on, and the first question."""
    named = [one for one in scene.heard.people if one.named and one.subject != SELF]
    if len(named) != 1 or scene.session.people:
        return None
    return follow(
        scene.with_session(with_facts(scene.session, key_of(named[0], None), {}, scene.catalog, scene.today))
    )


def _greet(scene: Scene) -> Turn:
    if scene.session.greeted and scene.session.people:
        waits = scene.session.asked in scene.catalog.questions
        return _and_again(scene, say("here" if waits else "help"))
    return end(scene, [say("greeting")])


def _and_again(scene: Scene, text: str) -> Turn:
    question = scene.catalog.questions.get(scene.session.asked or "")
    return end(scene, [text], question=question, rest=scene.session.pages)
