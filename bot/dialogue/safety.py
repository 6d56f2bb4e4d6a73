"""Emergencies before everything: whom to call, and no question before that."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.scene import Scene, report
from bot.dialogue.wording import say, words
from bot.models import Reply, Tap, Turn

DANGER = "danger"
_WORDS = {
    "fall": "fall",
    "fire": "fire",
    "gas": "gas",
    "lost_elder": "lost",
    "violence": "violence",
    "poison": "poison",
    "self_harm": "self_harm",
}


def safety(scene: Scene) -> Turn | None:
    """The emergency answer, the one question where the words leave it open, or nothing."""
    if scene.heard.emergency:
        return _call_first(scene, scene.heard.emergency)
    if scene.session.asked == DANGER:
        if _confirmed(scene):
            return _call_first(scene, "other")
        return None
    if scene.heard.perhaps_emergency:
        return _ask(scene)
    return None


def safe_now(scene: Scene) -> bool:
    """Whether the message only says that nobody is in danger."""
    denied = scene.heard.intent == "deny" or scene.message.tap == f"{DANGER}:no"
    return scene.session.asked == DANGER and (denied or scene.text in ("2", say("danger_no")))


def _confirmed(scene: Scene) -> bool:
    tapped = scene.message.tap == f"{DANGER}:yes" or scene.text in ("1", say("danger_yes"))
    return tapped or scene.heard.intent == "affirm" or scene.text in words("danger_yes_words")


def _call_first(scene: Scene, kind: str) -> Turn:
    """What was asked stays asked, so that the talk goes on where it was."""
    text = say(f"emergency_{_WORDS.get(kind, 'medical')}")
    asked = None if scene.session.asked == DANGER else scene.session.asked
    session = replace(scene.session, asked=asked, offered=(), misunderstood=0, greeted=True)
    told = {**report(scene.with_session(session)), "emergency": {"kind": kind}, "asked": None}
    return Turn(session, Reply((text + "\n" + say("emergency_after"),)), report=told)


def _ask(scene: Scene) -> Turn:
    taps = (Tap(f"{DANGER}:yes", say("danger_yes")), Tap(f"{DANGER}:no", say("danger_no")))
    session = replace(scene.session, asked=DANGER, offered=taps, greeted=True)
    text = say("ask", text=say("danger_question"), why=say("danger_why"))
    return Turn(session, Reply((text,), taps), report=report(scene.with_session(session)))
