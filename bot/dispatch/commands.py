"""The commands of operators for the counties' platforms: a stand-in to try them with, and the list of dead letters."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import urlsplit

import aiohttp
import typer

from bot.catalog.load import load_catalog
from bot.config import Settings, load_settings
from bot.dispatch.callbacks import PATH
from bot.dispatch.lines import line_of
from bot.dispatch.platforms import SETTING, Platform, Platforms, load_platforms
from bot.dispatch.sending import Outcome, Sender
from bot.errors import NotFound, SettingError
from bot.stand_ins import simulator
from bot.store.connect import Stores, opened
from bot.store.port import Line

_SIMULATOR = "tests.service_platform.simulate"
_PORT = 8095
_TOLD: dict[Outcome, str] = {
    "sent": "received",
    "nothing": "nothing to send: its platform knows all, or it has none",
    "busy": "is being sent by somebody else, or its platform asked to wait; look again in a moment",
    "failed": "not received; the log says why",
    "dead": "not received; the log says why",
}

platform_cli = typer.Typer(help="The counties' service platforms.", no_args_is_help=True)
dead_cli = typer.Typer(help="Calls that never arrived at their platform.", no_args_is_help=True)
platform_cli.add_typer(dead_cli, name="dead")
Months = Annotated[
    int, typer.Option(help="also calls that were over in so many months, this one first", min=0)
]


@dead_cli.command("list")
def dead_list(months: Months = 2) -> None:
    """Each call that did not arrive: number, service, place, state, when it was changed last."""
    for line in asyncio.run(_listed(load_settings(), months)):
        typer.echo("\t".join((line.id, line.service, line.region or "", line.state, line.changed)))


@dead_cli.command("resend")
def dead_resend(
    number: Annotated[str, typer.Argument(help="the call's number; without it, all of the list")] = "",
    months: Months = 2,
) -> None:
    """Send now what did not arrive; 1 where something still does not."""
    outcomes = asyncio.run(_resent(load_settings(), number, months))
    for resent, outcome in outcomes.items():
        typer.echo(f"{resent}\t{_TOLD[outcome]}")
    if set(outcomes.values()) - {"sent", "nothing"}:
        raise typer.Exit(1)


@platform_cli.command("simulate")
def simulate(
    platform: Annotated[
        str, typer.Option("--platform", help="its id in SERVICE_PLATFORMS, else the first")
    ] = "",
    server: Annotated[str, typer.Option(help="the bot's address, else as the settings say")] = "",
    port: Annotated[
        int | None, typer.Option(help="where to listen, else the port of the platform's url")
    ] = None,
) -> None:
    """Be a county's platform: see calls arrive, report back; its url in SERVICE_PLATFORMS is on this machine."""
    settings = load_settings()
    chosen = _the_platform(load_platforms(settings), platform)
    listens = _port(chosen) if port is None else port
    talk = simulator(_SIMULATOR)(
        chosen.id,
        chosen.secret.get_secret_value(),
        listens,
        (server or f"http://{settings.host}:{settings.port}").rstrip("/") + PATH,
        now=lambda: settings.now().timestamp(),
    )
    try:
        asyncio.run(talk)
    except OSError as error:
        raise SettingError(f"--port: cannot listen on {listens} ({error.strerror}); name another") from None


def _the_platform(platforms: Platforms, id_: str) -> Platform:
    if found := platforms.named(id_) if id_ else next(iter(platforms), None):
        return found
    others = ", ".join(one.id for one in platforms) or f"none; {SETTING} names a file of them"
    raise SettingError(f"--platform: there is no such platform; there are: {others}")


def _port(platform: Platform) -> int:
    parts = urlsplit(platform.url)
    return parts.port or _PORT if parts.hostname in ("127.0.0.1", "localhost") else _PORT


async def _listed(settings: Settings, months: int) -> list[Line]:
    async with opened(*settings.store_at()) as stores:
        return await dead_letters(stores, settings, months)


async def dead_letters(stores: Stores, settings: Settings, months: int) -> list[Line]:
    """The lines of what never arrived, the oldest change first; of what is over, that of the last `months`."""
    now, lines = settings.now(), list(await stores.requests.open())
    for back in range(months):
        count = now.year * 12 + now.month - 1 - back
        lines += await stores.requests.over(f"{count // 12}-{count % 12 + 1:02}")
    return sorted((line for line in lines if line.dispatch == "dead"), key=lambda line: line.changed)


async def _resent(settings: Settings, number: str, months: int) -> dict[str, Outcome]:
    async with (
        opened(*settings.store_at()) as stores,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        catalog = load_catalog()
        platforms = load_platforms(settings, catalog.regions)
        sender = Sender(stores.requests, platforms, http, catalog, settings.now, stores.shelf)
        wanted = [number] if number else [one.id for one in await dead_letters(stores, settings, months)]
        outcomes: dict[str, Outcome] = {}
        for one in wanted:
            outcomes[one] = await sender.send(one, last=True)
            request = await stores.requests.find(one)
            if request is None:
                raise NotFound(f"there is no call {number!r}; see `platform dead list`", field="number")
            await stores.requests.enter(line_of(request, catalog, await sender.dispatch_of(request)))
        return outcomes
