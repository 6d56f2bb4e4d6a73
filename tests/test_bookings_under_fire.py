"""Calls are booked, carried out and told of while the bot, the worker and the Redis are killed: once each, all of them.

Two thousand of them: python -m tests.bench.bookings.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.models import Request
from tests.bench.booking_checks import CONTENT, COUNTY, DOUBLE, HISTORY, INDEX, LOST, Kept, compare
from tests.bench.booking_run import Plan
from tests.bench.bookings import Verdict, carry_out
from tests.bench.processes import Hurry

SOON = Hurry(pauses_s=(0.3, 0.5, 0.7), redelivery_s=2.0, silent=0.0, cursed=0.06, steps=0.3, patience_s=60.0)
PLAN = Plan(bookings=40, rate=60.0, at_once=20, redis_kills=2, server_kills=1, worker_kills=1)


async def test_nothing_is_lost_doubled_or_different_under_fire(tmp_path: Path) -> None:
    verdict = await carry_out(PLAN, tmp_path, SOON)
    assert verdict.broken == [], str(verdict)
    assert sum(verdict.run.kills.values()) == 4
    assert verdict.dead > 0
    assert len(verdict.kept.calls) > 30
    assert_that_what_is_wrong_would_be_found(verdict)


def assert_that_what_is_wrong_would_be_found(verdict: Verdict) -> None:
    """The comparison itself: the same run with one call lost, double, different, or with a line cut out."""
    user, (call, *_) = next((user, some) for user, some in verdict.kept.of.items() if some)
    assert {LOST, INDEX, COUNTY} <= found(verdict, user)
    assert DOUBLE in found(verdict, user, call, replace(call, id="9137482"))
    assert {CONTENT, COUNTY} <= found(verdict, user, replace(call, time="2026-11-30T09:00:00+08:00"))
    assert HISTORY in found(verdict, user, replace(call, history=(*call.history, call.history[0])))


def found(verdict: Verdict, user: str, *calls: Request) -> set[str]:
    """What is found where the user has these calls."""
    of = {**verdict.kept.of, user: calls}
    kept = Kept(of, {one.id: one for some in of.values() for one in some}, verdict.kept.lines)
    return set(compare(verdict.run, kept, verdict.fire, []).found)
