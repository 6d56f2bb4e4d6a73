"""Weighs who of those named may be an elder at all, by what is told of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from nlu.readers.elder_facts import has_elder_age, has_elder_fact, is_young
from nlu.readers.kin_company import clause_after
from nlu.readers.kin_whose import is_other_couple
from nlu.readers.kin_words import NEIGHBOURS, Mention
from nlu.readers.words import any_of, set_of

_HAS_IT: Final = re.compile("(?:都|就|也|早|已经)*(?:领|有补|有津|有钱|发|拿|办|给|享受)")
_AND_I: Final = re.compile(
    "[，,。；; ]?(?:我|俺)[^，,。]{0,12}(?:咋|怎么|为啥|为什么|没有|木有|领不|没领|没吃|没享受)"
)
# 邻居都九十了还下地呢，我才七十八
_STILL_FIT: Final = re.compile(
    "(?:还|照样|仍)(?:能|会|天天|经常)?(?:下地|干活|跑|走|种|骑|跳|自己|硬朗|爬|打|赶集|做饭|好好)"
)
_AND_ME: Final = re.compile("[，,。；; ](?:我|俺)")
# 隔壁老两口都九十了，身体好得很，我才七十八
_BUT_I: Final = re.compile(
    "[^。；;！!？?\\n我俺]{1,30}[，,。；; ](?:我|俺)(?:们)?(?:才|却|咋|怎么|就不|都不|刚)"
)
# 她婶子说她吃低保
_SAYS_SHE_HAS: Final = re.compile(
    "(?:老|总|也|都|天天|昨天|跟我|跟俺|给我|给俺)*(?:说|讲|显摆)(?:是|自己|[她他人][家们]?)*(?:有|是|吃|享受|评上|办了?)"
)
# 我八十她七十六, behind 我跟我妹妹
_I_AND_SHE: Final = re.compile(
    "[我俺](?:今年)?(?:[6-9][0-9]|[六七八九]十)[一二三四五六七八九]?岁?了?[，, ]?[他她](?:今年)?(?:[6-9][0-9]|[六七八九]十)"
)
_ACQUAINTED: Final = set_of("邻居 隔壁 对门 街坊 朋友 同事 亲戚 老乡")
_FRIENDS: Final = set_of("老姐妹 老姊妹 老闺蜜 老哥们 老哥们儿 老姐们 老姐们儿 老伙计 老邻居")
# 我妈有个老姐妹八十五
_HERS: Final = re.compile(
    "(?:妈|娘|爸|爹|亲|婆|公|奶|爷|姥|伴|她|他|姨|姑|舅|叔|伯)(?:也|还)?有(?:一|几|两)?个?$"
)
# 给俺对门的申请，姓邵，七十九
_ASKED_FOR: Final = re.compile("(?:给|替|帮|代)(?:我|俺|咱)?们?(?:家|的)?$")
_FIFTIES: Final = re.compile("(?:今年|都|也|才|快)*(?:[1-5][0-9](?![0-9])|[二三四五]十)")
_AND: Final = re.compile(r"\s*(?:和|跟|与|及|以及|、|还有|加上|同|[，,]|)\s*")
_AND_HE: Final = re.compile("[我俺](?:跟|和)(?:[我俺]们?家?)?$")
# 俺兄弟帮我问的: who only does something is not told of.
_ACTS: Final = re.compile(
    any_of(
        "说(?!话) 问 让 叫 帮 来 给 送 打(?!小) 带 陪 接 照顾 管 告诉 开车 住 做饭 养 伺候 介绍 领我 领俺 推荐 替 跟 报 "
        "办 填 教 拿 是 当 离 死 走 有时 看我 看俺 去 嫌 骂",
        "不[管来给养问帮] 买 借 欠 上班 打工 忙 回 到 [和与跟] 家 都",
    )
)
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
    if other and _only_talks(text, mention, told, after):
        return replace(mention, kind="denied")
    if is_other_couple(mention) and _BUT_I.match(text, mention.end):
        return replace(mention, kind="denied")
    if mention.kind != "weak":
        return mention
    if mention.word in _FRIENDS | _ACQUAINTED and _HERS.search(text[: mention.start][-8:]):
        return replace(mention, kind="denied")
    sure = _has_facts(text, mention, told, after)
    young = is_young(told) if not mention.word else _is_too_young(after, elders)
    return replace(mention, kind="elder" if sure and not young else "stranger")


def _only_talks(text: str, mention: Mention, told: str, after: str) -> bool:
    """邻居都领了，我咋没有; 他婶子说她吃低保，俺可没有: the writer is asking for themselves."""
    if (
        mention.word in NEIGHBOURS | _ACQUAINTED
        and _STILL_FIT.search(after)
        and _AND_ME.search(text, mention.end)
    ):
        return True
    if mention.word not in NEIGHBOURS and has_elder_age(told[len(after) :]):
        return False
    has = _HAS_IT.search(after) or _SAYS_SHE_HAS.match(after)
    return has is not None and _AND_I.search(text, mention.end) is not None


def _has_facts(text: str, mention: Mention, told: str, after: str) -> bool:
    if not mention.word:
        near = text[max(0, mention.start - 8) : mention.end]
        return has_elder_fact(told) or has_elder_fact(near)
    if mention.word in _ACQUAINTED:
        return has_elder_age(after) or (
            has_elder_age(told) and _ASKED_FOR.search(text[: mention.start][-6:]) is not None
        )
    if text[mention.start] in "我俺咱" and not _ACTS.search(after):
        return has_elder_fact(told)
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
        both = after[:1] == "都" and has_elder_fact(after)
        listed = _AND_HE.search(before) is not None and (
            both or _I_AND_SHE.search(text, mention.end) is not None
        )
    else:
        named = bool(behind) and behind[-1].kind == "elder"
        listed = named and _AND.fullmatch(text[mention.end : behind[-1].start]) is not None
    return replace(mention, kind="elder") if listed else one
