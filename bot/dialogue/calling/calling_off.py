"""Calls off a call that was submitted: asked whether, by a plain answer, and when the danger is over."""

from __future__ import annotations

from dataclasses import replace

from bot.booking.moves import move
from bot.booking.table import Refusal
from bot.dialogue.calling import changing
from bot.dialogue.calling.agreeing import agrees
from bot.dialogue.calling.confirming import without_draft
from bot.dialogue.calling.ending import elder, ended, left_off
from bot.dialogue.calling.saying import short, taps_for
from bot.dialogue.calling.state import opened_calls
from bot.dialogue.choices import trimmed
from bot.dialogue.intents import answer_of, sure
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Request, Tap, Turn

_ASIDES = ("ask_service", "ask_eligibility", "book_call", "check_booking", "human", "restart", "emergency")


def safe_again(scene: Scene) -> Request | None:
    """没事了, while the people on duty are on their way for nothing: the urgent call, to be called off."""
    safe = any(word in scene.text for word in words("call_safe_words")) and not scene.heard.emergency
    return next((one for one in opened_calls(scene.requests) if one.urgent), None) if safe else None


def answer(scene: Scene) -> str:
    """What a plain yes or no stands for under the question whether to call it off."""
    taps = _awaited(scene)
    if not taps:
        return ""
    if trimmed(scene.text) in words("call_cancel_anyway"):
        return taps[0]
    if any(word in scene.text for word in words("call_cancel_not_words")):
        return taps[1]
    if agrees(scene):
        return taps[0]
    return taps[1] if answer_of(scene.heard) == "deny" else ""


def unanswered(scene: Scene) -> Turn | None:
    """Under that question a new time moves it instead, what was not understood has it asked once more, then it stands."""
    taps, heard = _awaited(scene), scene.heard
    number = taps[0].split(":")[1] if taps else ""
    request = next((one for one in scene.requests if one.id == number), None)
    told = {"time", "address", "phone"} & set(heard.slots)
    others = heard.intent in _ASIDES and sure(heard) and not (told and heard.intent == "check_booking")
    if request is None or others or heard.emergency or any(one.facts for one in heard.people):
        return None
    if told and not request.urgent and not any(word in scene.text for word in words("call_cancel_anyway")):
        return changing.begun(scene.with_session(replace(scene.session, asked=None)), request)
    if heard.intent not in ("affirm", "deny") and sure(heard):
        return None
    if scene.session.misunderstood:
        return cancel(scene, request, "no")
    turn = cancel(scene, request, "")
    return replace(turn, session=replace(turn.session, misunderstood=1))


def _awaited(scene: Scene) -> list[str]:
    """The two choices under the question whether to call it off."""
    taps = [tap.id for tap in scene.session.offered if tap.id.startswith("cancel:")]
    asked = scene.session.asked == "confirm" and scene.session.draft is None and len(taps) == 2
    return taps if asked else []


def cancel(scene: Scene, request: Request, answer: str) -> Turn:
    """Asks whether, or does as was answered: "yes", "no", "" for not yet."""
    result = move(request, "cancelled", elder(scene), scene.now)
    if isinstance(result, Refusal):
        return changing.refusal(scene, request, result)
    if result is request:
        return ended(scene, [say("call_already_cancelled", call=short(scene, request))])
    if answer == "no":
        return ended(scene, [say("call_left_as_it_is")], taps=taps_for(request))
    if answer == "yes":
        text = say("call_cancelled", call=short(scene, request))
        return ended(without_draft(scene), [text], requests=[result], last_call=request.id)
    taps = [Tap(f"cancel:{request.id}:{one}", say(f"call_cancel_{one}")) for one in ("yes", "no")]
    text = say("call_cancel_sure", call=short(scene, request))
    return ended(
        without_draft(scene), [*left_off(scene), text], asked="confirm", taps=taps, last_call=request.id
    )
