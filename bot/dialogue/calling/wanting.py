"""A call is wanted: by a tap, by words, or by agreeing to the one that was offered."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.catalog.calls import Call
from bot.dialogue.calling import confirming
from bot.dialogue.calling.addresses import heard_region
from bot.dialogue.calling.again import where_they_came
from bot.dialogue.calling.asking import ELSEWHERE, go_on, question
from bot.dialogue.calling.ending import ended
from bot.dialogue.calling.filling import filled
from bot.dialogue.calling.services import named_in
from bot.dialogue.calling.steps import once_more, pressed
from bot.dialogue.hearing import take_in
from bot.dialogue.intents import answer_of, sure
from bot.dialogue.people import SELF, facts_of
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Draft, Person, Session, Tap, Turn

CALL = "call"
_QUESTIONS = ("ask_service", "ask_eligibility")
_SHORT = 12
# What a need without a wish is taken for.
_GUESSES = ("out_of_scope", "complain", "deny", "affirm")


def wanted(scene: Scene) -> Turn | None:
    """Begins to arrange a call, with all that the message tells of it."""
    pressed_one = pressed(scene.session, scene.message)
    if (service := _elsewhere(scene, pressed_one)) is not None:
        return _in_another_county(scene, service, pressed_one)
    tap = pressed_one or _agreed_to(scene) or _by_entitlement(scene)
    if tap == CALL or tap.startswith(f"{CALL}:"):
        return _begun(scene, tap.partition(":")[2])
    if _wished(scene):
        return _begun(scene, "")
    return None if tap else _explained(scene) or _unserved(scene)


def _elsewhere(scene: Scene, tap: str) -> str | None:
    """The service that was wanted where nobody comes, and is wanted in another county: by the choice, or by its name."""
    if tap:
        return tap.partition(":")[2] if tap.startswith(f"{ELSEWHERE}:") else None
    offered = [one.id for one in scene.session.offered if one.id.startswith(f"{ELSEWHERE}:")]
    asks = scene.heard.intent in _QUESTIONS and sure(scene.heard)
    place = heard_region(scene) if offered and not asks and scene.session.asked is None else None
    return offered[0].partition(":")[2] if place and scene.catalog.calls_of(place) else None


def _in_another_county(scene: Scene, service: str, tap: str) -> Turn:
    """Begun anew there; by the choice alone it is asked which county."""
    if not tap:
        return _begun(scene, service)
    active = scene.session.active
    draft = Draft(service=service, person=None if active == SELF else active)
    scene = scene.with_session(replace(_without_place(scene.session, active or SELF), draft=draft))
    text, taps, asked = question(scene, "region", brief=True)
    return ended(scene, [], question=text, asked=asked, taps=taps)


def _without_place(session: Session, key: str) -> Session:
    """The session with the place of that person not known."""
    person = session.people.get(key, Person())
    facts = {fact: value for fact, value in person.facts.items() if fact != "region"}
    people = (
        {**session.people, key: replace(person, facts=facts)} if key in session.people else session.people
    )
    return replace(session, region=None, people=people)


def _wished(scene: Scene) -> bool:
    heard = scene.heard
    if (
        heard.intent == "book_call"
        and sure(heard)
        and ("service" in heard.slots or "benefit" not in heard.slots)
    ):
        return True
    if any(word in scene.text for word in words("call_list_words")):
        return True
    if heard.intent in _QUESTIONS and sure(heard):
        return _and_a_question(scene) or _for_me(scene)
    more = once_more(scene.text) and bool(scene.requests)
    return _only_names_one(scene) or more or any(word in scene.text for word in words("call_wishes"))


def _and_a_question(scene: Scene) -> bool:
    """能领啥，再给我约个洗澡的: the call first, as it has the fewer questions left."""
    wishes = any(word in scene.text for word in words("call_wishes"))
    return wishes and "service" in scene.heard.slots and scene.heard.intent == "ask_eligibility"


def _for_me(scene: Scene) -> bool:
    """给俺交个电费中不: asked for, not about."""
    asks = any(word in scene.text for word in (*words("asking_one"), *words("call_cost_words")))
    for_me = any(word in scene.text for word in words("call_for_me_words"))
    return for_me and "service" in scene.heard.slots and "benefit" not in scene.heard.slots and not asks


def _only_names_one(scene: Scene) -> bool:
    """洗澡，卧龙区: a service and nothing else, where nothing was asked."""
    heard = scene.heard
    asks = any(word in scene.text for word in words("asking_one"))
    bare = heard.intent in ("inform", "human") and "service" in heard.slots and scene.session.asked is None
    return bare and not _tells_more(scene) and not asks


def _tells_more(scene: Scene) -> bool:
    return any(set(one.facts) - {"region"} for one in scene.heard.people)


def _explained(scene: Scene) -> Turn | None:
    """有没有上门洗澡的, 俺家灯不亮了: what it is, and that it can be called."""
    heard = scene.heard
    needs = scene.session.asked is None and (heard.intent in _GUESSES or not sure(heard))
    asks = ((heard.intent in _QUESTIONS and sure(heard)) or needs) and "benefit" not in heard.slots
    wished = scene.catalog.call_named(heard.slots.get("service", "")) if asks else None
    facts = _tells_more(scene)
    if wished is None or wished.urgent or facts or scene.session.draft is not None:
        return None
    scene, _ = take_in(scene)
    told = facts_of(scene.session, scene.session.active or SELF).get("region")
    place = scene.catalog.region(str(told)) if told else None
    call = scene.catalog.call(wished.id, place)
    if call is None:
        where = place.name if place else ""
        return ended(scene, [say("call_not_here_one", place=where, name=wished.name)])
    return _told_of(scene, call)


def _unserved(scene: Scene) -> Turn | None:
    """有修脚的没: what nobody comes for is said, where nothing else is going on."""
    word = next((one for one in words("call_unserved_words") if one in scene.text), "")
    free = scene.session.draft is None and scene.session.asked is None and not scene.heard.slots
    if not word or not free or len(scene.text) > _SHORT or any(one.facts for one in scene.heard.people):
        return None
    return ended(scene, [say("call_unserved", word=word)])


def _told_of(scene: Scene, call: Call) -> Turn:
    text = say("call_explained", name=call.name, what=call.what, costs=call.costs)
    if not scene.bookable:
        return ended(scene, [text, confirming.not_bookable(scene)])
    label = say("call_offer_label", name=call.name.removesuffix(say("call_booking_suffix")))
    how = say("call_explained_how", label=label)
    return ended(scene, [text + how], taps=[Tap(f"{CALL}:{call.id}", label)])


def _agreed_to(scene: Scene) -> str:
    """The one call that was offered, where the answer is only yes."""
    offers = [tap.id for tap in scene.session.offered if tap.id.startswith(f"{CALL}:")]
    if len(offers) != 1 or scene.session.asked is not None:
        return ""
    wishes = any(word in scene.text for word in words("call_wishes")) and "service" not in scene.heard.slots
    wishes = wishes or (
        scene.heard.intent == "book_call" and not named_in(scene) and not once_more(scene.text)
    )
    wishes = wishes or ("time_text" in scene.heard.slots and scene.heard.intent not in _QUESTIONS)
    return offers[0] if wishes or answer_of(scene.heard) == "affirm" else ""


def _by_entitlement(scene: Scene) -> str:
    """想做能力评估: the call that brings what a list calls so."""
    name, heard = scene.heard.slots.get("benefit", ""), scene.heard
    told = facts_of(scene.session, scene.session.active or SELF).get("region")
    if heard.intent != "book_call" or "service" in heard.slots or not (told and name in scene.catalog.topics):
        return ""
    asks = any(word in scene.text for word in words("asking_one"))
    place = scene.catalog.region(str(told))
    fitting = (call for one in scene.catalog.topics[name] for call in scene.catalog.calls_fitting(one, place))
    call = next(fitting, None)
    return f"{CALL}:{call.id}" if call and not asks and sure(heard) else ""


def _as_last(scene: Scene) -> str:
    """再约一次 is the service spoken of last; a service that is named goes before."""
    last = next((one for one in scene.requests if one.id == scene.session.last_call), None)
    # 再约俺娘的, right after one was booked, is as much one more as 再约一个.
    anew = once_more(scene.text) or (
        scene.text.startswith(words("call_again_starts")) and _first_part(scene.text) <= _SHORT
    )
    others = (*words("call_other_needs"), *words("call_unserved_words"))
    anew = anew and not any(word in scene.text for word in others)
    return last.service if last and not last.urgent and anew else ""


def _first_part(text: str) -> int:
    """How long 再约李大娘的 is, before a time and a place."""
    return len(re.split("[，,。；; ]", text)[0])


def _begun(scene: Scene, service: str) -> Turn:
    """Another wish begins anew; what was told of where and which number stays, it is still the same user's."""
    active = scene.session.active
    person = None if active == SELF else active
    draft = scene.session.draft or Draft(person=person)
    if draft.changes is not None:
        draft = Draft(person=person)
    named = scene.catalog.call_named(scene.heard.slots.get("service", ""))
    service = service or ("" if draft.service or named else _as_last(scene))
    if scene.catalog.calls.every.get(service):
        draft = replace(draft, service=service)
    scene = scene.with_session(replace(scene.session, draft=draft))
    later = (say("call_ask_later"),) if _and_a_question(scene) else ()
    telling = filled(scene)
    telling = replace(telling, scene=where_they_came(telling.scene))
    return confirming.stop(telling.scene) or go_on(replace(telling, lines=(*later, *telling.lines)))
