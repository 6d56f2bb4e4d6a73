"""Telephone numbers that cannot be called from here, and people who have none."""

from __future__ import annotations

import re

from bot.dialogue.scene import Scene
from bot.dialogue.wording import words

_DIGITS = re.compile(r"[0-9０-９]")
_ABROAD = re.compile(r"(?:\+|＋|00)(?!\s*86)\s*[1-9][0-9 \-]{6,}")
_FEWEST, _MOST = 5, 20


def wrong_phone(scene: Scene) -> str:
    """The name of what is wrong with the number in the text; "" where none is meant."""
    text = scene.text
    asked = scene.session.asked == "booking_phone"
    if not asked and not any(word in text for word in words("call_phone_words")):
        return ""
    if _ABROAD.search(text):
        return "call_phone_abroad"
    digits = len(_DIGITS.findall(text))
    if digits > _MOST:
        return "call_phone_wrong"
    return "call_phone_wrong" if digits >= _FEWEST else ""


def without_phone(scene: Scene) -> bool:
    """Whether somebody says that there is none."""
    return any(word in scene.text for word in words("call_no_phone"))


def digits_in(text: str) -> int:
    """How many digits were written."""
    return len(_DIGITS.findall(text))
