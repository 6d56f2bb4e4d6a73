"""Empties the user's calls of everything personal, and calls off those that nobody has set out for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bot.booking.history import grown
from bot.booking.moves import move
from bot.booking.table import Refusal
from bot.dialogue.calling.ending import elder
from bot.dialogue.calling.state import opened_calls
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say
from bot.models import Request

_ERASED = "erased"
# What an elder wrote in their own words, and whom it is for; the county, the service and the moment name nobody.
_PERSONAL: Final[Mapping[str, Any]] = {
    "time_text": "",
    "address": "",
    "phone": "",
    "contact": "",
    "note": "",
    "comment": "",
    "person": None,
}


def erased(scene: Scene) -> tuple[Request, ...]:
    """Those of the user's requests that are changed by it, without anything personal, each with one line more."""
    return tuple(_erased(scene, request) for request in scene.requests if _holds_any(request))


def words_of_erased(scene: Scene) -> str:
    """What becomes of the calls that were open, "" where there was none."""
    waiting = opened_calls(scene.requests)
    if not waiting:
        return ""
    on_the_way = any(one.state == "on_the_way" for one in waiting)
    return say("call_erased_on_the_way" if on_the_way else "call_erased")


def _holds_any(request: Request) -> bool:
    """Erased before, there is nothing to erase."""
    personal = any(getattr(request, name) for name in _PERSONAL)
    return personal or bool(opened_calls([request]))


def _erased(scene: Scene, request: Request) -> Request:
    after = move(request, "cancelled", elder(scene), scene.now, note=_ERASED)
    if isinstance(after, Refusal) or after is request:
        after = grown(request, request.state, "elder", scene.now, note=_ERASED)
    return replace(after, **_PERSONAL)
