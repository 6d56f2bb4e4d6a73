"""Tells a piece of the elders it names: of one, of several who are named in one breath, or of everybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nlu.readers import people_shared
from nlu.readers.elder_facts import has_elder_age, has_elder_fact
from nlu.readers.gathering import HE, Gathering, Piece
from nlu.readers.kin_words import Who, words
from nlu.readers.words import set_of

_US: Final = set_of("老两口 老两口子 两口子 两口 老俩口 俩口子 夫妻 夫妇 夫妻俩 俺俩 我俩 咱俩 我们俩 俺们俩")
_LIVING: Final = re.compile("独居|空巢|留守|孤寡|失独")
_THINGS: Final = re.compile("低保|残疾证|特困|退休金|养老金")
_OUR_HOUSEHOLD: Final = re.compile(
    "(?:^|(?<=[，,。；;\\s]))(?P<what>(?:家里?|全家|一家[人子]?|家庭|户里)(?:现在|也|都|还|就|不|没)*(?:是|算|属于|有|吃|享受)?[着了]?(?:个)?"
    f"(?:{people_shared.HOUSEHOLD_STATES}|特困)[^，,。；;！!？?0-9\\s]{{0,5}})(?=[，,。；;！!\\s]|$)"
)
# What parts the items of a list.
NEW_ITEM: Final = re.compile("[；;\n]")
_SELF, _SPOUSE = Who("self"), Who("spouse")


def take_elders(gathering: Gathering, piece: Piece) -> None:
    who = _meant(gathering, piece)
    gathering.turn(*who)
    if len(who) > 1:
        _say_to_group(gathering, who, piece)
    elif not piece.lead and people_shared.says_only_no(piece.after):
        gathering.say(piece.after)
    else:
        say_of_all(gathering, piece.body)


def say_of_all(gathering: Gathering, body: str) -> None:
    """Says `body`; from "都是", "俩人都" on it is said of everybody named so far, and of each their own "一个86"."""
    body = _without_household(gathering, body)
    if _say_in_turn(gathering, body):
        return
    shared = _shared_from(body, gathering) if len(gathering.texts) > 1 else -1
    if shared < 0:
        gathering.say(body)
        return
    group = gathering.texts if NEW_ITEM.search(body[:shared]) else gathering.group()
    gathering.say(body[:shared])
    gathering.turn(*group)
    gathering.say("，" + people_shared.said_to_all(body[shared:]))


def _without_household(gathering: Gathering, body: str) -> str:
    """父八十五，母八十三，家里低保: what the household of a couple is, is said of both."""
    clause = _OUR_HOUSEHOLD.search(body)
    if clause is None or not _are_one_household(gathering):
        return body
    gathering.common.append(clause["what"])
    return body[: clause.start()] + body[clause.end() :]


def _are_one_household(gathering: Gathering) -> bool:
    who = frozenset(gathering.texts)
    couples = ({"father", "mother"}, {"self", "spouse"})
    if any({one.subject for one in who} == couple for couple in couples):
        return True
    return any({one.name for one in who} == set(pair) for pair in words().pairs.values())


def _say_in_turn(gathering: Gathering, body: str) -> bool:
    """爸住院了，妈在家，一个86一个84: where nobody's age was told, each gets one, in the order they were named."""
    each = people_shared.each_of(body)
    if gathering.aged or not 1 < len(each) == len(gathering.texts):
        return False
    ends = [*(start for start, _ in each[1:]), _end_of_clause(body, each[-1][0])]
    told = [body[start:end] for (start, _), end in zip(each, ends, strict=True)]
    if not all(has_elder_age(one) for one in told):
        return False
    gathering.say(body[: each[0][0]])
    for one, age in zip(list(gathering.texts), told, strict=True):
        gathering.flowing = False
        gathering.tell(one, _called(one) + age)
    gathering.turn(*gathering.texts)
    gathering.say(body[ends[-1] :])
    return True


def _end_of_clause(body: str, start: int) -> int:
    return min((at for mark in "，,。；;\n " if (at := body.find(mark, start)) >= 0), default=len(body))


def _meant(gathering: Gathering, piece: Piece) -> list[Who]:
    who = _without_idle_spouse(piece, people_shared.tells_apart("".join(gathering.waiting), 2))
    ours = piece.group[0].word in _US and _SELF in piece.group[0].who
    if ours and len(gathering.texts) > 1 and not _are_couple(gathering, piece):
        who = list(gathering.texts)
    if _SELF in who and len(who) > 1 and _SPOUSE not in who and not _is_of_both(piece.after):
        who.remove(_SELF)
    return who


def _is_of_both(after: str) -> bool:
    return people_shared.plural(after) >= 0 or "都" in after or "一个" in after


def _are_couple(gathering: Gathering, piece: Piece) -> bool:
    """Whether 我俩 are the writer and the spouse, and not the writer and the mother told of before."""
    if _SELF not in gathering.texts:
        return False
    return piece.group[0].word[-1] in "口子妻妇" or len(gathering.texts) > 2 or "spouse" in piece.scene.named


def _without_idle_spouse(piece: Piece, aged: bool) -> list[Who]:
    """Everybody of the group; of 老两口 only the writer, where no more than their living is told, now or `aged` before."""
    who = list(dict.fromkeys(one for mention in piece.group for one in mention.who))
    couple = len(piece.group) == 1 and who == [_SELF, _SPOUSE] and "spouse" not in piece.scene.named
    return [_SELF] if couple and not aged and not has_elder_fact(_LIVING.sub("", piece.body)) else who


def _say_to_group(gathering: Gathering, who: Sequence[Who], piece: Piece) -> None:
    """Ages told one after the other belong to one each, all else to everybody."""
    told = people_shared.shares(piece.after, who)
    together = who[0] == _SELF and set(told) == {piece.after}
    for one, part in zip(who, told, strict=True):
        head = piece.body[: piece.head] if together else piece.body[: piece.lead] + _called(one)
        gathering.tell(one, part if people_shared.says_only_no(part) else head + part)
    gathering.flowing = len(set(told)) == 1


def _called(who: Who) -> str:
    return "我" if who == _SELF else HE


def _shared_from(body: str, gathering: Gathering) -> int:
    """Where `body` begins to speak of everybody; with the things it then speaks of (低保残疾证都没有)."""
    shared = people_shared.plural(body)
    if shared < 0 and not gathering.aged:
        return people_shared.both_aged(body)
    clause = max(body.rfind(mark, 0, max(shared, 0)) for mark in "，,。；;\n ") + 1
    return clause if 0 < clause < shared and _THINGS.search(body[clause:shared]) else shared
