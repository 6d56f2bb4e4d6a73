"""One way of writing: half-width, simplified, free of control characters, with the voice keyboard's slips mended."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from opencc import OpenCC

from nlu.readers import sounds
from nlu.readers.tables import read_table
from nlu.understanding import LONGEST_TEXT

LIMIT: Final = LONGEST_TEXT

# Chinese punctuation is not touched: whoever splits a text into clauses reads it as it is.
_WIDE: Final[dict[int, int]] = {code: code - 0xFEE0 for span in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
                for code in range(span[0], span[1] + 1)}  # fmt: skip
_MARKS: Final = dict(zip(map(ord, "\u3000％＋－／．｜\t"), map(ord, " %+-/.| "), strict=True))
_PLAIN: Final = {**_WIDE, **_MARKS}
_GONE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff"
    "\ufe00-\ufe0f\ufeff\ufff0-\ufffb\U000e0000-\U000e0fff]+"
)
# 2单元30113912345678: a door and a telephone number without a gap.
_GLUED: Final = re.compile(r"(?<=[楼元号栋幢座院室])([0-9]{1,4})(1[3-9][0-9]{9})(?![0-9])")
_PASSES: Final = 3
_RARE: Final = re.compile("[^\x00-\x7f\u3000-\u3105\u4e00-\u9fff\uff00-\uffef\U0001f000-\U0001faff]")


@dataclass(frozen=True, slots=True)
class Repair:
    """`heard` becomes `means` where the text before it matches `after` (at its end), and the text behind it
    matches `before` and does not match `not_before` (at its start); `not_after` likewise."""

    means: str
    after: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    before: re.Pattern[str] | None
    not_before: re.Pattern[str] | None

    def fits(self, text: str, start: int, end: int) -> bool:
        """Whether the words around text[start:end] make the repair certain."""
        left = text[max(0, start - 12) : start]
        return (
            (self.after is None or self.after.search(left) is not None)
            and (self.not_after is None or self.not_after.search(left) is None)
            and (self.before is None or self.before.match(text, end) is not None)
            and (self.not_before is None or self.not_before.match(text, end) is None)
        )


def normal(text: str) -> str:
    """`text` as the readers want it, at most 2,000 characters; whatever it holds, this never raises."""
    text = text[:LIMIT].translate(_PLAIN)
    text = _GLUED.sub(r"\1 \2", _GONE.sub("", text))
    text = _RARE.sub(_compatible, text)[:LIMIT]
    return _repaired(_simplified(text)).strip()


def _compatible(match: re.Match[str]) -> str:
    char = match[0]
    if "①" <= char <= "⑳" or "❶" <= char <= "❿":
        return f"{int(unicodedata.numeric(char))}."
    if "Ⅰ" <= char <= "Ⅻ":
        return str(int(unicodedata.numeric(char)))
    decimal = unicodedata.decimal(char, None)
    return unicodedata.normalize("NFKC", char) if decimal is None else str(decimal)


def _simplified(text: str) -> str:
    return text if _traditional().isdisjoint(text) else _converter().convert(text)


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """All characters that the converter would change when they stand alone."""
    every = [chr(code) for code in range(0x4E00, 0xA000)]
    changed = _converter().convert("\n".join(every)).split("\n")
    return frozenset(char for char, simple in zip(every, changed, strict=True) if char != simple)


def _repaired(text: str) -> str:
    """Mended until nothing is left to mend: one slip may stand beside another (残急证是二极的)."""
    pattern, repairs = _repairs()
    for _ in range(_PASSES):
        mended = pattern.sub(_mend(text, repairs), text) if pattern.search(text) else text
        if mended == text:
            break
        text = mended
    return text


def _mend(text: str, repairs: dict[str, tuple[Repair, ...]]) -> Callable[[re.Match[str]], str]:
    def mend(match: re.Match[str]) -> str:
        for repair in repairs[match[0]]:
            if repair.fits(text, match.start(), match.end()):
                return repair.means
        return match[0]

    return mend


@cache
def _repairs() -> tuple[re.Pattern[str], dict[str, tuple[Repair, ...]]]:
    """The table as one pattern of plain words (which the regex engine searches fast) and what each may become.

    A row has the slips themselves under `heard`, or under `sound` the words of which every near sound is a slip.
    """
    rows = read_table("repairs.yaml")
    repairs: dict[str, tuple[Repair, ...]] = {}
    for row in rows:
        repair = Repair(
            row["means"],
            _compiled(row.get("after"), end=True),
            _compiled(row.get("not_after"), end=True),
            _compiled(row.get("before")),
            _compiled(row.get("not_before")),
        )
        slips = (slip for word in row.get("sound", ()) for slip in sounds.variants(word))
        for heard in (*row.get("heard", ()), *slips):
            repairs[heard] = (*repairs.get(heard, ()), repair)
    return re.compile(_by_first(repairs)), repairs


def _by_first(words: Iterable[str]) -> str:
    """One alternative for each first character, its longest words first."""
    rests: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        rests.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in rests.items())


def _compiled(pattern: str | None, end: bool = False) -> re.Pattern[str] | None:
    if pattern is None:
        return None
    return re.compile(f"(?:{pattern})$" if end else pattern)
