"""Whose facts each part of a message tells: several elders, the one who asks for them, and those who are no elders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nlu.readers import (
    kin,
    people_gaps,
    people_groups,
    people_nameless,
    people_shared,
    people_table,
    telling_away,
)
from nlu.readers.elder_facts import has_elder_age
from nlu.readers.gathering import Gathering, Scene
from nlu.readers.kin_company import clause_after
from nlu.readers.kin_words import Mention, Who
from nlu.readers.people_gaps import Gap
from nlu.readers.people_pieces import pieces
from nlu.readers.people_sheet import laid_bare
from nlu.readers.people_weighed import weighed
from nlu.readers.telling import take
from nlu.readers.words import any_of

_CONNECT: Final = re.compile(r"\s*(?:和|跟|与|及|以及|、|还有|加上|同|[，,]|)\s*")
_COMMAS: Final = re.compile("，{2,}")
_EACH_IN_TURN: Final = re.compile("[，,、 ]*(?:分别|各|男|女|今年|岁数|年龄)")
_AGES_NEXT: Final = re.compile("[，,、 ]*(?:[0-9]{2}|[五六七八九]十)")
# 二老 爹81娘78: each is told of alone.
_AGED: Final = re.compile(
    "(?:今年|都)?(?:[6-9][0-9]|1[01][0-9]|[六七八九]十)(?![、，, ]?(?:[6-9][0-9]|[六七八九]十))"
)
_SEXES: Final = re.compile("男.*女|女.*男")
# 一个八十一个七十八
_ONE_AND_ONE: Final = re.compile("(?<=一个[五六七八九]十)(?=一个[五六七八九]十)")
_FRIEND: Final = re.compile(
    "(?<=[我俺]们)[^，,。；;]{0,8}?(?P<who>"
    + any_of(
        "同班的? 老?同学 老?战友 老?同事 工友 老?姐妹儿? 老姊妹 闺蜜 牌友 舞伴 球友 病友 室友 同屋的? 老?街坊 邻居 搭伙的?"
    )
    + ")"
)
_LIVE_WITH: Final = (
    "(?<![不没])[跟和与](?:我|俺|他|她)?们?{}(?:他们|俩|一起|一块儿?|一直|常年|还|都)*"
    "(?:在[^，,。；;]{{0,5}}|在?一起|在?一块儿?)?(?:住|生活|过日子)"
)
_LIVES: Final = re.compile("住|独居|一个人|敬老院|养老院|过日子|空巢")
# A child is further from a parent than this.
_OF_AN_AGE: Final = 14
_ONE_PERSON: Final = frozenset({"stranger", "worker", "dead", "denied"})


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
    text = _ONE_AND_ONE.sub("，", text)
    text, selections = people_groups.taken(laid_bare(people_groups.headed(people_table.rows_told(text))))
    text, mentions, gaps = people_gaps.taken(*_found(text))
    mentions = weighed(text, mentions)
    if not any(mention.kind in ("elder", "self") for mention in mentions):
        return _nameless(text, mentions)
    gathering = _gathered(text, _grouped(text, mentions), _scene(text, mentions))
    for gap in gaps:
        _met(gathering, gap)
    _name_couple(gathering)
    people_groups.share(gathering, selections)
    _lived_with(text, mentions, gathering)
    return _spans(gathering, gaps)


def _lived_with(text: str, mentions: Sequence[Mention], gathering: Gathering) -> None:
    """二舅跟我姥姥住，姥姥九十一: she does not live alone either."""
    single = (one for one in mentions if one.kind == "elder" and len(one.who) == 1 and one.word)
    for who, word in dict.fromkeys((one.who[0], one.word) for one in single):
        told = "" if _lives_as_couple(who, gathering) else "".join(gathering.texts.get(who, ()))
        if told and not _LIVES.search(told) and re.search(_LIVE_WITH.format(re.escape(word)), text):
            gathering.texts[who].append("跟家人一起住")


def _lives_as_couple(who: Who, gathering: Gathering) -> bool:
    """Whether somebody may be the one that the other parent, or the writer, lives with."""
    partner = {"father": "mother", "mother": "father"}.get(who.subject)
    return who.subject == "spouse" or any(one.subject == partner for one in gathering.texts)


def _name_couple(gathering: Gathering) -> None:
    """楼上老两口，老周81，老周媳妇78: the two are named behind; what was said of both is said of them."""
    unnamed = [who for who in gathering.texts if people_nameless.is_made_up(who.name)]
    named = [who for who in gathering.texts if who.subject == "other" and who not in unnamed]
    if len(unnamed) == 2 and len(named) == 2 and not gathering.aged.intersection(unnamed):
        gathering.common[:0] = gathering.texts[unnamed[0]][:1]
        for who in unnamed:
            del gathering.texts[who]


def _found(text: str) -> tuple[str, tuple[Mention, ...]]:
    return text, kin.find(text)


def _gathered(text: str, groups: Sequence[tuple[Mention, ...]], scene: Scene) -> Gathering:
    gathering = Gathering()
    before, told = pieces(text, groups, scene)
    gathering.say(before)
    for piece in told:
        take(gathering, piece)
    return gathering


def _scene(text: str, mentions: Sequence[Mention]) -> Scene:
    elders = [one for one in mentions if one.kind == "elder"]
    return Scene(
        others=frozenset(who.subject for one in elders for who in one.who) - {"self"},
        named=frozenset(one.who[0].subject for one in elders if len(one.who) == 1),
        grand=any(telling_away.GRAND.search(who.name or "") for one in elders for who in one.who),
        friend=friend["who"] if (friend := _FRIEND.search(text)) else "",
        self_aged=any(one.kind == "self" and has_elder_age(text[one.end : one.end + 6]) for one in mentions),
    )


def _spans(gathering: Gathering, gaps: Sequence[Gap]) -> tuple[Span, ...]:
    left_out = tuple(gathering.left_out)
    spans = tuple(
        Span(
            who.subject,
            who.name,
            _tidy([*gathering.common, *told]),
            tuple(gap for gap in gaps if who in (gap.who, gap.than)),
            left_out,
        )
        for who, told in gathering.texts.items()
    )
    nobody = Span("", None, _tidy([*gathering.common, *gathering.waiting]), left_out=left_out)
    return spans or (nobody,)


def _met(gathering: Gathering, gap: Gap) -> None:
    """Who is older than an elder of the message is one of them; the writer only where both are of an age."""
    for one, other in ((gap.who, gap.than), (gap.than, gap.who)):
        if one in gathering.texts and (other.subject != "self" or abs(gap.years) <= _OF_AN_AGE):
            gathering.texts.setdefault(other, [])


def _tidy(told: Sequence[str]) -> str:
    parts = (piece.strip("，,；;、 \n") for piece in told)
    return _COMMAS.sub("，", "，".join(part for part in parts if part))


def _nameless(text: str, mentions: Sequence[Mention]) -> tuple[Span, ...]:
    apart = people_nameless.told_apart(text, mentions)
    if apart:
        names = (people_nameless.made_up(at) for at in range(1, len(apart) + 1))
        return tuple(Span("other", name, item.strip("，, ")) for name, item in zip(names, apart, strict=True))
    groups = [(mention,) for mention in mentions if mention.kind in _ONE_PERSON]
    return _spans(_gathered(text, groups, Scene()), ())


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
    if len(last.who) > 1 and mention.who[0] in last.who and _AGED.match(text, mention.end):
        return False
    after = clause_after(text, mention.end)
    together = people_shared.plural(after) >= 0 or "都" in after or "一个" in after
    return last.kind == "elder" and (together or _told_one_by_one(text[mention.end :][:30]))


def _told_one_by_one(after: str) -> bool:
    """Whether two ages follow at once: 分别83岁和80岁, 男82女80, 92 90."""
    if _AGES_NEXT.match(after):
        return people_shared.two_ages(after) is not None
    told = people_shared.two_ages(after) or _SEXES.search(after)
    return _EACH_IN_TURN.match(after) is not None and told is not None
