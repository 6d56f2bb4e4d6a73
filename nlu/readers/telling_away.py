"""Leaves out parents who are only said to be far away, where somebody tells of the grandparents."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.elder_facts import has_elder_age, has_elder_fact
from nlu.readers.gathering import Gathering, Piece, clauses_of

_PARENTS: Final = frozenset({"father", "mother"})
GRAND: Final = re.compile("[爷奶姥]|[外太老]公|[外太]婆|嫲|嬷")
_FAR: Final = re.compile(
    "[^，,。；;0-9]{0,10}?(?:在(?!家|一起|一块|敬老院|养老院|村|医院|炕|床)|去(?!世)|到|跑|常年|出门|出外|离得?远|不在(?!了|人世|世)|没在|回不)"
)

_FIFTIES: Final = re.compile(
    "[，, ]*(?:今年|也|都|才|快|刚|已经|现在)*(?:[3-5][0-9](?![0-9])|[三四五]十)(?:[一二三四五六七八九]?岁?多?|几|来岁|出头)"
)
_MINDS: Final = re.compile(
    "照顾|伺候|侍候|照看|照料|照应|照护|陪护|上班|打工|种地|带孩子|没退休|身体(?:还)?(?:好|行|壮)"
)


def is_away(gathering: Gathering, piece: Piece) -> bool:
    """爷爷奶奶住尉氏，爸妈在新疆一年回不来一趟: nothing is asked for the parents."""
    who = {one.subject for mention in piece.group for one in mention.who}
    if _is_helper(gathering, piece, who):
        return True
    if not who <= _PARENTS or _is_elder(piece) or _PARENTS & {one.subject for one in gathering.aged}:
        return False
    return _FAR.match(piece.after) is not None and piece.scene.grand


def _is_helper(gathering: Gathering, piece: Piece, who: set[str]) -> bool:
    """爷爷八十八，我爸妈五十多在照顾; 我叔五十九伺候着."""
    if "self" in who or "spouse" in who or not _FIFTIES.match(piece.after):
        return False
    if who <= _PARENTS and piece.scene.grand:
        return True
    return bool(gathering.aged) and _MINDS.search("".join(clauses_of(piece.after)[:2])) is not None


def _is_elder(piece: Piece) -> bool:
    """A household's state behind the first clause may be anybody's; an age is their own."""
    return has_elder_age(piece.body) or has_elder_fact("".join(clauses_of(piece.body)[:1]))


def take_away(gathering: Gathering, piece: Piece) -> None:
    """What follows the clause on the parents is told of those before."""
    gathering.left_out.extend(clauses_of(piece.said)[:1])
    gathering.resume("".join(clauses_of(piece.body)[1:]))
