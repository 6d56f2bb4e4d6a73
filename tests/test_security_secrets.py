"""A server and a worker with a secret in every setting that takes one, in every kind of trouble: nobody reads a secret."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import typer
import yaml

from bot.__main__ import cli
from bot.config import load_settings
from bot.errors import BotError
from bot.store.connect import connect
from bot.wechat.accounts import load_accounts
from tests.storage import ROOT, RealServer, free_port, real_server, wait_until
from tests.wechat_side import WeChatSide

APP_ID: Final = "wxba5fad812f8e6fb9"
# Each is one word that stands nowhere else.
SECRETS: Final = {
    "REDIS_URL": "PlantedStorePassword0001",
    "WECHAT_TOKEN": "PlantedPushToken0002",
    "WECHAT_APP_SECRET": "PlantedAppSecret0003",
    "WECHAT_AES_KEY": "PlantedAesKey0004" + "x" * 25 + "A",
    "accounts token": "PlantedSecondToken0005",
    "accounts app_secret_file": "PlantedSecondSecret0006",
    "platforms secret": "PlantedPlatformSecret0007-0123456789",
    "RASA_URL": "PlantedRasaPassword0008",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "PlantedTracesPassword0009",
    "DATA_KEYS_FILE": base64.b64encode(b"PlantedDataKey0010".ljust(32, b"k")).decode(),
}  # fmt: skip
# Settings that hold no secret themselves; a new one must be put here or planted above.
PLAIN: Final = frozenset(
    {
        *(
            "BOT_HOST",
            "BOT_PORT",
            "BOT_DATA_DIR",
            "BOT_AS_OF",
            "BOT_DEFAULT_REGION",
            "PUBLIC_URL",
            "TRUSTED_PROXIES",
        ),
        *("WECHAT_APP_ID", "WECHAT_API_BASE", "WECHAT_ACCOUNTS", "SERVICE_PLATFORMS", "VOICE_MODEL_DIR"),
        *("METRICS_BIND", "LOG_FORMAT", "LOG_LEVEL"),
    }
)


def found_in(text: str) -> list[str]:
    return [name for name, secret in SECRETS.items() if secret in text]


def planted(folder: Path, redis_port: int) -> dict[str, str]:
    """The settings, with two files of secrets."""
    accounts, platforms, keys = folder / "accounts.yaml", folder / "platforms.yaml", folder / "keys"
    (folder / "app-secret").write_text(SECRETS["accounts app_secret_file"])
    second = {
        "name": "second",
        "app_id": "wx0000000000000002",
        "token": SECRETS["accounts token"],
        "app_secret_file": "app-secret",
    }
    accounts.write_text(yaml.safe_dump([second]))
    county = {
        "id": "wolong",
        "regions": ["411303"],
        "url": f"http://127.0.0.1:{free_port()}/",
        "secret": SECRETS["platforms secret"],
    }
    platforms.write_text(yaml.safe_dump([county]))
    keys.write_text(f"k1 {SECRETS['DATA_KEYS_FILE']}\n")
    for file in (accounts, platforms, keys, folder / "app-secret"):
        file.chmod(0o600)
    return {
        "REDIS_URL": f"redis://:{SECRETS['REDIS_URL']}@127.0.0.1:{redis_port}/0",
        "WECHAT_APP_ID": APP_ID,
        **{name: SECRETS[name] for name in ("WECHAT_TOKEN", "WECHAT_APP_SECRET", "WECHAT_AES_KEY")},
        "WECHAT_API_BASE": f"http://127.0.0.1:{free_port()}",
        "WECHAT_ACCOUNTS": str(accounts),
        "SERVICE_PLATFORMS": str(platforms),
        "DATA_KEYS_FILE": str(keys),
        "RASA_URL": f"http://rasa:{SECRETS['RASA_URL']}@127.0.0.1:{free_port()}",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://otel:{SECRETS['OTEL_EXPORTER_OTLP_ENDPOINT']}@127.0.0.1:{free_port()}",
        "LOG_LEVEL": "debug",
    }


@contextmanager
def started(folder: Path, log: Path, settings: Mapping[str, str], *command: str) -> Iterator[int]:
    """One command of the bot in a process of its own; gives its id."""
    home = folder / log.stem
    home.mkdir(exist_ok=True)
    with suppress(FileNotFoundError):
        shutil.copy(ROOT / "var" / "understanding.json", home)
    env = {"PATH": os.environ["PATH"], "BOT_DATA_DIR": str(home), **settings}
    with log.open("ab") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *command], cwd=ROOT, env=env, stdout=told, stderr=told
        )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def command_lines() -> str:
    """What everybody on this machine can read of every process."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(file.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
    return "\n".join(found)


ASKED: Final[tuple[tuple[str, str, str | None], ...]] = (
    ("GET", "/readyz", None),
    ("GET", "/api/openapi.json", None),
    ("GET", "/try", None),
    ("POST", "/try", "text=我妈83岁"),
    ("GET", "/desk/requests", None),
    ("POST", "/desk/sign-in", "id=s1&password=x"),
    ("GET", "/nothing", None),
    ("POST", "/wechat?signature=x&timestamp=1&nonce=2", "<xml>"),
    ("POST", "/wechat/second?signature=x", "<xml>"),
    ("POST", "/api/v1/talk", json.dumps({"user": "u", "text": "我妈83岁"})),
    ("POST", "/api/v1/parse", "{"),
    ("GET", "/api/v1/requests", None),
    ("POST", "/platform/callback", "{}"),
    ("GET", "/a/" + "x" * 24, None),
)


async def answered(http: aiohttp.ClientSession, url: str, method: str, path: str, body: str | None) -> str:
    headers = {"Content-Type": "application/json", "Authorization": "Bearer wyl_x"}
    async with http.request(method, url + path, data=body, headers=headers) as answer:
        return f"{answer.headers} {await answer.text()}"


async def trouble(url: str, port: int) -> str:
    """Every kind of error that somebody from outside can provoke; gives all that was answered."""
    async with aiohttp.ClientSession() as http:
        # At once, since each waits for a store that may be gone.
        told = await asyncio.gather(*(answered(http, url, *one) for one in ASKED))
    with closing(socket.create_connection(("127.0.0.1", port), 5)) as wire:
        wire.sendall(b"GE T / HTTP/1.1\r\nBad Header\r\n\r\n")
        return "\n".join([*told, wire.recv(65536).decode("utf-8", "replace")])


async def pushes(url: str) -> None:
    """Right ones, that make the bot ask Rasa and the platform's API, of which neither answers."""
    wechat = WeChatSide(url, SECRETS["WECHAT_TOKEN"], APP_ID, SECRETS["WECHAT_AES_KEY"])
    words = ("我妈83岁，低保，卧龙区的", "帮我妈约明天上午九点送饭")
    pushed = (wechat.push_text(f"oPlanted_Elder-0123456789ab{n}", text) for n, text in enumerate(words))
    # Late or not in time is not what is asked here.
    await asyncio.gather(*pushed, return_exceptions=True)


def test_no_secret_is_told_whatever_breaks(tmp_path: Path) -> None:
    port, logs = free_port(), (tmp_path / "server.log", tmp_path / "worker.log")
    with real_server(tmp_path, "--requirepass", SECRETS["REDIS_URL"]) as redis:
        settings = planted(tmp_path, redis.port)
        serve = ("serve", "--workers", "2", "--port", str(port))
        with started(tmp_path, logs[0], settings, *serve), started(tmp_path, logs[1], settings, "worker"):
            wait_until(
                lambda: all("ready" in one.read_text() or "/try" in one.read_text() for one in logs), 120
            )
            told, listed = whatever_breaks(f"http://127.0.0.1:{port}", port, redis)
    assert "serve-worker" in listed
    assert "PlantedStorePassword" not in listed
    assert not found_in(listed), "in a process list"
    assert not found_in(told), "in an answer"
    for log in logs:
        assert log.read_text().count("\n") > 1
        assert not found_in(log.read_text()), f"in {log.name}"


def whatever_breaks(url: str, port: int, redis: RealServer) -> tuple[str, str]:
    """All answers, first with the store and then without it, and the command lines meanwhile."""
    asyncio.run(pushes(url))
    told = [asyncio.run(trouble(url, port))]
    listed = command_lines()
    redis.stop()
    asyncio.run(pushes(url))
    told.append(asyncio.run(trouble(url, port)))
    return "\n".join(told), listed


def test_every_setting_is_planted_or_plain() -> None:
    from bot.config import Settings

    named = {str(one.validation_alias) for one in Settings.model_fields.values()}
    assert named == PLAIN | {name for name in SECRETS if name.isupper()}


# What may be typed there by mistake, and is told by nobody.
WRONG: Final = {
    "REDIS_URL": (
        f"redis:/:{SECRETS['REDIS_URL']}@host",
        f"{SECRETS['REDIS_URL']}",
        f"mysql://:{SECRETS['REDIS_URL']}@host",
        f"redis://:{SECRETS['REDIS_URL']}@host:port/0",
        f"redis://:{SECRETS['REDIS_URL']}@host/zero",
        f"redis://:{SECRETS['REDIS_URL']}@[::1/0",
        f"redis://:{SECRETS['REDIS_URL']}@host/0?password=x",
        f"redis+sentinel://:{SECRETS['REDIS_URL']}@host",
    ),
    "WECHAT_AES_KEY": (SECRETS["WECHAT_AES_KEY"][:-1], SECRETS["WECHAT_AES_KEY"] + "="),
    "RASA_URL": (SECRETS["RASA_URL"],),
    "OTEL_EXPORTER_OTLP_ENDPOINT": (SECRETS["OTEL_EXPORTER_OTLP_ENDPOINT"],),
}


async def named(**settings: str) -> None:
    """As far as a start reads them."""
    await connect(load_settings(**settings).store_url() or "")


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, all_ in WRONG.items() for value in all_])
async def test_a_wrong_setting_is_refused_without_its_value(name: str, value: str) -> None:
    with pytest.raises(BotError) as refused:
        await named(**{name: value})
    whole = "".join(traceback.format_exception(refused.value))
    assert not found_in(str(refused.value) + repr(refused.value) + whole.split("Traceback", 1)[0])
    assert not found_in(json.dumps(refused.value.as_json()))


def test_settings_and_accounts_show_no_secret(tmp_path: Path) -> None:
    settings = load_settings(**planted(tmp_path, 1), BOT_DATA_DIR=tmp_path)
    accounts = load_accounts(settings)
    shown = f"{settings!r} {settings} {accounts!r} {settings.model_dump_json()} {settings.model_dump()!r}"
    assert not found_in(shown)


def options() -> Iterator[tuple[str, Any]]:
    def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
        if not hasattr(command, "list_commands"):
            yield from ((path, parameter) for parameter in command.params)
            return
        for name in command.list_commands(None):
            yield from walk(command.get_command(None, name), f"{path} {name}".strip())

    yield from walk(typer.main.get_command(cli), "")


# These look like secrets and are none: an id of a key, files of keys, a switch.
NO_SECRETS: Final = {
    ("data give-up", "key"),
    ("backup make", "recipients"),
    ("backup check", "identity"),
    ("backup restore", "identity"),
    ("staff reset", "new_phone"),
}


def test_no_command_takes_a_secret_as_an_argument() -> None:
    """Whoever lists the processes would read it."""
    suspicious = (
        "password",
        "secret",
        "token",
        "key",
        "code",
        "identity",
        "recipient",
        "credential",
        "phone",
    )
    for command, parameter in options():
        if any(word in (parameter.name or "") for word in suspicious):
            assert (command, parameter.name) in NO_SECRETS, f"{command} {parameter.name}"


def test_a_store_with_a_password_need_not_be_named_on_the_command_line(tmp_path: Path) -> None:
    with real_server(tmp_path) as redis:
        command = [sys.executable, "-m", "bot", "talk", "--jsonl", "--store", "REDIS_URL"]
        env = {"PATH": os.environ["PATH"], "BOT_DATA_DIR": str(tmp_path), "REDIS_URL": redis.url}
        said = '{"user": "u1", "text": "我妈83岁"}\n'
        ended = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, input=said, timeout=120
        )
        assert ended.returncode == 0, ended.stderr
        assert redis.tell("DBSIZE")
