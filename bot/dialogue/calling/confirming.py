"""Submits the call that was said back and agreed to: once, and not in a flood."""

from __future__ import annotations

from dataclasses import replace

from bot.catalog.calls import Call
from bot.dialogue.calling import asking
from bot.dialogue.calling.ending import ended, submitted
from bot.dialogue.calling.saying import number_words, sentence, short, taps_for
from bot.dialogue.calling.so_far import Filled
from bot.dialogue.calling.state import call_of, missing, opened_calls, place_of, too_many
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say
from bot.models import Draft, Request, Turn


def agreed(scene: Scene) -> Turn:
    """Books it; says so where it is booked already, where it is too many, where a moment has passed meanwhile."""
    draft = scene.session.draft or Draft()
    call = call_of(scene.session, draft, scene.catalog)
    if call is None or missing(scene.session, draft, scene.catalog):
        return asking.go_on(Filled(scene))
    if stopped := stop(scene):
        return stopped
    if again := _booked_before(scene, draft):
        return _already(without_draft(scene), again, draft)
    if _no_longer(scene):
        return asking.go_on(Filled(scene))
    return _booked(scene, draft, call)


def stop(scene: Scene) -> Turn | None:
    """Kindly stopped, where there are too many already, or where nothing can be booked."""
    if too_many(scene.requests, scene.now, staff=bool(scene.staff)):
        return ended(without_draft(scene), [say("call_flood")])
    return None if scene.bookable else ended(without_draft(scene), [not_bookable(scene)])


def not_bookable(scene: Scene) -> str:
    """That nothing can be booked here, and whom to call in that place."""
    place = place_of(scene.session, scene.session.draft or Draft(), scene.catalog)
    offered = scene.catalog.calls_of(place) if place else ()
    return say("call_not_bookable", phone=next((call.phone for call in offered), scene.catalog.calls.phone))


def without_draft(scene: Scene) -> Scene:
    """The scene with nothing being arranged."""
    return scene.with_session(replace(scene.session, draft=None))


def request_of(scene: Scene, draft: Draft) -> Request:
    """The draft as a request of this user with the turn's free number, "" while that is not known (`wants_number`)."""
    place = place_of(scene.session, draft, scene.catalog)
    return Request(
        id=scene.number,
        who=scene.message.who,
        service=draft.service,
        region=place.code if place else None,
        time=draft.time,
        time_text=draft.time_text,
        address=draft.address,
        phone=draft.phone,
        contact=draft.contact,
        person=draft.person,
        note=draft.note,
    )


def _booked(scene: Scene, draft: Draft, call: Call) -> Turn:
    request = submitted(scene, request_of(scene, draft))
    lines = [
        say("call_booked", number=number_words(request), call=sentence(scene, request, call)),
        say("call_booked_next", taken_by=call.taken_by),
        say("call_booked_change"),
        say("call_booked_costs", costs=call.costs),
    ]
    return ended(
        without_draft(scene),
        lines,
        taps=taps_for(request),
        requests=[request],
        last_call=request.id,
        address=request.address or scene.session.address,
        phone=request.phone or scene.session.phone,
        contact=request.contact,
    )


def _booked_before(scene: Scene, draft: Draft) -> Request | None:
    same = (draft.service, draft.time, draft.person)
    return next(
        (one for one in opened_calls(scene.requests) if (one.service, one.time, one.person) == same), None
    )


def _already(scene: Scene, booked: Request, draft: Draft) -> Turn:
    """Booked before; where it is for another door or number, which it is booked for, and how to change that."""
    differs = [name for name in ("address", "phone") if getattr(draft, name) != getattr(booked, name)]
    lines = [say("call_already", call=short(scene, booked))]
    if differs:
        call = scene.catalog.calls.every.get(booked.service)
        lines = [say("call_already_other", number=number_words(booked), call=sentence(scene, booked, call))]
    return ended(scene, lines, taps=taps_for(booked), last_call=booked.id)


def _no_longer(scene: Scene) -> bool:
    """Whether it cannot be so: who answers the next day agrees to yesterday; two places were told and none chosen."""
    return bool(asking.placed(asking.timed(Filled(scene))).asks)
