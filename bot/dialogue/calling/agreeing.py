"""Whether a message is a yes that may book or call off: 好像不对, 好贵 and 嗯？ begin like one and are none."""

from __future__ import annotations

import re
from functools import cache

from bot.dialogue.calling.saying import DROP, YES
from bot.dialogue.intents import answer_of
from bot.dialogue.scene import Scene
from bot.dialogue.wording import words

_PARTS = re.compile("[，,。；;！! ]+")


def agrees(scene: Scene) -> bool:
    """A yes beyond doubt, alone or with thanks."""
    thanks = scene.heard.intent == "thanks" and scene.text.startswith(words("call_yes_starts"))
    return (answer_of(scene.heard) == "affirm" or thanks) and without_doubt(scene.text)


def can(scene: Scene) -> bool:
    """Whether a yes stands for the call: not under the choices for what is wrong with it."""
    ids = {tap.id for tap in scene.session.offered}
    return YES in ids or DROP not in ids


def opens_with_yes(text: str) -> bool:
    """对，敲门大声点: whether the first part is a yes and nothing else."""
    first = next((part for part in _PARTS.split(text) if part), "")
    return first.startswith(words("call_yes_starts")) and without_doubt(first)


def without_doubt(text: str) -> bool:
    """Whether nothing in it denies, asks or puts off, beside what is only said so: 没错, 没问题."""
    rest = _plain_yes().sub("", text)
    return not any(word in rest for word in words("call_doubt_words"))


def denies(text: str) -> bool:
    """好像不对: something is wrong, and not only doubtful."""
    return any(word in _plain_yes().sub("", text) for word in words("call_denial_words"))


@cache
def _plain_yes() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words("call_plain_yes"), key=len, reverse=True))))
