"""Tells whether a clause asserts what it describes, here and now, of the person spoken of."""

from __future__ import annotations

from nlu.readers.clauses import Clause
from nlu.readers.words import CHILD, DOUBT, FUTURE, PERSON, any_of, pattern

_REACH = 16
_NOT_BEFORE = pattern(
    any_of("没有? 不 不是 并不 并没有? 没到 还没到? 未 不算 不至于 没那么 没说 别 不会 不在 谈不上 算不上 非")
    + "(?:到|是|说|真的?|那种|完全|过|评上|评为|评|属于?|定为|够|达|认定|办|算|全|一直|一个|什么|啥|跟|和|得|那么|给|叫|说)*$"
)
_UNSURE_BEFORE = pattern(
    any_of(
        DOUBT,
        FUTURE,
        "怕(?!是) 担心 快要? (?:^|怕|等|到|我|俺|要是)以后 防止? 预防",
        "是不是 算不算 有没有 是否 会不会 什么是 什么叫 啥叫 啥是 怎么算 咋算 怎样算 属不属于 避免 万一 假装",
    )
    + "[^，,]{0,7}$"
)
_WISH_BEFORE = pattern(
    any_of(
        "想 打算 准备 希望 愿意? (?<!主)要(?!人|有人|别人) 计划 考虑 不愿意? 不想 喜欢 习惯 可以 能不能 申请"
    )
    + "[^，,]{0,6}$"
)
_CHILD_BEFORE = pattern(
    rf"(?:{CHILD}|别人|人家|有的人?|有些人?|邻居们)(?:家|们|也|都|是|现在|又|还|已经|就|在|能|可以)*$"
)
_ASK_AFTER = pattern("^(?:了|的|老人|的人|人员|过)*(?:吗|么|不|没有?|算不|是不|嘛|啊|呀|吧)?$")
_GENERAL_AFTER = pattern(
    "^(?:了|在床|在炕)*的?(?:老人|老年人|人员|人群|家庭|病人|人|咋|怎么|老头|老太)?(?:们)?(?:能|有|可以|怎|咋|享|补|该|要|都|去|"
    "如何|多少|算|是|一个月|每月|给|领|啥|什么|居家|护理补|评|等级|标准|鉴定|认定|险)"
)
_PERSON_BEFORE = pattern(
    rf"(?:{PERSON}(?:家|今年|现在|也|都|就|们|这个|已经|是|属于|因为)*[\d一二三四五六七八九十岁多了的周虚]*|(?:是|属于|评上了?|评为|成了?)(?:重度|中度|轻度|完全)?)$"
)
_DONE_AFTER = pattern(r"^[^，,]{0,4}?(?:了|[\d一二两三四五六七八九十半]+(?:多)?(?:个月|年))")
_NAME_AFTER = pattern(
    "^(?:人员|老人|家庭|户)?(?:的)?(?:护理补|补[贴助]|津贴|险|标准|等级|评估|鉴定|认定|政策|老人(?:能|有|可以|补|护理|照护)|险|服务)"
)
_NO_MORE_AFTER = pattern("^[^，,]{0,4}?(?:过(?!得|日子|年)|好了|不用了|以后|之后怎|的时候|怎么办|咋办)")


_SAID_BEFORE = pattern("说成|写成|选成|(?:刚才|前面|先前)(?:我|俺)?(?:说|填|写|选)(?!错|漏|了)")
_WRONG_AFTER = pattern(
    "^(?:那个|那条|那项|这个|这条)?(?:是|都是|我)?(?:不对|错的|说错|写错|填错|选错|去掉|删)|^(?:改|换)成"
)


def asserted(clause: Clause, start: int, end: int, *, official: bool) -> bool:
    """Whether `clause` says that what stands in [start, end) holds now.

    `official` marks the words of the rules (失能, 独居), which a question names without telling anything of anybody.
    """
    before, after = clause.text[max(0, start - _REACH) : start], clause.text[end : end + _REACH]
    if clause.supposes or clause.past or _NOT_BEFORE.search(before) or _UNSURE_BEFORE.search(before):
        return False
    if _WRONG_AFTER.match(after) or _SAID_BEFORE.search(before):
        return False
    if _WISH_BEFORE.search(before) or _CHILD_BEFORE.search(before):
        return False
    if clause.asks and _ASK_AFTER.match(after):
        return False
    concrete = _PERSON_BEFORE.search(before) is not None or (_DONE_AFTER.match(after) is not None)
    if official and not concrete and (clause.asks or _NAME_AFTER.match(after)):
        return False
    return not (clause.asks and not concrete and _GENERAL_AFTER.match(after) and "老" in after[:6])


def denied(clause: Clause, start: int) -> bool:
    """Whether `clause` denies what begins at `start` (不独居, 没跟儿子住)."""
    before = clause.text[max(0, start - _REACH) : start]
    return not (clause.supposes or clause.past or clause.asks) and _NOT_BEFORE.search(before) is not None
