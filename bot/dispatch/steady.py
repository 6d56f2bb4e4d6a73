"""Doubts the clock: after it went ahead by itself, no call is moved by it before it has stood by that for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

_MOST_S = 120.0


class Steady:
    """Compares the clock with the time that really passed since it was last looked at."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        settle_s: float = 300.0,
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settle_s = settle_s
        self._clock = clock
        self._passed = passed
        self._before = (clock().timestamp(), passed())
        self._doubted_until = passed()

    def doubted(self) -> bool:
        """Whether the clock went ahead by itself not long ago."""
        now = (self._clock().timestamp(), self._passed())
        ahead = (now[0] - self._before[0]) - (now[1] - self._before[1])
        self._before = now
        if ahead > _MOST_S:
            self._doubted_until = now[1] + self.settle_s
        return now[1] < self._doubted_until
