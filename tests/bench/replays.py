"""Recorded pushes sent once more: the same answer within ten minutes, a refusal after."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from tests.bench.compared import Kept, first_body
from tests.bench.under_faults import Taken, platform_clock
from tests.platform.pushing import Manner, Platform, Push, Try
from tests.two_servers import ServerProcess, Site

# From the moment of the pushes, whose clock runs on for half a minute.
WITHIN, AFTER = timedelta(minutes=9), timedelta(minutes=11)


def recorded(talks: Mapping[str, Sequence[Taken]], most: int) -> list[Push]:
    """The last answered push of so many talks: nothing of it was erased since."""
    answered = [
        talk[-1].push for talk in talks.values() if talk[-1].outcome == "answered" and talk[-1].push.dressed
    ]
    return answered[:most]


async def replayed(where: Site, pushes: Sequence[Push]) -> Counter[str]:
    """What becomes of them at once, at a server that is nine minutes further, and at one that is eleven."""
    before = [Kept.of(where.redis, one.user) for one in pushes]
    found = await _all(where, where.front.url, pushes, "at once")
    await asyncio.gather(_moved(where, where.servers[0], WITHIN), _moved(where, where.servers[1], AFTER))
    found += await _all(where, where.servers[0].url, pushes, "after 9 minutes")
    found += await _all(where, where.servers[1].url, pushes, "after 11 minutes")
    found["a second effect"] = _changed(where, pushes, before)
    return found


async def dated(where: Site, pushes: Sequence[Push]) -> Counter[str]:
    """The same without moving the servers: the pushes are signed anew as they would have been so long ago."""
    before = [Kept.of(where.redis, one.user) for one in pushes]
    found = await _all(where, where.front.url, pushes, "at once")
    found += await _all(where, where.front.url, pushes, "after 9 minutes", WITHIN)
    found += await _all(where, where.front.url, pushes, "after 11 minutes", AFTER)
    found["a second effect"] = _changed(where, pushes, before)
    return found


def _changed(where: Site, pushes: Sequence[Push], before: Sequence[Kept]) -> int:
    after = [Kept.of(where.redis, one.user) for one in pushes]
    return sum(one != other for one, other in zip(before, after, strict=True))


async def _moved(where: Site, server: ServerProcess, later: timedelta) -> None:
    server.later = later
    await where.restart(server)


async def _all(
    where: Site, url: str, pushes: Sequence[Push], when: str, ago: timedelta | None = None
) -> Counter[str]:
    """Exactly the recorded bytes; with `ago`, the same pushes under a time and a signature of so long ago."""
    found: Counter[str] = Counter()
    clock = platform_clock()
    then = ago.total_seconds() if ago else 0.0
    async with where.platform(Manner(tries=1), url, now=lambda: clock() - then) as platform:
        for one in pushes:
            expected = first_body(one)
            again = await platform.replay(one) if ago is None else await _anew(platform, one)
            found[f"{when}: {_told(again, expected)}"] += 1
    return found


async def _anew(platform: Platform, one: Push) -> Try:
    return (await platform.again(Push(one.user, one.fields, one.xml))).tries[-1]


def _told(again: Try, expected: bytes | None) -> str:
    if again.status == 403:
        return "refused"
    return "the same answer" if again.status == 200 and again.body == expected else "something else"
