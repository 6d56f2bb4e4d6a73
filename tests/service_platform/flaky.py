"""What goes wrong at a county's platform by chance, and the calls for which it goes wrong until somebody mends it."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping

from tests.platform import faults
from tests.platform.faults import Fault

# Longer than the bot waits for an answer.
_SILENT_S = 11.0
# The answer gets lost on the way though the call was taken.
AFTERWARDS: Mapping[str, Callable[[], Fault]] = {"lost": faults.lost, "half an answer": faults.half}
BEFORE: Mapping[str, Callable[[], Fault]] = {
    "refused": faults.cut,
    "busy": lambda: faults.text('{"received": false}', 503),
    "broken": lambda: faults.page(500),
    "page": lambda: faults.page(200),
    "nonsense": lambda: faults.text('{"received": "yes"}'),
    "half of a JSON": lambda: faults.text('{"received": tr'),
}
_SHARE, _CURSED, _SILENT = 0.2, 0.02, 0.004


class Flaky:
    """A `County.manner`: `counts` tells how often what went wrong, `cursed` the calls that nothing gets through to.

    `share` of all tries goes wrong somehow, a `silent` share gets no answer at all, and of all calls a `cursed` share
    (0.02: each fiftieth) goes wrong at each try, as long as nobody calls `mend`.
    """

    def __init__(
        self,
        chance: random.Random,
        share: float = _SHARE,
        cursed: float = _CURSED,
        silent: float = _SILENT,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.cursed: set[str] = set()
        self._known: set[str] = set()
        self._chance = chance
        self._share = share
        self._cursed_share = cursed
        self._silent = silent

    def __call__(self, body: bytes) -> Fault | None:
        number = str(json.loads(body)["number"])
        if number not in self._known:
            self._known.add(number)
            if self._cursed_share and len(self._known) % round(1 / self._cursed_share) == 0:
                self.cursed.add(number)
        return self._fault(number)

    def mend(self) -> None:
        """From now on nothing goes wrong."""
        self._share = self._cursed_share = self._silent = 0.0
        self.cursed.clear()

    def _fault(self, number: str) -> Fault | None:
        if number in self.cursed:
            return self._one_of(BEFORE)
        if self._chance.random() < self._silent:
            self.counts["silent"] += 1
            return faults.silence(_SILENT_S)
        if self._chance.random() < self._share:
            return self._one_of({**AFTERWARDS, **BEFORE})
        return None

    def _one_of(self, some: Mapping[str, Callable[[], Fault]]) -> Fault:
        name = self._chance.choice(list(some))
        self.counts[name] += 1
        return some[name]()
