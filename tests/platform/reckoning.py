"""What many pushes came to: answered or not, the same bytes or not, and how long it took."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.platform.pushing import Push


@dataclass(frozen=True)
class Reckoning:
    """Over any pushes, such as `Reckoning(platform.pushes)`."""

    pushes: Sequence[Push]

    @property
    def unanswered(self) -> list[Push]:
        """No try of these was answered well: the user saw an error of the platform's."""
        return [one for one in self.pushes if not one.answered]

    @property
    def differing(self) -> list[Push]:
        """Two tries of these were answered with different bytes."""
        return [one for one in self.pushes if not one.same_bytes]

    @property
    def outcomes(self) -> Counter[str]:
        """How many tries ended how."""
        return Counter(outcome for one in self.pushes for outcome in one.outcomes)

    @property
    def seconds(self) -> list[float]:
        """The time of every try that was answered well, sorted."""
        return sorted(one.seconds for push in self.pushes for one in push.tries if one.good)

    def percentile(self, share: float) -> float:
        """Seconds within which this share (0.5, 0.99, 0.999) of the good answers came; NaN where none came."""
        return percentile(self.seconds, share)

    def __str__(self) -> str:
        times = ", ".join(f"p{share * 100:g} {self.percentile(share):.3f} s" for share in (0.5, 0.99, 0.999))
        return (
            f"{len(self.pushes)} pushes, {len(self.unanswered)} unanswered, {len(self.differing)} differing; "
            f"{times}; tries: {dict(self.outcomes)}"
        )


def percentile(values: Iterable[float], share: float) -> float:
    """By the nearest rank: the smallest value that this share of all does not exceed."""
    ranked = sorted(values)
    return ranked[max(math.ceil(share * len(ranked)), 1) - 1] if ranked else math.nan
