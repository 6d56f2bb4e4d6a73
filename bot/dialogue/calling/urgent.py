"""The urgent call: submitted at once, whatever else is known, and told of again that 120 comes first."""

from __future__ import annotations

from dataclasses import replace

from bot.catalog.calls import Call
from bot.dialogue.calling.asking import waiting, wanted_of
from bot.dialogue.calling.confirming import request_of
from bot.dialogue.calling.ending import ended, left_off, submitted
from bot.dialogue.calling.saying import number_words
from bot.dialogue.calling.state import opened_calls, place_of, same_elder, too_many_urgent
from bot.dialogue.calling.steps import URGENT, pressed
from bot.dialogue.people import SELF
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say
from bot.models import Draft, Request, Session, Tap, Turn
from nlu.understanding import EMERGENCIES


def taps_in_danger(scene: Scene, kind: str) -> tuple[Tap, ...]:
    """叫值班的人来, where somebody is on duty."""
    return (Tap(f"{URGENT}:{kind}", say("call_urgent_label")),) if _on_duty(scene.session, scene) else ()


def urged(scene: Scene) -> Turn | None:
    """The tap under the emergency answer: submits first, asks afterwards."""
    kind, _, danger = pressed(scene.session, scene.message).partition(":")
    if kind != URGENT:
        return None
    call = _on_duty(scene.session, scene)
    if call is None:
        return ended(scene, [say("call_urgent_not_here")])
    before = next((one for one in opened_calls(scene.requests) if one.urgent), None)
    if before is not None:
        return _again(scene, before)
    if too_many_urgent(scene.requests, scene.now):
        return ended(scene, [say("call_urgent_too_many", phone=call.phone)])
    return _submitted(scene, call, danger if danger in EMERGENCIES else "other")


def _on_duty(session: Session, scene: Scene) -> Call | None:
    place = place_of(session, Draft(person=_person(session)), scene.catalog)
    return scene.catalog.urgent_call(place) if place and scene.bookable else None


def _person(session: Session) -> str | None:
    return None if session.active == SELF else session.active


def _submitted(scene: Scene, call: Call, danger: str) -> Turn:
    """Where they came last time goes with it, and is told, so that it can be put right."""
    session = scene.session
    draft = Draft(service=call.id, person=_person(session), note=danger)
    if same_elder(draft, scene.requests):
        draft = replace(draft, address=session.address, phone=session.phone)
    request = replace(request_of(scene, draft), urgent=True)
    request = submitted(scene, request)
    line = say("call_urgent_sent", number=number_words(request), taken_by=call.taken_by)
    return _asking(scene, request, [line, *_remembered(request)], [request])


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


def _remembered(request: Request) -> list[str]:
    told = "，".join(filter(None, (request.address, request.phone)))
    return [say("call_urgent_remembered", told=told)] if told else []
