"""The commands of operators on what is kept: export, forget, sweep, rekey, give-up, inventory."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

import typer

from bot import forgetting
from bot.access import audit
from bot.booking.numbers import read
from bot.catalog.load import load_catalog
from bot.config import SHANGHAI, Settings, load_settings
from bot.dialogue.my_data import Kept
from bot.errors import BotError, NotFound, SettingError
from bot.links import Links
from bot.retention import sweep
from bot.store.connect import Stores, opened
from bot.store.data_keys import SETTING
from bot.store.inventory import counted
from bot.store.limits import Limits
from bot.store.rekey import give_up, rekey
from bot.store.scripts import digest
from bot.store.terms import load_terms
from bot.store.user_data import OfUser

data_cli = typer.Typer(help="What is kept of people: export, erase, retention, keys.", no_args_is_help=True)
_T = TypeVar("_T")
# Nobody stands at a door for what an operator asks.
_PATIENT = Limits(command_s=30.0)
User = Annotated[
    str, typer.Argument(metavar="USER", help="the openid; account/openid of one of several accounts")
]
Call = Annotated[
    str, typer.Option("--call", help="instead of USER: whoever asked for the call of this number")
]


@data_cli.command("export")
def export(
    user: User = "",
    call: Call = "",
    as_json: Annotated[bool, typer.Option("--json", help="all of it, as JSON")] = False,
) -> None:
    """Print all that is kept of a user; noted in the audit log before."""

    async def told(stores: Stores, settings: Settings) -> str:
        who = await _who(stores, user, call)
        await audit.note(stores.audit, settings.now(), audit.OPERATOR, "data_export", user=digest(who))
        return await (_as_json if as_json else _as_text)(stores, settings, who)

    typer.echo(_run(told).encode("utf-8", "replace").decode())


@data_cli.command("forget")
def forget(user: User = "", call: Call = "") -> None:
    """Erase all that is kept of a user, as 删除我的资料 does; calls that nobody has set out for are called off."""

    async def forgotten(stores: Stores, settings: Settings) -> list[str]:
        who = await _who(stores, user, call)
        await audit.note(stores.audit, settings.now(), audit.OPERATOR, "data_erase", user=digest(who))
        left = await forgetting.forget(stores, settings, load_catalog(), who)
        await stores.server.rewrite_log()
        return left

    left = _run(forgotten)
    typer.echo("erased")
    if left:
        typer.echo(f"under way, nobody may come: tell them: {' '.join(left)}")


@data_cli.command("sweep")
def sweep_now(
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="as if it were then, such as 2027-06-01")
    ] = None,
) -> None:
    """Let go of what has been kept long enough, as every night; says what was done, by kind."""
    moment = _moment(as_of)

    async def swept(stores: Stores, settings: Settings) -> str:
        ahead = moment - datetime.now(SHANGHAI) if moment else timedelta()
        done = await sweep(stores, load_terms(), moment or settings.now(), ahead)
        if done is None:
            raise BotError("another process sweeps now; look again in a minute", code="busy")
        return _table(Counter(done)) or "nothing has been kept too long"

    typer.echo(_run(swept))


@data_cli.command("rekey")
def rekey_now() -> None:
    """Seal everything anew with the first key, beside running servers; said again, it goes on where it ended."""

    async def done(stores: Stores, _: Settings) -> str:
        if not stores.server.sealer.ids():
            raise SettingError(f"{SETTING} is not set, so there is no key to seal with; name a file of keys")
        told = await rekey(stores.server)
        retired = (
            f"no longer needed, may be taken out of the file: {' '.join(told.retired)}"
            if told.retired
            else ""
        )
        lost = f"sealed with keys that are not in the file:\n{_table(told.lost)}" if told.lost else ""
        return "\n".join(
            filter(None, (_table(told.done) or "all was sealed with the first key", lost, retired))
        )

    typer.echo(_run(done))


@data_cli.command("give-up")
def give_up_now(
    key: Annotated[str, typer.Argument(metavar="ID", help="the id of the key that is lost")],
) -> None:
    """Erase what was sealed with a key that is lost for good; nobody can read it, and nobody can bring it back."""

    async def done(stores: Stores, _: Settings) -> str:
        try:
            return _table(await give_up(stores.server, key)) or "nothing was sealed with it"
        except ValueError:
            raise SettingError(
                f"{key} is in {SETTING}; what it sealed can be read, and nothing is given up"
            ) from None

    typer.echo(_run(done, checked=False))


@data_cli.command("inventory")
def inventory() -> None:
    """How many values of each family are kept, and sealed with which key; what each is: deploy/personal-data.md."""

    async def told(stores: Stores, _: Settings) -> str:
        rows = await counted(stores.server)
        lines = [
            "\t".join(
                (
                    row.name,
                    str(row.keys),
                    str(row.values),
                    " ".join(f"{key or 'plain'}:{n}" for key, n in row.sealed),
                )
            )
            for row in rows
        ]
        return "\n".join(("family\tkeys\tvalues\tsealed with", *lines))

    typer.echo(_run(told, checked=False))


async def _as_json(stores: Stores, _: Settings, who: str) -> str:
    links = await Links(stores.keyring, stores.shelf).count(who)
    return json.dumps(
        {**await OfUser(stores.server, who).as_data(), "links": links}, ensure_ascii=False, indent=2
    )


async def _as_text(stores: Stores, settings: Settings, who: str) -> str:
    mine = OfUser(stores.server, who)
    kept = Kept(
        await mine.session(), await mine.requests(), len(await mine.notices()), bool(await mine.staff())
    )
    return "\n".join(kept.lines(load_catalog(), settings.now()))


async def _who(stores: Stores, user: str, call: str) -> str:
    """Whom is meant: Message.who."""
    if bool(user) == bool(call):
        raise SettingError("name a USER, or with --call the number of one of their calls")
    request = await stores.requests.find(read(call) or call) if call else None
    if call and request is None:
        raise NotFound("no call has this number; read it again")
    return request.who if request else user


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise SettingError("--as-of: write a day or a moment such as 2027-06-01T03:00:00+08:00") from None
    return moment.replace(tzinfo=SHANGHAI) if moment and moment.tzinfo is None else moment


def _table(counts: Counter[str]) -> str:
    return "\n".join(f"{kind}\t{count}" for kind, count in sorted(counts.items()) if count)


def _run(work: Callable[[Stores, Settings], Awaitable[_T]], *, checked: bool = True) -> _T:
    async def done() -> _T:
        settings = load_settings()
        async with opened(*settings.store_at(), checked=checked, limits=_PATIENT) as stores:
            return await work(stores, settings)

    return asyncio.run(done())
