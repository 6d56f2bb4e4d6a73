"""Jobs over a real Redis: done at least once, by whoever lives, and never in the way of an end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot import job_queue
from bot import jobs as module
from bot.errors import StoreDown
from bot.job_queue import Handler
from bot.jobs import Jobs, jobs
from tests.storage import ROOT, RealServer, free_port, real_server

ENOUGH_S = 60.0
# What would come to no end by itself must do so in this time.
BOUND_S = 20.0


class Worked:
    """Notes what was done; `then` is what happens at each time."""

    def __init__(self, *then: Callable[[], None] | None) -> None:
        self.done: list[tuple[str, ...]] = []
        self._then = list(then)

    async def __call__(self, *values: str) -> None:
        self.done.append(values)
        step = self._then.pop(0) if self._then else None
        if step:
            step()

    async def times(self, count: int) -> None:
        async with asyncio.timeout(ENOUGH_S):
            while len(self.done) < count:
                await asyncio.sleep(0.02)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other things may take its time."""
    monkeypatch.setattr(module, "_ADD_S", 30.0)
    monkeypatch.setattr(module, "_END_S", 30.0)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """For where nothing is in hand: a cancellation that the store's client swallowed is said again soon."""
    monkeypatch.setattr(module, "_ADD_S", 0.5)
    monkeypatch.setattr(module, "_END_S", 1.0)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path, "--appendonly", "yes", "--appendfsync", "always") as server:
        yield server


@asynccontextmanager
async def working(server: RealServer, handler: Handler) -> AsyncIterator[Jobs]:
    async with jobs(server.url, {"work": handler}) as queue:
        yield queue


@pytest.fixture
def soon_redelivered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(job_queue._WORKER, "redelivery_timeout", timedelta(seconds=1))


async def test_a_job_is_done_with_its_values(redis: RealServer) -> None:
    worked = Worked()
    async with working(redis, worked) as queue:
        await queue.add("work", "", "oUser", "键")
        await worked.times(1)
    assert worked.done == [("", "oUser", "键")]


async def test_a_later_job_waits_its_time(redis: RealServer) -> None:
    worked = Worked()
    async with working(redis, worked) as queue:
        await queue.add("work", "later", seconds=2.0)
        await queue.add("work", "now")
        await worked.times(1)
        assert worked.done == [("now",)]
        await worked.times(2)


async def test_added_twice_it_is_done_once(redis: RealServer) -> None:
    worked = Worked()
    async with working(redis, worked) as queue, working(redis, worked) as other:
        await queue.add("work", "same", seconds=2.0)
        await other.add("work", "same", seconds=2.0)
        await queue.add("work", "other", seconds=2.3)
        await worked.times(2)
    assert sorted(worked.done) == [("other",), ("same",)]


async def test_what_was_done_may_be_added_again(redis: RealServer) -> None:
    worked = Worked()
    async with working(redis, worked) as queue:
        for count in (1, 2):
            await queue.add("work", "same")
            await worked.times(count)
            await asyncio.sleep(0.3)


async def test_what_is_regular_is_done_once_for_all_and_goes_on(redis: RealServer) -> None:
    worked = Worked()
    queues = [Jobs(redis.url), Jobs(redis.url)]
    for queue in queues:
        queue.handle({"work": worked})
        queue.regularly("work", timedelta(seconds=1))
    async with queues[0].working(), queues[1].working():
        await worked.times(2)
        redis.tell("FLUSHALL")
        await worked.times(4)
    assert len(set(worked.done)) == len(worked.done)


async def test_it_survives_a_restart_of_the_store(redis: RealServer) -> None:
    worked = Worked()
    async with working(redis, worked) as queue:
        await queue.add("work", "kept", seconds=2.0)
        redis.stop()
        await asyncio.sleep(0.3)
        redis.start()
        await worked.times(1)
        await _added(queue, "again")
        await worked.times(2)
    assert worked.done == [("kept",), ("again",)]


async def test_it_survives_a_restart_of_all(redis: RealServer) -> None:
    worked = Worked()
    async with working(redis, worked) as queue:
        await queue.add("work", "kept", seconds=1.0)
    redis.stop()
    redis.start()
    async with working(redis, worked):
        await worked.times(1)


@pytest.mark.usefixtures("soon_redelivered")
async def test_another_does_what_a_killed_process_had_begun(redis: RealServer) -> None:
    child = _child(redis.url)
    try:
        assert child.stdout
        assert [await asyncio.to_thread(child.stdout.readline) for _ in "12"] == ["ready\n", "begun one\n"]
    finally:
        child.kill()
        child.communicate()
    worked = Worked()
    async with working(redis, worked):
        await worked.times(1)
    assert worked.done == [("one",)]


async def test_what_fails_is_tried_again_and_names_nobody(
    redis: RealServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise KeyError("王大妈的电话")

    worked = Worked(broken)
    async with working(redis, worked) as queue:
        await queue.add("work", "oUser-of-an-elder")
        await worked.times(2)
    told = caplog.text + "".join(capfd.readouterr())
    assert "KeyError" in told
    assert "王大妈" not in told
    assert "oUser" not in told


async def test_the_end_finishes_what_is_in_hand(redis: RealServer) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def long(_: str) -> None:
        begun.set()
        await asyncio.sleep(0.7)
        ended.set()

    async with working(redis, long) as queue:
        await queue.add("work", "long")
        await asyncio.wait_for(begun.wait(), ENOUGH_S)
        start = time.monotonic()
    assert ended.is_set()
    assert time.monotonic() - start < BOUND_S


@pytest.mark.usefixtures("soon_redelivered")
async def test_what_takes_too_long_at_the_end_is_left_to_another(
    redis: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_END_S", 0.3)
    begun = asyncio.Event()

    async def endless(_: str) -> None:
        begun.set()
        await asyncio.sleep(3600)

    async with working(redis, endless) as queue:
        await queue.add("work", "one")
        await asyncio.wait_for(begun.wait(), ENOUGH_S)
        start = time.monotonic()
    assert time.monotonic() - start < BOUND_S
    worked = Worked()
    async with working(redis, worked):
        await worked.times(1)


@pytest.mark.parametrize("after_s", [0.0, 0.3])
async def test_the_end_comes_at_once_where_nothing_is_in_hand(redis: RealServer, after_s: float) -> None:
    async with working(redis, Worked()):
        await asyncio.sleep(after_s)
        start = time.monotonic()
    assert time.monotonic() - start < BOUND_S


@pytest.mark.usefixtures("hasty")
async def test_without_a_store_nothing_is_added_and_the_end_comes() -> None:
    async with jobs(f"redis://127.0.0.1:{free_port()}/0", {"work": Worked()}) as queue:
        start = time.monotonic()
        with pytest.raises(StoreDown):
            await queue.add("work", "lost")
        assert time.monotonic() - start < BOUND_S
    assert time.monotonic() - start < BOUND_S


@pytest.mark.usefixtures("hasty")
async def test_a_store_that_went_away_takes_no_job_and_holds_up_no_end(redis: RealServer) -> None:
    worked = Worked()
    async with working(redis, worked) as queue:
        await queue.add("work", "before")
        await worked.times(1)
        redis.stop()
        start = time.monotonic()
        with pytest.raises(StoreDown):
            await queue.add("work", "lost")
        assert time.monotonic() - start < BOUND_S
    assert time.monotonic() - start < BOUND_S


@pytest.mark.usefixtures("hasty")
async def test_a_store_that_comes_later_is_found(tmp_path: Path) -> None:
    worked = Worked()
    with real_server(tmp_path) as server:
        server.stop()
        async with working(server, worked) as queue:
            with pytest.raises(StoreDown):
                await queue.add("work", "too early")
            server.start()
            await _added(queue, "in time")
            await worked.times(1)
    assert worked.done == [("in time",)]


async def _added(queue: Jobs, name: str) -> None:
    """Adds it as soon as the store takes it."""
    async with asyncio.timeout(ENOUGH_S):
        while True:
            try:
                return await queue.add("work", name)
            except StoreDown:
                await asyncio.sleep(0.1)


def _child(url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.late_child", url]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
