"""Everything that is neither a fact nor a question about services: starting anew, thanks, a person, the weather."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.calling.erasing import erased, words_of_erased
from bot.dialogue.intents import sure
from bot.dialogue.safety import safe_now
from bot.dialogue.scene import Scene, end, opened, report
from bot.dialogue.telling import follow
from bot.dialogue.wording import say
from bot.models import Effect, Reply, Session, Turn

_UNCLEAR = {None: "not_understood_start", "region": "region_unknown", "age": "age_unclear"}


def commands(scene: Scene) -> Turn | None:
    """Starting anew and erasing, which nothing else may swallow."""
    if scene.heard.intent == "restart" and sure(scene.heard):
        return _restarted(scene)
    if scene.heard.intent == "delete_my_data" and sure(scene.heard):
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
        return _greet(scene)
    if not sure(scene.heard):
        return None
    if intent == "goodbye":
        return _goodbye(scene)
    if intent in ("help", "human", "complain", "thanks", "out_of_scope", "correct"):
        return _and_again(scene, say(intent))
    return None


def not_understood(scene: Scene) -> Turn:
    """Never silent: the question once more, then what can be said and whom to call."""
    times = scene.session.misunderstood + 1
    first = _UNCLEAR.get(scene.session.asked, "not_understood") if times < 2 else "not_understood_twice"
    turn = _and_again(scene, say(first))
    return replace(turn, session=replace(turn.session, misunderstood=times))


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


def _greet(scene: Scene) -> Turn:
    if scene.session.greeted and scene.session.people:
        return _and_again(scene, say("help"))
    return end(scene, [say("greeting")])


def _and_again(scene: Scene, text: str) -> Turn:
    question = scene.catalog.questions.get(scene.session.asked or "")
    return end(scene, [text], question=question, rest=scene.session.pages)
