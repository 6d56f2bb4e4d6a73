"""A primary dies in the middle of talks and bookings: behind Sentinels and in a Cluster nothing that was told is lost."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SettingError, StoreDown
from bot.following import calls_of
from bot.job_queue import _key
from bot.jobs import Jobs, jobs
from bot.models import Request, Session, Staff
from bot.store.address import Cluster, Sentinels, address_for_jobs, read_address
from bot.store.connect import Stores, connect
from bot.store.limits import Limits
from bot.store.port import Outcome
from bot.store.scripts import MOST_ANSWERS, Keys
from tests.bench import processes
from tests.bench.booking_run import Plan
from tests.bench.bookings import carry_out
from tests.bench.processes import Hurry
from tests.certificates import certificate
from tests.redundant import Redundant, cluster, sentinels
from tests.storage import RealServer, answered, free_port, redis_7
from tests.store_child import answer_of
from tests.test_store_kill import talk

# Of the bar, "within seconds": the others take a second to agree that somebody is dead, and this machine is busy.
BACK_S = 20.0
SOON = Hurry(pauses_s=(0.3, 0.5, 0.7), redelivery_s=2.0, silent=0.0, cursed=0.0, steps=0.3, patience_s=60.0)
PLAN = Plan(bookings=12, rate=40.0, at_once=8, redis_kills=1, server_kills=0, worker_kills=0)
# When its server dies in the middle of an exchange, redis-py leaves the connection to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
Making = Callable[..., AbstractContextManager[Redundant]]
# Debian's Redis 7 and the Valkey of the wheel.
KINDS = [(sentinels, redis_7()), (cluster, None)]
NAMES = ["sentinels", "cluster"]


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """What is left is found by the test that left it."""
    yield
    gc.collect()


@pytest.fixture(scope="module", params=KINDS, ids=NAMES)
def several(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redundant]:
    making, program = request.param
    with making(tmp_path_factory.mktemp("several") / "x", program=program) as up:
        yield up


@contextlib.asynccontextmanager
async def at(several: Redundant, replicas: int = 1, limits: Limits | None = None) -> AsyncIterator[Stores]:
    stores = await connect(f"{several.url}?replicas={replicas}", limits)
    try:
        yield stores
    finally:
        await stores.close()


class TestAPrimaryDies:
    async def test_what_was_told_is_there_and_talks_go_on(self, several: Redundant) -> None:
        users, told = [f"u{n}" for n in range(12)], Counter[str]()
        async with at(several) as stores, failing_over(several) as kill:
            await stores.staff.add(Staff("s1", "李梅", "worker", ("411303",)))
            talks = [asyncio.create_task(talk(stores.turns, user, told)) for user in users]
            await until(lambda: told.total() > 100)
            await kill()
            await ended(talks)
            for user in users:
                kept = (await stores.turns.recall(user)).misunderstood
                # The turn after may have been kept without being told.
                assert kept in (told[user], told[user] + 1)
                # Of more than that, by a quick machine, the store keeps the bytes of the newest only.
                first = max(0, kept - MOST_ANSWERS)
                keys = [f"{user}-{number}" for number in range(first, told[user])]
                assert [await answered(stores.turns, user, key) for key in keys] == [
                    answer_of(key) for key in keys
                ]
            assert await stores.staff.get("s1")

    async def test_jobs_are_done_all_the_same(self, several: Redundant) -> None:
        done: list[str] = []

        async def work(value: str) -> None:
            done.append(value)

        async with (
            at(several) as stores,
            jobs(stores.url, {"work": work}) as queue,
            failing_over(several) as kill,
        ):
            await queue.add("work", "now")
            await queue.add("work", "later", seconds=2.0)
            await until(lambda: "now" in done)
            await kill()
            await _added(queue, "afterwards")
            await until(lambda: {"later", "afterwards"} <= set(done), 60)
        assert Counter(done) == {"now": 1, "later": 1, "afterwards": 1}

    async def test_meanwhile_it_says_so(self, several: Redundant) -> None:
        async with at(several, limits=Limits(command_s=0.4)) as stores:
            await stores.turns.check()
            several.stop()
            starting = asyncio.create_task(asyncio.to_thread(several.start))
            # In the part of a Cluster that is away; the others may answer.
            said = [one for one in await asyncio.gather(*(_tried(stores, n) for n in range(40))) if one]
            await starting
            assert said
            assert all(one.startswith("The store ") for one in said), said
            assert not any("127.0.0.1" in one for one in said)
            async with asyncio.timeout(BACK_S):
                while any([await _tried(stores, n) for n in range(40)]):
                    await asyncio.sleep(0.1)

    async def test_what_only_one_machine_has_is_not_told(self, several: Redundant) -> None:
        """Replicas that are cut off: the turn is kept, but nobody is told so before another machine has it."""
        async with at(several, limits=Limits(command_s=1.2)) as stores:
            async with stores.turns.turn("u", "first") as held:
                await stores.turns.keep(held, Outcome(Session(greeted=True), b"x"))
            with replicas_frozen(several):
                async with stores.turns.turn("u", "second") as held:
                    with pytest.raises(StoreDown, match="too few replicas"):
                        await stores.turns.keep(held, Outcome(Session(greeted=True), b"y"))
            async with asyncio.timeout(BACK_S):
                # The try after it gets the answer that was kept.
                while await answered(stores.turns, "u", "second") != b"y":
                    await asyncio.sleep(0.1)


class TestAPrimaryIsSetAside:
    """It still lives and takes what comes over a connection from before, and all of that will be forgotten."""

    @pytest.fixture
    def several(self, tmp_path: Path) -> Iterator[Redundant]:
        with sentinels(tmp_path / "several", program=redis_7()) as up:
            yield up

    async def test_what_it_takes_of_a_turn_is_not_told(self, several: Redundant) -> None:
        async with at(several) as stores:
            keys = Keys.of("u")
            async with stores.turns.turn("u", "push") as held:
                await _until_there(several.servers, keys.turn)
                heir = await asyncio.to_thread(several.set_aside)
                await stores.turns.keep(held, Outcome(Session(greeted=True), b"x"))
            assert heir.tell("EXISTS", keys.session) == 1

    async def test_nor_is_a_job(self, several: Redundant) -> None:
        async def work(_: str) -> None:
            pass

        async with at(several) as stores:
            queue = Jobs(stores.url, None, stores.server.copied)
            queue.handle({"work": work})
            async with queue.working():
                await _added(queue, "before")
                heir = await asyncio.to_thread(several.set_aside)
                await _added(queue, "after")
                kept = await asyncio.to_thread(
                    heir.tell, "EXISTS", f"wenyanglao-jobs:runs:{_key('work', ('after',))}"
                )
                assert kept == 1

    async def test_nor_is_a_call_of_a_command(self, several: Redundant) -> None:
        async with at(several) as stores, calls_of(stores) as calls:
            await _taken(lambda: calls.follow(Request("before", "u", "bathing")))
            heir = await asyncio.to_thread(several.set_aside)
            await _taken(lambda: calls.follow(Request("after", "u", "bathing")))
            record = f"wenyanglao-jobs:runs:{_key('track', ('after', '0', '0'))}"
            assert await asyncio.to_thread(heir.tell, "EXISTS", record) == 1

    async def test_nor_is_what_its_replicas_lack(self, several: Redundant) -> None:
        async with at(several) as stores, calls_of(stores) as calls:
            with replicas_frozen(several), pytest.raises(StoreDown, match="did not take a job"):
                await calls.follow(Request("one", "u", "bathing"))
            await _taken(lambda: calls.follow(Request("one", "u", "bathing")))


@pytest.mark.parametrize(("making", "program"), KINDS, ids=NAMES)
async def test_bookings_are_neither_lost_nor_doubled(
    making: Making, program: Path | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole: two servers, a worker and a county's platform, while the primary dies among them."""
    made: list[Redundant] = []

    @contextmanager
    def real_server(folder: Path, *_: str) -> Iterator[Redundant]:
        with making(folder / "several", program=program) as up:
            up.url += "?replicas=1"
            made.append(up)
            yield up

    monkeypatch.setattr(processes, "real_server", real_server)
    verdict = await carry_out(PLAN, tmp_path, SOON)
    assert verdict.broken == [], "\n".join([str(verdict), *verdict.findings.details])
    assert len(made[0].killed) == 1
    assert len(verdict.kept.calls) >= 8


class TestTLS:
    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[tuple[RealServer, Path]]:
        chain, key = certificate(tmp_path)
        files = ("--tls-cert-file", str(chain), "--tls-key-file", str(key), "--tls-ca-cert-file", str(chain))
        program = redis_7()
        if program is None:
            pytest.skip("no redis-server with TLS on this machine")
        tls = RealServer(tmp_path, program, free_port(), ("--save", ""))
        secured = free_port()
        tls.options += ("--tls-port", str(secured), *files, "--tls-auth-clients", "no")
        try:
            tls.start()
            yield RealServer(tmp_path, program, secured, ()), chain
        finally:
            tls.stop()

    async def test_a_certificate_of_our_own_is_enough(self, server: tuple[RealServer, Path]) -> None:
        there, chain = server
        url = f"rediss://localhost:{there.port}/0?ssl_ca_certs={chain}"
        stores, done = await connect(url), asyncio.Event()

        async def work(_: str) -> None:
            done.set()

        async with stores.turns.turn("u", "push") as held:
            await stores.turns.keep(held, Outcome(Session(greeted=True), b"x"))
        assert await answered(stores.turns, "u", "push") == b"x"
        async with jobs(stores.url, {"work": work}) as queue:
            await queue.add("work", "one")
            async with asyncio.timeout(15):
                await done.wait()
        await stores.close()

    @pytest.mark.parametrize("more", ["", "?ssl_ca_certs={other}"])
    async def test_nobody_else_is_spoken_to(
        self, server: tuple[RealServer, Path], tmp_path: Path, more: str
    ) -> None:
        other = tmp_path / "other"
        other.mkdir()
        chain, _ = certificate(other)
        url = f"rediss://:secret@localhost:{server[0].port}/0" + more.format(other=chain)
        stores = await connect(url, Limits(command_s=0.5))
        with pytest.raises(StoreDown, match="The store ") as caught:
            await stores.turns.check()
        assert "secret" not in caught.value.message
        await stores.close()


class TestAddresses:
    def test_of_a_cluster_several_hosts_may_be_named(self) -> None:
        read = read_address("rediss+cluster://bot:p@one:1,[::1]:2,three?replicas=2&ssl_cert_reqs=none")
        hosts = (("one", 1), ("::1", 2), ("three", 6379))
        assert read == Cluster("rediss://bot:p@one:1?ssl_cert_reqs=none", hosts, 2)

    def test_sentinels_by_tls(self) -> None:
        read = read_address("rediss+sentinel://one,two:2/elders?db=3&replicas=1&ssl_ca_certs=/ca.pem")
        tls = {"ssl_ca_certs": "/ca.pem", "ssl_check_hostname": True}
        hosts = (("one", 26379), ("two", 2))
        assert read == Sentinels(hosts, "elders", None, None, 3, tls, 1)

    @pytest.mark.parametrize(
        ("url", "told"),
        [
            ("redis://h:1/2", "redis://h:1/2"),
            ("redis+sentinel://:p@a:1,b:2/elders?db=4&replicas=1", "redis+sentinel://:p@a:1,b:2/elders/4"),
            (
                "rediss+sentinel://a/elders?ssl_cert_reqs=none",
                "rediss+sentinel://a/elders/0?ssl_cert_reqs=none",
            ),
            ("redis+cluster://a:1,b:2?replicas=1", "redis+cluster://a:1,b:2"),
        ],
    )
    def test_the_jobs_read_the_same_address(self, url: str, told: str) -> None:
        assert address_for_jobs(url) == told

    @pytest.mark.parametrize(
        "url", ["redis+cluster://a,,b", "redis+cluster://a?replicas=x", "redis://a?replicas=1"]
    )
    def test_wrong_ones_are_refused(self, url: str) -> None:
        with pytest.raises(SettingError, match="REDIS_URL"):
            read_address(url)

    def test_the_jobs_ask_one_host_after_the_other(self) -> None:
        queue = Jobs("redis+cluster://:p@a:1,b:2/0")
        asked = [queue._next_host() for _ in range(3)]
        assert asked == ["redis+cluster://:p@a:1/0", "redis+cluster://:p@b:2/0", "redis+cluster://:p@a:1/0"]


@contextlib.asynccontextmanager
async def failing_over(several: Redundant) -> AsyncIterator[Callable[[], Any]]:
    """Gives what kills the primary and returns once another one answers; the dead one is back at the end."""

    async def kill() -> None:
        async with asyncio.timeout(3 * BACK_S):
            await asyncio.to_thread(several.stop)
            await asyncio.to_thread(several.start)

    yield kill


async def ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Again and again: on Python 3.11 the client of the store now and then swallows a cancellation."""
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=1)


async def _until_there(servers: Sequence[RealServer], key: str) -> None:
    await until(lambda: all(one.tell("EXISTS", key) == 1 for one in servers))


@contextmanager
def replicas_frozen(several: Redundant) -> Iterator[None]:
    frozen = [one.process for one in several.servers if one.process and one.tell("ROLE")[0] != b"master"]
    for process in frozen:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in frozen:
            process.send_signal(signal.SIGCONT)


async def _tried(stores: Stores, number: int) -> str:
    """What the store says of itself where it cannot be used."""
    try:
        await stores.turns.recall(f"somebody {number}")
    except StoreDown as error:
        return error.message
    return ""


async def _added(queue: Jobs, value: str) -> None:
    await _taken(lambda: queue.add("work", value))


async def _taken(ask: Callable[[], Awaitable[None]]) -> None:
    """Asks again until the store has it."""
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(StoreDown):
                return await ask()
            await asyncio.sleep(0.2)


async def until(true: Callable[[], bool], within_s: float = 60.0) -> None:
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.02)
