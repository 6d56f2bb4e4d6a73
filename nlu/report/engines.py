"""The engines side by side: the embedded one, and Rasa where a server is named."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlu import embedded, rasa, rasa_model, train
from nlu.embedded import Embedded
from nlu.report import resident, training
from nlu.report.case import Case
from nlu.report.measure import Measured, measure
from nlu.report.names import lexicon
from nlu.report.scores import Scores

RASA_FOLDER = "rasa"


class NoRasaError(Exception):
    """A comparison was asked for, and the server does not answer; the message says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: `trains` times a training too; `rasa_pid` is the server's process where it runs here."""

    known: Sequence[Case]
    data_dir: Path
    lexicon: Path
    rasa_url: str | None = None
    rasa_pid: int | None = None
    trains: bool = False


async def compare(plan: Plan) -> list[Measured]:
    """Every engine on the same sentences. Raises WeightsError, OSError, NoRasaError."""
    own = embedded.load(plan.data_dir, lexicon(plan.lexicon))
    found = [await _embedded(plan, own)]
    return found if plan.rasa_url is None else [*found, await _rasa(plan, plan.rasa_url, own)]


async def _embedded(plan: Plan, engine: Embedded) -> Measured:
    scores = Scores(await measure(engine, plan.known))
    trained = _training_now() if plan.trains else training.kept(plan.data_dir, train.fingerprint())
    grown = resident.added(plan.data_dir, plan.lexicon)
    return Measured("embedded", await engine.state(), scores, trained, grown)


async def _rasa(plan: Plan, url: str, own: Embedded) -> Measured:
    async with rasa.connect(url, own) as engine:
        state = await engine.state()
        if not state.startswith("rasa"):
            raise NoRasaError(f"{url}: {state}; start the server with: make rasa")
        scores = Scores(await measure(engine, plan.known))
    trained = training.kept(plan.data_dir / RASA_FOLDER, rasa_model.name())
    held = resident.of(plan.rasa_pid) if plan.rasa_pid is not None else None
    return Measured("rasa", state, scores, trained, held)


def _training_now() -> float:
    start = time.perf_counter()
    train.train()
    return time.perf_counter() - start
