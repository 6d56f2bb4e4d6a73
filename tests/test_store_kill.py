"""What `kill -9` does to answered turns, and how the embedded server begins, is shared, and comes back."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import SettingError, StoreDown
from bot.models import Session
from bot.store import binary, embedded
from bot.store.connect import connect
from bot.store.embedded import EmbeddedServer
from bot.store.limits import Limits
from bot.store.port import Outcome
from bot.store.scripts import MOST_ANSWERS
from bot.store.turns import RedisStore
from tests.storage import alive, answered, bot_process, real_server, redis_7, wait_until
from tests.store_child import LIMITS, answer_of

USERS = ("one", "two", "three", "four")


@asynccontextmanager
async def embedded_store(
    data_dir: Path, limits: Limits = LIMITS
) -> AsyncIterator[tuple[EmbeddedServer, RedisStore]]:
    server = await embedded.start(data_dir)
    store = (await connect(server.url, limits)).turns
    try:
        yield server, store
    finally:
        await store.close()
        await server.stop()


async def assert_all_is_there(store: RedisStore, acknowledged: Counter[str]) -> None:
    """`acknowledged` counts the turns of each user; the one after may have been kept without being told."""
    for user, turns in acknowledged.items():
        kept = (await store.recall(user)).misunderstood
        assert kept in (turns, turns + 1)
        # Of more than that, by a quick machine, the store keeps the bytes of the newest only.
        keys = [f"{user}-{number}" for number in range(max(0, kept - MOST_ANSWERS), turns)]
        assert [await answered(store, user, key) for key in keys] == [answer_of(key) for key in keys]


class TestTheBotIsKilled:
    @pytest.mark.parametrize("lines", [1, 200])
    async def test_every_answered_turn_is_there_afterwards(self, tmp_path: Path, lines: int) -> None:
        acknowledged: Counter[str] = Counter()
        with bot_process("--data-dir", str(tmp_path), *USERS) as child:
            assert child.stdout
            server_pid = int(child.stdout.readline().split()[1])
            for number, line in enumerate(child.stdout, start=1):
                acknowledged[line.split()[0]] += 1
                if number == lines:
                    child.kill()
        assert acknowledged.total() >= lines
        if sys.platform == "linux":
            wait_until(lambda: not alive(server_pid), within_s=30)
        async with embedded_store(tmp_path) as (_, store):
            await assert_all_is_there(store, acknowledged)
            # The turn that the killed bot held is free again before anybody is refused.
            for user in USERS:
                async with store.turn(user) as held:
                    await store.keep(held, Outcome(Session(greeted=True)))

    async def test_another_bot_on_the_same_folder_goes_on(self, tmp_path: Path) -> None:
        with bot_process("--data-dir", str(tmp_path)) as owner:
            assert owner.stdout
            owner_server = int(owner.stdout.readline().split()[1])
            async with embedded_store(tmp_path) as (server, store):
                assert server.pid is None, "a second server was started on one folder"
                async with store.turn("one") as held:
                    await store.keep(held, Outcome(Session(greeted=True)))
                owner.kill()
                async with asyncio.timeout(30):
                    while server.pid is None:
                        await asyncio.sleep(0.01)
                assert await store.recall("one") == Session(greeted=True)
                assert not alive(owner_server)


class TestTheStoreIsKilled:
    async def test_every_answered_turn_is_there_and_talks_go_on(self, tmp_path: Path) -> None:
        acknowledged: Counter[str] = Counter()
        async with embedded_store(tmp_path) as (server, store):
            talks = [asyncio.create_task(talk(store, user, acknowledged)) for user in USERS]
            for _ in range(6):
                await asyncio.sleep(0.25)
                before = acknowledged.total()
                kill(server)
                async with asyncio.timeout(30):
                    while acknowledged.total() < before + 8:
                        await asyncio.sleep(0.01)
            for task in talks:
                task.cancel()
            await asyncio.gather(*talks, return_exceptions=True)
            await assert_all_is_there(store, acknowledged)

    async def test_it_is_back_before_who_asks_gives_up(self, tmp_path: Path) -> None:
        async with embedded_store(tmp_path) as (server, store):
            await store.check()
            kill(server)
            await store.check()

    async def test_a_turn_that_was_held_goes_on(self, tmp_path: Path) -> None:
        async with embedded_store(tmp_path) as (server, store):
            async with store.turn("one", "push") as held:
                kill(server)
                await store.keep(held, Outcome(Session(greeted=True), b"x"))
                kill(server)
            assert await answered(store, "one", "push") == b"x"


def kill(server: EmbeddedServer) -> None:
    if server.pid:
        os.kill(server.pid, signal.SIGKILL)


async def talk(store: RedisStore, user: str, acknowledged: Counter[str]) -> None:
    """Turns without end; one that failed is tried again under its own key, as the platform does."""
    while True:
        with suppress(StoreDown):
            key = f"{user}-{acknowledged[user]}"
            async with store.turn(user, key) as held:
                if held.before is None:
                    session = replace(held.session, misunderstood=held.session.misunderstood + 1)
                    await store.keep(held, Outcome(session, answer_of(key)))
            acknowledged[user] += 1


class TestTheEmbeddedServer:
    async def test_what_was_kept_is_there_the_next_time(self, tmp_path: Path) -> None:
        for _ in range(2):
            async with embedded_store(tmp_path) as (_, store), store.turn("one") as held:
                session = replace(held.session, misunderstood=held.session.misunderstood + 1)
                await store.keep(held, Outcome(session))
        async with embedded_store(tmp_path) as (_, store):
            assert (await store.recall("one")).misunderstood == 2

    async def test_two_bots_share_one_server_and_either_may_leave_first(self, tmp_path: Path) -> None:
        first = await embedded.start(tmp_path)
        async with embedded_store(tmp_path) as (second, store):
            assert (first.pid is None, second.pid is None) == (False, True)
            await first.stop()
            async with asyncio.timeout(30):
                while second.pid is None:
                    await asyncio.sleep(0.01)
            await store.check()

    async def test_many_that_start_at_once_start_one_server(self, tmp_path: Path) -> None:
        servers = await asyncio.gather(*(embedded.start(tmp_path) for _ in range(5)))
        try:
            assert sum(server.pid is not None for server in servers) == 1
        finally:
            await asyncio.gather(*(server.stop() for server in servers))

    async def test_it_can_be_reached_by_its_owner_only(self, tmp_path: Path) -> None:
        async with embedded_store(tmp_path):
            home = tmp_path / "store"
            assert home.stat().st_mode & 0o077 == 0
            assert (home / "store.sock").stat().st_mode & 0o077 == 0

    async def test_a_long_path_and_strange_letters_do_no_harm(self, tmp_path: Path) -> None:
        deep = tmp_path / "养老 数据?#%20" / ("x" * 100)
        async with embedded_store(deep) as (server, store):
            link = Path(server.url.removeprefix("unix://")).parents[1]
            assert len(server.url) < 100
            await store.check()
            assert (deep / "store" / "appendonlydir").is_dir()
        assert not link.exists()
        async with embedded_store(tmp_path / "养老 数据?#%20") as (_, store):
            await store.check()

    async def test_it_leaves_no_process_behind(self, tmp_path: Path) -> None:
        async with embedded_store(tmp_path) as (server, _):
            pid = server.pid
        assert pid
        assert not alive(pid)

    async def test_a_folder_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(SettingError, match="BOT_DATA_DIR") as caught:
            await embedded.start(tmp_path / "file" / "data")
        assert str(tmp_path) in caught.value.message

    async def test_files_that_are_broken_are_named(self, tmp_path: Path) -> None:
        async with embedded_store(tmp_path):
            pass
        for file in (tmp_path / "store" / "appendonlydir").glob("*.incr.aof"):
            file.write_bytes(b"this is no append-only file\r\n" * 9)
        with pytest.raises(SettingError, match=r"server\.log"):
            await embedded.start(tmp_path)

    async def test_where_it_cannot_come_back_it_keeps_trying(self, tmp_path: Path) -> None:
        async with embedded_store(tmp_path) as (server, store):
            async with store.turn("one") as held:
                await store.keep(held, Outcome(Session(greeted=True)))
            (file,) = (tmp_path / "store" / "appendonlydir").glob("*.incr.aof")
            whole = file.read_bytes()
            file.write_bytes(b"this is no append-only file\r\n" * 9)
            kill(server)
            with pytest.raises(StoreDown):
                await (await connect(server.url, Limits(command_s=0.3))).turns.check()
            file.write_bytes(whole)
            async with asyncio.timeout(30):
                await comes_back(store)
            assert await store.recall("one") == Session(greeted=True)

    async def test_a_write_that_was_cut_short_does_not_stop_the_start(self, tmp_path: Path) -> None:
        async with embedded_store(tmp_path) as (_, store), store.turn("one") as held:
            await store.keep(held, Outcome(Session(greeted=True)))
        (file,) = (tmp_path / "store" / "appendonlydir").glob("*.incr.aof")
        with file.open("ab") as end:
            end.write(b"*3\r\n$3\r\nSET\r\n$9\r\nhalf")
        async with embedded_store(tmp_path) as (_, store):
            assert await store.recall("one") == Session(greeted=True)

    async def test_its_files_move_to_a_real_server_by_copying(self, tmp_path: Path) -> None:
        program = redis_7()
        if program is None:
            pytest.skip("no redis-server on the PATH to move to")
        async with embedded_store(tmp_path) as (_, store), store.turn("one", "push") as held:
            await store.keep(held, Outcome(Session(greeted=True), b"x"))
        new = tmp_path / "new"
        shutil.copytree(tmp_path / "store" / "appendonlydir", new / "appendonlydir")
        with real_server(new, "--appendonly", "yes", program=program) as server:
            moved = (await connect(server.url)).turns
            assert await moved.recall("one") == Session(greeted=True)
            assert await answered(moved, "one", "push") == b"x"
            await moved.close()


class TestTheProgram:
    def test_it_runs_here_and_is_new_enough(self) -> None:
        told = subprocess.run([binary.find_server(), "--version"], capture_output=True, text=True, check=True)
        assert "server v=" in told.stdout

    def test_without_the_wheel_the_path_is_searched(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("importlib.metadata.files", lambda name: None)
        for name, version in (("valkey-server", "6.2.1"), ("redis-server", "7.2.4")):
            program(tmp_path / name, f"echo Redis server v={version} sha=0")
        monkeypatch.setenv("PATH", str(tmp_path))
        assert binary.find_server() == tmp_path / "redis-server"

    def test_where_there_is_none_it_says_what_to_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("importlib.metadata.files", lambda name: None)
        program(tmp_path / "redis-server", "exit 1")
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(SettingError, match="set REDIS_URL, or install redis-server"):
            binary.find_server()


async def comes_back(store: RedisStore) -> None:
    while True:
        with suppress(StoreDown):
            return await store.check()


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
