"""Tells a piece that begins with 他, 她, 他俩 or 俩老人 of those who are meant."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers import people_shared
from nlu.readers.elder_facts import has_elder_age, has_elder_fact, is_young
from nlu.readers.gathering import HE, Gathering, Piece, clauses_of
from nlu.readers.kin_dead import is_dead
from nlu.readers.kin_words import Who, sex_of
from nlu.readers.telling_elders import say_of_all
from nlu.readers.words import set_of

_TWO_OLD: Final = re.compile("(?:俩|两个|两位|二位)老")
_COUNT: Final = {"三个": 3, "三位": 3, "仨都": 3, "仨人": 3, "三人": 3, "他仨": 3}
_THEY: Final = set_of("他们 她们 他俩 她俩 他们俩 她们俩 俩老人 俩老的 两个老人 两位老人")
# 他们户口在本村; 他俩单过 is no living alone.
_OF_EACH: Final = re.compile(
    "的?(?:户口|户籍|低保|退休金|医保|身份证)|都?(?:是|有|没有?|属于)|(?P<home>家)(?:里)?(?:也|都|是|有|没|低)"
)
# What a helper tells of themselves.
_OWN_WORK: Final = re.compile(
    "(?:自己|以前|原来|在这|都|也|已经)*(?:干|做|当|从事|照顾过|伺候过|护理过|带过|照看过|老家|家里|婆婆|公公|妈|爸|爹|娘|男人|老公|孩子|儿子|闺女)"
)
# 我没有残疾证 她有二级残疾证
_OTHERWISE: Final = re.compile("(?:倒|却|就|可|才)?(?:有|没|是|不是)")
_SELF, _SPOUSE = Who("self"), Who("spouse")


def take_pronoun(gathering: Gathering, piece: Piece) -> None:
    if piece.group[-1].kind == "everyone":
        _take_everyone(gathering, piece)
    elif _is_child(piece) or _is_worker(gathering, piece) or _is_left_out(gathering, piece):
        gathering.dropping = True
    elif dead := _who_died(gathering, piece):
        gathering.bury(dead)
        gathering.resume("".join(clauses_of(piece.body)[1:]))
    else:
        _take_one(gathering, piece)


def _is_worker(gathering: Gathering, piece: Piece) -> bool:
    """护理员说她干这行十一年了, before any elder was named or of her own work."""
    speaks, gathering.speaking = gathering.speaking, False
    return speaks and (not gathering.texts or _OWN_WORK.match(piece.after) is not None)


def _is_left_out(gathering: Gathering, piece: Piece) -> bool:
    """给我爸请的保姆五十五，她自己有残疾: the one just left out, where none told of is a woman."""
    sex = {"他": "m", "她": "f"}.get(piece.body[piece.lead : piece.lead + 1], "")
    told = [sex_of(who) for who in gathering.texts]
    return gathering.dropping and bool(sex and told) and all(one not in ("", sex) for one in told)


def _who_died(gathering: Gathering, piece: Piece) -> Who | None:
    """我爸瘫了几年，后来他走了: the one who is meant, where no age was told of them."""
    if not is_dead(piece.body, piece.head):
        return None
    now = gathering.now[0] if len(gathering.now) == 1 else None
    who = _meant(gathering, piece) or now
    return who if who and who.subject != "self" and who not in gathering.aged else None


def _is_child(piece: Piece) -> bool:
    """她五十六了, 她叫王芳，52: the daughter just spoken of."""
    clauses = clauses_of(piece.body)
    return is_young("".join(clauses[:2] if "叫" in piece.body[:3] else clauses[:1]))


def _take_one(gathering: Gathering, piece: Piece) -> None:
    if _is_partner(gathering, piece):
        gathering.turn(Who("other", piece.scene.friend) if piece.scene.friend else _SPOUSE)
    elif meant := _meant(gathering, piece):
        gathering.turn(meant)
    elif gathering.now:
        gathering.dropping = False
    say_of_all(gathering, piece.body)


def _is_partner(gathering: Gathering, piece: Piece) -> bool:
    """我81她79: somebody unnamed, a friend or the spouse, beside a writer who tells their own age."""
    alone = gathering.now == (_SELF,) == tuple(gathering.texts)
    if alone and _OTHERWISE.match(piece.after) and has_elder_fact("".join(gathering.texts[_SELF])):
        return has_elder_fact(piece.body)
    if gathering.dropping or not has_elder_age(piece.body):
        return False
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
    told = piece.body
    if gathering.now and piece.group[-1].word in _THEY and (of := _OF_EACH.match(piece.after)):
        told = told[: piece.lead] + (HE if not of["home"] else "") + piece.after
    say_of_all(gathering, told)


def _take_two_old(gathering: Gathering, piece: Piece) -> None:
    """我照顾俩老人，85和83: two who have no names."""
    two = [Who("other", "老人1"), Who("other", "老人2")]
    told = people_shared.shares(piece.after, two)
    gathering.turn(*(two if told[0] != told[1] else [Who("other", "老人")]))
    for one, part in zip(gathering.now, told, strict=False):
        gathering.flowing = False
        gathering.tell(one, part)
