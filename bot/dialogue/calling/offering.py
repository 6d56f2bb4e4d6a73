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
    tap = Tap(f"call:{call.id}", say("call_offer_label", name=call.name))
    head, *others = turn.reply.texts
    line = say("call_offer", what=call.what, label=tap.label)
    # The line stands before a question that waits, which must be read last.
    texts = (head if session.asked else f"{head}\n{line}", *others)
    taps = (*turn.reply.taps, tap)
    session = replace(session, offered=(*session.offered, tap))
    return replace(turn, session=session, reply=replace(turn.reply, texts=texts, taps=taps))


def _fitting(turn: Turn, scene: Scene) -> Call | None:
    """Of the service that was asked about, else of what the full answer just told."""
    key = turn.session.active or SELF
    services = _asked_about(turn, scene)
    if services is None and not _full_now(turn, scene, key):
        return None
    assessment = scene.with_session(turn.session).assess(key)
    if assessment.benefit_list is None or assessment.region is None:
        return None
    if services is None:
        told = answer.Told("", assessment, assessment.benefit_list, scene.catalog)
        services = [told.item(one).form.service for one in assessment.by_verdict("yes")]
    return _first(services, scene, assessment.region)


def _asked_about(turn: Turn, scene: Scene) -> list[str] | None:
    name = scene.heard.slots.get("benefit") or ""
    asked = scene.heard.intent in ("ask_service", "ask_eligibility") and name in scene.catalog.topics
    return list(scene.catalog.topics[name]) if asked and turn.session.topic is None else None


def _full_now(turn: Turn, scene: Scene, key: str) -> bool:
    before = scene.session.people.get(key, Person())
    return turn.session.people.get(key, Person()).full and not before.full


def _first(services: list[str], scene: Scene, region: Region) -> Call | None:
    fitting = (call for service in services for call in scene.catalog.calls_fitting(service, region))
    return next(fitting, None)
