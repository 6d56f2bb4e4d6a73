"""Reads the family-planning status: 计划生育特殊家庭, 独生子女死亡, 独生子女伤残, 独生子女父母."""

from __future__ import annotations

import re

from nlu.readers.clauses import Clause, split
from nlu.readers.mentions import mentions
from nlu.readers.stance import Stance
from nlu.readers.words import any_of, pattern

_ONLY = any_of(
    "独生子女? 独生(?:的)?(?:儿子|女儿|闺女|女|儿|孩子) 独子 独女 独苗 (?:唯一|惟一)的?(?:一个)?(?:孩子|儿子|女儿|闺女|娃|儿|亲人)",
    "(?:就|只|才|仅)(?:有|这么?|那么?|生了?|养了?|得了?)*一?个(?:孩子|儿子|女儿|闺女|娃|儿|独苗|小子|妮儿?)",
)
_DEAD = any_of(
    "死(?!活|心|板) 没了 去世 走了(?!远|以后再) 不在了 不在人世 过世 离世 亡故 牺牲 夭折 病逝 遇难 身亡 没得了 早逝 死亡 没(?=$)",
    "走在我前 走在俺前",
)
_MAIMED = any_of("伤残 残疾 重残 瘫 智障 弱智 残废 残了 脑瘫 植物人")
_TERMS = {
    "special_family_planning": any_of(
        "(?:计生|计划生育)(?:的)?特殊(?:困难)?(?:家庭|户) (?:计生|计划生育)?特扶(?:家庭|对象|户|人员|老人|金)? 特别扶助(?:家庭|"
        "对象|金|户|制度)?",
        "计特(?:家庭|户) 失独(?:家庭|户)",
    ),
    "only_child_deceased": "失独",
    "only_child_disabled": f"独生子女(?:的)?{_MAIMED}(?:家庭)?",
    "only_child_parents": "独生子女父母(?!奖)|独生子女光荣证|独生子女证|独生证|独生子女(?:家庭|户)|光荣证",
}
_TERM = pattern("|".join(f"(?P<{name}>{pattern})" for name, pattern in _TERMS.items()))
_PERSONAL = pattern("户$|家庭$|对象$|父母$|失独")
_LOST = pattern(rf"{_ONLY}(?P<gap>[^，,]{{0,14}}?){_DEAD}")
_HURT = pattern(rf"{_ONLY}(?P<gap>[^，,]{{0,12}}?){_MAIMED}")
_ONLY_CLAUSE = pattern(rf"{_ONLY}(?:了|的|啊|呢|还|也)*$")
_THEN_LOST = pattern(rf"^[^，,]{{0,10}}?(?<!没)(?<!不){_DEAD}")
_THEN_HURT = pattern(
    rf"^(?:是|有|又|还|也|得|后来|现在|生下来就|从小|小时候|出车祸|\d|年){{0,5}}(?:个)?{_MAIMED}"
)
_ONLY_CHILD = pattern(
    any_of(
        "(?:是|就|都是|家是|家里是|我家|俺家|生的|一个|有个?|养了?一?个|孩子|儿子|女儿|闺女)(?:个)?独生(?:子女|子|女|儿子|女儿|闺女)",
        "(?:就|只)(?:有|生了?)(?:一)?个?独(?:生子|生女|子|女|苗)",
    )
)
_THEN_ONLY = pattern(
    "^(?:就|只有?|才)(?:有|生|这|那|养)*一?个(?:孩子|儿子|闺女|女儿|娃|儿)?(?:了|啊|呀)?$|^(?:是)?(?:个)?独生"
)
_CHILD_LOST = pattern("(?:儿子|闺女|女儿|孩子|娃)(?:[^，,]{0,6})(?:没了|去世|死了|不在了|过世)")
_NOT_DEAD = pattern("没死|没走|打工|外地|出国|国外|上班|老伴|老头|结婚|还没|身边|他爹|他妈|爱人|别人|人家")
_HINTS = (
    "独",
    "特扶",
    "特别扶助",
    "计生",
    "计划生育",
    "唯一",
    "惟一",
    "计特",
    "光荣证",
    "一个",
    "个儿子",
    "个闺女",
    "个孩子",
    "个娃",
)


def read(text: str, _context: str | None) -> dict[str, object]:
    """`{"family": {name: bool}}` for the family-planning statuses that the text settles."""
    if not any(hint in text for hint in _HINTS):
        return {}
    family: dict[str, bool] = {}
    _named(text, family)
    _told(split(text), family)
    if family.get("only_child_deceased") or family.get("only_child_disabled"):
        family.pop("only_child_parents", None)
    return {"family": family} if family else {}


def _named(text: str, family: dict[str, bool]) -> None:
    for mention in mentions(text, _TERM, _PERSONAL):
        name = str(mention.match.lastgroup)
        if name == "only_child_parents" and re.match(
            "费|补|奖|的?待遇|加", mention.clause.text[mention.match.end() :]
        ):
            continue
        if mention.stance is Stance.HELD:
            family[name] = True
            if mention.match.group().startswith("失独"):
                family["only_child_deceased"] = True
        elif mention.stance is Stance.DENIED:
            family[name] = False


def _told(clauses: tuple[Clause, ...], family: dict[str, bool]) -> None:
    """What is told in plain words: 就一个儿子，前年车祸没了."""
    for index, clause in enumerate(clauses):
        if clause.supposes or clause.asks or _NOT_DEAD.search(clause.text):
            continue
        after = clauses[index + 1].text if index + 1 < len(clauses) else ""
        if _has_lost(clause.text, after):
            family["only_child_deceased"] = True
        elif _HURT.search(clause.text) or (_ONLY_CLAUSE.search(clause.text) and _follows(_THEN_HURT, after)):
            family["only_child_disabled"] = True
        elif _ONLY_CHILD.search(clause.text) and not re.search(
            "不是|没有?独|没有?一?个|算不算|补|费", clause.text
        ):
            family["only_child_parents"] = True


def _has_lost(text: str, after: str) -> bool:
    if _CHILD_LOST.search(text) and _THEN_ONLY.search(after):
        return True
    return bool(_LOST.search(text) or (_ONLY_CLAUSE.search(text) and _follows(_THEN_LOST, after)))


def _follows(words: re.Pattern[str], after: str) -> bool:
    return words.search(after) is not None and not _NOT_DEAD.search(after)
