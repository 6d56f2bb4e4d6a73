"""Cuts a message into the pieces that each tell of somebody, and says each as the readers want it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nlu.readers.gathering import HE, Piece, Scene
from nlu.readers.kin_words import NEIGHBOURS, Mention
from nlu.readers.people_ellipsis import filled
from nlu.readers.words import any_of, set_of

Group = tuple[Mention, ...]

_AGE: Final = (
    "(?P<age>(?:快|将近|不到|虚岁|周岁|刚满|刚)?(?:[0-9]{2,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|一?百[零一二三四五]?)"
    "(?:多|来|好几|出头)?(?:周?岁)?(?:多|了)?)"
)
_OWN_AGE: Final = re.compile(rf"^[我俺咱他她]们?家?(?:那|这)?个?{_AGE}的")
# 刚才那个八十六是我大姨的, 七十九那是我
_AGE_IS_WHOSE: Final = re.compile(
    rf"(?:(?:刚才|前面|前头|上面|上边|写的|填的|报的|说的|那个?|这个?)+(?:说的|写的|填的|报的)?的?那?个?{_AGE}(?:的)?(?:那个?)?"
    rf"|(?:^|(?<=[，,。；;\s])){_AGE.replace('?P<age>', '?P<years>')}的?那个?)(?:才|就)?(?:是|说的?是)$"
)
_SUCH_AGE: Final = re.compile(rf"(?<![0-9第比])(?<!不是){_AGE}的(?:残疾|瘫痪|老)?$")
_IS_WHO: Final = re.compile(
    r"(?:^|(?<=[，,。；;\s]))(?P<what>[^，,。；;\s不]{1,12})的(?:那个?|这个?)?(?:才|就)?是(?:隔壁|邻居|对门)?$"
)
_IS_WHOSE: Final = re.compile(
    r"(?:^|(?<=[，,。；;\s]))(?:那个?)?(?P<what>低保|特困|五保|残疾证|退休金)(?:才|就|都)?是$"
)
_LEVEL: Final = re.compile("[一二三四1-4]级")
# 隔壁五保户张老汉
_STATUS: Final = re.compile(any_of("五保 低保 特困 独居 孤寡 失能 瘫痪 残疾"))
_ATTRIBUTE: Final = re.compile(
    any_of(
        "的 的(?:那个?)?(?:才|就)?是 岁 多 瘫痪 失能 残疾 卧床 在床 独居 痴呆 孤寡 半自理 低保户 特困户 五保户"
    )
    + "$"
)
_CARE: Final = re.compile(r"(?:照顾|伺候|照看|侍候|带着|养着|守着)着?(?=[^，,。；;\n]{0,16}的老?$)")
# 民政局认定老伴生活不能自理
_JUDGED: Final = re.compile("(?:认定|评定|鉴定|评估|确认|定)(?:了|过|为|出|说)*[我俺]?们?(?:家)?的?$")
_TAKES_ONE: Final = re.compile(
    r"\s*" + any_of("有 家 带 照顾 伺候 想 替 给 帮 要 还 家里 和 跟 是 问 来 代 为 在")
)
_WHOSE: Final = re.compile("(?:我|俺|咱|他|她)们?家?里?的?$")
# 平时就她跟一只猫
_ONLY: Final = re.compile(
    "(?:平时|平常|现在|如今|家里|屋里|这会儿?|眼下)*(?:就|只有|光|只剩|剩|就剩|就有|就是|都是)(?:下)?"
)
# 就一个闺女: how many there are is told of the child.
_SO_MANY: Final = re.compile("(?:就|只|还|又)*(?:有|生了?|养了?)?(?:就|只)?[一二两俩三四五六七八九几0-9]个?$")
# The other readers know these for children; all the other words for them are told as 孩子.
_PLAIN_CHILDREN: Final = set_of(
    "儿子 女儿 闺女 孙子 孙女 外孙 孩子 儿女 子女 儿媳 儿媳妇 女婿 侄子 侄女 外甥 大儿子 小儿子 二儿子 大闺女 小闺女 大女儿 小女儿",
    "狗 小狗 老狗 猫 小猫 老猫 牛 驴 宠物 公交 保安 学生 小学生",
)
_CHILD_WORDS: Final = re.compile(
    any_of(
        "娃儿们? 娃们? 孩儿们? [大二小三]小子 [大二小三]?妮儿? [俺我][大二小]?儿(?![子女媳]) 老[大二三四](?![爷娘妈])"
    )
    + "|[长次][子女]"
)


def pieces(text: str, groups: Sequence[Group], scene: Scene) -> tuple[str, list[Piece]]:
    """What stands before the first group, and a piece for each of the groups."""
    cuts = [*(_cut(text, groups, at) for at in range(len(groups))), len(text)]
    return text[: cuts[0]], [
        _piece(text, group, cuts[at], cuts[at + 1], scene) for at, group in enumerate(groups)
    ]


def with_plain_children(text: str) -> str:
    """`text` with 孩子 for the words that the reader of places does not know for children."""
    return _CHILD_WORDS.sub("孩子", text)


def _piece(text: str, group: Group, start: int, end: int, scene: Scene) -> Piece:
    lead, head, rest = (
        text[start : group[0].start],
        text[group[0].start : group[-1].end],
        text[group[-1].end : end],
    )
    kind = group[-1].kind
    if kind in ("elder", "self", "pronoun"):
        rest = filled(rest, text[max(0, start - 60) : start])
    if kind == "stranger" and group[0].word not in _PLAIN_CHILDREN | NEIGHBOURS:
        head = "孩子"
    if kind == "elder" and not any(who.subject == "self" for one in group for who in one.who):
        lead, head, rest = _of_him(lead, head, rest)
    elif kind == "self" and len(group) == 1:
        lead, rest = _of_me(lead, rest)
    return Piece(group, text[start:end], lead + head + rest, len(lead), len(lead) + len(head), scene)


def _of_him(lead: str, head: str, rest: str) -> tuple[str, str, str]:
    """八十的老娘, 隔壁五保户张老汉, 吃低保的是老周, 低保是大伯的: what describes him is told behind him."""
    if told := _AGE_IS_WHOSE.search(lead):
        return lead[: told.start()], HE, f"{told['age'] or told['years']}，{rest.removeprefix('的')}"
    if rest.startswith("的") and (owns := _IS_WHOSE.search(lead)):
        return lead[: owns.start()], HE, f"有{owns['what']}，{rest[1:]}"
    if owned := _OWN_AGE.search(head):
        return lead, HE, f"{owned['age']}，{rest}"
    if held := _STATUS.search(head):
        return lead, HE, f"是{held[0]}，{rest}"
    if aged := _SUCH_AGE.search(lead):
        return lead[: aged.start()], HE, f"{aged['age']}，{rest}"
    lead, rest = _of_me(lead, rest)
    return lead, HE, rest


def _of_me(lead: str, rest: str) -> tuple[str, str]:
    """三级的是我 is told as 我残疾三级, 七十九那是我 as 我七十九."""
    if told := _AGE_IS_WHOSE.search(lead):
        return lead[: told.start()], f"{told['age'] or told['years']}，{rest}"
    found = _IS_WHO.search(lead)
    if found is None:
        return lead, rest
    level = "残疾" if _LEVEL.fullmatch(found["what"]) else ""
    return lead[: found.start()], f"{level}{found['what']}，{rest}"


def _cut(text: str, groups: Sequence[Group], at: int) -> int:
    """Where the text of a group begins: before "83岁的" in "83岁的老娘"."""
    start, last = groups[at][0].start, groups[at - 1][-1] if at else None
    owner = _WHOSE.search(text[max(0, start - 6) : start])
    start -= len(owner[0]) if owner else 0
    clause = max(text.rfind(mark, 0, start) for mark in "，,。；;！!？?\n") + 1
    begins = max(clause, last.end if last else 0)
    described = _described_from(text, groups[at], begins, start)
    if described is not None:
        return described
    own = begins == clause or (last and last.kind == "self" and _TAKES_ONE.match(text[begins:start]))
    return begins if own and begins < start and _ATTRIBUTE.search(text[begins:start]) else max(start, begins)


def _described_from(text: str, group: Group, begins: int, start: int) -> int | None:
    """Where words for the group begin that stand before it; None where there are none."""
    stretch = text[begins:start]
    if caring := list(_CARE.finditer(text, begins, start)):
        return caring[-1].start()
    if aged := _AGE_IS_WHOSE.search(stretch) or _SUCH_AGE.search(stretch):
        return begins + aged.start()
    if _ONLY.fullmatch(stretch):
        return begins
    if group[0].kind == "elder" and _JUDGED.search(stretch):
        return begins
    if text.startswith("的", group[-1].end) and (owns := _IS_WHOSE.search(stretch)):
        return begins + owns.start()
    many = _SO_MANY.search(stretch) if group[0].kind == "stranger" else None
    return begins + many.start() if many else None
