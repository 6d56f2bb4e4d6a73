"""Puts amounts into words: 每月不低于50元."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.wording import say
from bot.eligibility.benefits import Granted


def amount_words(benefits: Sequence[Granted]) -> str | None:
    """The figures of one entry in a phrase, None where it brings no money."""
    told = [_one(granted) for granted in benefits]
    return "；".join(dict.fromkeys(told)) if told else None


def figures(benefits: Sequence[Granted]) -> str | None:
    """Only what has a figure and comes to the person: for what merely may apply, a formula says too much."""
    return amount_words([one for one in benefits if one.value is not None and one.to == "person"])


def yuan(value: float) -> str:
    """50, not 50.0."""
    return f"{value:g}"


def _one(granted: Granted) -> str:
    words = _figure(granted) if granted.value is not None else granted.text or ""
    if granted.principle and granted.value is not None:
        words = say("in_principle", amount=words)
    if granted.to in ("institution", "insurance_fund", "family_member"):
        words += say(f"paid_to_{granted.to}")
    return words


def _figure(granted: Granted) -> str:
    value = granted.value or 0
    per = say(f"per_{granted.per}") if granted.per else ""
    floor = say("at_least") if granted.at_least else ""
    if granted.unit == "CNY":
        return say("amount_yuan", per=per, floor=floor, value=yuan(value))
    if granted.unit == "ratio":
        return granted.text or say("amount_ratio", percent=yuan(value * 100))
    base = granted.unit.partition(":")[2]
    return say("amount_multiple", per=per, floor=floor, base=base, value=yuan(value))
