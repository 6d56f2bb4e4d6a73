"""Numbers the way people write them: 83, ８３, 八十三, 八十有二, 廿三, 捌拾叁, 一百零一."""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = {
    **{str(value): value for value in range(10)},
    **{chr(ord("０") + value): value for value in range(10)},
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    **{char: value for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "○": 0,
    "洞": 0,
    "幺": 1,
    "两": 2,
    "俩": 2,
    "仨": 3,
    "弍": 2,
    "貳": 2,
    "參": 3,
    "陸": 6,
}
_UNITS: Final = str.maketrans({"拾": "十", "佰": "百", "仟": "千", "萬": "万"})
_SHORT: Final = (("廿", "二十"), ("卄", "二十"), ("卅", "三十"), ("卌", "四十"))
_ANY: Final = "".join(_DIGITS)
_LINK: Final = "零〇有又单挂"
_SECTION: Final = re.compile(
    rf"(?:(?P<thousand>[{_ANY}])千)?零?"
    rf"(?:(?P<hundred>[{_ANY}])?(?P<hundreds>百))?零?"
    rf"(?:(?P<ten>[{_ANY}])?(?P<tens>十))?"
    rf"(?P<link>[{_LINK}]?)(?P<one>[{_ANY}])?"
)
_ROUND_AND_ONE: Final = re.compile(rf"([0-9]?[1-9]0)[{_LINK}]([{_ANY}])")
_DIGIT_STRING: Final = re.compile(rf"[{_ANY}]{{1,12}}")


def number(text: str) -> int | None:
    """The whole number that all of `text` writes, below 100,000,000; None where it writes none.

    A bare string of Chinese digits ("八三") is not a number here, see `digits`.
    """
    text = text.strip().translate(_UNITS)
    arabic = digits(text) if text and all(char in "0123456789０１２３４５６７８９" for char in text) else None
    if arabic is not None:
        return arabic if len(text) <= 8 else None
    if joined := _ROUND_AND_ONE.fullmatch(text):
        return int(joined[1]) + _DIGITS[joined[2]]
    for short, plain in _SHORT:
        text = text.replace(short, plain)
    high, ten_thousand, low = text.partition("万")
    if not ten_thousand:
        return _section(high)
    above, below = _section(high), _section(low) if low else 0
    if len(low) == 1 and below is not None:
        below *= 1000
    return None if above is None or below is None else above * 10_000 + below


def digits(text: str) -> int | None:
    """The number a string of digits spells one by one ("八三" -> 83, "一九四三" -> 1943), at most 12 of them."""
    text = text.strip()
    if not _DIGIT_STRING.fullmatch(text):
        return None
    return int("".join(str(_DIGITS[char]) for char in text))


def _section(text: str) -> int | None:
    """A number below 10,000; "一百二" is 120, "一百零二" is 102."""
    match = _SECTION.fullmatch(text)
    if not text or match is None:
        return None
    thousand, hundred, ten, one = (
        _place(match["thousand"], match["thousand"] is not None),
        _place(match["hundred"], match["hundreds"] is not None),
        _place(match["ten"], match["tens"] is not None),
        _place(match["one"], match["one"] is not None),
    )
    if one and not ten and not match["link"] and text[-2:-1] in ("百", "千"):
        one *= 10 if text[-2] == "百" else 100
    if match["link"] and match["one"] is None:
        return None
    return thousand * 1000 + hundred * 100 + ten * 10 + one


def _place(digit: str | None, present: bool) -> int:
    if not present:
        return 0
    return _DIGITS[digit] if digit else 1
