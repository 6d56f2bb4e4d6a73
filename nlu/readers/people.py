"""Whose facts each part of a message tells: several elders, the one who asks for them, and those who are no elders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from nlu.readers import kin
from nlu.readers.kin_company import clause_after, has_elder_age, has_elder_fact
from nlu.readers.kin_words import Mention
from nlu.readers.telling import PLURAL, YOUNG, Gathering, each_of, take, take_stranger

_MARK: Final = re.compile(
    r"(?:^|(?<=[\n；;。，,\s]))[ ]*[(（]?(?:[1-9]|[12][0-9]|30)[)）.、](?=[^0-9])|第?[一二三四五六七八九十]{1,2}、(?=[\u4e00-\u9fff])"
)
_LEADING_MARK: Final = re.compile(r"^\s*[(（]?(?:[1-9]|[12][0-9])[)）.、]")
_ITEM: Final = re.compile(r"[\n；;]+")
_INTRO: Final = re.compile(
    r"(?:我|俺|本人|这里|这边|这)(?:就)?是[^，,。！!\s；;0-9]{0,12}?"
    r"(?:儿子|闺女|女儿|孙子|孙女|外孙女?|儿媳妇?|女婿|侄子|侄女|外甥女?|邻居|社区|村委会?|村|居委会?|"
    r"街道办?|乡镇|民政[局所办]?|网格员|志愿者|工作人员|护工|保姆|社工|"
    r"书记|主任|干部|医生|护士|家属|子女|孩子|热线|客服|话务员|监护人|晚辈|亲戚|帮扶人|专干|办事员|会计|组长|楼长|养老院)"
    r"(?:里|这边|这儿)?的?(?:工作人员|干部|书记|主任|网格员|志愿者|社工|人员)?(?:小?[\u4e00-\u9fff])?(?=[，,。！!\s；;]|$|想|问|替|帮)"
)
# A sheet of facts has 母88 for 母亲88.
_PARENT: Final = re.compile(r"(?<![\u4e00-\u9fff])([父母])(?=[:：, ，]?(?:[0-9]{2}|[五六七八九]十))")
# 我有低保她没有: what she has not got is said before.
_ELLIPSIS: Final = re.compile(
    r"(?:有|没|是|吃|领|办了?)着?(?P<thing>低保边缘|低保|特困|五保|残疾证|退休金)(?:户|的|了)?[，,、； ]?(?:但|可|不过)?(?:我|俺|咱)?"
    r"(?:他|她|我|俺|老伴儿?|老头子?|老婆子?|爹|娘|爸爸?|妈妈?|婆婆|公公)(?:家|就|倒)?(?:也|都)?(?:没有|没得|不是|没|有|是)(?=$|[，,。；])"
)
_CONNECT: Final = re.compile(r"\s*(?:和|跟|与|及|以及|、|还有|加上|同|[，,]|)\s*")
_ATTRIBUTE: Final = re.compile(
    r"(?:的|的(?:那个?)?(?:才|就)?是|岁|多|瘫痪|失能|残疾|卧床|在床|独居|痴呆|孤寡|半自理|低保户|特困户|五保户)$"
)
_HAS_IT: Final = re.compile(r"(?:都|就|也)(?:领|有补|有津|有钱|发|拿|办|给|享受)")
_AND_I: Final = re.compile(r"[，,。；; ](?:我|俺)[^，,。]{0,12}(?:咋|怎么|为啥|为什么|没有|领不)")
_CARE: Final = re.compile(r"(?:照顾|伺候|照看|侍候|带着|养着|守着)着?(?=[^，,。；;\n]{0,16}的老?$)")
_TAKES_ONE: Final = re.compile(r"\s*(?:有|家|带|照顾|伺候|想|替|给|帮|要|还|家里|和|跟|是|问|来|代|为|在)")


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a message that tells of one elder. `subject` is self, father, mother, spouse or other, and ""
    where nobody is named; `name` the name or relation as told."""

    subject: str
    name: str | None
    text: str


def split(text: str) -> tuple[Span, ...]:
    """The elders a normalised text speaks of, in order of appearance, each with all that is said of them.

    Never empty: a text that names nobody is one span with the subject "". What is told of children, of pets, or
    of the asker while asking for somebody else is in no span.
    """
    text = _ELLIPSIS.sub(r"\g<0>\g<thing>", _INTRO.sub(_whom, _without_marks(text)))
    text = _PARENT.sub(r"\1亲", text)
    mentions = tuple(_weighed(text, mention) for mention in kin.find(text))
    if not any(mention.kind in ("elder", "self") for mention in mentions):
        return _nameless(text, mentions)
    gathering = Gathering()
    groups = _grouped(text, mentions)
    cuts = [_cut(text, groups, at) for at in range(len(groups))] + [len(text)]
    gathering.say(text[: cuts[0]])
    for at, group in enumerate(groups):
        take(gathering, group, groups, text[cuts[at] : cuts[at + 1]], group[-1].end - cuts[at])
    return _spans(gathering, text)


def _spans(gathering: Gathering, text: str) -> tuple[Span, ...]:
    spans = tuple(Span(who.subject, who.name, _tidy(told, text)) for who, told in gathering.texts.items())
    return spans or (Span("", None, _tidy(gathering.waiting, text)),)


def _tidy(told: Sequence[str], text: str) -> str:
    """One text of all pieces; those that stood side by side still do."""
    joined: list[str] = []
    for piece in told:
        if joined and joined[-1] + piece in text:
            joined[-1] += piece
        else:
            joined.append(piece)
    return "，".join(part for part in (piece.strip("，,；;、 \n") for piece in joined) if part)


def _without_marks(text: str) -> str:
    """Lists lose their numbers ("1. 王大爷") where there are at least two of them."""
    return _MARK.sub("\n", text) if len(_MARK.findall(text)) > 1 else _LEADING_MARK.sub("", text)


def _whom(intro: re.Match[str]) -> str:
    """An introduction ("我是王大爷的儿子") says nothing but whose child is asking."""
    named = [mention for mention in kin.find(intro[0].partition("的")[0]) if mention.kind == "elder"]
    return "".join(intro[0][mention.start : mention.end] for mention in named[-1:])


def _weighed(text: str, mention: Mention) -> Mention:
    """Those who may be elders are so only with an elder's facts behind them."""
    after = clause_after(text, mention.end)
    if (
        mention.kind in ("elder", "weak")
        and mention.who[0].subject == "other"
        and _HAS_IT.search(after)
        and _AND_I.search(text, mention.end)
    ):
        return replace(mention, kind="denied")
    if mention.kind != "weak":
        return mention
    sure = (
        has_elder_age(after)
        if mention.word in ("邻居", "朋友", "同事", "亲戚", "老乡")
        else has_elder_fact(after)
    )
    return replace(
        mention, kind="elder" if sure and not YOUNG.match(after.lstrip("今年都，, ")) else "stranger"
    )


def _nameless(text: str, mentions: Sequence[Mention]) -> tuple[Span, ...]:
    items = [item for item in _ITEM.split(text) if item.strip()]
    if len(items) < 2 or not all(has_elder_age(item) for item in items):
        items = [text[start:end] for start, end in each_of(text)]
    if (
        len(items) > 1
        and all(mention.kind == "everyone" for mention in mentions)
        and all(has_elder_age(item) for item in items)
    ):
        return tuple(Span("other", f"老人{at}", item.strip("，, ")) for at, item in enumerate(items, 1))
    gathering = Gathering()
    strangers = [mention for mention in mentions if mention.kind == "stranger"]
    cuts = [mention.start for mention in strangers] + [len(text)]
    gathering.say(text[: cuts[0]])
    for start, end in pairwise(cuts):
        take_stranger(gathering, text[start:end])
    return (Span("", None, _tidy(gathering.waiting, text)),)


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
    return bool(last.kind == "elder" and (PLURAL.search(after) or "都" in after or "一个" in after))


def _cut(text: str, groups: Sequence[tuple[Mention, ...]], at: int) -> int:
    """Where the text of a group begins: before "83岁的" in "83岁的老娘"."""
    start = groups[at][0].start
    start -= len(owner[0]) if (owner := re.search(r"(?:我|俺|咱|他|她)们?家?里?的?$", text[:start])) else 0
    last = groups[at - 1][-1] if at else None
    clause = max(text.rfind(mark, 0, start) for mark in "，,。；;！!？?\n") + 1
    begins = max(clause, last.end if last else 0)
    if caring := list(_CARE.finditer(text, begins, start)):
        return caring[-1].start()
    stretch = text[begins:start]
    own = begins == clause or (last is not None and last.kind == "self" and _TAKES_ONE.match(stretch))
    return begins if stretch and own and _ATTRIBUTE.search(stretch) else max(start, last.end if last else 0)
