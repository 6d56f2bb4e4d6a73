"""Telephone numbers on which somebody can be called back."""

from __future__ import annotations

import re
from typing import Final

_SPELT: Final = str.maketrans("零〇幺一二三四五六七八九", "001123456789")
_SPOKEN: Final = re.compile(
    r"[零〇幺一二三四五六七八九][零〇幺一二三四五六七八九 \-]{9,16}[零〇幺一二三四五六七八九]"
)
_RUN: Final = re.compile(r"(?<![0-9A-Za-z.])(?:\+|00)?[0-9(（][0-9 \-—–()（）]{5,24}[0-9Xx]?(?![0-9A-Za-z])")
_GAPS: Final = re.compile(r"[ \-—–()（）]")
_MOBILE: Final = re.compile(r"(?<![0-9])(?:(?:\+|00)?86)?(1[3-9][0-9]{9})(?![0-9])")
_LANDLINE: Final = re.compile(
    r"(?<![0-9])[(（]?(0(?:10|2[0-9]|[3-9][0-9]{2}))[)）]?[ \-—–]?([2-8][0-9]{6,7})(?![0-9])"
)
_NOT: Final = re.compile(r"(?<!是)不是(?:电话|手机|号码)?[:： ]?$|(?:停机|打不通|不用|作废)的?$")


def read(text: str) -> str | None:
    """The last affirmed number of a normalised text: a mainland mobile as 11 digits, or a landline as
    "0377-63123456"; never an identity or a card number."""
    text = _SPOKEN.sub(lambda match: match[0].translate(_SPELT), text)
    found = [
        number
        for match in _RUN.finditer(text)
        if not _denied(text, match.start())
        for number in _numbers(match[0])
    ]
    return found[0] if found else None


def _numbers(run: str) -> list[str]:
    """The numbers in a run of digits and gaps; gaps that separate two numbers are not closed."""
    closed = _GAPS.sub("", run)
    if whole := _MOBILE.fullmatch(closed):
        return [whole[1]]
    if len(closed) in (15, 18) and " " not in run.strip():
        return []
    landlines = [f"{area}-{local}" for area, local in _LANDLINE.findall(run)]
    return [match[1] for match in _MOBILE.finditer(run)] or landlines or _split_up(run)


def _split_up(run: str) -> list[str]:
    """Two numbers beside each other, each written in groups."""
    groups = re.findall(r"[0-9]+", run)
    for start in range(len(groups)):
        for end in range(start + 1, len(groups) + 1):
            if match := _MOBILE.fullmatch("".join(groups[start:end])):
                return [match[1]]
    return []


def _denied(text: str, start: int) -> bool:
    return _NOT.search(text[max(0, start - 8) : start]) is not None
