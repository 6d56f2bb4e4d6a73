"""The sender when things go wrong around it: killed in the middle, asked to wait, overtaken by reports, its clock off."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.booking import moves
from bot.booking.moves import submit
from bot.booking.table import Actor
from bot.dispatch.lines import line_of
from bot.jobs import adding
from bot.models import Request
from bot.store.connect import connect
from tests.dispatching import CATALOG, REGION, START, WHO, Bot, Desk, dispatching
from tests.platform import faults
from tests.service_platform.county import PATH, County, Taken
from tests.storage import PATIENT, ROOT, RealServer, real_server

ELDER = Actor("elder", WHO)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path, "--appendonly", "yes", "--appendfsync", "always") as server:
        yield server


@pytest.fixture
async def bot(redis: RealServer) -> AsyncIterator[Bot]:
    async with County() as county, dispatching(redis, county, desk=Desk()) as one:
        yield one


@dataclass
class Heard:
    """Every try as it came over the wire: key and bytes; `then` decides what becomes of it."""

    then: faults.Fault | None = None
    tries: list[tuple[str, bytes]] = field(default_factory=list)

    async def __call__(self, request: web.Request, handler: faults.Handler) -> web.StreamResponse:
        self.tries.append((request.headers["Idempotency-Key"], await request.read()))
        return await (self.then(request, handler) if self.then else handler(request))


async def told_and_kept(redis: RealServer) -> Request:
    """A call as a turn leaves it, by a process that does no jobs."""
    async with AsyncExitStack() as stack:
        stores = await connect(redis.url, PATIENT)
        stack.push_async_callback(stores.close)
        queue = await stack.enter_async_context(adding(redis.url, ["track"], stores.server.copied))
        asked = Request(
            await stores.requests.reserve(WHO), WHO, "bathing", region=REGION, phone="13800000000"
        )
        request = submit(asked, ELDER, START)
        await queue.add("track", request.id, "1", "0")
        assert await stores.requests.save(request, 0)
        return request


def worker(redis: RealServer, county: County) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.dispatch_child", str(redis.port), str(county.port)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def came_true(true: object, within_s: float = 120.0) -> None:
    async with asyncio.timeout(within_s):
        while not true():  # type: ignore[operator]
            await asyncio.sleep(0.05)


async def test_killed_between_received_and_noted_it_is_sent_again_under_the_same_key(
    redis: RealServer,
) -> None:
    heard = Heard()
    async with County(now=lambda: START.timestamp()) as county, AsyncExitStack() as stack:
        first = worker(redis, county)
        stack.callback(first.wait)
        stack.callback(first.kill)

        async def dies(_: Taken) -> None:
            first.kill()
            await asyncio.to_thread(first.wait)

        county.on_event = dies
        county.faults.add(PATH, heard, times=9)
        request = await told_and_kept(redis)
        await came_true(lambda: first.poll() is not None)
        assert county.kinds(request.id) == ["request.created"]
        second = worker(redis, county)
        stack.callback(second.wait)
        stack.callback(second.kill)
        await came_true(lambda: len(heard.tries) == 2)
        await asyncio.sleep(1.0)
    assert [key for key, _ in heard.tries] == [f"{request.id}:1"] * 2
    assert len({body for _, body in heard.tries}) == 1
    assert county.kinds(request.id) == ["request.created"]


async def test_a_report_between_two_tries_changes_nothing_in_what_is_sent(bot: Bot) -> None:
    """Of a call that the platform took without an answer, so that it was to be sent as new."""
    sender, requests = bot.tracker.sender, bot.stores.requests
    request = submit(_asked(await bot.tracker.reserve(WHO)), ELDER, START)
    assert await requests.save(request, 0)
    changed = moves.change(request, ELDER, START, address="别处")
    assert isinstance(changed, Request)
    lost, again = Heard(faults.lost()), Heard()
    bot.county.faults.add(PATH, faults.page(500), lost, again)
    assert await sender.send(request.id) == "failed"
    assert await requests.save(changed, 1)
    assert await sender.send(request.id) == "failed"
    told = await sender.told(request.id)
    assert told
    await sender.heard(request.id, told)
    assert await sender.send(request.id) == "sent"
    assert lost.tries == again.tries
    assert bot.county.kinds(request.id) == ["request.created"]


async def _is(true: bool) -> bool:
    return true


async def test_who_asks_to_wait_is_left_alone_and_no_try_is_lost_by_it(bot: Bot) -> None:
    moments: list[float] = []

    async def busy(_: web.Request, __: faults.Handler) -> web.StreamResponse:
        moments.append(time.monotonic())
        return web.Response(status=429, headers={"Retry-After": "2"})

    async def noted(request: web.Request, handler: faults.Handler) -> web.StreamResponse:
        moments.append(time.monotonic())
        return await handler(request)

    heard = Heard(busy)
    bot.county.faults.add(PATH, heard)
    first = await bot.book()
    await bot.comes(lambda: _is(len(heard.tries) == 1))
    after = Heard(noted)
    bot.county.faults.add(PATH, after, times=9)
    others = [await bot.book() for _ in range(3)]
    for request in (first, *others):
        await bot.dispatched(request.id, "sent")
    assert moments[1] - moments[0] >= 2.0
    assert sorted(key for key, _ in after.tries) == sorted(f"{one.id}:1" for one in (first, *others))


async def test_what_is_urgent_does_not_wait(bot: Bot) -> None:
    async def busy(_: web.Request, __: faults.Handler) -> web.StreamResponse:
        return web.Response(status=503, headers={"Retry-After": "500"})

    heard = Heard(busy)
    bot.county.faults.add(PATH, heard)
    plain = await bot.book()
    await bot.comes(lambda: _is(len(heard.tries) == 1))
    urgent = await bot.book(service="urgent", urgent=True)
    await bot.dispatched(urgent.id, "sent")
    assert bot.county.kinds(plain.id) == []


async def test_what_is_urgent_overtakes_those_that_a_slow_platform_holds_up(bot: Bot) -> None:
    gate, together = asyncio.Event(), 0

    async def held(request: web.Request, handler: faults.Handler) -> web.StreamResponse:
        nonlocal together
        together += 1
        await gate.wait()
        return await handler(request)

    bot.county.faults.add(PATH, *[held] * 4)
    plain = [await bot.book() for _ in range(6)]
    await bot.comes(lambda: _is(together == 4))
    request, urgent = [submit(_asked(await bot.tracker.reserve(WHO)), ELDER, START) for _ in range(2)]
    assert await bot.stores.requests.save(request, 0)
    assert await bot.stores.requests.save(replace(urgent, urgent=True), 0)
    assert await bot.tracker.sender.send(request.id) == "busy"
    assert await bot.tracker.sender.send(urgent.id) == "sent"
    gate.set()
    for request in plain:
        await bot.dispatched(request.id, "sent")


async def test_no_more_than_four_are_sent_at_once_however_they_come(bot: Bot) -> None:
    """All at once, past the queue."""
    together, gate = 0, asyncio.Event()

    async def slowly(request: web.Request, handler: faults.Handler) -> web.StreamResponse:
        nonlocal together
        together += 1
        await gate.wait()
        return await handler(request)

    requests = [submit(_asked(await bot.tracker.reserve(WHO)), ELDER, START) for _ in range(12)]
    for request in requests:
        assert await bot.stores.requests.save(request, 0)
    bot.county.faults.add(PATH, *[slowly] * 12)
    sending = [asyncio.create_task(bot.tracker.sender.send(one.id)) for one in requests]
    await came_true(lambda: together == 4 and sum(one.done() for one in sending) == 8)
    gate.set()
    assert sorted(await asyncio.gather(*sending)) == ["busy"] * 8 + ["sent"] * 4
    assert together == 4


def _asked(number: str) -> Request:
    return Request(number, WHO, "bathing", region=REGION)


async def test_while_our_clock_is_off_it_is_refused_and_sent_when_it_is_right(bot: Bot) -> None:
    right = bot.clock()
    bot.county.now = lambda: right.timestamp()
    bot.clock.jump(timedelta(days=1))
    request = await bot.book()
    await bot.dispatched(request.id, "dead")
    assert bot.county.refused == ["stale"] * 4
    bot.clock.jump(timedelta(days=-1))
    await bot.tracker.resend(request.id)
    await bot.dispatched(request.id, "sent")
    assert bot.county.kinds(request.id) == ["request.created"]


async def test_another_secret_is_a_dead_letter_until_it_is_right(bot: Bot) -> None:
    secret, bot.county.secret = bot.county.secret, "x" * 40
    request = await bot.book()
    await bot.dispatched(request.id, "dead")
    assert bot.county.refused == ["not signed"] * 4
    assert bot.county.calls == {}
    bot.county.secret = secret
    await bot.tracker.resend(request.id)
    await bot.dispatched(request.id, "sent")


async def test_who_reports_with_the_key_of_another_platform_moves_nothing(bot: Bot) -> None:
    request = await bot.book()
    await bot.dispatched(request.id, "sent")
    bot.county.id = "other"
    assert (await bot.county.report(request.id, "accepted")).status == 401
    assert await bot.now(request.id) == request


async def test_a_line_says_dead_only_as_long_as_nobody_heard(bot: Bot) -> None:
    bot.county.faults.add(PATH, faults.page(500), times=4)
    request = await bot.book()
    await bot.dispatched(request.id, "dead")
    line = await bot.line(request.id)
    await bot.tracker.sender.send(request.id)
    assert line == line_of(request, CATALOG, "dead")
    assert await bot.tracker.sender.dispatch_of(request) == "sent"
    assert await bot.tracker.sender.dispatch_of(replace(request, region="411024")) == "sent"
