"""What comes in without words: following, scanning, pictures, locations, and the tap for the next page."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.calling.erasing import erased
from bot.dialogue.calling.talk import talk
from bot.dialogue.choices import MORE, offered_tap, trimmed
from bot.dialogue.places import chosen_place, located
from bot.dialogue.safety import DANGER
from bot.dialogue.scene import Scene, asked_words, end, report
from bot.dialogue.wording import say, words
from bot.models import Effect, Reply, Tap, Turn


def other_than_words(scene: Scene) -> Turn | None:
    """Kind answers to everything that is not text."""
    message = scene.message
    if message.kind == "event" and message.event != "click":
        return _event(scene)
    if message.tap or (message.kind in ("text", "voice", "event") and scene.text):
        return chosen_place(scene)
    if scene.session.asked == DANGER:
        return _danger_first(scene)
    if message.kind == "location":
        return talk(_as_address(scene)) if _is_address(scene) else located(scene)
    # A menu may be tapped whose key says nothing.
    wordless = message.kind in ("text", "event")
    return _asking_again(scene, say("empty" if wordless else message.kind))


def _is_address(scene: Scene) -> bool:
    """Whether a location answers where somebody shall come."""
    place = scene.message.place
    return scene.session.asked == "booking_address" and bool(place and place.label)


def _as_address(scene: Scene) -> Scene:
    """As if the address beside the location had been written."""
    label = scene.message.place.label if scene.message.place else ""
    heard = replace(scene.heard, intent="inform", slots={"address": label}, engine="rules")
    return replace(scene, heard=heard, message=replace(scene.message, kind="text", text=label))


def _event(scene: Scene) -> Turn:
    message = scene.message
    if message.event in ("subscribe", "scan"):
        return _greeted(scene)
    # Who withdraws the consent at the platform wants nothing of them kept here either.
    revoked = message.event == "revoked"
    effects, requests = ((Effect("forget"),), erased(scene)) if revoked else ((), ())
    return Turn(scene.session, Reply(()), effects, report=report(scene), requests=requests)


def _greeted(scene: Scene) -> Turn:
    """A poster's code names the place, so that it need not be asked; behind a colon stands whose poster it is."""
    region = scene.catalog.regions.get((scene.message.scene or "").partition(":")[0])
    session = replace(scene.session, greeted=False, region=region.code if region else scene.session.region)
    lines = [say("greeting"), *([say("scanned", region=region.name)] if region and region.list else [])]
    question = scene.catalog.questions.get(session.asked or "")
    return end(scene.with_session(session), lines, question=question, rest=session.pages)


def _danger_first(scene: Scene) -> Turn:
    """Whether somebody is in danger is still open: whom to call, and the question once more."""
    asked = say("ask", text=say("danger_question"), why=say("danger_why"))
    reply = Reply(("\n".join((say("danger_first"), asked)),), scene.session.offered)
    return Turn(scene.session, reply, report=report(scene))


def _asking_again(scene: Scene, text: str) -> Turn:
    question = scene.catalog.questions.get(scene.session.asked or "")
    return end(scene, [text], question=question, rest=scene.session.pages)


def more(scene: Scene) -> Turn | None:
    """The next page, the question that was asked staying asked."""
    offered = offered_tap(scene.text, scene.session.offered)
    tapped = scene.message.tap == MORE or (offered is not None and offered.id == MORE)
    said = {scene.text, trimmed(scene.text)}
    asks_on = scene.session.pages and said & {*words("more_while_pages")}
    if not tapped and not asks_on and not said & {*words("more")}:
        return None
    if not scene.session.pages:
        return _asking_again(scene, say("nothing_more"))
    page, *waiting = scene.session.pages
    taps = [tap for tap in scene.session.offered if tap.id != MORE]
    if waiting:
        taps.append(Tap(MORE, say("more_label")))
    session = replace(scene.session, pages=tuple(waiting), offered=tuple(taps), misunderstood=0)
    question = scene.catalog.questions.get(session.asked or "")
    # Whoever read to the end has long lost sight of what was asked.
    last = [asked_words(scene, question)] if question and not waiting and session.draft is None else []
    text = "\n".join([page, *last])
    return Turn(session, Reply((text,), tuple(taps)), report=report(scene.with_session(session)))
