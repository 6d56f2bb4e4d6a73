"""Yes, no and unknown: what a condition comes to, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple, NoReturn

Known = Mapping[str, Any]


class Truth(Enum):
    """Kleene's three values; has no truth value of its own, so that nobody can write `if verdict:`."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        raise TypeError("a three-valued truth is compared with `is`, never tested with `if`")


YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


class Reason(NamedTuple):
    """One fact that decided: `value` is what the condition asked for, `holds` whether it was so."""

    fact: str
    value: Any
    holds: bool


class Outcome:
    """What a condition came to: its truth, the facts that decided it, the facts that would settle it."""

    __slots__ = ("because", "missing", "truth")

    def __init__(self, truth: Truth, because: tuple[Reason, ...] = (), missing: tuple[str, ...] = ()) -> None:
        self.truth = truth
        self.because = because
        self.missing = missing

    def __bool__(self) -> NoReturn:
        raise TypeError("an outcome is judged by its `.truth`, never tested with `if`")

    def __repr__(self) -> str:
        return f"Outcome({self.truth.name}, because={self.because}, missing={self.missing})"


Check = Callable[[Known], Outcome]

_ALWAYS = Outcome(YES)


def always(_known: Known) -> Outcome:
    """The condition that asks nothing."""
    return _ALWAYS


def all_of(parts: Sequence[Check]) -> Check:
    """Kleene's and: a known failing part decides, whatever else is unknown."""
    return _joined(parts, NO, YES)


def any_of(parts: Sequence[Check]) -> Check:
    """Kleene's or: a known holding part decides, whatever else is unknown."""
    return _joined(parts, YES, NO)


def _joined(parts: Sequence[Check], decides: Truth, otherwise: Truth) -> Check:
    """The part that `decides` ends it; without one it is unknown while any part is, else `otherwise`."""
    if len(parts) < 2:
        return parts[0] if parts else always
    fixed = tuple(parts)

    def check(known: Known) -> Outcome:
        because: tuple[Reason, ...] = ()
        missing: tuple[str, ...] = ()
        for part in fixed:
            outcome = part(known)
            if outcome.truth is decides:
                return outcome
            missing += outcome.missing
            because += outcome.because
        if not missing:
            return Outcome(otherwise, because)
        # While an "or" is open, the parts that fail speak neither for nor against it.
        return Outcome(UNKNOWN, because if decides is NO else (), missing)

    return check


def not_of(part: Check) -> Check:
    """Kleene's not; what is unknown stays unknown."""

    def check(known: Known) -> Outcome:
        outcome = part(known)
        if outcome.truth is UNKNOWN:
            return outcome
        return Outcome(NO if outcome.truth is YES else YES, outcome.because)

    return check
