"""For whom a call is: the one who is named, the one who writes, one of two."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.calling.ending import with_draft
from bot.dialogue.calling.so_far import Filled
from bot.dialogue.people import SELF, as_told, called, key_of
from bot.dialogue.scene import Scene
from bot.dialogue.wording import say, words

_OTHER = {"father": "mother", "mother": "father", "spouse": SELF, SELF: "spouse"}


def whom(telling: Filled) -> Filled:
    """A named elder is whom it is for; who is named otherwise is also whom to ask for at the door."""
    if any(word in telling.scene.text for word in words("call_for_self_words")) and telling.draft.person:
        return _for_self(telling)
    named = next((one for one in telling.scene.heard.people if one.named), None)
    if named is None:
        return _for_the_other(_one_of_a_couple(telling))
    if named.subject == SELF:
        telling = _one_of_a_couple(telling)
    if not _says_for(telling.scene):
        return telling
    key = key_of(named, telling.session.active)
    told = replace(telling, lines=(*telling.lines, *_one_by_one(telling, key)))
    return _for_key(told, key, door=named.subject == "other" and bool(named.name))


def one_by_one(who: str, other: str) -> str:
    """That one is booked after the other, and what to say for the other."""
    return say("call_one_by_one", who=called(who), other=as_told(other))


def _one_by_one(telling: Filled, key: str) -> list[str]:
    keys = [key_of(one, telling.session.active) for one in telling.scene.heard.people if one.named]
    others = [one for one in keys if one != key]
    return [one_by_one(key, others[0])] if others and telling.scene.came.draft is None else []


def _for_key(telling: Filled, key: str, *, door: bool) -> Filled:
    person = None if key == SELF else key
    scene = telling.scene.with_session(replace(telling.session, active=key))
    changed = person != telling.draft.person
    contact = "" if telling.draft.contact == telling.draft.person else telling.draft.contact
    # Whom to ask for at a door has a name; 婆婆 is nobody's.
    contact = key if door and key not in words("kin") else contact
    if changed and telling.scene.came.draft is not None:
        telling = replace(telling, lines=(*telling.lines, say("call_noted_person", who=called(key))))
    return replace(
        telling, scene=with_draft(scene, person=person, contact=contact), new=telling.new or changed
    )


def _one_of_a_couple(telling: Filled) -> Filled:
    """俺老两口都想洗澡: one after the other, too."""
    couple = any(word in telling.scene.text for word in words("call_couple_words"))
    if not couple or telling.scene.came.draft is not None or telling.draft.person:
        return telling
    return replace(telling, lines=(*telling.lines, one_by_one(SELF, "spouse")))


def _for_the_other(telling: Filled) -> Filled:
    """另一位的, after one of a couple was booked."""
    scene = telling.scene
    last = next((one for one in scene.requests if one.id == scene.session.last_call), None)
    if last is None or not any(word in scene.text for word in words("call_other_one_words")):
        return telling
    other = _OTHER.get(last.person or SELF)
    return _for_key(telling, other, door=False) if other else telling


def _for_self(telling: Filled) -> Filled:
    """不是给我爸，是给我自己."""
    scene = telling.scene.with_session(replace(telling.session, active=SELF))
    kept = replace(telling, scene=with_draft(scene, person=None), new=True)
    return replace(kept, lines=(*telling.lines, say("call_noted_person", who=called(SELF))))


def _says_for(scene: Scene) -> bool:
    """Whether a name tells for whom it is: 我妈的电话是… does not, once a call is being arranged."""
    return scene.came.draft is None or any(word in scene.text for word in words("call_for_words"))
