"""The commands of operators for calls: list, show, move, export, and the figures of a month."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, TypeVar, get_args

import typer

from bot import jobs
from bot.access import audit
from bot.booking.numbers import read
from bot.booking.table import Refusal
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.config import Settings, load_settings
from bot.dispatch import charts, export, figures, record_lines, records
from bot.dispatch.desk import Desk
from bot.errors import BotError, NotFound, SettingError
from bot.models import Request, RequestState, Staff
from bot.store.connect import Stores, opened

requests_cli = typer.Typer(help="Calls: list, show, move, export, figures.", no_args_is_help=True)
_T = TypeVar("_T")
_STATES = get_args(RequestState)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="as it was told: 9137482")]
Month = Annotated[str, typer.Option("--month", help="the month in which they were submitted: 2026-11")]
Area = Annotated[
    str | None, typer.Option("--area", help="a place by code or name; a city's holds its counties")
]
AsJson = Annotated[bool, typer.Option("--json", help="as JSON")]
Personal = Annotated[
    bool, typer.Option("--personal", help="names, phones and addresses too; leaves a line in the log")
]
By = Annotated[str, typer.Option("--by", help="who asks, such as staff:s1")]


@requests_cli.command("list")
def list_(
    area: Area = None,
    state: Annotated[str | None, typer.Option(help=f"one of {', '.join(_STATES)}")] = None,
    since: Annotated[str | None, typer.Option(help="the first day, such as 2026-11-01")] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="only urgent ones")] = False,
    late: Annotated[bool, typer.Option("--late", help="only those that waited too long")] = False,
    as_json: AsJson = False,
) -> None:
    """List the calls that are open, the urgent ones first; with --since or a final --state, those that are over too."""
    settings, catalog = load_settings(), load_catalog()
    wanted = records.Wanted(_code(catalog, area), _state(state), _day(since), urgent, late)
    now = settings.now()
    lines = _run(settings, lambda stores: records.listed(stores.requests, wanted, now))
    told = [records.line_as_data(line, catalog, now) for line in lines]
    if as_json:
        _write(told)
        return
    _lines(map(record_lines.listed, told))


@requests_cli.command("show")
def show(number: Number, personal: Personal = False, by: By = "operator", as_json: AsJson = False) -> None:
    """Show one call with its history, and whether that is as it was written."""
    settings, catalog = load_settings(), load_catalog()
    request, staff = _run(settings, lambda stores: _known_with_staff(stores, number))
    if personal:
        _note(settings, by, "show", number=request.id)
        records.audited("show", by, number=request.id)
    told = records.as_data(request, catalog, staff, personal=personal)
    if as_json:
        _write(told)
        return
    _lines(record_lines.shown(told))


@requests_cli.command("move")
def move(
    number: Number,
    state: Annotated[str, typer.Argument(help=f"one of {', '.join(_STATES)}")],
    by: Annotated[str, typer.Option("--by", help="the member of staff who moves it, such as staff:s1")],
    note: Annotated[str, typer.Option(help="stays in the history for ever: nothing personal")] = "",
) -> None:
    """Move a call to another state; everybody whom it concerns is told."""
    settings, catalog, to = load_settings(), load_catalog(), _state(state)
    assert to is not None  # noqa: S101 - a state is given
    request = _run(settings, lambda stores: _moved(stores, settings, catalog, number, (to, by, note)))
    typer.echo(f"{request.id}\t{request.state}\tversion {request.version}")


@requests_cli.command("export")
def export_(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="the file to write")],
    month: Month,
    form: Annotated[export.Format, typer.Option("--format", help="for any program, or for Excel")] = "csv",
    personal: Personal = False,
    by: By = "operator",
) -> None:
    """Write a month's calls as a table for Excel (xlsx) or any program (csv)."""
    settings, catalog, month = load_settings(), load_catalog(), _month(month)
    found, staff = _run(settings, lambda stores: _of_month_with_staff(stores, month, settings.now()))
    if personal:
        _note(settings, by, "export", month=month, calls=len(found))
        records.audited("export", by, month=month, calls=len(found))
    _kept(out, export.file(found, catalog, form, staff, personal=personal))
    typer.echo(f"{out}: {len(found)} calls")


@requests_cli.command("figures")
def figures_(
    month: Month,
    area: Area = None,
    as_json: AsJson = False,
    svg: Annotated[Path | None, typer.Option("--svg", help="a folder for the pictures")] = None,
) -> None:
    """The figures of a month: by service, area and week, how long calls waited and how they were liked."""
    settings, catalog, month = load_settings(), load_catalog(), _month(month)
    code = _code(catalog, area)
    told = figures.figures(records.within(_of_month(settings, month), code), month, catalog)
    if svg is not None:
        _pictured(svg, told)
    if as_json:
        _write(asdict(told))
        return
    _lines(record_lines.told(told))


def _pictured(folder: Path, told: figures.Figures) -> None:
    for name, picture in charts.pictures(told).items():
        _kept(folder / f"{name}.svg", picture.encode())


async def _known(stores: Stores, number: str) -> Request:
    request = await stores.requests.find(read(number) or number)
    if request is None:
        raise NotFound(f"{number}: no call has this number; read it again")
    return request


async def _known_with_staff(stores: Stores, number: str) -> tuple[Request, tuple[Staff, ...]]:
    return await _known(stores, number), await stores.staff.all()


async def _moved(
    stores: Stores, settings: Settings, catalog: Catalog, number: str, move: tuple[RequestState, str, str]
) -> Request:
    request, (to, by, note) = await _known(stores, number), move
    staff = await stores.staff.get(by.removeprefix("staff:"))
    actor = records.mover(staff, request.region) if staff else None
    if actor is None:
        raise SettingError(f"--by: {by} moves no calls; write staff: and an id of `staff list`")
    async with jobs.adding(stores.url, ("tell", "track", "deliver"), stores.server.copied) as queue:
        desk = Desk(
            stores.requests, stores.staff, stores.mailbox, queue.add, catalog, settings.now, stores.shelf
        )
        done = await desk.move(request.id, to, actor, note)
    if isinstance(done, Refusal):
        raise BotError(f"{number} stays {done.state}: {done.reason}", code=done.reason)
    return done


def _note(settings: Settings, by: str, what: audit.Deed, **about: str | int) -> None:
    """Leaves a line in the audit log, before anything is told."""
    _run(settings, lambda stores: audit.note(stores.audit, settings.now(), by, what, **about))


async def _of_month_with_staff(
    stores: Stores, month: str, now: datetime
) -> tuple[tuple[Request, ...], tuple[Staff, ...]]:
    return await records.of_month(stores.requests, month, now), await stores.staff.all()


def _of_month(settings: Settings, month: str) -> tuple[Request, ...]:
    now = settings.now()
    return _run(settings, lambda stores: records.of_month(stores.requests, month, now))


def _code(catalog: Catalog, area: str | None) -> str | None:
    code = catalog.region(area).code if area else None
    if area and code not in catalog.regions:
        raise SettingError(f"--area: {area!r} is no place of regions.yaml; give a code such as 411303")
    return code


def _state(name: str | None) -> RequestState | None:
    if name is not None and name not in _STATES:
        raise SettingError(f"{name!r} is no state; one of {', '.join(_STATES)}")
    return name  # type: ignore[return-value]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SettingError(f"--since: {text!r} is no day; write it as 2026-11-01") from None


def _month(text: str) -> str:
    if not re.fullmatch(records.MONTH, text):
        raise SettingError(f"--month: {text!r} is no month; write it as 2026-11")
    return text


def _kept(path: Path, content: bytes) -> None:
    """For its owner's eyes only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        if path.is_file():
            path.chmod(0o600)
        path.write_bytes(content)
    except OSError as error:
        raise SettingError(f"{path} cannot be written ({error.strerror}); name another file") from None


def _lines(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _write(told: object) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace").decode())


def _run(settings: Settings, work: Callable[[Stores], Awaitable[_T]]) -> _T:
    async def done() -> _T:
        async with opened(*settings.store_at()) as stores:
            return await work(stores)

    return asyncio.run(done())
