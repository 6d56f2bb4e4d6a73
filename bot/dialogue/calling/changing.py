"""Changes a call that was submitted: another time, place or number; and what is told of an urgent one."""

from __future__ import annotations

from dataclasses import replace

from bot.booking.moves import change
from bot.booking.table import Refusal
from bot.dialogue.calling.asking import question, waiting, wanted_of
from bot.dialogue.calling.confirming import without_draft
from bot.dialogue.calling.ending import elder, ended, left_off
from bot.dialogue.calling.filling import filled
from bot.dialogue.calling.phones import without_phone
from bot.dialogue.calling.saying import sentence, short, taps_for
from bot.dialogue.calling.so_far import Filled
from bot.dialogue.calling.state import opened_calls
from bot.dialogue.intents import answer_of
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Draft, Request, Turn

_FIELDS = ("time", "address", "phone", "contact", "note")
_NAMED = ("time", "address", "phone")


def begun(scene: Scene, request: Request) -> Turn:
    """What is told anew in the same message is changed at once; else the new time is asked."""
    refused = change(request, elder(scene), scene.now)
    if isinstance(refused, Refusal):
        return _so_already(scene, request) or refusal(scene, request, refused)
    draft = Draft(service=request.service, person=request.person, changes=request.id)
    if request.urgent:
        # What is known of it is not asked again.
        draft = replace(draft, address=request.address, phone=request.phone)
    scene = scene.with_session(replace(scene.session, draft=draft, last_call=request.id))
    telling = filled(scene)
    telling = replace(telling, lines=(*left_off(scene), *telling.lines))
    field = "" if telling.new else named_field(scene)
    call = scene.catalog.calls.every.get(request.service)
    if field == "address" and call and "address" not in call.needs and not request.urgent:
        return ended(without_draft(scene), [say("call_no_address", name=call.name)], taps=taps_for(request))
    if field in ("address", "phone"):
        text, taps, asked = question(scene, field, brief=True)
        return ended(scene, telling.lines, question=text, asked=asked, taps=taps)
    return changed(telling)


def _so_already(scene: Scene, request: Request) -> Turn | None:
    """Said again by who never read that it was changed, when somebody is on the way by now."""
    told = {name: value for name, value in scene.heard.slots.items() if name in _NAMED}
    if not told or any(getattr(request, name) != value for name, value in told.items()):
        return None
    return ended(scene, [say("call_so_already", call=short(scene, request))], last_call=request.id)


def named_field(scene: Scene) -> str:
    """换个地址, 电话错了, without the right one: which it is; "" for none."""
    return next((one for one in _NAMED if any(word in scene.text for word in words(f"call_{one}_words"))), "")


def hurries(scene: Scene) -> Turn | None:
    """快点, while an urgent call still lacks its number or place."""
    draft = scene.session.draft
    urgent = draft is not None and any(one.id == draft.changes and one.urgent for one in scene.requests)
    if not urgent or "benefit" in scene.heard.slots:
        return None
    text, taps, asked = waiting(scene)
    return ended(scene, [say("call_urgent_unknown")], question=text, asked=asked, taps=taps)


def changed(telling: Filled) -> Turn:
    """Keeps what is new as one line of the history, then asks what is still wanted or tells how it stands."""
    scene, draft = telling.scene, telling.draft
    request = next((one for one in scene.requests if one.id == draft.changes), None)
    if request is None:
        return ended(without_draft(scene), [say("call_none_open"), say("call_how_to_book")])
    fields = {name: value for name in _FIELDS if (value := getattr(draft, name))}
    if draft.time_text:
        fields |= {"time": draft.time, "time_text": draft.time_text}
    result = change(request, elder(scene), scene.now, **fields)
    if isinstance(result, Refusal):
        return refusal(scene, request, result)
    return _told(telling, result, is_new=result is not request)


def unknown_in_danger(scene: Scene) -> Turn | None:
    """Who cannot tell the number or the place of an urgent call is not asked for it again."""
    draft = scene.session.draft
    urgent = draft is not None and any(one.id == draft.changes and one.urgent for one in scene.requests)
    if (
        draft is None
        or not urgent
        or not (answer_of(scene.heard) in ("dont_know", "deny") or without_phone(scene))
    ):
        return None
    if scene.session.asked == "booking_phone" and not draft.address:
        text, taps, asked = question(scene, "address", brief=True)
        return ended(scene, [], question=text, asked=asked, taps=taps)
    return ended(without_draft(scene), [say("call_urgent_unknown")])


def refusal(scene: Scene, request: Request, refused: Refusal) -> Turn:
    """Why it stays as it is, kindly."""
    text = say(f"call_{refused.reason}", call=short(scene, request))
    draft = scene.session.draft
    scene = without_draft(scene) if draft is not None and draft.changes is not None else scene
    return ended(scene, [text], last_call=request.id)


def _told(telling: Filled, request: Request, *, is_new: bool) -> Turn:
    scene = telling.scene
    requests = [request] if is_new else []
    lacks = wanted_of(scene, telling.draft)
    kept = {
        "address": request.address or scene.session.address,
        "phone": request.phone or scene.session.phone,
    }
    call = scene.catalog.calls.every.get(request.service)
    if lacks and not (is_new and not request.urgent):
        text, taps, asked = waiting(scene)
        noted = [say("call_added")] if is_new else []
        taps = [*(telling.taps if telling.asks == lacks[0] else ()), *taps]
        lines = [*noted, *telling.lines]
        return ended(scene, lines, question=text, asked=asked, taps=taps, requests=requests, **kept)
    how = "call_urgent_complete" if request.urgent else "call_changed"
    where = "，".join((request.address, request.phone))
    line = say(how, call=sentence(scene, request, call), where=where)
    can = taps_for(request) if request in opened_calls([request]) and not request.urgent else ()
    return ended(without_draft(scene), [*telling.lines, line], taps=can, requests=requests, **kept)
