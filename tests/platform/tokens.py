"""The platform's `stable_token`: the same token until it is renewed, and which tokens are good."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LIFE_SECONDS = 7200
OVERLAP_SECONDS = 300
FORCED_APART_SECONDS = 30
FORCED_A_DAY = 20
DAY_SECONDS = 86400

OK, UNKNOWN, EXPIRED, TOO_MANY = 0, 40001, 42001, 45009


@dataclass
class Tokens:
    """One account's tokens; `fetches` counts every answered call, `issued` the tokens that were made.

    Five minutes before its end a token is replaced and both are good; a forced renewal ends the old one at once.
    """

    now: Callable[[], float] = time.time
    life_s: float = LIFE_SECONDS
    overlap_s: float = OVERLAP_SECONDS
    fetches: int = 0
    issued: list[str] = field(default_factory=list)
    _ends: dict[str, float] = field(default_factory=dict)
    _forced: list[float] = field(default_factory=list)

    @property
    def current(self) -> str | None:
        """The newest token, whether it is still good or not."""
        return self.issued[-1] if self.issued else None

    def fetch(self, *, force: bool = False) -> tuple[str, int] | None:
        """The token and its seconds; None where it was forced too often in a day."""
        self.fetches += 1
        if force and not self._force():
            return None
        if self.current is None or self._ends[self.current] - self.now() <= self.overlap_s:
            self._renew()
        assert self.current
        return self.current, int(self._ends[self.current] - self.now())

    def _force(self) -> bool:
        moment = self.now()
        if self._forced and moment - self._forced[-1] < FORCED_APART_SECONDS:
            return True  # not refreshed, and no error either
        if sum(moment - one < DAY_SECONDS for one in self._forced) >= FORCED_A_DAY:
            return False
        self._forced.append(moment)
        self.spoil()
        return True

    def _renew(self) -> None:
        self.issued.append(f"{len(self.issued) + 1}_{secrets.token_urlsafe(96)}")
        self._ends[self.issued[-1]] = self.now() + self.life_s

    def spoil(self) -> None:
        """As if somebody else had forced a new one: the token that everybody holds is no longer good."""
        if self.current:
            self._ends[self.current] = float("-inf")
        self._renew()

    def check(self, token: str) -> int:
        """`OK`, or the error of a token that is unknown, was replaced, or is over."""
        end = self._ends.get(token)
        if end is None or end == float("-inf"):
            return UNKNOWN
        return OK if end > self.now() else EXPIRED
