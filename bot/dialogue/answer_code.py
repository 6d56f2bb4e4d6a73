"""The code that the hotline reads out: six digits that bring what was told there, as if it had been told here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bot.catalog.model import Catalog
from bot.dialogue.choices import chosen, trimmed
from bot.dialogue.safety import DANGER
from bot.dialogue.wording import say, words
from bot.models import Message, Reply, Session
from nlu.understanding import SUBJECTS, PersonHeard, Understanding

_CODE: Final = re.compile(r"\d(?:[ -]?\d){5}", re.ASCII)
# As the recogniser of voices may write them.
_NUMERALS: Final = re.compile("[零〇一幺二两三四五六七八九]{6}")
_DIGITS: Final = str.maketrans("零〇一幺二两三四五六七八九", "0011223456789")
_LONGEST: Final = 30


def code_in(message: Message, session: Session, catalog: Catalog) -> str:
    """The digits of 取 123456, or of a code alone where it answers nothing that was asked; else ""."""
    text = trimmed(unicodedata.normalize("NFKC", message.text))
    text = _NUMERALS.sub(lambda said: said[0].translate(_DIGITS), text, count=1)
    found = _CODE.search(text) if message.kind in ("text", "voice") and len(text) <= _LONGEST else None
    if found is None or message.tap or session.asked == DANGER:
        return ""
    beside = re.sub(r"[\s:,，。]+", "", text[: found.start()] + text[found.end() :])
    if beside not in words("answer_code_words") and (beside or _answers(found[0], session, catalog)):
        return ""
    return re.sub("[^0-9]", "", found[0])


def _answers(digits: str, session: Session, catalog: Catalog) -> bool:
    """A birth month, a place's code, a telephone number, several ticked choices: six digits may be all of these."""
    if session.asked is None:
        return session.draft is not None
    question = catalog.questions.get(session.asked)
    return question is None or not question.form.options or bool(chosen(question, digits))


def told_by_code(facts: Mapping[str, Any], person: str) -> Understanding:
    """As if the user had told all of it of that person (a key of the session's people), and asked what there is."""
    named = person in SUBJECTS and person != "other"
    heard = PersonHeard(person, facts=facts) if named else PersonHeard("other", person, facts)
    return Understanding("ask_eligibility", 1.0, "rules", (heard,))


def awaiting(session: Session, person: str) -> Session:
    """The session where nothing is asked, and the person's full answer is still to be told."""
    before = session.people.get(person)
    fresh = {person: replace(before, full=False, told=())} if before else {}
    people = {**session.people, **fresh}
    return replace(session, people=people, asked=None, offered=(), pages=(), topic=None)


def unknown_code(session: Session) -> Reply:
    """What is wrong with a code is not told; the question that waits stays asked."""
    return Reply((say("answer_code_unknown"),), session.offered)
