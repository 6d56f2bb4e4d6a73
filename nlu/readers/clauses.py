"""Splits a text into clauses and tells of each whether it asks, supposes or speaks of the past."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from nlu.readers.words import any_of, pattern


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of text between two marks, and whether it asks something, supposes something, tells of the past."""

    text: str
    asks: bool
    supposes: bool
    past: bool


_CUT = pattern(r"([，,。!！?？;；:：\n\r\t …~～|()（）\"“”]+|(?<!\d)\.+(?!\d))")
_LEADING_VERB = pattern(r"(^|[，,。!！?？;；])(没有?|不是|有|是|无)[ \t]+")
# Speech to text leaves no commas; these words open a new thought all the same.
_TURN = pattern(
    "(?=但是|可是|而且|另外|(?<![喘透熬挨说打看吃活过忙])不过(?![气来去了])|(?<!不)但(?!是)|(?<=了)现在)"
)
_THEN = any_of("以前 原来 原先 从前 过去 之前 曾经 早先 先前 早年 前几年 前些年")
_PAST_THEN_NOW = pattern(rf"({_THEN}[^，,。]{{1,16}}?)(?=现在|如今|后来|今年|去年|前年|上个月|眼下)")
_ASKS = pattern(
    any_of(
        "[?？] 吗 [么没]$ ^(?:那|这)[^，]{1,4}呢$ (?<![好没些有])多少 (?<!好)几[块元个时号分点折样种] 怎么(?!都|也)",
        "咋(?!都|也) 如何",
        "(?<!没)(?<!没有)(?<!不管)(?:啥|什么)(?!的|都|也|毛病|病|事[都儿]?$|问题) 哪(?!儿?都|怕|也) 谁(?!都|也|家) 多久 多长时间",
        "是.{1,8}还是 ([给补管发办让收])不\\1 能不能 可不可以",
        "(?<=[\u4e00-\u9fff]{2})(?<![我俺他她也都就还才从可并要好着])不$ 有没有 是不是 算不算 行不行 中不中 可以不 会不会 是否 能否",
        "(?:低保|户|残疾|能|领|管|中|行|有|证|是|钱|费|给|发)不$",
    )
)
_SUPPOSES = pattern(
    any_of(
        "赶明儿? 哪天(?!都) 有一天 有朝一日 一旦 真要 真的?要是 等[我俺他她咱](?:们)?(?:老|瘫|不能|动不|走不|没了|百年)",
        "如果 假如 假设 (?<![主只需重])要是 若是 倘若 万一 的话 除非 即使 就算(?!是) 哪怕 只要 只有.{1,12}才 必须",
        "才能 才行 才可以 才给 才算",
    )
)
_PAST = pattern(
    any_of(
        "以前 原来 原先 从前 (?<![晕昏走跑送搬看说转])过去(?!了) 之前 曾经 早先 先前 早年 前几年 前些年 那时候?",
        "早前 往前 前些[年时] 早几年 早些年 老早 那会儿? 当年 往年 头几年 年轻时 年轻的时候 小时候",
    )
)


@lru_cache(maxsize=512)
def split(text: str) -> tuple[Clause, ...]:
    """The clauses of a normalised text, in order; an empty text has none."""
    text = _LEADING_VERB.sub(r"\1\2", text)
    text = _PAST_THEN_NOW.sub(r"\1，", text)
    pieces = _CUT.split(text)
    clauses: list[Clause] = []
    for at in range(0, len(pieces), 2):
        mark = pieces[at + 1] if at + 1 < len(pieces) else ""
        parts = [part for part in _TURN.split(pieces[at]) if part]
        clauses.extend(_clause(part, mark if part is parts[-1] else "") for part in parts)
    return tuple(clauses)


def _clause(text: str, mark: str) -> Clause:
    asks = "?" in mark or "？" in mark or _ASKS.search(text) is not None
    return Clause(text, asks, _SUPPOSES.search(text) is not None, _PAST.search(text) is not None)
