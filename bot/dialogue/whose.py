"""Whose a telling is where the words leave it to the talk: 俩都没有 of everybody, a fact that moves, 俺妈没有."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bot.dialogue.people import SELF, key_of, with_person
from bot.dialogue.scene import Scene
from bot.eligibility.vocabulary import AGES, FLAG_SETS
from bot.models import Person, Session
from nlu.understanding import SUBJECTS, PersonHeard

_LEAD: Final = "^(?:[哦噢嗯啊唉对是那，, ]|没有?低保[，, ]|没有?残疾证[，, ]|(?:低保|残疾证)(?=[他她俩两]))*"
_NO_PEOPLE: Final = "(?!儿|孩|闺|女|孙|娃|月|年|星期|礼拜|天|钟|小时|证|样)"
# Counted, or meant by a word for several; 都 alone may also mean 已经, or all the things that were asked.
_PAIR: Final = re.compile(_LEAD + "[他她我俺咱]?们?(?:俩|两个|两位|两人|二位)" + _NO_PEOPLE)
_THEY: Final = re.compile(_LEAD + "(?:他|她)们(?:全|也)?都")
_ALL: Final = re.compile(_LEAD + "(?:也|全)?都(?!说|怪|知道|问|听|讲|来|领)")
_BARE: Final = re.compile(
    "[^，,。；; ]{1,6}?(?:也|都|就|倒|可)?(?:没有?|不是|不能?|不知道|不清楚|有|是|能|可以|一样)[了的呢啊吧哩]*[。！!]*"
)
_NOT_MINE: Final = re.compile(
    "不是(?P<who>[我俺](?:自己|本人)?|[他她]|[我俺咱]?[^，,。我俺]{1,3}(?=的))的?(?=[，,。；;！! ]|是[我俺]|$)"
)
_CALLED: Final = {"father": "爸|爹|父", "mother": "妈|娘|母", "spouse": "老伴|老婆|老头|老公"}
_PLAIN_MOVE: Final = re.compile("[哦噢啊，, 弄说搞错了]*不是[我俺]的?[，,。 ]*是[我俺].{1,4}的?[。！!]*")
# 不是我，是我妈: the whole talk was about her.
_ALL_HERS: Final = re.compile(
    "[哦噢啊，, 弄说搞错了]*不是[我俺](?:自己|本人)?[，,。 ]*是[我俺][^的]{1,3}[。！!]*"
)
# What may be told of the wrong one of two; a place or an age is told anew instead.
_MOVABLE: Final = ("disability", "status", "family", "care", "merit", "pension", "ltci")


def sorted_out(scene: Scene) -> Scene:
    """The turn with every fact under the person it belongs to, and without what is of nobody for certain."""
    if moved := _moved(scene):
        return moved
    if _wrong_one(scene):
        return _heard(scene, tuple(replace(one, facts=_held(one.facts)) for one in scene.heard.people))
    if answers_of_another(scene):
        return _heard(scene, tuple(replace(one, facts={}) for one in scene.heard.people))
    return _of_everybody(scene)


def answers_of_another(scene: Scene) -> bool:
    """Whether 没有 and the like is said of somebody else alone than who was asked about: no answer to that."""
    keys = {_key(scene, one) for one in scene.heard.people if one.named and one.subject != SELF}
    if not scene.session.asked or scene.session.active in (None, *keys):
        return False
    return len(keys) == 1 and _BARE.fullmatch(scene.text) is not None


def everybody(scene: Scene, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Whom facts told of nobody by name are about, () where that is the one who is talked about alone."""
    told_of = tuple(key for key, person in scene.session.people.items() if person.facts)
    others = tuple(key for key in told_of if key != SELF)
    start = scene.text.lstrip("哦嗯，, ")[:1]
    keys = others if start in ("他", "她") else told_of
    if len(keys) < 2 or (start in ("我", "俺", "咱") and SELF not in keys):
        return ()
    if _PAIR.search(scene.text):
        return keys if len(keys) == 2 else ()
    if _THEY.search(scene.text):
        return keys
    return keys if _ALL.search(scene.text) and _open_for_all(scene, keys, facts) else ()


def _open_for_all(scene: Scene, keys: tuple[str, ...], facts: Mapping[str, Any]) -> bool:
    """都 alone: not of several things, not 已经 of the one whose age was asked, not against what others told."""
    question = scene.catalog.questions.get(scene.session.asked or "")
    several_things = question is not None and question.form.kind == "checklist" and len(scene.text) < 6
    if several_things and not _names_one(facts):
        return False
    if set(facts) & {*AGES} and question is not None and question.form.id == "age":
        return False
    return not any(_against(scene.person(key).facts, facts) for key in keys if key != scene.session.active)


def _names_one(facts: Mapping[str, Any]) -> bool:
    """都不是低保 is about one thing, 都没有 about all that were asked."""
    return sum(len(value) if isinstance(value, Mapping) else 1 for value in facts.values()) == 1


def _against(before: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    for fact, value in facts.items():
        now = before.get(fact, value)
        if isinstance(value, Mapping) and isinstance(now, Mapping):
            if any(now.get(part, told) != told for part, told in value.items()):
                return True
        elif now != value:
            return True
    return False


def _of_everybody(scene: Scene) -> Scene:
    told = [one for one in scene.heard.people if one.facts]
    if len(told) != 1 or told[0].named or set(told[0].facts) == {"region"}:
        return scene
    keys = everybody(scene, told[0].facts)
    people = tuple(_as_heard(key, _unknown_age(scene.person(key), told[0].facts)) for key in keys)
    return _heard(scene, people) if people else scene


def _unknown_age(person: Person, facts: Mapping[str, Any]) -> dict[str, Any]:
    """八十多 said of two takes no exact age from one of them."""
    known = set(person.facts) & {"age", "birth_date"}
    return {fact: value for fact, value in facts.items() if not (known and fact == "age_range")}


def _moved(scene: Scene) -> Scene | None:
    """不是我的，残疾证是我老伴的: what was told of me goes over, as far as it was told."""
    named = [one for one in scene.heard.people if one.named and one.subject != SELF]
    wrong = _wrong_one(scene)
    if len(named) != 1 or wrong is None or wrong == _key(scene, named[0]):
        return None
    owner = named[0]
    mine = scene.person(wrong).facts
    facts = _taken_for(scene, owner, mine)
    if not facts:
        return None
    goes = {fact: _going(fact, owner.facts.get(fact), mine[fact]) for fact in facts}
    heard = replace(owner, facts={**owner.facts, **goes})
    session = _taken_back(scene, wrong, facts, goes)
    return _heard(scene.with_session(session), (heard,))


def _wrong_one(scene: Scene) -> str | None:
    """Of whom a fact is taken back: 不是我的, 不是他的, 不是我爸的."""
    found = _NOT_MINE.search(scene.text)
    if found is None:
        return None
    who, active = found["who"], scene.session.active
    if who[0] in "我俺" and who[1:] in ("", "自己", "本人"):
        return SELF
    if who in ("他", "她"):
        return active if active != SELF else None
    return next(
        (key for key in scene.session.people if re.search(_CALLED.get(key, re.escape(key)), who)), None
    )


def _held(facts: Mapping[str, Any]) -> dict[str, Any]:
    """不是我的 denies nothing of the owner."""
    return {fact: value for fact, value in facts.items() if value is not None and not _all_denied(value)}


def _all_denied(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and not any(value.values())


def _taken_for(scene: Scene, owner: PersonHeard, mine: Mapping[str, Any]) -> list[str]:
    """The facts that move: those that are named, else the only one there is."""
    held = [fact for fact in _MOVABLE if mine.get(fact) is not None]
    # An age is moved only where it is the very one that was taken for another's.
    held += [age for age in AGES if mine.get(age) is not None and mine[age] == owner.facts.get(age)]
    if _ALL_HERS.fullmatch(scene.text) and not owner.facts and list(scene.session.people) == [SELF]:
        return [fact for fact in mine if mine[fact] is not None]
    if owner.facts:
        return [fact for fact in held if fact in owner.facts]
    return held if len(held) == 1 and _PLAIN_MOVE.fullmatch(scene.text) else []


def _going(fact: str, heard: Any, mine: Any) -> Any:
    """The owner's value: of flags only those that are named, of a certificate all that was told of it."""
    if not isinstance(mine, Mapping):
        return heard or mine
    if fact in FLAG_SETS:
        named = heard if isinstance(heard, Mapping) else mine
        return {flag: True for flag, holds in mine.items() if holds and flag in named}
    return {**mine, **heard} if isinstance(heard, Mapping) else mine


def _taken_back(scene: Scene, key: str, facts: list[str], goes: Mapping[str, Any]) -> Session:
    """The session in which nothing is known of these facts of that person, so that they may be asked again."""
    person = scene.person(key)
    kept = {fact: value for fact, value in person.facts.items() if fact not in facts}
    for fact in facts:
        if fact in FLAG_SETS and (rest := _others(person.facts[fact], goes[fact])):
            kept[fact] = rest
    asked = scene.catalog.questions
    answered = [id_ for id_ in person.answered if id_ in asked and not {*asked[id_].form.settles} & {*facts}]
    # Of whom nothing is left nothing was told either.
    left = replace(person, facts=kept, answered=tuple(answered)) if kept else Person()
    return with_person(scene.session, key, left)


def _others(mine: Mapping[str, bool], gone: Mapping[str, bool]) -> dict[str, bool]:
    return {flag: holds for flag, holds in mine.items() if flag not in gone}


def _as_heard(key: str, facts: Mapping[str, Any]) -> PersonHeard:
    return PersonHeard(key, None, facts) if key in SUBJECTS else PersonHeard("other", key, facts)


def _key(scene: Scene, heard: PersonHeard) -> str:
    return key_of(heard, scene.session.active)


def _heard(scene: Scene, people: tuple[PersonHeard, ...]) -> Scene:
    return replace(scene, heard=replace(scene.heard, people=people))
