"""Another call after one was booked: its hour, place and number are offered for it, never assumed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.booking.hours import Problem
from bot.dialogue.calling import moments
from bot.dialogue.calling.addresses import heard_region
from bot.dialogue.calling.state import call_of, opened_calls, place_of
from bot.dialogue.choices import trimmed
from bot.dialogue.intents import answer_of
from bot.dialogue.people import SELF, with_facts
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Draft, Request, Tap

# What was told for the last call, by the choice that takes it.
SAME: Mapping[str, str] = {"book:same_address": "address", "book:same_phone": "phone"}


def same_moment(scene: Scene) -> datetime | None:
    """When the call told of last is for, where this one is another that can be had then too."""
    draft, last = scene.session.draft, _last(scene)
    if draft is None or last is None or last.time is None or draft.changes is not None:
        return None
    call = call_of(scene.session, draft, scene.catalog)
    if call is None or (draft.service, draft.person) == (last.service, last.person):
        return None
    moment = datetime.fromisoformat(last.time)
    return None if isinstance(moments.checked(scene, call, moment), Problem) else moment


def same(scene: Scene, need: str) -> str:
    """Where they came last time, or which number was called, in the county that this call is for; "" for none."""
    draft, place = scene.session.draft, None
    if draft is None or draft.changes is not None or need not in SAME.values():
        return ""
    place = place_of(scene.session, draft, scene.catalog)
    there = [one for one in scene.requests if place and one.region == place.code]
    theirs = [told for one in there if one.person == draft.person and (told := str(getattr(one, need)))]
    # What was erased with the session is not offered again.
    newest = there[:1] == list(scene.requests[:1]) and bool(there)
    latest = str(getattr(scene.session, need))
    return theirs[0] if theirs and latest else latest if newest else ""


def told_before(scene: Scene, tap: str) -> dict[str, str]:
    """The field that the choice fills in."""
    return {SAME[tap]: same(scene, SAME[tap])}


def where_they_came(scene: Scene) -> Scene:
    """The scene with the county of that person's last call, where the talk's county was told of somebody else since."""
    draft, catalog = scene.session.draft or Draft(), scene.catalog
    key = draft.person or SELF
    last = next((one.region for one in scene.requests if one.person == draft.person and one.region), None)
    others = [one.facts.get("region") for name, one in scene.session.people.items() if name != key]
    told = heard_region(scene) or "region" in scene.person(key).facts
    if last is None or told or scene.session.region == last or scene.session.region not in others:
        return scene
    return scene.with_session(with_facts(scene.session, key, {"region": last}, catalog, scene.today))


def lines(scene: Scene, need: str) -> list[str]:
    """What is said with the question for the time, the place or the number, where there is one to be offered."""
    if need == "time" and (moment := same_moment(scene)):
        return [say("call_same_time", moment=moments.spoken(moment, scene.now))]
    told = same(scene, need)
    return [say(f"call_same_{need}", told=told)] if told else []


def taps(scene: Scene, need: str) -> list[Tap]:
    """The same as choices."""
    if need == "time" and (moment := same_moment(scene)):
        return moments.taps_at((moment,), scene.now)
    told = same(scene, need)
    return [Tap(f"book:same_{need}", say(f"call_same_{need}_label", told=told))] if told else []


def says_same_time(scene: Scene) -> bool:
    """Whether the message takes the hour that was offered: 一样, 同一个时间, or yes to the only one."""
    if says_all_same(scene) or any(word in scene.text for word in words("call_same_time_words")):
        return True
    offered = [tap for tap in scene.session.offered if tap.id.startswith(f"{moments.AT}:")]
    only = len(offered) == 1 and offered == taps(scene, "time")
    return only and scene.session.asked == "booking_time" and answer_of(scene.heard) == "affirm"


def says_same(scene: Scene, need: str) -> bool:
    """Whether the message takes the place or the number that was offered."""
    if not same(scene, need):
        return False
    offered = any(SAME.get(tap.id) == need for tap in scene.session.offered)
    yes = offered and scene.session.asked == f"booking_{need}" and answer_of(scene.heard) == "affirm"
    return yes or says_all_same(scene)


def says_all_same(scene: Scene) -> bool:
    """都一样, 跟刚才一样."""
    if any(word in scene.text for word in words("call_address_words")):
        return False
    whole = trimmed(scene.text) in words("call_all_same")
    return whole or any(word in scene.text for word in words("call_all_same_words"))


def _last(scene: Scene) -> Request | None:
    number = scene.session.last_call
    return next((one for one in opened_calls(scene.requests) if one.id == number and not one.urgent), None)
