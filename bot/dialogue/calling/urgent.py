"""The urgent call: submitted at once, whatever else is known, and told of again that 120 comes first."""

from __future__ import annotations

from dataclasses import replace

from bot.booking.moves import change
from bot.booking.table import Refusal
from bot.catalog.calls import Call
from bot.dialogue.calling.addresses import LONGEST
from bot.dialogue.calling.agreeing import without_doubt
from bot.dialogue.calling.asking import waiting, wanted_of
from bot.dialogue.calling.confirming import request_of
from bot.dialogue.calling.ending import elder, ended, left_off, submitted
from bot.dialogue.calling.remarks import told_remark
from bot.dialogue.calling.saying import number_words
from bot.dialogue.calling.state import opened_calls, place_of, same_elder, too_many_urgent
from bot.dialogue.calling.steps import URGENT, pressed
from bot.dialogue.choices import trimmed
from bot.dialogue.people import SELF
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Draft, Request, Session, Tap, Turn
from nlu.understanding import EMERGENCIES


def taps_in_danger(scene: Scene, kind: str) -> tuple[Tap, ...]:
    """叫值班的人来, where somebody is on duty."""
    return (Tap(f"{URGENT}:{kind}", say("call_urgent_label")),) if _on_duty(scene.session, scene) else ()


def urged(scene: Scene) -> Turn | None:
    """The tap under the emergency answer: submits first, asks afterwards."""
    kind, _, danger = pressed(scene.session, scene.message).partition(":")
    named = say("call_urgent_label") in scene.text and without_doubt(scene.text)
    if kind != URGENT and not named:
        return _hurried(scene) or _for_the_door(scene)
    call = _on_duty(scene.session, scene)
    if call is None:
        return ended(scene, [say("call_urgent_not_here")])
    before = next((one for one in opened_calls(scene.requests) if one.urgent), None)
    if before is not None:
        return _again(scene, before)
    if too_many_urgent(scene.requests, scene.now):
        return ended(scene, [say("call_urgent_too_many", phone=call.phone)])
    return _submitted(scene, call, danger if danger in EMERGENCIES else "other")


def _hurried(scene: Scene) -> Turn | None:
    """快点, after all was told: they know, and 120 is said again."""
    last = next((one for one in opened_calls(scene.requests) if one.id == scene.session.last_call), None)
    free = scene.session.draft is None and scene.session.asked is None
    hurries = trimmed(scene.text) in words("call_hurry_whole")
    return ended(scene, [say("call_urgent_unknown")]) if last and last.urgent and free and hurries else None


def _for_the_door(scene: Scene) -> Turn | None:
    """门没锁直接进, after all was told: with the place, for the note of an urgent call is what the danger is."""
    last = next((one for one in opened_calls(scene.requests) if one.id == scene.session.last_call), None)
    remark = told_remark(scene) if scene.session.draft is None and scene.session.asked is None else ""
    if last is None or not (last.urgent and last.address and remark) or scene.heard.slots:
        return None
    both = "，".join((last.address, remark))
    noted = change(last, elder(scene), scene.now, address=both)
    if isinstance(noted, Refusal) or remark in last.address or len(both) > LONGEST:
        return None
    return ended(scene, [say("call_urgent_complete", where=both)], requests=[noted])


def _on_duty(session: Session, scene: Scene) -> Call | None:
    place = place_of(session, Draft(person=_person(session)), scene.catalog)
    return scene.catalog.urgent_call(place) if place and scene.bookable else None


def _person(session: Session) -> str | None:
    return None if session.active == SELF else session.active


def _submitted(scene: Scene, call: Call, danger: str) -> Turn:
    """Where they came last time goes with it, and is told, so that it can be put right."""
    session = scene.session
    draft = Draft(service=call.id, person=_person(session), note=danger)
    told = scene.came.draft if _of_family(scene) else None
    if told or same_elder(draft, scene.requests):
        address, phone = (told.address, told.phone) if told else ("", "")
        draft = replace(draft, address=address or session.address, phone=phone or session.phone)
    request = replace(request_of(scene, draft), urgent=True)
    request = submitted(scene, request)
    line = say("call_urgent_sent", number=number_words(request), taken_by=call.taken_by)
    known = "call_urgent_told" if told and (told.address or told.phone) else "call_urgent_remembered"
    return _asking(scene, request, [line, *_remembered(request, known)], [request])


def _of_family(scene: Scene) -> bool:
    """Whether the call that was being arranged is for the family: elders with a name have a door of their own."""
    draft = scene.came.draft
    return draft is not None and draft.changes is None and not draft.contact


def _again(scene: Scene, request: Request) -> Turn:
    return _asking(scene, request, [say("call_urgent_already", number=number_words(request))], [])


def _asking(scene: Scene, request: Request, lines: list[str], requests: list[Request]) -> Turn:
    draft = Draft(service=request.service, person=request.person, changes=request.id)
    draft = replace(draft, address=request.address, phone=request.phone)
    lines = [*lines, *left_off(scene)]
    lacks = wanted_of(scene, draft)
    scene = scene.with_session(replace(scene.session, draft=draft if lacks else None))
    if not lacks:
        return ended(scene, lines, requests=requests, last_call=request.id)
    text, taps, asked = waiting(scene)
    return ended(scene, lines, question=text, asked=asked, taps=taps, requests=requests, last_call=request.id)


def _remembered(request: Request, known: str) -> list[str]:
    told = "，".join(filter(None, (request.address, request.phone)))
    return [say(known, told=told)] if told else []
