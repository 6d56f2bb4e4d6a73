"""One elder against the thirty items of Wolong: ours, with reasons and next question, against engines of rules."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from bot import contract
from bot.catalog.assess import assess, judge_list
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.dialogue.questions import next_question
from bot.eligibility.facts import read_facts
from tests.bench.peers import by_hand, logic
from tests.bench.peers.environments import HERE, kept, python_of, version_of
from tests.bench.peers.figures import Bar, Chart, Part, Table, ratio, row, short, spread
from tests.bench.peers.machine import SERVER_CORE, pinned
from tests.bench.population import elders

TODAY, REGION = date(2026, 11, 21), "411303"
PEERS = {
    "rules": ["json-logic in Python", "json-logic in Rust", "zen-engine, expressions", "zen-engine, a graph"],
    "openfisca": ["openfisca-core, one person"],
}
_BATCH_S = 0.15
Work: TypeAlias = Callable[[int], object]
WHOLE = "ours: all that, from facts as told"


@dataclass
class Way:
    """One way to decide: `timed(calls)` gives microseconds an elder."""

    name: str
    timed: Callable[[int], float]
    verdicts: Callable[[], list[list[str]]] | None = None
    times: list[float] = field(default_factory=list)

    def once(self) -> None:
        """A batch of about the same length whoever it is."""
        calls = max(5, int(_BATCH_S * 1e6 / self.times[-1])) if self.times else 20
        self.times.append(self.timed(calls))


@dataclass(frozen=True)
class Elders:
    """The same elders in three forms: as told, as read, flat."""

    raw: Sequence[Mapping[str, Any]]
    read: Sequence[Any]
    flat: Sequence[logic.Flat]


def measure(*, quick: bool) -> Part:
    """Rounds of everybody in turn, on one core; verdicts are compared before anything is timed."""
    catalog = load_catalog()
    raw = elders(300, REGION)
    read = [read_facts(one, TODAY) for one in raw]
    those = Elders(raw, read, [logic.flat(one) for one in read])
    part = Part("deciding", "Deciding one elder over the list of Wolong")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack, pinned(SERVER_CORE):
        job = Path(name) / "job.json"
        job.write_text(json.dumps({"rules": logic.rules(), "elders": those.flat}), encoding="utf-8")
        ways = [*_ours(catalog, those), *_theirs(stack, job)]
        part.notes += _agreement(ways)
        for _ in range(4 if quick else 16):
            for way in ways:
                way.once()
        many = _many(job, 100_000 if quick else 1_000_000)
        own = _own_many(those, 20_000 if quick else 100_000)
    _tell(part, ways, many, own)
    return part


def _ours(catalog: Catalog, those: Elders) -> Iterator[Way]:
    wolong = catalog.lists["wolong"]

    def whole(number: int) -> object:
        told = assess(catalog, those.raw[number], TODAY)
        return next_question(told.results, told.facts, catalog, told.benefit_list)

    def asked(number: int) -> object:
        results, _ = judge_list(wolong, those.read[number])
        return next_question(results, those.read[number], catalog, wolong)

    def so(number: int) -> list[str]:
        return logic.ours_true(judge_list(wolong, those.read[number])[0])

    def by_ifs(number: int) -> list[str]:
        return by_hand.decide(those.flat[number])

    def json(number: int) -> object:
        return contract.screen(those.raw[number], "", catalog, TODAY)

    yield _way("ours: reasons, amounts, sum", so, those)
    yield _way("ours: and the next question", asked, those)
    yield _way(WHOLE, whole, those)
    yield _way("ours: all that, as JSON of the API", json, those)
    yield _way("ifs by hand", by_ifs, those)


def _way(name: str, work: Work, those: Elders) -> Way:
    count = len(those.raw)

    def timed(calls: int) -> float:
        began = time.process_time()
        for number in range(calls):
            work(number % count)
        return (time.process_time() - began) / calls * 1e6

    def verdicts() -> list[list[str]]:
        return [list(work(number)) for number in range(count)]  # type: ignore[call-overload]

    plain = name in ("ifs by hand", "ours: reasons, amounts, sum")
    return Way(name, timed, verdicts if plain else None)


def _theirs(stack: ExitStack, job: Path) -> Iterator[Way]:
    for peer, names in PEERS.items():
        ask = stack.enter_context(_asked(peer, job))
        for name in names:
            yield Way(
                name,
                lambda calls, ask=ask, name=name: ask(way=name, calls=calls),
                lambda ask=ask, name=name: ask(way=name),
            )


@contextmanager
def _asked(peer: str, job: Path) -> Iterator[Callable[..., Any]]:
    command = [python_of(peer), HERE / "theirs" / f"decide_{peer}.py", job]
    log = kept() / f"{peer}.log"
    with log.open("wb") as told:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=told, text=True
        )
    assert child.stdin
    assert child.stdout

    def ask(**what: object) -> Any:
        child.stdin.write(json.dumps(what) + "\n")
        child.stdin.flush()
        return json.loads(child.stdout.readline())

    assert child.stdout.readline() == "ready\n", log.read_text(encoding="utf-8")[-2000:]
    yield ask
    child.stdin.close()
    child.wait(20)


def _agreement(ways: Sequence[Way]) -> list[str]:
    """Whether all say the same of every elder; raises AssertionError where one does not."""
    told = {way.name: [sorted(one) for one in way.verdicts()] for way in ways if way.verdicts}
    first, *others = told.values()
    wrong = [name for name, one in list(told.items())[1:] if one != first]
    assert not wrong, f"other verdicts: {wrong}"
    yes = sum(map(len, first))
    return [
        f"{len(others) + 1} ways agree on {len(first)} elders, {yes} entitlements that are so; the peers know no “maybe”."
    ]


def _many(job: Path, count: int) -> dict[str, float]:
    command = [python_of("openfisca"), HERE / "theirs" / "decide_openfisca.py", job, str(count)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return {"count": count, **json.loads(told.stdout)}


def _own_many(those: Elders, count: int) -> dict[str, float]:
    wolong, people = load_catalog().lists["wolong"], len(those.read)
    began = time.process_time()
    for number in range(count):
        judge_list(wolong, those.read[number % people])
    return {"count": count, "seconds": time.process_time() - began}


def _tell(part: Part, ways: Sequence[Way], many: dict[str, float], own: dict[str, float]) -> None:
    rules, fisca = python_of("rules"), python_of("openfisca")
    part.method.append(
        "Ours weighs three values (so, not so, not known), names the reasons, the amounts and the sum, and finds the next "
        "question worth asking; it has no way without reasons. The others say so or not so, "
        "of flat facts that somebody else has read. Rules for them are "
        f"made from the same list: json-logic (maykin-json-logic-py {version_of(rules, 'maykin-json-logic-py')}, pure "
        f"Python; datalogic-py {version_of(rules, 'datalogic-py')}, Rust), zen-engine {version_of(rules, 'zen-engine')}, "
        f"openfisca-core {version_of(fisca, 'openfisca-core')}. One core, all in turn in every round; processor time."
    )
    whole = next(way for way in ways if way.name == WHOLE)
    rows = [
        (way.name, str(spread(way.times[1:])), str(ratio(way.times[1:], whole.times[1:]))) for way in ways
    ]
    part.tables.append(Table("One elder", ["way", "µs", "÷ ours, whole"], rows))
    part.tables.append(_table_of_many(many, own))
    bars = [row(way.name, spread(way.times[1:])) for way in ways]
    alt = "; ".join(f"{label} {short(middle)} µs" for label, middle, _, _ in bars)
    part.charts.append(
        Chart("deciding", "One elder over the list of Wolong", alt, "µs, less is better", bars)
    )
    what = "deciding with reasons and next question, from the facts as told"
    got = spread(whole.times[1:]).median
    bar = Bar(what, 0.1, got / 1e3, "ms", at_most=True, hindrance=_hindrance(ways[:3]))
    part.bars.append(bar)
    part.raw |= {"us": {way.name: way.times for way in ways}, "openfisca": many, "ours": own}


def _hindrance(ways: Sequence[Way]) -> str:
    judged, asked, whole = (spread(way.times[1:]).median for way in ways)
    return (
        f"reading and checking the facts {whole - asked:.0f} µs, judging with reasons, amounts and sum {judged:.0f} µs, "
        f"the next question {asked - judged:.0f} µs"
    )


def _table_of_many(many: dict[str, float], own: dict[str, float]) -> Table:
    def line(name: str, told: dict[str, float], memory: str) -> tuple[str, ...]:
        each = told["seconds"] / told["count"] * 1e6
        return (name, f"{told['count']:,.0f}", short(told["seconds"]), f"{each:.2f}", memory)

    rows = [
        line("openfisca-core, all in one simulation", many, f"{many['peak_mb']:,.0f} MiB"),
        line("ours, one after another, with reasons and amounts", own, "does not grow"),
    ]
    return Table("Many elders", ["way", "elders", "s", "µs an elder", "memory"], rows)
