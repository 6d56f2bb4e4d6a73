"""What the steps of the talk share with each other and with the shell: the choice pressed, the number wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from bot.booking import numbers
from bot.dialogue.asked_for_data import asks_what_is_kept
from bot.dialogue.choices import offered_tap, trimmed
from bot.dialogue.wording import words
from bot.models import Message, Request, Session, Turn

URGENT = "urgent"
_PARTS = re.compile("[，,。；;！!？? ]+")


def wants_number(turn: Turn) -> bool:
    """Whether the turn submits a new request without a number: it must be taken again with one, and not be kept."""
    return any(not request.id for request in turn.requests)


def wants_older(turn: Turn, session: Session, message: Message, requests: Sequence[Request]) -> bool:
    """Whether the turn is about a call that is not among these, or about all: it must be taken again with all that the
    user has had, and not be kept."""
    if any(effect.kind == "forget" for effect in turn.effects) or asks_what_is_kept(message.text):
        return True
    named = (numbers.read(message.text), session.last_call, *pressed(session, message).split(":"))
    known = {one.id for one in requests}
    return any(numbers.read(one) == one and one not in known for one in named if one)


def wants_help_now(message: Message) -> bool:
    """Whether 叫值班的人来 was tapped."""
    return (message.tap or "").partition(":")[0] == URGENT


def pressed(session: Session, message: Message) -> str:
    """The id of the choice that was tapped, or that a number or a label of the last reply names; "" for none."""
    if message.tap:
        return message.tap
    tap = offered_tap(message.text, session.offered)
    return tap.id if tap else ""


def calls_off(text: str) -> bool:
    """Whether a part of the text is nothing but 算了, 不要了, 算了不要了."""
    parts = [part for part in _PARTS.split(text) if part]
    return any(_only_drops(one) for part in parts for one in (part, trimmed(part)))


def once_more(text: str) -> bool:
    """再约一次, 也给俺爹约一个: another one like the last."""
    return any(word in text for word in words("call_again_words"))


def _only_drops(part: str) -> bool:
    return _drop_words().fullmatch(part) is not None


@cache
def _drop_words() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(map(re.escape, words('call_drop_words')))})+")
