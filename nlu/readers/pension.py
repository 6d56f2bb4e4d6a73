"""Reads which pension an elder receives, and the standing with long-term care insurance."""

from __future__ import annotations

import re

from nlu.readers.clauses import split
from nlu.readers.mentions import Mention, mentions
from nlu.readers.stance import Stance
from nlu.readers.words import any_of, pattern

_EMPLOYEE = any_of(
    "退休(?:金|工资|费|养老金?) 离退休(?:金|费) (?:城镇)?(?:企业|职工|单位|工厂|机关|事业单位)(?:基本)?(?:职工)?养老(?:金|保险|钱)?",
    "离休(?:金|干部|工资)?",
    "(?:企业|单位|工厂|厂里?|机关|事业单位|学校|国企|银行|公司|医院|铁路|煤矿|矿上|供销社|公家)(?:上|里|的)*退休(?!年龄|手续|证)",
    "退休(?:工人|职工|教师|老师|干部|医生|人员|军官)",
)
_RESIDENT = any_of(
    "(?:城乡|城镇)?居民(?:基本)?养老(?:金|保险|钱)? 新农保 农保(?!险) 新型农村(?:社会)?养老(?:保险|金)?",
    "农村(?:的)?(?:社会)?养老(?:金|保险|钱)? (?:农民|老农)养老(?:金|钱)?",
    "农村(?:的)?(?:老年)?(?:基础)?养老金 基础养老金",
)
_BOTH = r"(?:养老(?:金|钱|保险)|退休金和养老金|养老金和退休金|社保)"
_TERM = pattern(f"(?P<employee>{_EMPLOYEE})|(?P<resident>{_RESIDENT})|(?P<any>{_BOTH})")
_PERSONAL = pattern("退休$|工人$|职工$|教师$|老师$|干部$|医生$|人员$")
_SMALL = pattern(
    r"(?:养老|老农|农保)[^，,。没]{0,8}?(?:(?<!\d)[12]\d{2}(?!\d)|(?<![\d千万])(?:百十|百把|百来|"
    r"[一二两][百])[一二三四五六七八九十来多几]*)(?:多|来)?(?:块|元|钱)"
    r"|(?:(?<!\d)[12]\d{2}(?!\d)|(?<![\d千万])(?:百十|百把|百来|[一二两]百)[一二三四五六七八九十来多几]*)(?:多|来)?(?:块|"
    r"元)?钱?的?(?:养老(?:金|钱|保险)|农保)"
)
_PAYING = pattern("[交缴]|参加|参保|没到|还没领|不到岁|等到|快退休|没退休|补贴|标准|政策|涨")
_MONEY = pattern(
    r"^(?:每个?月|一个月|一月|也|就|才|只有|有|大概|差不多|能|拿|领|发|到手|是)*(?:\d{3,5}|[一二两三四五六七八九]千|"
    r"[一二两三四五六七八九]百)"
)
_NOTHING = pattern(
    rf"(?:没有?|无|啥|什么|任何|一分|都没|从没)[^，,]{{0,4}}{_BOTH}|{_BOTH}[^，,]{{0,5}}(?:没有$|没有了$|一分没有|没领过|都没有|"
    rf"也没有|没得领)|(?:养老|退休)[^，,]{{0,6}}(?:啥|什么|一分|一毛)[钱]?(?:都|也)没"
)
_LTCI = pattern(r"长护险|长期护理(?:保)?险|长照险|长期照护险|长期照护保险|护理保险")
_PASSED = pattern(
    any_of(
        "(?<!没)(?<!没有)(?:评估|评定|评|认定|审核|鉴定)(?:过|(?<!估)(?<!定)上(?!门)|通过|下来|合格|完)+",
        "(?<!没)(?<!不)通过了?(?:评估|评定|审核)?",
        "享受着? 在?享受 (?:报|领|用)(?:着|上) 批(?:了|下来) 待遇",
    )
)
_NOT_PASSED = pattern("没(?:有)?(?:评|通过|过|审|批|去评|申请)|评估没|不通过|没评上|还没")
_PAID = pattern("(?:我|俺|也|都|一直|早|已经|每年)*(?:交|缴|买|入|参加|参)(?:了|着|过|上)")
_JOINED = pattern("(?:有|交|缴|入|买|参加|参|投|上|办)了?(?:的|过|着)*|参保")


def read(text: str) -> dict[str, object]:
    """`{"pension": …}` and `{"ltci": …}` as far as the text tells them."""
    facts: dict[str, object] = {}
    if "养老" in text or "退休" in text or "农保" in text or "离休" in text or "社保" in text:
        pension = _pension(text)
        if pension is not None:
            facts["pension"] = pension
    if "护险" in text or "护理险" in text or "护理保险" in text or "照" in text:
        ltci = _ltci(text)
        if ltci is not None:
            facts["ltci"] = ltci
    return facts


def _pension(text: str) -> str | None:
    clauses = split(text)
    if any(
        _SMALL.search(clause.text) and not clause.asks and not _PAYING.search(clause.text)
        for clause in clauses
    ):
        return "resident_receiving"
    found = mentions(text, _TERM, _PERSONAL)
    sheet = len(clauses) > 2 and not any(clause.asks for clause in clauses)
    for mention in found:
        kind = mention.match.lastgroup
        alone = sheet and mention.match.group() == mention.clause.text
        if kind != "any" and (alone or _receives(mention)):
            return "employee_receiving" if kind == "employee" else "resident_receiving"
    if any(mention.match.lastgroup == "any" and _has_none(mention) for mention in found):
        return "none"
    return None


def _receives(mention: Mention) -> bool:
    clause, match = mention.clause, mention.match
    if mention.stance is not Stance.HELD or _PAYING.search(clause.text):
        return False
    if match.group().endswith(("保险", "农保")) or _PERSONAL.search(match.group()):
        return True
    after = clause.text[match.end() :]
    if after and re.match("(?:啥时|什么时候|涨|发|到账|没发|还没|领取|认证|资格|卡)", after):
        return False
    if not clause.asks and (_HAS_IT.fullmatch(after) or _LITTLE.match(after)):
        return True
    return bool(_MONEY.match(after) or _TAKES.search(clause.text[: match.start()]))


_TAKES = pattern(
    "(?:有|领|拿|吃|发|享受|靠|就|只有|就是)(?:着|了|的|到|个)*(?:一?点儿?|一?份|那|企业|职工|单位|城镇|城乡|国家|每月|正式|厂里|的)*$"
)
_HAS_IT = pattern("(?:也|都|是|还)*(?:有|领着|拿着|在领|在拿|有的)(?:了|呢|的|哩|嘞)?$")
_LITTLE = pattern("^(?:也|又|还|都)?(?:不高|不多|不够|太?低|很低|太?少|很少|就那点|没多少|高|涨得少)")


def _has_none(mention: Mention) -> bool:
    return mention.stance is Stance.DENIED and "社保" not in mention.match.group()


def _ltci(text: str) -> str | None:
    for mention in mentions(text, _LTCI):
        clause = mention.clause.text
        if _PAID.match(clause[mention.match.end() :]):
            return _standing(text, clause)
        if mention.stance is Stance.OPEN:
            continue
        if mention.stance is Stance.DENIED:
            return (
                None
                if _NOT_PASSED.search(clause) and "没有" not in clause and "没交" not in clause
                else "none"
            )
        if mention.stance is Stance.HELD:
            return _standing(text, clause)
    return None


def _standing(text: str, clause: str) -> str | None:
    if _PASSED.search(text) and not _NOT_PASSED.search(text):
        return "assessed"
    return "insured" if _JOINED.search(clause) else None
