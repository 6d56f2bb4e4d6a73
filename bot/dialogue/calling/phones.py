"""Telephone numbers that cannot be called from here, and people who have none."""

from __future__ import annotations

import re

from bot.dialogue.scene import Scene
from bot.dialogue.wording import words

_DIGITS = re.compile(r"[0-9０-９]")
_BARE = re.compile(r"1[0-9 \-]{7,16}")
_CARD = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
_ABROAD = re.compile(r"(?:\+|＋|00)(?!\s*86)\s*[1-9][0-9 \-]{6,}")
_FEWEST, _MOST = 5, 20
# 110, 12345: whom to call, and never where somebody can be reached.
_SERVICE_DIGITS = (3, 4, 5)


def wrong_phone(scene: Scene) -> str:
    """The name of what is wrong with the number in the text; "" where none is meant."""
    text = scene.text
    asked = scene.session.asked == "booking_phone"
    bare = scene.session.draft is not None and bool(_BARE.fullmatch(text))
    if not asked and not bare and not any(word in text for word in words("call_phone_words")):
        return ""
    if asked and _CARD.search(text):
        return "call_phone_card"
    if _ABROAD.search(text):
        return "call_phone_abroad"
    digits = len(_DIGITS.findall(text))
    if digits in _SERVICE_DIGITS and asked and text.strip().isdecimal():
        return "call_phone_short"
    if digits > _MOST:
        return "call_phone_wrong"
    return "call_phone_wrong" if digits >= _FEWEST else ""


def without_phone(scene: Scene) -> bool:
    """Whether somebody says that there is none."""
    return any(word in scene.text for word in words("call_no_phone"))


def digits_in(text: str) -> int:
    """How many digits were written."""
    return len(_DIGITS.findall(text))


def of_somebody_near(scene: Scene) -> bool:
    """Whether somebody asks if another one's number will do."""
    near = any(word in scene.text for word in (*words("call_near_words"), *words("kin")))
    return near and not _DIGITS.search(scene.text)
