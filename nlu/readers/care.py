"""Reads how far an elder depends on others: the degree, how long, and whether it was certified."""

from __future__ import annotations

import re

from nlu.readers import care_daily, care_proof, sounds, spans
from nlu.readers.care_answers import ANSWERS
from nlu.readers.care_words import DAILY, LEVELS, WHOLLY
from nlu.readers.clauses import Clause
from nlu.readers.thoughts import split
from nlu.readers.told import holds
from nlu.readers.words import any_of, pattern

_DEGREE = pattern("|".join(f"(?P<{name}>{pattern})" for name, pattern in LEVELS))
_WHOLLY = pattern(WHOLLY)
_HINTS = pattern(
    any_of(
        "自理 失能 瘫 卧 床 炕 护理 离不 离了人 吃喝 屎 [帮扶搀架] 搭 照 伺 硬 结实 身 能[走吃跑蹦] 干 种 植物人 "
        "自己 自个 不能动 行动 赶集",
        "骑 截瘫 没问题 看[着护] 守着 失禁 翻身 喂 干不 做不 动 靠 指望 利索 好使 料理 不求 起不 穿 洗 走 饭 "
        "屙 躺 睡着 喂 抱 厕所 茅房 大小便 坐 挑 劈 评 认定 鉴定",
    )
)
_OFFICIAL = pattern("植物人|失能|瘫痪$|卧床$|自理|护理$")
_ACUTE = pattern("今天|昨天|昨晚|今早|早上|刚才|刚刚|感冒|发烧|这两天|累|吓|笑|沙发|交通|网络|系统|地上|倒")
_PART = pattern(
    rf"(?:{DAILY}|[、和])+(?:还|都|也|自己)*(?:能|可以|会)?自理|大小便(?:能|会)?自理|{DAILY}(?:不能|没法)自理"
)
_BETTER = pattern(
    "(?:现在|后来|如今|已经)[^，,]{0,3}(?:好了|恢复|能走了|能下地|好多了|康复)|恢复(?:了|好)|好利索"
)
_SEVERE = pattern(
    "重度失能|重度不能自理|失能重度|完全失能|失能(?:等级|程度|评估)?(?:评|定|给)?(?:的|是|为|了|成|过)?(?:个)?重度"
)
_OF_A_CHILD = pattern(
    "(?:儿子|闺女|女儿|孩子|独子|独女|独苗|孙子|孙女|儿媳)(?:出|车祸|得|生|从小|小时候|打小|摔|病|因|前年|去年|后来|一直|天生|又|还|也|也是|是|自己|现在){1,2}[^，我俺]{0,4}$"
)
_HALF = pattern("(?:半(?:边|拉|个)?身子?|左边|右边|一边|一侧|手|脚|腿|胳膊|指头|脖子|腰)[^，,]{0,3}$")
_REACH = 24
_RANK = {"independent": 0, "partial": 1, "dependent": 2}
_OFFICIALS = pattern("民政|评估|认定|鉴定|评定")


def read(text: str, context: str | None) -> dict[str, object]:
    """`care`, `care_severe`, `care_certified`, `care_months` and `long_term_care_need`, as far as they are told."""
    text = sounds.mended(text, "care") if context == "care" else text
    asked = context in ("care", "confirm") if _OFFICIALS.search(text) else context == "care"
    if not asked and not _HINTS.search(text):
        return {}
    clauses = split(text)
    facts = _dependence(clauses, asked)
    certified = care_proof.certified(clauses, asked)
    if certified is not None:
        facts["care_certified"] = certified
    need = care_proof.needs_long(clauses)
    if need is not None:
        facts["long_term_care_need"] = need
    return facts


def _dependence(clauses: tuple[Clause, ...], asked: bool) -> dict[str, object]:
    """`care`, `care_severe` and `care_months`."""
    facts: dict[str, object] = {}
    degree, places = _degree(clauses, asked)
    if degree is None or any(_BETTER.search(clause.text) for clause in clauses):
        return facts
    facts["care"] = degree
    if degree == "dependent" and _is_severe(clauses):
        facts["care_severe"] = True
    lasted = _lasted(clauses, places) if degree != "independent" else None
    if lasted:
        facts["care_months"] = int(lasted) if lasted == int(lasted) else lasted
    return facts


def _degree(clauses: tuple[Clause, ...], asked: bool) -> tuple[str | None, list[int]]:
    """The degree by the words for it, else by the day's doings, else by a bare answer; and the clauses of need."""
    best, places = _named(clauses)
    by_day, needing = care_daily.degree(clauses)
    if best == "dependent" or (best == "partial" and by_day != "dependent"):
        return best, places
    if by_day is not None and not (best == "independent" and by_day == "dependent"):
        return (by_day if best is None or by_day != "independent" else best), [*places, *needing]
    if best is None and asked:
        return _answered(clauses), [0]
    return best, places


def _answered(clauses: tuple[Clause, ...]) -> str | None:
    for clause in clauses[:2]:
        for name in ("partial", "independent", "dependent"):
            if not clause.asks and ANSWERS[name].fullmatch(clause.text):
                return name
    return None


def _named(clauses: tuple[Clause, ...]) -> tuple[str | None, list[int]]:
    """The strongest degree that the clauses assert, and those that tell of need."""
    best: str | None = None
    places: list[int] = []
    for index, clause in enumerate(clauses):
        for found in _counted(clause):
            name = found.lastgroup or "dependent"
            if best is None or _RANK[name] >= _RANK[best]:
                best = name
            if name != "independent":
                places.append(index)
    return best, places


def _counted(clause: Clause) -> list[re.Match[str]]:
    """The words for a degree in `clause` that are told of the elder."""
    found = [*_WHOLLY.finditer(clause.text), *_DEGREE.finditer(clause.text)]
    if not found:
        return found
    partly, acute = _PART.search(clause.text), _ACUTE.search(clause.text)
    return [
        each
        for each in found
        if not (partly and "自理" in each.group())
        and not (acute and _SUDDEN.search(each.group()))
        and _counts(clause, each)
    ]


def _counts(clause: Clause, found: re.Match[str]) -> bool:
    before = clause.text[max(0, found.start() - _REACH) : found.start()]
    if _OF_A_CHILD.search(before) or ("动" in found.group() and _HALF.search(before)):
        return False
    if _HELPED.search(found.group()) and care_daily.ON_ONE.search(before):
        return False
    official = _OFFICIAL.search(found.group()) is not None
    return holds(clause, found.start(), found.end(), official=official)


_SUDDEN, _HELPED = pattern("瘫|下不|起不|动"), pattern("离不|下不了|伺候|侍候")


def _is_severe(clauses: tuple[Clause, ...]) -> bool:
    return any(
        holds(clause, found.start(), found.end(), official=True)
        for clause in clauses
        for found in _SEVERE.finditer(clause.text)
        if found.group() != "完全失能"
    )


_NOT_ITS_SPAN = pattern(
    "退休|去世|走了|结婚|搬|住了|离婚|当兵|高血压|糖尿病|工龄|党龄|低保|吃药|没了|前|心脏病|守寡"
)
# One way of writing for the reader of spans.
_TWO, _THREE = re.compile("俩(?=多?月)"), re.compile("仨(?=多?月)")
# 我伺候他三年了, 老年痴呆四年
_MINDED = pattern("(?:伺候|侍候|服侍|照顾|照看|照料|照护|护理|喂|端屎端尿|接屎接尿)(?:着|了|到现在)?")
_MINDS = pattern(
    "病倒|躺倒|倒下|卧病|不能动|动不了|起不来|半身不遂|偏瘫|痴呆|失智|阿尔茨海默|脑萎缩|老糊涂|糊涂了"
)
_LATELY = pattern("今年|去年|最近|近来|刚|才|这(?:几|两|俩|半)|前一?阵|上个?月|后来|现在")
_GOING_ON = pattern(
    "一直|就(?=卧|瘫|躺|起不|下不|不能|不会|失能|没下过|动不|站不)|从此|打那|至今|到现在|后(?=卧|瘫|不能|失能|起不|下不)"
)
_SPAN_ALONE = pattern(
    "他|她|俺|我|本人|都|已经|有|整整|大概|差不多|也|这样|得|算来|到现在|大约|多|了|啦|来|的|时间|吧|整|哩|嘞|呢|这都|这"
)


def _lasted(clauses: tuple[Clause, ...], places: list[int]) -> float | None:
    """The months told in the clauses that tell of need, else in a neighbour that says nothing but a span."""
    texts = [_THREE.sub("三个", _TWO.sub("两个", clause.text)) for clause in clauses]
    for at in dict.fromkeys(places):
        for span in spans.SPAN.finditer(texts[at]):
            if not _NOT_ITS_SPAN.search(texts[at][max(0, span.start() - 6) : span.end() + 4]):
                return spans.months(span)
    for near in (
        near for at in dict.fromkeys(places) for near in (at + 1, at - 1) if 0 <= near < len(clauses)
    ):
        if found := _span_alone(texts[near]):
            return spans.months(found)
    return _minded(clauses, texts, places) or _since(texts, places)


def _since(texts: list[str], places: list[int]) -> float | None:
    """三年前中风后一直卧床; 前年 alone says no months."""
    for at in dict.fromkeys(places):
        told = "".join(texts[max(0, at - 1) : at + 1])
        going_on = _GOING_ON.search(texts[at])
        if (
            going_on
            and not _NOT_ITS_SPAN.search(told.replace("前", "", 1))
            and (lasted := spans.months_ago(told))
        ):
            return lasted
    return None


def _minded(clauses: tuple[Clause, ...], texts: list[str], places: list[int]) -> float | None:
    """The months for which others have minded the elder, or the mind has failed, where a clause says no more."""
    if not places:
        return None
    ill = not any(_LATELY.search(texts[at]) for at in places)
    for at, (clause, text) in enumerate(zip(clauses, texts, strict=True)):
        told = _MINDED.search(text) or (_MINDS.search(text) if ill else None)
        if told is None or clause.asks or clause.supposes or clause.past or _NOT_ITS_SPAN.search(text):
            continue
        if span := spans.SPAN.search(text, told.end()) or _span_alone("".join(texts[at + 1 : at + 2])):
            return spans.months(span)
    return None


def _span_alone(text: str) -> re.Match[str] | None:
    """The span of a clause that says nothing else: 三年了."""
    found = spans.SPAN.search(text)
    return found if found and _SPAN_ALONE.sub("", text.replace(found.group(), "", 1)) == "" else None
