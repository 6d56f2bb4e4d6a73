"""Calls and those who serve, in the store: kept with their turn or not at all, moved by one at a time, listed for desks."""

from __future__ import annotations

import asyncio
import random
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Set
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot.booking import moves
from bot.booking.history import SHANGHAI, grown, intact
from bot.booking.numbers import number, read
from bot.booking.table import Actor
from bot.dialogue.calling.state import opened_calls, too_many
from bot.errors import StoreDown, TurnLost
from bot.models import Notice, Request, Session, Staff
from bot.store.connect import Stores, connect
from bot.store.limits import Limits
from bot.store.memory import MemoryStore
from bot.store.port import Line, Outcome
from bot.store.recent import NEWEST, settled
from bot.store.scripts import Keys
from bot.store.sessions import newest_first
from bot.store.turns import RedisStore
from tests.storage import PATIENT, ROOT, RealServer, free_port, real_server, redis_7, wait_until

NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
ELDER = Actor("elder", "an elder")
WORKER, OTHER = Actor("worker", "w1", ("411303",)), Actor("worker", "w2", ("411300",))


@pytest.fixture(scope="module", params=["valkey", "redis7"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    program = redis_7() if request.param == "redis7" else None
    if request.param == "redis7" and program is None:
        pytest.skip("no redis-server on the PATH: this was tested on the embedded Valkey only")
    with real_server(tmp_path_factory.mktemp(request.param), program=program) as up:
        yield up


@pytest.fixture
async def stores(server: RealServer) -> AsyncIterator[Stores]:
    server.tell("FLUSHALL")
    async with at(server.url) as opened:
        yield opened


@pytest.fixture
def user() -> str:
    return f"user-{uuid4()}"


@asynccontextmanager
async def at(url: str, limits: Limits = PATIENT) -> AsyncIterator[Stores]:
    stores = await connect(url, limits)
    try:
        yield stores
    finally:
        await stores.close()


def submitted(user: str, id_: str, **fields: object) -> Request:
    request = Request(id_, user, "bathing", "411303", phone="13912345678", address="车站路88号")
    return moves.submit(replace(request, **fields), replace(ELDER, id=user), NOW)  # type: ignore[arg-type]


def moved(request: Request, to: str, actor: Actor = WORKER, minutes: int = 5) -> Request:
    found = moves.move(request, to, actor, NOW + timedelta(minutes=minutes))  # type: ignore[arg-type]
    assert isinstance(found, Request), found
    return found


def line(state: str = "submitted", changed: str = "2026-11-21T09:00:00+08:00", **fields: object) -> Line:
    told = Line("9137482", "bathing", "411303", state, False, changed, None, None, None, changed)  # type: ignore[arg-type]
    return replace(told, **fields)  # type: ignore[arg-type]


async def book(
    store: RedisStore | MemoryStore, user: str, *requests: Request, key: str | None = None
) -> None:
    async with store.turn(user, key) as held:
        await store.keep(held, Outcome(replace(held.session, greeted=True), b"booked", requests=requests))


class TestInMemory:
    async def test_calls_are_kept_with_their_turn(self, user: str) -> None:
        store = MemoryStore()
        first, second = [submitted(user, await store.reserve(user)) for _ in range(2)]
        await book(store, user, first)
        await book(store, user, moved(second, "cancelled", replace(ELDER, id=user)))
        async with store.turn(user) as held:
            assert {one.id for one in held.requests} == {first.id, second.id}
            assert await store.all_calls(held) == held.requests
        assert await store.of("somebody else") == ()


class TestAPieceWithItsTurn:
    async def test_session_answer_and_call_are_kept_together(self, stores: Stores, user: str) -> None:
        request = submitted(user, await stores.requests.reserve(user))
        await book(stores.turns, user, request, key="push")
        assert await stores.turns.recall(user) == Session(greeted=True)
        async with stores.turns.turn(user, "push") as held:
            assert held.before == b"booked"
        async with stores.turns.turn(user) as held:
            assert held.requests == (request,)
        assert await stores.requests.find(request.id) == request
        assert await stores.requests.of(user) == (request,)

    async def test_a_call_that_was_moved_meanwhile_keeps_nothing(self, stores: Stores, user: str) -> None:
        request = submitted(user, await stores.requests.reserve(user))
        await book(stores.turns, user, request)
        another = submitted(user, await stores.requests.reserve(user))
        async with stores.turns.turn(user, "push") as held:
            taken = moved(request, "accepted")
            assert await stores.requests.save(taken, request.version)
            cancelled = moved(request, "cancelled", replace(ELDER, id=user))
            with pytest.raises(TurnLost, match="nothing was kept"):
                await stores.turns.keep(
                    held,
                    Outcome(
                        Session(misunderstood=9),
                        b"cancelled",
                        Notice("n", ("x",)),
                        (),
                        True,
                        (another, cancelled),
                    ),
                )
        assert await stores.turns.recall(user) == Session(greeted=True)
        assert await stores.requests.of(user) == (taken,)
        async with stores.turns.turn(user, "push") as held:
            assert (held.before, held.waiting) == (None, ())
            assert held.requests == (taken,)
            await stores.turns.keep(held, Outcome(held.session, b"again", requests=(another,)))
        assert set(await stores.requests.of(user)) == {another, taken}

    async def test_a_number_that_somebody_kept_already_is_not_overwritten(
        self, stores: Stores, user: str
    ) -> None:
        """The same call submitted by two turns, as after a retry: one keeps it."""
        request = submitted(user, await stores.requests.reserve(user))
        async with stores.turns.turn(user) as held:
            assert await stores.requests.save(request, 0)
            with pytest.raises(TurnLost):
                await stores.turns.keep(held, Outcome(held.session, requests=(replace(request, note="two"),)))
        assert await stores.requests.of(user) == (request,)

    async def test_the_same_push_books_once(self, stores: Stores, user: str) -> None:
        """As a conversation does: an answered push takes no turn."""

        async def push() -> None:
            async with stores.turns.turn(user, "push") as held:
                if held.before is None:
                    call = submitted(user, await stores.requests.reserve(user))
                    await stores.turns.keep(held, Outcome(held.session, b"x", requests=(call,)))

        await asyncio.gather(*(push() for _ in range(12)))
        assert len(await stores.requests.of(user)) == 1

    async def test_keeping_said_twice_keeps_once(self, stores: Stores, user: str) -> None:
        """The connection broke after the first: the script is sent again."""
        request = submitted(user, await stores.requests.reserve(user))
        async with stores.turns.turn(user, "push") as held:
            outcome = Outcome(Session(greeted=True), b"x", requests=(request,))
            assert await stores.turns.keep(held, outcome)
            assert await stores.turns.keep(held, outcome)
        assert await stores.requests.save(moved(request, "accepted"), request.version)

    async def test_a_turn_that_was_lost_keeps_no_call(self, server: RealServer, user: str) -> None:
        async with at(server.url, Limits(turn_ms=50)) as slow, slow.turns.turn(user) as held:
            await asyncio.sleep(0.1)
            async with at(server.url) as quick:
                await book(quick.turns, user)
            with pytest.raises(TurnLost):
                await slow.turns.keep(held, Outcome(Session(), requests=(submitted(user, "9137482"),)))
            assert await slow.requests.of(user) == ()

    async def test_several_lines_in_one_step_are_several_versions(self, stores: Stores, user: str) -> None:
        """A call that is handed over and remarked on at once can still be moved afterwards."""
        request = submitted(user, await stores.requests.reserve(user))
        warned = moves.remark(request, Actor("clock"), NOW, "late")
        assert isinstance(warned, Request)
        await book(stores.turns, user, warned)
        taken = moved(warned, "accepted")
        on_the_way = moved(taken, "on_the_way")
        assert await stores.requests.save(on_the_way, warned.version)
        assert await stores.requests.save(moved(on_the_way, "done"), on_the_way.version)
        found = await stores.requests.find(request.id)
        assert found
        assert [one.state for one in found.history] == ["submitted"] * 2 + ["accepted", "on_the_way", "done"]
        assert intact(found)


class TestMoves:
    async def test_of_two_savers_one_wins(self, stores: Stores, user: str) -> None:
        request = submitted(user, await stores.requests.reserve(user))
        assert await stores.requests.save(request, 0)
        rivals = [moved(request, "accepted", actor) for actor in (WORKER, OTHER)]
        won = await asyncio.gather(*(stores.requests.save(one, request.version) for one in rivals))
        assert sorted(won) == [False, True]
        assert await stores.requests.find(request.id) == rivals[won.index(True)]

    async def test_saving_said_twice_is_done_once(self, stores: Stores, user: str) -> None:
        request = submitted(user, await stores.requests.reserve(user))
        assert [await stores.requests.save(request, 0) for _ in range(2)] == [True, True]
        taken = moved(request, "accepted")
        assert [await stores.requests.save(taken, 1) for _ in range(2)] == [True, True]
        assert not await stores.requests.save(request, 1)
        assert await stores.requests.save(moved(taken, "done"), 2)

    async def test_many_workers_in_many_processes_leave_a_whole_history(
        self, server: RealServer, stores: Stores, user: str
    ) -> None:
        request = submitted(user, await stores.requests.reserve(user))
        assert await stores.requests.save(request, 0)
        command = [sys.executable, "-m", "tests.requests_child", server.url, request.id, "20"]
        children = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("a", "b", "c")]
        assert [child.wait(30) for child in children] == [0, 0, 0]
        found = await stores.requests.find(request.id)
        assert found
        assert found.version == 61
        assert intact(found)
        assert {one.note for one in found.history[1:]} == {f"{name}{n}" for name in "abc" for n in range(20)}


class TestOlderCalls:
    """Who has booked for years is answered as fast as others, and nothing of theirs is lost."""

    async def test_a_turn_holds_the_newest_and_what_is_open(self, stores: Stores, user: str) -> None:
        calls = await booked_for_years(stores, user, 40, still_open={3})
        assert [len(await held_by(stores, user)) for _ in range(2)] == [40, NEWEST + 1]
        assert await held_by(stores, user) == (*calls[:NEWEST], calls[-4])
        async with stores.turns.turn(user, recent=True) as held:
            assert held.older == 40 - NEWEST - 1
            assert await stores.turns.all_calls(held) == calls
        async with stores.turns.turn(user) as held:
            assert (held.requests, held.older) == (calls, 0)
            assert await stores.turns.all_calls(held) == calls

    async def test_all_are_found(self, stores: Stores, user: str) -> None:
        calls = await booked_for_years(stores, user, 30)
        await held_by(stores, user)
        assert await stores.requests.of(user) == calls
        assert [await stores.requests.find(one.id) for one in calls] == [*calls]

    async def test_one_that_is_moved_after_all_is_held_again(self, stores: Stores, user: str) -> None:
        calls = await booked_for_years(stores, user, 30)
        await held_by(stores, user)
        rated = moves.rate(calls[-1], replace(ELDER, id=user), NOW, "fair", "来晚了")
        assert isinstance(rated, Request)
        async with stores.turns.turn(user, recent=True) as held:
            with pytest.raises(TurnLost):
                await stores.turns.keep(held, Outcome(held.session, requests=(rated,)))
        async with stores.turns.turn(user, recent=True) as held:
            assert calls[-1] in await stores.turns.all_calls(held)
            await stores.turns.keep(held, Outcome(held.session, requests=(rated,)))
        assert await held_by(stores, user) == (*calls[:NEWEST], rated)
        assert len(await stores.requests.of(user)) == 30
        assert await stores.requests.find(rated.id) == rated

    async def test_one_that_a_desk_moves_is_held_again(self, stores: Stores, user: str) -> None:
        calls = await booked_for_years(stores, user, 30)
        await held_by(stores, user)
        noted = grown(calls[-1], "done", "clock", NOW, "noted")
        assert [await stores.requests.save(calls[-1], 0), await stores.requests.save(noted, 0)] == [
            True,
            False,
        ]
        assert [await stores.requests.save(noted, calls[-1].version) for _ in range(2)] == [True, True]
        assert await held_by(stores, user) == (*calls[:NEWEST], noted)
        assert len(await stores.requests.of(user)) == 30

    async def test_one_that_a_desk_moved_meanwhile_is_not_set_apart(self, stores: Stores, user: str) -> None:
        calls = await booked_for_years(stores, user, 20)
        noted = grown(calls[-1], "done", "clock", NOW, "noted")
        async with stores.turns.turn(user, recent=True) as held:
            assert await stores.requests.save(noted, calls[-1].version)
            await stores.turns.keep(held, Outcome(held.session))
        assert noted in await held_by(stores, user)
        assert await stores.requests.of(user) == (*calls[:-1], noted)

    async def test_who_is_forgotten_is_forgotten_in_all_of_them(self, stores: Stores, user: str) -> None:
        await booked_for_years(stores, user, 30)
        await held_by(stores, user)
        async with stores.turns.turn(user, recent=True) as held:
            every = await stores.turns.all_calls(held)
            emptied = [replace(grown(one, "done", "elder", NOW, "erased"), phone="") for one in every]
            await stores.turns.keep(held, Outcome(Session(), forget=True, requests=tuple(emptied)))
        found = await stores.requests.of(user)
        assert (len(found), {one.phone for one in found}) == (30, {""})
        assert len(await held_by(stores, user)) <= 2 * NEWEST

    @pytest.mark.parametrize("seed", range(50))
    def test_what_is_left_out_changes_no_decision(self, seed: int) -> None:
        drawn = random.Random(seed)  # noqa: S311 - calls, not a secret
        calls = [any_call(drawn, place) for place in range(drawn.randrange(60))]
        left = newest_first(set(calls) - {*settled(calls)})
        assert too_many(left, NOW) == too_many(calls, NOW)
        assert opened_calls(left) == opened_calls(newest_first(calls))
        assert left[:1] == newest_first(calls)[:1]
        assert max(left, key=last_line, default=None) == max(calls, key=last_line, default=None)


def any_call(drawn: random.Random, place: int) -> Request:
    """Mostly of the last two days, and moved or not since then."""
    when = NOW - timedelta(minutes=drawn.randrange(3_000))
    request = moves.submit(Request(number(place), "an elder", "bathing", "411303"), ELDER, when)
    for state in ("accepted", "on_the_way", "done", "done")[: drawn.randrange(5)]:
        when = min(NOW, when + timedelta(minutes=drawn.randrange(1_500)))
        request = grown(request, state, "staff:w1", when)  # type: ignore[arg-type]
    return request


def last_line(request: Request) -> tuple[str, str]:
    return request.history[-1].at, request.id


async def booked_for_years(
    stores: Stores, user: str, count: int, still_open: Set[int] = frozenset()
) -> tuple[Request, ...]:
    """One call a week, done on its day but for some of them; the newest first."""
    calls = []
    for place in range(count):
        when = NOW - timedelta(weeks=count - place)
        asked = Request(await stores.requests.reserve(user), user, "bathing", "411303", phone="13912345678")
        call = moves.submit(asked, replace(ELDER, id=user), when)
        if place not in still_open:
            call = grown(grown(call, "accepted", "staff:w1", when), "done", "staff:w1", when)
        assert await stores.requests.save(call, 0)
        calls.append(call)
    return newest_first(calls)


async def held_by(stores: Stores, user: str) -> tuple[Request, ...]:
    """What a turn holds that keeps nothing new."""
    async with stores.turns.turn(user, recent=True) as held:
        await stores.turns.keep(held, Outcome(held.session))
        return held.requests


class TestNumbers:
    async def test_no_two_get_the_same(self, server: RealServer, stores: Stores) -> None:
        code = (
            "import asyncio, sys\nfrom bot.store.connect import connect\n"
            "async def main():\n"
            "    stores = await connect(sys.argv[1])\n"
            "    for _ in range(200): print(await stores.requests.reserve('u'))\n"
            "    await stores.close()\n"
            "asyncio.run(main())"
        )
        command = [sys.executable, "-c", code, server.url]
        children = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        told = [one for child in children for one in child.communicate(timeout=30)[0].split()]
        assert len(told) == len(set(told)) == 400
        assert all(read(one) == one for one in told)

    async def test_a_number_that_is_not_used_lapses(self, server: RealServer, stores: Stores) -> None:
        unused, used = await stores.requests.reserve("u"), await stores.requests.reserve("u")
        await stores.requests.save(submitted("u", used), 0)
        await stores.requests.enter(line(id=used))
        left = {one: server.tell("PTTL", f"wenyanglao:request:{one}") for one in (unused, used)}
        assert 86_000_000 < left[unused] <= 86_400_000
        assert left[used] == -1
        assert await stores.requests.find(unused) is None

    async def test_a_lost_counter_gives_away_no_number_twice(
        self, server: RealServer, stores: Stores
    ) -> None:
        first = [await stores.requests.reserve("u") for _ in range(5)]
        server.tell("DEL", "wenyanglao:requests:{desk}:counter")
        assert await stores.requests.reserve("u") not in first
        assert number(1) in first

    @pytest.mark.parametrize("odd", ["", "九", "9137482\r\nDEL x", "{a}", "\ud800", "9" * 10_000])
    async def test_odd_numbers_are_nobodys(self, stores: Stores, odd: str) -> None:
        assert await stores.requests.find(odd) is None


class TestTheIndex:
    async def test_open_lines_and_those_of_a_month(self, stores: Stores) -> None:
        desk = stores.requests
        await desk.enter(line())
        await desk.enter(line(id="9000001", region="410200"))
        assert {one.id for one in await desk.open()} == {"9137482", "9000001"}
        done = line("done", "2026-11-22T10:00:00+08:00", worker="staff:w1", rating="good")
        await desk.enter(done)
        assert [one.id for one in await desk.open()] == ["9000001"]
        assert await desk.over("2026-11") == (done,)
        assert await desk.over("2026-12") == ()

    async def test_an_older_line_never_takes_the_place_of_a_newer_one(self, stores: Stores) -> None:
        desk, newer = stores.requests, line("accepted", "2026-11-21T09:05:00+08:00")
        await desk.enter(newer)
        await desk.enter(line())
        assert await desk.open() == (newer,)
        done = line("done", "2026-11-21T10:00:00+08:00")
        await desk.enter(done)
        for late in (newer, line(), replace(newer, changed=done.changed)):
            await desk.enter(late)
            assert await desk.open() == ()
            assert await desk.over("2026-11") == (done,)

    async def test_the_same_moment_with_other_news_is_newer(self, stores: Stores) -> None:
        await stores.requests.enter(line(dispatch="waiting"))
        await stores.requests.enter(line(dispatch="sent"))
        assert [one.dispatch for one in await stores.requests.open()] == ["sent"]

    async def test_what_is_rated_a_month_later_stays_in_its_month(self, stores: Stores) -> None:
        desk = stores.requests
        await desk.enter(line("done", "2026-11-30T18:00:00+08:00"))
        rated = line("done", "2026-12-01T09:00:00+08:00", rating="good")
        for _ in range(2):
            await desk.enter(rated)
            assert await desk.over("2026-11") == (rated,)
            assert await desk.over("2026-12") == ()

    async def test_lines_in_any_order_end_alike(self, stores: Stores) -> None:
        told = [line(changed=f"2026-11-21T09:{minute:02}:00+08:00") for minute in range(20)]
        done = line("done", "2026-11-21T09:30:00+08:00")
        await asyncio.gather(*(stores.requests.enter(one) for one in [done, *reversed(told), done, *told]))
        assert (await stores.requests.open(), await stores.requests.over("2026-11")) == ((), (done,))


class TestForgetting:
    async def test_what_the_turn_says_of_the_calls_is_kept_with_it(self, stores: Stores, user: str) -> None:
        """Its calls are left as the turn leaves them: emptied of what is personal, with a line that says so."""
        request = submitted(user, await stores.requests.reserve(user), contact="张三")
        await book(stores.turns, user, request, key="old")
        emptied = replace(
            grown(request, "cancelled", "elder", NOW, "erased"), contact="", phone="", address=""
        )
        async with stores.turns.turn(user, "push") as held:
            outcome = Outcome(Session(), b"erased", forget=True, requests=(emptied,))
            await stores.turns.keep(held, outcome)
        assert await stores.turns.recall(user) == Session()
        assert await stores.requests.of(user) == (emptied,)
        assert intact(emptied)
        assert not await stores.requests.save(moved(request, "accepted"), request.version)

    async def test_who_serves_stays_bound(self, stores: Stores, user: str) -> None:
        await stores.staff.add(Staff("w1", "李四", "worker", ()))
        await stores.staff.bind("w1", user)
        async with stores.turns.turn(user) as held:
            await stores.turns.keep(held, Outcome(Session(), b"x", forget=True))
        assert await held_as(stores, user) == "w1"


class TestKeys:
    async def test_their_names_tell_nothing(self, server: RealServer, stores: Stores) -> None:
        who = "张三{13912345678}"
        request = submitted(who, await stores.requests.reserve(who), contact="张三")
        await book(stores.turns, who, request)
        await stores.requests.enter(line(id=request.id))
        await stores.staff.add(Staff("w1", "李四", "worker", ("411303",)))
        await stores.staff.bind("w1", who)
        names = [name.decode() for name in server.tell("KEYS", "*")]
        assert not [name for name in names if "13912345678" in name or "张三" in name or "李四" in name]
        own = set(names) & set(Keys.of(who).all)
        assert {name.rpartition(":")[2] for name in own} >= {"requests", "versions", "staff"}
        assert len({re.findall(r"{(.*?)}", name)[0] for name in own}) == 1, "they stay on one node"

    async def test_calls_and_staff_do_not_expire(self, server: RealServer, stores: Stores, user: str) -> None:
        await book(stores.turns, user, submitted(user, "9137482"))
        await stores.staff.add(Staff("w1", "李四", "worker", ()))
        await stores.staff.bind("w1", user)
        left = [server.tell("PTTL", key) for key in Keys.of(user).all[10:13]]
        assert left == [-1, -1, -1]

    async def test_half_a_character_is_kept_as_it_came(self, stores: Stores, user: str) -> None:
        request = submitted(user, await stores.requests.reserve(user), comment="\ud800")
        await book(stores.turns, user, request)
        assert await stores.requests.of(user) == (request,)

    async def test_a_call_that_cannot_be_read_is_told_without_its_words(
        self, server: RealServer, stores: Stores, user: str
    ) -> None:
        server.tell("HSET", Keys.of(user).all[10], "9137482", '{"id": 3, "phone": "13912345678"}')
        with pytest.raises(ValueError, match="cannot be read") as caught:
            await stores.requests.of(user)
        assert "13912345678" not in str(caught.value)
        assert caught.value.__suppress_context__


class TestStaff:
    async def test_they_are_kept_and_changed(self, stores: Stores) -> None:
        room, one = stores.staff, Staff("w1", "李四", "worker", ("411303",))
        await room.add(replace(one, name="李"))
        await room.add(one)
        await room.add(Staff("a1", "王五", "admin", (), active=False))
        assert await room.get("w1") == one
        assert await room.get("nobody") is None
        assert [staff.id for staff in await room.all()] == ["a1", "w1"]

    async def test_a_user_serves_as_one_and_one_has_one_user(self, stores: Stores, user: str) -> None:
        room = stores.staff
        for name in ("w1", "w2"):
            await room.add(Staff(name, name, "worker", ()))
        await room.bind("w1", user)
        assert await held_as(stores, user) == "w1"
        await room.bind("w2", user)
        assert await held_as(stores, user) == "w2"
        assert [one.user for one in await room.all()] == [None, user]
        await room.bind("w2", "another user")
        assert await held_as(stores, user) is None
        assert await held_as(stores, "another user") == "w2"
        await room.bind("w2", None)
        assert await held_as(stores, "another user") is None
        await room.bind("nobody", user)
        assert await held_as(stores, user) is None

    async def test_binding_undoes_no_change_of_the_row(self, stores: Stores, user: str) -> None:
        """An operator who takes the right away at the same moment is heard."""
        room, one = stores.staff, Staff("w1", "李四", "worker", ())
        for _ in range(20):
            await room.add(one)
            await asyncio.gather(room.bind("w1", user), room.add(replace(one, active=False)))
            found = await room.get("w1")
            assert found
            assert not found.active


async def held_as(stores: Stores, user: str) -> str | None:
    async with stores.turns.turn(user) as held:
        return held.staff


async def test_in_a_cluster(tmp_path: Path, user: str) -> None:
    with real_server(tmp_path, "--cluster-enabled", "yes", "--cluster-port", str(free_port())) as node:
        node.tell("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        wait_until(lambda: b"cluster_state:ok" in node.tell("CLUSTER", "INFO"))
        async with at(node.url.replace("redis:", "redis+cluster:").removesuffix("/0")) as stores:
            request = submitted(user, await stores.requests.reserve(user))
            await book(stores.turns, user, request, key="push")
            assert await stores.requests.save(moved(request, "accepted"), 1)
            await stores.requests.enter(line("done", id=request.id))
            assert [one.id for one in await stores.requests.over("2026-11")] == [request.id]
            await stores.staff.add(Staff("w1", "李四", "worker", ()))
            await stores.staff.bind("w1", user)
            assert await held_as(stores, user) == "w1"


class TestTheStoreIsKilled:
    @pytest.mark.parametrize("which", ["valkey", "redis7"])
    async def test_what_was_told_as_booked_is_booked_once(self, tmp_path: Path, which: str) -> None:
        program = redis_7() if which == "redis7" else None
        options = ("--appendonly", "yes", "--appendfsync", "always")
        told: dict[str, list[str]] = {f"u{n}": [] for n in range(4)}
        with real_server(tmp_path, *options, program=program) as server:
            async with at(server.url) as stores:
                books = [asyncio.create_task(booking(stores, user, told[user])) for user in told]
                for _ in range(4):
                    before = sum(map(len, told.values()))
                    await asyncio.sleep(0.1)
                    server.stop()
                    await asyncio.to_thread(server.start)
                    async with asyncio.timeout(10):
                        while sum(map(len, told.values())) < before + 8:
                            await asyncio.sleep(0.01)
                for task in books:
                    task.cancel()
                await asyncio.gather(*books, return_exceptions=True)
                await as_told(stores, told)


async def booking(stores: Stores, user: str, told: list[str]) -> None:
    """Books without end and has each done by a worker; a push that failed comes again, as the platform does it."""
    while True:
        with suppress(StoreDown):
            async with stores.turns.turn(user, f"push-{len(told)}", recent=True) as held:
                if (before := held.before) is None:
                    request = submitted(user, await stores.requests.reserve(user))
                    before = request.id.encode()
                    await stores.turns.keep(held, Outcome(held.session, before, requests=(request,)))
            found = await stores.requests.find(before.decode())
            assert found
            for before_it, state in (("submitted", "accepted"), ("accepted", "done")):
                if found.state == before_it:
                    after = moved(found, state)
                    assert await stores.requests.save(after, found.version)
                    found = after
            told.append(found.id)


async def as_told(stores: Stores, told: dict[str, list[str]]) -> None:
    for user, numbers in told.items():
        kept = {one.id: one for one in await stores.requests.of(user)}
        assert len(set(numbers)) == len(numbers)
        assert set(numbers) <= set(kept)
        assert len(kept) - len(numbers) <= 1, "one more may have been kept and not told yet"
        assert all(intact(one) for one in kept.values())
        assert {kept[one].state for one in numbers} == {"done"}
