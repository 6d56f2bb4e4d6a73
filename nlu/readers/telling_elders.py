"""Tells a piece of the elders it names: of one, of several who are named in one breath, or of everybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nlu.readers import people_shared
from nlu.readers.elder_facts import has_elder_fact
from nlu.readers.gathering import HE, Gathering, Piece
from nlu.readers.kin_words import Who
from nlu.readers.words import set_of

_US: Final = set_of("老两口 老两口子 两口子 两口 老俩口 俩口子 夫妻 夫妇 夫妻俩 俺俩 我俩 咱俩 我们俩 俺们俩")
_LIVING: Final = re.compile("独居|空巢|留守|孤寡|失独")
_THINGS: Final = re.compile("低保|残疾证|特困|退休金|养老金")
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
    """Says `body`; from "都是", "俩人都" on it is said of everybody named so far."""
    shared = _shared_from(body, gathering) if len(gathering.texts) > 1 else -1
    if shared < 0:
        gathering.say(body)
        return
    gathering.say(body[:shared])
    gathering.turn(*gathering.texts)
    gathering.say("，" + people_shared.said_to_all(body[shared:]))


def _meant(gathering: Gathering, piece: Piece) -> list[Who]:
    who = _without_idle_spouse(piece)
    if piece.group[0].word in _US and len(gathering.texts) > 1 and not _are_couple(gathering, piece):
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


def _without_idle_spouse(piece: Piece) -> list[Who]:
    """Everybody of the group; of 老两口 only the writer, where no more than their living is told."""
    who = list(dict.fromkeys(one for mention in piece.group for one in mention.who))
    couple = len(piece.group) == 1 and who == [_SELF, _SPOUSE] and "spouse" not in piece.scene.named
    return [_SELF] if couple and not has_elder_fact(_LIVING.sub("", piece.body)) else who


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
