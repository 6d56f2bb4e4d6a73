"""Everything that is neither a fact nor a question about services: starting anew, thanks, a person, the weather."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.people import SELF
from bot.dialogue.safety import safe_now
from bot.dialogue.scene import Scene, end, report
from bot.dialogue.wording import say
from bot.models import Effect, Reply, Session, Turn

_BOOKING = ("book_call", "check_booking", "cancel_booking", "reschedule_booking")
# Below this the model only guesses; what it guesses is not acted upon.
_SURE = 0.4


def commands(scene: Scene) -> Turn | None:
    """Starting anew and erasing, which nothing else may swallow."""
    if scene.heard.intent == "restart" and _sure(scene):
        fresh = Session(region=scene.session.region, greeted=True)
        return end(scene.with_session(fresh), [say("restarted"), say("greeting")])
    if scene.heard.intent == "delete_my_data" and _sure(scene):
        forgotten = scene.with_session(Session(greeted=True))
        return Turn(
            forgotten.session, Reply((say("forgotten"),)), (Effect("forget"),), report=report(forgotten)
        )
    if safe_now(scene):
        session = replace(scene.session, asked=None)
        return end(scene.with_session(session), [say("safe_then"), say("help")])
    return None


def small_talk(scene: Scene) -> Turn | None:
    """A short kind word, and the question that waits once more."""
    intent = scene.heard.intent
    if intent == "greet":
        return _greet(scene)
    if intent in _BOOKING and _sure(scene):
        return _and_again(scene, say("booking_not_here"))
    if intent in ("help", "human", "complain", "thanks", "goodbye", "out_of_scope") and _sure(scene):
        return _and_again(scene, say(intent), again=intent not in ("thanks", "goodbye"))
    return None


def not_understood(scene: Scene) -> Turn:
    """Never silent: the question once more, then what can be said and whom to call."""
    times = scene.session.misunderstood + 1
    first = "not_understood" if times < 2 else "not_understood_twice"
    if scene.session.asked in ("region", "age") and times < 2:
        first = "region_unknown" if scene.session.asked == "region" else "age_unclear"
    turn = _and_again(scene, say(first))
    return replace(turn, session=replace(turn.session, misunderstood=times))


def _greet(scene: Scene) -> Turn:
    if scene.session.greeted and scene.session.people:
        return _and_again(scene, say("help"))
    return end(scene, [say("greeting"), say("privacy")])


def _and_again(scene: Scene, text: str, *, again: bool = True) -> Turn:
    question = scene.catalog.questions.get(scene.session.asked or "") if again else None
    if question is not None and scene.session.active is None:
        scene = scene.with_session(replace(scene.session, active=SELF))
    return end(scene, [text], question=question)


def _sure(scene: Scene) -> bool:
    return scene.heard.engine == "rules" or scene.heard.confidence >= _SURE
