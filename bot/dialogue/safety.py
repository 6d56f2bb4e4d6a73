"""Emergencies before everything: whom to call, and no question before that."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.calling.urgent import taps_in_danger
from bot.dialogue.choices import trimmed
from bot.dialogue.hearing import take_in
from bot.dialogue.intents import answer_of
from bot.dialogue.people import key_of
from bot.dialogue.scene import Scene, end, report
from bot.dialogue.wording import say, words
from bot.models import Reply, Tap, Turn

DANGER = "danger"
# How near after the word for paying first a sum belongs to it.
_NEAR = 6
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


def fraud(scene: Scene) -> Turn | None:
    """Somebody asks for a code, a card or money: whom to call, before anything else is said of it."""
    if not any(word in scene.text for word in words("fraud")) and not _pays_first(scene.text):
        return None
    scene, _ = take_in(scene)
    question = scene.catalog.questions.get(scene.session.asked or "")
    return end(scene, [say("fraud")], question=question, rest=scene.session.pages)


def _pays_first(text: str) -> bool:
    """先交200块才上门: a sum right after the word for paying first."""
    after = (text.partition(word)[2][:_NEAR] for word in words("fraud_first"))
    return any(word in rest for rest in after for word in words("fraud_sum"))


def safe_now(scene: Scene) -> bool:
    """Whether the message only says that nobody is in danger."""
    if scene.session.asked != DANGER:
        return False
    said = scene.text in ("2", say("danger_no")) or trimmed(scene.text) in words("danger_no_words")
    return said or answer_of(scene.heard) == "deny" or scene.message.tap == f"{DANGER}:no"


def _confirmed(scene: Scene) -> bool:
    tapped = scene.message.tap == f"{DANGER}:yes" or scene.text in ("1", say("danger_yes"))
    said = trimmed(scene.text) in words("danger_yes_words")
    return tapped or said or answer_of(scene.heard) == "affirm"


def _call_first(scene: Scene, kind: str) -> Turn:
    """What was told is kept and what was asked stays asked, so that the talk goes on where it was."""
    scene = _kept(scene)
    text = say(f"emergency_{_WORDS.get(kind, 'medical')}")
    asked = None if scene.session.asked == DANGER else scene.session.asked
    # A yes to this answer must not agree to a call that was said back before.
    asked = None if scene.session.draft else asked
    taps = taps_in_danger(scene, kind)
    session = replace(scene.session, asked=asked, misunderstood=0, offered=taps or scene.session.offered)
    told = {**report(scene.with_session(session)), "emergency": {"kind": kind}, "asked": None}
    return Turn(session, Reply((text + "\n" + say("emergency_after"),), taps), report=told)


def _kept(scene: Scene) -> Scene:
    """What was told beside the danger, and whom the talk that opens with it is about."""
    scene, _ = take_in(scene)
    named = [heard for heard in scene.heard.people if heard.named]
    if scene.session.active or not named:
        return scene
    return scene.with_session(replace(scene.session, active=key_of(named[0], None)))


def _ask(scene: Scene) -> Turn:
    scene = _kept(scene)
    taps = (Tap(f"{DANGER}:yes", say("danger_yes")), Tap(f"{DANGER}:no", say("danger_no")))
    session = replace(scene.session, asked=DANGER, offered=taps)
    text = say("ask", text=say("danger_question"), why=say("danger_why"))
    return Turn(session, Reply((text,), taps), report=report(scene.with_session(session)))
