"""Said beside the call, while it is arranged or right after it was booked: who comes, not now, for two at once."""

from __future__ import annotations

from bot.booking.moves import change
from bot.booking.table import Refusal
from bot.dialogue.calling import addresses, phones
from bot.dialogue.calling.asking import asked_again
from bot.dialogue.calling.ending import elder, ended
from bot.dialogue.calling.phones import of_somebody_near
from bot.dialogue.calling.remarks import joined, told_remark
from bot.dialogue.calling.saying import taps_for
from bot.dialogue.calling.state import call_of, opened_calls
from bot.dialogue.calling.steps import once_more
from bot.dialogue.calling.whom import one_by_one
from bot.dialogue.choices import trimmed
from bot.dialogue.intents import answer_of, sure
from bot.dialogue.people import SELF, key_of
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Draft, Request, Turn

_SLOTS = frozenset({"benefit", "time", "phone", "address"})


def only_facts(scene: Scene) -> bool:
    """Facts of the elder and nothing of the call: for the other steps."""
    told = any(set(one.facts) - {"region"} for one in scene.heard.people)
    of_it = told_remark(scene) or phones.wrong_phone(scene) or addresses.same_as_last(scene)
    of_it = of_it or (scene.session.asked == "booking_phone" and phones.without_phone(scene))
    return (
        told
        and not of_it
        and not scene.heard.slots.keys() - {"benefit"}
        and scene.heard.intent != "book_call"
    )


def another_half(scene: Scene) -> bool:
    """不对，是下午: the time is wrong, and which hour of the afternoon is to be asked."""
    halves = any(word in scene.text for word in words("call_half_days"))
    return halves and scene.session.asked == "confirm" and "time" not in scene.heard.slots


def wordless(scene: Scene) -> Turn | None:
    """。。。 or ？: the question once more."""
    marks = scene.text and not any(sign.isalnum() for sign in scene.text) and not answer_of(scene.heard)
    return asked_again(scene, say("call_unclear")) if marks else None


def waits(scene: Scene) -> Turn | None:
    """等会再说, 我先问问儿子: it is kept as it is."""
    whole = trimmed(scene.text) in words("call_wait_whole")
    if "time" in scene.heard.slots or not (whole or _says(scene, "call_wait_words")):
        return None
    return asked_again(scene, say("call_waits"))


def is_there(scene: Scene) -> Turn | None:
    """在吗, 喂, in the middle: a word, and the question once more."""
    return asked_again(scene, say("call_here")) if trimmed(scene.text) in words("call_here_whole") else None


def asks_of_it(scene: Scene) -> Turn | None:
    """What it costs and who comes; of money on a list the other steps know more."""
    draft = scene.session.draft or Draft()
    call = call_of(scene.session, draft, scene.catalog)
    of_lists = _says(scene, "call_list_money_words")
    if call is None or of_lists or not _says(scene, "call_cost_words") or _SLOTS & set(scene.heard.slots):
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
    return asked_again(scene, one_by_one(draft.person or SELF, next(iter(others))))


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
    if _SLOTS & set(scene.heard.slots):
        return None
    last, remark = _just_told(scene), told_remark(scene)
    if remark and (noting := last or _only_open(scene)):
        return _noted(scene, noting, remark)
    if last is None:
        return None
    text = _of_booked(scene, last)
    return ended(scene, [text], taps=taps_for(last)) if text else _unclear(scene, last)


def _unclear(scene: Scene, request: Request) -> Turn | None:
    """Not understood right after a call was told of: once, what can be done with it."""
    heard = scene.heard
    answers = heard.intent in ("affirm", "deny", "dont_know") and answer_of(heard) is None
    guessed = heard.engine != "rules" and (answers or not sure(heard)) and "service" not in heard.slots
    if (
        scene.session.misunderstood
        or once_more(scene.text)
        or not guessed
        or any(one.facts for one in heard.people)
    ):
        return None
    lines = [say("call_unclear"), say("call_booked_change")]
    return ended(scene, lines, taps=taps_for(request), misunderstood=1)


def _only_open(scene: Scene) -> Request | None:
    """The one call that somebody may still come for, where nothing else is going on."""
    heard = scene.heard
    found = [one for one in opened_calls(scene.requests) if not one.urgent]
    free = scene.session.draft is None and scene.session.asked is None and len(found) == 1
    other = heard.intent not in ("out_of_scope", "inform", "affirm", "thanks") and sure(heard)
    return None if not free or other or any(one.facts for one in heard.people) else found[0]


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
    if call and _says(scene, "call_cost_words") and not _says(scene, "call_list_money_words"):
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
