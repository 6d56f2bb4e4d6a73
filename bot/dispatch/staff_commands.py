"""The commands of operators for those who serve: who they are, their places, their bind codes and API tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Annotated, Literal, TypeVar

import typer

from bot.access import audit, first_password
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.config import load_settings
from bot.dispatch import tokens
from bot.dispatch.staff import Codes
from bot.errors import NotFound, SettingError
from bot.models import Staff
from bot.store.connect import Stores, opened

staff_cli = typer.Typer(
    help="Who serves: names, roles, places, bind codes, API tokens.", no_args_is_help=True
)
_LONGEST_NAME = 20
_T = TypeVar("_T")

Id = Annotated[str, typer.Argument(metavar="ID", help="as `staff list` shows it")]
Areas = Annotated[
    list[str] | None,
    typer.Option(
        "--area",
        help="a place by code or name, such as 411303; a city's holds for its counties; again for more",
    ),
]
Role = Literal["hotline", "worker", "lead", "editor", "admin"]


@staff_cli.command("add")
def add(
    name: Annotated[str, typer.Argument(help="who it is; elders are told the surname only")],
    role: Annotated[Role, typer.Option(help="what they do")],
    area: Areas = None,
) -> None:
    """Add somebody, and print their id, a code to bind their WeChat and a password for their first sign-in."""
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME:
        raise SettingError(f"NAME: write a name of 1 to {_LONGEST_NAME} characters")
    areas = _codes(load_catalog(), area or ())

    async def added(stores: Stores) -> tuple[str, str, str]:
        staff_id = _next_id(await stores.staff.all())
        await _note(stores, "staff_added", staff_id)
        await stores.staff.add(Staff(staff_id, name, role, areas))
        code = await Codes(stores.staff, stores.shelf).issue(staff_id)
        return staff_id, code, await first_password.issue(stores.keyring, stores.shelf, staff_id)

    staff_id, code, password = _run(added)
    typer.echo(f"{staff_id}\t{name}\t{role}\t{' '.join(areas)}")
    _tell_code(code)
    _tell_password(password)


@staff_cli.command("list")
def list_() -> None:
    """Everybody, whether they have bound a WeChat, and whether they still serve."""
    for one in _run(lambda stores: stores.staff.all()):
        bound = "bound" if one.user else "not bound"
        states = bound if one.active else "disabled"
        typer.echo(f"{one.id}\t{one.name}\t{one.role}\t{' '.join(one.areas)}\t{states}")


@staff_cli.command("code")
def code(staff_id: Id) -> None:
    """Print a new bind code for somebody; the one before holds no more."""

    async def issued(stores: Stores) -> str:
        if not (await _known(stores, staff_id)).active:
            raise SettingError(f"{staff_id} is disabled; add them anew")
        return await Codes(stores.staff, stores.shelf).issue(staff_id)

    _tell_code(_run(issued))


@staff_cli.command("reset")
def reset(
    staff_id: Id,
    new_phone: Annotated[
        bool, typer.Option("--new-phone", help="forget the codes of their phone too, for one that is lost")
    ] = False,
) -> None:
    """Print a one-time password for somebody's next sign-in at the desk; every session of theirs ends."""

    async def issued(stores: Stores) -> str:
        if not (await _known(stores, staff_id)).active:
            raise SettingError(f"{staff_id} is disabled; add them anew")
        await _note(stores, "staff_reset", staff_id)
        return await first_password.issue(stores.keyring, stores.shelf, staff_id, new_phone=new_phone)

    _tell_password(_run(issued))


@staff_cli.command("token")
def token(staff_id: Id) -> None:
    """Print a new token by which somebody's program uses the API for a year; the one before holds no more."""

    async def issued(stores: Stores) -> str:
        if not (await _known(stores, staff_id)).active:
            raise SettingError(f"{staff_id} is disabled; add them anew")
        return await tokens.issue(stores.shelf, staff_id)

    told = _run(issued)
    typer.echo(told)
    days = tokens.TOKEN_DAYS
    typer.echo(f"told this once: send it as Authorization: Bearer, it holds for {days} days", err=True)


@staff_cli.command("disable")
def disable(staff_id: Id) -> None:
    """Somebody serves no longer: at once, with their token, and their WeChat is an elder's like any other."""

    async def disabled(stores: Stores) -> tuple[Staff, list[str]]:
        staff = await _known(stores, staff_id)
        await _note(stores, "staff_disabled", staff_id)
        await stores.staff.add(replace(staff, active=False))
        await first_password.end_sessions(stores.keyring, staff_id)
        await stores.staff.bind(staff_id, None)
        await Codes(stores.staff, stores.shelf).withdraw(staff_id)
        await tokens.withdraw(stores.shelf, staff_id)
        return staff, [line.id for line in await stores.requests.open() if line.worker == f"staff:{staff_id}"]

    staff, left = _run(disabled)
    typer.echo(f"{staff_id}\t{staff.name}\tdisabled")
    if left:
        typer.echo(f"still theirs, a lead must give them to others: {' '.join(sorted(left))}")


@staff_cli.command("areas")
def areas(staff_id: Id, area: Areas = None) -> None:
    """Show somebody's places, or with --area give them these instead."""
    wanted = _codes(load_catalog(), area) if area else None

    async def changed(stores: Stores) -> Staff:
        staff = await _known(stores, staff_id)
        if wanted is None:
            return staff
        await stores.staff.add(replace(staff, areas=wanted))
        return replace(staff, areas=wanted)

    catalog, staff = load_catalog(), _run(changed)
    typer.echo("\n".join(f"{one}\t{catalog.region(one).full}" for one in staff.areas) or "no places")


def _codes(catalog: Catalog, names: Sequence[str]) -> tuple[str, ...]:
    """The codes of places by code or name, each once."""
    found = [catalog.region(name) for name in names]
    strange = [name for name, place in zip(names, found, strict=True) if place.code not in catalog.regions]
    if strange or not found:
        what = (
            f"{strange[0]!r} is no place of regions.yaml" if strange else "somebody serves one place at least"
        )
        raise SettingError(f"--area: {what}; give a code such as 411303")
    return tuple(dict.fromkeys(place.code for place in found if place.code))


def _next_id(staff: Sequence[Staff]) -> str:
    """s1, s2 …; none is given twice, since those who left stay on the list."""
    return f"s{1 + max((int(one.id[1:]) for one in staff if one.id[1:].isdecimal()), default=0)}"


async def _known(stores: Stores, staff_id: str) -> Staff:
    staff = await stores.staff.get(staff_id)
    if staff is None:
        raise NotFound(f"{staff_id}: nobody has this id; see `staff list`")
    return staff


def _tell_code(code: str) -> None:
    typer.echo(f"code {code}: to be sent to the account as 绑定{code}, within 24 hours, once")


def _tell_password(password: str) -> None:
    typer.echo(f"password {password}: for the next sign-in at /desk, within 24 hours, once")


async def _note(stores: Stores, what: audit.Deed, staff_id: str) -> None:
    await audit.note(stores.audit, load_settings().now(), audit.OPERATOR, what, staff=staff_id)


def _run(work: Callable[[Stores], Awaitable[_T]]) -> _T:
    async def done() -> _T:
        settings = load_settings()
        async with opened(*settings.store_at()) as stores:
            return await work(stores)

    return asyncio.run(done())
