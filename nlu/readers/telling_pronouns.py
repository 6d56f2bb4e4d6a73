"""Tells a piece that begins with 他, 她, 他俩 or 俩老人 of those who are meant."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers import people_shared
from nlu.readers.elder_facts import has_elder_age, is_young
from nlu.readers.gathering import Gathering, Piece, clauses_of
from nlu.readers.kin_words import Who, sex_of
from nlu.readers.telling_elders import say_of_all

_TWO_OLD: Final = re.compile("(?:俩|两个|两位|二位)老")
_COUNT: Final = {"三个": 3, "三位": 3, "仨都": 3, "仨人": 3, "三人": 3, "他仨": 3}
_SELF, _SPOUSE = Who("self"), Who("spouse")


def take_pronoun(gathering: Gathering, piece: Piece) -> None:
    if piece.group[-1].kind == "everyone":
        _take_everyone(gathering, piece)
    elif _is_child(piece):
        gathering.dropping = True
    else:
        _take_one(gathering, piece)


def _is_child(piece: Piece) -> bool:
    """她五十六了, 她叫王芳，52: the daughter just spoken of."""
    clauses = clauses_of(piece.body)
    return is_young("".join(clauses[:2] if "叫" in piece.body[:3] else clauses[:1]))


def _take_one(gathering: Gathering, piece: Piece) -> None:
    if _is_partner(gathering, piece):
        gathering.turn(_SPOUSE)
    elif meant := _meant(gathering, piece):
        gathering.turn(meant)
    elif gathering.now:
        gathering.dropping = False
    say_of_all(gathering, piece.body)


def _is_partner(gathering: Gathering, piece: Piece) -> bool:
    """我81她79: somebody unnamed, beside a writer who tells their own age."""
    if not has_elder_age(piece.body):
        return False
    alone = gathering.now == (_SELF,) == tuple(gathering.texts)
    return (alone and _SELF in gathering.aged) or (not gathering.texts and piece.scene.self_aged)


def _meant(gathering: Gathering, piece: Piece) -> Who | None:
    """Whom 他 or 她 means, None for the one told of now; voice keyboards write either."""
    sex = {"他": "m", "她": "f"}.get(piece.body[piece.lead : piece.lead + 1], "")
    others = [who for who in gathering.texts if who.subject != "self"]
    now = gathering.now[0] if len(gathering.now) == 1 and gathering.now[0].subject != "self" else None
    if now and (not sex or sex_of(now) in ("", sex)):
        return None
    alike = [who for who in others if sex and sex_of(who) == sex]
    if alike:
        return alike[-1]
    if now:
        return _other_parent(now) if now in gathering.aged else None
    unlike = "f" if sex == "m" else "m"
    return next(
        (who for who in reversed(others) if not sex or sex_of(who) != unlike), others[-1] if others else None
    )


def _other_parent(who: Who) -> Who | None:
    subject = {"father": "mother", "mother": "father"}.get(who.subject)
    return Who(subject) if subject else None


def _take_everyone(gathering: Gathering, piece: Piece) -> None:
    alone = gathering.now == (_SELF,) == tuple(gathering.texts)
    if (alone or not gathering.texts) and not piece.scene.others and _TWO_OLD.search(piece.body):
        _take_two_old(gathering, piece)
        return
    if len(gathering.texts) > 1:
        gathering.turn(*list(gathering.texts)[-_COUNT.get(piece.group[-1].word[:2], 2) :])
    say_of_all(gathering, piece.body)


def _take_two_old(gathering: Gathering, piece: Piece) -> None:
    """我照顾俩老人，85和83: two who have no names."""
    two = [Who("other", "老人1"), Who("other", "老人2")]
    told = people_shared.shares(piece.after, two)
    gathering.turn(*(two if told[0] != told[1] else [Who("other", "老人")]))
    for one, part in zip(gathering.now, told, strict=False):
        gathering.flowing = False
        gathering.tell(one, part)
