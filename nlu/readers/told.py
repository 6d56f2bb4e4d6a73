"""Whether a description is told of the elder as it is now: not of a day to come, of others, or of a machine."""

from __future__ import annotations

from nlu.readers.assertion import asserted, denied
from nlu.readers.clauses import Clause
from nlu.readers.words import any_of, pattern

__all__ = ["denied", "holds", "without"]

_REACH = 14
_ONE_DAY = pattern(
    any_of(
        "等(?!着|级|人|到现在|等) 要真 真要 真的?要是 要是真 哪天 哪一天 赶明儿?个? 有朝一日 到时候 别等 啥时候要 一旦 若真 早晚有一天",
        "(?:电视|新闻|网上|手机|广播|报纸|抖音|快手)[^我俺，,]{0,5}",
    )
    + "[^，,]{0,6}$"
)
_IF_REALLY = pattern("真(?:的)?$")
_THEN_WHAT = pattern("^(?:了|在床上|在炕上)*(?:可)?(?:咋|怎|谁|没人|要|就|也|可)")
_OTHERS = pattern(
    "(?:人家|别人|旁人|有的人?|好多人|有些人?|村里人|他们)(?!说|给|让|叫|都说|民政|社区|医生|大夫)[^我俺咱，,]{0,5}$"
)
_OF_THOSE = pattern("^(?:上|里|着|了)?的(?:老人|人|老年人|病人|老头|老太)")
_NOT_JUDGED = pattern(
    "(?:没|未|没有|还没)(?:去|给|让|来|做|参加|申请|办|过)*(?:评|鉴定|认定|评估|评定)(?:过|上|为|成)*$"
)
_TAKEN_FOR = pattern("(?:记|写|听|打|填|录|当)成了?$")
_MACHINE = pattern(
    "(?:手机|电脑|网|系统|信号|交通|微信|机器|车)[^，,]{0,3}$|(?:累|热|吓|走|站|跑|干|忙|饿|笑|气|坐)(?:得|的|得要|到)?$"
)


# 残疾证没有自理: the negation is spent on what stands before it.
_SPENT_NO = pattern("(?:证|低保|特困|五保|退休金|养老金|医保|长护险|户)(?:也|都|还)?没有?$")


_WORD = pattern("自理|独居|空巢|留守|失能|卧床|瘫痪|半自理|半失能|能自理")


def without(clause: Clause, start: int, end: int) -> Clause:
    """`clause` with what stands in [start, end) blotted out, every other place unchanged."""
    text = clause.text[:start] + "，" * (end - start) + clause.text[end:]
    return Clause(text, clause.asks, clause.supposes, clause.past)


def holds(clause: Clause, start: int, end: int, *, official: bool = False) -> bool:
    """Whether `clause` tells what stands in [start, end) of the elder, here and now; `official` as in `asserted`."""
    before, after = clause.text[max(0, start - _REACH) : start], clause.text[end : end + _REACH]
    if (
        _NOT_JUDGED.search(before)
        or _ONE_DAY.search(before)
        or _OTHERS.search(before)
        or _MACHINE.search(before)
    ):
        return False
    if clause.asks and _OF_THOSE.match(after):
        return False
    spent = _SPENT_NO.search(before)
    if spent and _WORD.match(clause.text, start):
        clause = without(clause, start - len(before) + spent.start(), start)
    if _TAKEN_FOR.search(before):
        return False
    if _IF_REALLY.search(before) and _THEN_WHAT.match(after):
        return False
    return asserted(clause, start, end, official=official)
