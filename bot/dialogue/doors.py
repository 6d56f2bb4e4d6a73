"""What comes in without words: following, scanning, pictures, places, and the tap for the next page."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.choices import MORE, offered_tap, trimmed
from bot.dialogue.scene import Scene, end, report
from bot.dialogue.wording import say, words
from bot.models import Reply, Tap, Turn


def other_than_words(scene: Scene) -> Turn | None:
    """Kind answers to everything that is not text."""
    message = scene.message
    if message.kind == "event":
        return _event(scene)
    if message.kind in ("text", "voice") and scene.text:
        return None
    if message.tap:
        return None
    return _asking_again(scene, say("empty" if message.kind == "text" else message.kind))


def _event(scene: Scene) -> Turn:
    message = scene.message
    if message.event in ("subscribe", "scan"):
        return _greeted(scene)
    return Turn(scene.session, Reply(()), report=report(scene))


def _greeted(scene: Scene) -> Turn:
    """A poster's code names the place, so that it need not be asked."""
    scene_code = scene.message.scene
    session = replace(scene.session, greeted=False)
    if scene_code and scene_code in scene.catalog.regions:
        session = replace(session, region=scene_code)
    question = scene.catalog.questions.get(session.asked or "")
    return end(scene.with_session(session), [say("greeting")], question=question, rest=session.pages)


def _asking_again(scene: Scene, text: str) -> Turn:
    question = scene.catalog.questions.get(scene.session.asked or "")
    return end(scene, [text], question=question, rest=scene.session.pages)


def more(scene: Scene) -> Turn | None:
    """The next page, the question that was asked staying asked."""
    offered = offered_tap(scene.text, scene.session.offered)
    tapped = scene.message.tap == MORE or (offered is not None and offered.id == MORE)
    if not tapped and not {scene.text, trimmed(scene.text)} & {*words("more")}:
        return None
    if not scene.session.pages:
        return _asking_again(scene, say("nothing_more"))
    page, *waiting = scene.session.pages
    taps = [tap for tap in scene.session.offered if tap.id != MORE]
    if waiting:
        taps.append(Tap(MORE, say("more_label")))
    session = replace(scene.session, pages=tuple(waiting), offered=tuple(taps), misunderstood=0)
    return Turn(session, Reply((page,), tuple(taps)), report=report(scene.with_session(session)))
