"""Reads the fields beside the caller's words back into facts; anything may stand in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.eligibility.facts import read_facts
from bot.eligibility.vocabulary import BOOLEANS, CHOICES, FLAG_SETS
from bot.errors import BadValue
from bot.web.desk.lookup_fields import DENIED, FALSE, REST, TRUE
from bot.web.forms import Form, field

RawFacts = dict[str, Any]
Read = Callable[[str], RawFacts | None]

_LONGEST: Final = 40
_RANGE: Final = re.compile(r"([0-9]{1,3})(?:\s*[-~—–到至]\s*([0-9]{1,3}))?(?:\s*(?:周岁|岁))?")


def facts_in(form: Form, today: date) -> tuple[RawFacts, list[str]]:
    """The facts in the contract's form, and the facts whose fields hold what cannot be."""
    facts: RawFacts = {}
    wrong: list[str] = []
    for fact, told in _told(form):
        try:
            read_facts(told, today)
        except BadValue:
            wrong.append(fact)
        else:
            facts.update(told)
    return facts, wrong


def _told(form: Form) -> Iterator[tuple[str, RawFacts]]:
    """What each field tells, not checked yet."""
    for fact, read in _READERS.items():
        told = read(field(form, f"f.{fact}", _LONGEST).strip())
        if told is not None:
            yield fact, told
    for fact, flags in FLAG_SETS.items():
        if picked := form.get(f"f.{fact}"):
            yield fact, {fact: _flags_told(flags, picked)}
    if level := field(form, "f.disability", _LONGEST):
        yield (
            "disability",
            {"disability": _certificate_told(level, field(form, "f.disability.kind", _LONGEST))},
        )


def _as_it_is(fact: str) -> Read:
    return lambda text: {fact: text} if text else None


def _yes_or_no(fact: str) -> Read:
    return lambda text: {fact: {TRUE: True, FALSE: False}.get(text, text)} if text else None


def _age_told(text: str) -> RawFacts | None:
    if not text:
        return None
    told = _RANGE.fullmatch(text)
    if told is None:
        return {"age": text}
    low, high = int(told[1]), int(told[2] or told[1])
    return {"age": low} if low == high else {"age_range": [low, high]}


def _flags_told(flags: Sequence[str], picked: Sequence[str]) -> dict[str, bool]:
    """What was ticked holds, whatever was denied before."""
    rest = dict.fromkeys(flags, False) if REST in picked else {}
    denied = {one.removeprefix(DENIED): False for one in picked if one.startswith(DENIED)}
    held = {one: True for one in picked if one != REST and not one.startswith(DENIED)}
    return {**rest, **denied, **held}


def _months_told(text: str) -> RawFacts | None:
    if not text:
        return None
    try:
        return {"care_months": float(text)}
    except ValueError:
        return {"care_months": text}


def _certificate_told(level: str, kind: str) -> dict[str, Any] | str | None:
    if level == "none":
        return None
    told: dict[str, Any] = {"kind": kind} if kind else {}
    if level == "held":
        return told
    return {"level": int(level), **told} if level.isdecimal() and level.isascii() else level


_READERS: Final[Mapping[str, Read]] = {
    "region": _as_it_is("region"),
    "age": _age_told,
    "birth_date": _as_it_is("birth_date"),
    **{fact: _as_it_is(fact) for fact in CHOICES},
    **{fact: _yes_or_no(fact) for fact in BOOLEANS},
    "care_months": _months_told,
}
