"""One property that is fuzzed: what is thrown, and what must hold of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True, slots=True)
class Fuzz:
    """`check` gets a value of each of `thrown` by its name, and raises where something does not hold."""

    name: str
    thrown: Mapping[str, SearchStrategy[Any]]
    check: Callable[..., None]

    def run(self, examples: int, dice: int | None = None) -> None:
        """Throws so many; the same ones for the same `dice`, else others each time. Raises what `check` raises."""
        # Each time a function of its own, since settings may be told only once.
        prepared = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
        )(given(**self.thrown)(self._checked()))
        (prepared if dice is None else seed(dice)(prepared))()

    def _checked(self) -> Callable[..., None]:
        def holds(**values: Any) -> None:
            self.check(**values)

        holds.__name__ = holds.__qualname__ = re.sub(r"\W", "_", self.name)
        return holds
