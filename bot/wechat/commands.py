"""The commands of operators for an official account: its menu, posters with its code, and a stand-in to try it with."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import aiohttp
import typer

from bot.catalog.load import load_catalog
from bot.catalog.model import Region
from bot.config import Settings, load_settings
from bot.errors import BotError, SettingError
from bot.stand_ins import simulator
from bot.store.connect import opened
from bot.wechat import menu as menus
from bot.wechat import poster as posters
from bot.wechat.accounts import Account, load_accounts, the_account
from bot.wechat.api import Api
from bot.wechat.tokens import Tokens

_SIMULATOR = "tests.platform.simulate"
_API_PORT = 8090

wechat_cli = typer.Typer(help="The official account: menu, posters, and trying it out.", no_args_is_help=True)
Name = Annotated[
    str, typer.Option("--account", help="one of several accounts, by its name in WECHAT_ACCOUNTS")
]


@wechat_cli.command("menu")
def menu(
    account: Name = "",
    show: Annotated[bool, typer.Option("--show", help="only tell which menu stands")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only tell what would be sent")] = False,
) -> None:
    """Push the account's menu from its file, and tell what stands then."""
    settings = load_settings()
    chosen = the_account(load_accounts(settings), account)
    if show:
        _tell(asyncio.run(_standing(settings, chosen)))
        return
    wanted = _menu(chosen)
    if dry_run:
        typer.echo(json.dumps(wanted, ensure_ascii=False, indent=2))
        return
    _tell(asyncio.run(_pushed(settings, chosen, wanted)))


def _menu(account: Account) -> dict[str, Any]:
    read = menus.load_menu(account.menu)
    for name in menus.cut_names(read):
        typer.echo(f"{account.menu.name}: {name} is long, a phone shows only its beginning", err=True)
    return menus.menu_json(read)


def _tell(buttons: list[dict[str, Any]]) -> None:
    typer.echo("The menu stands as follows." if buttons else "The account has no menu.")
    for line in menus.in_words(buttons):
        typer.echo(line)


async def _standing(settings: Settings, account: Account) -> list[dict[str, Any]]:
    async with _api(settings, account) as api:
        return menus.standing(await api.get_menu() or {})


async def _pushed(settings: Settings, account: Account, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    async with _api(settings, account) as api:
        await api.put_menu(wanted)
        found = menus.standing(await api.get_menu() or {})
    if found != wanted["button"]:
        raise BotError("the platform took the menu but tells another one; look again with --show in a minute")
    return found


@wechat_cli.command("poster")
def poster(
    region: Annotated[
        str, typer.Argument(help="the code or the name of a place in regions.yaml, such as 411303")
    ],
    account: Name = "",
    community: Annotated[str | None, typer.Option(help="the community where it will hang")] = None,
    out: Annotated[Path | None, typer.Option(help="the file to write")] = None,
) -> None:
    """Make a poster for print (A4) with the account's code for a region or a community."""
    settings, catalog = load_settings(), load_catalog()
    code, place = _known(catalog.region(region))
    scene = posters.scene(code, community)
    path = _writable(out or Path(posters.file_name(code, community)))
    chosen = the_account(load_accounts(settings, catalog.regions), account)
    url = asyncio.run(_code(settings, chosen, scene))
    _write(path, posters.poster_html(place, community, url))
    typer.echo(f"{path}: open it in a browser and print it on A4. The code holds {scene}.")
    if place.list is None:
        typer.echo(f"{place.full}: no list of ours covers it, the bot will name 12345", err=True)


def _known(place: Region) -> tuple[str, Region]:
    if place.code is None or place.name == place.code:
        raise SettingError(
            f"{place.name!r} is no place of regions.yaml; give a code such as 411303, or add it there"
        )
    return place.code, place


def _writable(path: Path) -> Path:
    """Looked at before a code is asked for: an account has only so many for ever."""
    if not path.parent.is_dir() or path.is_dir():
        raise SettingError(f"--out: {path} cannot be written; name a file in a folder that is there")
    return path


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise SettingError(f"--out: {path} cannot be written ({error.strerror}); name another file") from None


async def _code(settings: Settings, account: Account, scene: str) -> str:
    async with _api(settings, account) as api:
        return (await api.qr_ticket(scene)).url


@contextlib.asynccontextmanager
async def _api(settings: Settings, account: Account) -> AsyncIterator[Api]:
    """The API of the account; its token is shared with the running server through the store."""
    if account.app_secret is None:
        raise SettingError(_how_to_set(account))
    base, store = settings.wechat_api_base, opened(*settings.store_at())
    async with store as stores, aiohttp.ClientSession() as http:
        yield Api(account, http, Tokens(account, http, stores.shelf, base), base)


def _how_to_set(account: Account) -> str:
    where = f"WECHAT_ACCOUNTS: app_secret of {account.name}" if account.name else "WECHAT_APP_SECRET"
    return f"{where} is missing; set it, from the account's page (AppSecret)"


@wechat_cli.command("simulate")
def simulate(
    url: Annotated[str | None, typer.Option(help="the server's door, else as the settings say")] = None,
    account: Name = "",
    user: Annotated[str, typer.Option(help="who writes")] = "somebody-at-the-terminal",
    api_port: Annotated[
        int | None, typer.Option(help="where its API listens, else the port of WECHAT_API_BASE, else 8090")
    ] = None,
) -> None:
    """Talk to a running server as WeChat would; the server's WECHAT_API_BASE names http://127.0.0.1:8090."""
    settings = load_settings()
    chosen = the_account(load_accounts(settings), account)
    main, port = simulator(_SIMULATOR), _port(settings) if api_port is None else api_port
    door = f"http://{settings.host}:{settings.port}/wechat"
    talk = main(
        url or (f"{door}/{account}" if account else door),
        chosen.token.get_secret_value(),
        chosen.app_id,
        chosen.aes_key.get_secret_value() if chosen.aes_key else None,
        port,
        user,
        now=lambda: settings.now().timestamp(),
    )
    try:
        asyncio.run(talk)
    except OSError as error:
        raise SettingError(f"--api-port: cannot listen on {port} ({error.strerror}); name another") from None


def _port(settings: Settings) -> int:
    """Where the server of these settings looks for the API, if that is this machine."""
    base = urlsplit(settings.wechat_api_base)
    return base.port or _API_PORT if base.hostname in ("127.0.0.1", "localhost") else _API_PORT
