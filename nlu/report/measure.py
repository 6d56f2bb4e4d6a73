"""Lets an engine read all sentences, and looks at the clock."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from nlu.report.case import Case
from nlu.report.judge import NOW
from nlu.report.scores import Outcome, Scores
from nlu.understanding import Understander

_WARMING = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """One engine: its name, which model it says it answers with, how it did, the seconds of its training and the
    megabytes it holds (None where nobody measured)."""

    label: str
    state: str
    scores: Scores
    trained_s: float | None = None
    resident_mb: float | None = None


async def measure(engine: Understander, known: Sequence[Case]) -> list[Outcome]:
    """Every case once, one after another, after a few that warm the caches."""
    for case in known[:_WARMING]:
        await engine.understand(case.text, case.context, NOW)
    return [await _outcome(engine, case) for case in known]


async def _outcome(engine: Understander, case: Case) -> Outcome:
    start = time.perf_counter()
    understood = await engine.understand(case.text, case.context, NOW)
    return Outcome(case, understood, (time.perf_counter() - start) * 1e6)
