"""What comes after something was told: the next question with why it is asked, or the call said back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.booking.hours import Problem
from bot.catalog.calls import Call
from bot.catalog.model import Region
from bot.dialogue.calling import addresses, again, moments
from bot.dialogue.calling.ending import ended, with_draft
from bot.dialogue.calling.filling import IN, another_place
from bot.dialogue.calling.saying import said_back, taps_back
from bot.dialogue.calling.so_far import Filled
from bot.dialogue.calling.state import call_of, missing, place_of, same_elder
from bot.dialogue.calling.timing import with_moment
from bot.dialogue.choices import taps_of
from bot.dialogue.people import called
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say
from bot.models import Draft, Request, Tap, Turn

# Under that nobody comes there: the same service in another county.
ELSEWHERE = "elsewhere"


def go_on(telling: Filled) -> Turn:
    """Asks for what is still missing, the first of it, or says all back."""
    if telling.stuck:
        return not_here(telling)
    telling = _recalled(placed(timed(telling)))
    lacks = missing(telling.session, telling.draft, telling.scene.catalog)
    if telling.asks == "which":
        return ended(telling.scene, telling.lines, asked="booking_address", taps=telling.taps)
    if telling.asks == "door":
        return ended(telling.scene, telling.lines, asked="booking_address")
    need = lacks[0] if lacks else ""
    if not need:
        return back(telling.scene, telling.lines)
    words, taps, asked = question(telling.scene, need, brief=_brief(telling, need))
    # Moments that would do stand under the question for the time alone.
    taps = [*(telling.taps if telling.asks == need else ()), *taps]
    return ended(
        telling.scene,
        [*telling.lines, *_noted(telling, again=asked == telling.scene.came.asked)],
        question=words,
        asked=asked,
        taps=taps,
    )


def back(scene: Scene, lines: tuple[str, ...] = ()) -> Turn:
    """All of it in one sentence, and whether that is right."""
    return ended(scene, lines, question=said_back(scene), asked="confirm", taps=taps_back(scene))


def _brief(telling: Filled, need: str) -> bool:
    """Why it is asked is said once."""
    return bool(telling.lines) or telling.session.asked in ("confirm", f"booking_{need}")


def _noted(telling: Filled, *, again: bool) -> list[str]:
    """A moment is said back with its weekday as soon as it is told."""
    before, now = telling.scene.came.draft, telling.draft.time
    told = now and (before is None or before.time != now)
    if told:
        said = say("call_noted_time", time=moments.time_words(now, telling.scene.now))
        return [said if moments.has_clock(telling.draft.time_text) else said + say("call_clock_assumed")]
    soon = not now and telling.draft.time_text
    if soon and (before is None or before.time_text != soon):
        return [say("call_noted_time", time=soon)]
    # Who answers something else than what is asked, and is asked the same again, must see that it was heard.
    return [say("noted")] if again and telling.new and not telling.lines else []


def not_here(telling: Filled) -> Turn:
    """Nobody of ours comes there."""
    place = place_of(telling.session, telling.draft, telling.scene.catalog)
    scene = telling.scene.with_session(replace(telling.session, draft=None))
    service = telling.draft.service
    taps = [Tap(f"{ELSEWHERE}:{service}", say("call_elsewhere_label"))] if service else []
    return ended(scene, [say("call_not_here", place=place.name if place else "")], taps=taps)


def waiting(scene: Scene) -> tuple[str, list[Tap], str]:
    """The question of the call that waits, shortly: its words, choices and name."""
    draft = scene.session.draft or Draft()
    lacks = wanted_of(scene, draft)
    if not lacks:
        return said_back(scene), taps_back(scene), "confirm"
    return question(scene, lacks[0], brief=True)


def asked_again(scene: Scene, line: str, misunderstood: int = 0) -> Turn:
    """What is wanted once more, after a sentence for what was said meanwhile."""
    if any(tap.id.startswith(f"{IN}:") for tap in scene.session.offered):
        return go_on(Filled(scene, (line,) if line else ()))
    text, taps, asked = waiting(scene)
    old = list(scene.session.offered) if scene.session.asked == asked else []
    return ended(
        scene,
        [line] if line else [],
        question=text,
        asked=asked,
        taps=_joined(old, taps),
        misunderstood=misunderstood,
    )


def _joined(old: list[Tap], new: list[Tap]) -> list[Tap]:
    """Moments that were offered stay offered."""
    near = [tap for tap in old if tap.id.startswith(f"{moments.AT}:") and tap not in new]
    return [*near, *new]


def wanted_of(scene: Scene, draft: Draft) -> list[str]:
    """What is still to be asked for a new call, or for one that is changed."""
    if draft.changes is None:
        return missing(scene.session, draft, scene.catalog)
    urgent = any(call.urgent and call.id == draft.service for call in scene.catalog.calls.every.values())
    needs = ("phone", "address") if urgent else ("time",)
    return [need for need in needs if not (draft.time if need == "time" else getattr(draft, need))]


def question(scene: Scene, need: str, *, brief: bool) -> tuple[str, list[Tap], str]:
    """The words of a question, its choices, and the name under which its answer is awaited."""
    draft = scene.session.draft or Draft()
    if need == "region":
        asked = scene.catalog.questions["region"]
        who = called(scene.session.active or "self")
        text = say("ask", text=asked.form.text.format(who=who), why=say("call_region_why"))
        return ("" if brief else _heard_name(scene, draft)) + text, list(taps_of(asked)), "region"
    call = call_of(scene.session, draft, scene.catalog)
    text = say(
        f"call_ask_{need}_brief" if brief else f"call_ask_{need}",
        name=call.name if call else "",
        who=called(draft.person or "self"),
        hours=moments.hours_words(call) if call else "",
    )
    told = "\n".join((text, *again.lines(scene, need)))
    return told, [*again.taps(scene, need), *_choices(scene, draft, need)], f"booking_{need}"


def _heard_name(scene: Scene, draft: Draft) -> str:
    """Which service was heard, before it is known whether it can be booked there."""
    every = scene.catalog.calls.every.values()
    name = next((call.name for call in every if call.id == draft.service), "")
    return say("call_heard", name=name) if name else ""


def _choices(scene: Scene, draft: Draft, need: str) -> list[Tap]:
    if need == "service":
        place = place_of(scene.session, draft, scene.catalog)
        offered = scene.catalog.calls_of(place) if place else scene.catalog.calls.every.values()
        return [Tap(f"call:{call.id}", label(call)) for call in offered if not call.urgent]
    if need == "time" and draft.changes is None:
        return [Tap("book:open_time", say("call_open_time_label"))]
    return []


def label(call: Call) -> str:
    """助浴（洗澡）: the official name with what people call it."""
    everyday = next((word for word in call.words if call.name not in word and word not in call.name), "")
    return say("call_label", name=call.name, word=everyday) if everyday else call.name


def timed(telling: Filled) -> Filled:
    """A moment told before the service was known is looked at now."""
    draft = telling.draft
    call = call_of(telling.session, draft, telling.scene.catalog)
    if call is None or not draft.time or telling.asks == "time":
        return telling
    moment = datetime.fromisoformat(draft.time)
    if isinstance(moments.checked(telling.scene, call, moment), Problem):
        return with_moment(telling, moment, draft.time_text)
    return telling


def placed(telling: Filled) -> Filled:
    """An address in another place than the one told is not taken silently."""
    draft, catalog = telling.draft, telling.scene.catalog
    place = place_of(telling.session, draft, catalog)
    if not draft.address or place is None or telling.asks == "which":
        return telling
    other = addresses.elsewhere(draft.address, None, place, catalog)
    if other is None:
        return telling
    there = another_place(telling, place, other)
    return there if there.asks == "which" else there.told(address="")


def _came_there(request: Request, telling: Filled, place: Region | None) -> bool:
    """Whether that call was for the same person, in the same county, at the address that is remembered."""
    there = place is None or request.region == place.code
    told = request.address in ("", telling.session.address)
    return there and told and request.person == telling.draft.person


def _recalled(telling: Filled) -> Filled:
    """Where they came last time is said back, marked so; never for somebody else, nor in another place."""
    session, draft = telling.session, telling.draft
    call = call_of(session, draft, telling.scene.catalog)
    if call is None or telling.asks in ("address", "phone", "which"):
        return telling
    place = place_of(session, draft, telling.scene.catalog)
    last = next(iter(telling.scene.requests), None)
    same = last is None or any(_came_there(one, telling, place) for one in telling.scene.requests)
    fields = {}
    if "address" in call.needs and not draft.address and session.address and same:
        fields["address"] = session.address
    theirs = session.phone if same_elder(draft, telling.scene.requests) else ""
    if "phone" in call.needs and not draft.phone and theirs:
        fields["phone"] = session.phone
    return replace(telling, scene=with_draft(telling.scene, **fields)) if fields else telling
