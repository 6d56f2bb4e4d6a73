"""Empties the user's calls of everything personal, and calls off those that nobody has set out for."""

from __future__ import annotations

from dataclasses import replace

from bot.booking.history import grown
from bot.booking.moves import move
from bot.booking.table import Refusal
from bot.dialogue.calling.ending import elder
from bot.dialogue.calling.state import opened_calls
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say
from bot.models import Request

_ERASED = "erased"


def erased(scene: Scene) -> tuple[Request, ...]:
    """The user's requests without anything personal, each with one line more that says so."""
    return tuple(_erased(scene, request) for request in scene.requests)


def words_of_erased(scene: Scene) -> str:
    """What becomes of the calls that were open, "" where there was none."""
    waiting = opened_calls(scene.requests)
    if not waiting:
        return ""
    on_the_way = any(one.state == "on_the_way" for one in waiting)
    return say("call_erased_on_the_way" if on_the_way else "call_erased")


def _erased(scene: Scene, request: Request) -> Request:
    after = move(request, "cancelled", elder(scene), scene.now, note=_ERASED)
    if isinstance(after, Refusal) or after is request:
        after = grown(request, request.state, "elder", scene.now, note=_ERASED)
    return replace(after, address="", phone="", contact="", note="", comment="", person=None)
