"""An upgrade as deploy/upgrade.md has it: one server after the other behind the real proxy, while pushes come in."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from pathlib import Path

import pytest

from tests.bench.compared import DIFFERENT_UNSURE, compare
from tests.bench.under_faults import Fault, Plan, Run
from tests.nginx_side import NGINX, nginx
from tests.platform.pushing import Push
from tests.platform.reckoning import Reckoning
from tests.proxied import ProxiedSite
from tests.two_servers import Site, site

pytestmark = pytest.mark.skipif(
    NGINX is None, reason="no nginx here; tests/prepare.py installs it where it may"
)
# A fifth of the answers gets lost on the way and some pushes come twice at the same moment (`under_faults.MANNER`).
PLAN = Plan("upgrade", pushes=200, users=40, rate=12, redis_kills=0, seed=20261122)


class Upgrade(Run):
    """A run in which each server is ended as systemd, compose and Kubernetes end it, and started again; the next one
    only when the last one is ready."""

    def __init__(self, where: ProxiedSite, plan: Plan) -> None:
        super().__init__(where, plan)
        self.upgraded: list[int] = []
        self._where = where

    def _faults(self) -> dict[int, list[Fault]]:
        faults: defaultdict[int, list[Fault]] = defaultdict(list)
        faults[self.plan.pushes // 8].append(partial(self._one_after_the_other))
        return faults

    async def _one_after_the_other(self) -> None:
        for server in self._where.servers:
            await self._where.restart(server)
            self.upgraded.append(server.port)


async def test_every_push_is_answered_once(tmp_path: Path) -> None:
    async with site(tmp_path / "busy") as busy, site(tmp_path / "quiet", 1) as quiet:
        run, findings = await _upgraded(tmp_path, busy, quiet)
        pushes: list[Push] = [taken.push for talk in run.talks.values() for taken in talk]
        told = Reckoning(pushes)
        assert len(run.upgraded) == len(busy.servers)
        assert len(pushes) == PLAN.pushes
        assert not told.unanswered, str(told)
        assert not told.differing, str(told)
        assert not [line for line in findings if not line.startswith(DIFFERENT_UNSURE)]
        # Nobody had to be asked to write again, nor did the proxy let a single try go wrong.
        assert set(told.outcomes) <= {"text", "empty"}, str(told)


async def _upgraded(folder: Path, busy: Site, quiet: Site) -> tuple[Upgrade, list[str]]:
    ports = [one.port for one in busy.servers]
    with nginx(folder / "nginx", ports) as proxy:
        where = ProxiedSite(busy.redis, busy.servers, busy.front, busy.account, busy.chance, proxy)
        run = Upgrade(where, PLAN)
        await run.go()
    return run, (await compare(run.talks, busy, quiet)).lines
