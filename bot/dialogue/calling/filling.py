"""Takes what a message tells into the draft: in any order, all at once or one by one, and says what cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.booking.hours import Problem
from bot.catalog.model import Region
from bot.dialogue.calling import addresses, moments, phones, remarks
from bot.dialogue.calling.ending import with_draft
from bot.dialogue.calling.services import unserved, what
from bot.dialogue.calling.so_far import Filled
from bot.dialogue.calling.state import call_of, place_of
from bot.dialogue.choices import chosen, tapped
from bot.dialogue.hearing import take_in
from bot.dialogue.intents import answer_of
from bot.dialogue.people import SELF, called, key_of, with_facts
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Draft, Tap

IN = "in"


def filled(scene: Scene) -> Filled:
    """All that the message tells of the call."""
    telling = Filled(scene)
    for step in (_whom, _where, what, unserved, _once, _when, _address, _phone, _contact, _remark):
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
    if any(word in telling.scene.text for word in words("call_for_self_words")) and telling.draft.person:
        return _for_self(telling)
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
    contact = "" if telling.draft.contact == telling.draft.person else telling.draft.contact
    # Whom to ask for at a door has a name; 婆婆 is nobody's.
    contact = key if named.subject == "other" and named.name and key not in words("kin") else contact
    if changed and telling.scene.came.draft is not None:
        telling = replace(telling, lines=(*telling.lines, say("call_noted_person", who=called(key))))
    return replace(
        telling, scene=with_draft(scene, person=person, contact=contact), new=telling.new or changed
    )


def _for_self(telling: Filled) -> Filled:
    """不是给我爸，是给我自己."""
    scene = telling.scene.with_session(replace(telling.session, active=SELF))
    kept = replace(telling, scene=with_draft(scene, person=None), new=True)
    return replace(kept, lines=(*telling.lines, say("call_noted_person", who=called(SELF))))


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


def _once(telling: Filled) -> Filled:
    """天天送一顿: a call is for one time, and that is said."""
    if not any(word in telling.scene.text for word in words("call_many_times_words")):
        return telling
    return replace(telling, lines=(*telling.lines, say("call_one_time")))


def _when(telling: Filled) -> Filled:
    scene, draft = telling.scene, telling.draft
    text = scene.heard.slots.get("time_text", "")
    if text and text in scene.heard.slots.get("address", ""):
        # 3排5号 is a door, and no day of a month.
        return telling
    moment = moments.told_moment(scene, draft.time or _booked_time(scene, draft))
    if moment is not None:
        return with_moment(telling, moment, scene.heard.slots["time_text"])
    soon = any(word in scene.text for word in words("call_soon_words"))
    if soon and not telling.draft.time and "time_text" not in scene.heard.slots:
        return telling.told(time=None, time_text=say("call_soon"))
    if scene.session.asked == "booking_time":
        if moments.open_words(scene) or answer_of(scene.heard) == "dont_know":
            return telling.told(time=None, time_text=say("call_open_time"))
        past = any(word in scene.text for word in words("call_past_words"))
        if "time" not in scene.heard.slots and past and not _only_today(scene):
            return telling.trouble(say("call_past_day"), asks="time")
    if "time_text" in scene.heard.slots and not draft.time:
        return _which_day(telling)
    return telling


def _booked_time(scene: Scene, draft: Draft) -> str | None:
    """When the call is for that is being changed."""
    return next((one.time for one in scene.requests if one.id == draft.changes), None)


def _which_day(telling: Filled) -> Filled:
    """今天 without an hour: the earliest that will do is offered; else which day is asked."""
    scene = telling.scene
    call = call_of(telling.session, telling.draft, scene.catalog)
    found = moments.checked(scene, call, scene.now) if call and _only_today(scene) else None
    if not isinstance(found, Problem) or not found.nearest:
        return telling.trouble(say("call_which_day"), asks="time")
    earliest = found.nearest[0]
    name = "call_today_earliest" if earliest.date() == scene.today else "call_today_none"
    near = tuple(moments.taps_at(found.nearest, scene.now))
    return telling.trouble(say(name, time=moments.spoken(earliest, scene.now)), asks="time", taps=near)


def _only_today(scene: Scene) -> bool:
    """今天, and no hour of it that may be over."""
    text = scene.heard.slots.get("time_text", "")
    return text.startswith(words("call_today_words")) and not moments.has_clock(text)


def _address(telling: Filled) -> Filled:
    scene = telling.scene
    # One trouble with the place is enough for a message.
    if telling.asks in ("which", "address"):
        kept = scene.heard.slots.get("address")
        return telling.told(address=kept) if telling.asks == "which" and kept else telling
    if addresses.same_as_last(scene):
        # It is said back, marked as that of the last time.
        return telling.told(address=scene.session.address)
    vague = addresses.at_home(scene) or moments.open_words(scene) or addresses.says_same(scene)
    if vague and scene.session.asked == "booking_address" and "address" not in scene.heard.slots:
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
    # 没有门牌号 says nothing of a telephone.
    asked = scene.session.asked == "booking_phone" and not remarks.told_remark(scene)
    if phones.without_phone(scene) or (asked and answer_of(scene.heard) in ("dont_know", "deny")):
        return telling.trouble(say("call_phone_must"), asks="phone")
    return telling


def _contact(telling: Filled) -> Filled:
    contact = telling.scene.heard.slots.get("contact")
    return telling.told(contact=contact) if contact else telling


def _remark(telling: Filled) -> Filled:
    """敲门大声点 goes along as it was said; it is said back, alone at once, with the rest at the end."""
    note = remarks.told_remark(telling.scene)
    if not note or telling.draft.changes is not None:
        return telling
    alone = () if telling.new else (say("call_noted_remark", note=note),)
    both = remarks.joined(telling.draft.note, note)
    return replace(telling.told(note=both), lines=(*telling.lines, *alone))
