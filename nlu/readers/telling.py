"""Tells each piece of a message of the elder it is about; the asker, the children and the dead are left out."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers import telling_away
from nlu.readers.elder_facts import has_elder_age, is_young
from nlu.readers.gathering import Gathering, Piece, clauses_of
from nlu.readers.kin_dead import LEFT_LONG_AGO
from nlu.readers.kin_helpers import is_ailing
from nlu.readers.kin_words import Who
from nlu.readers.telling_elders import NEW_ITEM, take_elders
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
        "烈士(?!家|遗|的|证|陵) 走[得的]早 那年 当年 走[嘞哩] 该有 活[到了] 殁 入土 走了?(?:以后|之后|后)(?![门面头边])",
        LEFT_LONG_AGO,
    )
)
_SPEAKS: Final = re.compile("(?:说|讲|告诉我|跟我说|聊天?)(?:是|过|起)?[，,：: ]*$")
_ONLY_CHILD: Final = re.compile(
    "^(?:家里|膝下)?(?:就|只|才|总共|一共)(?:有|生了?|养了?|这么|那么)*[一1](?:个|棵)|^(?:唯一|独)的?|^(?:就|只有?)(?:这|那)?个"
)
_MAIMED: Final = re.compile("残疾|残废|[一二三四1-4]级|瘫|傻|智障|智力|脑瘫|聋|哑|瞎|盲|弱智|自闭|精神")
_PARENTS_AGE: Final = re.compile(
    "(?:今年|现年|现在|也|都|快|自己)*(?:[7-9][0-9](?![0-9.])|[七八九]十)[一二三四五六七八九多]?(?:岁|了|多|[，,。；;\\s]|$)"
)
_HOUSEHOLD: Final = re.compile("(?:现在|如今|所以)?(?:家里|全家|一家[人子]|家庭|家中)(?!老|的|就|只|没人)")
_FELL: Final = re.compile("烈士(?!陵)|牺牲|阵亡|因公殉职")
# 儿子在部队当兵 makes a soldier's family of the parents.
_SERVES_NOW: Final = re.compile(
    "(?<!以前)(?<!年轻时)(?:在|正|现役)[^，,退复转]{0,6}(?:部队|当兵|服役|海军|空军|陆军|军区|火箭军|武警)(?!过|退)|现役"
)
_OWN_CHILD: Final = re.compile("(?:儿子?|闺女|女儿|孩[子儿]|妮儿?|老[大二三四])$")
_OF_BOTH: Final = re.compile("独生|独苗|唯一|(?:就|只|仅)(?:有|这|生|养)?[了这]?一?个|失独")
# 大爷走了以后就一个人
_SINCE_THEN: Final = re.compile(
    "(?:走|没|去世|过世|不在|死)了?(?:以后|之后|后)(?=就|她|他|一直|都|现在|自己|一个人|我|俺)"
)
# What is told of these is a claim of those they left.
_HONOURED: Final = re.compile("烈士|牺牲|阵亡|因公|病故军人")


def take(gathering: Gathering, piece: Piece) -> None:
    """Adds one piece to what is gathered."""
    if _is_of_the_dead(gathering, piece):
        gathering.dropping = True
    else:
        _take_by_kind(gathering, piece)
    if NEW_ITEM.search(piece.said):
        gathering.item = len(gathering.texts)
    if gathering.dropping:
        gathering.left_out.append(piece.said)


def _take_by_kind(gathering: Gathering, piece: Piece) -> None:
    kind = piece.group[-1].kind
    if len(piece.group) == 1 and kind == "self":
        take_self(gathering, piece)
    elif kind == "elder" and telling_away.is_away(gathering, piece):
        telling_away.take_away(gathering, piece)
    elif kind in ("elder", "self"):
        take_elders(gathering, piece)
    elif kind in ("pronoun", "everyone"):
        take_pronoun(gathering, piece)
    elif kind == "dead":
        _take_dead(gathering, piece)
    else:
        _take_stranger(gathering, piece)


def _is_of_the_dead(gathering: Gathering, piece: Piece) -> bool:
    """姥爷去年不在了，姥爷是二级残疾; with an age of today somebody only went out."""
    who = {one for mention in piece.group for one in mention.who}
    named = piece.group[-1].kind == "elder" and who <= gathering.gone
    return named and not has_elder_age(piece.body) and _HONOURED.search(piece.body) is None


def _take_stranger(gathering: Gathering, piece: Piece) -> None:
    """Leaves out what is told of somebody who is no elder; what follows is of the elder before."""
    gathering.speaking = piece.group[-1].kind == "worker" and _SPEAKS.search(piece.body) is not None
    if piece.group[-1].kind == "denied" or _is_of_stranger(piece):
        _leave_out(gathering, piece)
    else:
        _say_of_child(gathering, piece, piece.body)


def _say_of_child(gathering: Gathering, piece: Piece, text: str) -> None:
    """Says `text` of whom it was about before the child, and of the other parent."""
    parents, now = _parents(gathering, piece), gathering.now
    if not parents:
        gathering.resume(text)
        return
    gathering.turn(*parents)
    gathering.say("，" + text)
    gathering.turn(*now)


def _parents(gathering: Gathering, piece: Piece) -> tuple[Who, ...]:
    """老李七十，老李媳妇六十八，儿子是独苗，走了: the child of both; () where one alone is told of."""
    if piece.group[-1].kind != "stranger" or len(gathering.now) != 1 or not _OF_BOTH.search(piece.body):
        return ()
    two = tuple(gathering.texts)[-2:]
    if len(two) < 2 or gathering.now[0] not in two:
        return ()
    names = [one.name or "" for one in two]
    married = {one.subject for one in two} == {"self", "spouse"} or (
        names[0] and names[1].startswith(names[0])
    )
    return two if married else ()


def _leave_out(gathering: Gathering, piece: Piece) -> None:
    """Says of an only child who is ill no more than that; a parent's age may follow."""
    if piece.group[-1].kind == "stranger" and _ONLY_CHILD.search(piece.body) and _MAIMED.search(piece.body):
        _say_of_child(gathering, piece, "就一个孩子残疾，")
    gathering.dropping = True
    clauses = clauses_of(piece.body)
    known = not gathering.now or gathering.aged.intersection(gathering.now)
    again = _HOUSEHOLD if known else _PARENTS_AGE
    told = next((at for at, one in enumerate(clauses) if at and again.match(one)), 0)
    if told and piece.group[-1].kind == "stranger":
        gathering.left_out.append("".join(clauses_of(piece.said)[:told]))
        gathering.resume("，" + "".join(clauses[told:]))


def _is_of_stranger(piece: Piece) -> bool:
    if piece.group[-1].kind == "stranger" and is_ailing(piece.body, piece.head):
        return True
    clauses = clauses_of(piece.body)
    if piece.group[-1].kind == "stranger" and clauses and _honours(piece, clauses[0]):
        return False
    if piece.group[-1].kind == "worker":
        return any(_AGE.search(clause) for clause in clauses[:2])
    if any(_LEAK.search(clause) or is_young(clause) for clause in clauses[:1]):
        return True
    return any(is_young(clause.lstrip("今年都，, ")[:5]) for clause in clauses[1:2])


def _honours(piece: Piece, clause: str) -> bool:
    """Whether what a child did or does is a claim of the parents."""
    serves = _OWN_CHILD.search(piece.group[-1].word) and _SERVES_NOW.search(clause) and not is_young(clause)
    return bool(serves or _FELL.search(clause))


def _take_dead(gathering: Gathering, piece: Piece) -> None:
    if _HONOURED.search(piece.body):
        gathering.resume(piece.body)
        return
    for who in piece.group[-1].who:
        gathering.bury(who)
    clauses = clauses_of(piece.body)
    last = max((at for at, clause in enumerate(clauses) if _OF_THE_DEAD.search(clause)), default=0)
    since = _SINCE_THEN.search(clauses[last]) if clauses else None
    told = clauses[last][since.end() :] if since else ""
    gathering.resume(("，" if told else "") + told + "".join(clauses[last + 1 :]))
