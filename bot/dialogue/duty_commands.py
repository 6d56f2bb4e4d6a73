"""Reads what somebody who serves wants of the desk, by tap or in words, and the code by which they bind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.booking import numbers
from bot.dialogue.choices import offered_tap, trimmed
from bot.dialogue.wording import words
from bot.models import Message, Tap

_MOVES: Final = ("take", "onway", "done", "failed", "back")
# These name a call; "give" names a member of staff besides.
NUMBERED: Final = (*_MOVES, "show", "give")
_PLAIN: Final = ("list", "help", "unbind")
_LONGEST: Final = 40
# A number at the end of what was said with the marks before it, in digits or as the recogniser of voices writes it.
_NUMERALS: Final = "0123456789 -:,零〇○一幺壹二贰三叁四肆五伍六陆七柒八捌九玖号"
_CODE: Final = re.compile(r"[\s:,是码碼]*([0-9](?:[\s-]{0,2}[0-9]){3,11})")


@dataclass(frozen=True, slots=True)
class Command:
    """`what` is list, help, unbind or one of `NUMBERED`, which have the number of a call; `to` is an id of staff."""

    what: str
    number: str = ""
    to: str = ""


def command(message: Message, offered: Sequence[Tap] = ()) -> Command | None:
    """None for whatever is a message like anybody's; a number or a label may name one of the `offered` choices."""
    if message.tap:
        return _tapped(message.tap)
    text = trimmed(_plain(message.text))
    chosen = offered_tap(text, offered)
    return _tapped(chosen.id) if chosen and chosen.id.startswith("duty:") else _typed(text)


def code(message: Message) -> str | None:
    """The digits of 绑定 12345678; None where the message is no such thing."""
    if message.kind not in ("text", "voice"):
        return None
    text = trimmed(_plain(message.text))
    if not text.startswith(words("duty_bind_words")) or len(text) > _LONGEST:
        return None
    found = _CODE.fullmatch(text[2:])
    return re.sub("[^0-9]", "", found[1]) if found else None


def _tapped(tap: str) -> Command | None:
    kind, what, number, to = (*tap.split(":"), "", "", "")[:4]
    if kind != "duty" or tap.count(":") > 3:
        return None
    if what == "list":
        return Command("list")
    return Command(what, number, to) if what in NUMBERED else None


def _typed(text: str) -> Command | None:
    """Whole messages only: who asks about an elder in the same breath asks like anybody. Which call is meant, where
    no number tells it, is chosen from the list."""
    for what in _PLAIN:
        if text in words(f"duty_{what}_words"):
            return Command(what)
    if any(text in words(f"duty_{what}_words") for what in _MOVES):
        return Command("list")
    if len(text) > _LONGEST or (number := numbers.read(text)) is None:
        return None
    verb = text.rstrip(_NUMERALS)
    return next((Command(what, number) for what in NUMBERED if verb in words(f"duty_{what}_words")), None)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
