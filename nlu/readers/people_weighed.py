"""Weighs who of those named may be an elder at all, by what is told of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from nlu.readers.elder_facts import has_elder_age, has_elder_fact, is_young
from nlu.readers.kin_company import clause_after
from nlu.readers.kin_words import Mention
from nlu.readers.words import set_of

_HAS_IT: Final = re.compile("(?:都|就|也|早|已经)*(?:领|有补|有津|有钱|发|拿|办|给|享受)")
_AND_I: Final = re.compile("[，,。；; ]?(?:我|俺)[^，,。]{0,12}(?:咋|怎么|为啥|为什么|没有|领不|没领)")
_ACQUAINTED: Final = set_of("邻居 隔壁 对门 街坊 朋友 同事 亲戚 老乡")
_FIFTIES: Final = re.compile("(?:今年|都|也|才|快)*(?:[1-5][0-9](?![0-9])|[二三四五]十)")
_AND: Final = re.compile(r"\s*(?:和|跟|与|及|以及|、|还有|加上|同|[，,]|)\s*")
_AND_HE: Final = re.compile("[我俺](?:跟|和)(?:[我俺]们?家?)?$")
# How far behind a word its facts may stand.
_REACH: Final = 40


def weighed(text: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """Those who may be elders are so only with an elder's facts behind them, there or where they are named again."""
    elders = any(mention.kind == "elder" for mention in mentions)
    behind: list[Mention] = []
    end = len(text)
    for mention in reversed(mentions):
        told = text[mention.end : min(end, mention.end + _REACH)]
        behind.append(_with_elders(text, mention, _as_elder(text, mention, told, elders), behind))
        end = end if mention.kind in ("pronoun", "everyone") else mention.start
    sure = {mention.who for mention in behind if mention.kind == "elder"}
    again = (
        replace(now, kind="elder") if before.kind == "weak" and before.who in sure else now
        for before, now in zip(mentions, reversed(behind), strict=True)
    )
    return tuple(one for one in again if one.kind != "self" or text[one.start - 1 : one.start] != "比")


def _as_elder(text: str, mention: Mention, told: str, elders: bool) -> Mention:
    """`mention` as what it is, seen what is `told` behind it."""
    after = clause_after(told, 0)
    other = mention.kind in ("elder", "weak") and mention.who[0].subject == "other"
    if other and _HAS_IT.search(after) and _AND_I.search(text, mention.end):
        return replace(mention, kind="denied")
    if mention.kind != "weak":
        return mention
    sure = _has_facts(text, mention, told, after)
    young = is_young(told) if not mention.word else _is_too_young(after, elders)
    return replace(mention, kind="elder" if sure and not young else "stranger")


def _has_facts(text: str, mention: Mention, told: str, after: str) -> bool:
    if not mention.word:
        near = text[max(0, mention.start - 8) : mention.end]
        return has_elder_fact(told) or has_elder_fact(near)
    if mention.word in _ACQUAINTED:
        return has_elder_age(after)
    named = mention.word.startswith("老") or mention.who[0].name != mention.word
    near = text[max(0, mention.start - 6) : mention.start] if named else ""
    return has_elder_fact(told if named else after) or has_elder_fact(near) or near.endswith("对象")


def _is_too_young(after: str, elders: bool) -> bool:
    """A brother of fifty-five is spoken of for his own sake only where no elder is."""
    if elders:
        return _FIFTIES.match(after) is not None
    return is_young(after[:3]) and not has_elder_age(after)


def _with_elders(text: str, mention: Mention, one: Mention, behind: Sequence[Mention]) -> Mention:
    """王玉梅、刘喜凤、高二妮都是低保; 俺跟俺二哥都是五保: what is told of the last is told of all."""
    if mention.kind != "weak" or one.kind != "stranger":
        return one
    if mention.word:
        before, after = text[: mention.start + 1][-8:], text[mention.end :][:_REACH]
        listed = after[:1] == "都" and has_elder_fact(after) and _AND_HE.search(before) is not None
    else:
        named = bool(behind) and behind[-1].kind == "elder"
        listed = named and _AND.fullmatch(text[mention.end : behind[-1].start]) is not None
    return replace(mention, kind="elder") if listed else one
