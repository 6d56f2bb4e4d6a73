"""A county's roster screened, by `bot screen` and in process: time and memory, and how they grow with elders and items."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bot.catalog.assess import judge_list
from bot.catalog.load import load_catalog
from bot.catalog.model import BenefitList
from bot.eligibility.facts import read_facts
from tests.bench.peers.environments import ROOT
from tests.bench.peers.figures import Bar, Chart, Part, Table, short
from tests.bench.peers.machine import LOAD_CORE, SERVER_CORE, peak_mb, pinned
from tests.bench.peers.screened import TODAY
from tests.bench.population import elders

REGION = "411303"
ROSTER, WITHIN_S, WITHIN_MB = 100_000, 10.0, 300.0
_PYTHON = sys.executable
_SCREEN = [_PYTHON, "-m", "bot", "screen", "--jsonl", "--as-of", f"{TODAY}T09:00:00+08:00"]
_DATED = "bot screen --jsonl, by dates of birth"
_WAYS = {
    "bot screen --jsonl": _SCREEN,
    _DATED: _SCREEN,
    "in process": [_PYTHON, "-m", "tests.bench.peers.screened"],
}
_WRITES = "{kb:.0f} kB of JSON an elder, {gb:.1f} GB for the roster; {us:.0f} µs an elder in all"
_HINDRANCE = {
    "bot screen --jsonl": _WRITES,
    _DATED: _WRITES,
    "in process": "{us:.0f} µs an elder for reading the line, judging, the sum and the next question",
}


@dataclass(frozen=True)
class Run:
    """One run: seconds on the wall and of the processor, its memory at most, bytes written."""

    way: str
    count: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    written: int


def measure(*, quick: bool) -> Part:
    """Each size by a program of its own on one core; what it writes is counted on the other."""
    counts = (1, 5_000, 20_000) if quick else (1, 10_000, ROSTER)
    runs = []
    with tempfile.TemporaryDirectory() as name, pinned(LOAD_CORE):
        for count in counts:
            told = {dated: _written(Path(name), count, dated=dated) for dated in (False, True)}
            runs += [_run(way, command, told[way == _DATED], count) for way, command in _WAYS.items()]
            print(f"  roster: {count:,} elders", flush=True)
    with pinned(SERVER_CORE):
        items = _by_items(5 if quick else 15)
    part = Part("roster", "A roster screened")
    _tell(part, runs, items)
    return part


def _written(folder: Path, count: int, *, dated: bool) -> Path:
    told = folder / f"told-{dated}.jsonl"
    with told.open("w", encoding="utf-8") as file:
        for number, facts in enumerate(elders(count, REGION)):
            if dated:
                facts = _by_date(facts, number)
            file.write(json.dumps({"id": f"e{number}", "facts": facts}, ensure_ascii=False) + "\n")
    return told


def _by_date(facts: dict[str, Any], number: int) -> dict[str, Any]:
    """The same elder, told by a date of birth; hardly two lines are alike then."""
    born = TODAY - timedelta(days=facts["age"] * 365.25 + 1 + number * 97 % 363)
    return {fact: value for fact, value in facts.items() if fact != "age"} | {"birth_date": str(born)}


def _run(way: str, command: Sequence[str], told: Path, count: int) -> Run:
    counter = subprocess.Popen(["wc", "-lc"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert counter.stdin
    with told.open("rb") as source, pinned(SERVER_CORE):
        began = time.perf_counter()
        env = {"PATH": os.environ["PATH"]}
        child = subprocess.Popen(command, stdin=source, stdout=counter.stdin, cwd=ROOT, env=env)
    peak = _peak(child.pid)
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    lines, written = counter.communicate()[0].split()
    assert (child.returncode, int(lines)) == (0, count)
    return Run(way, count, seconds, used.ru_utime + used.ru_stime, peak, int(written))


def _peak(pid: int) -> float:
    """Looked at until it ends."""
    peak = 0.0
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        peak = max(peak, peak_mb(pid))
        time.sleep(0.02)
    return peak


def _by_items(rounds: int) -> list[tuple[int, float]]:
    """Microseconds of the processor an elder, for lists of several lengths made of Wolong's items."""
    wolong = load_catalog().lists["wolong"]
    read = [read_facts(one, TODAY) for one in elders(200, REGION)]
    lists = [_of_length(wolong, count) for count in (8, 16, 31, 62, 124)]
    times: list[list[float]] = [[] for _ in lists]
    for _ in range(rounds):
        for place, one in enumerate(lists):
            began = time.process_time()
            for facts in read:
                judge_list(one, facts)
            times[place].append((time.process_time() - began) / len(read) * 1e6)
    return [(len(one.items), median(told)) for one, told in zip(lists, times, strict=True)]


def _of_length(wolong: BenefitList, count: int) -> BenefitList:
    return replace(wolong, items=(wolong.items * -(-count // len(wolong.items)))[:count], either_or=())


def _tell(part: Part, runs: Sequence[Run], items: Sequence[tuple[int, float]]) -> None:
    part.method.append(
        "`bot screen --jsonl` reads a line an elder (facts as a civil-affairs office has them) and writes all entries "
        "with verdict, reasons, amounts, sum and next question, by ages and once more by dates of birth; in process, the "
        "same is decided and a line of verdicts, the sum and the next question is written. One core, a program of its own for "
        "every size; the bar is compared with its processor time, which is its time by the clock where nobody takes the core."
    )
    head = ["elders", "way", "s", "s of processor", "MiB at most", "MB written"]
    part.tables.append(Table("By elders", head, [_row(one) for one in runs]))
    told = [(str(count), short(each), f"{each / count:.2f}") for count, each in items]
    part.tables.append(Table("By items of the list", ["items", "µs an elder", "µs an item"], told))
    bars = [(f"ours, {count} items", each, each, each) for count, each in items]
    alt = "; ".join(f"{count} items {short(each)} µs" for count, each in items)
    part.charts.append(Chart("items", "Deciding an elder, by items of the list", alt, "µs", bars))
    for way in _WAYS:
        part.bars += _bars([one for one in runs if one.way == way])
    part.raw |= {"runs": [vars(one) for one in runs], "items": items}


def _row(one: Run) -> tuple[str, ...]:
    figures = (one.wall_s, one.cpu_s, one.peak_mb, one.written / 1e6)
    return (f"{one.count:,}", one.way, *map(short, figures))


def _bars(runs: Sequence[Run]) -> list[Bar]:
    """Of the whole roster; a quick run goes on as it did between its last two, who hold few elders told for the first time."""
    start, last = (runs[0] if runs[-1].count == ROSTER else runs[-2]), runs[-1]
    each_s = (last.cpu_s - start.cpu_s) / (last.count - start.count)
    seconds = last.cpu_s + each_s * (ROSTER - last.count)
    what = f"100,000 elders screened on one core, {last.way}"
    what += " (processor time)" if last.count == ROSTER else f" (by the processor time of {last.count:,})"
    each = last.written / last.count
    hindrance = _HINDRANCE[last.way].format(kb=each / 1e3, gb=each * ROSTER / 1e9, us=each_s * 1e6)
    return [
        Bar(what, WITHIN_S, seconds, "s", at_most=True, hindrance=hindrance),
        Bar(f"{what}, memory", WITHIN_MB, last.peak_mb, "MiB", at_most=True),
    ]
