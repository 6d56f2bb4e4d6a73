"""Reads a reply to a question's choices: a tap, a number, a Chinese numeral, a label, or the words for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from bot.catalog.model import Catalog, Question
from bot.catalog.schema import OptionForm
from bot.dialogue.wording import say, words
from bot.models import Tap

DONT_KNOW = "dont_know"
MORE = "more"
_NUMERALS = {numeral: i for i, numeral in enumerate("一二三四五六七八九十", start=1)}
_LONGEST = 24
# However a number is written, it ends with one of these.
_NUMBER_ENDS = frozenset("0123456789一二三四五六七八九十个项条")
_PARTS = re.compile("[，,。；;！!？? ]")


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


def chosen(question: Question, text: str) -> list[OptionForm]:
    """The choices that the whole text names, by label, word or number; several only in a checklist."""
    plain = trimmed(text)
    if not plain or len(plain) > _LONGEST:
        return []
    options = question.form.options
    return _allowed(question, _by_words(options, plain) or _by_numbers(options, plain))


def implied(question: Question, text: str, intent: str | None) -> list[OptionForm]:
    """The one choice that a part of the text names (中，得有人), or that a yes or no stands for."""
    options = question.form.options
    parts = {trimmed(part) for part in _PARTS.split(text)} if len(text) <= _LONGEST else set()
    named = [option for option in options if parts & {option.label, *option.words}]
    named = named or [option for option in options if _opens_with(question, option, text)]
    plain = trimmed(text)
    said = {"affirm": _plain_yes, "deny": _plain_no}.get(intent or "")
    if said is not None and not said(question, plain):
        return named if len(named) == 1 else []
    if not named and intent in ("affirm", "deny"):
        named = _by_words(options, "是" if intent == "affirm" else "没有")
    return named if len(named) == 1 else []


def _plain_yes(question: Question, text: str) -> bool:
    """Whether a yes can be meant: 能自己来吗 is not answered by 有, nor by 有人陪着才行, whatever that is taken for."""
    if text == "有" and "有" not in question.form.text:
        return False
    if any(word in text for word in words("yes_not")) and not text.startswith("可不"):
        return False
    return len(question.form.options) < 3 or text.startswith(words("yes_starts"))


def _plain_no(question: Question, text: str) -> bool:
    """Whether a no can be meant: 残疾证 is not denied by 不能动, 不用 or 没钱, whatever that is taken for."""
    other = any(word in text and word not in question.form.text for word in words("no_of_other"))
    if other or text.startswith(words("no_not")):
        return False
    verbs = [word for word in words("no_verbs") if text.startswith(word)]
    if any(verb.removeprefix("不") in question.form.text for verb in verbs):
        return True
    return text == "不" or any(word in text for word in words("no_words"))


def _opens_with(question: Question, option: OptionForm, text: str) -> bool:
    """用得着轮椅 says 用得着; what asks or denies behind it says something else."""
    rest = text.removeprefix(option.label)
    longer = rest != text and len(option.label) > 1 and len(text) <= _LONGEST
    return longer and question.form.kind == "choice" and not any(word in rest for word in words("turns_it"))


def trimmed(text: str) -> str:
    """Without the particles and marks at its ends."""
    return text.strip().rstrip(_particles())


@cache
def _particles() -> str:
    return "".join(words("particles"))


def _by_words(options: Sequence[OptionForm], plain: str) -> list[OptionForm]:
    return [option for option in options if plain == option.label or plain in option.words][:1]


def _by_numbers(options: Sequence[OptionForm], plain: str) -> list[OptionForm]:
    parts = [part for part in re.split("|".join(map(re.escape, words("joined"))), plain) if part]
    numbers = [_number(part) for part in parts]
    if len(parts) == 1 and plain.isascii() and plain.isdecimal() and int(plain) > len(options):
        numbers = [int(digit) for digit in plain]
    if not numbers or any(number is None or not 1 <= number <= len(options) for number in numbers):
        return []
    return [options[number - 1] for number in numbers if number]


def _number(part: str) -> int | None:
    if part[-1:] not in _NUMBER_ENDS:
        return None
    bare = part
    for prefix in words("ordinal"):
        bare = bare.removeprefix(prefix)
    bare = bare.removesuffix("个").removesuffix("项").removesuffix("条")
    if bare.isascii() and bare.isdecimal() and len(bare) <= 2:
        number = int(bare)
        return number if number <= 20 else None
    return _NUMERALS.get(bare)


def _allowed(question: Question, found: list[OptionForm]) -> list[OptionForm]:
    """One choice; several in a checklist, where 都没有 beside another says nothing sure."""
    if len(found) < 2:
        return found
    return [one for one in found if not one.alone] if question.form.kind == "checklist" else []
