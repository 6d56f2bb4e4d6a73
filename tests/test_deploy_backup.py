"""The back-up drill: a store that is busy is copied, destroyed and made anew, by the commands of deploy/backup.md."""

from __future__ import annotations

import asyncio
import io
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import SettingError
from bot.store import backup
from bot.store.binary import find_server
from tests.bench.booking_words import number_in
from tests.platform.serving import Serving
from tests.storage import ROOT, RealServer, real_server, redis_7, wait_until
from tests.wechat_side import WeChatSide

AS_OF, MOMENT = "2026-11-21T09:00:00+08:00", 1795222800
TOKEN, APP_ID, AES_KEY = "AAAAA", "wxba5fad812f8e6fb9", "A" * 43
SETTINGS = {
    "BOT_AS_OF": AS_OF,
    "BOT_DEFAULT_REGION": "411303",
    "WECHAT_TOKEN": TOKEN,
    "WECHAT_APP_ID": APP_ID,
    "WECHAT_AES_KEY": AES_KEY,
}
CALL = "帮我约个人明天上午九点来给我妈洗澡，住七里园街道3号楼2单元301，电话13912345678"
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
KEYS_FILE = "data-keys"


def command(*arguments: str | Path) -> str:
    """What `python -m bot backup …` prints."""
    asked = [sys.executable, "-m", "bot", "backup", *map(str, arguments)]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def booked(server: Serving, users: Sequence[str]) -> dict[str, str]:
    """Each user's call, by its number."""
    wechat = WeChatSide(server.url, TOKEN, APP_ID, AES_KEY, now=lambda: MOMENT)
    numbers = {}
    for user in users:
        await wechat.push_text(user, CALL)
        numbers[user] = number_in(await wechat.push_text(user, "是") or "")
    assert all(numbers.values()), numbers
    return numbers


async def asked(server: Serving, user: str, words: str) -> str:
    wechat = WeChatSide(server.url, TOKEN, APP_ID, AES_KEY, now=lambda: MOMENT)
    return await wechat.push_text(user, words) or ""


async def copied_while_busy(server: Serving, folder: Path) -> Path:
    """The back-up command runs while elders write."""
    copying = asyncio.create_task(
        asyncio.to_thread(command, "make", "--store", server.folder / "store", "--to", folder)
    )
    while not copying.done():
        assert await asked(server, "o-busy", "我妈83岁")
    await copying
    (archive,) = folder.iterdir()
    return archive


async def test_the_drill(tmp_path: Path) -> None:
    archives, before, after = tmp_path / "archives", tmp_path / "before", tmp_path / "after"
    archives.mkdir()
    server = Serving(before, SETTINGS)
    await asyncio.to_thread(server.start)
    try:
        calls = await booked(server, [f"o-{n}" for n in range(3)])
        await asked(server, "o-session", "我妈83岁，低保，二级残疾")
        archive = await copied_while_busy(server, archives)
        lost = await booked(server, [f"o-lost-{n}" for n in range(13)])
        told = await asked(server, "o-session", "能领什么")
    finally:
        await asyncio.to_thread(server.stop, signal.SIGKILL)
    restored_into(before, after, archive)
    server = Serving(after, SETTINGS)
    await asyncio.to_thread(server.start)
    try:
        assert await asked(server, "o-session", "能领什么") == told
        for user, number in calls.items():
            assert number_in(await asked(server, user, "查进度")) == number
        fresh = await booked(server, [f"o-new-{n}" for n in range(13)])
    finally:
        await asyncio.to_thread(server.stop)
    given = [*calls.values(), *lost.values(), *fresh.values()]
    assert len(set(given)) == len(given)


def restored_into(before: Path, after: Path, archive: Path) -> None:
    """The machine is lost; what there is are the archive and, from elsewhere, the keys."""
    after.mkdir()
    if (before / KEYS_FILE).exists():
        shutil.copy(before / KEYS_FILE, after)
    shutil.rmtree(before / "store")
    said = command("restore", archive, "--into", after / "store")
    assert "restored" in said
    assert "13912345678" not in said


def servers() -> Iterator[Path]:
    yield find_server()
    if (found := redis_7()) is not None:
        yield found


class Writer(threading.Thread):
    """Writes 1, 2, 3 … one after the other; `written` were acknowledged."""

    def __init__(self, redis: RealServer) -> None:
        super().__init__(name="writer", daemon=True)
        self._redis = redis
        self._ended = threading.Event()
        self.written = 0

    def run(self) -> None:
        # Some weight, so that the server tidies its files up more than once meanwhile.
        while not self._ended.is_set():
            assert self._redis.tell("SET", f"k{self.written + 1}", "x" * 2000) == b"OK"
            self.written += 1

    def end(self) -> None:
        self._ended.set()
        self.join(10)


@pytest.mark.parametrize("program", list(servers()), ids=lambda path: path.parent.name + "-" + path.name)
async def test_a_copy_is_a_moment(tmp_path: Path, program: Path) -> None:
    """Everything acknowledged before it is in it, and nothing that came later without what came before."""
    options = ("--appendonly", "yes", "--appendfsync", "everysec", "--auto-aof-rewrite-percentage", "0")
    archives = tmp_path / "archives"
    archives.mkdir()
    with real_server(tmp_path, *options, program=program) as redis:
        writer = Writer(redis)
        writer.start()
        made = []
        for number in range(5):
            redis.tell("BGREWRITEAOF")
            sure = writer.written
            path = await asyncio.to_thread(backup.make, tmp_path, archives, NOW + timedelta(minutes=number))
            made.append((sure, path))
        writer.end()
    for number, (sure, path) in enumerate(made):
        into = tmp_path / f"restored-{number}"
        restored = await backup.restore(path, into, 10)
        # Besides the counter, the keys k1 … kn without a gap.
        with started_on(into, program) as again:
            size = again.tell("DBSIZE") - 1
            assert size >= sure
            assert restored.keys in (size, size + 1)
            assert [again.tell("EXISTS", f"k{n}") for n in (1, size, size + 1)] == [
                min(size, 1),
                min(size, 1),
                0,
            ]


@contextmanager
def started_on(folder: Path, program: Path) -> Iterator[RealServer]:
    """The same kind of server on restored files."""
    with real_server(folder, "--appendonly", "yes", program=program) as again:
        wait_until(lambda: again.tell("PING") == b"PONG")
        yield again


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A copy of a small store."""
    (tmp_path / "archives").mkdir()
    with real_server(tmp_path, "--appendonly", "yes") as redis:
        redis.tell("SET", "a-key", "a-value-to-be-found")
        return backup.make(tmp_path, tmp_path / "archives", NOW)


class TestAnArchive:
    def test_is_for_its_owner_only(self, archive: Path) -> None:
        assert archive.name == "wenyanglao-20261121T010000Z.tar.gz"
        assert archive.stat().st_mode & 0o777 == 0o600
        assert [path.name for path in archive.parent.iterdir()] == [archive.name]

    async def test_is_checked_without_a_trace(self, archive: Path, tmp_path: Path) -> None:
        assert "1 keys" in await asyncio.to_thread(command, "check", archive)

    async def test_that_is_damaged_is_refused(self, archive: Path, tmp_path: Path) -> None:
        raw = bytearray(archive.read_bytes())
        raw[len(raw) // 2] ^= 255
        archive.write_bytes(raw)
        with pytest.raises(SettingError, match=r"damaged|cannot be read"):
            await backup.restore(archive, tmp_path / "new", 0)
        assert not list((tmp_path / "new").iterdir())

    async def test_that_is_cut_short_is_refused(self, archive: Path, tmp_path: Path) -> None:
        archive.write_bytes(archive.read_bytes()[:-120])
        with pytest.raises(SettingError, match=r"damaged|cannot be read"):
            await backup.restore(archive, tmp_path / "new", 0)

    @pytest.mark.parametrize("name", ["../evil", "appendonlydir/../../evil", "/evil", "appendonlydir/.."])
    async def test_with_a_way_out_is_refused(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / "strange.tar.gz"
        with tarfile.open(path, "w:gz") as tar:
            info = tarfile.TarInfo(name)
            info.size = 4
            tar.addfile(info, io.BytesIO(b"evil"))
        with pytest.raises(SettingError, match="not of a store"):
            await backup.restore(path, tmp_path / "new", 0)
        assert not list(tmp_path.rglob("evil"))

    async def test_never_overwrites_a_store(self, archive: Path, tmp_path: Path) -> None:
        with pytest.raises(SettingError, match="already"):
            await backup.restore(archive, tmp_path, 0)

    def test_needs_a_store(self, tmp_path: Path) -> None:
        with pytest.raises(SettingError, match="appendonlydir"):
            backup.make(tmp_path, tmp_path, NOW)


@pytest.mark.skipif(
    shutil.which("age") is None, reason="no age here; tests/prepare.py installs it where it may"
)
class TestEncrypted:
    @pytest.fixture
    def keys(self, tmp_path: Path) -> tuple[Path, Path]:
        """The public and the private key."""
        private, public = tmp_path / "private", tmp_path / "public"
        subprocess.run(["age-keygen", "-o", private], check=True, capture_output=True)
        told = subprocess.run(["age-keygen", "-y", private], check=True, capture_output=True)
        public.write_bytes(told.stdout)
        return public, private

    async def test_only_the_private_key_opens_it(self, tmp_path: Path, keys: tuple[Path, Path]) -> None:
        public, private = keys
        with real_server(tmp_path, "--appendonly", "yes") as redis:
            redis.tell("SET", "a-key", "a-value-to-be-found")
            path = backup.make(tmp_path, tmp_path, NOW, public)
        assert path.suffix == ".age"
        assert (await backup.restore(path, tmp_path / "new", 0, private)).keys == 1
        subprocess.run(["age-keygen", "-o", tmp_path / "other"], check=True, capture_output=True)
        for wrong in (None, tmp_path / "other"):
            with pytest.raises(SettingError):
                await backup.restore(path, tmp_path / "newer", 0, wrong)

    def test_a_wrong_key_file_leaves_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "strange").write_text("no key")
        with real_server(tmp_path, "--appendonly", "yes"), pytest.raises(SettingError, match="age"):
            backup.make(tmp_path, tmp_path, NOW, tmp_path / "strange")
        assert not list(tmp_path.glob("*wenyanglao*"))


def test_old_archives_go_and_the_newest_stays(tmp_path: Path) -> None:
    for days in (0, 6, 8, 30):
        (tmp_path / f"wenyanglao-{NOW - timedelta(days=days):%Y%m%dT%H%M%SZ}.tar.gz").touch()
    (tmp_path / "something-else.tar.gz").touch()
    assert len(backup.remove_old(tmp_path, NOW, 7)) == 2
    assert len(list(tmp_path.iterdir())) == 3
    assert len(backup.remove_old(tmp_path, NOW + timedelta(days=400), 7)) == 1
