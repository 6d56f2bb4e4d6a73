"""Whose facts each part of a message tells: several elders, the one who asks for them, and those who are no elders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nlu.readers import kin, people_gaps, people_nameless, people_shared
from nlu.readers.elder_facts import has_elder_age
from nlu.readers.gathering import Gathering, Scene
from nlu.readers.kin_company import clause_after
from nlu.readers.kin_words import Mention
from nlu.readers.people_gaps import Gap
from nlu.readers.people_pieces import pieces
from nlu.readers.people_sheet import laid_bare
from nlu.readers.people_weighed import weighed
from nlu.readers.telling import take

_CONNECT: Final = re.compile(r"\s*(?:和|跟|与|及|以及|、|还有|加上|同|[，,]|)\s*")
_COMMAS: Final = re.compile("，{2,}")
_EACH_IN_TURN: Final = re.compile("[，,、 ]*(?:分别|各|男|女|今年|岁数|年龄)")
_AGES_NEXT: Final = re.compile("[，,、 ]*(?:[0-9]{2}|[五六七八九]十)")
_SEXES: Final = re.compile("男.*女|女.*男")
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
    text, mentions, gaps = people_gaps.taken(*_found(laid_bare(text)))
    mentions = weighed(text, mentions)
    if not any(mention.kind in ("elder", "self") for mention in mentions):
        return _nameless(text, mentions)
    gathering = _gathered(text, _grouped(text, mentions), _scene(text, mentions))
    for gap in gaps:
        _met(gathering, gap)
    return _spans(gathering, gaps)


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
    """Who is older than an elder of the message is one of them, whatever else is told."""
    for one, other in ((gap.who, gap.than), (gap.than, gap.who)):
        if one in gathering.texts and other.subject != "self":
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
    after = clause_after(text, mention.end)
    together = people_shared.plural(after) >= 0 or "都" in after or "一个" in after
    return last.kind == "elder" and (together or _told_one_by_one(text[mention.end :][:30]))


def _told_one_by_one(after: str) -> bool:
    """Whether two ages follow at once: 分别83岁和80岁, 男82女80, 92 90."""
    if _AGES_NEXT.match(after):
        return people_shared.two_ages(after) is not None
    told = people_shared.two_ages(after) or _SEXES.search(after)
    return _EACH_IN_TURN.match(after) is not None and told is not None
