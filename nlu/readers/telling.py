"""Gathers what a message tells of each elder, piece by piece; the asker and the children are left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from nlu.readers import people_shared
from nlu.readers.elder_facts import has_elder_age, has_elder_fact, is_young
from nlu.readers.kin_words import Mention, Who, sex_of

_HELPER: Final = re.compile(
    r"(?:我|俺|本人|咱)们?(?:自己|就|主要|这次|现在|平时|今天|也|都|是|呢|要|能|可以|来|再)*"
    r"(?:想(?:要)?(?:着)?(?:问|咨询|打听|了解|知道|请教|给|替|帮|查|看看|弄)|问|咨询|打听|替|帮|"
    r"代|给|打电话|听说|听|看看|在(?!家)[^，,。]{0,8}(?:打工|上班|工作|做生意|当兵)|"
    r"(?:常年|一直|长年)?在外|打工|上班|工作|照顾|伺候|照看|侍候|说|知道|觉得|担心|怕|希望|谢谢|"
    r"请|应该|咋|怎么|叫|姓|手机|电话|离得|没时间|没空|回不|不在家|不在身边|住得远|填|写|报|登记|"
    r"负责|管|统计|整理|汇总|发|(?:天天|每天|每[周月]|经常|一天|白天|黑了|夜里|得|还得|又得|都得)*(?:喂|端|擦|背着?|抱着?|扶着?|洗|照应|带|养|陪|守着?|接|送|做饭|跑|掏|出钱|交|花|嫁|买|拉着?|辞))"
)
_SELF_FACT: Final = re.compile(
    r"一个人(?!照顾|伺候|管|带|养|忙|弄|侍候|看|跑|来|在外)|(?:独自|自个儿?|自己)(?:一个人)?(?:住|"
    r"过)|动不了|走不动|看不见|听不见|看不清|听不清|腿|眼|耳|[有生得]病|孤|当过兵|参过军|老兵|"
    r"党员|也是|也有|也没|也快|属[鼠牛虎兔龙蛇马羊猴鸡狗猪]|没儿没女|无儿无女|农村的?户|常住|低收入|退休|养老金"
)
_LEAK: Final = re.compile(
    r"[0-9一二三四五六七八九十]+(?:多|来)?(?:个月|周?岁)|(?:今年|都|才|刚)[0-9一二三四五六七八九十]{1,3}(?![个年点万千元块])|[0-9]{2}了|"
    r"(?<![0-9])[0-9]{1,2}(?=[，,。；;\s]|$|都|的)|[二三四五六]十[一二三四五六七八九]?(?=[，,。；;\s]|$|都|的)|"
    r"低保|特困|残疾|瘫|失能|痴呆|精神|智障|自理|户口|军人|退伍|当兵|退休|独居|离婚|有病|得病"
)
_AGE: Final = re.compile("[0-9]{2}|[一二三四五六七八九]十(?!分)")
# 俺仨都是低保，俺83，老伴80
_ALL_OF_US: Final = re.compile(
    "(?:仨|[三四五几]个|[三四五几]口人?|一家[三四五几]?口?人?|全家|一家子)(?=[都全也])"
)
_CLAUSES: Final = re.compile(r"[^，,。；;！!？?\s]*[，,。；;！!？?\s]*")
_OF_THE_DEAD: Final = re.compile(
    r"去世|过世|没了|走了|不在了|死|享年|终年|生前|活着|在世|要是|病故|牺牲|烈士|走[得的]早|那年|当年|走[嘞哩]|该有|活[到了]"
)
# What is told of these is a claim of those they left.
_HONOURED: Final = re.compile("烈士|牺牲|阵亡|因公|病故军人")
_TWO_OLD: Final = re.compile(r"(?:俩|两个|两位|二位)老")
_COUPLE: Final = frozenset(
    {
        "老两口",
        "老两口子",
        "两口子",
        "两口",
        "老俩口",
        "俩口子",
        "夫妻",
        "夫妇",
        "夫妻俩",
        "俺俩",
        "我俩",
        "咱俩",
        "我们俩",
        "俺们俩",
    }
)
# Stands for the elder in what is told of them, so that no reader needs to know how they are called.
HE: Final = "本人"
_MARKS: Final = "，,。 \n；;"


@dataclass(slots=True)
class Gathering:
    """What was told of whom so far; `waiting` was told before anybody was named, `common` is said of everybody,
    `left_out` of nobody."""

    texts: dict[Who, list[str]] = field(default_factory=dict)
    now: tuple[Who, ...] = ()
    waiting: list[str] = field(default_factory=list)
    common: list[str] = field(default_factory=list)
    aged: set[Who] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)
    dropping: bool = False
    flowing: bool = False

    def turn(self, *who: Who) -> None:
        """From here on the text is about `who`."""
        self.now, self.dropping = who, False
        if not self.texts and people_shared.is_for_all("".join(self.waiting)):
            self.common, self.waiting = [people_shared.without_threshold("".join(self.waiting))], []
        for one in who:
            self.texts.setdefault(one, []).extend(self.waiting)
        self.flowing, self.waiting = bool(self.waiting), []

    def say(self, text: str) -> None:
        """Adds `text` to those it is about now."""
        if self.dropping or not text:
            self.flowing = self.flowing and not text
            return
        if not self.now:
            self._add(self.waiting, text)
        for one in self.now:
            self.tell(one, text)
        self.flowing = True

    def tell(self, one: Who, text: str) -> None:
        """Adds `text` to one of them."""
        self._add(self.texts[one], text)
        if one not in self.aged and has_elder_age(text):
            self.aged.add(one)

    def _add(self, told: list[str], text: str) -> None:
        if self.flowing and told:
            told[-1] += text
        else:
            told.append(text)

    def bury(self, who: Who) -> None:
        """Whoever is dead is no elder of the message."""
        self.texts.pop(who, None)
        self.now = tuple(one for one in self.now if one != who)


@dataclass(frozen=True, slots=True)
class Piece:
    """The people of one breath and what is `said` from them to the next; `body` is the same as readers want it, with
    body[:lead] before and body[head:] behind the words that name them. `others` are the subjects of the whole
    message but the writer, `named` those of them whom a word of their own names."""

    group: tuple[Mention, ...]
    said: str
    body: str
    lead: int
    head: int
    others: frozenset[str]
    named: frozenset[str] = frozenset()


def take(gathering: Gathering, piece: Piece) -> None:
    """Adds one piece to what is gathered."""
    _take(gathering, piece)
    if gathering.dropping:
        gathering.left_out.append(piece.said)


def _take(gathering: Gathering, piece: Piece) -> None:
    kind = piece.group[-1].kind
    if len(piece.group) == 1 and kind == "self":
        _take_self(gathering, piece)
    elif kind in ("elder", "self"):
        _take_elders(gathering, piece)
    elif kind in ("stranger", "worker"):
        take_stranger(gathering, piece.body, kind)
    elif kind == "dead":
        _take_dead(gathering, piece)
    elif kind == "denied":
        gathering.dropping = True
    else:
        _take_pronoun(gathering, piece)


def take_stranger(gathering: Gathering, body: str, kind: str = "stranger") -> None:
    """Leaves out what is told of somebody who is no elder; what follows is of the elder before."""
    clauses = _clauses(body)
    leak = _AGE if kind == "worker" else _LEAK
    if any(leak.search(clause) or is_young(clause) for clause in clauses[:1]) or any(
        is_young(clause.lstrip("今年都，, ")[:5]) for clause in clauses[1:2]
    ):
        gathering.dropping = True
    else:
        _resume(gathering, body)


def _take_dead(gathering: Gathering, piece: Piece) -> None:
    if _HONOURED.search(piece.body):
        _resume(gathering, piece.body)
        return
    for who in piece.group[-1].who:
        gathering.bury(who)
    clauses = _clauses(piece.body)
    last = max((at for at, clause in enumerate(clauses) if _OF_THE_DEAD.search(clause)), default=0)
    _resume(gathering, "".join(clauses[last + 1 :]))


def _take_elders(gathering: Gathering, piece: Piece) -> None:
    who = _without_idle_spouse(piece)
    after = piece.body[piece.head :]
    if piece.group[0].word in _COUPLE and len(gathering.texts) > 1 and not _are_couple(gathering, piece):
        who = list(gathering.texts)
    itself = next((one for one in who if one.subject == "self"), None)
    with_spouse = any(one.subject == "spouse" for one in who)
    if (
        itself
        and len(who) > 1
        and not with_spouse
        and people_shared.plural(after) < 0
        and "都" not in after
        and "一个" not in after
    ):
        who.remove(itself)
    gathering.turn(*who)
    if len(who) == 1:
        _say_of_all(gathering, piece.body)
    else:
        _say_to_group(gathering, who, piece)


def _are_couple(gathering: Gathering, piece: Piece) -> bool:
    """Whether 我俩 are the writer and the spouse, and not the writer and the mother told of before."""
    if Who("self") not in gathering.texts:
        return False
    return piece.group[0].word[-1] in "口子妻妇" or len(gathering.texts) > 2 or "spouse" in piece.named


def _without_idle_spouse(piece: Piece) -> list[Who]:
    """Everybody of the group; of 老两口 only the writer, where no more than their living is told."""
    who = list(dict.fromkeys(one for mention in piece.group for one in mention.who))
    couple = len(piece.group) == 1 and who == [Who("self"), Who("spouse")]
    if couple and "spouse" not in piece.named and not has_elder_fact(_LIVING.sub("", piece.body)):
        return [Who("self")]
    return who


_LIVING: Final = re.compile("独居|空巢|留守|孤寡|失独")


def _say_to_group(gathering: Gathering, who: Sequence[Who], piece: Piece) -> None:
    """Ages told one after the other belong to one each, all else to everybody."""
    lead, head, after = piece.body[: piece.lead], piece.body[: piece.head], piece.body[piece.head :]
    told = people_shared.shares(after, who)
    together = who[0].subject == "self" and set(told) == {after}
    for one, part in zip(who, told, strict=True):
        named = "我" if one.subject == "self" else HE
        gathering.tell(
            one, part if people_shared.says_only_no(part) else (head if together else lead + named) + part
        )
    gathering.flowing = len(set(told)) == 1


def _say_of_all(gathering: Gathering, body: str) -> None:
    """Says `body`; from "都是", "俩人都" on it is said of everybody named so far."""
    shared = _shared_from(body, gathering) if len(gathering.texts) > 1 else -1
    if shared < 0:
        gathering.say(body)
        return
    gathering.say(body[:shared])
    gathering.turn(*gathering.texts)
    gathering.say("，" + people_shared.said_to_all(body[shared:]))


def _shared_from(body: str, gathering: Gathering) -> int:
    """Where `body` begins to speak of everybody; with the things it then speaks of (低保残疾证都没有)."""
    shared = people_shared.plural(body)
    if shared < 0 and not gathering.aged:
        return people_shared.both_aged(body)
    clause = max(body.rfind(mark, 0, max(shared, 0)) for mark in "，,。；;\n ") + 1
    return clause if 0 < clause < shared and _THINGS.search(body[clause:shared]) else shared


_THINGS: Final = re.compile("低保|残疾证|特困|退休金|养老金")


def _take_self(gathering: Gathering, piece: Piece) -> None:
    """The speaker is an elder of the message where they tell of themselves, and not only ask for somebody."""
    mention, body = piece.group[0], piece.body
    if piece.others and (us := _ALL_OF_US.match(body, piece.head)):
        gathering.common.append(people_shared.said_to_all(body[us.end() :]))
        return
    clauses = _clauses(body)
    first = clauses[0] if clauses else ""
    if piece.others - {"spouse"} and is_young(first):
        gathering.dropping = True
    elif mention.who[0].name is None and (_HELPER.match(first) or (piece.others and not _tells(first, body))):
        _resume(gathering, _without_own_age(body[len(first) :], gathering))
    else:
        gathering.turn(*mention.who)
        _say_of_all(gathering, body)


def _without_own_age(text: str, gathering: Gathering) -> str:
    """我是她二小子，今年五十九: the asker's age, where the elder's is told already."""
    clauses = _clauses(text)
    if clauses and gathering.now and gathering.aged.issuperset(gathering.now) and is_young(clauses[0]):
        return "".join(clauses[1:])
    return text


def _tells(first: str, body: str) -> bool:
    told = body if len(first.strip(_MARKS)) <= 3 else first
    return has_elder_fact(told) or _SELF_FACT.search(told) is not None


def _resume(gathering: Gathering, text: str) -> None:
    gathering.dropping = False
    gathering.say(text)


def _clauses(body: str) -> list[str]:
    return [clause for clause in _CLAUSES.findall(body) if clause]


def _take_pronoun(gathering: Gathering, piece: Piece) -> None:
    body, alone = piece.body, gathering.now == (Who("self"),) == tuple(gathering.texts)
    first = "".join(_clauses(body)[:1])
    if piece.group[-1].kind == "pronoun" and is_young(first):
        gathering.dropping = True
        return
    if alone and has_elder_age(body) and Who("self") in gathering.aged:
        gathering.turn(Who("spouse"))
    elif piece.group[-1].kind == "everyone":
        _take_everyone(gathering, piece, alone)
        return
    elif meant := _meant(gathering, piece):
        gathering.turn(meant)
    elif gathering.now:
        gathering.dropping = False
    _say_of_all(gathering, body)


def _take_everyone(gathering: Gathering, piece: Piece, alone: bool) -> None:
    if (alone or not gathering.texts) and not piece.others and _TWO_OLD.search(piece.body):
        _take_two_old(gathering, piece)
        return
    if len(gathering.texts) > 1:
        gathering.turn(*list(gathering.texts)[-_COUNT.get(piece.group[-1].word[:2], 2) :])
    _say_of_all(gathering, piece.body)


_COUNT: Final = {"三个": 3, "三位": 3, "仨都": 3, "仨人": 3, "三人": 3, "他仨": 3}


def _take_two_old(gathering: Gathering, piece: Piece) -> None:
    """我照顾俩老人，85和83: two who have no names."""
    two = [Who("other", "老人1"), Who("other", "老人2")]
    told = people_shared.shares(piece.body[piece.head :], two)
    gathering.turn(*(two if told[0] != told[1] else [Who("other", "老人")]))
    for one, part in zip(gathering.now, told, strict=False):
        gathering.flowing = False
        gathering.tell(one, part)


def _meant(gathering: Gathering, piece: Piece) -> Who | None:
    """Whom 他 or 她 means: the one told of now, or the last one of that sex; voice keyboards write either."""
    sex = {"他": "m", "她": "f"}.get(piece.body[piece.lead : piece.lead + 1], "")
    others = [who for who in gathering.texts if who.subject != "self"]
    now = [who for who in gathering.now if who.subject != "self"]
    if len(now) == 1 == len(gathering.now) and (not sex or sex_of(now[0]) in ("", sex)):
        return None
    alike = [who for who in others if sex and sex_of(who) == sex]
    if alike:
        return alike[-1]
    if sex and len(now) == 1 and now[0] in gathering.aged and now[0].subject in ("father", "mother"):
        return Who("mother" if sex == "f" else "father")
    unlike = {"m": "f", "f": "m"}.get(sex, "")
    open_to_it = [who for who in others if sex_of(who) != unlike]
    likeliest = open_to_it or (others if len(now) != 1 else [])
    return likeliest[-1] if likeliest else None
