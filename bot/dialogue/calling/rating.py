"""How it was: one question after a call is done, and a free word."""

from __future__ import annotations

from typing import Literal, cast

from bot.booking.moves import rate
from bot.booking.table import Refusal
from bot.dialogue.calling.changing import refusal
from bot.dialogue.calling.ending import elder, ended
from bot.dialogue.calling.steps import pressed
from bot.dialogue.choices import trimmed
from bot.dialogue.intents import answer_of
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Request, Turn

# What waits for an answer, in the session alone: any words will do, or none.
COMMENT = "comment"
Rating = Literal["good", "fair", "bad"]
_RATINGS: tuple[Rating, ...] = ("bad", "fair", "good")
_LONGEST = 500
_SURE = 0.7
_OTHER = (
    "book_call",
    "check_booking",
    "cancel_booking",
    "reschedule_booking",
    "ask_service",
    "ask_eligibility",
    "greet",
)


def rated(scene: Scene) -> Turn | None:
    """A tap, 满意 or 不满意 after a call was done, or the free word after that."""
    kind, _, rest = pressed(scene.session, scene.message).partition(":")
    if kind == "rate":
        number, _, rating = rest.partition(":")
        return _rated(scene, _numbered(scene, number), rating) if rating in _RATINGS else None
    if kind:
        return None
    if said := _said(scene):
        return _rated(scene, _latest(scene), said)
    return _commented(scene) if scene.session.asked == COMMENT else None


def _said(scene: Scene) -> str:
    """The rating that the whole message says, while one is waited for."""
    if _latest(scene) is None:
        return ""
    plain = trimmed(scene.text)
    # 不中, 差不多 may answer what was asked meanwhile; 满意 cannot.
    if scene.session.asked is not None and not plain.endswith(say("call_rate_good")):
        return ""
    return next((one for one in _RATINGS if plain in words(f"call_rate_{one}_words")), "")


def _latest(scene: Scene) -> Request | None:
    newest = next(iter(sorted(scene.requests, key=lambda one: one.history[-1].at, reverse=True)), None)
    return newest if newest and newest.state == "done" and newest.rating is None else None


def _numbered(scene: Scene, number: str) -> Request | None:
    return next((one for one in scene.requests if one.id == number), None)


def _rated(scene: Scene, request: Request | None, rating: str) -> Turn:
    if request is None:
        return ended(scene, [say("call_unknown_number")])
    result = rate(request, elder(scene), scene.now, cast("Rating", rating))
    if isinstance(result, Refusal):
        return refusal(scene, request, result)
    requests = [result] if result is not request else []
    text = say(f"call_rated_{rating}")
    return ended(scene, [text], asked=COMMENT, requests=requests, last_call=request.id)


def _is_other(scene: Scene) -> bool:
    """Words of praise and of anger look like many things; only what is surely something else is."""
    heard = scene.heard
    asks = any(word in scene.text for word in words("call_asks_again"))
    return heard.intent in _OTHER and heard.confidence >= _SURE and (asks or heard.intent != "book_call")


def _commented(scene: Scene) -> Turn | None:
    request = _numbered(scene, scene.session.last_call or "")
    heard = scene.heard
    if request is None or request.rating is None or not scene.text or _is_other(scene):
        return None
    if any(one.facts for one in heard.people) and heard.intent == "inform":
        return None
    if answer_of(heard) == "deny":
        return ended(scene, [say("call_no_comment")])
    result = rate(request, elder(scene), scene.now, request.rating, scene.text[:_LONGEST])
    if isinstance(result, Refusal):
        return refusal(scene, request, result)
    return ended(scene, [say("call_commented")], requests=[result] if result is not request else [])
