"""Ages told without a number (八旬, 古稀, 五零后), and proverbs whose numbers are nobody's age."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.numerals import digits

_DECADES: Final = {"花甲": (60, 69), "古稀": (70, 79), "耄耋": (80, 99), "鲐背": (90, 99), "期颐": (100, 109)}
_IDIOM: Final = re.compile(
    r"(?P<near>年近|将近|快|已?近|接近|临近)?(?:年过|过了?|年逾|年届)?"
    rf"(?:(?P<decade>[五六七八九])旬|(?P<idiom>{'|'.join(_DECADES)}))"
)
_PROVERB: Final = re.compile(
    r"人[活生到]?(?:到|过)?[一二三四五六七八九]十(?:岁)?(?:古来稀|古稀|不|就|才|如|正|再|又|还)|人[活生]七十|"
    r"(?:七十三|73)岁?[、，, ]{0,2}(?:八十四|84)岁?(?=[^，,。0-9]{0,3}[，, ]?(?:阎王|是?个?坎|[这那两道个]{0,3}坎|"
    r"[这那两道个]{0,3}关|不[请叫]))|"
    r"一了百了|百姓|百货|九九八十一[难天]?|八十一难|八十岁(?:的)?(?:老太太)?学(?:吹|打|跳)[^，,。]{0,3}|长命百岁|百岁(?:千秋|偕老)|"
    r"七老八十|三十年河[东西]|六十年风水|五十步|百十来?[个块天户里斤]|(?:七十二|三百六十)[行变]|(?<![一二三四五六七八九])十有[八九]|六十花甲子|"
    r"(?:想|祝|盼|愿|要|能|争取|保佑|希望|但愿|打算|再|就|求)[^，,。0-9]{0,5}(?<!干)活(?:到|个|上|够)*(?:[0-9]{2,3}|一?百|"
    r"[一二三四五六七八九]十)(?:多|来)?岁?|"
    r"活(?:到|个|上)*(?:[0-9]{2,3}|一?百|[一二三四五六七八九]十)(?:多|来)?岁?[，, ]?(?:就|也就|都)?(?:够本|知足|够了|没问题|"
    r"不成问题|不亏|赚了)"
)


def without_proverbs(text: str) -> str:
    """`text` with marks in place of proverbs and wishes, as long as before."""
    return _PROVERB.sub(lambda match: "，" * len(match[0]), text)


def decades(text: str) -> list[tuple[int, int, int, int]]:
    """Where each such word begins and ends, and the least and the greatest age it stands for."""
    return [(match.start(), match.end(), *_span(match)) for match in _IDIOM.finditer(text)]


def _span(match: re.Match[str]) -> tuple[int, int]:
    ten = 10 * (digits(match["decade"] or "0") or 0)
    low, high = _DECADES[match["idiom"]] if match["idiom"] else (ten, ten + 9)
    return (low - 2, low - 1) if match["near"] else (low, high)
