"""Puts together the words that name one person: 邻居王大爷, 我妈李秀英, 王大爷的老伴, 乔海媳妇."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from nlu.readers.kin_words import NEIGHBOURS, Mention, Who

_NAME_GAP: Final = re.compile(r"(?:[，,：:（( ]?(?:名字)?(?:叫做?|名叫|姓名|名|是)[:： ]?|[：:（(]?)")
_NEAR: Final = NEIGHBOURS | frozenset(
    {"老人", "战友", "老战友", "亲戚", "朋友", "老朋友", "同事", "老同事", "老乡", "老光棍", "光棍汉", "老党员", "老兵",
     "老支书", "老教师", "孤寡老人", "五保老人", "独居老人"}
)  # fmt: skip
# 隔壁五保户张老汉, 邻居家孤身的老韩
_NEAR_GAP: Final = re.compile(
    r"(?:家|的|那|这|个|位|有|一|住|老|姓|叫|名叫|五保户?|低保户?|特困户?|贫困户|孤寡|孤身|独居|瘫痪|残疾|哑巴|瞎子|聋子|村民){0,4}"
)
# 我是退休教师刘老师
_I_AM: Final = re.compile(
    r"(?:就)?是(?:一个|一名|个|名)?(?:退休|退役|退伍)?(?:教师|工人|干部|职工|军人|老师|村民|居民|农民|[^，,。的家]{0,2}村)?(?:的)?"
)
_OF: Final = re.compile(r"(?:家)?[的嘞他她](?:家)?|家")
# In a list of names the partner is one more of the names: 户主段有福，妻姚兰.
_IN_A_LIST: Final = frozenset(
    {"配偶", "妻", "夫", "妻子", "丈夫", "爱人", "老伴", "其妻", "其夫", "其妻子", "其丈夫"}
)
_RELATIVES: Final = frozenset(
    {
        "老伴",
        "老伴儿",
        "媳妇",
        "婆娘",
        "老婆",
        "老婆子",
        "妻子",
        "爱人",
        "丈夫",
        "老公",
        "男人",
        "老头",
        "老头子",
        "配偶",
        "妻",
        "夫",
    }
)


def joined(text: str, mentions: list[Mention]) -> tuple[Mention, ...]:
    """The mentions of `text`, in order, those of one person put together."""
    every: list[Mention] = []
    for mention in mentions:
        one = _one_of_both(every, mention, text) if every else None
        if one is None:
            every.append(mention)
        else:
            every[-1] = one
    return tuple(every)


def _one_of_both(every: list[Mention], mention: Mention, text: str) -> Mention | None:
    last = every[-1]
    gap = text[last.end : mention.start]
    named = mention.kind in ("elder", "weak") and mention.who[0].subject == "other"
    if last.word in _NEAR and named and _NEAR_GAP.fullmatch(gap):
        return replace(mention, start=last.start)
    if (
        last.kind == "self"
        and named
        and _I_AM.fullmatch(gap)
        and text[mention.end : mention.end + 1] not in ("的", "家")
    ):
        return replace(last, end=mention.end)
    if _is_apposition(last, mention, gap):
        if _is_sibling_in_a_list(last, mention):
            return replace(mention, start=last.start)
        listed = last.word in _IN_A_LIST and any(not one.word and one.kind == "elder" for one in every)
        return replace(mention, start=last.start) if listed else _called(last, mention)
    if not gap and last.kind == "worker" and mention.kind in ("elder", "weak"):
        return replace(last, end=mention.end)
    if not gap and last.kind == "stranger" and mention.kind == "elder":
        return replace(mention, start=last.start, who=(Who("other", mention.word),))
    return _relative_of(last, mention, text, gap)


def _is_apposition(last: Mention, mention: Mention, gap: str) -> bool:
    """我妈李秀英, 他弟陈发旺: a name behind a word for a person is that person's."""
    if mention.word or last.word == "" or len(last.who) > 1 or last.kind in ("pronoun", "everyone", "denied"):
        return False
    return _NAME_GAP.fullmatch(gap) is not None


def _is_sibling_in_a_list(last: Mention, mention: Mention) -> bool:
    """老大赵金山81，老二赵银山78: the eldest of three old brothers."""
    return last.kind == "stranger" and last.word[0] == "老" and mention.kind == "elder"


def _called(last: Mention, mention: Mention) -> Mention:
    subject, name = last.who[0].subject, mention.who[0].name
    return replace(last, end=mention.end, who=(Who(subject, name),))


def _relative_of(last: Mention, mention: Mention, text: str, gap: str) -> Mention | None:
    """王大爷的老伴, 乔海媳妇, 我对象他妈."""
    if (
        last.kind not in ("elder", "stranger", "weak")
        or len(last.who) > 1
        or (not last.word and last.kind == "stranger")
    ):
        return None
    linked = _OF.fullmatch(gap) is not None or (not gap and text[mention.start] in "他她")
    beside = not gap and last.who[0].subject == "other" and mention.word in _RELATIVES
    if not (linked and last.end < mention.end) and not beside:
        return None
    if mention.kind == "pronoun":
        return replace(last, end=mention.end) if not gap else None
    if mention.kind not in ("elder", "weak"):
        return (
            replace(mention, start=last.start) if linked and gap != "家" and mention.kind != "self" else None
        )
    if last.kind == "elder" and last.who[0].subject in ("father", "mother") and mention.word in _RELATIVES:
        return replace(
            mention, start=last.start, who=(Who("mother" if last.who[0].subject == "father" else "father"),)
        )
    whose = last.who[0].name or last.word
    name = mention.word if last.kind == "stranger" else f"{whose}{'' if beside else '的'}{mention.word}"
    return replace(mention, start=last.start, who=(Who("other", name),))
