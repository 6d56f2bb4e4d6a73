"""After an answer about entitlements, the one call that fits it: a line and a tap, never in danger."""

from __future__ import annotations

from dataclasses import replace

from bot.catalog.calls import Call
from bot.catalog.model import Region
from bot.dialogue import answer
from bot.dialogue.people import SELF
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say
from bot.models import Person, Tap, Turn


def with_offer(turn: Turn, scene: Scene) -> Turn:
    """The turn with the fitting call under it, where an answer was just told and nothing else is going on."""
    session = turn.session
    danger = turn.report.get("emergency")
    if not scene.bookable or session.draft is not None or danger or not turn.reply.texts:
        return turn
    call = _fitting(turn, scene)
    if call is None:
        return turn
    tap = Tap(
        f"call:{call.id}", say("call_offer_label", name=call.name.removesuffix(say("call_booking_suffix")))
    )
    head, *others = turn.reply.texts
    line = say(
        "call_offer", name=call.name.removesuffix(say("call_booking_suffix")), what=call.what, label=tap.label
    )
    # The line stands before a question that waits, which must be read last.
    texts = (head if session.asked else f"{head}\n{line}", *others)
    taps = (*turn.reply.taps, tap)
    session = replace(session, offered=(*session.offered, tap))
    return replace(turn, session=session, reply=replace(turn.reply, texts=texts, taps=taps))


def _fitting(turn: Turn, scene: Scene) -> Call | None:
    """Of the service that was asked about, else of what the full answer just told."""
    key = turn.session.active or SELF
    services = _asked_about(turn, scene)
    needed = _needed(scene)
    if services is None and needed is None and not _full_now(turn, scene, key):
        return None
    assessment = scene.with_session(turn.session).assess(key)
    if assessment.benefit_list is None or assessment.region is None:
        return None
    if needed is not None:
        return scene.catalog.call(needed.id, assessment.region)
    if services is None:
        told = answer.Told("", assessment, assessment.benefit_list, scene.catalog)
        # Care goes before a walk to the library.
        sure = sorted(assessment.by_verdict("yes"), key=lambda one: told.item(one).form.kind != "care")
        services = [told.item(one).form.service for one in sure]
    return _first(services, scene, assessment.region)


def _needed(scene: Scene) -> Call | None:
    """我妈83，家里灯泡坏了: what is needed is told beside what is so, and nobody is asked for yet."""
    heard = scene.heard
    tells = heard.intent == "inform" and "benefit" not in heard.slots and scene.came.asked is None
    call = scene.catalog.call_named(heard.slots.get("service", "")) if tells else None
    return call if call and not call.urgent else None


def _asked_about(turn: Turn, scene: Scene) -> list[str] | None:
    name = scene.heard.slots.get("benefit") or ""
    asked = scene.heard.intent in ("ask_service", "ask_eligibility") and name in scene.catalog.topics
    return list(scene.catalog.topics[name]) if asked and turn.session.asked is None else None


def _full_now(turn: Turn, scene: Scene, key: str) -> bool:
    before = scene.session.people.get(key, Person())
    return turn.session.people.get(key, Person()).full and not before.full


def _first(services: list[str], scene: Scene, region: Region) -> Call | None:
    fitting = (call for service in services for call in scene.catalog.calls_fitting(service, region))
    return next(fitting, None)
