"""Which meanings must not be taken for each other, because it costs the elder something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

Pair = tuple[str, str]

# Help that does not come, or comes for nothing; everything forgotten; all answers lost.
_ALONE = frozenset({"emergency", "delete_my_data", "restart"})
_PAIRS = frozenset(
    frozenset(pair)
    for pair in (
        ("affirm", "deny"),
        # What is not known must become neither a yes nor a no.
        ("affirm", "dont_know"),
        ("deny", "dont_know"),
        ("book_call", "cancel_booking"),
        ("book_call", "reschedule_booking"),
        ("cancel_booking", "check_booking"),
        ("cancel_booking", "reschedule_booking"),
        # The new fact stands beside the wrong one.
        ("correct", "inform"),
    )
)


def costly(meant: str, heard: str) -> bool:
    """Whether it does harm to take the one for the other."""
    return meant != heard and bool({meant, heard} & _ALONE or {meant, heard} in _PAIRS)


def ordered(many: Iterable[Counter[Pair]]) -> list[Pair]:
    """All confusions of several engines, the costly ones first, then the frequent ones."""
    total: Counter[Pair] = Counter()
    for one in many:
        total += one
    return sorted(total, key=lambda pair: (not costly(*pair), -total[pair], pair))
