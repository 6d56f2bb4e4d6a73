"""Telephone numbers that cannot be called from here, and people who have none."""

from __future__ import annotations

import re

from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words

_DIGITS = re.compile(r"[0-9０-９]")
_BARE = re.compile(r"1[0-9 \-]{7,16}")
_CARD = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
_ABROAD = re.compile(r"(?:\+|＋|00)(?!\s*86)\s*[1-9][0-9 \-]{6,}")
_NUMBER = re.compile(r"(?<![0-9])(?:1[3-9][0-9](?:[ \-]?[0-9]{4}){2}|0[0-9]{2,3}[ \-]?[0-9]{7,8})(?![0-9])")
_EXTENSION = re.compile(r"(?:转|分机)(?:分机|号|是|：|:)*([0-9]{1,6})(?![0-9])")
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


def beside(scene: Scene, phone: str) -> str:
    """What is told of telephones beside the one to call: a second number, an extension; "" for none."""
    if not phone:
        return ""
    changes = any(word in scene.text for word in words("call_change_words"))
    told = [] if changes else [_bare(one) for one in _NUMBER.findall(scene.text)]
    others = [say("call_second_phone", phone=one) for one in dict.fromkeys(told) if one != _bare(phone)]
    extension = _EXTENSION.search(scene.text)
    inside = [say("call_extension", number=extension[1])] if extension else []
    return "，".join([*inside, *others])


def is_second(scene: Scene) -> bool:
    """打不通就打我闺女的139…: beside the number told before, not in its place."""
    return any(word in scene.text for word in words("call_second_words"))


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


def _bare(phone: str) -> str:
    return "".join(_DIGITS.findall(phone))
