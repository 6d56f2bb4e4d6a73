"""Whose facts each part of a message tells: several elders, the one who asks for them, and those who are no elders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from nlu.readers import kin, people_gaps, people_shared
from nlu.readers.elder_facts import has_elder_age, has_elder_fact, is_young
from nlu.readers.kin_company import clause_after
from nlu.readers.kin_words import Mention, Who
from nlu.readers.people_ellipsis import filled
from nlu.readers.people_gaps import Gap
from nlu.readers.people_sheet import laid_bare
from nlu.readers.telling import HE, Gathering, Piece, take, take_stranger

_COMMAS: Final = re.compile("，{2,}")
_ITEM: Final = re.compile(r"[\n；;]+")
_CONNECT: Final = re.compile(r"\s*(?:和|跟|与|及|以及|、|还有|加上|同|[，,]|)\s*")
_ATTRIBUTE: Final = re.compile(
    r"(?:的|的(?:那个?)?(?:才|就)?是|岁|多|瘫痪|失能|残疾|卧床|在床|独居|痴呆|孤寡|半自理|低保户|特困户|五保户)$"
)
_HAS_IT: Final = re.compile(r"(?:都|就|也|早|已经)*(?:领|有补|有津|有钱|发|拿|办|给|享受)")
_AND_I: Final = re.compile(r"[，,。；; ]?(?:我|俺)[^，,。]{0,12}(?:咋|怎么|为啥|为什么|没有|领不|没领)")
_CARE: Final = re.compile(r"(?:照顾|伺候|照看|侍候|带着|养着|守着)着?(?=[^，,。；;\n]{0,16}的老?$)")
_TAKES_ONE: Final = re.compile(r"\s*(?:有|家|带|照顾|伺候|想|替|给|帮|要|还|家里|和|跟|是|问|来|代|为|在)")
_ACQUAINTED: Final = frozenset({"邻居", "隔壁", "对门", "街坊", "朋友", "同事", "亲戚", "老乡"})
_TWO_OLD: Final = re.compile(r"[俩两二](?:个|位)?(?:老人|老的|老嘞)|老人[俩两]|[两二俩][个位]")


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a message that tells of one elder. `subject` is self, father, mother, spouse or other, and ""
    where nobody is named; `name` the name or relation as told; `gaps` tell the age by somebody else's; `left_out`
    are the parts of the message that tell of no elder."""

    subject: str
    name: str | None
    text: str
    gaps: tuple[Gap, ...] = ()
    left_out: tuple[str, ...] = ()


def split(text: str) -> tuple[Span, ...]:
    """The elders a normalised text speaks of, in order of appearance, each with all that is said of them.

    Never empty: a text that names nobody is one span with the subject "". What is told of children, of pets, of
    the dead, or of the asker while asking for somebody else is in no span.
    """
    text = laid_bare(text)
    text, mentions, gaps = people_gaps.taken(text, kin.find(text))
    mentions = _weighed(text, mentions)
    if not any(mention.kind in ("elder", "self") for mention in mentions):
        return _nameless(text, mentions)
    gathering = Gathering()
    groups = _grouped(text, mentions)
    cuts = [_cut(text, groups, at) for at in range(len(groups))] + [len(text)]
    gathering.say(text[: cuts[0]])
    others = _subjects(mentions)
    for at, group in enumerate(groups):
        take(gathering, _piece(text, group, cuts[at], cuts[at + 1], *others))
    return _spans(gathering, gaps)


def _subjects(mentions: Sequence[Mention]) -> tuple[frozenset[str], frozenset[str]]:
    """All subjects but the writer, and those named by a word of their own."""
    elders = [one for one in mentions if one.kind == "elder"]
    others = frozenset(who.subject for one in elders for who in one.who) - {"self"}
    return others, frozenset(one.who[0].subject for one in elders if len(one.who) == 1)


def _piece(
    text: str, group: tuple[Mention, ...], start: int, end: int, others: frozenset[str], named: frozenset[str]
) -> Piece:
    lead, head, rest = (
        text[start : group[0].start],
        text[group[0].start : group[-1].end],
        text[group[-1].end : end],
    )
    kind = group[-1].kind
    if kind in ("elder", "self", "pronoun"):
        rest = filled(rest, text[max(0, start - 60) : start])
    if kind == "stranger" and group[0].word not in _PLAIN_CHILDREN:
        head = "孩子"
    if kind == "elder" and rest.startswith("的") and (owns := _IS_WHOSE.search(lead)):
        lead, rest = lead[: owns.start()], f"有{owns['what']}，{rest[1:]}"
    if kind == "elder" and not any(who.subject == "self" for one in group for who in one.who):
        lead, moved = _attributes(lead, head)
        head, rest = HE, moved + rest
    return Piece(group, text[start:end], lead + head + rest, len(lead), len(lead) + len(head), others, named)


def _attributes(lead: str, head: str) -> tuple[str, str]:
    """八十的老娘 is told as 老娘八十, 吃低保的是老周 as 老周吃低保: what is left before, and what goes behind."""
    if owned := _OWN_AGE.search(head):
        return lead, f"{owned['age']}，"
    if held := _STATUS.search(head):
        return lead, f"是{held[0]}，"
    if found := _SUCH_AGE.search(lead):
        return lead[: found.start()], f"{found['age']}，"
    if found := _IS_WHO.search(lead):
        return lead[: found.start()], f"{found['what']}，"
    return lead, ""


# 隔壁五保户张老汉
_STATUS: Final = re.compile("五保|低保|特困|独居|孤寡|失能|瘫痪|残疾")
_AGE_TOLD: Final = (
    r"(?P<age>(?:快|将近|不到|虚岁|周岁|刚满|刚)?(?:[0-9]{2,3}|[一二三四五六七八九]?十[一二三四五六七八九]?"
    r"|一?百[零一二三四五]?)(?:多|来|好几|出头)?(?:周?岁)?(?:多|了)?)"
)
_OWN_AGE: Final = re.compile(rf"^[我俺咱他她]们?家?(?:那|这)?个?{_AGE_TOLD}的")
_SUCH_AGE: Final = re.compile(rf"(?<![0-9第比])(?<!不是){_AGE_TOLD}的(?:残疾|瘫痪|老)?$")
_IS_WHO: Final = re.compile(
    r"(?:^|(?<=[，,。；;\s]))(?P<what>[^，,。；;\s不]{1,12})的(?:那个?|这个?)?(?:才|就)?是(?:隔壁|邻居|对门)?$"
)
_CHILD_WORDS: Final = re.compile(
    "娃儿们?|娃们?|孩儿们?|[大二小三]小子|[大二小三]?妮儿?|[俺我][大二小]?儿(?![子女媳])|老[大二三四](?![爷娘妈])|[长次]子|[长次]女"
)


def with_plain_children(text: str) -> str:
    """`text` with 孩子 for the words that the reader of places does not know for children."""
    return _CHILD_WORDS.sub("孩子", text)


# 就一个闺女: how many there are is told of the child.
_SO_MANY: Final = re.compile(
    r"(?:就|只|还|又)*(?:有|生了?|养了?)?(?:就|只)?[一二两俩三四五六七八九几0-9]个?$"
)
# 低保是我大伯的
_IS_WHOSE: Final = re.compile(
    r"(?:^|(?<=[，,。；;\s]))(?:那个?)?(?P<what>低保|特困|五保|残疾证|退休金)(?:才|就|都)?是$"
)
# The other readers know these for children; all the other words for them are told as 孩子.
_PLAIN_CHILDREN: Final = frozenset(
    {"儿子", "女儿", "闺女", "孙子", "孙女", "外孙", "孩子", "儿女", "子女", "儿媳", "儿媳妇", "女婿",
     "侄子", "侄女", "外甥", "大儿子", "小儿子", "二儿子", "大闺女", "小闺女", "大女儿", "小女儿", "狗", "小狗", "老狗", "猫",
     "小猫", "老猫",
     "牛", "驴", "宠物", "公交", "保安", "学生", "小学生"}
)  # fmt: skip


def _spans(gathering: Gathering, gaps: Sequence[Gap]) -> tuple[Span, ...]:
    for gap in gaps:
        _met(gathering, gap)
    spans = tuple(
        Span(
            who.subject,
            who.name,
            _tidy([*gathering.common, *told]),
            tuple(gap for gap in gaps if who in (gap.who, gap.than)),
            tuple(gathering.left_out),
        )
        for who, told in gathering.texts.items()
    )
    nobody = Span(
        "", None, _tidy([*gathering.common, *gathering.waiting]), left_out=tuple(gathering.left_out)
    )
    return spans or (nobody,)


def _met(gathering: Gathering, gap: Gap) -> None:
    """Who is older than an elder of the message is one of them, whatever else is told."""
    for one, other in ((gap.who, gap.than), (gap.than, gap.who)):
        if one in gathering.texts and other.subject != "self":
            gathering.texts.setdefault(other, [])


def _tidy(told: Sequence[str]) -> str:
    return _COMMAS.sub(
        "，", "，".join(part for part in (piece.strip("，,；;、 \n") for piece in told) if part)
    )


def _weighed(text: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """Those who may be elders are so only with an elder's facts behind them, there or where they are named again."""
    elders = any(mention.kind == "elder" for mention in mentions)
    weighed: list[Mention] = []
    end = len(text)
    for mention in reversed(mentions):
        one = _as_elder(text, mention, text[mention.end : min(end, mention.end + 40)], elders)
        if one.kind == "stranger" and mention.kind == "weak" and _with_elders(text, mention, weighed):
            one = replace(mention, kind="elder")
        weighed.append(one)
        end = end if mention.kind in ("pronoun", "everyone") else mention.start
    sure = {mention.who for mention in weighed if mention.kind == "elder"}
    again = [
        replace(mention, kind="elder") if before.kind == "weak" and mention.who in sure else mention
        for before, mention in zip(mentions, reversed(weighed), strict=True)
    ]
    return tuple(one for one in again if one.kind != "self" or text[one.start - 1 : one.start] != "比")


def _with_elders(text: str, mention: Mention, behind: Sequence[Mention]) -> bool:
    """王玉梅、刘喜凤、高二妮都是低保; 俺跟俺二哥都是五保: what is told of the last is told of all."""
    if not mention.word and behind and behind[-1].kind == "elder":
        return _CONNECT.fullmatch(text[mention.end : behind[-1].start]) is not None
    return re.search(
        "[我俺](?:跟|和)(?:[我俺]们?家?)?$", text[: mention.start + 1]
    ) is not None and text.startswith("都", mention.end)


def _as_elder(text: str, mention: Mention, told: str, elders: bool) -> Mention:
    """`mention` as what it is, seen what is `told` behind it."""
    after = clause_after(told, 0)
    other = mention.kind in ("elder", "weak") and mention.who[0].subject == "other"
    if other and _HAS_IT.search(after) and _AND_I.search(text, mention.end):
        return replace(mention, kind="denied")
    if mention.kind != "weak":
        return mention
    if not mention.word:
        before = text[max(0, mention.start - 8) : mention.start]
        sure = (
            has_elder_fact(told)
            or has_elder_fact(before)
            or has_elder_fact(text[mention.start : mention.end])
        )
        return replace(mention, kind="elder" if sure and not is_young(told) else "stranger")
    if mention.word.startswith("老") and mention.word not in _ACQUAINTED:
        after = told
    sure = has_elder_age(after) if mention.word in _ACQUAINTED else has_elder_fact(after)
    young = _FIFTIES.match(after) if elders else is_young(after[:3]) and not has_elder_age(after)
    return replace(mention, kind="elder" if sure and not young else "stranger")


_FIFTIES: Final = re.compile(r"(?:今年|都|也|才|快)*(?:[1-5][0-9](?![0-9])|[二三四五]十)")


def _nameless(text: str, mentions: Sequence[Mention]) -> tuple[Span, ...]:
    if two := _two_nameless(text, mentions):
        return two
    gathering = Gathering()
    strangers = [mention for mention in mentions if mention.kind in ("stranger", "worker", "dead", "denied")]
    cuts = [_cut(text, [(mention,) for mention in strangers], at) for at in range(len(strangers))] + [
        len(text)
    ]
    gathering.say(text[: cuts[0]])
    for mention, (start, end) in zip(strangers, pairwise(cuts), strict=True):
        if mention.kind in ("stranger", "worker"):
            take_stranger(gathering, text[start:end], mention.kind)
            gathering.left_out += [text[start:end]] if gathering.dropping else []
        else:
            take(
                gathering,
                Piece((mention,), text[start:end], text[start:end], 0, mention.end - start, frozenset()),
            )
    return (Span("", None, _tidy(gathering.waiting), left_out=tuple(gathering.left_out)),)


def _two_nameless(text: str, mentions: Sequence[Mention]) -> tuple[Span, ...]:
    """Elders who are told apart by their ages alone: one a line, 一个81一个87, 两位老人90和86."""
    if any(mention.kind != "everyone" for mention in mentions):
        return ()
    items = [item for item in _ITEM.split(text) if item.strip()]
    if len(items) > 1 and all(has_elder_age(item) for item in items):
        return _numbered(items)
    each = people_shared.each_of(text)
    if len(each) > 1 and all(has_elder_age(text[start:end]) for start, end in each):
        return _numbered(people_shared.shares(text[each[0][0] :], [Who("other")] * len(each)))
    if people_shared.two_ages(text) and (_TWO_OLD.search(text) or mentions):
        return _numbered(people_shared.shares(text, [Who("other", "老人1"), Who("other", "老人2")]))
    return ()


def is_number(name: str | None) -> bool:
    """Whether `name` was only made up for one of several who have none."""
    return name is not None and _MADE_UP.fullmatch(name) is not None


_MADE_UP: Final = re.compile("老人[0-9]+")


def _numbered(items: Sequence[str]) -> tuple[Span, ...]:
    return tuple(Span("other", f"老人{at}", item.strip("，, ")) for at, item in enumerate(items, 1))


def _grouped(text: str, mentions: Sequence[Mention]) -> list[tuple[Mention, ...]]:
    """Puts people who are named in one breath together: 俺爹俺娘都…, 我和老伴…."""
    groups: list[tuple[Mention, ...]] = []
    for mention in mentions:
        if groups and _belongs(text, groups[-1][-1], mention):
            groups[-1] = (*groups[-1], mention)
        else:
            groups.append((mention,))
    return groups


def _belongs(text: str, last: Mention, mention: Mention) -> bool:
    people = ("elder", "self")
    gap = text[last.end : mention.start].removesuffix("我").removesuffix("俺")
    if last.kind not in people or mention.kind not in people or not _CONNECT.fullmatch(gap):
        return False
    if gap.strip(" ，,"):
        return True
    after = clause_after(text, mention.end)
    together = people_shared.plural(after) >= 0 or "都" in after or "一个" in after
    return bool(last.kind == "elder" and (together or _told_one_by_one(text[mention.end :][:30])))


def _told_one_by_one(after: str) -> bool:
    return (
        re.match(r"[，,、 ]*(?:分别|各|男|女|今年|岁数|年龄)", after) is not None
        and (people_shared.two_ages(after) is not None or re.search("男.*女|女.*男", after) is not None)
    ) or (
        re.match(r"[，,、 ]*(?:[0-9]{2}|[五六七八九]十)", after) is not None
        and people_shared.two_ages(after) is not None
    )


def _cut(text: str, groups: Sequence[tuple[Mention, ...]], at: int) -> int:
    """Where the text of a group begins: before "83岁的" in "83岁的老娘"."""
    start = groups[at][0].start
    start -= (
        len(owner[0])
        if (owner := re.search(r"(?:我|俺|咱|他|她)们?家?里?的?$", text[max(0, start - 6) : start]))
        else 0
    )
    last = groups[at - 1][-1] if at else None
    clause = max(text.rfind(mark, 0, start) for mark in "，,。；;！!？?\n") + 1
    begins = max(clause, last.end if last else 0)
    if caring := list(_CARE.finditer(text, begins, start)):
        return caring[-1].start()
    stretch = text[begins:start]
    if aged := _SUCH_AGE.search(stretch):
        return begins + aged.start()
    if text.startswith("的", groups[at][-1].end) and (owns := _IS_WHOSE.search(stretch)):
        return begins + owns.start()
    if groups[at][0].kind == "stranger" and (some := _SO_MANY.search(stretch)):
        return begins + some.start()
    own = begins == clause or (last is not None and last.kind == "self" and _TAKES_ONE.match(stretch))
    return begins if stretch and own and _ATTRIBUTE.search(stretch) else max(start, last.end if last else 0)
