"""The store's promises, on the double, on Valkey and on Redis 7, alone, behind Sentinel and as a Cluster."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from bot.errors import SettingError, StoreDown, TurnLost
from bot.models import Notice, Person, Session, Tap
from bot.store import sessions
from bot.store.address import Sentinels, read_address
from bot.store.connect import connect
from bot.store.limits import Limits
from bot.store.memory import MemoryStore
from bot.store.port import Held, Outcome
from bot.store.scripts import MOST_ANSWERS, Keys, digest
from bot.store.turns import RedisStore
from tests.storage import RealServer, answered, bot_process, free_port, real_server, redis_7, wait_until

# What would wait for ever gives up before that.
BOUND_S = 20.0
TOLD = Session(
    people={
        "mother": Person({"age": 83, "status": {"low_income": True}, "disability": None}),
        "王大爷": Person(),
    },
    active="mother",
    region="411303",
    asked="living",
    offered=(Tap("living:alone", "一个人住"),),
    pages=("第二页",),
    greeted=True,
)
Stores = MemoryStore | RedisStore
PARTS = [key.rpartition(":")[2] for key in Keys.of("").all]


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="module")
def redis7(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    program = redis_7()
    if program is None:
        pytest.skip("no redis-server on the PATH: this was tested on the embedded Valkey only")
    with real_server(tmp_path_factory.mktemp("redis"), program=program) as server:
        yield server


@pytest.fixture(params=["memory", "valkey", "redis7"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Stores]:
    if request.param == "memory":
        yield MemoryStore()
        return
    server: RealServer = request.getfixturevalue(request.param)
    async with at(server.url) as connected:
        yield connected


@pytest.fixture
def user() -> str:
    return f"user-{uuid4()}"


@asynccontextmanager
async def at(url: str, limits: Limits | None = None) -> AsyncIterator[RedisStore]:
    """A store that is closed when the test is done with it."""
    store = (await connect(url, limits)).turns
    try:
        yield store
    finally:
        await store.close()


async def remember(
    store: Stores, user: str, session: Session, key: str | None = None, answer: bytes | None = None
) -> None:
    async with store.turn(user, key) as held:
        await store.keep(held, Outcome(session, answer))


def of_another(held: Held) -> Held:
    return replace(held, token="not the token")  # noqa: S106 - it names a turn


class TestEveryStore:
    async def test_a_new_user_has_a_new_session(self, store: Stores, user: str) -> None:
        assert await store.recall(user) == Session()

    async def test_what_was_remembered_is_recalled(self, store: Stores, user: str) -> None:
        await remember(store, user, TOLD)
        assert await store.recall(user) == TOLD

    async def test_the_same_push_gets_the_same_bytes(self, store: Stores, user: str) -> None:
        await remember(store, user, TOLD, key="push", answer=b"\x00\xff<xml/>")
        assert await answered(store, user, "push") == b"\x00\xff<xml/>"
        assert await answered(store, user, "another push") is None
        assert await answered(store, "somebody else", "push") is None

    async def test_nothing_is_kept_without_the_turn(self, store: Stores, user: str) -> None:
        async with store.turn(user, "push") as held:
            with pytest.raises(StoreDown):
                await store.keep(of_another(held), Outcome(TOLD, b"x"))
        with pytest.raises(StoreDown):
            await store.keep(held, Outcome(TOLD, b"x"))
        assert await store.recall(user) == Session()
        assert await answered(store, user, "push") is None

    async def test_turns_of_one_user_come_in_the_order_they_were_asked_for(
        self, store: Stores, user: str
    ) -> None:
        order: list[str] = []

        async def turn(number: int) -> None:
            async with store.turn(user):
                order.append(f"{number} begins")
                await asyncio.sleep(0.002)
                order.append(f"{number} ends")

        await asyncio.gather(*map(turn, range(8)))
        assert order == [f"{number} {what}" for number in range(8) for what in ("begins", "ends")]

    async def test_users_do_not_wait_for_each_other(self, store: Stores, user: str) -> None:
        async with store.turn(user), store.turn(f"{user}, another"):
            pass

    async def test_a_turn_that_fails_is_over(self, store: Stores, user: str) -> None:
        with pytest.raises(ZeroDivisionError):
            async with store.turn(user):
                raise ZeroDivisionError
        async with asyncio.timeout(BOUND_S), store.turn(user):
            pass

    async def test_forgetting_erases_all_but_the_answer_just_given(self, store: Stores, user: str) -> None:
        await remember(store, user, TOLD, key="old", answer=b"x")
        await store.promise(user, "promised", b"later", b"a message", "message")
        async with store.turn(user, "push") as held:
            await store.keep(held, Outcome(Session(), b"erased", forget=True))
        assert await store.recall(user) == Session()
        assert await answered(store, user, "push") == b"erased"
        assert await answered(store, user, "old") == b"", "it is known that it was answered, not how"
        assert await store.promised(user, "promised") is None

    async def test_a_promise_is_the_answer_and_the_turn_leaves_a_notice(
        self, store: Stores, user: str
    ) -> None:
        late = Notice("late:push", ("查到了",), (Tap("a", "低保"),))
        async with store.turn(user, "push") as held:
            assert await store.promise(user, "push", b"later", b"a message", "message") == b"later"
            assert await store.promise(user, "push", b"other", b"a message", "message") == b"later"
            assert not await store.keep(held, Outcome(TOLD, b"in vain", late))
        assert await answered(store, user, "push") == b"later"
        assert await store.promised(user, "push") is None
        async with store.turn(user, "next") as held:
            assert held.waiting == (late,)
            assert await store.keep(held, Outcome(TOLD, b"y", told=(late.id,)))
        async with store.turn(user) as held:
            assert held.waiting == ()

    async def test_what_was_promised_is_finished_once(self, store: Stores, user: str) -> None:
        await store.promise(user, "push", b"later", b"a message", "message")
        assert await store.promised(user, "push") == b"a message"
        for still in (True, False):
            async with store.turn(user, "push", finish=True) as held:
                assert (held.before, held.late) == (None, still)
                if held.late:
                    assert not await store.keep(held, Outcome(TOLD, b"", Notice("late:push", ("查到了",))))

    async def test_an_answer_that_came_first_is_no_promise(self, store: Stores, user: str) -> None:
        await remember(store, user, TOLD, key="push", answer=b"x")
        assert await store.promise(user, "push", b"later", b"a message", "message") == b"x"
        assert await store.promised(user, "push") is None

    @pytest.mark.parametrize("text", ["", "{a}b{", "*", "a\r\nb\x00", "老人👵", "\ud800", "x" * 10_000])
    async def test_any_text_is_a_user_a_key_and_a_name(self, store: Stores, text: str) -> None:
        session = Session(people={text: Person({"region": text})})
        await remember(store, text, session, key=text, answer=b"x")
        assert (await store.recall(text), await answered(store, text, text)) == (session, b"x")

    async def test_a_store_that_works_says_so(self, store: Stores) -> None:
        await store.check()


class TestTurnsAcrossProcesses:
    async def test_no_turn_of_another_process_comes_between(self, valkey: RealServer, user: str) -> None:
        children = [bot_process("--url", valkey.url, "--turns", "60", "--push", push, user) for push in "ab"]
        for child in children:
            with child:
                child.communicate(timeout=20)
            assert child.returncode == 0
        async with at(valkey.url) as store:
            assert (await store.recall(user)).misunderstood == 120

    async def test_a_push_that_was_answered_waits_for_nobody(self, valkey: RealServer, user: str) -> None:
        async with at(valkey.url) as one, at(valkey.url) as two:
            await remember(one, user, TOLD, key="push", answer=b"x")
            async with one.turn(user, "another"), asyncio.timeout(BOUND_S):
                assert await answered(two, user, "push") == b"x"

    async def test_who_waits_too_long_is_told(self, valkey: RealServer, user: str) -> None:
        hasty = Limits(turn_wait_s=0.2)
        async with at(valkey.url, hasty) as one, at(valkey.url, hasty) as two:
            async with one.turn(user):
                with pytest.raises(StoreDown, match="earlier message"):
                    await take(two, user)
                with pytest.raises(StoreDown, match="earlier message"):
                    await take(one, user)
            await take(one, user)

    async def test_a_turn_that_lasted_too_long_keeps_nothing(self, valkey: RealServer, user: str) -> None:
        short = Limits(turn_ms=50)
        async with at(valkey.url) as quick, at(valkey.url, short) as slow, slow.turn(user, "push") as held:
            await asyncio.sleep(0.1)
            await remember(quick, user, TOLD)
            for forget in (False, True):
                with pytest.raises(TurnLost, match="nothing was kept"):
                    await slow.keep(held, Outcome(Session(greeted=True), b"x", forget=forget))
            assert await quick.recall(user) == TOLD
            assert await answered(quick, user, "push") is None

    async def test_a_late_leaver_does_not_end_the_turn_of_another(
        self, valkey: RealServer, user: str
    ) -> None:
        async with at(valkey.url, Limits(turn_ms=50)) as slow, at(valkey.url) as quick:
            late = slow.turn(user)
            await late.__aenter__()
            await asyncio.sleep(0.1)
            async with quick.turn(user) as held:
                await late.__aexit__(None, None, None)
                await quick.keep(held, Outcome(TOLD))

    async def test_a_turn_that_takes_its_time_is_prolonged(self, valkey: RealServer, user: str) -> None:
        limits, turn = Limits(turn_ms=60_000, prolong_s=0.2), Keys.of(user).turn
        async with at(valkey.url, limits) as slow, slow.turn(user) as held:
            valkey.tell("PEXPIRE", turn, 30_000)
            async with asyncio.timeout(20):
                while valkey.tell("PTTL", turn) <= 30_000:
                    await asyncio.sleep(0.05)
            await slow.keep(held, Outcome(TOLD))
            assert await slow.recall(user) == TOLD

    async def test_the_turn_of_a_killed_process_ends_soon(self, valkey: RealServer, user: str) -> None:
        valkey.tell("SET", Keys.of(user).turn, "of a dead process", "PX", Limits().turn_ms)
        async with at(valkey.url) as store:
            async with asyncio.timeout(8):
                await take(store, user)

    async def test_who_gives_up_waiting_leaves_the_queue(self, valkey: RealServer, user: str) -> None:
        async with at(valkey.url) as one, at(valkey.url) as two:
            async with one.turn(user):
                waiting = [asyncio.create_task(take(store, user)) for store in (one, two, two)]
                await asyncio.sleep(0.05)
                for task in waiting:
                    task.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)
            async with asyncio.timeout(8):
                await take(two, user)


async def take(store: Stores, user: str) -> None:
    async with store.turn(user):
        pass


class TestWhatIsKept:
    async def test_names_of_keys_tell_nothing_and_stay_together(self, valkey: RealServer) -> None:
        valkey.tell("FLUSHALL")
        async with (
            at(valkey.url) as store,
            store.turn("张三{13912345678}", "13912345678", "message") as held,
        ):
            await store.promise("张三{13912345678}", "13912345678", b"later", b"a message", "message")
            names = {name.decode() for name in valkey.tell("KEYS", "*")}
            await store.keep(held, Outcome(TOLD, b"x", Notice("late", ("张三",))))
            names |= {name.decode() for name in valkey.tell("KEYS", "*")}
        assert names <= set(Keys.of("张三{13912345678}").all)
        assert len(names) == 8
        assert len({valkey.tell("CLUSTER", "KEYSLOT", name) for name in names}) <= 1
        assert not any("13912345678" in name or "张三" in name for name in names)

    async def test_all_of_it_expires(self, valkey: RealServer, user: str) -> None:
        async with at(valkey.url) as store:
            await remember(store, user, TOLD, key="push", answer=b"x")
            await store.promise(user, "late", b"later", b"a message", "message")
            left = dict(zip(PARTS, (valkey.tell("PTTL", key) for key in Keys.of(user).all), strict=True))
        day = 86_400_000
        assert 0 < left["turn"] <= 5_000
        assert 89 * day < left["session"] <= 90 * day
        assert all(20 * 60_000 < left[one] <= 21 * 60_000 for one in ("answers", "answered"))
        assert 0 < left["late"] <= day
        assert 0 < left["quota"] <= 2 * day

    async def test_old_answers_go_when_a_new_one_comes(self, valkey: RealServer, user: str) -> None:
        async with at(valkey.url) as store:
            await remember(store, user, TOLD, key="old", answer=b"x")
            await remember(store, user, TOLD, key="newer", answer=b"y")
            for push, minutes in (("old", 22), ("newer", 20)):
                moment = int((time.time() - minutes * 60) * 1000)
                valkey.tell("ZADD", Keys.of(user).all[3], moment, digest(push))
            await remember(store, user, TOLD, key="new", answer=b"z")
            found = [await answered(store, user, key) for key in ("old", "newer", "new")]
        assert found == [None, b"y", b"z"]
        assert valkey.tell("ZCARD", Keys.of(user).all[3]) == 2

    async def test_of_a_flood_only_the_newest_answers_keep_their_bytes(
        self, valkey: RealServer, user: str
    ) -> None:
        _, _, answers, order = Keys.of(user).all[:4]
        before = [(f"push {count}", count) for count in range(MOST_ANSWERS)]
        now = int(time.time() * 1000)
        valkey.tell("HSET", answers, *(part for push, _ in before for part in (digest(push), "an answer")))
        valkey.tell("ZADD", order, *(part for push, count in before for part in (now + count, digest(push))))
        async with at(valkey.url) as store:
            for one in (0, 1):
                assert await answered(store, user, f"push {one}") == b"an answer"
            await asyncio.sleep(0.6)
            await remember(store, user, TOLD, key="one more", answer=b"x")
            found = [await answered(store, user, push) for push in ("push 0", "push 1", "one more")]
        assert found == [b"", b"an answer", b"x"]

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\xff",
            b"[1]",
            b'{"v": 0}',
            b'{"session": {}}',
            b'{"v": 1, "session": {"people": 3}}',
            b"[" * 9_999,
        ],
    )
    async def test_a_session_that_cannot_be_read_begins_anew(
        self, valkey: RealServer, user: str, raw: bytes
    ) -> None:
        valkey.tell("SET", Keys.of(user).session, raw)
        async with at(valkey.url) as store:
            with capture_logs() as lines:
                assert await store.recall(user) == Session()
        assert [line["event"] for line in lines] == ["session_dropped"]

    def test_what_a_field_is_where_it_is_not_kept_belongs_to_the_version(self) -> None:
        """Fields as in a new session are not written: another default would be read into old ones."""
        none: dict[str, object] = {
            "active": None,
            "region": None,
            "asked": None,
            "topic": None,
            "draft": None,
        }
        empty = {"people": {}, "offered": [], "pages": [], "address": "", "phone": "", "contact": ""}
        new = {**none, **empty, "last_call": None, "misunderstood": 0, "greeted": False}
        person = {"facts": {}, "answered": [], "declined": [], "told": [], "requests": [], "full": False}
        assert sessions.VERSION == 1
        assert json.loads(json.dumps(asdict(Session()))) == new
        assert json.loads(json.dumps(asdict(Person()))) == person

    def test_a_field_that_came_later_has_its_default(self) -> None:
        kept = sessions.dump(replace(TOLD, misunderstood=0))
        assert b"misunderstood" not in kept
        assert sessions.load(kept) == TOLD


class TestTrouble:
    async def test_a_store_that_is_not_there(self, user: str) -> None:
        url = f"redis://bot:secret@127.0.0.1:{free_port()}/0"
        async with at(url, Limits(command_s=0.5, leave_s=0.2)) as store:
            began = time.monotonic()
            with pytest.raises(StoreDown, match="cannot be reached") as caught:
                await take(store, user)
            assert time.monotonic() - began < BOUND_S
            assert "secret" not in caught.value.message

    async def test_a_store_that_is_silent_and_comes_back(self, valkey: RealServer, user: str) -> None:
        limits = Limits(command_s=0.5, leave_s=0.2)
        async with at(valkey.url, limits) as store:
            await remember(store, user, TOLD)
            with valkey.frozen():
                began = time.monotonic()
                with pytest.raises(StoreDown, match="in time"):
                    await store.recall(user)
                assert time.monotonic() - began < BOUND_S
            assert await store.recall(user) == TOLD

    async def test_a_restart_in_the_middle_is_only_a_wait(self, tmp_path: Path, user: str) -> None:
        with real_server(tmp_path, "--appendonly", "yes", "--appendfsync", "always") as server:
            async with at(server.url) as store, store.turn(user, "push") as held:
                server.stop()
                again = asyncio.to_thread(server.start)
                remembered = store.keep(held, Outcome(TOLD, b"x"))
                await asyncio.gather(again, remembered)
                assert await store.recall(user) == TOLD

    async def test_a_replica_is_no_store(self, valkey: RealServer, user: str) -> None:
        async with at(valkey.url) as store:
            valkey.tell("CONFIG", "SET", "replica-serve-stale-data", "yes")
            valkey.tell("REPLICAOF", "127.0.0.1", free_port())
            try:
                await expect_down(store, user, "read-only replica")
            finally:
                valkey.tell("REPLICAOF", "NO", "ONE")
            await store.check()

    async def test_a_full_store(self, valkey: RealServer, user: str) -> None:
        async with at(valkey.url) as store:
            valkey.tell("CONFIG", "SET", "maxmemory", "1")
            try:
                await expect_down(store, user, "out of memory")
            finally:
                valkey.tell("CONFIG", "SET", "maxmemory", "0")
            await store.check()

    async def test_a_wrong_password(self, tmp_path: Path, user: str) -> None:
        with real_server(tmp_path, "--requirepass", "right") as server:
            for url in (server.url, server.url.replace("//", "//:wrong@")):
                async with at(url) as store:
                    await expect_down(store, user, "password")
            async with at(server.url.replace("//", "//:right@")) as store:
                await store.check()

    async def test_a_key_of_somebody_else(self, valkey: RealServer, user: str) -> None:
        valkey.tell("RPUSH", Keys.of(user).session, "x")
        async with at(valkey.url) as store:
            with pytest.raises(StoreDown, match="refused"):
                await store.recall(user)

    async def test_many_at_once_share_few_connections(self, valkey: RealServer) -> None:
        async with at(valkey.url, Limits(connections=4)) as store:
            await asyncio.gather(*(remember(store, f"one of many {n}", TOLD) for n in range(100)))


async def expect_down(store: RedisStore, user: str, words: str) -> None:
    with pytest.raises(StoreDown, match=words):
        await store.check()
    with pytest.raises(StoreDown, match=words):
        await take(store, user)


class TestSentinelAndCluster:
    async def test_behind_sentinel(self, valkey: RealServer, tmp_path: Path, user: str) -> None:
        config = tmp_path / "sentinel.conf"
        config.write_text(f"sentinel monitor elders 127.0.0.1 {valkey.port} 1\n")
        with real_server(tmp_path) as spare:
            spare.stop()
            spare.options = (str(config), "--sentinel")
            spare.start()
            url = f"redis+sentinel://127.0.0.1:{free_port()},127.0.0.1:{spare.port}/elders"
            async with at(url) as store:
                await remember(store, user, TOLD, key="push", answer=b"x")
                assert (await store.recall(user), await answered(store, user, "push")) == (TOLD, b"x")
            async with at(url.replace("elders", "nobody"), Limits(command_s=0.5)) as store:
                with pytest.raises(StoreDown, match="cannot be reached"):
                    await store.check()

    async def test_in_a_cluster(self, tmp_path: Path, user: str) -> None:
        with real_server(tmp_path, "--cluster-enabled", "yes", "--cluster-port", str(free_port())) as node:
            url = node.url.replace("redis:", "redis+cluster:").removesuffix("/0")
            async with at(url, Limits(command_s=0.5)) as store:
                with pytest.raises(StoreDown, match="not whole"):
                    await store.check()
            node.tell("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            wait_until(lambda: b"cluster_state:ok" in node.tell("CLUSTER", "INFO"))
            async with at(url) as store:
                await store.check()
                await remember(store, user, TOLD, key="push", answer=b"x")
                assert (await store.recall(user), await answered(store, user, "push")) == (TOLD, b"x")


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "http://secret@host",
            "redis://",
            "redis://:secret@host:port",
            "redis://:secret@host:99999",
            "redis://:secret@[host",
            "redis://:secret@host?decode_responses=true",
            "redis://:secret@host?db=one",
            "redis://:secret@host/one",
            "unix://?db=1",
            "redis+sentinel://:secret@host",
            "redis+sentinel://:secret@one,,two/name",
            "redis+sentinel://:secret@one/name?db=x",
            "redis+cluster://:secret@/0",
            "redis+cluster://:secret@host/3",
        ],
    )
    async def test_a_wrong_address_is_refused_without_repeating_it(self, url: str) -> None:
        with pytest.raises(SettingError) as caught:
            await connect(url)
        assert caught.value.field == "REDIS_URL"
        assert "REDIS_URL" in caught.value.message
        assert "secret" not in caught.value.message

    def test_sentinels_are_read(self) -> None:
        read = read_address("redis+sentinel://bot:p%40ss@one:1,[::1]:2,three/elders?db=4")
        hosts = (("one", 1), ("::1", 2), ("three", 26379))
        assert read == Sentinels(hosts, "elders", "bot", "p@ss", 4)

    @pytest.mark.parametrize(
        "url", ["redis://h", "rediss://h:1/2?ssl_cert_reqs=none", "unix:///a/b.sock?db=1"]
    )
    async def test_plain_addresses_are_taken(self, url: str) -> None:
        await (await connect(url)).close()
