"""What became of a call, and calling it off: by words, by number, by tap; asked which where there are several."""

from __future__ import annotations

from collections.abc import Sequence

from bot.booking import numbers
from bot.dialogue.calling import calling_off, changing
from bot.dialogue.calling.addresses import told_address
from bot.dialogue.calling.changing import named_field
from bot.dialogue.calling.ending import ended
from bot.dialogue.calling.remarks import told_remark
from bot.dialogue.calling.saying import name_of, sentence, short, taps_for
from bot.dialogue.calling.state import OPEN, opened_calls
from bot.dialogue.calling.steps import calls_off, once_more, pressed
from bot.dialogue.calling.which_call import meant, told_apart, wrong_number
from bot.dialogue.intents import sure
from bot.dialogue.scene import Scene, end
from bot.dialogue.wording import say, words
from bot.models import Request, Tap, Turn

_KINDS = ("status", "cancel", "move")
_SHORT = 12
_COMPLAINT = 20
_INTENTS = {"check_booking": "status", "cancel_booking": "cancel", "reschedule_booking": "move"}


def followed(scene: Scene) -> Turn | None:
    """The turn about a call that was submitted; None where the message is about something else."""
    if urgent := calling_off.safe_again(scene):
        return calling_off.cancel(scene, urgent, "")
    tap = pressed(scene.session, scene.message) or calling_off.answer(scene)
    kind, _, number = tap.partition(":")
    if kind in _KINDS:
        return _of(scene, kind, number)
    if tap:
        return None
    if turn := calling_off.unanswered(scene):
        return turn
    kind = _asked_for(scene)
    if kind == "cancel" and any(word in scene.text for word in words("call_cancel_not_words")):
        return ended(scene, [say("call_left_as_it_is")])
    return _chosen(scene, kind) if kind else _by_number(scene)


def _of(scene: Scene, kind: str, rest: str) -> Turn:
    number, _, answer = rest.partition(":")
    request = next((one for one in scene.requests if one.id == number), None)
    if request is None:
        return ended(scene, [say("call_unknown_number")])
    if kind == "cancel":
        return calling_off.cancel(scene, request, answer)
    return _status(scene, [request]) if kind == "status" else changing.begun(scene, request)


def _asked_for(scene: Scene) -> str:
    """What is wanted of a submitted call; while one is arranged, changes and calling off are about that."""
    text, heard = scene.text, scene.heard
    numbered = numbers.read(text) is not None
    if not numbered and _wants_another(scene):
        return ""
    kind = _INTENTS.get(heard.intent, "") if sure(heard) else ""
    if kind == "move" and any(tap.id.startswith("call:") for tap in scene.session.offered):
        # 明天下午, under the offer of another call, is when that one shall be.
        return ""
    if kind == "status" and (_moves_it(scene) or _for_the_door(scene)):
        kind = "move" if _moves_it(scene) else ""
    kind = kind or (_worded(scene) if scene.requests else "")
    told = {"time", "address", "phone"} & set(heard.slots)
    about_draft = kind != "status" or told or not scene.requests
    if scene.session.draft is not None and not numbered and about_draft and not _of_another(scene):
        return ""
    return kind or _corrected(scene)


def _moves_it(scene: Scene) -> bool:
    """我儿子说还是今天, right after it was booked, asks for nothing."""
    just = any(tap.id.startswith("move:") for tap in scene.session.offered) and scene.session.draft is None
    anew = any(word in scene.text for word in words("call_instead_words"))
    return just and anew and "time_text" in scene.heard.slots and not _asks_status(scene)


def _for_the_door(scene: Scene) -> bool:
    """送到楼上 is a remark, whatever it is taken for."""
    return bool(told_remark(scene)) and not _asks_status(scene) and scene.session.asked is None


def _asks_status(scene: Scene) -> bool:
    return any(word in scene.text for word in words("call_status_words"))


def _wants_another(scene: Scene) -> bool:
    """同样的再来一次 moves none, 我又想约了 asks for none."""
    wishes = any(word in scene.text for word in words("call_wishes"))
    return once_more(scene.text) or (wishes and not opened_calls(scene.requests))


def _of_another(scene: Scene) -> bool:
    """取消刚才那个助浴, said while something else is being arranged."""
    service = scene.catalog.call_named(scene.heard.slots.get("service", ""))
    draft = scene.session.draft
    booked = {one.service for one in opened_calls(scene.requests)}
    return service is not None and draft is not None and service.id in booked - {draft.service}


def _worded(scene: Scene) -> str:
    """By the wording alone, where the model guesses otherwise; 推迟 means a call only to who has one, 不要了 only the
    one that was just told of."""
    text, told_of = scene.text, any(tap.id.startswith("cancel:") for tap in scene.session.offered)
    if calls_off(text) and told_of and scene.session.asked is None:
        return "cancel"
    named = next((one for one in _KINDS if any(word in text for word in words(f"call_{one}_words"))), "")
    return named or ("status" if _waits_in_vain(scene) else "")


def _waits_in_vain(scene: Scene) -> bool:
    """等了一上午没人来, of who has a call: what became of it helps more than being sorry."""
    said = any(word in scene.text for word in words("call_waiting_words"))
    return said and len(scene.text) <= _COMPLAINT and bool(opened_calls(scene.requests))


def _corrected(scene: Scene) -> str:
    """电话错了，是139…, said right after it was booked."""
    told = {"time", "address", "phone"} & set(scene.heard.slots)
    just = any(tap.id.startswith("move:") for tap in scene.session.offered)
    corrects = scene.heard.intent == "correct" or (just and scene.heard.intent == "inform")
    corrects = (corrects and sure(scene.heard)) or (just and _moved_house(scene))
    named = (
        just and bool(named_field(scene)) and any(word in scene.text for word in words("call_change_words"))
    )
    named = named or (just and _later(scene))
    waits = any(one.id == scene.session.last_call for one in opened_calls(scene.requests))
    free = scene.session.draft is None and scene.session.asked is None
    return "move" if waits and free and ((told and corrects) or named or _told_of_danger(scene)) else ""


def _told_of_danger(scene: Scene) -> bool:
    """A place or a number after the urgent call: what was remembered may be wrong, and nothing counts more."""
    last = next((one for one in scene.requests if one.id == scene.session.last_call), None)
    return last is not None and last.urgent and ("phone" in scene.heard.slots or bool(told_address(scene)))


def _later(scene: Scene) -> bool:
    """擦黑再送吧: a time and hardly more, whatever it is taken for."""
    told = "time" in scene.heard.slots and not {"service", "benefit"} & set(scene.heard.slots)
    again = any(word in scene.text for word in words("call_asks_again"))
    # 明天上午八点, whatever it is taken for, is when that call shall be.
    bare = len(scene.text) <= len(scene.heard.slots.get("time_text", "")) + 2
    asks = scene.heard.intent in ("ask_service", "ask_eligibility", "check_booking")
    return told and not again and len(scene.text) <= _SHORT and not asks and (bare or not sure(scene.heard))


def _moved_house(scene: Scene) -> bool:
    """我换手机号了137…: a number or an address, and no wish for another call."""
    heard = scene.heard
    wishes = "service" in heard.slots or any(word in scene.text for word in words("call_asks_again"))
    asks = heard.intent in ("ask_service", "ask_eligibility")
    of_another = any(one.named for one in heard.people)
    return bool({"address", "phone"} & set(heard.slots)) and not (wishes or asks or of_another)


def _chosen(scene: Scene, kind: str) -> Turn:
    """The one that is meant: by its number, by its service, the only one, the last one; else it is asked."""
    found = meant(scene, kind, corrected=bool(_corrected(scene)))
    if found is None:
        return ended(scene, [say("call_unknown_number")])
    if kind == "status":
        return _status(scene, found)
    if not found:
        return _none_open(scene)
    if len(found) == 1:
        return _of(scene, kind, found[0].id)
    taps = [Tap(f"{kind}:{one.id}", told_apart(scene, one, found)) for one in found]
    return ended(scene, [say(f"call_which_to_{kind}")], taps=taps)


def _by_number(scene: Scene) -> Turn | None:
    """Only a number: what became of that call."""
    number = numbers.read(scene.text)
    if number is None:
        meant = wrong_number(scene.text)
        wrong = scene.session.asked is None and meant and not scene.heard.slots
        facts = any(one.facts for one in scene.heard.people)
        return ended(scene, [say("call_unknown_number")]) if wrong and not facts and scene.requests else None
    mine = [one for one in scene.requests if one.id == number]
    if mine:
        return _status(scene, mine)
    return ended(scene, [say("call_unknown_number")]) if scene.session.asked is None else None


def _status(scene: Scene, found: Sequence[Request]) -> Turn:
    if not found:
        return _none_open(scene)
    lines = [_state_words(scene, one) for one in found]
    if len(found) == 1 and any(word in scene.text for word in words("call_recall_words")):
        call = scene.catalog.calls.every.get(found[0].service)
        lines.append(say("call_details", call=sentence(scene, found[0], call)))
    last = found[0]
    open_one = len(found) == 1 and last.state in OPEN and not last.urgent
    rating = _rating_taps(last) if len(found) == 1 and last.state == "done" and last.rating is None else ()
    asked = [say("call_rate_question")] if rating else []
    taps = taps_for(last)[1:] if open_one else rating
    return ended(scene, [*lines, *asked], taps=taps, last_call=last.id)


def _none_open(scene: Scene) -> Turn:
    """Nothing is ordered; what was asked of something else stays asked."""
    question = scene.catalog.questions.get(scene.session.asked or "")
    lines = [say("call_none_open"), *([say("call_how_to_book")] if scene.bookable else [])]
    return end(scene, lines, question=question, rest=scene.session.pages)


def _state_words(scene: Scene, request: Request) -> str:
    call = scene.catalog.call(request.service)
    return say(
        f"call_is_{request.state}",
        call=short(scene, request),
        taken_by=call.taken_by if call else name_of(request, scene.catalog),
    )


def _rating_taps(request: Request) -> Sequence[Tap]:
    return [Tap(f"rate:{request.id}:{one}", say(f"call_rate_{one}")) for one in ("good", "fair", "bad")]
