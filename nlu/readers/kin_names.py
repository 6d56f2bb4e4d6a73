"""Finds people by their names: 李秀英, 欧阳素梅, 老张, 老孙头, 栓柱娘, and the name before a title (李桂兰大妈)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from nlu.readers.kin_words import Kind, Mention, Who, Words
from nlu.readers.tables import read_table
from nlu.readers.words import any_of

_HAN: Final = r"\u4e00-\u9fff"
# What a name may follow: surely, or only where it is made as names are.
_SURE: Final = "叫名户主壁门居妻夫偶妈娘爸爹伴亲民"
_LIKELY: Final = (
    _SURE
    + "人的给帮替为是头庄村组楼号室区镇巴子位家弟兄哥姐妹儿女媳婿瞎聋社中省大二三四住保理疾困活伴了证级瘫报"
)
_SURELY: Final = rf"(?:(?<![{_HAN}])|(?<=[{_SURE}]))"
_MAYBE: Final = rf"(?:(?<![{_HAN}])|(?<=[{_LIKELY}]))"
# 还有个任广发79
_MORE: Final = "(?:(?<=还有)|(?<=还有[个位])|(?<=有一[个位])|(?<=再加)|(?<=外加)|(?<=加个)|(?<=加一个)|(?<=另外)|(?<=[和跟与]))"
_AGE: Final = any_of(
    "(?:[5-9][0-9]|1[01][0-9])(?![0-9]) [五六七八九]十 19[1-6][0-9] [1-6][0-9]年 一百 虚岁 周岁 年龄 生于 出生"
)
_SEX: Final = "[男女](?!儿|婿|人|孩)"
_FACTS: Final = (
    rf"(?=(?:老人|同志|老师)?[\s，,：:（(、|]{{0,3}}(?:今年|现年|{_SEX}|都|快|刚)?(?:[，,、\s])?(?:{_AGE})|"
    rf"[\s，,：:（(、|]{{0,3}}(?:今年|现年|{_SEX}|(?:年龄)?分别))"
)
_LOOSELY: Final = (
    r"(?=[\s，,。；;：:（(、|]|$|"
    + any_of(
        "老人 同志 独居 低保 特困 五保 残疾 瘫 失能 卧床 住 没 不是 是 有 家 问 那 这 今 也 他 她 的 一个人 孤 无 空巢 留守 因 自",
        "和 跟 与 及 分别 各",
        "[两二三四五六几]位 [两二三四五六几俩仨]个(?!月) 等 [两三四五]人 [俩仨]",
    )
    + ")"
)
_NO_GIVEN_NAME: Final = re.compile(
    "[的了吗吧呢岁级困残疾住低龄是不在个都还跟能没户口区县镇村乡市街社号话血压糖尿病瘫靠我俺他她老爸妈爹娘男女和有去今店铺营坡湾沟寨堡庙"
    "坊屯洼寺]|五保|[叔婶伯舅爷奶]"
)
# Surnames that are everyday words as well: only with a given name behind them.
_LOOSE: Final = frozenset("和都来成时同给由于应原明保官向代尚")
# 我们这栋的于老师; 孙大爷80，于大娘77
_INTRODUCED: Final = re.compile("[的位叫姓、][于时成明尚原应官代向]$|(?:^|[，,。；;：:\\s])[于成时明尚]$")
_NO_FRIEND: Final = frozenset("路房车花单包党古强乐年保伏毛")
_FRIEND_FOLLOWS: Final = (
    r"(?=[一二三四]级|[\s，,、。：:！!今也都0-9五六七八九是没瘫在住低残特独和跟问他她家有患得已快刚年走摔病腿眼耳的婆媳妻丈"
    r"虚周俩两心脑血糖爱老天常总每一又去跑说能会早昨前上下进出带拿吃喝睡坐躺聋瘸倒晕]|$)"
)
# 刘老根, 魏老四, 吴二娃: as villages call their people.
_RUSTIC: Final = (
    "(?:老[大二三四五六七八九幺根栓拴柱锁铁石牛虎蛋实蔫憨闷黑白歪正顺旺喜宝]|[大二三四五六小][娃妮狗毛柱牛孬蛋丫顺宝根栓锁旺喜黑白胖愣囤墩孩旦臭虎"
    "羊马猫猪姐妞凤兰花]|[狗铁石柱锁拴栓丑留金银][娃蛋剩妮柱子栓锁宝牛]|[娃妮丑孬憨愣臭囤墩毛]子)"
)
# What is counted is no given name: 田两亩, 房三间.
_COUNTED: Final = re.compile("[一二两三四五六七八九十几]+[楼层间个口亩块元号户栋室队排次回棵头匹辆斤百千万]")
_IS_RUSTIC: Final = re.compile(_RUSTIC)
# 刘桂香老人, 给李秀英约个助浴
_CLIENT: Final = re.compile("老人(?!家|机)|同志|老太|大爷|大娘")
_FOR: Final = re.compile(r"[给替帮为][我俺]?[^，,。；;给替帮为]{0,8}$")
_SERVED: Final = re.compile(
    r"[^，,。；;]{0,6}(?:预?约|订|叫|请|安排|报|申请|申办|办|登记|派|做|查|评估|改|取消)"
)
# A row of a list tells by its shape where a name stands, whatever the surname.
_ROW: Final = re.compile(
    rf"(?:^|(?<=[\n；;]))\s*(?P<name>[{_HAN}]{{2,4}}?)(?=[\s，,：:、]{{0,3}}(?:{_SEX}|(?:今年|现年)?(?:{_AGE})))"
)
_NO_ROW_NAME: Final = re.compile(
    any_of(
        "独居 空巢 留守 虚岁 周岁 分别 身份 电话 其中 全家 合计 共计 总共 户主 地址 本人 配偶 今年 现年 失能 瘫痪 特困",
        "丧偶 未婚 离异 退休 退伍 党员 自理 最[大小] 中间 年龄 岁数 出生 生于 大概 大约 约 快 都 两人 三人 另外 还有 再加 第",
    )
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
    owner: re.Pattern[str]
    not_names: tuple[str, ...]
    word_ends: frozenset[str]


def find(text: str, table: Words) -> list[Mention]:
    """All that are called by a name, in order; those whose name alone says too little are "weak"."""
    found = [*_full_names(text, table), *_friends(text), *_nicknames(text, table)]
    found += _rows(text, found, table)
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
    surely = left[-1:] not in _LOOSE or _INTRODUCED.search(left) is not None
    surely = surely and left[-2:] not in names.word_ends
    return left[-1:] if left[-1:] in names.surnames and surely else ""


def owner(left: str) -> str:
    """The name in 二组王建设的(母亲) at the end of `left`; "" where there is none."""
    found = table_of_names().owner.search(left)
    name = found[1] if found else ""
    strange = not name or name.startswith(table_of_names().not_names) or name[0] in _LOOSE
    return "" if strange or _NO_GIVEN_NAME.search(name[1:]) else name


def _full_names(text: str, table: Words) -> Iterable[Mention]:
    names = table_of_names()
    for match in names.full.finditer(text):
        group = match.lastgroup or ""
        name = match[group].rstrip("男女") if len(match[group]) > 2 else match[group]
        whole = not _within_word(text, match.start(group)) and not name.startswith(names.not_names)
        if whole and _is_given_name(_given(name, names), table):
            kind: Kind = "elder" if group != "weak" or _is_client(text, match) else "weak"
            start = match.start(group)
            yield Mention(start, start + len(name), kind, (Who("other", name),))


def _within_word(text: str, start: int) -> bool:
    """Whether the surname at `start` ends a word (楼房, 公路) or stands before a count (田两亩)."""
    counted = _COUNTED.match(text, start + 1) is not None
    return counted or (start > 0 and text[start - 1 : start + 1] in table_of_names().word_ends)


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


def _rows(text: str, found: Iterable[Mention], table: Words) -> list[Mention]:
    """What opens a row as the names do that open the other rows of a list, so that no row flows into the one above."""
    sure = {one.start for one in found if one.kind == "elder"}
    rows = list(_ROW.finditer(text))
    if not any(row.start("name") in sure for row in rows):
        return []
    return [
        Mention(row.start("name"), row.end("name"), "elder", (Who("other", row["name"]),))
        for row in rows
        if row.start("name") not in sure and _opens_row(row["name"], table)
    ]


def _opens_row(name: str, table: Words) -> bool:
    known = any(word in name for word in table.roles) or name.startswith(table_of_names().not_names)
    return not (known or _NO_ROW_NAME.search(name) or _NO_GIVEN_NAME.search(name))


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
    if _IS_RUSTIC.fullmatch(given):
        return True
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
    table = read_table("names.yaml")
    surnames, given = "".join(table["surnames"]), "".join(table["given"])
    compounds = frozenset(table["compound_surnames"])
    family = rf"(?:{'|'.join(sorted(compounds))}|[{surnames}])"
    friend = "".join(sorted(set(surnames) - _LOOSE - _NO_FRIEND))
    return Names(
        surnames=frozenset(surnames),
        compounds=compounds,
        given=frozenset(given),
        full=_full(family, given, table["rare_surnames"]),
        before_title=re.compile(rf"{_MAYBE}({family}[{given}]{{1,2}})$"),
        friend=re.compile(rf"(?<![养最很古])老[{friend}](?:(?P<surely>{_OLD_ENDS})|{_FRIEND_FOLLOWS})"),
        nick=_nick(given),
        owner=re.compile(rf"(?:(?<![{_HAN}])|(?<=[组队村庄楼号户区民]))({family}[{_HAN}]{{2}})的$"),
        not_names=tuple(" ".join(table["not_names"]).split()),
        word_ends=frozenset(" ".join(table["word_ends"]).split()),
    )


def _full(family: str, given: str, rare: str) -> re.Pattern[str]:
    return re.compile(
        rf"{_SURELY}(?P<sure>{family}[{_HAN}]{{1,2}}){_FACTS}|"
        rf"(?:{_MAYBE}|{_MORE})(?P<likely>{family}[{given}]{{1,2}}){_FACTS}|"
        rf"(?:{_SURELY}|{_MORE})(?P<rare>[{rare}](?:[{given}]{{2}}|{_RUSTIC})){_FACTS}|"
        rf"{_MAYBE}(?P<rustic>{family}{_RUSTIC}){_FACTS}|"
        rf"{_MAYBE}(?P<weak>{family}[{given}]{{2}}){_LOOSELY}"
    )


def _nick(given: str) -> re.Pattern[str]:
    return re.compile(
        rf"{_MAYBE}(?P<nick>[{given}]{{2}}|[小大二三四五][{given}])(?:家)?[他她]?{_NICK_ENDS}"
        rf"(?=[\s，,：:今都快]{{0,3}}(?:{_AGE})|[\s，,：:])"
    )
