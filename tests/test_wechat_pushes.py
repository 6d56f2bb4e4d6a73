"""Two server processes on one Redis, both killed in mid-talk: nothing lost, nothing twice, the same bytes again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from tests.bench.compared import DIFFERENT_UNSURE, compare
from tests.bench.pushes import carry_out, expected
from tests.bench.replays import dated, recorded
from tests.bench.under_faults import Plan, Run, Taken, outcome_of, platform_clock
from tests.platform import shapes
from tests.two_servers import Site, site

PLAN = Plan("pushes", 600, 60, 50.0, redis_kills=2, server_kills=1)


async def test_pushes_under_faults_count_once_and_replays_change_nothing(tmp_path: Path) -> None:
    chance = random.Random(PLAN.seed)  # noqa: S311 - a script, not a secret
    async with site(tmp_path / "busy", 2, chance) as where, site(tmp_path / "quiet", 1) as quiet:
        verdict, run = await carry_out(PLAN, where, quiet)
        assert not verdict.lost, str(verdict)
        assert sum(verdict.findings.outcomes.values()) == PLAN.pushes
        pushes = recorded(run.talks, 20)
        assert pushes
        told = await dated(where, pushes)
        assert not [what for what, count in told.items() if count and not expected(what)], told
        await assert_that_a_second_effect_would_be_found(run, where, quiet)
        await assert_that_danger_told_without_the_store_is_right(where, quiet)


async def assert_that_a_second_effect_would_be_found(run: Run, where: Site, quiet: Site) -> None:
    """The comparison itself: one turn more than was counted."""
    user, talk = next((u, t) for u, t in run.talks.items() if t[-1].outcome == "answered" and not erases(t))
    again = await compare({user: talk}, where, quiet)
    assert not again.found, again.details[:8]
    async with where.platform(now=platform_clock()) as platform:
        await platform.push(user, shapes.text("嗡嗡嗡"))
    assert list((await compare({user: talk}, where, quiet)).found) == ["another session"]


def erases(talk: Sequence[Taken]) -> bool:
    """Of what was erased only an empty answer is left, and asked again it is another."""
    return any("删除" in one.push.fields.get("Content", "") for one in talk)


async def assert_that_danger_told_without_the_store_is_right(where: Site, quiet: Site) -> None:
    """Whom to call is said while the store is silent; whether that turn counts is open, and both ways are right."""
    user, said = "o-in-danger", ["我奶奶83岁，家在卧龙区", "我爸晕倒了叫不醒"]
    async with where.platform(now=platform_clock()) as platform:
        calm = await platform.push(user, shapes.text(said[0]))
        with where.redis.frozen():
            danger = await platform.push(user, shapes.text(said[1]))
    talk = [Taken(one, outcome_of(one)) for one in (calm, danger)]
    assert [one.outcome for one in talk] == ["answered", "urgent"]
    assert "120" in (danger.text or "")
    findings = await compare({user: talk}, where, quiet)
    assert list(findings.found) in ([], [DIFFERENT_UNSURE]), findings.details
