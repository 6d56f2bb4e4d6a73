"""The commands for back-ups: make one while the store runs, see that one can be read, make a store of one."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load_settings
from bot.errors import SettingError
from bot.store import backup

backup_cli = typer.Typer(help="Back-ups of the store: make, check, restore.", no_args_is_help=True)
Identity = Annotated[Path | None, typer.Option("--age-identity", help="age's private key, for a file *.age")]
Archive = Annotated[Path, typer.Argument(help="a file wenyanglao-*.tar.gz or *.tar.gz.age")]


@backup_cli.command("make")
def make(
    to: Annotated[Path, typer.Option("--to", help="the folder for the archive, on another disk")],
    store: Annotated[
        Path | None, typer.Option(help="where appendonlydir stands, else the embedded store of BOT_DATA_DIR")
    ] = None,
    recipients: Annotated[
        Path | None,
        typer.Option("--age-recipients", help="age's public keys: the archive is encrypted for them"),
    ] = None,
    keep_days: Annotated[
        int | None, typer.Option(min=1, help="remove archives in the folder that are older")
    ] = None,
) -> None:
    """Copy a running store. The keys of DATA_KEYS_FILE are not in it: keep them elsewhere."""
    if not to.is_dir():
        raise SettingError(f"--to: {to} is no folder")
    now = datetime.now(UTC)
    path = backup.make(store or load_settings().data_dir / "store", to, now, recipients)
    typer.echo(
        f"{path}: {path.stat().st_size} bytes; without the keys (DATA_KEYS_FILE), which belong elsewhere"
    )
    for old in backup.remove_old(to, now, keep_days) if keep_days else ():
        typer.echo(f"{old}: removed, older than {keep_days} days")


@backup_cli.command("check")
def check(archive: Archive, identity: Identity = None) -> None:
    """Load an archive into a server of its own, tell what is in it, and leave nothing behind."""
    with tempfile.TemporaryDirectory() as folder:
        _tell(asyncio.run(backup.restore(archive, Path(folder), 0, identity)))


@backup_cli.command("restore")
def restore(
    archive: Archive,
    into: Annotated[
        Path, typer.Option("--into", help="the folder of the new store, without an appendonlydir")
    ],
    identity: Identity = None,
    skip: Annotated[
        int,
        typer.Option(
            "--skip-numbers", min=0, help="how many calls may have been made since the copy, generously"
        ),
    ] = 1000,
) -> None:
    """Make a store of an archive; then start the server, and the bot with the same keys."""
    _tell(asyncio.run(backup.restore(archive, into, skip, identity)))
    typer.echo(f"{into / backup.FOLDER}: restored; numbers of calls go on {skip} further")


def _tell(restored: backup.Restored) -> None:
    typer.echo(
        f"made {restored.taken:%Y-%m-%d %H:%M} UTC, {restored.keys} keys, {restored.counter} numbers reserved"
    )
