"""Fits what is to be said into messages, whole sentences at a time; what does not fit waits behind 更多."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# A WeChat text holds 2000 bytes; the choices under it need their share.
PAGE_BYTES = 1600
_SENTENCE = re.compile(r"[^。；！？\n]*(?:[。；！？]+[”’」』）》]*\n?|\n)?")
# What hangs on the character before it: accents, the colour of an emoji, the parts of a family, keycaps, flags.
_HANGS_ON = r"[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|\u200d."
# What is never cut: a number, a link or a word; a flag; an emoji with all that hangs on it.
_WHOLE = re.compile(rf"(?:[!-~]+|[０-９．]+|[\U0001f1e6-\U0001f1ff]{{2}}|.)(?:{_HANGS_ON})*", re.DOTALL)


def size(text: str) -> int:
    """Bytes in UTF-8."""
    return len(text.encode("utf-8", "replace"))


def pages(blocks: Iterable[str], limit: int = PAGE_BYTES) -> list[str]:
    """The blocks in order, as many to a page as fit; a block too long for a page is split between sentences."""
    filled: list[str] = []
    for block in (part for whole in blocks for part in _fitting(whole, limit)):
        if filled and size(filled[-1]) + 1 + size(block) <= limit:
            filled[-1] += "\n" + block
        else:
            filled.append(block)
    return filled


def _fitting(block: str, limit: int) -> Sequence[str]:
    if size(block) <= limit:
        return (block,)
    parts: list[str] = []
    for sentence in (piece for whole in _SENTENCE.findall(block) for piece in _cut(whole, limit)):
        if parts and size(parts[-1]) + size(sentence) <= limit:
            parts[-1] += sentence
        else:
            parts.append(sentence)
    return [part.strip("\n") for part in parts if part.strip("\n")]


def _cut(sentence: str, limit: int) -> list[str]:
    """A sentence longer than a page is cut between words, and only a word longer than a page within it."""
    if size(sentence) <= limit:
        return [sentence]
    pieces = [""]
    for word in _WHOLE.findall(sentence):
        for part in (word,) if size(word) <= limit else word:
            if not pieces[-1] or size(pieces[-1]) + size(part) <= limit:
                pieces[-1] += part
            else:
                pieces.append(part)
    return pieces
