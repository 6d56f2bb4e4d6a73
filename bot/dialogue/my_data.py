"""Tells users what is kept of them, how long, who sees it, and how to erase it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.booking.numbers import spoken
from bot.catalog.model import Catalog
from bot.dialogue.asked_for_data import asks_what_is_kept, names_own_data, speaks_of_erasing
from bot.dialogue.calling.moments import time_words
from bot.dialogue.intents import sure
from bot.dialogue.people import called
from bot.dialogue.scene import Scene, end
from bot.dialogue.wording import say, words
from bot.models import Draft, Person, Request, Session, Turn

_LAST: Final = ("address", "phone", "contact")
_OF_A_CALL: Final = ("contact", "phone", "address", "person", "time_text", "note", "comment")


def shown(scene: Scene) -> Turn | None:
    """The answer to 你们存了我什么; the question that waits stays asked."""
    by_rules = scene.heard.intent == "delete_my_data" and scene.heard.engine == "rules"
    asked = asks_what_is_kept(scene.text) and not by_rules
    if not asked and (erasing(scene) or not _guessed(scene)):
        return None
    scene = replace(scene, heard=replace(scene.heard, intent="help"))
    kept = Kept(scene.came, scene.requests, len(scene.waiting), bool(scene.staff))
    question = scene.catalog.questions.get(scene.session.asked or "")
    return end(scene, kept.lines(scene.catalog, scene.now), question=question)


def erasing(scene: Scene) -> bool:
    """Whether all of it shall be erased. The model alone takes 我的信息安全吗 for that, and what is erased does not come
    back: a word of it must say so."""
    heard = scene.heard
    wanted = heard.intent == "delete_my_data" and sure(heard)
    return wanted and (heard.engine == "rules" or speaks_of_erasing(scene.text))


def _guessed(scene: Scene) -> bool:
    """Whether it was taken for erasing, or for a question about the bot, and is about what is kept."""
    if scene.heard.intent == "help":
        return names_own_data(scene.text)
    return scene.heard.intent == "delete_my_data" and any(
        word in scene.text for word in words("my_data_things")
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one user: the session, the calls, how many notices wait, and whether they serve."""

    session: Session
    requests: tuple[Request, ...] = ()
    waiting: int = 0
    serves: bool = False

    def lines(self, catalog: Catalog, now: datetime) -> list[str]:
        """A line each, in the elder's words."""
        told = [*_told(self.session, catalog, now)]
        if self.waiting:
            told.append(say("my_data_waiting", count=self.waiting))
        if self.serves:
            told.append(say("my_data_staff"))
        head = [say("my_data_head"), *told] if told else [say("my_data_none")]
        rest = (say("my_data_how_long"), say("my_data_who"), say("my_data_erase"))
        return [*head, *_calls(self.requests, catalog, now), *rest]


def _told(session: Session, catalog: Catalog, now: datetime) -> Iterator[str]:
    for key, person in session.people.items():
        facts = "、".join(_facts(person, catalog))
        who = called(key)
        yield say("my_data_person", who=who, facts=facts) if facts else say("my_data_person_only", who=who)
    if session.region:
        yield say("my_data_region", region=_place(session.region, catalog))
    for name in _LAST:
        if value := getattr(session, name):
            yield say("my_data_lines", what=say(f"my_data_{name}", value=value))
    if session.draft:
        yield say("my_data_draft", call=_call_words(session.draft, catalog, now))


def _calls(requests: tuple[Request, ...], catalog: Catalog, now: datetime) -> Iterator[str]:
    if requests:
        yield say("my_data_calls", count=len(requests))
    for request in requests:
        call, personal = _call_words(request, catalog, now), _personal(request)
        if personal:
            yield say("my_data_call", call=call, with_what=say("my_data_with", what="，".join(personal)))
        else:
            yield say("my_data_call_empty", call=call)


def _call_words(call: Request | Draft, catalog: Catalog, now: datetime) -> str:
    known = catalog.calls.every.get(call.service)
    name = known.name if known else call.service
    time = time_words(call.time, now)
    if isinstance(call, Draft):
        return "，".join((f"{name}（{time}）", *_personal(call)))
    return say("call_short", name=name, time=time, number=spoken(call.id))


def _personal(call: Request | Draft) -> list[str]:
    found = ((name, getattr(call, name, "")) for name in _OF_A_CALL)
    return [
        say(f"my_data_{'person_of_call' if name == 'person' else name}", value=_who(name, value))
        for name, value in found
        if value
    ]


def _who(name: str, value: str) -> str:
    return called(value) if name == "person" else value


def _facts(person: Person, catalog: Catalog) -> Iterator[str]:
    for fact, value in person.facts.items():
        words = catalog.facts.get(fact)
        if isinstance(value, bool) and words and words.holds:
            yield words.holds if value else words.fails or say("my_data_not", name=words.name)
        else:
            yield say("my_data_fact", name=words.name if words else fact, value=_value(fact, value, catalog))


def _value(fact: str, value: Any, catalog: Catalog) -> str:
    """年龄：83, 家庭困难身份：低保, 残疾证：二级."""
    if fact == "region":
        return _place(str(value), catalog)
    values = catalog.facts[fact].values if fact in catalog.facts else {}
    if isinstance(value, Mapping):
        return "、".join(_part(part, held, values) for part, held in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return say("my_data_range").join(map(str, value))
    key = "none" if value is None else value
    return values[key].name if isinstance(key, str) and key in values else str(key)


def _part(part: str, held: Any, values: Mapping[str, Any]) -> str:
    """One of several that may hold together, or of what a certificate says."""
    if part == "level":
        return say(f"level_{held}")
    known = values.get(part if isinstance(held, bool) else str(held))
    name = known.name if known else part
    return name if held is not False else (known and known.fails) or say("my_data_not", name=name)


def _place(code: str, catalog: Catalog) -> str:
    return catalog.region(code).full
