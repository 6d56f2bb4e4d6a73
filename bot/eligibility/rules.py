"""One entry of a list as rules, and the judging of one elder by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from bot.eligibility.benefits import Benefit, Granted
from bot.eligibility.outcome import NO, UNKNOWN, YES, Check, Known, Outcome, Reason

Verdict = Literal["yes", "no", "maybe", "general"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """When no more than "maybe" may be said; `reason` is one of the contract's, `says` the words for it."""

    when: Check
    reason: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one entry of a list asks for.

    `audience`: whom the whole list is for; `who`: must hold; `may_extend_to`: 有条件的地方可扩大到;
    `also_maybe`: `who` fails, yet it is no "no"; `at_most_maybe`: `who` holds, yet it is no "yes".
    """

    id: str
    audience: Check
    who: Check
    may_extend_to: Check | None = None
    also_maybe: tuple[Doubt, ...] = ()
    at_most_maybe: tuple[Doubt, ...] = ()
    general: bool = False
    benefits: tuple[Benefit, ...] = ()


class Result(NamedTuple):
    """One entry, judged; `missing` names the facts that would settle a "maybe"."""

    id: str
    verdict: Verdict
    because: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str | None = None
    says: str = ""
    extends: bool = False
    # Whether a missing fact could still make it a "yes".
    open: bool = False
    benefits: tuple[Granted, ...] = ()


def judge(rule: Rule, known: Known) -> Result:
    """Unknown never becomes "no" and never becomes "yes"."""
    audience = rule.audience(known)
    if audience.truth is NO:
        return Result(rule.id, "no", audience.because)
    who = rule.who(known)
    if who.truth is NO:
        return _failed(rule, known, audience, who)
    if audience.truth is UNKNOWN or who.truth is UNKNOWN:
        return _unsettled(rule, known, audience, who)
    return _holds(rule, known, audience, who)


def _holds(rule: Rule, known: Known, audience: Outcome, who: Outcome) -> Result:
    because = audience.because + who.because
    for doubt in rule.at_most_maybe:
        outcome = doubt.when(known)
        if outcome.truth is YES:
            return _maybe(rule, known, because + outcome.because, (), doubt.reason, doubt.says)
        because += outcome.because
    verdict: Verdict = "general" if rule.general else "yes"
    return Result(rule.id, verdict, because, benefits=_granted(rule, known))


def _unsettled(rule: Rule, known: Known, audience: Outcome, who: Outcome) -> Result:
    missing = _once(audience.missing + who.missing)
    because = audience.because + who.because
    for doubt in rule.at_most_maybe:
        if doubt.when(known).truth is YES:
            return _maybe(rule, known, because, missing, doubt.reason, doubt.says)
    return _maybe(rule, known, because, missing, "missing_fact", open_=True)


def _failed(rule: Rule, known: Known, audience: Outcome, who: Outcome) -> Result:
    """`who` is known to fail: another reading or the extension may still cover the elder."""
    if rule.may_extend_to is None and not rule.also_maybe:
        return Result(rule.id, "no", who.because)
    extension = rule.may_extend_to(known) if rule.may_extend_to is not None else None
    doubts = [(doubt, doubt.when(known)) for doubt in rule.also_maybe]
    for wanted in (YES, UNKNOWN):
        for doubt, outcome in doubts:
            if outcome.truth is wanted:
                missing = _once(audience.missing + outcome.missing)
                return _maybe(rule, known, outcome.because, missing, doubt.reason, doubt.says)
        if extension is not None and extension.truth is wanted:
            missing = _once(audience.missing + extension.missing)
            return _maybe(rule, known, extension.because, missing, "extension", extends=True)
    return Result(rule.id, "no", who.because)


def _maybe(
    rule: Rule,
    known: Known,
    because: tuple[Reason, ...],
    missing: tuple[str, ...],
    reason: str,
    says: str = "",
    *,
    extends: bool = False,
    open_: bool = False,
) -> Result:
    benefits = _granted(rule, known)
    return Result(rule.id, "maybe", because, missing, reason, says, extends, open_, benefits)


def _granted(rule: Rule, known: Known) -> tuple[Granted, ...]:
    if not rule.benefits:
        return ()
    return tuple([granted for benefit in rule.benefits if (granted := benefit.grant(known)) is not None])


def _once(facts: tuple[str, ...]) -> tuple[str, ...]:
    return facts if len(facts) < 2 else tuple(dict.fromkeys(facts))
