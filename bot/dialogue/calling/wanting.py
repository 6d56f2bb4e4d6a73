"""A call is wanted: by a tap, by words, or by agreeing to the one that was offered."""

from __future__ import annotations

from dataclasses import replace

from bot.catalog.calls import Call
from bot.dialogue.calling import confirming
from bot.dialogue.calling.asking import go_on
from bot.dialogue.calling.ending import ended
from bot.dialogue.calling.filling import filled
from bot.dialogue.calling.steps import once_more, pressed
from bot.dialogue.hearing import take_in
from bot.dialogue.intents import answer_of, sure
from bot.dialogue.people import SELF, facts_of
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Draft, Tap, Turn

CALL = "call"
_QUESTIONS = ("ask_service", "ask_eligibility")
_SHORT = 12
# What a need without a wish is taken for.
_GUESSES = ("out_of_scope", "complain", "deny", "affirm")


def wanted(scene: Scene) -> Turn | None:
    """Begins to arrange a call, with all that the message tells of it."""
    tap = pressed(scene.session, scene.message) or _agreed_to(scene) or _by_entitlement(scene)
    if tap == CALL or tap.startswith(f"{CALL}:"):
        return _begun(scene, tap.partition(":")[2])
    if _wished(scene):
        return _begun(scene, "")
    return None if tap else _explained(scene) or _unserved(scene)


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
    facts = any(set(one.facts) - {"region"} for one in heard.people)
    asks = any(word in scene.text for word in words("asking_one"))
    bare = heard.intent in ("inform", "human") and "service" in heard.slots and scene.session.asked is None
    return bare and not facts and not asks


def _explained(scene: Scene) -> Turn | None:
    """有没有上门洗澡的, 俺家灯不亮了: what it is, and that it can be called."""
    heard = scene.heard
    needs = scene.session.asked is None and (heard.intent in _GUESSES or not sure(heard))
    asks = ((heard.intent in _QUESTIONS and sure(heard)) or needs) and "benefit" not in heard.slots
    wished = scene.catalog.call_named(heard.slots.get("service", "")) if asks else None
    facts = any(set(one.facts) - {"region"} for one in heard.people)
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
    label = say("call_offer_label", name=call.name)
    how = say("call_explained_how", label=label)
    return ended(scene, [text + how], taps=[Tap(f"{CALL}:{call.id}", label)])


def _agreed_to(scene: Scene) -> str:
    """The one call that was offered, where the answer is only yes."""
    offers = [tap.id for tap in scene.session.offered if tap.id.startswith(f"{CALL}:")]
    wishes = any(word in scene.text for word in words("call_wishes")) and "service" not in scene.heard.slots
    wishes = wishes or ("time_text" in scene.heard.slots and scene.heard.intent not in _QUESTIONS)
    yes = (wishes or answer_of(scene.heard) == "affirm") and scene.session.asked is None
    return offers[0] if yes and len(offers) == 1 else ""


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
    return last.service if last and not last.urgent and once_more(scene.text) else ""


def _begun(scene: Scene, service: str) -> Turn:
    """Another wish begins anew; what was told of where and which number stays, it is still the same user's."""
    active = scene.session.active
    person = None if active == SELF else active
    draft = scene.session.draft or Draft(person=person)
    if draft.changes is not None:
        draft = Draft(person=person)
    service = service or ("" if draft.service else _as_last(scene))
    if scene.catalog.calls.every.get(service):
        draft = replace(draft, service=service)
    scene = scene.with_session(replace(scene.session, draft=draft))
    later = (say("call_ask_later"),) if _and_a_question(scene) else ()
    telling = filled(scene)
    return confirming.stop(telling.scene) or go_on(replace(telling, lines=(*later, *telling.lines)))
