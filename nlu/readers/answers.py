"""Whole messages that only say yes, no, or that one does not know, in the words of every district."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from nlu.readers.tables import read_table

_CUT: Final = re.compile(r"[，,。.；;！!、~～…\s\n\U0001f300-\U0001faff\u2600-\u27bf]+")
_SOFT: Final = re.compile(r"(?:[呀啊哦噢嘞哩咧呗嘛吧呢啦哈嘿呵唉诶欸哎嗷喽么]|了(?!解)|的|滴|哒|得很|很)+$")
_LEAD: Final = re.compile(r"^(?:那|哦|噢|啊|呃|额|唉|哎|诶|嗨|咦|俺|我|也|就|都|可|真|这个?|他|她)+(?=.)")
_ASKS: Final = re.compile(
    r"[?？]|吗|是不是|要不要|行不行|中不中|对不对|可不可以|能不能|好不好|(?<!没)有没有|知不知道|好么|行么|中么|是么|管不管"
)


def read(text: str) -> str | None:
    """ "affirm", "deny" or "dont_know" where all of a normalised text says that and nothing more, else None."""
    if len(text) > 30 or _ASKS.search(text):
        return None
    said: list[str] = []
    for part in _CUT.split(text.lower()):
        if part and (meaning := _meaning(part)) is None:
            return None
        if part and meaning not in ("", None):
            said.append(meaning)
    return _together(said) if said else _by_sign(text)


def _together(said: list[str]) -> str | None:
    """嗯 is only a sound where a clear word follows: 嗯，不是."""
    clear = {meaning for meaning in said if meaning != "hum"}
    if not clear:
        return "affirm"
    return clear.pop() if len(clear) == 1 else None


def _meaning(part: str) -> str | None:
    """What one piece says; "" for thanks and the like, "hum" for 嗯, None where it says something else."""
    words = _words()
    for form in _forms(part):
        if form in words:
            return words[form]
    return None


def _forms(part: str) -> list[str]:
    plain = _SOFT.sub("", part)
    bare = _LEAD.sub("", plain)
    forms = [part, plain, bare, _LEAD.sub("", part)]
    return [*forms, *(_once(form) for form in forms)]


def _once(form: str) -> str:
    """对对对 -> 对, 好的好的 -> 好的."""
    for size in (1, 2, 3, 4):
        if len(form) > size and len(form) % size == 0 and form == form[:size] * (len(form) // size):
            return form[:size]
    return form


def _by_sign(text: str) -> str | None:
    if any(sign in text for sign in "👌👍🙆✅"):
        return "affirm"
    return "deny" if any(sign in text for sign in "🙅👎❌") else None


@cache
def _words() -> dict[str, str]:
    table = read_table("answers.yaml")
    return {
        str(word): "" if meaning == "polite" else meaning for meaning, row in table.items() for word in row
    }
