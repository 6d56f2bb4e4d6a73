"""Every call is followed: a turn that was lost, what is late, what is over, a clock that jumps, a store that forgot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.booking import moves
from bot.booking.history import intact
from bot.booking.moves import submit
from bot.booking.table import Actor
from bot.dispatch import tracking as module
from bot.dispatch.desk import Desk as RealDesk
from bot.dispatch.lines import due_of, ends_of, line_of, sets_out_by, untold
from bot.dispatch.steady import Steady
from bot.errors import StoreDown
from bot.models import Request
from bot.store.port import Line
from tests.dispatching import CATALOG, REGION, START, WHO, Bot, Desk, dispatching
from tests.service_platform.county import County
from tests.storage import RealServer, real_server

ELDER, CLOCK, PLATFORM = Actor("elder", WHO), Actor("clock"), Actor("platform")
WORKER = Actor("worker", "wang", (REGION,))


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path) as server:
        yield server


@pytest.fixture
async def bot(redis: RealServer) -> AsyncIterator[Bot]:
    async with County() as county, dispatching(redis, county, desk=Desk()) as one:
        yield one


@pytest.fixture
async def alone(redis: RealServer) -> AsyncIterator[Bot]:
    """Without a desk, so that the tracker notes by itself what is late."""
    async with County() as county, dispatching(redis, county) as one:
        yield one


def fresh(**fields: object) -> Request:
    return submit(replace(Request("9137482", WHO, "bathing", region=REGION), **fields), ELDER, START)  # type: ignore[arg-type]


def asked(outcome: object) -> Request:
    assert isinstance(outcome, Request)
    return outcome


async def test_it_is_indexed_with_its_due_moment_and_nothing_personal(bot: Bot) -> None:
    request = await bot.book(contact="王大妈", time="2026-11-25T09:00:00+08:00")
    await bot.dispatched(request.id, "sent")
    line = await bot.line(request.id)
    assert line
    assert (line.state, line.service, line.region) == ("submitted", "bathing", REGION)
    assert line.due == due_of(request, CATALOG).isoformat()  # type: ignore[union-attr]
    for personal in ("王大妈", "13800000000", "七里园", WHO):
        assert personal not in str(line)


async def test_a_lost_turn_is_given_up_quietly(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKS_S", (0.1, 0.1))
    lost = fresh(id=await bot.tracker.reserve(WHO))
    await bot.tracker.follow(lost)
    kept = await bot.book()
    await bot.dispatched(kept.id, "sent")
    await asyncio.sleep(0.6)
    assert await bot.line(lost.id) is None
    assert [one.body["number"] for one in bot.county.events] == [kept.id]


async def test_a_turn_that_is_kept_late_is_followed_all_the_same(bot: Bot) -> None:
    request = fresh(id=await bot.tracker.reserve(WHO))
    await bot.tracker.follow(request)
    await asyncio.sleep(1.5)
    assert await bot.stores.requests.save(request, 0)
    await bot.dispatched(request.id, "sent")


async def test_each_move_is_indexed(bot: Bot) -> None:
    request = await bot.book()
    await bot.tracker.change(request.id, lambda one: moves.move(one, "accepted", WORKER, bot.clock()))
    await bot.tracker.change(request.id, lambda one: moves.move(one, "done", WORKER, bot.clock()))

    async def over() -> bool:
        line = await bot.line(request.id)
        return line is not None and line.state == "done"

    await bot.comes(over)
    assert await bot.stores.requests.open() == ()


async def test_an_urgent_call_rings(bot: Bot) -> None:
    request = await bot.book(service="urgent", urgent=True, time=None)

    async def rung() -> bool:
        return bot.desk is not None and (request.id, "urgent") in bot.desk.escalated

    await bot.comes(rung)


async def test_what_nobody_takes_is_late_once(alone: Bot) -> None:
    request = await alone.book()
    await alone.dispatched(request.id, "sent")
    due = due_of(request, CATALOG)
    assert due
    alone.clock.jump(due - alone.clock() + timedelta(seconds=1))
    for _ in range(2):
        await alone.tracker.overdue(request.id, due.isoformat(), "0")

    async def late() -> bool:
        line = await alone.line(request.id)
        return line is not None and line.late

    await alone.comes(late)
    notes = [(move.by, move.note) for move in (await alone.now(request.id)).history]
    assert notes == [("elder", ""), ("clock", "late")]
    assert alone.county.kinds(request.id) == ["request.created"]


async def test_the_desk_hears_of_what_is_late(bot: Bot) -> None:
    request = await bot.book(time=(START + timedelta(seconds=3)).isoformat())

    async def heard() -> bool:
        return bot.desk is not None and (request.id, "late") in bot.desk.escalated

    await bot.comes(heard)


async def test_what_was_taken_is_not_late(bot: Bot) -> None:
    request = await bot.book(time=(START + timedelta(seconds=2)).isoformat())
    await bot.dispatched(request.id, "sent")
    await bot.county.report(request.id, "accepted")
    await bot.tracker.overdue(request.id, START.isoformat(), "0")
    assert bot.desk
    assert bot.desk.escalated == []


async def test_who_took_it_and_does_not_set_out_is_asked_after(bot: Bot) -> None:
    request = await bot.book(time=(START + timedelta(hours=3)).isoformat())
    await bot.dispatched(request.id, "sent")
    await bot.tracker.change(request.id, lambda one: moves.move(one, "accepted", WORKER, bot.clock()))
    taken = await bot.now(request.id)
    moment = sets_out_by(taken, CATALOG)
    assert moment
    assert moment - START == timedelta(hours=4)
    await bot.tracker.stalled(request.id, moment.isoformat(), "0")
    assert bot.desk
    assert bot.desk.escalated == []
    bot.clock.jump(timedelta(hours=5))

    async def asked_after() -> bool:
        await bot.tracker.stalled(request.id, moment.isoformat(), "0")
        return (request.id, "stalled") in (bot.desk.escalated if bot.desk else [])

    await bot.comes(asked_after)


def test_by_when_whoever_took_it_must_have_set_out() -> None:
    wished = fresh(time=(START + timedelta(hours=3)).isoformat())
    assert sets_out_by(wished, CATALOG) is None
    for fields, after in (
        ({"time": wished.time}, timedelta(hours=4)),
        ({"time": None}, timedelta(hours=24)),
        ({"time": None, "urgent": True, "service": "urgent"}, timedelta(minutes=10)),
    ):
        taken = asked(moves.move(fresh(**fields), "accepted", WORKER, START))
        assert sets_out_by(taken, CATALOG) == START + after
        assert sets_out_by(asked(moves.move(taken, "on_the_way", WORKER, START)), CATALOG) is None


async def test_what_nobody_came_for_expires(bot: Bot) -> None:
    request = await bot.book(time=(START + timedelta(hours=3)).isoformat())
    await bot.dispatched(request.id, "sent")
    end = ends_of(request, CATALOG)
    assert end
    await bot.tracker.expire(request.id, end.isoformat(), "0")
    assert (await bot.now(request.id)).state == "submitted"
    bot.clock.jump(timedelta(days=2))

    async def expired() -> bool:
        await bot.tracker.expire(request.id, end.isoformat(), "0")
        return (await bot.now(request.id)).state == "expired"

    await bot.comes(expired)

    async def told() -> bool:
        return bot.desk is not None and bot.desk.told == [(request.id, 2, "expired")]

    await bot.comes(told)

    async def platform_told() -> bool:
        return bot.county.kinds(request.id) == ["request.created", "request.cancelled"]

    await bot.comes(platform_told)


async def test_a_clock_that_jumps_ahead_and_back_moves_nothing(bot: Bot) -> None:
    request = await bot.book(time=(START + timedelta(hours=3)).isoformat())
    await bot.dispatched(request.id, "sent")
    bot.clock.jump(timedelta(days=3650))
    for job in (bot.tracker.overdue, bot.tracker.expire):
        await job(request.id, START.isoformat(), "0")
    bot.clock.jump(timedelta(days=-3650))
    await asyncio.sleep(1.5)
    assert await bot.now(request.id) == request
    assert bot.desk
    assert bot.desk.escalated == []


async def test_a_clock_that_was_put_back_keeps_the_order(bot: Bot) -> None:
    request = await bot.book()
    bot.clock.jump(timedelta(days=-30))
    await bot.tracker.change(request.id, lambda one: moves.move(one, "cancelled", ELDER, bot.clock()))
    kept = await bot.now(request.id)
    assert intact(kept)
    assert kept.history[1].at == kept.history[0].at


async def test_a_store_that_lost_its_jobs_is_looked_after(bot: Bot) -> None:
    request = fresh(id=await bot.tracker.reserve(WHO))
    assert await bot.stores.requests.save(request, 0)
    await bot.stores.requests.enter(line_of(request, CATALOG, "waiting"))
    await bot.tracker.sweep()
    await bot.dispatched(request.id, "sent")


async def test_what_never_came_into_the_index_is_looked_after(bot: Bot) -> None:
    request = fresh(id=await bot.tracker.reserve(WHO))
    assert await bot.stores.requests.save(request, 0)
    assert await bot.stores.requests.unlisted() == (request.id,)
    await bot.tracker.sweep()
    await bot.dispatched(request.id, "sent")
    assert await bot.stores.requests.unlisted() == ()


async def test_what_is_moved_while_its_line_is_written_is_written_again(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = fresh(id=await bot.tracker.reserve(WHO))
    requests = bot.stores.requests
    assert await requests.save(request, 0)
    enter = requests.enter

    async def meanwhile(line: Line) -> None:
        if line.state == "submitted":
            assert await requests.save(asked(moves.move(request, "accepted", WORKER, START)), 1)
        await enter(line)

    monkeypatch.setattr(requests, "enter", meanwhile)
    await bot.tracker.index(request.id)
    line = await bot.line(request.id)
    assert line
    assert line.state == "accepted"


async def test_two_writers_of_one_line_leave_the_newest(bot: Bot) -> None:
    request = await bot.book()
    for state in ("accepted", "on_the_way", "done"):
        await bot.tracker.change(
            request.id,
            lambda one, to=state: moves.move(one, to, PLATFORM, bot.clock()),  # type: ignore[misc]
        )
        await asyncio.gather(*(bot.tracker.index(request.id) for _ in range(5)))
    line = await bot.line(request.id)
    assert line
    assert line.state == "done"


def test_what_a_platform_must_hear() -> None:
    request = fresh()
    assert untold(request, 0)
    late = asked(moves.remark(request, CLOCK, START, "late"))
    assert not untold(late, 1)
    taken = asked(moves.move(late, "accepted", PLATFORM, START))
    assert not untold(taken, 1)
    changed = asked(moves.change(taken, ELDER, START, address="别处"))
    assert untold(changed, 1)
    assert not untold(changed, 4)
    assert untold(asked(moves.move(late, "expired", CLOCK, START)), 1)


def test_when_it_is_over_by_itself() -> None:
    wish = "2026-11-25T09:00:00+08:00"
    assert ends_of(fresh(time=wish), CATALOG) == datetime.fromisoformat(wish) + timedelta(days=1)
    assert ends_of(fresh(), CATALOG) == START + timedelta(days=14)
    assert ends_of(fresh(urgent=True), CATALOG) is None
    assert ends_of(asked(moves.move(fresh(), "accepted", PLATFORM, START)), CATALOG) is None


def test_the_clock_is_doubted_after_a_jump_and_believed_when_it_stands_by_it() -> None:
    wall, passed = [START], [0.0]
    steady = Steady(lambda: wall[0], 300.0, lambda: passed[0])

    def after(wall_s: float, passed_s: float) -> bool:
        wall[0] += timedelta(seconds=wall_s)
        passed[0] += passed_s
        return steady.doubted()

    assert not after(3600, 3600)
    assert not after(60, 10)
    assert not after(-86_400, 10)
    assert after(86_400, 10)
    assert after(10, 10)
    assert not after(300, 300)
    # A clock that stands still is no jump.
    assert not after(0, 86_400)


@pytest.fixture
async def served(alone: Bot) -> Bot:
    """With the real desk behind it."""

    async def later(name: str, *values: str, seconds: float = 0.0) -> None:
        if name == "track":
            await alone.queue.add(name, *values, seconds=seconds)

    stores = alone.stores
    alone.tracker._desk = RealDesk(
        stores.requests, stores.staff, stores.mailbox, later, CATALOG, alone.clock, stores.shelf
    )
    return alone


async def waiting(bot: Bot) -> str:
    """All that the elder is told with the next message."""
    async with bot.stores.turns.turn(WHO) as held:
        return "".join(text for notice in held.waiting for text in notice.texts)


async def test_the_elder_hears_from_the_desk_what_the_platform_did(served: Bot) -> None:
    request = await served.book()
    await served.dispatched(request.id, "sent")
    for state in ("accepted", "on_the_way", "done"):
        await served.county.report(request.id, state)

    async def told() -> bool:
        async with served.stores.turns.turn(WHO) as held:
            return len(held.waiting) == 3

    await served.comes(told)
    assert "助浴" in await waiting(served)


async def test_the_elder_hears_from_the_desk_once_that_it_is_late(served: Bot) -> None:
    request = await served.book()
    await served.dispatched(request.id, "sent")
    due = due_of(request, CATALOG)
    assert due
    served.clock.jump(due - served.clock() + timedelta(seconds=1))
    served.tracker._steady.settle_s = 0.0
    for _ in range(3):
        await asyncio.sleep(0.1)
        await served.tracker.overdue(request.id, due.isoformat(), "0")

    async def late() -> bool:
        line = await served.line(request.id)
        return line is not None and line.late

    await served.comes(late)
    assert [(move.by, move.note) for move in (await served.now(request.id)).history] == [
        ("elder", ""),
        ("clock", "late"),
    ]
    async with served.stores.turns.turn(WHO) as held:
        assert len(held.waiting) == 1


async def test_what_is_moved_again_and_again_is_asked_again(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await bot.book()

    async def never(*_: object) -> bool:
        return False

    monkeypatch.setattr(bot.stores.requests, "save", never)
    with pytest.raises(StoreDown, match="again and again"):
        await bot.tracker.change(request.id, lambda one: moves.move(one, "cancelled", ELDER, bot.clock()))


async def test_a_move_that_somebody_else_was_faster_with_is_not_told(bot: Bot) -> None:
    request = await bot.book()
    await bot.tracker.change(request.id, lambda one: moves.move(one, "accepted", WORKER, bot.clock()))
    await bot.tracker.moved(request.id, "2", "accepted", "0")
    assert bot.desk
    assert bot.desk.told == []
