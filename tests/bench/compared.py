"""The same talks on one quiet server: which answers, late answers, sessions and consents differ from it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.store.scripts import Keys
from tests.bench.under_faults import UNSURE, Taken, first_text, platform_clock
from tests.platform.account import Sent
from tests.platform.pushing import Manner, Platform, Push
from tests.storage import RealServer, wait_until
from tests.two_servers import Site

# How many talks at once; the quiet server is not to be in a hurry.
AT_ONCE = 4
DIFFERENT_BYTES = "tries with different bytes"
# Where the Redis was away longer than a try has, the request to send it again goes out and nothing remembers it.
DIFFERENT_UNSURE = "tries with different bytes where one had to be sent again"


@dataclass
class Kept:
    """What the Redis holds of one user."""

    session: Any
    consents: Any

    @property
    def counted(self) -> int:
        """All consents together; Redis lists names and numbers in turn."""
        return sum(map(int, self.consents[1::2]))

    @classmethod
    def of(cls, redis: RealServer, user: str) -> Kept:
        keys = Keys.of(user)
        wait_until(lambda: redis.tell("PING") == b"PONG")
        raw = redis.tell("GET", keys.session)
        return cls(json.loads(raw) if raw else None, redis.tell("HGETALL", keys.consents))


@dataclass
class Findings:
    """What was found, by kind; each with whose it is and which of the user's pushes."""

    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    outcomes: Counter[str] = field(default_factory=Counter)
    details: list[str] = field(default_factory=list)

    def note(self, kind: str, where: str, *told: object) -> None:
        """`told` are what was wanted and what came, for whoever looks for the cause."""
        self.found[kind].append(where)
        self.details += [f"{kind}, {where}:", *map(str, told)] if told else []

    @property
    def lines(self) -> list[str]:
        return [f"{kind}: {len(where)} ({', '.join(where[:5])})" for kind, where in self.found.items()]


async def compare(
    talks: Mapping[str, Sequence[Taken]], where: Site, quiet: Site, by: Callable[[Push], object] | None = None
) -> Findings:
    """Takes every talk again at `quiet`, push by push, and compares answers `by` their bytes, or by something less."""
    findings, slots = Findings(), asyncio.Semaphore(AT_ONCE)
    async with (
        quiet.platform(Manner(tries=1), now=platform_clock()) as platform,
        asyncio.TaskGroup() as group,
    ):

        async def one(user: str, talk: Sequence[Taken]) -> None:
            async with slots:
                again, before = await _again(user, talk, platform, quiet)
                _compare_answers(user, talk, again, where, findings, by or first_body)
                after = Kept.of(quiet.redis, user)
                _compare_kept(user, Kept.of(where.redis, user), [before or after, after], findings)

        for user, talk in talks.items():
            group.create_task(one(user, talk))
    return findings


async def _again(
    user: str, talk: Sequence[Taken], platform: Platform, quiet: Site
) -> tuple[list[Push], Kept | None]:
    """The quiet answers, and what was kept before a last push of which nobody knows whether it counts."""
    before, again = None, []
    for taken in talk:
        before = Kept.of(quiet.redis, user) if taken.outcome in UNSURE else None
        again.append(await platform.again(Push(user, taken.push.fields, taken.push.xml)))
    return again, before


def _compare_answers(
    user: str,
    talk: Sequence[Taken],
    again: Sequence[Push],
    where: Site,
    findings: Findings,
    by: Callable[[Push], object],
) -> None:
    besides = _besides(where.account.received(user), talk)
    # What had to be sent again may have been promised after all, and then it is told late.
    may_be = {first_text(right) for taken, right in zip(talk, again, strict=True) if taken.outcome in UNSURE}
    if not {one.text for one in besides} <= may_be:
        findings.note("told without having been promised", user)
    for number, (taken, right) in enumerate(zip(talk, again, strict=True)):
        findings.outcomes[taken.outcome] += 1
        for kind in _differences(taken, right, by):
            findings.note(kind, f"{user} #{number}", right.fields, first_text(right), first_text(taken.push))


def _besides(received: Sequence[Sent], talk: Sequence[Taken]) -> list[Sent]:
    awaited = [one for taken in talk for one in taken.told]
    return [one for one in received if one not in awaited]


def _differences(taken: Taken, right: Push, by: Callable[[Push], object]) -> list[str]:
    found = []
    if not taken.push.same_bytes:
        found.append(DIFFERENT_BYTES if taken.outcome not in UNSURE else DIFFERENT_UNSURE)
    if not right.answered:
        found.append("not answered by the quiet server")
    if taken.outcome == "urgent" and _first_line(taken.push) != _first_line(right):
        found.append("danger answered with something else")
    if taken.outcome == "late":
        found += _late(taken, first_text(right))
    if taken.outcome == "answered" and by(taken.push) != by(right):
        found.append("another answer")
    return found


def _late(taken: Taken, text: str | None) -> list[str]:
    """A late answer is told once, in the words that would have been told at once."""
    if len(taken.told) != 1:
        return ["late and told twice" if taken.told else "late and never told"]
    return [] if taken.told[0].text == text else ["late with other words"]


def _compare_kept(user: str, kept: Kept, right: Sequence[Kept], findings: Findings) -> None:
    if kept.session not in [one.session for one in right]:
        findings.note("another session", user, *(one.session for one in right), kept.session)
    if kept.consents not in [one.consents for one in right]:
        more = kept.counted > max(one.counted for one in right)
        findings.note("a consent counted twice" if more else "a consent lost", user)


def _first_line(push: Push) -> str:
    """Whom to call."""
    return (first_text(push) or "").partition("\n")[0]


def first_body(push: Push) -> bytes | None:
    """The bytes of the first good answer."""
    return next((one.body for one in push.tries if one.good), None)
