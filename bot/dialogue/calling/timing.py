"""Takes the time that a message tells into the draft: a moment, any of some days, as soon as can be, one that is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.booking.hours import Problem
from bot.dialogue.calling import addresses, again, moments, spans
from bot.dialogue.calling.remarks import joined
from bot.dialogue.calling.so_far import Filled
from bot.dialogue.calling.state import call_of
from bot.dialogue.intents import answer_of
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Draft


def when(telling: Filled) -> Filled:
    """The first way of telling a time that the message has."""
    heard = telling.scene.heard.slots
    if heard.get("time_text") and heard["time_text"] in heard.get("address", ""):
        # 3排5号 is a door, and no day of a month.
        return telling
    if addresses.is_bare_door(telling.scene):
        return telling
    found = (after for step in _STEPS if (after := step(telling)) is not None)
    return next(found, telling)


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


def _told(telling: Filled) -> Filled | None:
    """A moment; 9点到11点之间 goes along for whoever comes."""
    scene, draft = telling.scene, telling.draft
    moment = moments.told_moment(scene, draft.time or _booked_time(scene, draft))
    if moment is None:
        return None
    within = spans.clock_range(scene.text)
    if within and draft.changes is None and moments.has_clock(within):
        telling = telling.told(note=joined(draft.note, within))
    return with_moment(telling, moment, scene.heard.slots["time_text"])


def _shifted(telling: Filled) -> Filled | None:
    """再晚一个小时: from the time told before, or booked."""
    scene = telling.scene
    before, by = telling.draft.time or _booked_time(scene, telling.draft), spans.shift(scene.text)
    if not before or not by or "time" in scene.heard.slots:
        return None
    moment = datetime.fromisoformat(before) + by
    return with_moment(telling, moment, moments.spoken(moment, scene.now))


def _today(telling: Filled) -> Filled | None:
    """还是今天吧: at the hour told before, or booked."""
    scene = telling.scene
    before = telling.draft.time or _booked_time(scene, telling.draft)
    if not before or not _only_today(scene) or not moments.is_today(scene):
        return None
    moment = datetime.combine(scene.today, datetime.fromisoformat(before).timetz())
    return with_moment(telling, moment, moments.spoken(moment, scene.now))


def _same(telling: Filled) -> Filled | None:
    """That of the call told of last."""
    scene = telling.scene
    wanted = not telling.draft.time and again.says_same_time(scene)
    moment = again.same_moment(scene) if wanted else None
    return with_moment(telling, moment, moments.spoken(moment, scene.now)) if moment else None


def _any_day(telling: Filled) -> Filled | None:
    """Any of some days; 几点来都中 keeps the day that was told, and goes along."""
    scene, draft = telling.scene, telling.draft
    any_hour = draft.time and any(word in scene.text for word in words("call_any_hour_words"))
    if any_hour and draft.changes is None:
        return telling.told(note=joined(draft.note, say("call_any_hour")))
    open_days = spans.any_day(scene)
    return telling.told(time=None, time_text=open_days) if open_days else None


def _soon(telling: Filled) -> Filled | None:
    scene = telling.scene
    soon = any(word in scene.text for word in words("call_soon_words"))
    free = not telling.draft.time and "time_text" not in scene.heard.slots
    return telling.told(time=None, time_text=say("call_soon")) if soon and free else None


def _left_open(telling: Filled) -> Filled | None:
    scene = telling.scene
    asked = scene.session.asked == "booking_time"
    if not asked or not (moments.open_words(scene) or answer_of(scene.heard) == "dont_know"):
        return None
    return telling.told(time=None, time_text=say("call_open_time"))


def _past(telling: Filled) -> Filled | None:
    """A day that is over, asked for the time; with its hour wherever it is told."""
    scene = telling.scene
    if "time" in scene.heard.slots or _only_today(scene):
        return None
    asked = scene.session.asked == "booking_time"
    bare = asked and any(word in scene.text for word in words("call_past_words"))
    with_hour = not telling.draft.time and spans.past_moment(scene.text)
    return telling.trouble(say("call_past_day"), asks="time") if bare or with_hour else None


def _vague(telling: Filled) -> Filled | None:
    told = "time_text" in telling.scene.heard.slots and not telling.draft.time
    return _which_day(telling) if told else None


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


_STEPS: tuple[Callable[[Filled], Filled | None], ...] = (
    _told,
    _shifted,
    _today,
    _same,
    _any_day,
    _soon,
    _left_open,
    _past,
    _vague,
)
