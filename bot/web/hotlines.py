"""Makes the hotlines in a text callable, known numbers only and never a sum of money; and answer pages, to be opened."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

# 120元, 110岁, 12345-6 or 〔2024〕120号 are no calls.
_UNITS = r"[周元块角岁年月日天号项个人名户份次届期米斤度%％倍分〕\]-]"
_NO_CALL_AFTER = rf"(?!\d|[.,]\d{{1,3}}(?!\d)|[ \u3000]*[多余来几]?[ \u3000]*{_UNITS})"
_NO_CALL_BEFORE = r"(?<![\d.〔\[第¥￥-])"
# Of an address only its end leads anywhere, on this very host: so no text can lead to another one.
_ANSWER: Final = re.compile(r"((?:https?://[A-Za-z0-9.:\[\]-]{1,200})?/a/[a-z2-7]{32}(?![A-Za-z0-9/]))")


class Piece(NamedTuple):
    """A part of a text; `call` is the number where it is one, `page` the path of an answer page."""

    text: str
    call: str | None = None
    page: str | None = None


class Hotlines:
    """Finds these numbers in texts."""

    def __init__(self, numbers: Iterable[str]) -> None:
        found = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
        self._number = re.compile(f"{_NO_CALL_BEFORE}({found}){_NO_CALL_AFTER}") if found else None

    def lines(self, text: str) -> list[list[Piece]]:
        """The lines of the text in parts; each number is callable where it stands first."""
        seen: set[str] = set()
        return [self._pieces(line, seen) for line in text.split("\n") if line.strip()]

    def pieces(self, text: str) -> list[Piece]:
        """A text of one line in parts."""
        return self._pieces(text, set())

    def _pieces(self, text: str, seen: set[str]) -> list[Piece]:
        pieces: list[Piece] = []
        for i, part in enumerate(_ANSWER.split(text)):
            pieces += self._calls(part, seen) if i % 2 == 0 else [Piece(part, page=part[part.index("/a/") :])]
        return pieces

    def _calls(self, text: str, seen: set[str]) -> list[Piece]:
        pieces = []
        for i, part in enumerate(self._number.split(text) if self._number else [text]):
            fresh = i % 2 == 1 and part not in seen
            seen |= {part} if fresh else set()
            pieces.append(Piece(part, part if fresh else None))
        return [piece for piece in pieces if piece.text]

    def numbers(self, texts: Sequence[str]) -> list[str]:
        """The numbers that the texts name, each once, in order."""
        found = [number for text in texts for number in (self._number.findall(text) if self._number else [])]
        return list(dict.fromkeys(found))
