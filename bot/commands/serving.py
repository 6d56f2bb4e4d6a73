"""`serve` and `worker`: the processes that run until somebody ends them."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable
from typing import Annotated

import typer
from aiohttp import web

from bot import processes, serving
from bot.commands.lines import AsOf, settings_at
from bot.config import Settings
from bot.watching import logs

serving_cli = typer.Typer()


@serving_cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="where to listen")] = None,
    port: Annotated[int | None, typer.Option(help="the port")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="how many processes")] = 1,
    as_of: AsOf = None,
) -> None:
    """Serve WeChat, the try-it page, the look-up page and the JSON API."""
    settings = _serving(as_of, host=host, port=port)
    address = f"http://{settings.host}:{settings.port}"

    def ready() -> None:
        print(f"问养老: open {address}/try (staff: {address}/lookup, programs: {address}/api)", flush=True)

    if workers == 1:
        sockets = serving.bound(settings)
        asyncio.run(serving.serve(_made(settings), sockets, ready))
        return
    arguments = ["--as-of", as_of] if as_of else []
    raise typer.Exit(asyncio.run(processes.supervise(settings, workers, arguments, ready)))


@serving_cli.command("serve-worker", hidden=True)
def serve_worker(
    number: Annotated[int, typer.Option()],
    sockets: Annotated[list[int], typer.Option("--socket")],
    link: Annotated[int, typer.Option()],
    as_of: AsOf = None,
) -> None:
    """One process of `serve --workers`; started by it only."""
    settings = _serving(as_of)
    made = settings_at(as_of, metrics_bind=processes.next_port(settings.metrics_bind, number))
    asyncio.run(processes.work(_made(made), sockets, link))


@serving_cli.command()
def worker(as_of: AsOf = None) -> None:
    """Do the jobs and answer nobody: notices, platforms, calls that are late. `serve` does them too."""
    asyncio.run(_work(_serving(as_of)))


async def _work(settings: Settings) -> None:
    from bot import app  # noqa: PLC0415 - see `_made`

    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    async with app.worker(settings):
        print("worker: ready", flush=True)
        await ended.wait()


def _made(settings: Settings) -> Awaitable[web.Application]:
    # Who only looks after the others (`--workers`) needs nothing of it.
    from bot import app  # noqa: PLC0415

    return app.make_app(settings)


def _serving(as_of: str | None, **overrides: object) -> Settings:
    """The settings of a command that runs for long, which say what its log looks like."""
    settings = settings_at(as_of, **overrides)
    logs.configure(settings.log_format, settings.log_level, serving=True)
    return settings
