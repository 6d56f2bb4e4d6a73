"""What a festival day came to: lost, doubled, late; as lines, and as a part of the page of `tests.bench.peers`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tests.bench.booking_checks import DOUBLE, NO_FAULT
from tests.bench.compared import DIFFERENT_BYTES, DIFFERENT_UNSURE, Findings
from tests.bench.disturbance import Disturbance
from tests.bench.festival_crowd import SLOWEST_S, Capacity, with_silence, without_help
from tests.bench.festival_faults import Happened
from tests.bench.peers.figures import Bar, Part, Table
from tests.platform.pushing import Push

SHARE = 0.7
SHARES = (0.5, 0.99, 0.999)
_AFTER_S = 4.0
_DOUBLED = (DOUBLE, DIFFERENT_BYTES, "late and told twice", "a consent counted twice")
# Told once more is better than never; and who was asked to say it again knows that nothing was promised.
_HONEST = (*NO_FAULT, DIFFERENT_UNSURE)


@dataclass(frozen=True)
class Day:
    """One festival day on one set-up. `dead` are the dead letters that nobody could bring over in the end, `booked` the
    calls that are kept, `compared` how many talks were held again on a quiet server; `sent` tells when the pushes of
    those who booked nothing were."""

    setup: str
    capacity: Capacity
    seconds: float
    pushes: Sequence[Push]
    sent: Sequence[tuple[float, Push]]
    outcomes: Counter[str]
    findings: Sequence[Findings]
    happened: Sequence[Happened]
    deaths: int
    dead: int
    booked: int
    compared: int
    behind_s: float
    disturbance: Disturbance

    @property
    def found(self) -> Counter[str]:
        """How often what was found that is a fault."""
        found = Counter({kind: len(where) for one in self.findings for kind, where in one.found.items()})
        found["a push without any answer"] = sum(not one.answered for one in self.pushes)
        found["an apology"] = self.outcomes["failed"]
        found["a dead letter"] = self.dead
        return +Counter({kind: count for kind, count in found.items() if not kind.startswith(_HONEST)})

    @property
    def doubled(self) -> int:
        return sum(count for kind, count in self.found.items() if kind in _DOUBLED)

    @property
    def lost(self) -> int:
        """What is not as it was told, or was not told at all."""
        return self.found.total() - self.doubled

    @property
    def unhelped(self) -> int:
        return len(without_help(self.pushes))

    @property
    def unanswered(self) -> Counter[str]:
        """What the pushes were that nobody answered, how their tries ended, and during what."""
        when = {id(push): moment for moment, push in self.sent}
        return Counter(
            f"{_kind(one)}: {', '.join(each.wrong or each.outcome for each in one.tries)}; "
            f"{self._during(when[id(one)]) if id(one) in when else 'of one who books'}"
            for one in self.pushes
            if not one.answered
        )

    def late(self, seconds: float) -> int:
        """Tries."""
        return sum(one > seconds for one in with_silence(self.pushes).seconds)

    @property
    def late_during(self) -> Counter[str]:
        """During what the pushes were sent that got no answer within four seconds at some try, or none at all."""
        late = (
            when
            for when, push in self.sent
            if not push.answered or with_silence([push]).percentile(1) > SLOWEST_S
        )
        return Counter(map(self._during, late))

    def _during(self, when: float) -> str:
        """What had just been, too: it takes a moment until all is well again."""
        some = (one.what for one in self.happened if one.began_s - 1 <= when <= one.ended_s + _AFTER_S)
        return next(some, "nothing")

    @property
    def times(self) -> dict[str, float]:
        """Seconds."""
        reckoned = with_silence(self.pushes)
        return {f"p{share * 100:g}": reckoned.percentile(share) for share in SHARES}

    @property
    def bars(self) -> list[Bar]:
        p999 = self.times["p99.9"]
        return [
            Bar(f"lost on a festival day, {self.setup}", 0, self.lost, "", at_most=True),
            Bar(f"doubled on a festival day, {self.setup}", 0, self.doubled, "", at_most=True),
            Bar(f"emergencies unanswered, {self.setup}", 0, self.unhelped, "", at_most=True),
            Bar(f"p99.9 at {SHARE:.0%} of capacity, {self.setup}", SLOWEST_S, p999, "s", at_most=True),
        ]

    def __str__(self) -> str:
        times = ", ".join(f"{name} {seconds:.3f} s" for name, seconds in self.times.items())
        capacity = self.capacity
        rows = [
            f"{self.setup}: {capacity.rate:.1f} pushes a second can be done (p99 {capacity.p99_s:.2f} s, "
            f"{capacity.at_once} at once); {len(self.pushes)} pushes in {self.seconds:.0f} s",
            f"  asked for later than planned by {self.behind_s:.1f} s at most; {self.disturbance}",
            "  went wrong: "
            + "; ".join(f"{one.began_s:.0f}–{one.ended_s:.0f} s {one.what}" for one in self.happened),
            f"  the Redis ended {self.deaths} times on a full disk",
            f"  pushes: {_told(self.outcomes)}; {self.booked} calls kept; {self.compared} talks held again",
            f"  {times}; {self.late(SLOWEST_S)} tries over 4 s, {self.late(5.0)} over 5 s",
            f"  sent while these were, and late at some try or never answered: {_told(self.late_during) or 'none'}",
            f"  lost {self.lost}, doubled {self.doubled}, emergencies unanswered {self.unhelped}: "
            f"{_told(self.found) or 'nothing found'}",
            f"  without any answer: {_told(self.unanswered) or 'none'}",
        ]
        return "\n".join(rows)

    def as_json(self) -> dict[str, object]:
        """Without anything that anybody wrote."""
        return {
            "set-up": self.setup,
            "capacity": asdict(self.capacity),
            "seconds": self.seconds,
            "pushes": len(self.pushes),
            "outcomes": dict(self.outcomes),
            "found": dict(self.found),
            "times": self.times,
            "late": {"4 s": self.late(SLOWEST_S), "5 s": self.late(5.0)},
            "late or unanswered during": dict(self.late_during),
            "emergencies unanswered": self.unhelped,
            "unanswered": dict(self.unanswered),
            "happened": [asdict(one) for one in self.happened],
            "talks held again": self.compared,
            "calls kept": self.booked,
        }


def _kind(push: Push) -> str:
    return str(push.fields.get("Event") or push.fields["MsgType"])


def part(days: Sequence[Day]) -> Part:
    """For the page of `tests.bench.peers`."""
    kinds = sorted({one.what for day in days for one in day.happened})
    method = (
        f"A festival day, compressed: the capacity is measured, then elders write at {SHARE:.0%} of it, in bursts after a "
        "notice to all, with lost answers and doubled pushes as WeChat makes them, and book calls, while these go wrong "
        f"one after the other: {'; '.join(kinds)}. Rasa's stand-in ranks as the embedded engine does. Every booking is "
        "looked for in the store and at the county's platform, and talks are held again on a quiet server. Who pushes "
        "shares the machine with who serves."
    )
    head = (
        "set-up",
        "capacity, pushes/s",
        "pushes",
        "p50",
        "p99",
        "p99.9",
        "> 4 s",
        "> 5 s",
        "lost",
        "doubled",
    )
    rows = [[*_row(day)] for day in days]
    return Part(
        "festival",
        "A festival day · 节日这一天",
        [method],
        [Table("What it came to", head, rows)],
        bars=[bar for day in days for bar in day.bars],
        raw={"days": [day.as_json() for day in days]},
    )


def _row(day: Day) -> list[str]:
    times = [f"{seconds:.3f} s" for seconds in day.times.values()]
    late = [str(day.late(limit)) for limit in (SLOWEST_S, 5.0)]
    return [
        day.setup,
        f"{day.capacity.rate:.1f}",
        str(len(day.pushes)),
        *times,
        *late,
        str(day.lost),
        str(day.doubled),
    ]


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())
