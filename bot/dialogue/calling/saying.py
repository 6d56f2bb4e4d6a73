"""A call in one sentence: as it is said back, and as it was booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.booking.numbers import spoken as spoken_number
from bot.catalog.addresses import region_in
from bot.catalog.calls import Call
from bot.catalog.model import Catalog
from bot.dialogue.calling.moments import has_hour, time_words
from bot.dialogue.calling.state import call_of, place_of
from bot.dialogue.people import called
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say
from bot.models import Draft, Request, Tap

YES, DROP = "book:yes", "book:drop"
_CHANGES = ("time", "address", "phone")


def said_back(scene: Scene) -> str:
    """The draft in one sentence, and whether it is right."""
    session, draft = scene.session, scene.session.draft or Draft()
    last = say("call_last_time")
    marks = {
        "address": last if draft.address and draft.address == session.address else "",
        "phone": last if draft.phone and draft.phone == session.phone else "",
    }
    if draft.time and draft.time_text and not has_hour(draft.time_text):
        marks["time"] = say("call_clock_assumed_mark")
    call = call_of(session, draft, scene.catalog)
    return say("call_back", call=sentence(scene, draft, call, marks))


def taps_back(scene: Scene) -> list[Tap]:
    """Right so, or what is wrong."""
    call = call_of(scene.session, scene.session.draft or Draft(), scene.catalog)
    needs = call.needs if call else ()
    changes = [Tap(f"book:{one}", say(f"call_change_{one}")) for one in _CHANGES if one in needs]
    return [Tap(YES, say("call_yes")), *changes, Tap(DROP, say("call_drop_label"))]


def sentence(
    scene: Scene, of: Draft | Request, call: Call | None, marks: Mapping[str, str] = MappingProxyType({})
) -> str:
    """给您母亲约助浴，11月23日，星期一，上午9点，到…，电话…; `marks` stand behind its time, address and phone."""
    mark = {"time": "", "address": "", "phone": "", **marks}
    # 给您约能力评估, not 约能力评估预约.
    name = call.name.removesuffix(say("call_booking_suffix")) if call else ""
    parts = [
        say("call_for", who=called(of.person or "self"), name=name),
        time_words(of.time, scene.now, of.time_text) + mark["time"],
        say("call_to", address=of.address) + mark["address"] if of.address else "",
        _county(scene, of),
        say("call_phone", phone=of.phone) + mark["phone"] if of.phone else "",
        say("call_contact", contact=of.contact) if of.contact else "",
        say("call_remark", note=of.note) if of.note else "",
    ]
    return "，".join(filter(None, parts))


def _county(scene: Scene, of: Draft | Request) -> str:
    """The county of an address that does not name it: whoever tells of parents elsewhere must see which."""
    if not of.address or region_in(of.address, scene.catalog):
        return ""
    code = of.region if isinstance(of, Request) else None
    place = scene.catalog.regions.get(code) if code else None
    place = place or (place_of(scene.session, of, scene.catalog) if isinstance(of, Draft) else None)
    return say("call_county", place=place.name) if place else ""


def short(scene: Scene, request: Request) -> str:
    """助浴（11月23日，星期一，上午9点，单号9137 482)."""
    return say(
        "call_short_urgent" if request.urgent else "call_short",
        name=name_of(request, scene.catalog),
        time=time_words(request.time, scene.now, request.time_text),
        number=number_words(request),
    )


def number_words(request: Request) -> str:
    """The number in groups, "" before there is one."""
    return spoken_number(request.id) if request.id else ""


def name_of(request: Request, catalog: Catalog) -> str:
    """The service's name, also of one that is no longer in the catalog."""
    call = catalog.calls.every.get(request.service)
    return call.name if call else request.service


def taps_for(request: Request) -> Sequence[Tap]:
    """What can be done with a call that somebody may still come for."""
    return (
        Tap(f"status:{request.id}", say("call_status_label")),
        Tap(f"move:{request.id}", say("call_change_time")),
        Tap(f"cancel:{request.id}", say("call_cancel_label")),
    )
