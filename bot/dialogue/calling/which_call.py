"""Which of the calls a message means: by number, service, person or day, the one told of last, the only one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.booking import numbers
from bot.dialogue.calling.saying import name_of, short
from bot.dialogue.calling.state import opened_calls
from bot.dialogue.people import SELF, called, key_of
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words
from bot.models import Request

# With a digit left out it is nothing else.
_BARE = re.compile(r"(?<![0-9 -])9[0-9 -]{4,7}$")


def meant(scene: Scene, kind: str, *, corrected: bool) -> Sequence[Request] | None:
    """None where a number was written that is none of the user's."""
    if number := numbers.read(scene.text):
        return [one for one in scene.requests if one.id == number] or None
    if wrong_number(scene.text) and "phone" not in scene.heard.slots:
        return None
    found = opened_calls(scene.requests)
    if kind == "cancel" and (that_day := _of_the_day(scene, found)):
        return that_day
    service = scene.catalog.call_named(scene.heard.slots.get("service", ""))
    named = [one for one in found if (service and one.service == service.id) or _names(scene, one)]
    if kind == "move" and corrected:
        return [one for one in found if one.id == scene.session.last_call]
    return named or found or (list(scene.requests[:1]) if kind == "status" else [])


def _of_the_day(scene: Scene, found: Sequence[Request]) -> Sequence[Request]:
    """后天的也取消: the one of that day."""
    day = scene.heard.slots.get("time", "")[:10]
    that_day = [one for one in found if day and (one.time or "").startswith(day)]
    return that_day if len(that_day) == 1 else []


def _names(scene: Scene, request: Request) -> bool:
    """取消紧急呼叫 names it; 刚约的那个 is the one told of last, 我妈的 hers."""
    last = request.id == scene.session.last_call and any(
        word in scene.text for word in words("call_last_words")
    )
    theirs = {key_of(one, scene.session.active) for one in scene.heard.people if one.named}
    return last or (request.person or SELF) in theirs or name_of(request, scene.catalog) in scene.text


def told_apart(scene: Scene, request: Request, found: Sequence[Request]) -> str:
    """您母亲的助餐（…）, where calls for several people are open."""
    several = len({one.person for one in found}) > 1
    call = short(scene, request)
    return say("call_of_whom", who=called(request.person or SELF), call=call) if several else call


def wrong_number(text: str) -> bool:
    """Whether the number of a call was meant, and is none: a digit is wrong or left out."""
    return numbers.looks_wrong(text) or _BARE.search(text) is not None
