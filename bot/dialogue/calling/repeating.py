"""The same yes or the same tap again, after it was booked: it is booked once."""

from __future__ import annotations

from bot.dialogue.calling.ending import ended
from bot.dialogue.calling.saying import YES, short, taps_for
from bot.dialogue.calling.state import OPEN, opened_calls
from bot.dialogue.calling.steps import calls_off, pressed
from bot.dialogue.intents import answer_of
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Turn


def repeated(scene: Scene) -> Turn | None:
    """Says that it is booked already, with the number; None where nothing was agreed to twice."""
    if scene.session.draft is not None:
        return None
    tap = pressed(scene.session, scene.message)
    if not tap and calls_off(scene.text):
        return _off_already(scene)
    if not tap and any(word in scene.text for word in words("call_cancel_words")):
        return None
    if not tap and scene.text.startswith(words("call_no_more_starts")):
        return None
    if not tap and _answers(scene, "deny"):
        return _wrong(scene)
    if tap != YES and not (not tap and _answers(scene, "affirm")):
        return _too_old(scene) if tap.startswith(("book:", "at:", "in:")) else None
    last = next((one for one in scene.requests if one.id == scene.session.last_call), None)
    if last is None:
        return _too_old(scene)
    text = "call_booked_already" if last.state == "submitted" else f"call_is_{last.state}"
    call = scene.catalog.call(last.service)
    line = say(text, call=short(scene, last), taken_by=call.taken_by if call else "")
    return ended(scene, [line], taps=taps_for(last) if last.state in OPEN else ())


def _off_already(scene: Scene) -> Turn | None:
    """不约了, said again of a call that was just called off, or of one that was never submitted."""
    if scene.session.asked or opened_calls(scene.requests):
        return None
    last = next((one for one in scene.requests if one.id == scene.session.last_call), None)
    if last is None or last.state != "cancelled":
        return _too_old(scene) if any(word in scene.text for word in words("call_off_words")) else None
    return ended(scene, [say("call_is_cancelled", call=short(scene, last))])


def _wrong(scene: Scene) -> Turn | None:
    """Booked, and yet something is not right."""
    last = next((one for one in scene.requests if one.id == scene.session.last_call), None)
    later = any(word in scene.text for word in words("call_wait_words"))
    text = say("call_left_as_it_is" if later else "call_booked_wrong")
    return ended(scene, [text], taps=taps_for(last)) if last else None


def _answers(scene: Scene, answer: str) -> bool:
    """Whether a plain yes or no follows what was just told of a booked call."""
    booked = any(tap.id.startswith("status:") for tap in scene.session.offered) or _called_off(scene)
    return booked and scene.session.asked is None and answer_of(scene.heard) == answer


def _called_off(scene: Scene) -> bool:
    """Whether the last that was told, with nothing to choose under it, is a call that was called off."""
    last = next((one for one in scene.requests if one.id == scene.session.last_call), None)
    return last is not None and last.state == "cancelled" and not scene.session.offered


def _too_old(scene: Scene) -> Turn:
    """A tap under a reply of a talk that is over."""
    return ended(scene, [say("call_nothing_arranged")])
