"""Tells whether a text speaks of danger that is happening now, before any model is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from nlu.readers import emergency_calm as calm
from nlu.readers import emergency_guards as guard
from nlu.readers.emergency_signs import (
    ACROSS,
    AT_LETTER,
    BREATHING,
    CHEST,
    FALL,
    LOST,
    OTHER,
    RANKS,
    SELF_HARM,
    SIGNS,
    STROKE,
    UNCONSCIOUS,
    VIOLENCE,
    Sign,
)


@dataclass(frozen=True, slots=True)
class Emergency:
    """What kind of danger; `certain` where the words say that it is happening, else one yes/no is to be asked.
    `sure` is how sure a model is of it, 0..1, where one was asked."""

    kind: str
    certain: bool
    sure: float | None = None


@dataclass(frozen=True, slots=True)
class _Alarm:
    sign: Sign
    level: int
    at: int
    clause: int
    open: bool


@dataclass(frozen=True, slots=True)
class _Scene:
    """A clause with what the whole text says around it."""

    clause: str
    text: str
    now: bool
    past: bool
    supposed: bool


# Weighing looks through the whole text again: who says the same a thousand times is not in a thousand dangers.
_MOST_TIMES, _MOST_CLAUSES = 8, 24
_SURE, _PERHAPS, _NOTHING = 2, 1, 0
_LONGEST = 2000
_PARTICLES = str.maketrans("啦咧喽嘞", "了了了了")
_THINGS_FALL = (FALL, LOST, UNCONSCIOUS, OTHER)

_PIPES = re.compile(r"水管|水龙头|马桶|下水|地漏|暖气(?:片|管)|水池|灯泡|灯管|保险丝|跳闸|门锁|热水器|堵了")
# 过俩钟头来人, 明天上午来人: who names a time cries for nobody.
_ORDERED_MEN = re.compile(
    r"(?:钟头|小时|分钟|点半?|[明后]天|[明后]儿个?|[上下]午|[前后下]晌|晌午|早上|早起)(?:以后|之后|后)?(?:再|叫|派|让|能|就){0,2}来人"
)
_CRY_FOR_MEN = re.compile(r"(?:快|赶紧|赶快)点?(?:过?来个?人|[叫派找]个?人|来个?师傅)|来人(?:[啊呀哪呐哇]|$)")


def read(text: str) -> Emergency | None:
    """The emergency that a normalised text tells of, or None; of several the gravest, else the one told first."""
    text = calm.without(text[:_LONGEST].translate(_PARTICLES))
    if _PIPES.search(text):
        # 水管爆了，快来人: a plumber is cried for; any other danger beside it still is one.
        text = _CRY_FOR_MEN.sub("　", text)
    text = _ORDERED_MEN.sub("　", text)
    if not _is_told(text):
        return None
    alarms = [alarm for alarm in _alarms(guard.FIGURES.sub("　", text)) if alarm.level]
    if not alarms:
        return None
    best = min(alarms, key=_order)
    return Emergency(best.sign.kind, best.level == _SURE or _add_up(alarms))


def _add_up(alarms: list[_Alarm]) -> bool:
    """Two signs in two clauses, each of which alone would leave it open (滑了一下，起不来了), leave it open no longer."""
    return len({alarm.clause for alarm in alarms if alarm.open}) > 1


def _is_told(text: str) -> bool:
    """Whether any sign is in the text at all; most texts end here."""
    return any(map(_has_sign, guard.CUT.split(text))) or any(words.search(text) for _, words in ACROSS)


def _has_sign(clause: str) -> bool:
    likely = {at for letter in set(clause) for at in AT_LETTER.get(letter, ())}
    return any(_says(SIGNS[at], clause) for at in likely)


def _says(sign: Sign, clause: str) -> bool:
    return bool(sign.sure.search(clause) or (sign.unsure is not None and sign.unsure.search(clause)))


def _order(alarm: _Alarm) -> tuple[int, int, int]:
    """Sure ones first, then causes, then what is gravest; among complaints the one told first."""
    group = next(rank for rank, signs in enumerate(RANKS) if alarm.sign in signs)
    return -alarm.level, group, alarm.at


def _alarms(text: str) -> list[_Alarm]:
    alarms: list[_Alarm] = []
    at, past, told = 0, False, 0
    for clause in guard.CUT.split(text):
        if clause:
            now = guard.NOW.search(clause) is not None
            past = not now and (past or guard.PAST.search(clause) is not None)
            supposed = not now and guard.SUPPOSE.search(clause) is not None
            found = _in_clause(_Scene(clause, text, now, past, supposed), at) if told < _MOST_CLAUSES else []
            told += bool(found)
            alarms.extend(found)
        at += len(clause) + 1
    return [*alarms, *_across(text)]


def _across(text: str) -> list[_Alarm]:
    """Alarms of what is told in two clauses, each of which tells nothing by itself."""
    whole = _Scene(
        text, text, False, guard.PAST.search(text) is not None, guard.SUPPOSE.search(text) is not None
    )
    found = [(sign, words.search(text)) for sign, words in ACROSS]
    return [
        _Alarm(sign, _weigh(sign, whole, match, _SURE), match.start(), 0, False)
        for sign, match in found
        if match
    ]


def _in_clause(scene: _Scene, at: int) -> list[_Alarm]:
    alarms = []
    for sign in SIGNS:
        for found, level in _all(sign, scene.clause):
            left = _weigh(sign, scene, found, level)
            alarms.append(_Alarm(sign, left, at + found.start(), at, left == level == _PERHAPS))
    return alarms


def _all(sign: Sign, clause: str) -> list[tuple[re.Match[str], int]]:
    """All of the sign's words in the clause, and what they weigh by themselves."""
    if not sign.gate.search(clause):
        return []
    sure = [(found, _SURE) for found in islice(sign.sure.finditer(clause), _MOST_TIMES)]
    if sure or sign.unsure is None:
        return sure
    return [(found, _PERHAPS) for found in islice(sign.unsure.finditer(clause), _MOST_TIMES)]


def _weigh(sign: Sign, scene: _Scene, found: re.Match[str], level: int) -> int:
    """The level that is left of `level` when the words around the match have had their say."""
    before, after = scene.clause[: found.start()], scene.clause[found.end() :]
    if guard.TEACHING.search(scene.text) or (
        guard.NEWS.search(scene.text) and not guard.CRY.search(scene.clause)
    ):
        return _NOTHING
    if sign is SELF_HARM:
        return _weigh_self_harm(scene, level)
    if sign in (FALL, OTHER) and guard.NEARLY.search(
        scene.clause[max(0, found.start() - 4) : found.start() + 3]
    ):
        return _NOTHING
    if guard.NOT_BEFORE.search(before) or _of_thing(sign, before, found) or _of_animal(scene.clause, found):
        return _NOTHING
    if sign is VIOLENCE and guard.CALM.search(found.group()):
        return _NOTHING
    if scene.supposed or guard.ONCE.search(after) or guard.ONCE_INSIDE.search(found.group()):
        return _NOTHING
    gone = sign is LOST and guard.STILL_GONE.search(scene.text) is not None
    if scene.past and not gone and not guard.CRY.search(scene.clause):
        return _of_the_past(scene)
    return _soften(sign, scene, found, level)


def _weigh_self_harm(scene: _Scene, level: int) -> int:
    if guard.NO_SELF_HARM.search(scene.clause) or (
        level == _PERHAPS and guard.LOOKS_FOR_CARE.search(scene.text)
    ):
        return _NOTHING
    open_ = scene.past or guard.HEATED.search(scene.clause) or guard.RETRACTED.search(scene.text)
    return _PERHAPS if open_ else level


def _of_thing(sign: Sign, before: str, found: re.Match[str]) -> bool:
    """Things fall and are lost too; who is hit (骑车被撞了) is no thing."""
    return (
        sign in _THINGS_FALL and found.group()[0] not in "被叫让" and guard.OBJECT.search(before) is not None
    )


def _of_animal(clause: str, found: re.Match[str]) -> bool:
    animal = guard.ANIMAL.search(clause)
    return animal is not None and animal.start() <= found.end() and not guard.BITES.search(clause)


def _of_the_past(scene: _Scene) -> int:
    recent = guard.RECENT.search(scene.text) is not None
    over = (
        guard.CHRONIC.search(scene.text)
        or guard.BENEFIT.search(scene.text)
        or guard.RESOLVED.search(scene.text)
    )
    return _PERHAPS if recent and not over else _NOTHING


def _soften(sign: Sign, scene: _Scene, found: re.Match[str], level: int) -> int:
    """What the rest of the text takes off: talk of benefits, old complaints, what is over, general questions."""
    crying = guard.CRY.search(scene.text) is not None
    talked_of = scene.clause if sign is VIOLENCE else scene.text
    if guard.BENEFIT.search(talked_of) and not crying and not guard.STRIKES_ME.search(scene.clause):
        return _NOTHING
    if guard.RESOLVED.search(scene.text):
        hurt = sign is FALL and guard.STILL_HURTS.search(scene.text) is not None
        return _PERHAPS if (crying or hurt) and level == _SURE else _NOTHING
    if guard.HABIT.search(scene.text) or (guard.LEARNING.search(scene.text) and not scene.now):
        return _NOTHING
    often = guard.OFTEN.search(scene.clause) or (guard.RECENT.search(scene.clause) and not scene.now)
    if guard.ASKS_HOW.search(scene.clause) and not guard.SOMEBODY.search(scene.clause):
        level -= 1
    elif sign is VIOLENCE and guard.ANY_ELDER.search(found.group()):
        level = _PERHAPS
    elif often and not (sign is LOST and guard.STILL_GONE.search(scene.text)):
        level = _PERHAPS if level == _SURE or sign is VIOLENCE else _NOTHING
    return min(level, _left_by_old_complaints(sign, scene, found))


def _left_by_old_complaints(sign: Sign, scene: _Scene, found: re.Match[str]) -> int:
    """The most that may be left where the text tells of an illness of years."""
    if guard.CHRONIC.search(scene.clause.replace(found.group(), "　")):
        return _SURE if scene.now else _NOTHING
    if not guard.CHRONIC.search(scene.text) or scene.now:
        return _SURE
    if guard.SPAN_ALONE.search(scene.text) or guard.TREATED.search(scene.text):
        return _NOTHING
    if sign is STROKE and guard.OLD_STROKE.search(scene.text):
        return _NOTHING
    old = {BREATHING.kind: guard.OLD_LUNGS, CHEST.kind: guard.OLD_HEART}.get(sign.kind)
    return _PERHAPS if old is not None and old.search(scene.text) else _SURE
