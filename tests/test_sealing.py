"""What is personal lies sealed in the store: bound to its owner, by keys that rotate beside running servers."""

from __future__ import annotations

import asyncio
import os
import stat
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.history import SHANGHAI, grown
from bot.errors import SettingError
from bot.models import Notice, Person, Request, Session, Staff
from bot.retention import sweep
from bot.store import data_keys, key_register, rekey
from bot.store.connect import Stores, opened, sealer_of
from bot.store.data_keys import OWN_FILE, KeyFile, own_keys, read_keys
from bot.store.inventory import counted
from bot.store.kept import PLACES
from bot.store.key_register import check_keys
from bot.store.port import Outcome
from bot.store.port_staff import Credentials
from bot.store.scripts import Keys
from bot.store.sealing import HEAD, PLAIN, Given, KeyMissing, Sealer, key_of
from bot.store.terms import load_terms
from tests.privacy_side import at, holding, key_line, raw_store, sealer, with_file
from tests.redundant import cluster
from tests.storage import RealServer, real_server

NAME, PHONE, STREET, USER = "欧阳建国", "13700001234", "梅溪路七十八号院", "oPlantedOpenid"
NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
SEALED = {"session", "answers", "late", "waiting", "requests", "request-owner", "staff-rows", "credentials", "signing-key",
          "shelf"}  # fmt: skip


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as up:
        yield up


@pytest.fixture
def server(redis: RealServer) -> RealServer:
    redis.tell("FLUSHALL")
    return redis


def call(number: str) -> Request:
    request = Request(number, USER, "bathing", "411303", phone=PHONE, contact=NAME, address=STREET)
    return grown(request, "submitted", "elder", NOW)


async def fill(stores: Stores) -> str:
    """One of everything; the number of the call."""
    number = await stores.requests.reserve(USER)
    session = Session(people={NAME: Person({"age": 83})}, phone=PHONE, address=STREET)
    async with stores.turns.turn(USER, "push") as held:
        outcome = Outcome(session, f"<xml>{NAME}</xml>".encode(), requests=(call(number),))
        await stores.turns.keep(held, outcome)
    await stores.turns.promise(
        USER, "late", f"<xml>{PHONE}</xml>".encode(), f"我叫{NAME}".encode(), "message"
    )
    await stores.mailbox.put(USER, Notice("n1", (f"{NAME}，明天到{STREET}",)))
    await stores.staff.add(Staff("s1", NAME, "worker", ("411303",), USER))
    await stores.keyring.swap(None, Credentials("s1", "hash", "TOTPSECRET"))
    await stores.keyring.signing_key()
    await stores.shelf.put("desk-session:x", PHONE.encode(), 60)
    return number


async def all_is_there(stores: Stores, number: str) -> None:
    session = await stores.turns.recall(USER)
    assert (session.phone, session.address, list(session.people)) == (PHONE, STREET, [NAME])
    found = await stores.requests.find(number)
    assert found is not None
    assert (found.contact, found.phone) == (NAME, PHONE)
    assert await stores.requests.of(USER) == (found,)
    async with stores.turns.turn(USER, "push") as held:
        assert held.before == f"<xml>{NAME}</xml>".encode()
    async with stores.turns.turn(USER, "other") as held:
        assert held.promised == (f"我叫{NAME}".encode(),)
        assert [notice.texts for notice in held.waiting] == [(f"{NAME}，明天到{STREET}",)]
    assert await stores.turns.promised(USER, "late") == f"我叫{NAME}".encode()
    assert (await stores.staff.all())[0].name == NAME
    kept = await stores.keyring.get("s1")
    assert kept is not None
    assert kept.secret == "TOTPSECRET"  # noqa: S105
    assert await stores.shelf.get("desk-session:x") == PHONE.encode()


class TestSealing:
    @given(st.binary(max_size=300), st.text(max_size=40))
    def test_what_was_sealed_opens_and_shows_nothing(self, value: bytes, owner: str) -> None:
        sealed = sealer("a").seal("session", owner, value)
        assert sealer("a").open("session", owner, sealed) == value
        assert sealer("b", "a").open("session", owner, sealed) == value
        # The head names the seal and the key.
        assert len(value) < 8 or value not in sealed.removeprefix(HEAD)

    def test_it_opens_for_its_owner_and_as_its_kind_only(self) -> None:
        sealed = sealer("a").seal("session", "one", b"told")
        for kind, owner in (("session", "other"), ("notice", "one"), ("session", "one\0")):
            with pytest.raises(KeyMissing):
                sealer("a").open(kind, owner, sealed)  # type: ignore[arg-type]

    @given(st.integers(min_value=len(HEAD), max_value=70), st.integers(1, 255))
    def test_a_changed_byte_opens_nothing(self, place: int, by: int) -> None:
        sealed = bytearray(sealer("a").seal("session", "one", b"told" * 9))
        sealed[place % len(sealed)] ^= by
        value = bytes(sealed)
        if value.startswith(HEAD):
            with pytest.raises(KeyMissing):
                sealer("a").open("session", "one", value)

    @pytest.mark.parametrize("length", range(len(HEAD), 44))
    def test_a_cut_value_opens_nothing(self, length: int) -> None:
        sealed = sealer("a").seal("session", "one", b"told")[:length]
        with pytest.raises(KeyMissing):
            sealer("a").open("session", "one", sealed)

    def test_what_was_written_before_opens_as_it_is(self) -> None:
        for value in (b"", b'{"v":1}', b"<xml/>", b"\0", os.urandom(32)):
            assert sealer("a").open("session", "one", value) == value
            assert PLAIN.seal("session", "one", value) == value

    def test_the_same_gives_the_same_and_another_owner_another(self) -> None:
        one = sealer("a")
        assert one.seal("shelf", "x", b"v") == one.seal("shelf", "x", b"v")
        assert len({one.seal(kind, owner, b"v") for kind in ("shelf", "owner") for owner in ("x", "y")}) == 4  # type: ignore[arg-type]

    def test_an_error_tells_the_key_and_nothing_else(self) -> None:
        with pytest.raises(KeyMissing) as told:
            sealer("b").open("session", "one", sealer("a").seal("session", "one", PHONE.encode()))
        assert "'a'" in told.value.message
        assert PHONE not in repr(told.value)


class TestKeyFile:
    def test_it_holds_keys_the_first_seals(self, tmp_path: Path) -> None:
        path = tmp_path / "keys"
        path.write_text("# ours\n\n" + key_line("new") + key_line("old"))
        assert list(read_keys(path)) == ["new", "old"]
        assert key_of(with_file(path).seal("session", "x", b"v")) == "new"

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("", "holds no key"),
            ("a short\n", "line 1 is no key"),
            ("# x\nonlyone\n", "line 2 is no key"),
            ("a é\n", "line 1 is no key"),
            ("名 " + key_line("x").split()[1], "line 1 is no key"),
            ("x" * 33 + " " + key_line("x").split()[1], "line 1 is no key"),
            (key_line("a") + key_line("a"), "line 2: the id 'a' is there twice"),
        ],
        # The keys are made by chance, and every process of a run must know a test by the same name.
        ids=["empty", "short", "alone", "foreign", "id", "long-id", "twice"],
    )
    def test_what_is_wrong_is_told_by_its_line_and_never_quoted(
        self, tmp_path: Path, text: str, told: str
    ) -> None:
        path = tmp_path / "keys"
        path.write_text(text)
        with pytest.raises(SettingError) as error:
            KeyFile(path)
        assert told in error.value.message
        assert error.value.field == "DATA_KEYS_FILE"
        assert all(part not in error.value.message for part in text.split() if len(part) > 8 and "=" in part)

    def test_a_file_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(SettingError, match="No such file"):
            sealer_of(tmp_path / "none")

    def test_a_changed_file_is_noticed_and_a_broken_one_is_not_believed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "keys"
        path.write_text(old := key_line("old"))
        keys = KeyFile(path)
        path.write_text(key_line("new") + old)
        assert list(keys.now()) == ["old"]
        monkeypatch.setattr(data_keys, "NOTICE_S", 0.0)
        assert list(keys.now()) == ["new", "old"]
        path.write_text("nothing of the kind\n")
        assert list(keys.now()) == ["new", "old"]
        path.unlink()
        assert list(keys.again()) == ["new", "old"]

    def test_a_value_of_a_key_that_just_came_opens_at_once(self, tmp_path: Path) -> None:
        path = tmp_path / "keys"
        path.write_text(old := key_line("old"))
        here = with_file(path)
        path.write_text(key_line("new") + old)
        assert here.open("session", "x", with_file(path).seal("session", "x", b"told")) == b"told"

    def test_many_that_make_it_at_once_get_the_same(self, tmp_path: Path) -> None:
        path, made, gate = tmp_path / OWN_FILE, list[dict[str, bytes]](), threading.Barrier(8)

        def make() -> None:
            gate.wait()
            made.append(read_keys(own_keys(path)))

        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(one == made[0] for one in made)
        assert [one.name for one in tmp_path.iterdir()] == [OWN_FILE]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_one_that_stands_is_never_overwritten(self, tmp_path: Path) -> None:
        path = tmp_path / OWN_FILE
        path.write_text(key_line("mine"))
        assert own_keys(path).read_text().startswith("mine ")


class TestStore:
    async def test_all_that_is_personal_lies_sealed_and_is_read_back(self, server: RealServer) -> None:
        async with at(server, sealer("a")) as stores:
            number = await fill(stores)
            assert holding(server, NAME, PHONE, STREET, USER, "TOTPSECRET", "bathing") == {}
            await all_is_there(stores, number)
            rows = {row.name: row for row in await counted(stores.server)}
            assert {name for name, row in rows.items() if row.values} == SEALED
            assert {key for row in rows.values() for key, _ in row.sealed} == {"a"}
            assert "unknown" not in rows
        assert {place.name for place in PLACES if place.sealed} == SEALED | {"older"}

    async def test_the_test_would_find_it(self, server: RealServer) -> None:
        async with at(server) as stores:
            await fill(stores)
        found = {
            word
            for words in holding(server, NAME, PHONE, STREET, USER, "TOTPSECRET").values()
            for word in words
        }
        assert found == {NAME, PHONE, STREET, USER, "TOTPSECRET"}

    async def test_switching_it_on_is_no_break(self, server: RealServer) -> None:
        async with at(server) as before:
            number = await fill(before)
            async with at(server, sealer("a")) as stores:
                await all_is_there(stores, number)

    async def test_a_value_put_under_another_user_is_refused(self, server: RealServer) -> None:
        async with at(server, sealer("a")) as stores:
            await fill(stores)
            mine, other = Keys.of(USER).session, Keys.of("oOther").session
            server.tell("SET", other, server.tell("GET", mine))
            with pytest.raises(KeyMissing):
                await stores.turns.recall("oOther")

    async def test_what_is_claimed_and_dropped_is_known_by_every_key_and_plain(
        self, server: RealServer
    ) -> None:
        forms = [PLAIN, sealer("a"), sealer("b", "a")]
        for before in forms:
            async with at(server, before) as first, at(server, forms[-1]) as second:
                assert await first.shelf.claim("lock", "me", 60)
                assert not await second.shelf.claim("lock", "you", 60)
                assert await second.shelf.claim("lock", "me", 60)
                assert await first.shelf.get("lock") == b"me" if before is forms[-1] else True
                await second.shelf.release("lock", "you")
                assert await second.shelf.get("lock") == b"me"
                await second.shelf.release("lock", "me")
                assert await second.shelf.get("lock") is None


class TestRekey:
    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rekey, "NOTICE_S", -1.0)

    async def test_everything_is_sealed_anew_and_the_old_key_is_retired(self, server: RealServer) -> None:
        async with at(server) as plain:
            number = await fill(plain)
        for keys, retired in ((("a",), ()), (("b", "a"), ("a",)), (("c", "b"), ("b",))):
            async with at(server, sealer(*keys)) as stores:
                told = await rekey.rekey(stores.server)
                assert told.done.total() >= len(SEALED)
                assert told.retired == retired
                assert not told.lost
                assert (await rekey.rekey(stores.server)).done.total() == 0
        async with at(server, sealer("c")) as stores:
            await check_keys(stores.server, stores.server.sealer)
            await all_is_there(stores, number)

    async def test_times_to_live_stay(self, server: RealServer) -> None:
        async with at(server, sealer("a")) as stores:
            await fill(stores)
        before = {key: server.tell("PTTL", key) for key in server.tell("KEYS", "*")}
        async with at(server, sealer("b", "a")) as stores:
            await rekey.rekey(stores.server)
        after = {key: server.tell("PTTL", key) for key in before if key != key_register.NAME.encode()}
        for key, left in after.items():
            assert (left < 0) == (before[key] < 0), key
            assert left < 0 or before[key] - 10_000 < left <= before[key], key

    async def test_it_runs_beside_servers_that_write(self, server: RealServer, tmp_path: Path) -> None:
        path = tmp_path / "keys"
        path.write_text(old := key_line("old"))
        async with at(server, with_file(path)) as one, at(server, with_file(path)) as two:
            stop, written = asyncio.Event(), dict[str, int]()

            async def turns(stores: Stores, user: str) -> None:
                while not stop.is_set():
                    async with stores.turns.turn(user) as held:
                        session = Session(misunderstood=held.session.misunderstood + 1)
                        await stores.turns.keep(held, Outcome(session))
                        written[user] = session.misunderstood
                    await asyncio.sleep(0)

            async with asyncio.TaskGroup() as group:
                for number in range(6):
                    group.create_task(turns((one, two)[number % 2], f"user-{number}"))
                await asyncio.sleep(0.2)
                path.write_text(key_line("new") + old)
                async with at(server, with_file(path)) as operator:
                    # The other two learn of the new key by the first value that it sealed.
                    told = await rekey.rekey(operator.server)
                    for _ in range(50):
                        if not told.done and told.retired:
                            break
                        one.server.sealer.ids(), two.server.sealer.ids()
                        told = await rekey.rekey(operator.server)
                stop.set()
            for user, count in written.items():
                assert (await one.turns.recall(user)).misunderstood == count
        held = [value for key, value in raw_store(server).items() if key.endswith(b":session")]
        assert {key_of(value) for value in held} == {"new"}

    async def test_said_again_it_goes_on(self, server: RealServer, monkeypatch: pytest.MonkeyPatch) -> None:
        async with at(server) as plain:
            for number in range(40):
                async with plain.turns.turn(f"user-{number}") as held:
                    await plain.turns.keep(held, Outcome(Session(phone=PHONE)))
        async with at(server, sealer("a")) as stores:
            task = asyncio.create_task(rekey.rekey(stores.server))
            while not any(row.sealed and "a" in dict(row.sealed) for row in await counted(stores.server)):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await rekey.rekey(stores.server)
            assert holding(server, PHONE) == {}


def test_a_server_that_keeps_it_plain_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    key_register.warn_where_plain(sealer("a"))
    assert not capsys.readouterr().out
    key_register.warn_where_plain(PLAIN)
    assert "DATA_KEYS_FILE" in capsys.readouterr().out


class TestLostKeys:
    async def test_a_missing_key_is_told_at_the_start_with_what_is_lost(self, server: RealServer) -> None:
        async with at(server, sealer("a")) as stores:
            await check_keys(stores.server, stores.server.sealer)
            await fill(stores)
        for other in (PLAIN, sealer("b"), Sealer(Given({"a": b"x" * 32}))):
            async with at(server, other) as stores:
                with pytest.raises(SettingError) as told:
                    await check_keys(stores.server, stores.server.sealer)
            assert "'a'" in told.value.message
            assert "sessions, calls with their names" in told.value.message
            assert "give-up" in told.value.message

    async def test_a_turn_without_the_key_changes_nothing(self, server: RealServer) -> None:
        async with at(server, sealer("a")) as stores:
            number = await fill(stores)
        before = raw_store(server)
        async with at(server, sealer("b")) as stores:
            with pytest.raises(KeyMissing):
                async with stores.turns.turn(USER):
                    raise AssertionError("nobody may take a turn without what was kept")
            with pytest.raises(KeyMissing):
                await stores.requests.find(number)
        after = raw_store(server)
        same = [key for key in before if not key.endswith((b":turn", b":quota"))]
        assert {key: after[key] for key in same} == {key: before[key] for key in same}

    async def test_what_is_given_up_is_gone_and_the_rest_stays(self, server: RealServer) -> None:
        async with at(server, sealer("lost")) as stores:
            await check_keys(stores.server, stores.server.sealer)
            await fill(stores)
        async with at(server, sealer("b")) as stores:
            async with stores.turns.turn("oOther") as held:
                await stores.turns.keep(held, Outcome(Session(phone="110")))
            with pytest.raises(ValueError, match="b"):
                await rekey.give_up(stores.server, "b")
            dropped = await rekey.give_up(stores.server, "lost")
            assert set(dropped) == SEALED
            await check_keys(stores.server, stores.server.sealer)
            assert await stores.turns.recall(USER) == Session()
            assert (await stores.turns.recall("oOther")).phone == "110"

    async def test_the_embedded_store_makes_its_keys_once_and_never_a_second_time(
        self, tmp_path: Path
    ) -> None:
        async with opened(None, tmp_path) as stores:
            await fill(stores)
        own = tmp_path / OWN_FILE
        kept = own.read_bytes()
        log = b"".join(path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file())
        for word in (NAME, PHONE, STREET, USER):
            assert word.encode() not in log
        async with opened(None, tmp_path) as stores:
            assert (await stores.turns.recall(USER)).phone == PHONE
        assert own.read_bytes() == kept
        own.unlink()
        with pytest.raises(SettingError, match="is missing; what was sealed with it"):
            async with opened(None, tmp_path):
                raise AssertionError("it must not open")
        assert not own.exists()
        own.write_bytes(kept)
        async with opened(None, tmp_path) as stores:
            assert (await stores.turns.recall(USER)).phone == PHONE


async def test_a_cluster_of_several_machines_is_walked_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekey, "NOTICE_S", -1.0)
    with cluster(tmp_path) as up:
        async with at(up.url, sealer("a")) as stores:
            number = await fill(stores)
            for one in range(40):
                async with stores.turns.turn(f"user-{one}") as held:
                    await stores.turns.keep(held, Outcome(Session(phone=PHONE)))
        async with at(up.url, sealer("b", "a")) as stores:
            told = await rekey.rekey(stores.server)
            assert told.done["session"] == 41
            assert told.retired == ()
            assert await sweep(stores, load_terms(), NOW + timedelta(days=2000)) is not None
            assert (await stores.requests.find(number)) is not None
            async with stores.turns.turn(USER) as held:
                over = grown(held.requests[0], "done", "staff:s1", NOW)
                await stores.turns.keep(held, Outcome(Session(), requests=(over,)))
            done = await sweep(stores, load_terms(), NOW + timedelta(days=2000))
            assert done is not None
            assert done["calls"] == 1
            assert await stores.requests.find(number) is None
            assert await stores.server.rewrite_log()
