"""Calls reach the county's platform at least once, whatever it answers; what never arrives can be sent again."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot import job_queue
from bot.booking import moves
from bot.booking.history import intact
from bot.booking.table import Actor
from bot.dispatch import platform as module
from bot.dispatch.commands import dead_letters
from bot.dispatch.platform import body_of
from bot.errors import StoreDown
from bot.models import Request
from bot.watching.request_id import begin
from tests.dispatching import REGION, WHO, Bot, Desk, dispatching
from tests.platform import faults
from tests.service_platform.county import PATH, County
from tests.storage import ROOT, RealServer, real_server

ELDER = Actor("elder", WHO)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path, "--appendonly", "yes", "--appendfsync", "always") as server:
        yield server


@pytest.fixture
async def bot(redis: RealServer) -> AsyncIterator[Bot]:
    async with County() as county, dispatching(redis, county, desk=Desk()) as one:
        yield one


async def cancelled(bot: Bot, request: Request) -> None:
    await bot.tracker.change(request.id, lambda one: moves.move(one, "cancelled", ELDER, bot.clock()))


async def test_a_call_goes_its_whole_way(bot: Bot) -> None:
    request = await bot.book(time="2026-11-24T09:00:00+08:00", time_text="明天上午九点", contact="王大妈")
    await bot.dispatched(request.id, "sent")
    sent = bot.county.calls[request.id]
    assert (sent["event"], sent["version"], sent["state"]) == ("request.created", 1, "submitted")
    assert (sent["service"], sent["service_name"], sent["region"]) == ("bathing", "助浴", REGION)
    assert (sent["address"], sent["phone"], sent["contact"]) == ("七里园乡某村", "13800000000", "王大妈")
    for version, state in enumerate(("accepted", "on_the_way", "done"), start=2):
        answer = await bot.county.report(request.id, state)
        assert (answer.status, answer.body) == (
            200,
            {"number": request.id, "state": state, "version": version},
        )
    kept = await bot.now(request.id)
    assert [move.state for move in kept.history] == ["submitted", "accepted", "on_the_way", "done"]
    assert intact(kept)

    async def told() -> bool:
        return bot.desk is not None and len(bot.desk.told) == 3

    await bot.comes(told)
    assert bot.desk
    assert sorted(bot.desk.told) == [
        (request.id, 2, "accepted"), (request.id, 3, "on_the_way"), (request.id, 4, "done"),
    ]  # fmt: skip
    # What it did itself it is not told.
    assert bot.county.kinds(request.id) == ["request.created"]
    assert bot.county.refused == []


async def test_each_delivery_tells_the_id_that_our_log_has(bot: Bot) -> None:
    told = begin()
    bot.county.faults.add(PATH, faults.page(500), times=2)
    request = await bot.book()
    await bot.dispatched(request.id, "sent")
    assert bot.county.request_ids == [told] * 3


async def test_who_asked_stays_here(bot: Bot) -> None:
    request = await bot.book()
    told = body_of(request, None, "request.created")
    assert WHO.encode() not in told
    assert "who" not in json.loads(told)


async def test_a_change_and_a_cancellation_follow(bot: Bot) -> None:
    request = await bot.book()
    await bot.dispatched(request.id, "sent")
    await bot.tracker.change(
        request.id, lambda one: moves.change(one, ELDER, bot.clock(), address="车站路某号")
    )

    async def changed() -> bool:
        return bool(bot.county.calls[request.id]["version"] == 2)

    await bot.comes(changed)
    await cancelled(bot, request)

    async def over() -> bool:
        return len(bot.county.events) == 3

    await bot.comes(over)
    assert bot.county.kinds(request.id) == ["request.created", "request.changed", "request.cancelled"]
    assert bot.county.calls[request.id]["address"] == "车站路某号"
    assert [one.key for one in bot.county.events] == [f"{request.id}:{version}" for version in (1, 2, 3)]


FAULTS: dict[str, Callable[[], faults.Fault]] = {
    "500": lambda: faults.page(500),
    "200 with a page": lambda: faults.page(200),
    "200 with half": lambda: faults.text('{"received": tr'),
    "200 with something else": lambda: faults.text('{"received": "yes"}'),
    "200 with a list": lambda: faults.text("[true]"),
    "200 without end": lambda: faults.text('{"received": true, "a": "' + "x" * 100_000 + '"}'),
    "204": lambda: faults.text("", 204),
    "500 that says received": lambda: faults.text('{"received": true}', 500),
    "302": lambda: faults.page(302),
    "401": lambda: faults.page(401),
    "cut": faults.cut,
    "lost": faults.lost,
    "half": faults.half,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_flaky_platform_has_it_in_the_end(bot: Bot, fault: str) -> None:
    bot.county.faults.add(PATH, FAULTS[fault](), times=2)
    request = await bot.book()
    await bot.dispatched(request.id, "sent")
    assert bot.county.kinds(request.id) == ["request.created"]
    # Where only the answer was lost, it came again under the same key.
    assert bot.county.tries[f"{request.id}:1"] == (3 if fault in ("lost", "half") else 1)


async def test_a_silent_platform_is_not_waited_for(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMITS", module.aiohttp.ClientTimeout(total=0.3))
    bot.county.faults.add(PATH, faults.silence(1.0), faults.slow(1.0))
    request = await bot.book()
    await bot.dispatched(request.id, "sent")
    assert bot.county.kinds(request.id) == ["request.created"]


async def test_a_slow_platform_leaves_workers_for_others(bot: Bot) -> None:
    together, most = 0, 0

    async def slowly(request: web.Request, handler: faults.Handler) -> web.StreamResponse:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(0.5)
        together -= 1
        return await handler(request)

    bot.county.faults.add(PATH, slowly, times=8)
    requests = [await bot.book() for _ in range(8)]
    for request in requests:
        await bot.dispatched(request.id, "sent")
    assert most <= 4


async def test_a_call_is_sent_nowhere_else(bot: Bot) -> None:
    async with County() as elsewhere:

        async def away(request: web.Request, handler: faults.Handler) -> web.StreamResponse:
            return web.Response(status=307, headers={"Location": elsewhere.url})

        bot.county.faults.add(PATH, away, times=2)
        request = await bot.book()
        await bot.dispatched(request.id, "sent")
        assert bot.county.kinds(request.id) == ["request.created"]
        assert (elsewhere.tries, elsewhere.refused) == ({}, [])


async def test_who_got_it_may_report_before_it_is_tried_again(redis: RealServer) -> None:
    async with County() as county, dispatching(redis, county, pauses_s=(60.0,)) as bot:
        county.faults.add(PATH, faults.lost())
        request = await bot.book()

        async def arrived() -> bool:
            return request.id in county.calls

        await bot.comes(arrived)
        assert (await county.report(request.id, "accepted")).status == 200
        await bot.dispatched(request.id, "sent")


async def test_what_never_arrives_is_a_dead_letter_until_it_is_resent(
    bot: Bot, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    bot.county.faults.add(PATH, faults.page(500), times=4)
    request = await bot.book(contact="王大妈")
    await bot.dispatched(request.id, "dead")
    assert bot.county.events == []
    assert await bot.tracker.sender.send(request.id) == "sent"
    await bot.tracker.index(request.id)
    assert (await bot.line(request.id)).dispatch == "sent"  # type: ignore[union-attr]
    told = caplog.text + "".join(capfd.readouterr())
    assert "dispatch_not_received" in told
    for personal in ("王大妈", "13800000000", "七里园", WHO, "oElder"):
        assert personal not in told


async def test_staff_have_it_tried_anew(bot: Bot) -> None:
    bot.county.faults.add(PATH, faults.page(500), times=6)
    request = await bot.book()
    await bot.dispatched(request.id, "dead")
    await bot.tracker.resend(request.id)
    await bot.dispatched(request.id, "sent")
    assert bot.county.kinds(request.id) == ["request.created"]


async def test_a_cancellation_after_a_dead_letter_is_tried_by_itself(bot: Bot) -> None:
    bot.county.faults.add(PATH, faults.lost(), faults.page(500), faults.page(500), faults.page(500))
    request = await bot.book()
    await bot.dispatched(request.id, "dead")
    # The platform has it: only the answer was lost.
    await cancelled(bot, request)

    async def heard() -> bool:
        return bot.county.kinds(request.id) == ["request.created", "request.cancelled"]

    await bot.comes(heard)
    await bot.dispatched(request.id, "sent")


async def test_who_reports_of_a_dead_letter_has_it(bot: Bot) -> None:
    bot.county.faults.add(PATH, *[faults.lost()] * 4)
    request = await bot.book()
    await bot.dispatched(request.id, "dead")
    assert (await bot.county.report(request.id, "accepted")).status == 200
    await bot.dispatched(request.id, "sent")


async def test_dead_letters_are_listed_also_when_the_call_is_over(bot: Bot) -> None:
    class Now:
        now = bot.clock

    bot.county.faults.add(PATH, faults.page(500), times=100)
    open_, over = await bot.book(), await bot.book()
    for one in (open_, over):
        await bot.dispatched(one.id, "dead")
    await cancelled(bot, over)
    await bot.dispatched(over.id, "dead")

    async def listed() -> bool:
        lines = await dead_letters(bot.stores, Now(), 2)  # type: ignore[arg-type]
        return {(line.id, line.state) for line in lines} == {
            (open_.id, "submitted"), (over.id, "cancelled"),
        }  # fmt: skip

    await bot.comes(listed)


async def test_a_county_without_a_platform_waits_at_the_desk(bot: Bot) -> None:
    request = await bot.book(region="411024")
    await bot.dispatched(request.id, "none")
    assert bot.county.tries == {}


async def test_a_restart_of_the_store_loses_nothing(
    redis: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(job_queue._WORKER, "redelivery_timeout", timedelta(seconds=2))
    async with County() as county, dispatching(redis, county, pauses_s=(1.0, 1.0, 1.0)) as bot:
        county.faults.add(PATH, faults.page(500))
        requests = [await bot.book() for _ in range(5)]
        redis.stop()
        await asyncio.sleep(0.5)
        redis.start()
        for request in requests:
            await bot.dispatched(request.id, "sent")
            assert county.kinds(request.id) == ["request.created"]


async def test_another_process_goes_on(redis: RealServer) -> None:
    async with County() as county:
        county.faults.add(PATH, faults.page(500))
        async with dispatching(redis, county, pauses_s=(1.0, 1.0)) as first:
            request = await first.book()

            async def tried() -> bool:
                return county.faults.take("/nothing") is None and await first.line(request.id) is not None

            await first.comes(tried)
        async with dispatching(redis, county) as second:
            await second.dispatched(request.id, "sent")


async def test_kills_at_any_moment_lose_nothing_and_double_nothing(
    redis: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(job_queue._WORKER, "redelivery_timeout", timedelta(seconds=1))
    chance = random.Random(5)  # noqa: S311 - it must be the same each time
    async with County() as county:
        wrong = [faults.page(500), faults.page(200), faults.cut(), faults.lost()]
        county.faults.add(PATH, *(chance.choice(wrong) for _ in range(30)))
        async with dispatching(redis, county, pauses_s=(0.1,) * 50) as bot, AsyncExitStack() as stack:
            workers = [stack.enter_context(a_worker(redis, county)) for _ in range(2)]
            requests: list[Request] = []
            for round_ in range(6):
                requests += [await booked(bot) for _ in range(6)]
                await asyncio.sleep(chance.random())
                if round_ % 2:
                    redis.stop()
                    redis.start()
                else:
                    workers[round_ % 4 // 2].kill()
                    workers[round_ % 4 // 2].wait()
                    workers[round_ % 4 // 2] = stack.enter_context(a_worker(redis, county))
            for request in requests:
                await bot.dispatched(request.id, "sent")
                await reported(bot, request)
            for request in requests:
                kept = await bot.now(request.id)
                assert [move.state for move in kept.history] == ["submitted", "accepted", "done"]
                assert intact(kept)
                assert county.kinds(request.id) == ["request.created"]
    assert county.refused == []


async def booked(bot: Bot) -> Request:
    """Asked again, as a turn is, while the store is away."""
    while True:
        with suppress(StoreDown):
            return await bot.book()
        await asyncio.sleep(0.05)


async def reported(bot: Bot, request: Request) -> None:
    """Each report comes twice, as from a platform that lost the answer."""
    for state in ("accepted", "done"):
        for _ in range(2):
            await until_taken(bot, request.id, state)


async def until_taken(bot: Bot, number: str, state: str) -> None:
    """As a platform does: what was answered with 503 is reported again, under the same key."""
    async with asyncio.timeout(60):
        while (answer := await bot.county.report(number, state, f"{number}-{state}")).status == 503:
            await asyncio.sleep(0.2)
    assert answer.status == 200


@contextmanager
def a_worker(redis: RealServer, county: County) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that does the jobs; ended by force at the end."""
    command = [sys.executable, "-m", "tests.dispatch_child", str(redis.port), str(county.port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
