"""Births told by a decade or by what happened that year: 四几年生的, 五零后, 建国那年生的."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from nlu.readers import zodiac
from nlu.readers.numerals import digits

_EVENTS: Final = {
    "九一八": 1931, "七七事变": 1937, "卢沟桥": 1937, "日本投降": 1945, "抗战胜利": 1945, "抗日胜利": 1945,
    "建国": 1949, "新中国成立": 1949, "共和国成立": 1949, "解放": 1949, "开国大典": 1949,
    "抗美援朝": 1950, "大跃进": 1958,
}  # fmt: skip
_SAME_AGE: Final = re.compile(
    r"[跟和与同](?:着)?(?:咱|我们)?(?:共和国|新中国|国家|建国)(?:是)?(?:同岁|同龄|同年|一般大|一样大|一边大)"
)
_IN_THAT_YEAR: Final = re.compile(
    rf"(?P<event>{'|'.join(_EVENTS)})(?:的)?(?P<off>那一?年|当年|头一?年|前一年|第二年|后一年)(?:俺|我|他|她)?(?:就|"
    r"才)?(?:生(?!孩|儿|了|病)|出生|落地|来到世上)"
)
_OFF: Final = {"头年": -1, "头一年": -1, "前一年": -1, "第二年": 1, "后一年": 1}
_DECADE: Final = re.compile(
    r"(?<![0-9一二三四五六七八九十])(?:19|一九)?(?P<ten>[二三四五六2-6])(?:"
    r"(?:零|〇|0)后(?!面|来)|几年(?:代)?(?:生|出生|[的嘞哩](?:老?人)?(?=$|[，,。 了啦]))|[十0]年代(?:初|末)?(?:生|出生|的人))"
)
_SELF: Final = re.compile(r"(?:我|俺|娘|妈|爹|爸|伴|爷|奶|他|她|本人)[^，,。]{0,4}$")


def decade(text: str, today: date) -> tuple[int, int] | None:
    """The least and the greatest full age of somebody born in the decade that `text` tells."""
    years = _decade(text)
    if years is None:
        return None
    return zodiac.full_years([years[-1], 12, 31], today), zodiac.full_years([years[0], 1, 1], today)


def year(text: str) -> int | None:
    """The year of birth that an event, or a decade together with an animal of the zodiac, tells."""
    if _SAME_AGE.search(text):
        return 1949
    if event := _IN_THAT_YEAR.search(text):
        return _EVENTS[event["event"]] + _OFF.get(event["off"], 0)
    years = _decade(text)
    return zodiac.year_within(text, years) if years else None


def _decade(text: str) -> range | None:
    match = _DECADE.search(text)
    if match is None or (match[0].endswith("后") and not _SELF.search(text[: match.start()])):
        return None
    first = 1900 + 10 * (digits(match["ten"]) or 0)
    return range(first, first + 10)
