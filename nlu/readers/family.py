"""Reads the family-planning status: 计划生育特殊家庭, 独生子女死亡, 独生子女伤残, 独生子女父母."""

from __future__ import annotations

import re

from nlu.readers.claims import claims
from nlu.readers.clauses import Clause
from nlu.readers.stance import Stance
from nlu.readers.thoughts import split
from nlu.readers.words import any_of, pattern

_CHILD = "(?:孩子|孩儿|儿子|女儿|闺女|娃儿?|儿|小子|妮儿?|丫头|小孩|姑娘)"
_ONLY = any_of(
    f"独生子女? 独生(?:的)?(?:{_CHILD}|女) 独子 独女 独苗苗?(?:儿子|闺女)? (?:唯一|惟一)的?(?:一个)?(?:{_CHILD}|亲人)",
    f"(?:就|只|才|仅|光)(?:有|这么?|那么?|生了?|养了?|得了?|要了?)*一?[个根](?:{_CHILD}|独苗|苗)",
)
_DEAD = any_of(
    "死(?!活|心|板) 没了 去世 走了(?!远|以后再) 走得早 走的早 不在了 不在人世 过世 离世 亡故 牺牲 夭折 病逝 "
    "遇难 身亡 没得了 没的(?=$|[，,]) 早逝 死亡 没(?=$) 出车祸没 淹死",
    "走在我前 走在俺前 早就没 没得早 没的早 殁了 丢下我们",
)
_MAIMED = any_of(
    "伤残 残疾 重残 瘫 智障 弱智 残废 残了 脑瘫 植物人 傻子 呆傻 聋哑 聋子 哑巴 小儿麻痹 精神病 精神分裂 瞎 "
    "智力(?:不全|有问题|低下|残) 截肢 自闭症 唐氏"
)
_TERMS = {
    "special_family_planning": any_of(
        "(?:计生|计划生育)(?:的)?特殊(?:困难)?(?:家庭|户) (?:计生|计划生育)?特扶(?:家庭|对象|户|人员|老人|金)? "
        "(?:计生|计划生育)?特别扶助(?:家庭|"
        "对象|金|户|制度)?",
        "计特(?:家庭|户) 失独(?:家庭|户)",
    ),
    "only_child_deceased": "失独|独生子女死亡(?:家庭|户)?",
    "only_child_disabled": f"独生子女(?:的)?{_MAIMED}(?:家庭)?",
    "only_child_parents": "独生子女父母(?!奖)|独生子女(?:父母)?光荣证|独生子女证|独生证|独生子女(?:家庭|户)|光荣证",
}
_TERM = pattern("|".join(f"(?P<{name}>{pattern})" for name, pattern in _TERMS.items()))
_PERSONAL = pattern("户$|家庭$|对象$|父母$|失独|老人$|人员$")
_GAP = "(?P<gap>[^，,]{0,14}?)"
_LOST = pattern(
    rf"{_ONLY}{_GAP}{_DEAD}|(?:失去|没|死|丢)了?(?:我|俺)?(?:们)?(?:家)?(?:唯一|惟一|独生)的?{_CHILD}"
)
_HURT = pattern(rf"{_ONLY}{_GAP}{_MAIMED}")
_ONLY_CLAUSE = pattern(rf"{_ONLY}(?:了|的|啊|呢|还|也|，)*$")
_THEN_LOST = pattern(rf"^[^，,]{{0,10}}?(?<!没)(?<!不){_DEAD}")
_THEN_HURT = pattern(
    rf"^(?:是|有|又|还|也|得|后来|现在|生下来就|从小|打小|小时候|出车祸|天生|还是|一直|得了|就是|\d|年){{0,5}}(?:个)?{_MAIMED}"
)
_OF_OTHERS = pattern(
    "(?:孙子|孙女|外孙|儿媳妇?|媳妇|女婿|姑爷|侄|外甥|我自己|俺自己|自己|人家|别人|邻居|隔壁|对门|老伴儿?|老头子?|他|她)(?:家)?(?:也|都|就|本身|自己)?(?:是|算|属于)?(?:个|一个)?$"
)
_ONLY_CHILD = pattern(
    any_of(
        f"(?<=.)独生(?!子女(?:费|补|奖|待遇))(?:子女|子|女|{_CHILD}) 独生(?!子女)(?:子|女|{_CHILD}) "
        f"(?:就|只)(?:有|生了?)(?:一)?个?独(?:生子|生女|子|女|苗)",
        "(?:响应|计划生育|政策)[^，,]{0,8}(?:只|就)(?:生|要|养)(?:了|过)?一个",
    )
)
_NOT_ONLY = pattern("不是|没有?独|没有?一?个|算不算|补|费|奖|不算")
_DENIES_ONLY = pattern("(?:不是|不算|并非)独生")
_THEN_ONLY = pattern(
    f"^(?:我们?|俺们?)?(?:就|只有?|才)(?:有|生|这|那|养|他|她)*一?[个根](?:{_CHILD}|独苗|苗)?(?:了|啊|呀|独苗|苗)*$|^(?:我们?|俺们?)?(?:后来|以后|之后)(?:就|也|再)?没(?:有)?(?:再|能)?(?:要|生|养)|^(?:是)?(?:个)?独生|^(?:还)?是?(?:个)?(?:独子|独女|独苗)"
)
_CHILD_LOST = pattern(
    f"丧子|丧女|白发人送黑发人|{_CHILD}(?:[^，,]{{0,9}})(?:没了|去世|死|不在了|过世|走了|走得早|没得早|没的)"
)
_NOT_DEAD = pattern(
    "没死|没走|打工|外地|出国|国外|上班|老伴|老头|结婚|还没|身边|他爹|他妈|爱人|别人|人家|邻居|隔壁|嫁"
)
_HINTS = (
    *("独", "特扶", "特别扶助", "计生", "计划生育", "唯一", "惟一", "计特", "光荣证", "一个", "她一", "他一"),
    *("个儿子", "再没", "没再", "没有再", "没能再", "个闺女", "个孩", "个娃", "一根"),
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
    for mention in claims(text, _TERM, _PERSONAL):
        name = str(mention.match.lastgroup)
        before, after = (
            mention.clause.text[: mention.match.start()],
            mention.clause.text[mention.match.end() :],
        )
        if _OF_OTHERS.search(before) or (name == "only_child_parents" and _PAID.match(after)):
            continue
        if mention.stance is Stance.HELD:
            family[name] = True
            if mention.match.group().startswith("失独"):
                family["only_child_deceased"] = True
        elif mention.stance is Stance.DENIED:
            family[name] = False


_THE_AID = re.compile("(?:没了|去世|死亡|伤残|残疾)的?(?:那个|这个)?(?:特别)?(?:扶助|钱|补助|待遇)")
_PAID = re.compile("费|补|奖|的?待遇|加")


def _told(clauses: tuple[Clause, ...], family: dict[str, bool]) -> None:
    """What is told in plain words: 就一个儿子，前年车祸没了."""
    for index, clause in enumerate(clauses):
        if clause.supposes or clause.asks or _THE_AID.search(clause.text):
            continue
        after = clauses[index + 1].text if index + 1 < len(clauses) else ""
        elsewhere = _NOT_DEAD.search(clause.text) is not None
        if not elsewhere and _has_lost(clause.text, after):
            family["only_child_deceased"] = True
        elif not elsewhere and _is_hurt(clause.text, after):
            family["only_child_disabled"] = True
        elif _DENIES_ONLY.search(clause.text):
            family["only_child_parents"] = False
        elif _is_only(clause.text):
            family["only_child_parents"] = True


def _has_lost(text: str, after: str) -> bool:
    if _CHILD_LOST.search(text) and _THEN_ONLY.search(after):
        return True
    return bool(_LOST.search(text) or (_ONLY_CLAUSE.search(text) and _follows(_THEN_LOST, after)))


def _is_hurt(text: str, after: str) -> bool:
    return bool(_HURT.search(text) or (_ONLY_CLAUSE.search(text) and _follows(_THEN_HURT, after)))


def _is_only(text: str) -> bool:
    found = _ONLY_CHILD.search(text)
    if found is None or _NOT_ONLY.search(text):
        return False
    return _OF_OTHERS.search(text[: found.start()]) is None


def _follows(words: re.Pattern[str], after: str) -> bool:
    return words.search(after) is not None and not _NOT_DEAD.search(after)
