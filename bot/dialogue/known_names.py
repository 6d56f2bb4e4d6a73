"""Elders whose names the talk knows already: 王秀英能领什么 is about her, whatever else a reader makes of it."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.choices import trimmed
from bot.dialogue.people import SELF
from bot.dialogue.wording import words
from bot.models import Session
from nlu.understanding import SUBJECTS, PersonHeard, Understanding


def with_known_names(session: Session, text: str, heard: Understanding) -> Understanding:
    """What was heard, under the one known name that the text has; as it came where it names somebody else, several
    or nobody. While a call is arranged a name answers what was asked for the call."""
    if session.draft is None and len(told := _alone(session, text)) == 1:
        return replace(heard, intent="ask_eligibility", people=(PersonHeard("other", told[0]),))
    if session.draft is not None or len(heard.people) > 1 or any(one.named for one in heard.people):
        return heard
    if (
        session.people
        and session.active != SELF
        and _bare(text) in (*words("self_alone"), *words("self_asks"))
    ):
        return replace(heard, intent="ask_eligibility", people=(PersonHeard(SELF),))
    names = [key for key in _names(session) if key in text]
    if len(names) != 1:
        return heard
    facts = heard.people[0].facts if heard.people else {}
    alone = trimmed(text.replace(names[0], "")) in words("name_alone")
    intent = "ask_eligibility" if alone else heard.intent
    return replace(heard, intent=intent, people=(PersonHeard("other", names[0], facts),))


def _alone(session: Session, text: str) -> list[str]:
    """那老太呢: who was told of by such a word is meant where nothing else is said, and nobody else by it."""
    return [key for key in session.people if key not in SUBJECTS and _bare(text) == key]


def _bare(text: str) -> str:
    return trimmed(text).removeprefix("那")


def _names(session: Session) -> list[str]:
    """老太太 may be anybody; a name is somebody."""
    anybody = (*SUBJECTS, *words("some_elder_words"), *words("kin"))
    return [key for key in session.people if key not in anybody and len(key) > 1]
