"""Reads how far an elder depends on others: the degree, how long, and whether it was certified."""

from __future__ import annotations

import re

from nlu.readers import spans
from nlu.readers.assertion import asserted
from nlu.readers.care_words import DAILY, LEVELS, WHOLLY
from nlu.readers.clauses import Clause, split
from nlu.readers.words import any_of, pattern

_DEGREE = pattern("|".join(f"(?P<{name}>{pattern})" for name, pattern in LEVELS))
_WHOLLY = pattern(WHOLLY)
_LACKS = pattern(rf"{DAILY}[^，,]{{0,3}}?(?:不中|不行|不能|不了|费劲|困难|(?<!不)(?:要|得|需要)有?人|得帮)")
_HINTS = pattern(
    any_of(
        "自理 失能 瘫 卧 床 炕 护理 离不 吃喝 屎 [帮扶搀架] 搭 照 伺 硬 结实 身 能[走吃跑蹦] 干 种 植物人 自己 不能动 行动 赶集",
        "骑车 截瘫 屎 没问题 看[着护] 守着 失禁 翻身 喂 干不 做不",
    )
)
_OFFICIAL = pattern("失能|瘫痪$|卧床$|自理|护理$")
_ACUTE = pattern("今天|昨天|昨晚|今早|早上|刚才|刚刚|感冒|发烧|这两天|累|吓|笑|沙发|交通|网络|系统|地上|倒")
_PART = pattern(
    rf"(?:{DAILY}|[、和])+(?:还|都|也|自己)*(?:能|可以|会)?自理|大小便(?:能|会)?自理|{DAILY}(?:不能|没法)自理"
)
_BETTER = pattern(
    "(?:现在|后来|如今|已经)[^，,]{0,3}(?:好了|恢复|能走了|能下地|好多了|康复)|恢复(?:了|好)|好利索"
)
_SEVERE = pattern("重度失能|重度不能自理|失能重度|完全失能")
_RANK = {"independent": 0, "partial": 1, "dependent": 2}

_NEED = pattern(
    any_of(
        "(?:要|得|需要?)?长期(?:都)?(?:有|得|要|需要|需|靠|离不开|离不了)*(?:有)?(?:个|专?)?(?:人)?(?:照护|照顾|护理|照料|伺候|"
        "看护|卧床)(?!险|保险|服务|补贴|津贴|制度)",
        "(?:天天|成天|整天|每天|日夜|白天黑夜|一天到晚|24小时|二十四小时|时时刻刻|时刻|常年|一年到头|长年)(?:都)?(?:要|得|需要?|"
        "离不[开了]|靠|必须)+(?:有)?(?:个)?人?(?:照护|照顾|护理|照料|伺候|看护|看着|守着|守护|管|陪护)",
        "离不[开了得](?:了)?(?:个|身边)?(?:人|照顾|伺候|护理|照护)(?![家参])(?:照护|照顾|护理|照料|伺候)?",
        "(?<!不)(?<!不用)(?<!洗澡)(?<!做饭)(?<!出门)(?:(?<!需)要|得|靠|全靠)(?:有)?(?:个)?(?:专)?人(?:照护|照顾|护理|照料|伺候|侍候|看护|看着|守着)",
        "(?:吃饭|喝水|吃喝|穿衣)[^，,]{0,3}(?:都|全)(?:得|要|靠)[^，,]{0,3}喂 (?:时时|时刻)(?:都)?(?:得|要)(?:有)?人看着",
        "(?:常年|长年|长期)卧床 (?:要|得|需要|需)(?:有)?人?长期(?:照护|照顾|护理|照料|伺候) 长期(?:需要|离不开)(?:人|照护)",
    )
)
_NO_NEED = pattern("(?:不需要?|不用|用不着|没有?|不|无需)(?:要)?(?:人|有人|别人|这种)?$")

_GRADED = any_of("失能 不能自理 自理 重度 护理 能力 丧失 生活")
_JUDGE = any_of("评估 评定 鉴定 认定 评")
_NOT_CARE = pattern("残|低保|特困|长护险|长期护理|护理险|医院|大夫|医生|职称|伤残|工伤|津贴评|劳动能力")
_CERTIFIED = pattern(
    any_of(
        rf"(?:民政|社区|政府|县里|区里|镇上|乡里|街道|国家|官方)[^，,]{{0,8}}{_JUDGE}[^，,没]{{0,3}}(?:过|了|为|成|上|出|的)[^，,]{{0,6}}",
        rf"{_JUDGE}(?:过|了|为|成|上了?|出来?|的|是)+(?:是|了|为)?(?:重度|完全|生活|中度)*(?:失能|不能自理)",
        rf"(?:经|通过)(?:了)?民政[^，,]{{0,4}}{_JUDGE}",
        rf"{_JUDGE}(?:为|过|了)(?:重度)?(?:失能|不能自理)",
    )
)
_NOT_CERTIFIED = pattern(
    any_of(
        rf"(?:没有?|还没|未|从没|没去|没让|没给)(?:经|去|找|过|给|让|来|人|做|办|参加|有|民政|社区|能)*(?:失能|能力)?{_JUDGE}(?:过"
        rf"|上|为|定)?",
        rf"{_JUDGE}(?:还|都|也)*(?:没有?|没)(?:做|去|办|弄|通过|过|来)",
        rf"(?:没有?|没)(?:做|办|经|参加|搞|去做)过?(?:什么|啥|那个|这个)?(?:民政)?(?:的)?(?:失能|能力)?(?:等级)?{_JUDGE}",
    )
)
_ABOUT_CARE = pattern("失能|自理|瘫|卧床|评估|认定|鉴定|评定|民政|照护|护理")
_HYPO = pattern("怎么|咋|如何|哪|吗|想|打算|要|可以|能不能|等")


def read(text: str, context: str | None) -> dict[str, object]:
    """`care`, `care_severe`, `care_certified`, `care_months` and `long_term_care_need`, as far as they are told."""
    asked = context in ("care", "confirm") if _OFFICIALS.search(text) else context == "care"
    if (
        not asked
        and not _HINTS.search(text)
        and "评" not in text
        and "认定" not in text
        and "鉴定" not in text
    ):
        return {}
    clauses = split(text)
    facts = _dependence(clauses, asked)
    certified = _certified(clauses, asked)
    if certified is not None:
        facts["care_certified"] = certified
    need = _needs_long(clauses)
    if need is not None:
        facts["long_term_care_need"] = need
    return facts


def _dependence(clauses: tuple[Clause, ...], asked: bool) -> dict[str, object]:
    """`care`, `care_severe` and `care_months`."""
    facts: dict[str, object] = {}
    degree, places = _degree(clauses, asked)
    if degree == "independent" and any(_LACKS.search(clause.text) for clause in clauses):
        # 能自己做饭，洗澡不中 is neither.
        degree = None
    if degree is not None and not any(_BETTER.search(clause.text) for clause in clauses):
        facts["care"] = degree
        if degree == "dependent" and _is_severe(clauses):
            facts["care_severe"] = True
        lasted = _lasted(clauses, places) if degree != "independent" else None
        if lasted:
            facts["care_months"] = int(lasted) if lasted == int(lasted) else lasted
    return facts


_ANSWERS = {
    "independent": pattern(
        "(?:还|也)(?:中|行|可以|好|凑合)(?:吧|呢|哩|嘞)?|(?:都|全|我|俺|自己|还|完全|基本|生活)*(?:能|可以|会|行|没问题|能的|好着呢|没事|好好的|身体好|挺好|很?好|身体健康|"
        "身体很?健康|身体还好|不用|不用人|不用帮)(?:呢|的|啊|呀|哩|嘞|着)*"
    ),
    "partial": pattern(
        "(?:有点|一半|有的|部分|半|有些|需要点?|得|要|要人|一部分)+(?:要|得|需要)?(?:能|行|自理|不行|帮忙?|人帮忙?|扶|人扶|搭把手|"
        "有人帮)?(?:的|一点|忙|着)*"
    ),
    "dependent": pattern(
        "(?:得|要|需要?|离不开|离不了)(?:有)?人(?:伺候|照顾|照护|护理|照料)(?:了|的|着)*|(?:都|全|完全|我|俺|他|她|啥都|什么都|啥也|自己)*(?:不能|不行|不会|不中|干不了|做不了|动不了|不能动|不能的)(?:了|的|啊|呀|哩|嘞)*"
    ),
}


def _degree(clauses: tuple[Clause, ...], asked: bool) -> tuple[str | None, list[int]]:
    """The strongest degree that the clauses assert, or that of a bare answer, and the clauses that tell of need."""
    best: str | None = None
    places: list[int] = []
    for index, clause in enumerate(clauses):
        for found in (*_WHOLLY.finditer(clause.text), *_DEGREE.finditer(clause.text)):
            name = found.lastgroup or "dependent"
            if not _counts(clause, found):
                continue
            if best is None or _RANK[name] >= _RANK[best]:
                best = name
            if name != "independent":
                places.append(index)
    if best is None and asked and clauses and not clauses[0].asks:
        answer = clauses[0].text
        return next((name for name, words in _ANSWERS.items() if words.fullmatch(answer)), None), [0]
    return best, places


def _counts(clause: Clause, found: re.Match[str]) -> bool:
    if _PART.search(clause.text) and "自理" in found.group():
        return False
    if _ACUTE.search(clause.text) and re.search("瘫|下不|起不|动", found.group()):
        return False
    official = _OFFICIAL.search(found.group()) is not None
    return asserted(clause, found.start(), found.end(), official=official)


def _is_severe(clauses: tuple[Clause, ...]) -> bool:
    return any(
        asserted(clause, found.start(), found.end(), official=True)
        for clause in clauses
        for found in _SEVERE.finditer(clause.text)
        if found.group() != "完全失能"
    )


_NOT_ITS_SPAN = pattern(
    "退休|去世|走了|结婚|搬|住了|离婚|当兵|高血压|糖尿病|工龄|党龄|低保|吃药|没了|前|心脏病|守寡"
)


def _lasted(clauses: tuple[Clause, ...], places: list[int]) -> float | None:
    """The months told in the clauses that tell of need, else in a neighbour that says nothing but a span."""
    for at in places:
        found = spans.SPAN.search(clauses[at].text)
        if found and not _NOT_ITS_SPAN.search(clauses[at].text):
            return spans.months(found)
    for near in (near for at in places for near in (at + 1, at - 1) if 0 <= near < len(clauses)):
        found = spans.SPAN.search(clauses[near].text)
        if found and _SPAN_ALONE.sub("", clauses[near].text.replace(found.group(), "", 1)) == "":
            return spans.months(found)
    return None


_SPAN_ALONE = pattern(
    "都|已经|有|整整|大概|差不多|也|这样|得|算来|到现在|大约|多|了|啦|来|的|时间|吧|整|哩|嘞|呢|这都|这"
)


def _certified(clauses: tuple[Clause, ...], asked: bool) -> bool | None:
    insured = any(_INSURED.search(clause.text) for clause in clauses)
    for clause in clauses:
        if _NOT_CARE.search(clause.text) or clause.asks or clause.supposes:
            continue
        about = asked or _ABOUT_CARE.search("".join(piece.text for piece in clauses)) is not None
        if about and _NOT_CERTIFIED.search(clause.text):
            return None if insured else False
        if about and _is_certified(clause, asked) and not _HYPO.search(clause.text):
            return True
    return None


_OFFICIALS = pattern("民政|评估|认定|鉴定|评定")
_INSURED = pattern("长护险|长期护理(?:保)?险|护理险")


def _is_certified(clause: Clause, asked: bool) -> bool:
    if re.search("能自理|半失|半自|半护|轻度|部分", clause.text) and not re.search("不能自理", clause.text):
        return False
    if asked and re.fullmatch(
        rf"(?:民政|社区|都|也|已经|早就?|去年|今年|前年)*{_JUDGE}{{1,2}}(?:过|了|上)+(?:的)?", clause.text
    ):
        return True
    return _CERTIFIED.search(clause.text) is not None


def _needs_long(clauses: tuple[Clause, ...]) -> bool | None:
    for clause in clauses:
        for found in _NEED.finditer(clause.text):
            if clause.asks and not asserted(clause, found.start(), found.end(), official=True):
                continue
            if _NO_NEED.search(clause.text[: found.start()]):
                return False
            if asserted(clause, found.start(), found.end(), official=False):
                return True
    return None
