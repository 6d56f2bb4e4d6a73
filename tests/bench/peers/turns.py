"""Whole turns in safe mode, ours against the bare echoes of WeRoBot and of wechatpy on Flask."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tests.bench.peers import turns_told
from tests.bench.peers.elders import Crowd
from tests.bench.peers.figures import Part
from tests.bench.peers.machine import CORES, LOAD_CORE, SERVER_CORE, pinned
from tests.bench.peers.runner import FLASK, FULL, OURS, QUICK, WEROBOT, Plan, Runner
from tests.bench.peers.sites import Site, by_itself, gunicorn, ours
from tests.bench.peers.turns_inside import inside

_BOTH = tuple({CORES[0], CORES[-1]})


def measure(*, quick: bool) -> Part:
    """One process and two; the load generator has a core of its own where one process serves."""
    plan = QUICK if quick else FULL
    part = Part("turns", "Whole turns in safe mode")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _one(part, plan, folder)
        if not quick:
            _two(part, plan, folder)
    return part


def _one(part: Part, plan: Plan, folder: Path) -> None:
    with contextlib.ExitStack() as stack, pinned(LOAD_CORE):
        sites = [(who, stack.enter_context(site)) for who, site in _single(folder, plan)]
        runners = list(_runners(sites, plan))
        _rounds(runners, plan)
        for runner in runners:
            if runner.who == OURS or not plan.quick:
                runner.at_half(plan.half_s)
        memory = {f"{who}, {site.name}": site.memory_mb for who, site in sites}
    with pinned(SERVER_CORE):
        spent = inside(Crowd(plan.users, 99), 400 if plan.quick else 3000)
    turns_told.one_core(part, plan, runners, memory, spent)


def _single(folder: Path, plan: Plan) -> Iterator[tuple[str, contextlib.AbstractContextManager[Site]]]:
    yield OURS, ours(folder / "redis", redis=True)
    yield WEROBOT, gunicorn("werobot", "sync")
    yield WEROBOT, gunicorn("werobot", "gthread")
    if not plan.quick:
        yield OURS, ours(folder / "embedded", redis=False)
        yield FLASK, gunicorn("wechatpy", "sync")
        yield WEROBOT, by_itself("werobot")
        yield FLASK, gunicorn("wechatpy", "gthread")


def _runners(sites: Sequence[tuple[str, Site]], plan: Plan) -> Iterator[Runner]:
    for number, (who, site) in enumerate(sites):
        for keep in (False, True) if site.keeps else (False,):
            yield Runner(who, site, keep, Crowd(plan.users, number * 2 + keep))


def _rounds(runners: Sequence[Runner], plan: Plan) -> None:
    """Every round has one batch of everybody, so that all had the same machine; the first is not counted."""
    for runner in runners:
        runner.once(0)
    for number in range(plan.rounds):
        for runner in runners:
            runner.once(plan.batch_s)
        print(f"  turns: round {number + 1} of {plan.rounds}", flush=True)


def _two(part: Part, plan: Plan, folder: Path) -> None:
    with contextlib.ExitStack() as stack, pinned(*_BOTH):
        sites = [(who, stack.enter_context(site)) for who, site in _double(folder)]
        runners = list(_runners(sites, plan))
        _rounds(runners, replace(plan, rounds=3, batch_s=1.5))
    turns_told.two_processes(part, runners)


def _double(folder: Path) -> Iterator[tuple[str, contextlib.AbstractContextManager[Site]]]:
    yield OURS, ours(folder / "redis-2", redis=True, processes=2, cores=_BOTH)
    yield OURS, ours(folder / "embedded-2", redis=False, processes=2, cores=_BOTH)
    yield WEROBOT, gunicorn("werobot", "sync", 2, _BOTH)
    yield WEROBOT, gunicorn("werobot", "gthread", 2, _BOTH)
    yield FLASK, gunicorn("wechatpy", "sync", 2, _BOTH)
    yield FLASK, gunicorn("wechatpy", "gthread", 2, _BOTH)
