"""Everything that is neither a fact nor a question about services: starting anew, thanks, a person, the weather."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.intents import BOOKING, sure
from bot.dialogue.safety import safe_now
from bot.dialogue.scene import Scene, end, opened, report
from bot.dialogue.telling import follow
from bot.dialogue.wording import say
from bot.models import Effect, Reply, Session, Turn

_UNCLEAR = {None: "not_understood_start", "region": "region_unknown", "age": "age_unclear"}


def commands(scene: Scene) -> Turn | None:
    """Starting anew and erasing, which nothing else may swallow."""
    if scene.heard.intent == "restart" and sure(scene.heard):
        return end(scene.with_session(Session(greeted=True)), [say("restarted"), say("greeting")])
    if scene.heard.intent == "delete_my_data" and sure(scene.heard):
        forgotten = scene.with_session(Session(greeted=True))
        return Turn(
            forgotten.session, Reply((say("forgotten"),)), (Effect("forget"),), report=report(forgotten)
        )
    if safe_now(scene):
        return _going_on(scene)
    return None


def small_talk(scene: Scene) -> Turn | None:
    """A short kind word, and the question that waits once more."""
    intent = scene.heard.intent
    if intent == "greet":
        return _greet(scene)
    if not sure(scene.heard):
        return None
    if intent in BOOKING:
        return _and_again(scene, say("booking_not_here"))
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
    turn = follow(scene) if scene.session.people else end(scene, [say("help")])
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
