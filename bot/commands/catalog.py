"""The commands on the catalog: is it sound, and whose answer changes from one folder to another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.catalog.finding import without_sound
from bot.catalog.load import CATALOG_DATA, load_catalog
from bot.catalog.pinyin import FILE, load_pinyin
from bot.web.desk.catalog_compared import compared
from bot.web.desk.catalog_words import lines

catalog_cli = typer.Typer(help="The catalog of lists.", no_args_is_help=True)


@catalog_cli.command("check")
def check(folder: Annotated[Path, typer.Argument(help="the folder to check")] = CATALOG_DATA) -> None:
    """Check catalog_data/: every finding with file, line and how to mend it; warns of names that pinyin cannot find."""
    catalog = load_catalog(folder)
    items = sum(len(one.items) for one in catalog.lists.values())
    counted = f"{len(catalog.lists)} lists, {items} entries, {len(catalog.services)} services"
    typer.echo(f"{folder.name}: {counted}: all is well")
    own = folder / FILE.name
    for character, name in without_sound(catalog, load_pinyin(own if own.is_file() else FILE)).items():
        warning = f"{FILE.name}: {character!r} of {name!r} has no reading here; add it to its line"
        typer.echo(f"{folder.name}/{warning}", err=True)


@catalog_cli.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(help="the folder as it was")],
    new: Annotated[Path, typer.Argument(help="the folder as it is to be")],
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """Tell whose answer changes in the panel of elders (panel/); ends with 1 where a folder is broken."""
    found = compared(old, new)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for line in lines(found):
        typer.echo(line)
    typer.echo(f"{len(found['changed'])} of {found['panel']} elders of the panel are answered otherwise")
