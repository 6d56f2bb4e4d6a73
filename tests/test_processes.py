"""`serve --workers N` as real processes: one address, even load, a dead one followed, an end that answers everybody."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import pytest
from aiohttp import web

from bot.config import load_settings
from bot.errors import SettingError
from bot.processes import next_port
from bot.serving import bound, serve
from bot.store.connect import connect
from bot.web.connections import Patience
from bot.web.limits import LIMITS, Limits, with_limits
from tests.platform.pushing import Manner, Platform, Push
from tests.platform.serving import Serving
from tests.platform.shapes import text
from tests.storage import PATIENT, RealServer, alive, real_server, wait_until
from tests.two_servers import AES_KEY, APP_ID, DURABLE, ROOT, TOKEN, settings_of

# No process of the bot may take longer to end than this, whatever hangs.
BOUND_S = 60.0
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@dataclass
class Many(Serving):
    """`python -m bot serve --workers N`."""

    workers: int = 2
    told_before: int = 0

    def command(self) -> list[str]:
        asked = ["--port", str(self.port), "--workers", str(self.workers)]
        return [sys.executable, "-m", "bot", "serve", *asked]

    def start(self) -> None:
        self.begin()
        wait_until(self._lives, 90)

    def begin(self) -> None:
        """Returns at once."""
        self.folder.mkdir(exist_ok=True)
        trained = ROOT / "var" / "understanding.json"
        if trained.exists():
            (self.folder / trained.name).write_bytes(trained.read_bytes())
        env = {"PATH": os.environ["PATH"], "BOT_DATA_DIR": str(self.folder), **self.settings}
        self.told_before = len(self.log) if self._log.exists() else 0
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self.command(), cwd=ROOT, env=env, stdout=log, stderr=log)

    def _lives(self) -> bool:
        assert self.process
        assert self.process.poll() is None, f"it ended: {self.log[-2000:]}"
        return "问养老: open" in self.log[self.told_before :]

    @property
    def children(self) -> list[int]:
        assert self.process
        told = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return [int(line.split()[0]) for line in told.stdout.splitlines() if "serve-worker" in line]

    def ended(self, seconds: float = BOUND_S) -> int:
        assert self.process
        code = self.process.wait(seconds)
        self.process = None
        return code


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis"), *DURABLE) as server:
        yield server


@pytest.fixture(scope="module")
def one_for_all(tmp_path_factory: pytest.TempPathFactory, redis: RealServer) -> Iterator[Many]:
    server = Many(tmp_path_factory.mktemp("bot"), settings_of(redis.url, "http://127.0.0.1:9"))
    yield server
    server.stop()


@pytest.fixture
def many(one_for_all: Many) -> Many:
    """Running, whatever the test before did to it."""
    if one_for_all.process is None:
        one_for_all.start()
    return one_for_all


@dataclass
class Stream:
    """Pushes without end by a few users, each on a connection of its own and tried once, as long as it is open."""

    platform: Platform
    pushes: list[Push] = field(default_factory=list)
    going: bool = True

    async def user(self, name: str) -> None:
        while self.going:
            self.pushes.append(await self.platform.push(name, text("嗡嗡嗡")))
            await asyncio.sleep(0.01)

    def outcomes(self) -> Counter[str]:
        """What became of the tries; refused before anything was sent is told apart."""
        tries = [one for push in self.pushes for one in push.tries]
        return Counter("refused" if one.wrong == "ClientConnectorError" else one.outcome for one in tries)


@contextlib.asynccontextmanager
async def stream(server: Serving, users: int = 6, tries: int = 1) -> AsyncIterator[Stream]:
    async with Platform(server.url, TOKEN, APP_ID, AES_KEY, manner=Manner(tries=tries)) as platform:
        flow = Stream(platform)
        tasks = [asyncio.create_task(flow.user(f"o{time.monotonic_ns()}-{n}")) for n in range(users)]
        try:
            yield flow
        finally:
            flow.going = False
            await asyncio.gather(*tasks)


async def assert_each_counts_once(redis: RealServer, pushes: list[Push]) -> None:
    """What the store knows of every user is what was answered: nothing lost, nothing done twice."""
    answered = Counter(push.user for push in pushes if push.answered)
    store = (await connect(redis.url, PATIENT)).turns
    try:
        for user, count in answered.items():
            assert (await store.recall(user)).misunderstood == count
    finally:
        await store.close()


class TestManyProcesses:
    def test_all_are_ready_when_it_says_so(self, many: Many) -> None:
        assert len(many.children) == 2
        assert many.log.count("问养老: open") == 1
        wait_until(lambda: ask(many, "/readyz") == 200, within_s=60)

    @pytest.mark.parametrize("busy", [0, 1])
    def test_the_one_that_has_time_takes_the_next(self, many: Many, busy: int) -> None:
        """Two who are asked at once share by chance; so one is held still, and the other answers everybody."""
        held = many.children[busy]
        os.kill(held, signal.SIGSTOP)
        try:
            assert [ask(many, "/healthz") for _ in range(20)] == [200] * 20
        finally:
            os.kill(held, signal.SIGCONT)

    async def test_one_that_is_killed_is_followed(self, many: Many, redis: RealServer) -> None:
        before = many.children
        async with stream(many, tries=3) as flow:
            await asyncio.sleep(0.3)
            os.kill(before[0], signal.SIGKILL)
            await until(lambda: len(many.children) == 2 and before[0] not in many.children)
            await asyncio.sleep(0.3)
        assert "process_lost" in many.log
        assert all(push.answered and push.same_bytes for push in flow.pushes)
        await assert_each_counts_once(redis, flow.pushes)

    async def test_all_are_renewed_under_way(self, many: Many, redis: RealServer) -> None:
        assert many.process
        before = set(many.children)
        async with stream(many, tries=3) as flow:
            await asyncio.sleep(0.3)
            many.process.send_signal(signal.SIGHUP)
            await until(lambda: "renewed" in many.log, 120)
        assert not before & set(many.children)
        assert len(many.children) == 2
        # On a busy machine a first try may come to a door that is just being shut; the next is answered.
        assert all(push.answered for push in flow.pushes), flow.outcomes()
        await assert_each_counts_once(redis, flow.pushes)


class TestTheEnd:
    async def test_nobody_is_left_without_an_answer(self, many: Many, redis: RealServer) -> None:
        await assert_ends_well(many, redis)

    async def test_nor_where_there_is_one_process(self, tmp_path: Path, redis: RealServer) -> None:
        alone = Many(tmp_path, settings_of(redis.url, "http://127.0.0.1:9"), workers=1)
        alone.start()
        await assert_ends_well(alone, redis)

    async def test_what_hangs_is_answered_and_cut_off(self, many: Many, redis: RealServer) -> None:
        """With a store that is silent: who asks is told, and the end comes in time."""
        async with Platform(many.url, TOKEN, APP_ID, AES_KEY, manner=Manner(tries=1)) as platform:
            with redis.frozen():
                asked = [asyncio.create_task(platform.push(f"o{n}", text("嗡嗡嗡"))) for n in range(4)]
                await asyncio.sleep(0.5)
                children, began = many.children, time.monotonic()
                assert many.process
                many.process.send_signal(signal.SIGTERM)
                pushes = await asyncio.gather(*asked)
                await asyncio.to_thread(many.ended)
                took = time.monotonic() - began
        assert [push.outcomes for push in pushes] == [["text"]] * 4
        assert not any(map(alive, children))
        assert "process_killed" not in many.log
        assert took < BOUND_S
        print(f"ended in {took:.1f} s")

    def test_they_die_with_their_parent(self, tmp_path: Path) -> None:
        one = Many(tmp_path, {})
        one.start()
        children = one.children
        assert one.process
        stores = [
            int(line) for line in told("pgrep", "-P", str(one.process.pid)) if int(line) not in children
        ]
        assert len(stores) == 1, "the parent runs the store"
        one.stop(signal.SIGKILL)
        wait_until(lambda: not any(map(alive, [*children, *stores])), BOUND_S)


class TestOneProcessEnds:
    """In this process, where every moment can be held."""

    async def test_what_is_in_hand_is_finished_and_said_to_be_the_last(self) -> None:
        async with serving_slowly() as (port, gate, ended):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(_post(b"half"))
            await asyncio.sleep(0.2)
            ended.set()
            await asyncio.sleep(0.2)
            # The rest of a body that was on its way, and a door that is shut for others.
            writer.write(b"-and-half")
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
            gate.set()
            answer = await reader.read()
            writer.close()
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"half-and-half")
        assert b"connection: close" in answer.lower()

    async def test_who_has_just_come_is_heard(self) -> None:
        async with serving_slowly() as (port, gate, ended):
            gate.set()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(0.1)
            ended.set()
            await asyncio.sleep(0.2)
            writer.write(_post(b"just-in-time!"))
            assert (await reader.read()).endswith(b"just-in-time!")
            writer.close()

    async def test_what_never_ends_is_cut_off(self) -> None:
        async with serving_slowly(Patience(last_s=0.1, answer_s=0.2)) as (port, _, ended):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(_post(b"waits-for-ever"[:13]))
            await asyncio.sleep(0.1)
            ended.set()
            assert await reader.read() == b""
            writer.close()


@contextlib.asynccontextmanager
async def serving_slowly(
    patience: Patience | None = None,
) -> AsyncIterator[tuple[int, asyncio.Event, asyncio.Event]]:
    """A small application that answers what it was sent once the gate is open; it is as patient as a machine needs that
    is busy with other things."""
    patience = patience or Patience(last_s=20.0, answer_s=20.0)
    gate, ended, is_ready = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def echo(request: web.Request) -> web.Response:
        body = await request.read()
        await gate.wait()
        return web.Response(body=body)

    async def made() -> web.Application:
        app = web.Application(middlewares=[with_limits])
        app[LIMITS] = Limits()
        app.router.add_post("/", echo)
        return app

    opened = bound(load_settings(BOT_PORT=0))
    port = opened[0].getsockname()[1]
    serving = asyncio.create_task(serve(made(), opened, is_ready.set, ended, patience=patience))
    await is_ready.wait()
    try:
        yield port, gate, ended
    finally:
        ended.set()
        await serving


async def test_nobody_waits_before_a_door_that_is_not_ready() -> None:
    begun, go, ended, is_ready = (asyncio.Event() for _ in range(4))

    async def made() -> web.Application:
        begun.set()
        await go.wait()
        app = web.Application(middlewares=[with_limits])
        app[LIMITS] = Limits()
        return app

    opened = bound(load_settings(BOT_PORT=0))
    address = opened[0].getsockname()[:2]
    serving = asyncio.create_task(serve(made(), opened, is_ready.set, ended))
    await begun.wait()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*address)
    go.set()
    await is_ready.wait()
    _, writer = await asyncio.open_connection(*address)
    writer.close()
    ended.set()
    await serving


async def test_who_was_ready_too_late_is_told_that_the_address_is_taken() -> None:
    [early] = bound(load_settings(BOT_PORT=0))
    late = bound(load_settings(BOT_PORT=early.getsockname()[1]))

    async def made() -> web.Application:
        app = web.Application(middlewares=[with_limits])
        app[LIMITS] = Limits()
        return app

    with early:
        early.listen()
        with pytest.raises(SettingError, match="cannot listen"):
            await serve(made(), late, lambda: None, asyncio.Event())


def _post(body: bytes) -> bytes:
    """A request with the first bytes of a body of 13."""
    return b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n" + body


class TestItCannotStart:
    def test_what_is_wrong_is_told_once(self, tmp_path: Path, redis: RealServer) -> None:
        one = Many(tmp_path, {"REDIS_URL": redis.url, "BOT_DEFAULT_REGION": "Atlantis"})
        one.begin()
        assert one.ended(60) == 2
        assert one.log.count("BOT_DEFAULT_REGION") == 1
        assert "open" not in one.log

    def test_an_address_that_is_taken_is_named(self, tmp_path: Path, redis: RealServer) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            one = Many(tmp_path, {"REDIS_URL": redis.url}, port=taken.getsockname()[1])
            one.begin()
            assert one.ended(60) == 2
        assert "BOT_HOST, BOT_PORT: cannot listen" in one.log


def test_each_process_is_watched_at_a_port_of_its_own() -> None:
    assert [next_port("127.0.0.1:9464", n) for n in (0, 2)] == ["127.0.0.1:9464", "127.0.0.1:9466"]
    assert next_port("[::1]:9464", 1) == "[::1]:9465"
    assert next_port(None, 1) is None


async def assert_ends_well(server: Many, redis: RealServer) -> None:
    assert server.process
    async with stream(server) as flow:
        await asyncio.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(server.ended) == 0
        await asyncio.sleep(0.1)
    outcomes = flow.outcomes()
    # Who came to the door in the very moment it was closed may be turned away unheard, which is as good as refused.
    assert outcomes["broken"] <= 2, outcomes
    assert set(outcomes) - {"broken"} == {"text", "refused"}, outcomes
    await assert_each_counts_once(redis, flow.pushes)


def ask(server: Serving, path: str) -> int:
    with contextlib.closing(HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def told(*command: str) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True).stdout.split()


async def until(true: object, within_s: float = 60.0) -> None:
    async with asyncio.timeout(within_s):
        while not true():  # type: ignore[operator]
            await asyncio.sleep(0.05)
