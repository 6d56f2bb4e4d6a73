"""Measures an engine on sentences it was not trained on."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import yaml

from nlu.embedded import Embedded
from nlu.lexicon import Lexicon
from nlu.understanding import Understanding

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, what was asked before it, the intent it has and the others that may be accepted."""

    text: str
    intent: str
    context: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an engine made of a case, and in how many microseconds."""

    case: Case
    understood: Understanding
    micros: float

    @property
    def right(self) -> bool:
        return self.understood.intent == self.case.intent

    @property
    def accepted(self) -> bool:
        return self.right or self.understood.intent in self.case.also


def cases(folder: Path) -> list[Case]:
    """All held-out sentences of `folder`: one YAML file an intent, `{intent, sentences: [text or {text, …}]}`."""
    return [case for path in sorted(folder.glob("*.yaml")) for case in _in_file(path)]


def lexicon(path: Path) -> Lexicon:
    """`{regions, benefits, services}`, each from a name to what it stands for."""
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Lexicon(body["regions"], body["benefits"], body["services"])


def measure(engine: Embedded, known: Sequence[Case]) -> list[Outcome]:
    """Every case once, after a first round that warms the caches."""
    for case in known[:20]:
        engine.parse(case.text, case.context, NOW)
    return [_outcome(engine, case) for case in known]


def as_text(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The report, line by line."""
    whole = len(outcomes)
    yield f"sentences          {whole}"
    yield f"strict accuracy    {_share(sum(each.right for each in outcomes), whole)}"
    yield f"accepted           {_share(sum(each.accepted for each in outcomes), whole)}"
    yield f"us a sentence      {median(each.micros for each in outcomes):.0f} (slowest {max(each.micros for each in outcomes):.0f})"
    yield f"confidence off by  {_calibration(outcomes):.3f} (expected calibration error)"
    yield from _recalls(outcomes)
    yield from _confusions(outcomes)


def _outcome(engine: Embedded, case: Case) -> Outcome:
    start = time.perf_counter()
    understood = engine.parse(case.text, case.context, NOW)
    return Outcome(case, understood, (time.perf_counter() - start) * 1e6)


def _in_file(path: Path) -> Iterator[Case]:
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    for entry in body["sentences"]:
        told = entry if isinstance(entry, dict) else {"text": entry}
        yield Case(told["text"], body["intent"], told.get("context"), tuple(told.get("also", ())))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:6.1%}" if whole else "     –"


def _calibration(outcomes: Sequence[Outcome], bins: int = 10) -> float:
    rooms: dict[int, list[Outcome]] = {}
    for each in outcomes:
        rooms.setdefault(min(int(each.understood.confidence * bins), bins - 1), []).append(each)
    gaps = (abs(sum(each.right - each.understood.confidence for each in room)) for room in rooms.values())
    return sum(gaps) / len(outcomes) if outcomes else 0.0


def _recalls(outcomes: Sequence[Outcome]) -> Iterator[str]:
    asked, right = (
        Counter(each.case.intent for each in outcomes),
        Counter(each.case.intent for each in outcomes if each.right),
    )
    yield "recall by intent"
    for intent in sorted(asked, key=lambda name: right[name] / asked[name]):
        yield f"  {intent:20}{_share(right[intent], asked[intent])}  of {asked[intent]}"


def _confusions(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield "taken for another"
    for each in sorted((each for each in outcomes if not each.right), key=lambda each: each.case.intent):
        heard = each.understood
        mark = " (accepted)" if each.accepted else ""
        yield f"  {each.case.intent} -> {heard.intent} {heard.confidence:.2f}{mark}: {each.case.text}"
