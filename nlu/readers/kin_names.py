"""Finds people by their names: 李秀英, 欧阳素梅, 老张, 老孙头, 栓柱娘, and the name before a title (李桂兰大妈)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import yaml

from nlu.readers.kin_words import Kind, Mention, Who, Words
from nlu.readers.words import any_of

_HAN: Final = r"\u4e00-\u9fff"
# What a name may follow: surely, or only where it is made as names are.
_SURE: Final = "叫名户主壁门居妻夫偶妈娘爸爹伴亲民"
_LIKELY: Final = _SURE + "人的给帮替为是头庄村组楼号室区镇巴子位家弟兄哥姐妹儿女媳婿瞎聋社中省大二三四"
_SURELY: Final = rf"(?:(?<![{_HAN}])|(?<=[{_SURE}]))"
_MAYBE: Final = rf"(?:(?<![{_HAN}])|(?<=[{_LIKELY}]))"
_AGE: Final = any_of(
    "(?:[5-9][0-9]|1[01][0-9])(?![0-9]) [五六七八九]十 19[1-6][0-9] [1-6][0-9]年 一百 虚岁 周岁 年龄 生于 出生"
)
_SEX: Final = "[男女](?!儿|婿|人|孩)"
_FACTS: Final = (
    rf"(?=(?:老人|同志|老师)?[\s，,：:（(、|]{{0,3}}(?:今年|现年|{_SEX}|都|快|刚)?(?:[，,、\s])?(?:{_AGE})|"
    rf"[\s，,：:（(、|]{{0,3}}(?:今年|现年|{_SEX}))"
)
_LOOSELY: Final = (
    r"(?=[\s，,。；;：:（(、|]|$|"
    + any_of(
        "老人 同志 独居 低保 特困 五保 残疾 瘫 失能 卧床 住 没 不是 是 有 家 问 那 这 今 也 他 她 的 一个人 孤 无 空巢 留守 因 自",
        "[两二三四五六几]位 等 [两三四五]人 [俩仨]",
    )
    + ")"
)
_NO_GIVEN_NAME: Final = re.compile(
    "[的了吗吧呢岁级困残疾住低龄是不在个都还跟能没户口区县镇村乡市街社号话血压糖尿病瘫靠我俺他她老爸妈爹娘男女和有去今店铺营坡湾沟寨堡庙"
    "坊屯洼寺]|五保|[叔婶伯舅爷奶]"
)
# Surnames that are everyday words as well: only with a given name behind them.
_LOOSE: Final = frozenset("和都来成时同给由于应原明保官向代尚")
_NO_FRIEND: Final = frozenset("路房车花单包党古强乐年保伏毛")
_FRIEND_FOLLOWS: Final = (
    r"(?=[\s，,、。：:！!今也都0-9五六七八九是没瘫在住低残特独和跟问他她家有患得已快刚年走摔病腿眼耳的婆媳妻丈"
    r"爱老天常总每一又去跑说能会早昨前上下进出带拿吃喝睡坐躺聋瘸倒晕]|$)"
)
# 刘桂香老人, 给李秀英约个助浴
_CLIENT: Final = re.compile("老人(?!家|机)|同志|老太|大爷|大娘")
_FOR: Final = re.compile(r"[给替帮为][我俺]?[^，,。；;给替帮为]{0,8}$")
_SERVED: Final = re.compile(
    r"[^，,。；;]{0,6}(?:预?约|订|叫|请|安排|报|申请|申办|办|登记|派|做|查|评估|改|取消)"
)
_NICK_ENDS: Final = any_of("[娘爹奶爷妈爸婶叔嫂姑舅] 奶奶 爷爷 姥姥 姥娘 大娘 大爷")
_OLD_ENDS: Final = any_of("头子? 汉 太太? 婆子? 师傅 哥 嫂 爷子")


@dataclass(frozen=True, slots=True)
class Names:
    surnames: frozenset[str]
    compounds: frozenset[str]
    given: frozenset[str]
    full: re.Pattern[str]
    before_title: re.Pattern[str]
    friend: re.Pattern[str]
    nick: re.Pattern[str]
    not_names: tuple[str, ...]


def find(text: str, table: Words) -> list[Mention]:
    """All that are called by a name, in order; those whose name alone says too little are "weak"."""
    found = [*_full_names(text, table), *_friends(text), *_nicknames(text, table)]
    found += _again(text, found)
    found.sort(key=lambda mention: (mention.start, -mention.end))
    apart: list[Mention] = []
    for mention in found:
        if not apart or mention.start >= apart[-1].end:
            apart.append(mention)
    return apart


def before_title(left: str) -> str:
    """The surname, or the whole name, at the end of `left`; "" where there is none."""
    names = table_of_names()
    if (full := names.before_title.search(left)) and not full[1].startswith(names.not_names):
        return full[1]
    if left[-2:] in names.compounds:
        return left[-2:]
    return left[-1:] if left[-1:] in names.surnames and left[-1:] not in _LOOSE else ""


def _full_names(text: str, table: Words) -> Iterable[Mention]:
    names = table_of_names()
    for match in names.full.finditer(text):
        group = match.lastgroup or ""
        name = match[group].rstrip("男女") if len(match[group]) > 2 else match[group]
        if not name.startswith(names.not_names) and _is_given_name(_given(name, names), table):
            kind: Kind = "elder" if group != "weak" or _is_client(text, match) else "weak"
            start = match.start(group)
            yield Mention(start, start + len(name), kind, (Who("other", name),))


def _given(name: str, names: Names) -> str:
    return name[2:] if name[:2] in names.compounds else name[1:]


def _is_client(text: str, match: re.Match[str]) -> bool:
    """Whether the words say that something is wanted for the one named."""
    if _CLIENT.match(text, match.end("weak")):
        return True
    return (
        _SERVED.match(text, match.end("weak")) is not None
        and _FOR.search(text[: match.start()][-16:]) is not None
    )


def _again(text: str, found: Iterable[Mention]) -> list[Mention]:
    """A name that was surely one is one wherever it stands again: 乔海 85，乔海媳妇 83."""
    every: list[Mention] = []
    for name in {text[one.start : one.end] for one in found if one.kind == "elder"}:
        at = text.find(name)
        while at >= 0:
            every.append(Mention(at, at + len(name), "elder", (Who("other", name),)))
            at = text.find(name, at + len(name))
    return every


def _is_given_name(given: str, table: Words) -> bool:
    if not given or given in table.roles or any(given.endswith(word) for word in table.titles):
        return False
    usual = table_of_names().given.issuperset(given)
    return usual or (len(given) > 1 and not _NO_GIVEN_NAME.search(given))


def _friends(text: str) -> Iterable[Mention]:
    """老王, 老孙头."""
    for match in table_of_names().friend.finditer(text):
        kind: Kind = "elder" if match["surely"] else "weak"
        yield Mention(match.start(), match.end(), kind, (Who("other", match[0]),))


def _nicknames(text: str, table: Words) -> Iterable[Mention]:
    """栓柱娘, 三狗叔, 小芳她妈."""
    for match in table_of_names().nick.finditer(text):
        if match[0] not in table.roles and match["nick"] not in table.roles:
            yield Mention(match.start(), match.end(), "weak", (Who("other", match[0]),))


@cache
def table_of_names() -> Names:
    table = yaml.safe_load(resources.files(__package__).joinpath("names.yaml").read_text(encoding="utf-8"))
    surnames, given = "".join(table["surnames"]), "".join(table["given"])
    compounds = frozenset(table["compound_surnames"])
    family = rf"(?:{'|'.join(sorted(compounds))}|[{surnames}])"
    friend = "".join(sorted(set(surnames) - _LOOSE - _NO_FRIEND))
    return Names(
        surnames=frozenset(surnames),
        compounds=compounds,
        given=frozenset(given),
        full=_full(family, given),
        before_title=re.compile(rf"{_MAYBE}({family}[{given}]{{1,2}})$"),
        friend=re.compile(rf"(?<![养最很古])老[{friend}](?:(?P<surely>{_OLD_ENDS})|{_FRIEND_FOLLOWS})"),
        nick=_nick(given),
        not_names=tuple(" ".join(table["not_names"]).split()),
    )


def _full(family: str, given: str) -> re.Pattern[str]:
    return re.compile(
        rf"{_SURELY}(?P<sure>{family}[{_HAN}]{{1,2}}){_FACTS}|"
        rf"{_MAYBE}(?P<likely>{family}[{given}]{{1,2}}){_FACTS}|"
        rf"{_MAYBE}(?P<weak>{family}[{given}]{{2}}){_LOOSELY}"
    )


def _nick(given: str) -> re.Pattern[str]:
    return re.compile(
        rf"{_MAYBE}(?P<nick>[{given}]{{2}}|[小大二三四五][{given}])(?:家)?[他她]?{_NICK_ENDS}"
        rf"(?=[\s，,：:今都快]{{0,3}}(?:{_AGE})|[\s，,：:])"
    )
