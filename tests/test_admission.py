"""Who is let in, who stands in line and for how long; and that the line is kept at the door of WeChat."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.wording import say
from bot.models import Message, Reply
from bot.wechat.admission import LATE_S, LOOK_S, MOST_USERS, Admission
from bot.wechat.reception import PROMISE_S, TURN_S
from tests.late_child import NOW, Desk, desk, encode
from tests.storage import real_server

LONG_S = 60.0
SLOW = "一句慢话"
# A second in line, after what is kept for the turn and for a promise.
SHORT_S = PROMISE_S + TURN_S + 1.0
MOVES = st.lists(st.tuples(st.sampled_from(["enter", "urgent", "leave", "call away"]), st.integers(0, 5)))


def in_s(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


class TestTheLine:
    async def test_first_come_first_let_in(self) -> None:
        line, came = Admission(most=1), list[str]()

        async def one(user: str) -> None:
            assert await line.enter(user, in_s(LONG_S))
            came.append(user)

        assert await line.enter("first", in_s(LONG_S))
        tasks = [asyncio.create_task(one(user)) for user in "abc"]
        for user in ("first", "a", "b"):
            await asyncio.sleep(0)
            line.leave(user)
        await asyncio.gather(*tasks)
        assert came == ["a", "b", "c"]

    async def test_nobody_stands_longer_than_allowed(self) -> None:
        line = Admission(most=1)
        assert await line.enter("first", in_s(LONG_S))
        assert not await line.enter("second", in_s(0.01))
        line.leave("first")
        assert await line.enter("second", in_s(LONG_S))

    async def test_messages_of_one_user_take_one_place(self) -> None:
        line = Admission(most=2)
        assert all([await line.enter("eager", in_s(LONG_S)) for _ in range(100)])
        assert await line.enter("other", in_s(LONG_S))
        assert line.full("third")
        for _ in range(99):
            line.leave("eager")
        assert line.full("third")
        line.leave("eager")
        assert not line.full("third")

    async def test_who_is_in_danger_waits_for_nobody_and_takes_the_line_of_that_user_along(self) -> None:
        line = Admission(most=1)
        assert await line.enter("first", in_s(LONG_S))
        before = asyncio.create_task(line.enter("second", in_s(LONG_S)))
        await asyncio.sleep(0)
        assert line.full("second")
        assert await line.enter("second", in_s(LONG_S), at_once=True)
        assert await before
        line.leave("first")
        assert line.full("third"), "what was taken beyond the bound is given back first"

    async def test_fewer_are_let_in_while_the_loop_comes_late_and_all_again_afterwards(self) -> None:
        line = Admission(most=8)
        assert all([await line.enter(f"u{n}", in_s(LONG_S)) for n in range(8)])
        waiting = asyncio.create_task(line.enter("waits", in_s(LONG_S)))
        for _ in range(3):
            await asyncio.sleep(LOOK_S)
            # Nothing else gets a turn meanwhile.
            time.sleep(3 * LATE_S)
        for n in range(4):
            line.leave(f"u{n}")
        await asyncio.sleep(0)
        assert not waiting.done(), "there is room, but not while the loop comes late"
        assert await waiting
        while line.full("other"):
            await asyncio.sleep(LOOK_S)

    async def test_that_it_moved_is_known(self) -> None:
        line, began = Admission(most=1), in_s(0)
        assert await line.enter("first", in_s(LONG_S))
        assert not line.moved_since(began)
        await asyncio.sleep(0.001)
        line.leave("first")
        assert line.moved_since(began)

    @settings(deadline=None)
    @given(MOVES)
    def test_all_places_come_back(self, moves: list[tuple[str, int]]) -> None:
        asyncio.run(played(moves))


async def played(moves: list[tuple[str, int]]) -> None:
    """Users come, leave and are called away in any order; at the end two places are free, and no third."""
    line, there = Admission(most=2), list[tuple[str, asyncio.Task[bool]]]()
    for what, number in moves:
        if what in ("enter", "urgent"):
            entering = line.enter(f"u{number}", in_s(LONG_S), at_once=what == "urgent")
            there.append((f"u{number}", asyncio.create_task(entering)))
        elif there:
            await gone(line, *there.pop(number % len(there)))
        await asyncio.sleep(0)
    while there:
        inside = next((one for one in there if one[1].done()), None)
        assert inside, "somebody stands in line while there is room"
        there.remove(inside)
        await gone(line, *inside)
    assert [await line.enter(user, in_s(0.01)) for user in "abc"] == [True, True, False]


async def gone(line: Admission, user: str, task: asyncio.Task[bool]) -> None:
    """Leaves, or is called away while it stands in line."""
    if task.done():
        line.leave(user)
    task.cancel()
    await asyncio.wait({task})
    await asyncio.sleep(0)


class TestAtTheDoor:
    @pytest.fixture
    async def at(self, tmp_path: Path) -> AsyncIterator[Desk]:
        """As many as are let in are being worked at, until the gate before their text is opened."""
        with real_server(tmp_path) as redis:
            async with desk(redis.url, [SLOW]) as opened:
                yield opened
                opened.ears.gates[SLOW].set()

    @pytest.fixture
    async def slow(self, at: Desk) -> AsyncIterator[Slow]:
        async with full(at) as tasks:
            yield tasks

    async def test_the_next_one_waits_and_is_answered(self, at: Desk, slow: Slow) -> None:
        waiting = asyncio.create_task(asked_by(at, "late", "我83"))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        at.ears.gates[SLOW].set()
        outcome, answer = await waiting
        assert outcome == "answered"
        assert "83" in answer.decode()

    async def test_who_waits_too_long_is_told_what_holds_it_up(self, at: Desk, slow: Slow) -> None:
        # Nobody was answered meanwhile: it is not the others.
        assert await asked_by(at, "late", "我83", SHORT_S) == (
            "store_down",
            encode(Reply((say("store_down"),))),
        )
        waiting = asyncio.create_task(asked_by(at, "late", "我83", SHORT_S))
        await asyncio.sleep(0.1)
        assert (await asked_by(at, "hurt", "俺娘倒地上了"))[0] == "answered"
        assert await waiting == ("busy", encode(Reply((say("busy_now"),))))
        assert not (await at.stores.turns.recall("late")).people, "nothing of it was kept"

    async def test_a_try_again_gets_what_the_first_one_got(self, at: Desk) -> None:
        pushed = Message("early", text="我83", key="early", created=int(NOW.timestamp()) - 5)
        first = await at.ask(pushed, LONG_S)
        async with full(at):
            assert await at.ask(pushed, SHORT_S) == first
            assert (await at.ask(replace(pushed, key="new"), SHORT_S))[0] == "store_down"

    async def test_who_taps_for_somebody_to_come_is_let_in_at_once(self, at: Desk, slow: Slow) -> None:
        tapped = Message("hurt", text="叫值班的人来", key="tap", tap="urgent:unconscious")
        assert (await at.ask(tapped, LONG_S))[0] == "answered"

    async def test_who_is_in_danger_is_answered_at_once(self, at: Desk, slow: Slow) -> None:
        outcome, answer = await asked_by(at, "hurt", "俺娘倒地上了")
        assert outcome == "answered"
        assert "120" in answer.decode()


Slow = list[asyncio.Task[tuple[str, bytes]]]


@asynccontextmanager
async def full(at: Desk) -> AsyncIterator[Slow]:
    """As many as can be worked at are."""
    asked = (asked_by(at, f"u{n}", SLOW) for n in range(MOST_USERS))
    tasks = [asyncio.create_task(one) for one in asked]
    while not all(at.office.reception._admission.full(f"v{n}") for n in range(3)):
        await asyncio.sleep(0.01)
    yield tasks
    at.ears.gates[SLOW].set()
    await asyncio.gather(*tasks)


async def asked_by(at: Desk, user: str, words: str, within_s: float = LONG_S) -> tuple[str, bytes]:
    return await at.ask(Message(user, text=words, key=f"{user}-{words}"), within_s)
