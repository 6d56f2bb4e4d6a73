"""Many move one call at once, over a real store: its history only grows, line by line, by moves that the table allows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.booking.history import intact
from bot.booking.moves import submit
from bot.booking.table import MAY, Actor, Refusal
from bot.models import Move, Request
from bot.store.connect import Stores, connect
from tests.storage import PATIENT, RealServer, real_server
from tests.test_booking_moves import CAST, NOW, STEPS, Outcome, act, fresh

ROLES = {actor.by: actor.role for actor in CAST.values()}
Step = dict[str, Any]


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


async def tried(stores: Stores, number: str, step: Step, minute: int) -> tuple[Request, Outcome]:
    """As everybody does it who moves a call: what they saw, and what became of it."""
    for _ in range(50):
        seen = await stores.requests.find(number)
        assert seen
        outcome = act(seen, step, NOW + timedelta(minutes=minute))
        if isinstance(outcome, Refusal) or outcome is seen:
            return seen, outcome
        if await stores.requests.save(outcome, seen.version):
            return seen, outcome
    raise AssertionError("nobody gets on")


async def raced(redis: RealServer, rounds: list[list[tuple[Step, int]]]) -> tuple[Request, list[Any]]:
    """The call after all rounds; in each, all steps are tried at once, by two processes' connections in turn."""
    processes = [await connect(redis.url, PATIENT) for _ in range(2)]
    try:
        number = await processes[0].requests.reserve("gh/zhang")
        request = submit(replace(fresh(), id=number, history=()), CAST["elder"], NOW)
        assert await processes[0].requests.save(request, 0)
        done: list[Any] = []
        for steps in rounds:
            tries = [tried(processes[n % 2], request.id, *step) for n, step in enumerate(steps)]
            done += await asyncio.gather(*tries)
        kept = await processes[0].requests.find(request.id)
        assert kept
        return kept, done
    finally:
        for one in processes:
            await one.close()


def allowed(old: Move, new: Move) -> bool:
    """Whether the table lets them; a lead alone may give what somebody has to another."""
    role = ROLES[new.by]
    given = role == "lead" and new.state == "accepted" and new.note.startswith("staff:")
    return new.state == old.state or given or new.state in MAY.get((old.state, role), ())


TOGETHER = st.lists(st.tuples(STEPS, st.integers(-100_000, 100_000)), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(TOGETHER, min_size=1, max_size=4))
def test_whatever_many_do_at_once(redis: RealServer, rounds: list[list[tuple[Step, int]]]) -> None:
    kept, done = asyncio.run(raced(redis, rounds))
    assert intact(kept)
    assert all(allowed(old, new) for old, new in pairwise(kept.history))
    # One member of staff who notes the same at the same moment from two windows has noted it, in both.
    grown = {
        after.history: (seen, after)
        for seen, after in done
        if isinstance(after, Request) and after is not seen
    }.values()
    assert kept.version == 1 + len(grown)
    # Each version was reached by one alone, and each of them is still what the history begins with.
    assert sorted(after.version for _, after in grown) == list(range(2, kept.version + 1))
    assert all(kept.history[: after.version] == after.history for _, after in grown)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(who=st.lists(st.sampled_from(["wang", "li", "lead", "platform"]), min_size=2, max_size=4, unique=True))
def test_of_several_who_take_it_at_once_one_has_it(redis: RealServer, who: list[str]) -> None:
    kept, done = asyncio.run(raced(redis, [[({"who": one, "to": "accepted"}, 1) for one in who]]))
    winners = [after for _, after in done if isinstance(after, Request)]
    assert len(winners) == 1
    assert kept == winners[0]
    assert kept.version == 2
    assert {after.reason for _, after in done if isinstance(after, Refusal)} <= {"taken_by_another"}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taps=st.integers(2, 6))
def test_the_same_tap_again_and_again_at_once_is_one_move(redis: RealServer, taps: int) -> None:
    kept, done = asyncio.run(raced(redis, [[({"who": "wang", "to": "accepted"}, 1)] * taps]))
    assert kept.version == 2
    assert all(isinstance(after, Request) for _, after in done)


def test_an_elder_and_a_worker_at_once() -> None:
    """Whoever is second hears of it, whichever it is."""
    for first, second, reason in (("elder", "wang", "already_cancelled"), ("wang", "elder", None)):
        request = fresh()
        for who in (first, second):
            to = "cancelled" if who == "elder" else "accepted"
            outcome = act(request, {"who": who, "to": to}, NOW)
            request = outcome if isinstance(outcome, Request) else request
        assert (outcome.reason if isinstance(outcome, Refusal) else None) == reason


def test_every_actor_has_a_role_of_the_table() -> None:
    assert {Actor(role).by for role in ("elder", "platform", "clock")} <= set(ROLES)
