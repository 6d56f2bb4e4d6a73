"""Reads with whom an elder lives: alone, as an empty nest, left behind, or with family."""

from __future__ import annotations

import re

from nlu.readers.assertion import asserted, denied
from nlu.readers.clauses import Clause, split
from nlu.readers.words import any_of, pattern

_KIN = any_of(
    "(?:大|小|二|三|四|老)?(?:儿子|女儿|闺女|姑娘|儿|妮儿?|孩子们?|儿女|子女|孙子|孙女|外孙女?|媳妇|儿媳妇?|女婿|姑爷)(?:们|家|"
    "一家|两口子?)?",
    "老[大二三四五幺]家? 老伴儿? 家人 家里人 一家人 爱人 老婆 老公 丈夫 老头子? 老太太 侄子 侄女 侄儿 外甥女? 亲戚 弟弟 妹妹 哥哥 姐姐",
    "我妈 我爸 俺妈 俺爹 俺娘",
)
_TOGETHER = "(?:一起|一块儿?|一道|一堆儿?|同|一个屋|一家|搭伙|生活在一起)"
_STAY = (
    "(?:住(?!院|一间|单间|不|养老院|敬老院|护理院|福利院|了?几天|进?医院)|过(?!去|来|不|年|生日|世|敏|不去|意)|生活(?!费|补|不能|"
    "能|自理|完全|基本|上))"
)
_CHILDREN = any_of(
    "孩子们?都? 儿女们?都? 子女们?都? 娃们?都? 年轻人都? 小孩们?都? 儿子闺女都? 儿子女儿都? 几个孩子都?",
    "[两俩三仨四]个(?:孩子|儿子|闺女|儿女|娃)都? (?:儿子|闺女|女儿)都 晚辈都?",
)
_PATTERNS = {
    "left_behind": any_of(
        "留守",
        f"{_CHILDREN}(?:常年|一直|全|也|又|现在)*(?:出去|出门|外出|去|在|到|上)?(?:了)?(?:外地|外头|外面|外边|外省|城里|南方|广东|"
        f"深圳|上海|北京|浙江|江苏|郑州)?(?:去)?(?:打工|务工|打工去)",
    ),
    "empty_nest": any_of(
        "空巢 老两口(?:儿)?(?:子)?(?:自己|单独|单|在家|自个儿?|俩|相依为命|一起|两个人|一块儿?|就|独自|老屋|在老家|在村里|"
        "在农村)*(?:过|住|生活|相依为命)",
        "老两口(?:儿|子)?(?:俩|都|就)?在(?:家|老家|村里|农村|屋里)",
        "(?:就|只有?|光|只剩|就剩)(?:我们|俺们?|咱|他们|剩)?(?:老两口|老俩口|两个老人|两个老的|俩老的|老俩|我和老伴|俺和老伴|"
        "我们老俩|(?:我|俺)(?:和|跟|与)(?:我|俺)?(?:老伴儿?|老头子?|老婆子?|媳妇|当家的|爱人))(?!住|过|还|都|也|七|八|九|[0-9])",
        f"{_CHILDREN}(?:全|也|又|常年|一直)*(?:在外地|不在身边|不在跟前|在外头|在外省|不在家|在国外|在外面|在外边|在城里住?|离得远"
        f"|在外地工作|在外地安家|在外地上班|没在身边|没在跟前)",
    ),
    "with_family": any_of(
        f"(?:跟着?|和|与|同|随着?|搁|挨着){{1}}(?:我|俺|他|她|"
        f"自己)?(?:的)?{_KIN}(?:[、和跟]{_KIN})*(?:的)?{_TOGETHER}*(?:在(?:城里|县城|市里|外地|镇上|村里|老家)?)?{_STAY}",
        f"(?:跟着?|和|与|随){_KIN}(?:在)?{_TOGETHER}(?!去|来|办|吃饭|商量|打)",
        f"住在?(?:我|俺|他|她)?{_KIN}(?:家)?(?:里|那|那儿|那边)?(?!附近|隔壁|对门|楼上|楼下|旁边) 在(?:我|俺|他|她)?(?:大|小|二|"
        f"三)?(?:儿子|女儿|闺女|姑娘|孩子|老大|老二)家(?:里|那边)?(?:住|过|养老)",
        f"{_KIN}(?:他们)?(?:跟着?|和|与|同|陪着?)(?:我|俺|他|她|咱|我们|俺们)(?:们|老两口)?{_TOGETHER}*(?:在)?{_STAY} (?:三代|四世"
        f"|三世)同堂 一大家子?(?:人)?(?:住|过|生活)?在?一起 (?:在(?:几个)?(?:儿子|闺女|孩子)家)?轮(?:流|着)(?:在)?(?:儿子|几个儿子"
        f"|孩子|闺女)?家?住",
        f"{_KIN}(?:跟着?|和|与|同)(?:我|俺|他|她)(?:们)?(?:在)?{_TOGETHER}(?!去|来|办|吃饭|商量)",
    ),
    "alone": any_of(
        "独居 孤老 孤寡 孤身一?人 独身一?人 独身(?!子女) 独自(?:一个?人)?(?:居住|住|过|生活|在家) 单独(?:居住|住|过)",
        f"(?:一|1)个人(?:单独|自己|在家|在老家|在村里|在老屋|独自|在农村|孤零零|单|搁家)*{_STAY} 自(?:己|个儿?)(?:一个人|一人|单独"
        f"|个|在老家|在村里|单)*{_STAY}(?!的房|子|不了)",
        "(?:家里?头?|屋里?头?|现在|平时|平常|如今|身边)*(?:就|只有|光|只剩|就剩|就是|剩)下?(?:我|俺|他|她|老人|我妈|我爸|俺娘|俺爹|"
        "老太太|老头子?)?(?:一个人|一个|自己|一人儿?|自个儿?|孤身|(?:老婆子|老头子|老汉)一个|一个老的|一个老人|一个(?:孤)?老婆子?|"
        "一个老头子?|一个老太[太婆]|"
        "一个老汉)(?:人)?(?:儿)?(?:了|过|住|在家|生活|呢|啦)*$",
        "(?:就|只|光|只有)(?:我|俺|他|她)(?:一个|自己|一人|自个儿?)(?:过|住|在家过|生活) ^(?:我|俺|他|她)一个人(?:了|"
        "呢)?$ 没人(?:跟|和)(?:我|俺|他|"
        "她)(?:一起)?住 单过 孤零零(?:的)?(?:一个人|过) 一人(?:独)?(?:居住|住(?!院)|过日子)",
    ),
}
_TERM = pattern("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PATTERNS.items()))
_OFFICIAL = pattern("独居|空巢|留守|孤老|孤寡")
_HINTS = pattern(
    "[住过居巢守]|孤|独|一[个人]|自己|自个|老两口|打工|务工|外地|身边|跟前|一起|一块|同堂|外[头面边省]|国外|老俩|老伴|老头|城里|生活"
)
_CHILDREN_ALL = pattern("孩子|儿女|子女|家人|家里人")
_NO_SUCH = pattern("没人跟|没人和")
_NONE = pattern("(?:这些?|那些?|以上)?(?:几[样个种])?(?:都|全|一[个样]也?)(?:没有?|不是|不算|不|木有)的?")
_ANSWERS = {
    "alone": pattern(
        "(?:就|只有|只)?(?:我|俺|他|她|我自己|俺自己|自己|我妈|我爸|俺娘|俺爹)?(?:就)?(?:一个人|1个人|自己|自个儿?|一人|独居|单身|"
        "单个儿?|孤身)(?:的|了|住|过|呗|啊|呢)*"
    ),
    "empty_nest": pattern(
        "(?:就|只有)?(?:我们|俺们?|他们)?(?:老两口|老俩口|俩老的)(?:子|儿|的|了|呗|啊|住)*"
    ),
    "with_family": pattern(f"(?:跟着?|和|与|随|同)(?:我|俺|他|她)?{_KIN}(?:呢|的|啊|住|一起|一块)*"),
}
# By day only: 白天就我自己.
_BY_DAY = pattern("白天|上午|下午|晌午|今天|今儿|这会儿?|暂时|这两天|这几天")
_WITH_US = pattern(
    f"(?:跟着?|和|与|同|随着?)(?:我|俺|咱)(?:们|家|们家)(?:一家)?{_TOGETHER}*(?:在)?(?:{_STAY}|{_TOGETHER}(?!去|来|办|吃饭|商量))"
)
_WISH = pattern("(?:想|打算|准备|希望|愿意?|要|劝|叫|让|接)(?:我|俺|他|她|着|去|搬|过去|到|老人)*$")
_RELATED = pattern("老伴儿?(?:走了|去世|没了|过世|不在了)")


def read(text: str, context: str | None) -> dict[str, object]:
    """`{"living": {name: bool}}` for what the text settles; empty where it settles nothing."""
    asked = context == "living"
    if asked and _NONE.fullmatch(text.strip(" 。，,.!！")):
        return {"living": {"alone": False, "empty_nest": False, "left_behind": False}}
    if not asked and not _HINTS.search(text):
        return {}
    clauses = split(text)
    living = _arrangements(clauses)
    if asked and not living and clauses and not clauses[0].asks:
        answer = clauses[0].text
        living = {name: True for name, words in _ANSWERS.items() if words.fullmatch(answer)}
    return {"living": living} if living else {}


def _arrangements(clauses: tuple[Clause, ...]) -> dict[str, bool]:
    living: dict[str, bool] = {}
    for clause in clauses:
        for found in _TERM.finditer(clause.text):
            said = _said(clause, found)
            if said is not None:
                living[str(found.lastgroup)] = said
        us = _WITH_US.search(clause.text)
        if (
            us
            and not _WISH.search(clause.text[: us.start()])
            and asserted(clause, us.start(), us.end(), official=False)
        ):
            living["with_family"] = True
    if living.get("alone") and _only_implied(clauses):
        living.pop("empty_nest", None)
    return living


def _said(clause: Clause, found: re.Match[str]) -> bool | None:
    """True or False as the clause says it, None where it says neither."""
    name, start = str(found.lastgroup), found.start()
    if _WISH.search(clause.text[:start]) or (name == "alone" and _BY_DAY.search(clause.text)):
        return None
    if denied(clause, start):
        every = name != "with_family" or _CHILDREN_ALL.search(found.group())
        return False if every else None
    official = _OFFICIAL.search(found.group()) is not None
    return True if asserted(clause, start, found.end(), official=official) else None


def _only_implied(clauses: tuple[Clause, ...]) -> bool:
    """Children far away make an empty nest of those only who did not say that they live alone."""
    return not any("空巢" in clause.text for clause in clauses)
