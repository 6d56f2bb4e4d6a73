"""Mends words that a voice keyboard wrote with characters of the same sound, where the question asks for such a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from nlu.readers.tables import read_table


@dataclass(frozen=True, slots=True)
class _Table:
    alike: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    never: frozenset[str]


def mended(text: str, topic: str, *, wholly: bool = False) -> str:
    """`text`, an answer to the question `topic` (a key of `words` in sounds.yaml), with its words written right.

    At least half the characters must be right, unless `wholly`, or unless nothing else is said.
    """
    words = _table().words[topic]
    if any(word in text for word in words):
        return text
    for word in words:
        most = len(word) if wholly or len(text) <= len(word) + 1 else len(word) // 2
        text = _pattern(word).sub(_righter(word, most), text)
    return text


def graded(text: str) -> str:
    """The answer to "which level" with its 级 written right: 二及, 三基."""
    return _grade().sub(r"\1级", text)


def variants(word: str) -> Iterator[str]:
    """The spellings of `word` with one of its characters heard wrongly."""
    for at, char in enumerate(word):
        for other in _table().alike.get(char, ""):
            if (wrong := word[:at] + other + word[at + 1 :]) not in _table().never:
                yield wrong


def _righter(word: str, most: int) -> Callable[[re.Match[str]], str]:
    """At most `most` characters may be wrong, and what is a word of its own is no slip."""

    def right(found: re.Match[str]) -> str:
        wrong = sum(one != other for one, other in zip(found[0], word, strict=True))
        return word if wrong <= most and found[0] not in _table().never else found[0]

    return right


@cache
def _pattern(word: str) -> re.Pattern[str]:
    return re.compile("".join(f"[{char}{_table().alike.get(char, '')}]" for char in word))


@cache
def _grade() -> re.Pattern[str]:
    return re.compile(f"(?<![0-9十百])([一二三四1-4])[{_table().alike['级']}](?!级)")


@cache
def _table() -> _Table:
    told = read_table("sounds.yaml")
    words = {topic: tuple(row) for topic, row in told["words"].items()}
    return _Table(told["alike"], words, frozenset(told["never"]))
