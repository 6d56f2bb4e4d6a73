"""Reads whether civil affairs certified that an elder cannot care for themselves, and the need of long-term care."""

from __future__ import annotations

import re

from nlu.readers import care_daily
from nlu.readers.clauses import Clause
from nlu.readers.told import holds
from nlu.readers.words import any_of, pattern

_NEED = pattern(
    any_of(
        "(?:要|得|需要?)?长期(?:都)?(?:有|得|要|需要|需|靠|离不开|离不了)*(?:有)?(?:个|专?)?(?:人)?(?:照护|照顾|护理|照料|伺候|"
        "看护|卧床)(?!险|保险|服务|补贴|津贴|制度)",
        "(?:天天|成天|整天|每天|日夜|白天黑夜|黑天白日|一天到晚|24小时|二十四小时|时时刻刻|时刻|常年|一年到头|长年)(?:都)?(?:要|得|需要?|"
        "离不[开了]|靠|必须)+(?:有)?(?:个)?人?(?:照护|照顾|护理|照料|伺候|看护|看着|守着|守护|管|陪护)",
        "离不[开了得](?:了)?(?:个|身边)?(?:人(?!扶|搀|架)|照顾|伺候|护理|照护)(?![家参])(?:照护|照顾|护理|照料|伺候)?",
        "(?<!不)(?<!不用)(?<!洗澡)(?<!做饭)(?<!出门)(?:(?<!需)要|得|靠|全靠)(?:有)?(?:个)?(?:专)?人(?:照护|照顾|护理|照料|伺候|侍候|看护|看着|守着)",
        "(?:吃饭|喝水|吃喝|穿衣)[^，,]{0,3}(?:都|全)(?:得|要|靠)[^，,]{0,3}喂 (?:时时|时刻)(?:都)?(?:得|要)(?:有)?人看着",
        "(?:常年|长年|长期)卧床 (?:要|得|需要|需)(?:有)?人?长期(?:照护|照顾|护理|照料|伺候) 长期(?:需要|离不开)(?:人|照护)",
        "(?:身边|跟前)(?:常年|长期|一直|天天|时刻|得|要|必须)+(?:得|要|必须)?(?:有)?人(?:照护|照顾|护理|照料|伺候|看着|守着)?",
    )
)
_NO_NEED = pattern("(?:不需要?|不用|用不着|没有?|不|无需)(?:要)?(?:人|有人|别人|这种)?$")

_JUDGE = any_of("评估 评定 鉴定 认定 评")
_NOT_CARE = pattern(
    "残|低保|特困|长护险|长期护理|护理险|医院|大夫|医生|职称|伤残|工伤|津贴评|劳动能力|贫|监测|困难|计生|特扶"
)
_CERTIFIED = pattern(
    any_of(
        rf"(?:民政|社区|政府|县里|区里|镇上|乡里|街道|国家|官方)[^，,]{{0,8}}{_JUDGE}[^，,没]{{0,3}}(?:过|了|为|成|上|出|的)[^，,]{{0,6}}",
        rf"{_JUDGE}(?:过|了|为|成|上了?|出来?|的|是)+(?:是|了|为)?(?:重度|完全|生活|中度)*(?:失能|不能自理)",
        rf"(?:经|通过)(?:了)?民政[^，,]{{0,4}}{_JUDGE}",
        rf"{_JUDGE}(?:为|过|了)(?:重度)?(?:失能|不能自理)",
        rf"(?:做|办|参加|通过)(?:过|了)(?:失能|能力|老年人)+(?:等级)?{_JUDGE} "
        rf"(?:失能|能力)(?:等级)?{_JUDGE}(?:也|都|已经|早)?(?:做|办|通过)(?:过|了)",
        rf"民政[^，,没]{{0,6}}{_JUDGE}的",
        rf"{_JUDGE}(?:了|为|过|出)?(?:本人|他|她|我|俺)(?:是|为|属于)?(?:生活|完全)*(?:重度|完全)?(?:失能|不能自理|没有?自理能力)",
    )
)
_JUDGED = pattern(
    rf"(?<!没)(?<!未)(?<!没有){_JUDGE}(?:了|为|过|出|的)?(?:本人|他|她|我|俺|老人)?(?:是|为|属于)?$"
)
# 民政上来看过，说是不能自理
_CAME = pattern("民政[^，,没不]{0,6}(?:看|查|评|测|鉴定|评估|核实|核查|入户)过?了?$")
_UNABLE = pattern(
    "(?:说|给|定|评)?(?:的|我|俺|他|她|本人)?(?:是|属于|为)?(?:生活)?(?:完全|重度)?(?:不能自理|失能|没有?自理能力)"
)
_NOT_CERTIFIED = pattern(
    any_of(
        rf"(?:没有?|还没|未|从没|没去|没让|没给)(?:经|去|找|过|给|让|来|人|做|办|参加|有|民政|社区|能)*(?:失能|能力)?{_JUDGE}(?:过"
        rf"|上|为|定)?",
        rf"{_JUDGE}(?:还|都|也)*(?:没有?|没)(?:做|去|办|弄|通过|过|来)",
        rf"(?:没有?|没)(?:做|办|经|参加|搞|去做)过?(?:什么|啥|那个|这个)?(?:民政)?(?:的)?(?:失能|能力)?(?:等级)?{_JUDGE}",
    )
)
_ABOUT_CARE = pattern("失能|自理|瘫|卧床|评估|民政|照护|护理")
_HYPO = pattern("怎么|咋|如何|哪|吗|想|打算|要|可以|能不能|等")
_INSURED = pattern("长护险|长期护理(?:保)?险|护理险")
_PARTLY = pattern("能自理|半失|半自|半护|轻度|部分")
_ANSWER = pattern(
    rf"(?:民政|社区|都|也|已经|经过?|通过|做|来|早就?|去年|今年|前年|上个?月)*{_JUDGE}{{1,2}}(?:过|了|上)+(?:的)?"
)


def certified(clauses: tuple[Clause, ...], asked: bool) -> bool | None:
    """Whether it was certified; None where the text does not tell."""
    insured = any(_INSURED.search(clause.text) for clause in clauses)
    about = asked or any(_ABOUT_CARE.search(clause.text) for clause in clauses)
    for clause in clauses:
        if not about or _NOT_CARE.search(clause.text) or clause.asks or clause.supposes:
            continue
        if _NOT_CERTIFIED.search(clause.text):
            return None if insured else False
        if _is_certified(clause, asked) and not _HYPO.search(clause.text):
            return True
    return True if any(map(_judged_so, clauses, clauses[1:])) else None


def _judged_so(one: Clause, other: Clause) -> bool:
    """认定本人，生活不能自理."""
    told = not (one.asks or one.supposes or other.asks or other.supposes or _NOT_CARE.search(one.text))
    judged = _JUDGED.search(one.text) or (_CAME.search(one.text) and other.text[:1] in "说定给评")
    return bool(told and judged and _UNABLE.match(other.text))


def _is_certified(clause: Clause, asked: bool) -> bool:
    if _PARTLY.search(clause.text) and "不能自理" not in clause.text:
        return False
    if asked and _ANSWER.fullmatch(clause.text):
        return True
    return _CERTIFIED.search(clause.text) is not None


def needs_long(clauses: tuple[Clause, ...]) -> bool | None:
    """Whether long-term care is needed; None where the text does not tell."""
    for clause in clauses:
        for found in _NEED.finditer(clause.text):
            need = _need(clause, found)
            if need is not None:
                return need
    return None


def _need(clause: Clause, found: re.Match[str]) -> bool | None:
    if clause.asks and not holds(clause, found.start(), found.end(), official=True):
        return None
    if "离" in found.group() and care_daily.ON_ONE.search(clause.text[: found.start()]):
        return None
    if _NO_NEED.search(clause.text[: found.start()]):
        return False
    return True if holds(clause, found.start(), found.end()) else None
