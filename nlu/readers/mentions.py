"""Finds what a text mentions, with what it says of it, there or in a clause of its own that follows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nlu.readers.clauses import Clause, split
from nlu.readers.stance import GONE, Stance, stance
from nlu.readers.words import ADVERB, any_of, pattern


@dataclass(frozen=True, slots=True)
class Mention:
    """A term found in a clause, what is said of it, and the number of the clause that said so last."""

    match: re.Match[str]
    stance: Stance
    clause: Clause
    index: int


_FOLLOW_TAIL = any_of(
    "份儿? 了 过 啦 呢 哦 掉 哩 嘞 嗯 办 下来 上 成 来 吧 有 资格 条件 人 用 好几年 多年 很久 喽 噢 哈"
)
_FOLLOW_NO = pattern(
    rf"{ADVERB}*(?:{GONE}|没有|没得|木有|冇|莫得|无|不是|不算|没)(?:{ADVERB}|{_FOLLOW_TAIL})*"
)
# 残疾证？没那玩意儿
_NO_SUCH = pattern(
    rf"{ADVERB}*(?:没有?|木有|哪有|谁有|俺?哪来的?)(?:那|这)(?:个|种|张|本)?(?:玩意儿?|东西|证|本子?|家伙)(?:{_FOLLOW_TAIL})*"
)
_FOLLOW_YES = pattern(
    rf"{ADVERB}*"
    + any_of(
        "有 是 办下来 办好 办了 办上 批了 批下来 评上 吃上 领上 领着 拿着 吃着 补办了 续上 恢复 接上 又吃 又领 又给 批 通过 办妥 发了"
    )
    + "(?:了|的|啦|呢|啊|呀|着|哩|嘞|一个)*"
)
# 儿子盖房以后就给撤了: why it was taken away may stand before.
_TAKEN = pattern(
    r"(?:[^药电水气网课工资]){0,12}?(?:就|又|都|后来|也|给|被|叫|让)(?:人家?|村里|社区|镇上|上[面头]|他们)?(?:就|给)*"
    r"(?:停|取消|撤|销|抹|掐|砍|刷|注销|清退|拿掉|收回|不(?:给|让|叫|发|批)(?:吃|领|享受|办)?)(?:了|掉了?|下来了?)+(?:的|呢|啊|嘞|哩)*"
)
_FOLLOW_LIMIT = 18


def mentions(text: str, term: re.Pattern[str], personal: re.Pattern[str] | None = None) -> list[Mention]:
    """Every match of `term` with its stance; a clause that only says 没有 or 去年取消了 speaks of those before it.

    `personal` tells which matches describe a person rather than name a thing.
    """
    found: list[Mention] = []
    for index, clause in enumerate(split(text)):
        here = [_mention(clause, index, match, personal) for match in term.finditer(clause.text)]
        if here:
            found.extend(here)
        elif found and index - found[-1].index <= (2 if _TAKEN.fullmatch(clause.text) else 1):
            _follow_up(clause, index, found)
    return found


def _mention(clause: Clause, index: int, match: re.Match[str], personal: re.Pattern[str] | None) -> Mention:
    describes = personal is not None and personal.search(match.group()) is not None
    return Mention(match, stance(clause, match.start(), match.end(), personal=describes), clause, index)


def _follow_up(clause: Clause, index: int, found: list[Mention]) -> None:
    said = _verdict(clause)
    if said is None:
        return
    last = found[-1].index
    every = "都" in clause.text or "全" in clause.text
    for at, mention in enumerate(found):
        if every or mention.index == last:
            found[at] = replace(mention, stance=said, index=index)


def _verdict(clause: Clause) -> Stance | None:
    if _NO_SUCH.fullmatch(clause.text):
        return Stance.DENIED
    if clause.asks or clause.supposes or len(clause.text) > _FOLLOW_LIMIT or clause.text[0] in "他她":
        return None
    if _FOLLOW_NO.fullmatch(clause.text) or _TAKEN.fullmatch(clause.text):
        return Stance.DENIED
    return Stance.HELD if _FOLLOW_YES.fullmatch(clause.text) else None
