"""What an engine's readings of all sentences come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from nlu.report import judge
from nlu.report.case import Case
from nlu.report.judge import Finding
from nlu.understanding import Understanding

_BINS = 10


class Share(NamedTuple):
    """So many of so many."""

    part: int
    whole: int

    @property
    def ratio(self) -> float:
        """0..1; 1 where there was nothing."""
        return self.part / self.whole if self.whole else 1.0


class Count(NamedTuple):
    """Things of one kind: read rightly, read wrongly, left out."""

    right: int
    wrong: int
    lost: int

    @property
    def precision(self) -> Share:
        return Share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> Share:
        return Share(self.right, self.right + self.lost)


@dataclass(frozen=True)
class Outcome:
    """What an engine made of a case, and in how many microseconds."""

    case: Case
    understood: Understanding
    micros: float

    @property
    def right(self) -> bool:
        return not self.case.intents or self.understood.intent == self.case.intents[0]

    @property
    def accepted(self) -> bool:
        return not self.case.intents or self.understood.intent in self.case.intents

    @cached_property
    def facts(self) -> tuple[Finding, ...]:
        return tuple(judge.people(self.case, self.understood.people))

    @cached_property
    def slots(self) -> tuple[Finding, ...]:
        return tuple(judge.slots(self.case, self.understood))

    @property
    def danger(self) -> str | None:
        return judge.danger(self.case.danger, self.understood) if self.case.danger else None

    @property
    def asks_in_vain(self) -> bool:
        """Whether a question is asked about what is certainly no emergency."""
        calm = self.case.danger is not None and not self.case.danger.kinds
        return calm and not self.understood.emergency and bool(self.understood.perhaps_emergency)

    @property
    def faults(self) -> list[str]:
        """What is wrong, for people to read; nothing where all is as it should be."""
        found = [] if self.accepted else [self._meant()]
        found += [self._danger_said(self.danger)] if self.danger else []
        return found + [each.said for each in (*self.facts, *self.slots) if each.said]

    def _meant(self) -> str:
        heard = self.understood
        return f"意思应是{'或'.join(self.case.intents)}，读成{heard.intent}（把握{heard.confidence:.2f}）"

    def _danger_said(self, fault: str) -> str:
        heard = self.understood
        if fault == "false":
            return f"不是急事，读成了{heard.emergency}"
        kinds = "或".join(self.case.danger.kinds if self.case.danger else ())
        return f"急事{kinds}，读成{heard.emergency}（也许：{heard.perhaps_emergency}）"


@dataclass(frozen=True)
class Scores:
    """All outcomes of one engine, added up."""

    outcomes: Sequence[Outcome]

    @cached_property
    def meant(self) -> list[Outcome]:
        """Those whose meaning is judged."""
        return [each for each in self.outcomes if each.case.intents]

    @property
    def strict(self) -> Share:
        return Share(sum(each.right for each in self.meant), len(self.meant))

    @property
    def accepted(self) -> Share:
        return Share(sum(each.accepted for each in self.meant), len(self.meant))

    @property
    def flawless(self) -> Share:
        return Share(sum(not each.faults for each in self.outcomes), len(self.outcomes))

    def recalls(self) -> dict[str, Share]:
        """By intent, strictly."""
        asked = Counter(each.case.intents[0] for each in self.meant)
        right = Counter(each.case.intents[0] for each in self.meant if each.right)
        return {intent: Share(right[intent], asked[intent]) for intent in asked}

    def confusions(self) -> Counter[tuple[str, str]]:
        """What was meant and what was heard instead; not where the other one is accepted."""
        return Counter(
            (each.case.intents[0], each.understood.intent) for each in self.meant if not each.accepted
        )

    def facts(self) -> dict[str, Count]:
        """By kind of fact; "subject" and "name" say whose they are and count among no others."""
        return counted(finding for each in self.outcomes for finding in each.facts)

    def all_facts(self) -> Count:
        """Every fact, whatever its kind."""
        many = [count for kind, count in self.facts().items() if kind not in ("subject", "name")]
        return Count(*(sum(column) for column in zip(*many, strict=True))) if many else Count(0, 0, 0)

    def slots(self) -> dict[str, Count]:
        return counted(finding for each in self.outcomes for finding in each.slots)

    def dangers(self) -> dict[str, Share]:
        """`missed`: neither alarm nor, where one will do, a question; `asked`: of the missed, those at least asked
        about; `kind`: another kind of emergency was read; `false`: alarms at nothing; `in_vain`: questions about
        nothing."""
        real = [each for each in self.outcomes if each.case.danger and each.case.danger.kinds]
        calm = [each for each in self.outcomes if each.case.danger and not each.case.danger.kinds]
        missed = [each for each in real if each.danger == "missed"]
        return {
            "missed": Share(len(missed), len(real)),
            "asked": Share(sum(bool(each.understood.perhaps_emergency) for each in missed), len(missed)),
            "kind": Share(sum(each.danger == "kind" for each in real), len(real)),
            "false": Share(sum(each.danger == "false" for each in calm), len(calm)),
            "in_vain": Share(sum(each.asks_in_vain for each in calm), len(calm)),
        }

    def engines(self) -> Counter[str]:
        """Who decided how many sentences: the model, the rules, or the other engine where this one failed."""
        return Counter(each.understood.engine for each in self.outcomes)

    def micros(self, share: float, *, rules: bool = True) -> float:
        """Microseconds within which so large a share of the sentences was read; those that the rules decided, and no
        model was asked about, may be left out."""
        times = sorted(each.micros for each in self.outcomes if rules or each.understood.engine != "rules")
        return times[min(int(len(times) * share), len(times) - 1)] if times else 0.0

    def calibration(self) -> float:
        """How far confidence lies from the share that is right, 0..1 (expected calibration error)."""
        rooms: dict[int, list[Outcome]] = {}
        for each in self.meant:
            rooms.setdefault(min(int(each.understood.confidence * _BINS), _BINS - 1), []).append(each)
        gaps = (abs(sum(each.right - each.understood.confidence for each in room)) for room in rooms.values())
        return sum(gaps) / len(self.meant) if self.meant else 0.0

    def by_theme(self) -> Iterator[tuple[str, Scores]]:
        """The same of each file of sentences."""
        rooms: dict[str, list[Outcome]] = {}
        for each in self.outcomes:
            rooms.setdefault(each.case.theme, []).append(each)
        return ((theme, Scores(room)) for theme, room in rooms.items())


def counted(findings: Iterable[Finding]) -> dict[str, Count]:
    """How often each kind was read rightly, wrongly, not at all; the most frequent first."""
    many = Counter((each.kind, each.verdict) for each in findings)
    kinds = {
        kind: Count(*(many[kind, verdict] for verdict in ("right", "wrong", "lost"))) for kind, _ in many
    }
    return dict(sorted(kinds.items(), key=lambda item: -sum(item[1])))
