"""The commands: serve, worker, talk, screen, parse, lists, catalog, wechat, requests, staff, platform."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import structlog
import typer
from aiohttp import web

from bot import app, contract, terminal
from bot.bodies import strict_object
from bot.catalog.load import CATALOG_DATA, load_catalog
from bot.config import Settings, load_settings
from bot.dispatch.commands import platform_cli
from bot.dispatch.record_commands import requests_cli
from bot.dispatch.staff_commands import staff_cli
from bot.errors import BadValue, BotError, SettingError
from bot.wechat.commands import wechat_cli

_T = TypeVar("_T")
cli = typer.Typer(
    help="问养老: tells elders which care services they are entitled to.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
catalog_cli = typer.Typer(help="The catalog of lists.", no_args_is_help=True)
cli.add_typer(catalog_cli, name="catalog")
cli.add_typer(wechat_cli, name="wechat")
cli.add_typer(requests_cli, name="requests")
cli.add_typer(staff_cli, name="staff")
cli.add_typer(platform_cli, name="platform")

AsOf = Annotated[str | None, typer.Option("--as-of", help='a fixed "now", such as 2026-11-21T09:00:00+08:00')]
Lines = Annotated[bool, typer.Option("--jsonl", help="read JSON lines, write JSON lines")]


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="where to listen")] = None,
    port: Annotated[int | None, typer.Option(help="the port")] = None,
    as_of: AsOf = None,
) -> None:
    """Serve WeChat, the try-it page, the look-up page and the JSON API."""
    settings = _settings(as_of, host=host, port=port)
    address = f"http://{settings.host}:{settings.port}"

    def ready(*_: object) -> None:
        print(f"问养老: open {address}/try (staff: {address}/lookup, programs: {address}/api)", flush=True)

    try:
        web.run_app(
            app.make_app(settings), host=settings.host, port=settings.port, print=ready, access_log=None
        )
    except OSError as error:
        place = f"{settings.host}:{settings.port}"
        raise SettingError(
            f"BOT_HOST, BOT_PORT: cannot listen on {place} ({error.strerror}); name another"
        ) from None


@cli.command()
def worker(as_of: AsOf = None) -> None:
    """Do the jobs and answer nobody: notices, platforms, calls that are late. `serve` does them too."""
    asyncio.run(_work(_settings(as_of)))


async def _work(settings: Settings) -> None:
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    async with app.worker(settings):
        print("worker: ready", flush=True)
        await ended.wait()


@cli.command()
def talk(
    jsonl: Lines = False,
    store: Annotated[str | None, typer.Option(help="a Redis URL to keep the sessions in")] = None,
    as_of: AsOf = None,
) -> None:
    """Talk with the bot in the terminal; taps are numbers."""
    settings = _settings(as_of)
    chat = terminal.Chat(settings, load_catalog(), app.understanding, store)
    if jsonl:
        raise typer.Exit(asyncio.run(_each_talked(chat)))
    asyncio.run(chat.with_a_person())


async def _each_talked(chat: terminal.Chat) -> int:
    async with chat.open():
        return await _each(chat.answer)


@cli.command()
def screen(jsonl: Lines = True, as_of: AsOf = None) -> None:
    """Judge elders by their list: {"id", "facts"} a line in, all entries with reasons a line out."""
    catalog, today = load_catalog(), _settings(as_of).now().date()

    async def one(body: dict[str, Any]) -> dict[str, Any]:
        return contract.screen(_part(body, "facts", dict), _part(body, "id", str, ""), catalog, today)

    raise typer.Exit(asyncio.run(_each(one)))


@cli.command()
def parse(jsonl: Lines = True, as_of: AsOf = None) -> None:
    """Understand texts: {"id", "text", "context"} a line in, intent and facts a line out."""
    raise typer.Exit(asyncio.run(_each_parsed(_settings(as_of))))


async def _each_parsed(settings: Settings) -> int:
    async with app.understanding(settings, load_catalog()) as engine:

        async def one(body: dict[str, Any]) -> dict[str, Any]:
            text, context = _part(body, "text", str), contract.context(body)
            heard = await engine.understand(text, context, settings.now())
            return contract.parsed(_part(body, "id", str, ""), heard)

        return await _each(one)


@cli.command()
def lists(as_json: Annotated[bool, typer.Option("--json", help="all lists as JSON")] = False) -> None:
    """The lists that the bot knows."""
    told = contract.lists(load_catalog())
    if as_json:
        _write(told)
        return
    for one in told["lists"]:
        print(f"{one['id']}\t{one['document']}\t{one['title']}\t{len(one['items'])}")


@catalog_cli.command("check")
def catalog_check(
    folder: Annotated[Path, typer.Argument(help="the folder to check")] = CATALOG_DATA,
) -> None:
    """Check catalog_data/: every finding with file, line and how to mend it."""
    catalog = load_catalog(folder)
    items = sum(len(one.items) for one in catalog.lists.values())
    print(
        f"{folder.name}: {len(catalog.lists)} lists, {items} entries, {len(catalog.services)} services: all is well"
    )


async def _each(one: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]) -> int:
    """Answers every line in its order; a line that cannot be answered gets its error and the run goes on."""
    failed = False
    for line in _lines():
        if not line.strip():
            continue
        try:
            _write(await one(strict_object(line)))
        except BotError as error:
            failed = True
            _write(error.as_json())
    return 1 if failed else 0


def _lines() -> Iterable[bytes | str]:
    """Standard input as bytes, so that a line that is not UTF-8 is answered as any other wrong line."""
    return getattr(sys.stdin, "buffer", sys.stdin)


def _part(body: dict[str, Any], name: str, kind: type[_T], default: _T | None = None) -> _T:
    value = body.get(name, default)
    if not isinstance(value, kind):
        raise BadValue(f"{name} is missing or of the wrong kind", field=name)
    return value


def _write(answer: dict[str, Any]) -> None:
    text = json.dumps(answer, ensure_ascii=False)
    sys.stdout.write(text.encode("utf-8", "replace").decode() + "\n")
    sys.stdout.flush()


def _settings(as_of: str | None, **overrides: object) -> Settings:
    if as_of is not None:
        try:
            overrides["as_of"] = datetime.fromisoformat(as_of)
        except ValueError:
            raise SettingError("--as-of: write a moment such as 2026-11-21T09:00:00+08:00") from None
    return load_settings(**overrides)


def _logs_to_stderr() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


def main() -> None:
    """0 done, 1 some line had an error or the catalog is broken, 2 wrong usage or setting."""
    _logs_to_stderr()
    try:
        cli()
    except BotError as error:
        print(error.message, file=sys.stderr)
        sys.exit(2 if isinstance(error, SettingError) else 1)


if __name__ == "__main__":
    main()
