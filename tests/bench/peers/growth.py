"""How it grows with lists (generated counties) and with sessions in the store: memory, time to load, time to answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.peers import counties
from tests.bench.peers.elders import Crowd, wrong
from tests.bench.peers.environments import ROOT
from tests.bench.peers.figures import Bar, Chart, Part, Table, percentile, short
from tests.bench.peers.load import paced
from tests.bench.peers.machine import LOAD_CORE, SERVER_CORE, pinned
from tests.bench.peers.sessions import Filler, talked
from tests.bench.peers.sites import Site, ours

MILLION, WITHIN_GB = 1_000_000, 1.5
_SEED = 900
# A catalog that takes longer is not waited for.
_LOADED_S = 240.0


def measure(*, quick: bool, sessions: int = 0) -> Part:
    """Lists first, then the store: the time to answer before and after it was filled."""
    part = Part("growth", "How it grows")
    with tempfile.TemporaryDirectory() as name:
        _lists(part, Path(name), (5, 50) if quick else (30, 300, 3_000))
        _sessions(part, Path(name), sessions or (20_000 if quick else MILLION), quick=quick)
    return part


def _lists(part: Part, folder: Path, counts: Sequence[int]) -> None:
    told = [one for count in counts if (one := _counties(part, folder / f"of-{count}", count))]
    head = ["lists", "s of processor to load", "MiB", "µs an elder, a list’s first", "µs an elder"]
    rows = [
        (
            f"{one['lists']:,}",
            short(one["load_s"]),
            short(one["mb"]),
            short(one["us_first"]),
            short(one["us"]),
        )
        for one in told
    ]
    part.tables.append(
        Table("By lists: generated counties beside ours, each with the 31 entries of Wolong", head, rows)
    )
    bars = [(f"ours, {one['lists']:,} lists", one["us"], one["us"], one["us"]) for one in told]
    alt = "; ".join(f"{one['lists']:,} lists {short(one['us'])} µs" for one in told)
    part.charts.append(Chart("lists", "Deciding an elder, by lists in the catalog", alt, "µs", bars))
    part.raw["lists"] = told
    print(f"  growth: {counts[-1]:,} lists", flush=True)


def _counties(part: Part, folder: Path, count: int) -> dict[str, Any] | None:
    folder.mkdir()
    root = folder / "catalog_data"
    counties.write(root, count)
    command = [sys.executable, "-m", "tests.bench.peers.counties", root, str(count)]
    try:
        with pinned(SERVER_CORE):
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=_LOADED_S)
    except subprocess.TimeoutExpired:
        part.notes.append(f"**{count:,} generated counties were not loaded within {_LOADED_S:.0f} s.**")
        return None
    finally:
        shutil.rmtree(folder)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _sessions(part: Part, folder: Path, count: int, *, quick: bool) -> None:
    seconds, kept = (2.0, []) if quick else (8.0, [])
    with contextlib.ExitStack() as stack, pinned(LOAD_CORE):
        site = stack.enter_context(ours(folder / "store", redis=True, durable=False))
        crowd = Crowd(count, _SEED)
        rate = talked(site, crowd)
        kept.append(_answering(site, crowd, rate / 3, seconds))
        filler = Filler(site, folder / "store" / "keys")
        began = time.monotonic()
        size = filler.fill(crowd.users)
        took = time.monotonic() - began
        kept.append(_answering(site, crowd, rate / 3, seconds))
    _tell_sessions(part, count, size, kept, took)


def _answering(site: Site, crowd: Crowd, rate: float, seconds: float) -> dict[str, float]:
    batch = crowd.pushes(max(100, int(rate * seconds)), site.path, keep=True)
    before = site.cpu_s
    load = asyncio.run(paced(site.ports, batch, rate, keep=True, seed=9))
    faults = load.failed + wrong(load.answers)
    assert not faults, dict(faults)
    cost = (site.cpu_s - before) / len(load.answers) * 1e3
    shares = {f"p{share * 100:g}": percentile(load.times, share) * 1e3 for share in (0.5, 0.9, 0.99)}
    return {"rate": rate, "processor_ms": cost, **shares}


def _tell_sessions(
    part: Part, count: int, size: Mapping[str, float], kept: Sequence[Mapping[str, float]], took: float
) -> None:
    part.method.append(
        f"{count:,} users put into a Redis on loopback with what the bot itself keeps of users who have spoken (sealed "
        "session, and the quota of messages that lives 48 hours), by the store's own keys and sealing; then these very "
        "users write, at a third of what the server can do, as they did when the store was empty."
    )
    part.tables += [_answering_table(count, kept), _sizes(size)]
    gigabytes = size["in all, as the server counts it"] * MILLION / 1e9
    part.bars.append(Bar("a million sessions in the store", WITHIN_GB, gigabytes, "GB", at_most=True))
    growth = kept[1]["p50"] / kept[0]["p50"]
    part.notes.append(
        f"The p50 with {count:,} sessions is {growth:.2f} times that of an empty store; filled in {took:.0f} s."
    )
    part.raw["sessions"] = {"count": count, "bytes": dict(size), "answering": list(kept)}


def _answering_table(count: int, kept: Sequence[Mapping[str, float]]) -> Table:
    head = ["sessions", "pushes/s", "p50 ms", "p90 ms", "p99 ms", "ms of processor"]
    keys = ("rate", "p50", "p90", "p99", "processor_ms")
    both = zip((0, count), kept, strict=True)
    rows = [(f"{number:,}", *(short(one[key]) for key in keys)) for number, one in both]
    return Table("Time to answer, by sessions in the store", head, rows)


def _sizes(size: Mapping[str, float]) -> Table:
    return Table(
        "The store", ["what", "bytes a user"], [(name, f"{each:,.0f}") for name, each in size.items()]
    )
