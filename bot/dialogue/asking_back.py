"""Questions back: why that is asked, what it means, who asks, whether it can be trusted; then the question again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.catalog.model import Question
from bot.dialogue.choices import trimmed
from bot.dialogue.people import called
from bot.dialogue.scene import Scene, end
from bot.dialogue.telling import told_again
from bot.dialogue.wording import say, words
from bot.models import Turn

# 走了 may only have gone home; 低保没了 is of no person.
_DIED: Final = re.compile(
    "(?:唉|那|哦)?[我俺咱]?家?(?P<who>.{1,6}?)(?:已经|早就?|都|前年|去年|今年|上个?月|昨天|前几天|刚|[，, ])*"
    "(?:死掉?了|没了|不在了|(?:去世|过世|不在世|病故)了?)[。！!，, ]*"
)
# What is longer says more than a question back.
_LONGEST = 20


def distrusted(scene: Scene) -> Turn | None:
    """你们是骗子吧: of us, not of somebody else who wants money."""
    said = _says(scene.text, "back_distrust_words") or trimmed(scene.text) in words("back_distrust_bare")
    if not said or _says(scene.text, "back_somebody_else"):
        return None
    return _and_again(scene, say("back_distrust"))


def asked_back(scene: Scene) -> Turn | None:
    """The answer to a question about the question, or about us; None where something was told with it."""
    told = any(one.facts for one in scene.heard.people)
    if told or scene.session.draft is not None or len(scene.text) > _LONGEST:
        return None
    if turn := _passed_away(scene) or _once_more(scene):
        return turn
    answers = (answer for one in _ANSWERS if (answer := one(scene)))
    line = next(answers, "")
    return _and_again(scene, line) if line else None


def _passed_away(scene: Scene) -> Turn | None:
    """王老汉死了: of one who was told of; nothing more is said of that one."""
    found = _DIED.fullmatch(scene.text)
    if found is None:
        return None
    key = _key_of(scene, found["who"])
    if key is None:
        kin = found["who"] in (*words("kin"), *_parents())
        return _and_again(scene, say("back_condolence_unknown")) if kin else None
    people = {name: person for name, person in scene.session.people.items() if name != key}
    session = replace(scene.session, people=people, active=None, topic=None)
    return end(scene.with_session(session), [say("back_condolence", who=called(key))])


def _key_of(scene: Scene, who: str) -> str | None:
    """Whom of those told of the word means and nothing else: 老伴, 王老汉; not 妈低保."""
    key = _parents().get(who, who)
    return key if key in scene.session.people else None


def _parents() -> dict[str, str]:
    return dict(pair.split(">") for pair in words("parents_words"))


def _once_more(scene: Scene) -> Turn | None:
    """你再说一遍: all that stands by now."""
    named = any(one.named for one in scene.heard.people)
    if named or not scene.session.people or not _says(scene.text, "back_once_more"):
        return None
    return told_again(scene)


def _small_print(scene: Scene) -> str:
    return say("back_small_print") if _says(scene.text, "back_small_print_words") else ""


def _who(scene: Scene) -> str:
    return say("back_who") if _says(scene.text, "back_who_words") else ""


def _fee(scene: Scene) -> str:
    """你们收不收费, of us; what a service costs is another question."""
    if "benefit" in scene.heard.slots or "service" in scene.heard.slots:
        return ""
    bare = scene.session.topic is None and _plain(scene.text) in words("back_fee_bare")
    return say("back_fee") if bare or _says(scene.text, "back_fee_words") else ""


def _identity_card(scene: Scene) -> str:
    """要身份证号不, of us; what to bring to an office is another question."""
    asks = scene.text.startswith(words("back_card_starts")) and not _says(scene.text, "back_card_elsewhere")
    return say("back_card") if asks else ""


def _why(scene: Scene) -> str:
    asked = _asked(scene)
    asks = _says(scene.text, "back_why_words") or trimmed(scene.text) in words("back_why_bare")
    return say("back_why", why=asked.form.why) if asked and asks else ""


def _meaning(scene: Scene) -> str:
    """Of the word that is named, else of the question that was asked."""
    marks_only = bool(scene.text) and not scene.text.strip("?？")
    asks = _says(scene.text, "back_meaning_words") or _plain(scene.text).endswith(words("back_meaning_ends"))
    if not marks_only and not asks:
        return ""
    if term := _term(scene):
        return say(term)
    asked = _asked(scene)
    if asked is None or "benefit" in scene.heard.slots:
        return ""
    id_ = asked.form.id
    return say(f"meaning_{id_}") if id_ in words("meanings") else say("back_why", why=asked.form.why)


def _plain(text: str) -> str:
    return trimmed(text).rstrip("?？")


def _term(scene: Scene) -> str:
    pairs = (pair.partition(">") for pair in words("terms"))
    return next((name for word, _, name in pairs if word in scene.text), "")


_ANSWERS: tuple[Callable[[Scene], str], ...] = (_small_print, _who, _fee, _identity_card, _why, _meaning)


def _asked(scene: Scene) -> Question | None:
    return scene.catalog.questions.get(scene.session.asked or "")


def _and_again(scene: Scene, line: str) -> Turn:
    return end(scene, [line], question=_asked(scene), rest=scene.session.pages)


def _says(text: str, list_of_words: str) -> bool:
    return any(word in text for word in words(list_of_words))
