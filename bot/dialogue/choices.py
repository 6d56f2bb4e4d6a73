"""Reads a reply to a question's choices: a tap, a number, a Chinese numeral, a label, or the words for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.catalog.model import Catalog, Question
from bot.catalog.schema import OptionForm
from bot.dialogue.wording import say, words
from bot.models import Tap

DONT_KNOW = "dont_know"
MORE = "more"
_NUMERALS = {numeral: i for i, numeral in enumerate("一二三四五六七八九十", start=1)}
_LONGEST = 24


def taps_of(question: Question) -> tuple[Tap, ...]:
    """The question's choices as taps, 不知道 last."""
    form = question.form
    choices = [Tap(f"{form.id}:{i}", option.label) for i, option in enumerate(form.options)]
    return (*choices, Tap(f"{form.id}:{DONT_KNOW}", say("dont_know_label")))


def tapped(tap: str | None, catalog: Catalog) -> tuple[Question, OptionForm | None] | None:
    """The question and choice (None for 不知道) that a tap's id names, whatever was asked meanwhile."""
    if not tap or tap.count(":") != 1:
        return None
    id_, choice = tap.split(":")
    question = catalog.questions.get(id_)
    if question is None:
        return None
    if choice == DONT_KNOW:
        return question, None
    known = choice.isdecimal() and len(choice) < 3 and int(choice) < len(question.form.options)
    return (question, question.form.options[int(choice)]) if known else None


def offered_tap(text: str, offered: Sequence[Tap]) -> Tap | None:
    """The one tap of the last reply that a number or a label names."""
    plain = trimmed(text)
    for tap in offered:
        if plain == tap.label:
            return tap
    number = _number(plain)
    return offered[number - 1] if number and number <= len(offered) else None


def chosen(question: Question, text: str, intent: str) -> list[OptionForm]:
    """The choices that a text names; several only where the question is a checklist."""
    options = question.form.options
    plain = trimmed(text)
    if not options or not plain or len(plain) > _LONGEST:
        return []
    found = _by_words(options, plain) or _by_numbers(options, plain)
    if not found and intent in ("affirm", "deny"):
        found = _by_words(options, "是" if intent == "affirm" else "没有")
    return _consistent(found) if question.form.kind == "checklist" else found[:1]


def trimmed(text: str) -> str:
    """Without the particles and marks at its ends."""
    plain = text.strip()
    ends = words("particles")
    while plain and plain[-1] in ends:
        plain = plain[:-1]
    return plain


def _by_words(options: Sequence[OptionForm], plain: str) -> list[OptionForm]:
    return [option for option in options if plain == option.label or plain in option.words][:1]


def _by_numbers(options: Sequence[OptionForm], plain: str) -> list[OptionForm]:
    parts = [part for part in re.split("|".join(map(re.escape, words("joined"))), plain) if part]
    numbers = [_number(part) for part in parts]
    if len(parts) == 1 and numbers == [None] and plain.isdecimal():
        numbers = [int(digit) for digit in plain]
    if not numbers or any(number is None or not 1 <= number <= len(options) for number in numbers):
        return []
    return [options[number - 1] for number in numbers if number]


def _number(part: str) -> int | None:
    bare = part
    for prefix in words("ordinal"):
        bare = bare.removeprefix(prefix)
    bare = bare.removesuffix("个").removesuffix("项").removesuffix("条")
    if bare.isascii() and bare.isdecimal() and len(bare) <= 2:
        number = int(bare)
        return number if number <= 20 else None
    return _NUMERALS.get(bare)


def _consistent(found: list[OptionForm]) -> list[OptionForm]:
    """都没有 beside another choice says nothing sure."""
    if len(found) > 1:
        return [option for option in found if not option.alone]
    return found
