"""Ages told by another's age: 俺妈比他小四岁, 老伴大我五岁, 我跟老伴同岁."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nlu.readers.kin_words import Mention, Who, sex_of
from nlu.readers.spans import number

_NUMBER: Final = r"(?P<n>[0-9]{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两俩三四五六七八九])"
_YEARS: Final = rf"(?:了|着|上|个|有|整)*{_NUMBER}(?P<rough>来|多|几)?岁(?P<half>半|多)?"
_MORE: Final = re.compile(rf"(?:还|要|也|能|得|就|都|整整|才|只)*(?P<sign>年长|年轻|大|小|长){_YEARS}")
_BY: Final = re.compile(rf"(?:整|有)*{_YEARS}")
_SAME: Final = re.compile(
    r"(?:是|都|也|俩)*(?:同岁|同年(?!级)|同庚|一般大|一样大|一边大|一个岁数|同一年(?:生)?的?)"
)
_OF_BOTH: Final = re.compile(r"[^。；;！!？?\n]{0,8}?[都俩两均]")
# 姥爷没她大
_LESS: Final = re.compile("(?:没有?|不如|不比)$")
_AS_OLD: Final = re.compile("(?:那么|这么)?(?:岁数|年纪|年龄)?[大小](?![0-9一二三四五六七八九十])")
_BETWEEN: Final = re.compile(r"(?:也|就|又|还|都|今年|现在|才|整整|只)*")


@dataclass(frozen=True, slots=True)
class Gap:
    """`who` is `years` years older than `than` (younger where `years` is negative)."""

    who: Who
    than: Who
    years: int


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    years: int | None


def taken(text: str, mentions: Sequence[Mention]) -> tuple[str, tuple[Mention, ...], tuple[Gap, ...]]:
    """The text with its comparisons of ages blanked out, the mentions left in it, and what they say."""
    gaps, hidden = [], []
    for at, mention in enumerate(mentions):
        again = any(before.who == mention.who for before in mentions[:at])
        found = _found(text, mention, mentions[at - 1].end if at else 0, again)
        if found is None:
            continue
        hidden.append(found)
        who, than = _subject(mentions, at), _meant(text, mentions, at)
        if found.years is not None and who and than and who != than:
            gaps.append(Gap(who, than, found.years))
    for found in hidden:
        text = text[: found.start] + "，" * (found.end - found.start) + text[found.end :]
    left = tuple(one for one in mentions if not any(each.start <= one.start < each.end for each in hidden))
    return text, left, tuple(gaps)


def _found(text: str, mention: Mention, since: int, again: bool) -> _Found | None:
    """The comparison that the mention is the measure of; `again` where they were named before."""
    before, after = text[since : mention.start], mention.end
    if before.endswith("比") and (more := _MORE.match(text, after)):
        return _Found(
            mention.start - 1, more.end(), _years(more, -1 if more["sign"] in ("小", "年轻") else 1)
        )
    if _LESS.search(before) and (less := _AS_OLD.match(text, after)):
        return _Found(mention.start - 1, less.end(), None)
    if before[-1:] in ("跟", "和", "与", "同") and (same := _SAME.match(text, after)):
        alone = mention.kind == "pronoun" or (again and not _OF_BOTH.match(text, same.end()))
        return _Found(mention.start - 1 if alone else mention.end, same.end(), 0)
    if (
        before[-1:] in ("大", "小", "长")
        and _BETWEEN.fullmatch(before[:-1].lstrip("，, "))
        and (by := _BY.match(text, after))
    ):
        return _Found(mention.start - 1, by.end(), _years(by, -1 if before[-1] == "小" else 1))
    return None


def _years(found: re.Match[str], sign: int) -> int | None:
    """None where the years are told roughly."""
    if found["rough"] or found["half"]:
        return None
    years = number(found["n"])
    return None if years is None else sign * int(years)


def _subject(mentions: Sequence[Mention], at: int) -> Who | None:
    """Who is older or younger: the one named last before."""
    for before in reversed(range(at)):
        if mentions[before].kind in ("elder", "self", "weak") and len(mentions[before].who) == 1:
            return mentions[before].who[0]
        if mentions[before].kind in ("stranger", "worker"):
            return None
    return None


def _meant(text: str, mentions: Sequence[Mention], at: int) -> Who | None:
    """Whose age is the measure; 他 and 她 are the last one of that sex, but for the one compared."""
    mention = mentions[at]
    if mention.kind != "pronoun":
        return mention.who[0] if mention.kind in ("elder", "self", "weak") and len(mention.who) == 1 else None
    sex = "m" if text[mention.start] == "他" else "f"
    who = _subject(mentions, at)
    told = (one for one in mentions[:at] if one.kind in ("elder", "self", "weak"))
    before = [one.who[0] for one in told if one.who[0] != who]
    alike = [one for one in before if sex_of(one) == sex] or before
    return alike[-1] if alike else None
