"""Takes what a message tells into the draft: in any order, all at once or one by one, and says what cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.booking.hours import Problem
from bot.catalog.calls import Call
from bot.catalog.model import Region
from bot.dialogue.calling import addresses, moments, phones
from bot.dialogue.calling.ending import with_draft
from bot.dialogue.calling.state import call_of, place_of
from bot.dialogue.choices import chosen, tapped
from bot.dialogue.hearing import take_in
from bot.dialogue.intents import answer_of
from bot.dialogue.people import SELF, called, key_of, with_facts
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Draft, Session, Tap

IN = "in"


@dataclass(frozen=True, slots=True)
class Filled:
    """The scene with what was told, what must be said of it, and choices for the question that it leads back to.

    `new` says that the message told anything of the call; `stuck` that the place has no calls.
    """

    scene: Scene
    lines: tuple[str, ...] = ()
    taps: tuple[Tap, ...] = ()
    new: bool = False
    asks: str = ""
    stuck: bool = False

    @property
    def draft(self) -> Draft:
        return self.scene.session.draft or Draft()

    @property
    def session(self) -> Session:
        return self.scene.session

    def told(self, **fields: Any) -> Filled:
        """With these fields of the draft told."""
        return replace(self, scene=with_draft(self.scene, **fields), new=True)

    def trouble(self, *lines: str, asks: str, taps: tuple[Tap, ...] = ()) -> Filled:
        """With a sentence for what cannot be, and the question that it leads back to, the first one's."""
        first = not self.asks
        kept = {"taps": taps, "asks": asks} if first else {}
        return replace(self, lines=(*self.lines, *lines), new=True, **kept)  # type: ignore[arg-type]


def filled(scene: Scene) -> Filled:
    """All that the message tells of the call."""
    telling = Filled(scene)
    for step in (_whom, _where, _what, _when, _address, _phone, _contact):
        telling = step(telling)
    return telling


def with_moment(telling: Filled, moment: datetime, text: str) -> Filled:
    """The moment taken, or why it cannot be and what is near."""
    call = call_of(telling.session, telling.draft, telling.scene.catalog)
    if call is None:
        return telling.told(**moments.with_time(moment, text))
    found = moments.checked(telling.scene, call, moment)
    if isinstance(found, Problem):
        near = tuple(moments.taps_at(found.nearest, telling.scene.now))
        why = moments.why_not(telling.scene, call, moment, found)
        return telling.told(time=None, time_text="").trouble(why, asks="time", taps=near)
    if found.remark:
        telling = replace(telling, lines=(*telling.lines, say("call_holiday_unknown")))
    return telling.told(**moments.with_time(moment, text))


def _whom(telling: Filled) -> Filled:
    """A named elder is whom it is for; who is named otherwise is also whom to ask for at the door."""
    named = next((one for one in telling.scene.heard.people if one.named), None)
    if named is None or not _says_for(telling.scene):
        return telling
    several = {(one.subject, one.name) for one in telling.scene.heard.people if one.named}
    key = key_of(named, telling.session.active)
    if len(several) > 1 and telling.scene.came.draft is None:
        telling = replace(telling, lines=(*telling.lines, say("call_one_by_one", who=called(key))))
    person = None if key == SELF else key
    scene = telling.scene.with_session(replace(telling.session, active=key))
    changed = person != telling.draft.person
    contact = key if named.subject == "other" and named.name else telling.draft.contact
    return replace(
        telling, scene=with_draft(scene, person=person, contact=contact), new=telling.new or changed
    )


def _says_for(scene: Scene) -> bool:
    """Whether a name tells for whom it is: 我妈的电话是… does not, once a call is being arranged."""
    return scene.came.draft is None or any(word in scene.text for word in words("call_for_words"))


def _where(telling: Filled) -> Filled:
    """Facts are taken in silently; a place that speaks against the one told before is not, it is asked."""
    scene, catalog = telling.scene, telling.scene.catalog
    before, heard = place_of(scene.session, telling.draft, catalog), addresses.heard_region(scene)
    option = _chosen_region(scene) or _one_of_two(scene, heard)
    if option:
        session = with_facts(scene.session, telling.draft.person or SELF, option, catalog, scene.today)
        return replace(telling, scene=scene.with_session(session), new=True)
    taken, _ = take_in(scene)
    if heard and before and scene.came.draft and addresses.elsewhere("", heard, before, catalog):
        return another_place(telling, before, heard)
    after = place_of(taken.session, telling.draft, catalog)
    return replace(telling, scene=taken, new=telling.new or before != after)


def another_place(telling: Filled, before: Region, heard: Region) -> Filled:
    """Two places were told: asked which, or said that nobody comes to the other."""
    catalog = telling.scene.catalog
    if not catalog.calls_of(heard):
        return telling.told(address="").trouble(
            say("call_address_outside", heard=heard.name, place=before.name), asks="address"
        )
    taps = tuple(Tap(f"{IN}:{one.code}", one.name) for one in (heard, before) if one.code)
    text = say("call_which_place", heard=heard.name, place=before.name)
    return telling.trouble(text, asks="which", taps=taps)


def _chosen_region(scene: Scene) -> Mapping[str, Any] | None:
    question = scene.catalog.questions["region"]
    by_tap = tapped(scene.message.tap or "", scene.catalog)
    if by_tap and by_tap[0] is question and by_tap[1]:
        return by_tap[1].sets
    options = chosen(question, scene.text) if scene.session.asked == "region" else []
    return options[0].sets if options else None


def _one_of_two(scene: Scene, heard: Region | None) -> Mapping[str, Any] | None:
    """Which of two places it is, told in words under that question."""
    offered = {tap.id for tap in scene.session.offered}
    return {"region": heard.code} if heard and f"{IN}:{heard.code}" in offered else None


def _what(telling: Filled) -> Filled:
    """The service, and whether the place has it."""
    scene = telling.scene
    name = scene.heard.slots.get("service")
    wished = scene.catalog.call_named(name) if name else None
    if wished and not wished.urgent and telling.draft.changes is None and wished.id != telling.draft.service:
        # 取药 beside an answer to another question is no other wish.
        keep = telling.draft.service and scene.heard.intent not in (
            "book_call",
            "correct",
            "inform",
            "reschedule_booking",
        )
        telling = telling if keep else telling.told(service=wished.id)
    place = place_of(telling.session, telling.draft, scene.catalog)
    if place is None:
        return telling
    if not scene.catalog.calls_of(place):
        return replace(telling, stuck=True)
    wanted = scene.catalog.call(telling.draft.service)
    if wanted is not None and scene.catalog.call(wanted.id, place) is None:
        return _not_offered(telling, place, wanted)
    return telling


def _not_offered(telling: Filled, place: Region, call: Call) -> Filled:
    """What the place has instead is under the question for the service."""
    text = say("call_not_offered", place=place.name, name=call.name)
    return telling.told(service="").trouble(text, asks="service")


def _when(telling: Filled) -> Filled:
    scene, draft = telling.scene, telling.draft
    moment = moments.told_moment(scene, draft.time)
    if moment is not None:
        return with_moment(telling, moment, scene.heard.slots["time_text"])
    soon = any(word in scene.text for word in words("call_soon_words"))
    if soon and not telling.draft.time and "time_text" not in scene.heard.slots:
        return telling.told(time=None, time_text=say("call_soon"))
    if scene.session.asked == "booking_time":
        if moments.open_words(scene) or answer_of(scene.heard) == "dont_know":
            return telling.told(time=None, time_text=say("call_open_time"))
        if "time" not in scene.heard.slots and any(word in scene.text for word in words("call_past_words")):
            return telling.trouble(say("call_past_day"), asks="time")
    if "time_text" in scene.heard.slots and not draft.time:
        return telling.trouble(say("call_which_day"), asks="time")
    return telling


def _address(telling: Filled) -> Filled:
    scene = telling.scene
    # One trouble with the place is enough for a message.
    if telling.asks in ("which", "address"):
        kept = scene.heard.slots.get("address")
        return telling.told(address=kept) if telling.asks == "which" and kept else telling
    if any(word in scene.text for word in words("call_same_words")) and scene.session.address:
        # It is said back, marked as that of the last time.
        return telling.told()
    if addresses.at_home(scene) and scene.session.asked == "booking_address":
        return telling.trouble(say("call_where_is_home"), asks="address")
    told = addresses.told_address(scene)
    if scene.session.asked == "booking_address" and len(told or scene.text) > addresses.LONGEST:
        return telling.trouble(say("call_address_long"), asks="address")
    return telling.told(address=told) if told and len(told) <= addresses.LONGEST else telling


def _phone(telling: Filled) -> Filled:
    scene = telling.scene
    if phone := scene.heard.slots.get("phone"):
        return telling.told(phone=phone)
    if wrong := phones.wrong_phone(scene):
        return telling.trouble(say(wrong, count=phones.digits_in(scene.text)), asks="phone")
    asked = scene.session.asked == "booking_phone"
    if phones.without_phone(scene) or (asked and answer_of(scene.heard) in ("dont_know", "deny")):
        return telling.trouble(say("call_phone_must"), asks="phone")
    return telling


def _contact(telling: Filled) -> Filled:
    contact = telling.scene.heard.slots.get("contact")
    return telling.told(contact=contact) if contact else telling
