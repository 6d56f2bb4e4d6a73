"""Said beside the call, while it is arranged or right after it was booked: who comes, not now, for two at once."""

from __future__ import annotations

from bot.booking.moves import change
from bot.booking.table import Refusal
from bot.dialogue.calling.asking import asked_again
from bot.dialogue.calling.ending import elder, ended
from bot.dialogue.calling.phones import of_somebody_near
from bot.dialogue.calling.remarks import joined, told_remark
from bot.dialogue.calling.saying import taps_for
from bot.dialogue.calling.state import call_of
from bot.dialogue.intents import answer_of
from bot.dialogue.people import SELF, called, key_of
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Draft, Request, Turn

_SLOTS = frozenset({"benefit", "time", "phone", "address"})


def wordless(scene: Scene) -> Turn | None:
    """。。。 or ？: the question once more."""
    marks = scene.text and not any(sign.isalnum() for sign in scene.text) and not answer_of(scene.heard)
    return asked_again(scene, say("call_unclear")) if marks else None


def waits(scene: Scene) -> Turn | None:
    """等会再说, 我先问问儿子: it is kept as it is."""
    if "time" in scene.heard.slots or not _says(scene, "call_wait_words"):
        return None
    return asked_again(scene, say("call_waits"))


def asks_of_it(scene: Scene) -> Turn | None:
    """What it costs and who comes; of money on a list the other steps know more."""
    draft = scene.session.draft or Draft()
    call = call_of(scene.session, draft, scene.catalog)
    if call is None or not _says(scene, "call_cost_words") or _SLOTS & set(scene.heard.slots):
        return None
    return asked_again(scene, say("call_costs", costs=call.costs, taken_by=call.taken_by))


def another_person(scene: Scene) -> Turn | None:
    """顺便把我老伴也洗了: one after the other."""
    draft = scene.session.draft or Draft()
    named = {key_of(one, scene.session.active) for one in scene.heard.people if one.named}
    others = named - {draft.person or SELF}
    if any(one.facts for one in scene.heard.people):
        return None
    if not others or not _says(scene, "call_besides_words") or _SLOTS & set(scene.heard.slots):
        return None
    return asked_again(scene, say("call_one_by_one", who=called(draft.person or SELF)))


def asks_them(scene: Scene) -> Turn | None:
    """要准备啥, 得多久: known to nobody but those who come."""
    of_it = _says(scene, "call_detail_words")
    return asked_again(scene, say("call_ask_them")) if of_it and "benefit" not in scene.heard.slots else None


def not_yet(scene: Scene) -> Turn | None:
    """查进度 of a call that waits for its yes."""
    asks = scene.heard.intent == "check_booking" and _says(scene, "call_status_words")
    return asked_again(scene, say("call_not_yet")) if asks else None


def kin_phone(scene: Scene) -> Turn | None:
    """俺儿子的电话中不中, asked for a number."""
    asks = scene.session.asked == "booking_phone" and of_somebody_near(scene)
    return asked_again(scene, say("call_phone_of_kin")) if asks else None


def any_service(scene: Scene) -> Turn | None:
    """约啥都行, asked which."""
    any_will_do = scene.session.asked == "booking_service" and _says(scene, "call_any_time")
    return asked_again(scene, say("call_any_service")) if any_will_do else None


def after_booking(scene: Scene) -> Turn | None:
    """A remark, a question or 没有了 right after a call was told of."""
    last = _just_told(scene)
    if last is None or _SLOTS & set(scene.heard.slots):
        return None
    if remark := told_remark(scene):
        return _noted(scene, last, remark)
    text = _of_booked(scene, last)
    return ended(scene, [text], taps=taps_for(last)) if text else None


def _noted(scene: Scene, request: Request, remark: str) -> Turn:
    """Goes with the call; with an urgent one goes what the danger is, and nothing takes its place."""
    note = request.note if request.urgent else joined(request.note, remark)
    noted = change(request, elder(scene), scene.now, note=note)
    if request.urgent or isinstance(noted, Refusal):
        return ended(scene, [say("call_remark_too_late")], taps=taps_for(request))
    requests = [] if noted is request else [noted]
    return ended(scene, [say("call_remark_noted", note=noted.note)], taps=taps_for(noted), requests=requests)


def _of_booked(scene: Scene, request: Request) -> str:
    call = scene.catalog.call(request.service)
    if "service" in scene.heard.slots and _says(scene, "call_instead_words"):
        return say("call_service_fixed")
    if call and _says(scene, "call_cost_words"):
        return say("call_costs", costs=call.costs, taken_by=call.taken_by)
    if _says(scene, "call_detail_words"):
        return say("call_ask_them")
    if scene.heard.intent == "correct":
        return say("call_booked_wrong")
    nothing_more = answer_of(scene.heard) == "deny" and scene.text.startswith(words("call_no_more_starts"))
    return say("call_no_comment") if nothing_more else ""


def _just_told(scene: Scene) -> Request | None:
    """The call under whose last telling the taps still stand."""
    told_of = any(tap.id.startswith("cancel:") for tap in scene.session.offered)
    if scene.session.draft or scene.session.asked or not told_of:
        return None
    return next((one for one in scene.requests if one.id == scene.session.last_call), None)


def _says(scene: Scene, list_of_words: str) -> bool:
    return any(word in scene.text for word in words(list_of_words))
