"""Submits the call that was said back and agreed to: once, and not in a flood."""

from __future__ import annotations

from dataclasses import replace

from bot.booking.moves import submit
from bot.booking.numbers import spoken
from bot.catalog.calls import Call
from bot.dialogue.calling import asking
from bot.dialogue.calling.ending import elder, ended
from bot.dialogue.calling.filling import Filled
from bot.dialogue.calling.saying import sentence, short, taps_for
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
        return ended(
            without_draft(scene), [say("call_already", call=short(scene, again))], taps=taps_for(again)
        )
    if _no_longer(scene):
        return asking.go_on(Filled(scene))
    return _booked(scene, draft, call)


def stop(scene: Scene) -> Turn | None:
    """Kindly stopped, where there are too many already, or where nothing can be booked."""
    if too_many(scene.requests, scene.now):
        return ended(without_draft(scene), [say("call_flood")])
    if scene.came.draft is not None and not scene.number:
        return ended(without_draft(scene), [say("booking_not_here")])
    return None


def without_draft(scene: Scene) -> Scene:
    """The scene with nothing being arranged."""
    return scene.with_session(replace(scene.session, draft=None))


def request_of(scene: Scene, draft: Draft) -> Request:
    """The draft as a request of this user with the turn's free number."""
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
    request = submit(request_of(scene, draft), elder(scene), scene.now)
    lines = [
        say("call_booked", number=spoken(request.id), call=sentence(scene, request, call)),
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


def _no_longer(scene: Scene) -> bool:
    """Whether it cannot be so: who answers the next day agrees to yesterday; two places were told and none chosen."""
    return bool(asking.placed(asking.timed(Filled(scene))).asks)
