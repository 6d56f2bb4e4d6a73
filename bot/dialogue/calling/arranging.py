"""A call is being arranged: an answer, a correction, a tap; what is about something else is left to the other steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.calling import addresses, again, agreeing, asides, confirming, moments, services
from bot.dialogue.calling.asking import asked_again, go_on, question, waiting
from bot.dialogue.calling.changing import changed, hurries, named_field, unknown_in_danger
from bot.dialogue.calling.ending import ended, with_draft
from bot.dialogue.calling.filling import IN, filled
from bot.dialogue.calling.remarks import joined, told_remark
from bot.dialogue.calling.saying import DROP, YES
from bot.dialogue.calling.so_far import Filled
from bot.dialogue.calling.steps import calls_off, pressed
from bot.dialogue.calling.timing import with_moment
from bot.dialogue.choices import DONT_KNOW, trimmed
from bot.dialogue.intents import answer_of, sure
from bot.dialogue.people import SELF, with_facts
from bot.dialogue.safety import DANGER
from bot.dialogue.scene import Scene, opened
from bot.dialogue.wording import say, words
from bot.models import Draft, Turn

ASKED = ("region", "confirm")
_ASIDES = ("ask_service", "ask_eligibility", "help", "human", "complain", "greet", "thanks", "goodbye")
_FIELDS = ("time", "address", "phone")


def answered(scene: Scene) -> Turn | None:
    """The turn about the call being arranged; None where there is none or the message is about something else."""
    if scene.session.draft is None:
        return None
    if scene.session.asked == DANGER:
        return _safe_enough(scene)
    if scene.session.draft.changes is None and (stopped := confirming.stop(scene)):
        return stopped
    tap = pressed(scene.session, scene.message)
    return _tapped(scene, tap) if tap else unknown_in_danger(scene) or _said(scene)


def _safe_enough(scene: Scene) -> Turn | None:
    """Who answers the question for danger with a time or a place goes on, and is told once more what comes first."""
    if not {"time", "address", "phone", "service"} & set(scene.heard.slots):
        return None
    _, _, asked = waiting(scene)
    turn = answered(scene.with_session(replace(scene.session, asked=asked)))
    return opened(turn, say("danger_first")) if turn else None


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
        return asked_again(scene, say("call_region_needed"))
    return _said(scene) if kind in ("region", "place") else None


def _pressed_back(scene: Scene, tap: str, value: str) -> Turn:
    if tap == YES:
        return _agreed(scene)
    if tap == DROP:
        return dropped(scene)
    if tap in again.SAME:
        return go_on(Filled(with_draft(scene, **again.told_before(scene, tap))))
    if value == "open_time":
        return go_on(Filled(with_draft(scene, time=None, time_text=say("call_open_time"))))
    return _without(scene, value) if value in _FIELDS else asked_again(scene, "")


def _agreed(scene: Scene) -> Turn:
    """A tap from before, while something else is asked, agrees to nothing that was not said back."""
    draft = scene.session.draft or Draft()
    if draft.changes is not None or scene.session.asked != "confirm":
        return asked_again(scene, "")
    return confirming.agreed(scene)


def _chosen_place(scene: Scene, code: str) -> Turn:
    draft = scene.session.draft or Draft()
    key = draft.person or SELF
    session = with_facts(scene.session, key, {"region": code}, scene.catalog, scene.today)
    telling = Filled(scene.with_session(replace(session, region=code)))
    return go_on(replace(telling, stuck=not scene.catalog.calls_of(scene.catalog.regions[code])))


def _without(scene: Scene, field: str) -> Turn:
    """Asks anew for what was wrong; the one remembered is not offered again. The day stays, for 十点 means that day."""
    if field == "time":
        text, taps, asked = question(scene, field, brief=True)
        return ended(scene, [], question=text, asked=asked, taps=taps)
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
    meant = (
        scene.heard.intent == "cancel_booking"
        and sure(scene.heard)
        and not {"time", "benefit"} & set(scene.heard.slots)
    )
    draft = scene.session.draft or Draft()
    # 算了，下周一吧 and 不洗澡了，打扫卫生吧 want something else instead.
    instead = services.instead_of(scene, draft.service) or _other_time(scene)
    return dropped(scene) if (meant or calls_off(scene.text)) and not instead else None


def _other_time(scene: Scene) -> bool:
    off = any(word in scene.text for word in words("call_off_words"))
    return "time" in scene.heard.slots and not off


def _fills(scene: Scene) -> Turn | None:
    asks = scene.heard.intent in ("ask_service", "ask_eligibility") and sure(scene.heard)
    of_it = {"time", "phone", "address"} & set(scene.heard.slots) or addresses.names_service(scene)
    if asks and not of_it:
        return None
    if scene.session.asked != "region" and asides.only_facts(scene):
        return None
    telling = filled(scene)
    of_it = telling.new or telling.stuck or addresses.heard_whole(scene)
    return _gone_on(telling) if of_it else None


def _agrees_and_adds(scene: Scene) -> Turn | None:
    """对，敲门大声点: agreed, and the remark goes along."""
    draft, note = scene.session.draft or Draft(), told_remark(scene)
    yes = agreeing.opens_with_yes(scene.text) and scene.heard.intent in ("affirm", "thanks")
    if scene.session.asked != "confirm" or not (yes and note) or draft.changes or _told_fields(scene):
        return None
    return _agreed(with_draft(scene, note=joined(draft.note, note)))


def _told_fields(scene: Scene) -> bool:
    return bool({"time_text", "phone", "address", "service"} & set(scene.heard.slots))


def _changes_one(scene: Scene) -> Turn | None:
    """改时间, 换个地址, 电话错了 without the right one."""
    bare = any(trimmed(scene.text) in words(f"call_{field}_words") for field in _FIELDS)
    if not bare and not any(word in scene.text for word in words("call_change_words")):
        return None
    if scene.session.asked == "confirm" and trimmed(scene.text) in words("call_change_bare_words"):
        return _what_is_wrong(scene)
    if asides.another_half(scene):
        return _without(scene, "time")
    field = named_field(scene) or ("time" if scene.heard.intent == "reschedule_booking" else "")
    return _without(scene, field) if field else None


def _yes_or_no(scene: Scene) -> Turn | None:
    # 没有残疾证 is a fact, and no no.
    answer = None if asides.only_facts(scene) else answer_of(scene.heard)
    but = any(word in scene.text for word in words("call_but_words"))
    if scene.session.asked == "confirm" and agreeing.agrees(scene):
        if but:
            return _what_is_wrong(scene)
        # 好, under the question what is wrong, agrees to nothing.
        return _agreed(scene) if agreeing.can(scene) else asked_again(scene, "")
    if scene.session.asked == "confirm" and answer:
        doubts = answer == "affirm" and not but and not agreeing.denies(scene.text)
        return asked_again(scene, say("call_unclear_confirm")) if doubts else _what_is_wrong(scene)
    if answer is None and not (scene.heard.intent == "book_call" and sure(scene.heard)):
        return None
    if scene.session.asked == "region" and answer == "dont_know":
        return asked_again(scene, say("call_region_needed"))
    if answer is None and scene.session.asked == "booking_service":
        return asked_again(scene, say("call_which_service"))
    return asked_again(scene, _help_with(scene) if answer in ("dont_know", "deny") else "")


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
    first = "call_unclear_confirm" if scene.session.asked == "confirm" else "call_unclear"
    return asked_again(scene, say(first if times < 2 else "call_unclear_twice"), misunderstood=times)


def _help_with(scene: Scene) -> str:
    asked = (scene.session.asked or "").removeprefix("booking_")
    if asked == "phone" and addresses.speaks_of_door(scene):
        return say("call_no_door")
    address = say("call_where_is_home") if not (scene.session.draft or Draft()).address else ""
    told = {"service": say("call_any_service"), "address": address}.get(asked, "")
    return told or (say("call_how_to_drop") if answer_of(scene.heard) == "deny" else "")


def _gone_on(telling: Filled) -> Turn:
    return changed(telling) if telling.draft.changes is not None else go_on(telling)


_STEPS: tuple[Callable[[Scene], Turn | None], ...] = (
    asides.wordless,
    _drops,
    asides.waits,
    asides.is_there,
    asides.asks_of_it,
    asides.another_person,
    _agrees_and_adds,
    _fills,
    asides.asks_them,
    asides.not_yet,
    asides.kin_phone,
    asides.any_service,
    _changes_one,
    hurries,
    _yes_or_no,
    _unclear,
)
