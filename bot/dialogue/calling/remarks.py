"""What whoever comes should know at the door, in the elder's own words: 敲门大声点，我耳朵背."""

from __future__ import annotations

import re

from bot.dialogue.scene import Scene
from bot.dialogue.wording import words

LONGEST = 60
_AFTER_ADDRESS = ("booking_phone", "confirm")
_MARKS = re.compile(r"[，,。；;！!\n ]+")
_QUESTION = re.compile(r"[?？吗么]|咋|多少|谁")
# A number written beside it is the one to call; a note is no place for it.
_NUMBER = re.compile(r"[0-9０-９\-－ ]{5,}")


def told_remark(scene: Scene) -> str:
    """The parts of the message that are for whoever comes; "" where there are none or they are too long."""
    read = {"address": "", "phone": "", "time_text": "", **scene.heard.slots}
    said = [part for part in _MARKS.split(scene.text) if part]
    parts = [_bare(part, read) for part in said if _is_remark(part)]
    if (
        parts
        and scene.session.asked in _AFTER_ADDRESS
        and any(one in said[0] for one in words("call_door_words"))
    ):
        # 没门牌，村口第二家: the rest is how to find the door.
        parts = [_bare(part, read) for part in said if not _QUESTION.search(part)]
    note = "，".join(part for part in parts if part)
    return note if len(note) <= LONGEST else ""


def without_remarks(text: str) -> str:
    """The text without those parts, and without what stands before and behind them."""
    parts = [part for part in _MARKS.split(text) if part]
    kept = [part for part in parts if not _is_remark(part)]
    return "，".join(kept) if len(kept) < len(parts) else text


def joined(before: str, note: str) -> str:
    """Both remarks as one; what was said before is not said twice, and what is too long stays out."""
    if note in before:
        return before
    both = "，".join(filter(None, (before, note)))
    return both if len(both) <= 2 * LONGEST else before


def _is_remark(part: str) -> bool:
    return any(word in part for word in words("call_remark_words")) and not _QUESTION.search(part)


def _bare(part: str, read: dict[str, str]) -> str:
    for name in ("address", "phone", "time_text"):
        part = part.replace(read[name], "") if read[name] else part
    part = _NUMBER.sub("", part)
    lead = next((word for word in words("call_remark_lead") if part.startswith(word)), "")
    return part.removeprefix(lead).strip("：: ")
