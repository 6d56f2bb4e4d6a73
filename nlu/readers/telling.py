"""Gathers what a message tells of each elder, piece by piece; the asker and the children are left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from nlu.readers import kin_company
from nlu.readers.kin_words import Mention, Who

_EACH: Final = re.compile(r"(?:还有|另外?)?(?<!十)一个(?![人月星礼女男孩儿闺])|一位|第[一二三]个")
_HELPER: Final = re.compile(
    r"(?:我|俺|本人|咱)们?(?:自己|就|主要|这次|现在|平时|今天|也|都|是|呢|要|能|可以|来)*"
    r"(?:想(?:要)?(?:着)?(?:问|咨询|打听|了解|知道|请教|给|替|帮|查|看看|弄)|问|咨询|打听|替|帮|"
    r"代|给|打电话|听说|听|看看|在(?!家)[^，,。]{0,8}(?:打工|上班|工作|做生意|当兵)|"
    r"(?:常年|一直|长年)?在外|打工|上班|工作|照顾|伺候|照看|侍候|说|知道|觉得|担心|怕|希望|谢谢|"
    r"请|应该|咋|怎么|叫|姓|手机|电话|离得|没时间|没空|回不|不在家|不在身边|住得远|填|写|报|登记|"
    r"负责|管|统计|整理|汇总|发)"
)
_SELF_FACT: Final = re.compile(
    r"一个人(?!照顾|伺候|管|带|养|忙|弄|侍候|看|跑|来|在外)|(?:独自|自个儿?|自己)(?:一个人)?(?:住|"
    r"过)|动不了|走不动|看不见|听不见|看不清|听不清|腿|眼|耳|[有生得]病|孤|当过兵|参过军|老兵|"
    r"党员|也是|也有|也没|也快|属[鼠牛虎兔龙蛇马羊猴鸡狗猪]|没儿没女|无儿无女|农村的?户|常住|低收入|退休|养老金"
)
_LEAK: Final = re.compile(
    r"[0-9一二三四五六七八九十]+(?:多|来)?(?:个月|周?岁)|(?:今年|都|才|刚)[0-9一二三四五六七八九十]{1,3}(?![个年点万千元块])|[0-9]{2}了|"
    r"低保|特困|残疾|瘫|失能|痴呆|精神|智障|自理|户口|军人|退伍|当兵|退休|独居|离婚|有病|得病"
)
PLURAL: Final = re.compile(
    r"(?:(?<=[0-9十一二三四五六七八九岁了，,。；;\s多保困居疾级])|^)(?:也|现在|他们|全|又)?都(?!\s*(?:[0-9]|"
    r"[一二三四五六七八九]?十|快|这么|那么|好几|因为|怪|靠|\S*[年月]了))|"
    r"(?:俩|两|二)(?:个)?(?:人|老|口)(?!的钱)|俩(?=都|也|是|没|全|均)|老两口|两口子|(?:两|二)位(?!数)|(?<![平])均(?!价)|全都|全是(?!我)"
)
_BOTH_AGED: Final = re.compile(r"(?:^|(?<=[，,。；;\s]))(?:也|现在|他们)?都(?=快|已|[0-9]{2}|[五六七八九]十)")
_CLAUSES: Final = re.compile(r"[^，,。；;！!？?\s]*[，,。；;！!？?\s]*")
YOUNG: Final = re.compile(
    r"(?<![0-9])[1-5][0-9](?:周?岁|了|多了?|[，,。\s]|$)(?![0-9])|[二三四五]十[一二三四五六七八九]?(?:多|来)?(?:周?岁|了|[，,。])"
)
_TWO_OLD: Final = re.compile(r"(?:俩|两个|两位|二位)老人")
_ONE_AGE: Final = r"([5-9][0-9]|1[01][0-9]|[五六七八九]十[一二三四五六七八九]?)"
_PAIR: Final = re.compile(
    rf"(?:分别|各)?(?:是|为|有)?{_ONE_AGE}岁?\s?[、，,和跟/ ]\s?{_ONE_AGE}(?:周?岁)?(?![0-9])"
)
_BY_SEX: Final = re.compile(r"男的?[^，,。]{0,6}女|女的?[^，,。]{0,6}男")
_COUPLE: Final = frozenset(
    {"老两口", "老两口子", "两口子", "两口", "老俩口", "俩口子", "夫妻", "夫妇", "夫妻俩"}
)


@dataclass(slots=True)
class Gathering:
    """What was told of whom so far; `waiting` was told before anybody was named."""

    texts: dict[Who, list[str]] = field(default_factory=dict)
    now: tuple[Who, ...] = ()
    waiting: list[str] = field(default_factory=list)
    dropping: bool = False

    def turn(self, *who: Who) -> None:
        """From here on the text is about `who`."""
        self.now, self.dropping = who, False
        for one in who:
            self.texts.setdefault(one, []).extend(self.waiting)
        self.waiting = []

    def say(self, text: str) -> None:
        """Adds `text` to those it is about now."""
        if self.dropping or not text:
            return
        for told in [self.texts[one] for one in self.now] or [self.waiting]:
            told.append(text)


def take(
    gathering: Gathering, group: tuple[Mention, ...], groups: list[tuple[Mention, ...]], body: str, head: int
) -> None:
    kind = group[-1].kind
    if len(group) == 1 and kind == "self":
        _take_self(gathering, group[0], _named(groups), body)
    elif kind in ("elder", "self"):
        _take_elders(gathering, group, body, head)
    elif kind == "stranger":
        take_stranger(gathering, body)
    elif kind == "denied":
        gathering.dropping = True
    else:
        _take_pronoun(gathering, kind, body)


def _named(groups: Sequence[tuple[Mention, ...]]) -> set[str]:
    return {who.subject for group in groups for one in group if one.kind == "elder" for who in one.who} - {
        "self"
    }


def _take_elders(gathering: Gathering, group: tuple[Mention, ...], body: str, head: int) -> None:
    who = list(dict.fromkeys(one for mention in group for one in mention.who))
    after = body[head:]
    if group[0].word in _COUPLE and len(gathering.texts) > 1:
        who = list(gathering.texts)
    itself = next((one for one in who if one.subject == "self"), None)
    with_spouse = any(one.subject == "spouse" for one in who)
    if itself and not with_spouse and not PLURAL.search(after) and "都" not in after and "一个" not in after:
        who.remove(itself)
    gathering.turn(*who)
    if len(who) == 1:
        _say_of_all(gathering, body)
    else:
        _say_to_group(gathering, who, body)


def _say_to_group(gathering: Gathering, who: Sequence[Who], body: str) -> None:
    """Says `body` of everybody in `who`; ages told one after the other belong to one each."""
    each = each_of(body)
    pair = _PAIR.search(body)
    if len(each) == len(who):
        for one, (start, end) in zip(who, each, strict=True):
            gathering.texts[one].append(body[: each[0][0]] + body[start:end])
    elif pair and len(who) == 2:
        for one, age in zip(who, (pair[1], pair[2]), strict=True):
            gathering.texts[one].append(f"{body[: pair.start()]}{age}岁{body[pair.end() :]}")
    elif not _BY_SEX.search(body):
        gathering.say(body)


def each_of(text: str) -> list[tuple[int, int]]:
    starts = [match.start() for match in _EACH.finditer(text)]
    return list(pairwise([*starts, len(text)]))


def _say_of_all(gathering: Gathering, body: str) -> None:
    """Says `body`; from "都是", "俩人都" on it is said of everybody named so far."""
    shared = PLURAL.search(body) if len(gathering.texts) > 1 else None
    if (
        shared is None
        and len(gathering.texts) > 1
        and not any(map(kin_company.has_elder_age, sum(gathering.texts.values(), [body[:0]])))
    ):
        shared = _BOTH_AGED.search(body)
    if shared is None:
        gathering.say(body)
        return
    gathering.say(body[: shared.start()])
    gathering.turn(*gathering.texts)
    gathering.say(body[shared.start() :])


def _take_self(gathering: Gathering, mention: Mention, others: set[str], body: str) -> None:
    """The speaker is an elder of the message where they tell of themselves, and not only ask for somebody."""
    clauses = [clause for clause in _CLAUSES.findall(body) if clause]
    first = clauses[0] if clauses else ""
    if (
        others - {"spouse"}
        and YOUNG.search(first)
        and not kin_company.has_elder_age(first.replace("5", "0").replace("五十", ""))
    ):
        gathering.dropping = True
    elif mention.who[0].name is None and (_HELPER.match(first) or (others and not _tells(first, body))):
        _resume(gathering, body[len(first) :])
    else:
        gathering.turn(*mention.who)
        _say_of_all(gathering, body)


def _tells(first: str, body: str) -> bool:
    told = body if len(first.strip("，,。 ")) <= 3 else first
    return kin_company.has_elder_fact(told) or _SELF_FACT.search(told) is not None


def _resume(gathering: Gathering, text: str) -> None:
    gathering.dropping = False
    gathering.say(text)


def take_stranger(gathering: Gathering, body: str) -> None:
    clauses = [clause for clause in _CLAUSES.findall(body) if clause]
    leaks = any(_LEAK.search(clause) or YOUNG.search(clause) for clause in clauses[:1])
    if leaks or any(YOUNG.match(clause.lstrip("今年都")) for clause in clauses[1:2]):
        gathering.dropping = True
    else:
        _resume(gathering, body)


def _take_pronoun(gathering: Gathering, kind: str, body: str) -> None:
    alone = gathering.now == (Who("self"),) == tuple(gathering.texts)
    if (
        alone
        and kin_company.has_elder_age(body)
        and any(map(kin_company.has_elder_age, gathering.texts[Who("self")]))
    ):
        gathering.turn(Who("spouse"))
    elif kind == "everyone" and alone and _TWO_OLD.match(body):
        gathering.turn(Who("other", "老人"))
        gathering.say(body)
        return
    elif kind == "everyone" and len(gathering.texts) > 1:
        gathering.turn(*list(gathering.texts)[-2:])
    elif Who("self") in gathering.now and (
        others := [who for who in gathering.texts if who.subject != "self"]
    ):
        gathering.turn(others[-1])
    _say_of_all(gathering, body)
