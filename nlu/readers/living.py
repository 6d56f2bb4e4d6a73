"""Reads the living arrangement: alone, as a couple without children near, left behind, or with the family."""

from __future__ import annotations

import re

from nlu.readers import living_words as words
from nlu.readers import sounds
from nlu.readers.clauses import Clause
from nlu.readers.thoughts import split
from nlu.readers.told import denied, holds, without
from nlu.readers.words import pattern

_TERM = pattern("|".join(f"(?P<{name}>{pattern})" for name, pattern in words.PATTERNS.items()))


def read(text: str, context: str | None) -> dict[str, object]:
    """`{"living": {name: bool}}` for what the text settles; empty where it settles nothing."""
    asked = context == "living"
    if asked and words.NONE.fullmatch(text.strip(" 。，,.!！")):
        return {"living": {"alone": False, "empty_nest": False, "left_behind": False}}
    if not asked and not words.HINTS.search(text):
        return {}
    clauses = split(sounds.mended(text, "living") if asked else text)
    living = _arrangements(clauses)
    if asked and not living:
        living = _answered(clauses)
    elif asked and "alone" in _answered(clauses) and not living.get("with_family"):
        living = _without_inferred({**living, "alone": True}, text)
    return {"living": living} if living else {}


def _answered(clauses: tuple[Clause, ...]) -> dict[str, bool]:
    for clause in clauses[:2]:
        named = (name for name, answer in words.ANSWERS.items() if answer.fullmatch(clause.text))
        if not clause.asks and (name := next(named, None)):
            return {name: True}
    return {}


def _arrangements(clauses: tuple[Clause, ...]) -> dict[str, bool]:
    living: dict[str, bool] = {}
    for at, clause in enumerate(clauses):
        ahead = clauses[at - 1].text if at else ""
        after = clauses[at + 1].text if at + 1 < len(clauses) else ""
        for found in _TERM.finditer(clause.text):
            name, said = _said(clause, found, ahead, after)
            if said and _of_nobody(clause, found, clauses):
                continue
            if said is not None:
                living[name] = said
        if not words.REFUSES.search(ahead) and _with_us(clause, after):
            living["with_family"] = True
    if not ({"alone", "empty_nest"} & set(living) or living.get("with_family")) and _just_alone(clauses):
        living["alone"] = True
    return _without_inferred(living, "".join(clause.text for clause in clauses))


def _without_inferred(living: dict[str, bool], text: str) -> dict[str, bool]:
    """`living` without what only follows from far children where the arrangement itself was named."""
    if living.get("empty_nest") and "空巢" in text and "留守" not in text:
        living.pop("left_behind", None)
    if living.get("alone") and "空巢" not in text:
        living.pop("empty_nest", None)
    return living


def _said(clause: Clause, found: re.Match[str], ahead: str, after: str) -> tuple[str, bool | None]:
    """The arrangement and True or False as the clause between `ahead` and `after` says it, None where it does not."""
    name, start = str(found.lastgroup), found.start()
    before = clause.text[:start]
    if name == "alone" and not words.OFFICIAL.search(found.group()) and words.COUPLE.search(before):
        name = "empty_nest"
    if (
        words.NOT_DARE.search(before)
        or _is_wish(before, after if name == "with_family" else "")
        or _is_child(before, found.group())
        or _is_passing(name, ahead, clause.text, found.group())
    ):
        return name, None
    if denied(clause, start):
        every = name != "with_family" or words.CHILDREN_ALL.search(found.group())
        return name, False if every else None
    official = words.OFFICIAL.search(found.group()) is not None
    shown = _without_grandchild(clause, start)
    return name, True if holds(shown, start, found.end(), official=official) else None


def _is_passing(name: str, ahead: str, clause: str, told: str) -> bool:
    """白天家里就我一个人, 这两天住闺女家, 孩子今天不在家: so it is for a while only."""
    if name == "alone":
        return words.BY_DAY.search(clause) is not None
    if words.ABSENT.search(told):
        return words.FOR_NOW.search(ahead + clause) is not None
    return name == "with_family" and words.FOR_NOW.search(clause) is not None


def _is_child(before: str, told: str) -> bool:
    """我们就她一个 counts children."""
    return words.HIM.search(told) is not None and words.COUPLE.search(before) is not None


def _of_nobody(clause: Clause, found: re.Match[str], clauses: tuple[Clause, ...]) -> bool:
    """烟感给独居老人装不 asks for the lonely in general."""
    if not words.OFFICIAL.search(found.group()) or words.OF_SOMEBODY.search(
        "".join(each.text for each in clauses)
    ):
        return False
    if clause.text[: found.start()].endswith(("是", "属于", "算")):
        return False
    general = words.GENERIC.match(clause.text[found.end() :]) and found.end() < len(clause.text)
    return bool(general) and any(each.asks for each in clauses)


def _without_grandchild(clause: Clause, start: int) -> Clause:
    """带着孙子留守 is told of the one who minds the grandchild."""
    minded = words.MINDING.search(clause.text[:start])
    if minded is None:
        return clause
    return without(clause, minded.start(), minded.end())


def _is_wish(before: str, after: str) -> bool:
    return words.WISH.search(before) is not None or words.NOT_GONE.match(after) is not None


def _with_us(clause: Clause, after: str) -> bool:
    us = words.WITH_US.search(clause.text)
    if us is None or _is_wish(clause.text[: us.start()], after):
        return False
    return holds(clause, us.start(), us.end())


def _just_alone(clauses: tuple[Clause, ...]) -> bool:
    """没人陪，一个人."""
    alone = any(words.ONE_ALONE.fullmatch(clause.text) and not clause.asks for clause in clauses)
    return alone and any(words.LIVES.search(clause.text) for clause in clauses)
