"""A call is being arranged: an answer, a correction, a tap; what is about something else is left to the other steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.calling import confirming, moments
from bot.dialogue.calling.asking import go_on, waiting
from bot.dialogue.calling.changing import changed, unknown_in_danger
from bot.dialogue.calling.ending import ended, with_draft
from bot.dialogue.calling.filling import IN, Filled, filled, with_moment
from bot.dialogue.calling.saying import DROP, YES
from bot.dialogue.calling.state import call_of
from bot.dialogue.calling.steps import pressed
from bot.dialogue.choices import DONT_KNOW, trimmed
from bot.dialogue.intents import answer_of, sure
from bot.dialogue.people import SELF, with_facts
from bot.dialogue.safety import DANGER
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Draft, Tap, Turn

ASKED = ("region", "confirm")
_ASIDES = ("ask_service", "ask_eligibility", "help", "human", "complain", "greet", "thanks", "goodbye")
_FIELDS = ("time", "address", "phone")


def answered(scene: Scene) -> Turn | None:
    """The turn about the call being arranged; None where there is none or the message is about something else."""
    if scene.session.draft is None or scene.session.asked == DANGER:
        return None
    if scene.session.draft.changes is None and (stopped := confirming.stop(scene)):
        return stopped
    tap = pressed(scene.session, scene.message)
    return _tapped(scene, tap) if tap else unknown_in_danger(scene) or _said(scene)


def dropped(scene: Scene) -> Turn:
    """Nothing is booked, and that is said."""
    changes = scene.session.draft is not None and scene.session.draft.changes is not None
    text = "call_left_as_it_is" if changes else "call_dropped"
    return ended(confirming.without_draft(scene), [say(text)])


def _tapped(scene: Scene, tap: str) -> Turn | None:
    kind, _, value = tap.partition(":")
    if kind == "book":
        return _pressed_back(scene, tap, value)
    if kind == moments.AT and (moment := moments.tapped_at(tap, scene.now)):
        label = moments.spoken(moment, scene.now)
        return _gone_on(with_moment(Filled(scene), moment, label))
    if kind == IN and value in scene.catalog.regions:
        return _chosen_place(scene, value)
    if tap == f"region:{DONT_KNOW}":
        return _asked_again(scene, say("call_region_needed"))
    return _said(scene) if kind in ("region", "place") else None


def _pressed_back(scene: Scene, tap: str, value: str) -> Turn:
    if tap == YES:
        return _agreed(scene)
    if tap == DROP:
        return dropped(scene)
    if value == "open_time":
        return go_on(Filled(with_draft(scene, time=None, time_text=say("call_open_time"))))
    return _without(scene, value) if value in _FIELDS else _asked_again(scene, "")


def _agreed(scene: Scene) -> Turn:
    """A tap from before, while something else is asked, agrees to nothing that was not said back."""
    draft = scene.session.draft or Draft()
    if draft.changes is not None or scene.session.asked != "confirm":
        return _asked_again(scene, "")
    return confirming.agreed(scene)


def _chosen_place(scene: Scene, code: str) -> Turn:
    draft = scene.session.draft or Draft()
    key = draft.person or SELF
    session = with_facts(scene.session, key, {"region": code}, scene.catalog, scene.today)
    telling = Filled(scene.with_session(replace(session, region=code)))
    return go_on(replace(telling, stuck=not scene.catalog.calls_of(scene.catalog.regions[code])))


def _without(scene: Scene, field: str) -> Turn:
    """Asks anew for what was wrong; the one remembered is not offered again."""
    if field == "time":
        return go_on(Filled(with_draft(scene, time=None, time_text="")))
    session = scene.session
    kept = replace(session, address="") if field == "address" else replace(session, phone="")
    return _gone_on(Filled(with_draft(scene.with_session(kept), **{field: ""})))


def _said(scene: Scene) -> Turn | None:
    for step in _STEPS:
        if turn := step(scene):
            return turn
    return None


def _drops(scene: Scene) -> Turn | None:
    """不约了, 算了; a plain no only to the question whether it is right."""
    parts = [part for part in re.split("[，,。；;！!？? ]+", scene.text) if part]
    plain = {word for part in parts for word in (part, trimmed(part))}
    calls_off = (
        scene.heard.intent == "cancel_booking"
        and sure(scene.heard)
        and not {"time", "benefit"} & set(scene.heard.slots)
    )
    return dropped(scene) if plain & {*words("call_drop_words")} or calls_off else None


def _fills(scene: Scene) -> Turn | None:
    asks = scene.heard.intent in ("ask_service", "ask_eligibility") and sure(scene.heard)
    if asks and not {"time", "phone", "address"} & set(scene.heard.slots):
        return None
    if scene.session.asked != "region" and _only_facts(scene):
        return None
    telling = filled(scene)
    return _gone_on(telling) if telling.new or telling.stuck else None


def _only_facts(scene: Scene) -> bool:
    """Facts of the elder and nothing of the call: for the other steps."""
    told = any(set(one.facts) - {"region"} for one in scene.heard.people)
    return told and not scene.heard.slots.keys() - {"benefit"} and scene.heard.intent != "book_call"


def _asks_of_it(scene: Scene) -> Turn | None:
    """What it costs and who comes; of money on a list the other steps know more."""
    draft = scene.session.draft or Draft()
    call = call_of(scene.session, draft, scene.catalog)
    asks = any(word in scene.text for word in words("call_cost_words"))
    if call is None or not asks or {"benefit", "time", "phone", "address"} & set(scene.heard.slots):
        return None
    return _asked_again(scene, say("call_costs", costs=call.costs, taken_by=call.taken_by))


def _changes_one(scene: Scene) -> Turn | None:
    """改时间, 换个地址, 电话错了 without the right one."""
    if not any(word in scene.text for word in words("call_change_words")):
        return None
    named = (field for field in _FIELDS if any(word in scene.text for word in words(f"call_{field}_words")))
    field = next(named, "time" if scene.heard.intent == "reschedule_booking" else None)
    return _without(scene, field) if field else None


def _yes_or_no(scene: Scene) -> Turn | None:
    answer = answer_of(scene.heard)
    thanks = scene.heard.intent == "thanks" and scene.text.startswith(words("call_yes_starts"))
    if scene.session.asked == "confirm" and (answer == "affirm" or thanks):
        return _agreed(scene)
    if scene.session.asked == "confirm" and answer in ("deny", "dont_know"):
        return _what_is_wrong(scene)
    if answer is None and not (scene.heard.intent == "book_call" and sure(scene.heard)):
        return None
    if scene.session.asked == "region" and answer == "dont_know":
        return _asked_again(scene, say("call_region_needed"))
    return _asked_again(scene, _help_with(scene) if answer in ("dont_know", "deny") else "")


def _what_is_wrong(scene: Scene) -> Turn:
    _, taps, _ = waiting(scene)
    return ended(
        scene, [say("call_what_is_wrong")], asked="confirm", taps=[tap for tap in taps if tap.id != YES]
    )


def _unclear(scene: Scene) -> Turn | None:
    """Not understood: what is wanted here once more, then whom to call; what is surely about another thing is left."""
    aside = scene.heard.intent in _ASIDES and sure(scene.heard)
    facts = any(one.facts for one in scene.heard.people)
    if aside or facts or scene.heard.slots.get("benefit") or scene.session.asked is None:
        return None
    if scene.heard.intent == "out_of_scope" and scene.heard.confidence > 0.8:
        return None
    times = scene.session.misunderstood + 1
    return _asked_again(
        scene, say("call_unclear" if times < 2 else "call_unclear_twice"), misunderstood=times
    )


def _help_with(scene: Scene) -> str:
    asked = (scene.session.asked or "").removeprefix("booking_")
    return {"service": say("call_any_service"), "address": say("call_where_is_home")}.get(asked, "")


def _asked_again(scene: Scene, line: str, misunderstood: int = 0) -> Turn:
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
    near = [tap for tap in old if tap.id.startswith(f"{moments.AT}:")]
    return [*near, *new]


def _gone_on(telling: Filled) -> Turn:
    return changed(telling) if telling.draft.changes is not None else go_on(telling)


_STEPS: tuple[Callable[[Scene], Turn | None], ...] = (
    _drops,
    _asks_of_it,
    _fills,
    _changes_one,
    _yes_or_no,
    _unclear,
)
