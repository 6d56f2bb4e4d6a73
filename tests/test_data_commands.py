"""What operators can do with what is kept: each command says what it did, and what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.booking.history import SHANGHAI, grown
from bot.errors import NotFound, SettingError
from bot.models import Request, Session
from bot.store import rekey
from bot.store.port import Outcome
from tests.privacy_side import at, key_line, operator, with_file
from tests.storage import RealServer, real_server

NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as up:
        yield up


@pytest.fixture
def env(redis: RealServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An operator's settings, with a key and one user of a call."""
    monkeypatch.setattr(rekey, "NOTICE_S", -1.0)
    redis.tell("FLUSHALL")
    path = tmp_path / "keys"
    path.write_text(key_line("k1"))
    asyncio.run(filled(redis, path))
    return {"REDIS_URL": redis.url, "DATA_KEYS_FILE": str(path), "BOT_AS_OF": NOW.isoformat()}


async def filled(redis: RealServer, path: Path) -> None:
    async with at(redis, with_file(path)) as stores:
        number = await stores.requests.reserve("oUser")
        request = grown(Request(number, "oUser", "bathing", phone="13700001234"), "submitted", "elder", NOW)
        over = grown(request, "done", "platform", NOW)
        async with stores.turns.turn("oUser") as held:
            await stores.turns.keep(held, Outcome(Session(phone="13900005678"), requests=(over,)))


def test_a_user_is_named_once(env: dict[str, str]) -> None:
    for arguments in (("export",), ("forget",), ("export", "oUser", "--call", "1")):
        with pytest.raises(SettingError, match="name a USER"):
            operator(env, *arguments)
    with pytest.raises(NotFound, match="no call has this number"):
        operator(env, "forget", "--call", "1")


def test_what_is_kept_of_nobody_is_nothing(env: dict[str, str]) -> None:
    assert "一样也没记" in operator(env, "export", "oNobody")


def test_export_shows_it_and_is_noted_without_the_openid(env: dict[str, str], redis: RealServer) -> None:
    assert "13900005678" in operator(env, "export", "oUser")
    noted = redis.tell("LRANGE", "wenyanglao:audit:{log}:2026-11", 0, -1)
    assert len(noted) == 1
    assert b"data_export" in noted[0]
    assert b"oUser" not in noted[0]


def test_sweeping_says_what_it_did(env: dict[str, str]) -> None:
    assert operator(env, "sweep").endswith("nothing has been kept too long\n")
    told = operator(env, "sweep", "--as-of", "2027-06-01")
    assert "calls_with_persons\t1" in told
    assert "session\t1" in told
    assert "13700001234" not in operator(env, "export", "oUser")
    with pytest.raises(SettingError, match="--as-of"):
        operator(env, "sweep", "--as-of", "tomorrow")


def test_rotation_from_the_first_line_to_the_last(env: dict[str, str]) -> None:
    path = Path(env["DATA_KEYS_FILE"])
    old = path.read_text()
    assert "all was sealed with the first key" in operator(env, "rekey")
    path.write_text(key_line("k2") + old)
    told = operator(env, "rekey")
    assert "session\t1" in told
    assert "may be taken out of the file: k1" in told
    path.write_text(path.read_text().splitlines()[0])
    assert "13900005678" in operator(env, "export", "oUser")
    assert "k2:1" in operator(env, "inventory")


def test_without_keys_there_is_nothing_to_seal_with(env: dict[str, str], redis: RealServer) -> None:
    redis.tell("FLUSHALL")
    with pytest.raises(SettingError, match="DATA_KEYS_FILE is not set"):
        operator(env | {"DATA_KEYS_FILE": ""}, "rekey")


def test_a_lost_key_stops_everything_but_giving_up(env: dict[str, str]) -> None:
    operator(env, "export", "oUser")
    Path(env["DATA_KEYS_FILE"]).write_text(key_line("k9"))
    for command in (("export", "oUser"), ("forget", "oUser"), ("sweep",), ("rekey",)):
        with pytest.raises(SettingError, match="the key 'k1' is missing"):
            operator(env, *command)
    assert "k1:1" in operator(env, "inventory")
    with pytest.raises(SettingError, match="nothing is given up"):
        operator(env, "give-up", "k9")
    assert "session\t1" in operator(env, "give-up", "k1")
    assert "一样也没记" in operator(env, "export", "oUser")
