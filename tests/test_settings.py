"""The settings: what stands in the environment, what a caller gives instead, and what is refused without its value."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.config import SHANGHAI, Settings, load_settings
from bot.errors import SettingError

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty environment, and a folder without a `.env`."""
    for name in list(os.environ):
        if name.startswith(("BOT_", "WECHAT_")) or name in ("REDIS_URL", "RASA_URL"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_without_any_it_serves_on_loopback_and_asks_nobody() -> None:
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.redis_url is None
    assert settings.rasa_url is None
    assert settings.default_region is None
    assert settings.wechat_missing() == ("WECHAT_APP_ID", "WECHAT_TOKEN")


def test_the_environment_is_read_and_an_empty_value_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PORT", "9000")
    monkeypatch.setenv("BOT_DEFAULT_REGION", "")
    monkeypatch.setenv("REDIS_URL", "")
    settings = load_settings()
    assert settings.port == 9000
    assert settings.default_region is None
    assert settings.redis_url is None


def test_the_file_beside_the_program_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("BOT_PORT=9000\nBOT_HOST=0.0.0.0\nSOMETHING_ELSE=1\n", encoding="utf-8")
    monkeypatch.setenv("BOT_PORT", "9001")
    settings = load_settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)  # noqa: S104 - what the file says


def test_what_a_caller_gives_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PORT", "9000")
    assert load_settings(port=9100, host=None).port == 9100
    assert load_settings(port=9100, host=None).host == "127.0.0.1"


@pytest.mark.parametrize(
    ("written", "hour", "offset"),
    [
        ("2026-11-21T09:00:00", 9, 8),
        ("2026-11-21T09:00:00+08:00", 9, 8),
        ("2026-11-21T01:00:00Z", 1, 0),
    ],
)
def test_a_moment_without_an_offset_is_in_china(
    monkeypatch: pytest.MonkeyPatch, written: str, hour: int, offset: int
) -> None:
    monkeypatch.setenv("BOT_AS_OF", written)
    now = load_settings().now()
    assert now.hour == hour
    assert now.utcoffset() == timedelta(hours=offset)


def test_without_a_fixed_moment_it_is_now_in_china() -> None:
    before = datetime.now(SHANGHAI)
    now = load_settings().now()
    assert before <= now <= datetime.now(SHANGHAI)
    assert now.utcoffset() == timedelta(hours=8)


# the setting, a wrong value, a word of the mend
WRONG = [
    ("BOT_PORT", "many", "integer"),
    ("BOT_PORT", "-1", "greater than or equal to 0"),
    ("BOT_PORT", "65536", "less than or equal to 65535"),
    ("BOT_AS_OF", "yesterday", "datetime"),
    ("REDIS_URL", "secret-host:6379", "it is an address such as scheme://host:port"),
    ("RASA_URL", "secret-host", "it is an address"),
    ("WECHAT_API_BASE", "secret-host", "it is an address"),
    ("WECHAT_AES_KEY", "secret-too-short", "EncodingAESKey"),
    ("WECHAT_AES_KEY", "!" * 43, "EncodingAESKey"),
    ("WECHAT_AES_KEY", KEY + "x", "EncodingAESKey"),
    ("WECHAT_AES_KEY", "密" * 43, "WECHAT_AES_KEY"),
]


@pytest.mark.parametrize(("name", "value", "says"), WRONG, ids=[f"{w[0]}={w[1][:12]}" for w in WRONG])
def test_a_wrong_one_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as refused:
        load_settings()
    assert name in refused.value.message
    assert says in refused.value.message
    assert value not in refused.value.message or value == "-1"
    assert refused.value.__cause__ is None


def test_all_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PORT", "many")
    monkeypatch.setenv("RASA_URL", "nowhere")
    with pytest.raises(SettingError) as refused:
        load_settings()
    assert {line.partition(":")[0] for line in refused.value.message.splitlines()} == {"BOT_PORT", "RASA_URL"}


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WECHAT_TOKEN", "a-token")
    monkeypatch.setenv("WECHAT_AES_KEY", KEY)
    monkeypatch.setenv("REDIS_URL", "redis://:a-password@host:6379")
    shown = repr(load_settings())
    assert "a-token" not in shown
    assert KEY not in shown
    assert "a-password" not in shown


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"wechat_app_id": "wx1"}, ("WECHAT_TOKEN",)),
        ({"wechat_token": "t"}, ("WECHAT_APP_ID",)),
        ({"wechat_app_id": "wx1", "wechat_token": "t"}, ()),
    ],
)
def test_wechat_says_what_it_still_needs(given: dict[str, str], missing: tuple[str, ...]) -> None:
    settings: Settings = load_settings(**given)
    assert settings.wechat_missing() == missing
