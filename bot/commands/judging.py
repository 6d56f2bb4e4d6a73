"""`screen` and `lists`: the lists without any talk."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot import contract_lists, roster
from bot.catalog.load import load_catalog
from bot.commands.lines import AsOf, Lines, settings_at, write

judging_cli = typer.Typer()


@judging_cli.command()
def screen(jsonl: Lines = True, as_of: AsOf = None) -> None:
    """Judge elders by their list: {"id", "facts"} a line in, all entries with reasons a line out."""
    today = settings_at(as_of).now().date()
    answered = roster.screen(sys.stdin.buffer, sys.stdout.buffer, load_catalog(), today)
    raise typer.Exit(0 if answered else 1)


@judging_cli.command()
def lists(as_json: Annotated[bool, typer.Option("--json", help="all lists as JSON")] = False) -> None:
    """The lists that the bot knows."""
    told = contract_lists.lists(load_catalog())
    if as_json:
        write(told)
        return
    for one in told["lists"]:
        print(f"{one['id']}\t{one['document']}\t{one['title']}\t{len(one['items'])}")
