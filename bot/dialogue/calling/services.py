"""Which service a message wants: one that the place has, another one instead, or one that cannot be had here."""

from __future__ import annotations

from dataclasses import replace

from bot.catalog.calls import Call
from bot.catalog.model import Region
from bot.dialogue.calling import addresses
from bot.dialogue.calling.so_far import Filled
from bot.dialogue.calling.state import place_of
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words


def what(telling: Filled) -> Filled:
    """The service, and whether the place has it."""
    scene = telling.scene
    name = scene.heard.slots.get("service")
    wished = instead_of(scene, telling.draft.service) or (scene.catalog.call_named(name) if name else None)
    if wished and not wished.urgent and telling.draft.changes is None and wished.id != telling.draft.service:
        telling = _wished(telling, wished)
    place = place_of(telling.session, telling.draft, scene.catalog)
    if place is None:
        return telling
    if not scene.catalog.calls_of(place):
        return replace(telling, stuck=True)
    wanted = scene.catalog.call(telling.draft.service)
    if wanted is not None and scene.catalog.call(wanted.id, place) is None:
        return _not_offered(telling, place, wanted)
    return telling


def instead_of(scene: Scene, service: str) -> Call | None:
    """The one other service named in 不洗澡了，改打扫卫生; None for none, or for one beside it."""
    changes = any(
        word in scene.text for word in (*words("call_instead_words"), *words("call_change_bare_words"))
    )
    gone = any(word in scene.text for word in words("call_not"))
    if not service or not (changes or gone):
        return None
    others = [one for one in named_in(scene) if one.id != service and not one.urgent]
    names_it = any(one.id == service for one in named_in(scene))
    return others[0] if names_it and len(others) == 1 else None


def named_in(scene: Scene) -> list[Call]:
    """The services that the text names."""
    every = scene.catalog.calls.every.values()
    return [one for one in every if any(word in scene.text for word in (one.name, *one.words))]


def unserved(telling: Filled) -> Filled:
    """理发 beside or instead of what can be had: that it cannot is said at once."""
    word = next((one for one in words("call_unserved_words") if one in telling.scene.text), "")
    if not word or telling.scene.session.asked == "booking_address":
        return telling
    line = say("call_unserved", word=word)
    if telling.draft.service:
        return replace(telling, lines=(*telling.lines, line), new=True)
    return telling.trouble(line, asks="service")


def _wished(telling: Filled, wished: Call) -> Filled:
    """取药 beside an answer to another question is no other wish; 还是打扫卫生吧 is one, and is told so."""
    heard = telling.scene.heard
    if not telling.draft.service:
        return _first_of(telling, wished)
    if any(word in telling.scene.text for word in words("call_another_words")):
        return _one_by_one(telling, telling.draft.service)
    anew = heard.intent in ("book_call", "correct", "inform", "reschedule_booking", "cancel_booking")
    if not anew and not addresses.names_service(telling.scene):
        return telling
    line = say("call_noted_service", name=wished.name)
    return replace(telling.told(service=wished.id), lines=(*telling.lines, line))


def _first_of(telling: Filled, wished: Call) -> Filled:
    """打扫卫生再洗个澡 are two: the one that was read first, and it is said that the other comes after."""
    named = {one.id for one in named_in(telling.scene)}
    telling = telling.told(service=wished.id)
    return _one_by_one(telling, wished.id) if len(named | {wished.id}) > 1 else telling


def _one_by_one(telling: Filled, service: str) -> Filled:
    call = telling.scene.catalog.call(service)
    line = say("call_one_service", name=call.name if call else "")
    return replace(telling, lines=(*telling.lines, line), new=True)


def _not_offered(telling: Filled, place: Region, call: Call) -> Filled:
    """What the place has instead is under the question for the service."""
    text = say("call_not_offered", place=place.name, name=call.name)
    return telling.told(service="").trouble(text, asks="service")
