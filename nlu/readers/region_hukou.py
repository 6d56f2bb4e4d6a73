"""The words that make a named place the one of the household register (户籍)."""

from __future__ import annotations

import re
from typing import Final

_STAYED: Final = "(?:一直|从来|还|也|都|就|始终)?(?:没|没有|未)(?:动|迁|挪|转|变|改|移)(?:过|走|出去?|地方)?"
BEFORE: Final = re.compile(
    r"(?:户口本?|户口簿|户籍|落户|身份证上?)(?:所在)?(?:地)?(?:还|也|都|是|在|落|就|仍|一直|迁|转|到|了|现在|上|挂|留|登记|写的?|搁|倒|早|已经|俩|均|"
    rf"归|属于?|[：:]|[俺我咱]们?|老家|家里|{_STAYED}[，, ]?|(?:跟|和|与|带|连)人|"
    rf"(?:跟|随)?着?[我俺]?(?:儿子|闺女|女儿|孩子)(?:那儿?|家)?){{0,8}}$"
)
BEHIND: Final = re.compile(
    "(?:那边|那儿|老家)?的?(?:农村|农业|城镇|城市|非农)?(?:户口|户籍)(?![本簿页所派科室地办能可迁转])"
)
# A line of a form: 户籍 开封市兰考县.
FORM: Final = re.compile(r"(?:^|[，,。；;\s])(?:户籍|户口)(?:所在)?地?(?:址)?[：: ]{1,2}$")
# 户口跟人都在尉氏
WITH_HIM: Final = re.compile(
    r"(?:户口本?|户籍)(?:跟|和|与|带|连)人(?=[都也就均全一在])|人(?:跟|和|与|带|连)(?:户口|户籍)(?=[都也就均全一在])"
)
NO: Final = re.compile("(?:没有?|不是|不算|非|无|没落)(?:上|到|成)?$")
OF_A_CHILD: Final = re.compile(
    "(?:儿子|闺女|女儿|孙子|孙女|孩子|儿媳妇?|女婿|外孙)们?家?的?(?:户口|户籍|落户)[^户]*$|"
    "(?:儿子|闺女|女儿|孩子|[俺我]儿)[^，,。]{0,10}[，,](?:他|她|他们)?的?(?:户口|户籍)也(?=[在是落])"
)
# 老家杞县的，户口没动: the register is at the old home.
KEPT: Final = re.compile(
    rf"(?:户口本?|户籍)(?:{_STAYED}|(?:还|也|都|就|仍|一直|倒)*(?:在|留在|搁|落在)(?:那边|那儿|那里|老家|原籍)(?=[，,。；;！!\s的了呢嘞]|$))"
)
ELSEWHERE: Final = re.compile(
    r"(?:户口|户籍)(?:还|也|都|俩|均|一直|现在)*(?:不在|没在|不是|没迁到|没落在|没落到|不属于)$"
)


def with_stay(before: str, clause: str) -> str:
    """`clause` with 户口没动 where that stands before it: 户口没迁，还在杞县."""
    last = before[: len(before) - len(clause)].rstrip("，, ")
    kept = re.search(rf"(?:户口本?|户籍){_STAYED}$", last)
    return kept[0] + "，" + clause if kept and clause.startswith(("还", "仍", "一直", "就", "在")) else clause
