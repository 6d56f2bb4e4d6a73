"""Tells each piece of a message of the elder it is about; the asker, the children and the dead are left out."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.elder_facts import is_young
from nlu.readers.gathering import Gathering, Piece, clauses_of
from nlu.readers.telling_elders import take_elders
from nlu.readers.telling_pronouns import take_pronoun
from nlu.readers.telling_self import take_self
from nlu.readers.words import any_of

_LEAK: Final = re.compile(
    r"[0-9一二三四五六七八九十]+(?:多|来)?(?:个月|周?岁)|"
    r"(?:今年|都|才|刚)[0-9一二三四五六七八九十]{1,3}(?![个年点万千元块])|[0-9]{2}了|"
    r"(?<![0-9])[0-9]{1,2}(?=[，,。；;\s]|$|都|的)|[二三四五六七]十[一二三四五六七八九]?(?=[，,。；;\s]|$|都|的|了)|"
    + any_of(
        "低保 特困 残疾 瘫 失能 痴呆 精神 智障 自理 户口 远嫁 嫁[到去在给了] 军人 退伍 当兵 退休 独居 离婚 有病 得病"
    )
)
_AGE: Final = re.compile("[0-9]{2}|[一二三四五六七八九]十(?!分)")
_OF_THE_DEAD: Final = re.compile(
    any_of(
        "去世 过世 没了 走了 不在了 死 享年 终年 生前 活着 在世 要是 病故(?!的?军人) 牺牲(?!的?军人) "
        "烈士(?!家|遗|的|证|陵) 走[得的]早 那年 当年 走[嘞哩] 该有 活[到了]"
    )
)
# What is told of these is a claim of those they left.
_HONOURED: Final = re.compile("烈士|牺牲|阵亡|因公|病故军人")


def take(gathering: Gathering, piece: Piece) -> None:
    """Adds one piece to what is gathered."""
    kind = piece.group[-1].kind
    if len(piece.group) == 1 and kind == "self":
        take_self(gathering, piece)
    elif kind in ("elder", "self"):
        take_elders(gathering, piece)
    elif kind in ("pronoun", "everyone"):
        take_pronoun(gathering, piece)
    elif kind == "dead":
        _take_dead(gathering, piece)
    else:
        _take_stranger(gathering, piece)
    if gathering.dropping:
        gathering.left_out.append(piece.said)


def _take_stranger(gathering: Gathering, piece: Piece) -> None:
    """Leaves out what is told of somebody who is no elder; what follows is of the elder before."""
    if piece.group[-1].kind == "denied" or _is_of_stranger(piece):
        gathering.dropping = True
    else:
        gathering.resume(piece.body)


def _is_of_stranger(piece: Piece) -> bool:
    clauses = clauses_of(piece.body)
    if piece.group[-1].kind == "worker":
        return any(_AGE.search(clause) for clause in clauses[:2])
    if any(_LEAK.search(clause) or is_young(clause) for clause in clauses[:1]):
        return True
    return any(is_young(clause.lstrip("今年都，, ")[:5]) for clause in clauses[1:2])


def _take_dead(gathering: Gathering, piece: Piece) -> None:
    if _HONOURED.search(piece.body):
        gathering.resume(piece.body)
        return
    for who in piece.group[-1].who:
        gathering.bury(who)
    clauses = clauses_of(piece.body)
    last = max((at for at, clause in enumerate(clauses) if _OF_THE_DEAD.search(clause)), default=0)
    gathering.resume("".join(clauses[last + 1 :]))
