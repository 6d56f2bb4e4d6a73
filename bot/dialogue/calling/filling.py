"""Takes what a message tells into the draft: in any order, all at once or one by one, and says what cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.catalog.model import Region
from bot.dialogue.calling import addresses, again, moments, phones, remarks
from bot.dialogue.calling.services import unserved, what
from bot.dialogue.calling.so_far import Filled
from bot.dialogue.calling.state import place_of
from bot.dialogue.calling.timing import when
from bot.dialogue.calling.whom import whom
from bot.dialogue.choices import chosen, tapped
from bot.dialogue.hearing import take_in
from bot.dialogue.intents import answer_of, sure
from bot.dialogue.people import SELF, with_facts
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Tap

IN = "in"


def filled(scene: Scene) -> Filled:
    """All that the message tells of the call."""
    telling = Filled(scene)
    for step in (
        whom,
        _where,
        _which,
        what,
        unserved,
        _once,
        when,
        _address,
        _phone,
        _second_phone,
        _contact,
        _remark,
    ):
        telling = step(telling)
    return telling


def _where(telling: Filled) -> Filled:
    """Facts are taken in silently; a place that speaks against the one told before is not, it is asked."""
    scene, catalog = telling.scene, telling.scene.catalog
    before, heard = place_of(scene.session, telling.draft, catalog), addresses.heard_region(scene)
    option = _chosen_region(scene) or _one_of_two(scene, heard)
    if option:
        session = with_facts(scene.session, telling.draft.person or SELF, option, catalog, scene.today)
        return replace(telling, scene=scene.with_session(session), new=True)
    if heard and _is_new_of_person(telling, heard):
        told = {"region": heard.code}
        session = with_facts(scene.session, telling.draft.person or SELF, told, catalog, scene.today)
        return replace(telling, scene=scene.with_session(session), new=True)
    taken, _ = take_in(scene)
    served = before and catalog.calls_of(before)
    if heard and before and served and scene.came.draft and addresses.elsewhere("", heard, before, catalog):
        return another_place(telling, before, heard)
    after = place_of(taken.session, telling.draft, catalog)
    return replace(telling, scene=taken, new=telling.new or before != after)


def _is_new_of_person(telling: Filled, heard: Region) -> bool:
    """Whether it puts the place right, or is the first told of whom the call is for, taken to be where the user is."""
    key, scene = telling.draft.person, telling.scene
    if scene.came.draft is None or heard.code is None or not scene.catalog.calls_of(heard):
        return False
    if (
        scene.heard.intent == "correct"
        and sure(scene.heard)
        and not any(one.named for one in scene.heard.people)
    ):
        # 不是，是宛城 is told with its no.
        return True
    if key is None:
        return False
    own = scene.person(key).facts
    named = any(one.named for one in scene.heard.people)
    return "region" not in own and not named


def _which(telling: Filled) -> Filled:
    """Which of two places was asked and not answered: it is asked again, and what else was told is kept."""
    offered = [
        tap.id.partition(":")[2] for tap in telling.scene.session.offered if tap.id.startswith(f"{IN}:")
    ]
    place = place_of(telling.session, telling.draft, telling.scene.catalog)
    waits = len(offered) == 2 and place is not None and not telling.asks
    if not waits or place is None or place.code != offered[1] or _chose(telling):
        return telling
    regions = telling.scene.catalog.regions
    return another_place(telling, regions[offered[1]], regions[offered[0]])


def _chose(telling: Filled) -> bool:
    """Whether the place was told in this message, though it is the one that was told before."""
    heard = addresses.heard_region(telling.scene)
    by_tap = (telling.scene.message.tap or "").startswith(f"{IN}:")
    return by_tap or heard is not None


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


def _address(telling: Filled) -> Filled:
    scene = telling.scene
    # One trouble with the place is enough for a message.
    if telling.asks in ("which", "address"):
        kept = addresses.told_address(scene)
        return telling.told(address=kept) if telling.asks == "which" and kept else telling
    if not telling.draft.address and again.says_same(scene, "address"):
        return telling.told(address=again.same(scene, "address"))
    if addresses.same_as_last(scene):
        # It is said back, marked as that of the last time.
        return telling.told(address=scene.session.address)
    vague = addresses.at_home(scene) or moments.open_words(scene) or addresses.says_same(scene)
    if vague and scene.session.asked == "booking_address" and "address" not in scene.heard.slots:
        return telling.trouble(say("call_where_is_home"), asks="address")
    if addresses.is_bare_door(scene) and not telling.draft.address:
        return telling.told(address=scene.text).trouble(
            say("call_which_door", address=scene.text), asks="door"
        )
    told = addresses.nearer(addresses.told_address(scene), telling.draft.address, scene)
    if addresses.too_wide(told, telling.draft.address, scene):
        return telling.told(address=told).trouble(say("call_which_door", address=told), asks="door")
    if scene.session.asked == "booking_address" and len(told or scene.text) > addresses.LONGEST:
        return telling.trouble(say("call_address_long"), asks="address")
    return telling.told(address=told) if told and len(told) <= addresses.LONGEST else telling


def _phone(telling: Filled) -> Filled:
    scene = telling.scene
    phone = scene.heard.slots.get("phone")
    before = telling.draft.phone or _booked_phone(telling)
    if phone:
        # What is no number to call first goes along as a remark.
        return telling if before and phones.is_second(scene) else telling.told(phone=phone)
    if not telling.draft.phone and again.says_same(scene, "phone"):
        return telling.told(phone=again.same(scene, "phone"))
    wrong = phones.wrong_phone(scene)
    if wrong and not (before and phones.beside(scene, before)):
        return telling.trouble(say(wrong, count=phones.digits_in(scene.text)), asks="phone")
    # 没有门牌号 says nothing of a telephone.
    asked = scene.session.asked == "booking_phone" and not remarks.told_remark(scene)
    asked = asked and not addresses.speaks_of_door(scene)
    if phones.without_phone(scene) or (asked and answer_of(scene.heard) in ("dont_know", "deny")):
        return telling.trouble(say("call_phone_must"), asks="phone")
    return telling


def _booked_phone(telling: Filled) -> str:
    """The number on the call that is being changed."""
    changes = telling.draft.changes
    return next((one.phone for one in telling.scene.requests if one.id == changes), "")


def _second_phone(telling: Filled) -> Filled:
    """A second number, an extension: beside the one to call, as a remark."""
    phone = telling.draft.phone or _booked_phone(telling)
    return _with_note(telling, phones.beside(telling.scene, phone))


def _contact(telling: Filled) -> Filled:
    contact = telling.scene.heard.slots.get("contact")
    return telling.told(contact=contact) if contact else telling


def _remark(telling: Filled) -> Filled:
    """敲门大声点 goes along as it was said; it is said back, alone at once, with the rest at the end."""
    note = remarks.told_remark(telling.scene)
    return telling if telling.draft.changes else _with_note(telling, note)


def _with_note(telling: Filled, note: str) -> Filled:
    draft = telling.draft
    booked = next((one for one in telling.scene.requests if one.id == draft.changes), None)
    # With an urgent call goes what the danger is, and nothing takes its place.
    if not note or (booked and booked.urgent):
        return telling
    alone = () if telling.new else (say("call_noted_remark", note=note),)
    both = remarks.joined(draft.note or (booked.note if booked else ""), note)
    return replace(telling.told(note=both), lines=(*telling.lines, *alone))
