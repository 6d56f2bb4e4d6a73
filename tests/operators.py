"""Runs the commands of `python -m bot wechat` against a platform of our own on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from structlog.testing import capture_logs
from typer.testing import CliRunner

from bot.errors import BotError, SettingError
from bot.wechat.commands import wechat_cli
from tests.platform.account import AccountSide
from tests.platform.api_side import ApiSide

APP_ID = "wxba5fad812f8e6fb9"
SECRET = "the-app-secret"  # noqa: S105 - of the platform's side here
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Told:
    """What the operator gets: the exit code of `bot.__main__`, and the two streams."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody with a shell in `folder` and these settings, and the platform's side of the account."""

    platform: ApiSide
    account: AccountSide
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def runs(self, *arguments: str, typed: str = "", **settings: str | None) -> Told:
        """Runs `python -m bot wechat …`; in a thread, for a browser's loop may run in this one."""
        runner, env = CliRunner(), {**self.settings, **settings}
        # The program logs to its own stderr.
        with capture_logs(), ThreadPoolExecutor(1) as pool:
            done = pool.submit(runner.invoke, wechat_cli, arguments, typed, env).result(PATIENCE_S)
        if isinstance(error := done.exception, BotError):
            return Told(2 if isinstance(error, SettingError) else 1, done.stdout, error.message)
        if error and not isinstance(error, SystemExit):
            raise error
        return Told(done.exit_code, done.stdout, done.stderr)


@contextlib.contextmanager
def operator(folder: Path, *others: AccountSide) -> Iterator[Operator]:
    """Starts the platform with the main account and others; commands start the store by themselves."""
    account = AccountSide(APP_ID, secret=SECRET)
    platform = ApiSide([account, *others])
    with _loop() as loop:
        asyncio.run_coroutine_threadsafe(platform.__aenter__(), loop).result(PATIENCE_S)
        try:
            yield Operator(platform, account, folder, _settings(platform, folder))
        finally:
            end = platform.__aexit__(None, None, None)
            asyncio.run_coroutine_threadsafe(end, loop).result(PATIENCE_S)


def _settings(platform: ApiSide, folder: Path) -> Mapping[str, str]:
    return {
        "WECHAT_APP_ID": APP_ID,
        "WECHAT_TOKEN": "AAAAA",
        "WECHAT_APP_SECRET": SECRET,
        "WECHAT_API_BASE": platform.url,
        "BOT_DATA_DIR": str(folder / "var"),
        # Wide enough that no line of help or error is broken.
        "COLUMNS": "200",
    }


@contextlib.contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="the platform", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE_S)
        loop.close()
