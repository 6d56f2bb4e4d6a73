"""What is new, other or gone since the last answer of one elder."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.amounts import amount_words
from bot.dialogue.answer import Told, line, money, sum_lines, why
from bot.dialogue.reasons import reason_words
from bot.dialogue.wording import say
from bot.eligibility.rules import Result


def marks(told: Told) -> tuple[str, ...]:
    """What was told as sure, so that a later answer tells what is new, other or gone: wolong-05=每月不低于50元."""
    return tuple(_mark(result) for result in told.assessment.by_verdict("yes"))


def _mark(result: Result) -> str:
    return f"{result.id}={amount_words(result.benefits) or ''}"


def growing(told: Told, before: Sequence[str]) -> list[str]:
    """The sure money that was not told before, in a few lines, and what was told and is no longer so."""
    gone = [result for result in _gone(told, before) if told.item(result).form.benefits]
    fresh = [result for result in money(told) if _mark(result) not in before]
    lines = [say("gone_head"), *(_no_longer(told, result) for result in gone)] if gone else []
    if fresh:
        lines += [say("short_head", who=told.who), *(line(told, result) for result in fresh), *draft(told)]
    return lines


def draft(told: Told) -> list[str]:
    """Said with every answer of a list that is not in force."""
    return [say("standing_draft")] if told.benefit_list.document.status == "draft" else []


def _gone(told: Told, before: Sequence[str]) -> list[Result]:
    ids = {mark.partition("=")[0] for mark in before}
    return [one for one in told.assessment.results if one.id in ids and one.verdict != "yes"]


def changed(told: Told, before: Sequence[str]) -> list[str]:
    """What a later answer brought, changed, or took back."""
    ids = {mark.partition("=")[0] for mark in before}
    fresh = [result for result in told.assessment.by_verdict("yes") if _mark(result) not in before]
    parts = (
        (say("gone_head"), [_no_longer(told, result) for result in _gone(told, before)]),
        (say("now_head"), [line(told, result) for result in fresh if result.id in ids]),
        (say("new_head", who=told.who), [line(told, result) for result in fresh if result.id not in ids]),
    )
    lines = [one for head, some in parts if some for one in (head, *some)]
    return [*lines, *sum_lines(told)] if lines else [say("nothing_new", who=told.who)]


def _no_longer(told: Told, result: Result) -> str:
    reasons = [reason_words(reason, told.assessment.facts, told.catalog) for reason in result.because]
    words = "、".join(dict.fromkeys(reasons)) if result.verdict == "no" else why(told, result)
    return say("no_longer", name=told.item(result).service.name, why=words)
