"""`talk` and `parse`: what the bot understands and says, in a terminal or line by line."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from bot import app, contract, terminal
from bot.catalog.load import load_catalog
from bot.commands.lines import AsOf, Lines, each_answered, settings_at
from bot.config import Settings
from bot.strict_json import part

understanding_cli = typer.Typer()


@understanding_cli.command()
def talk(
    jsonl: Lines = False,
    store: Annotated[str | None, typer.Option(help="a Redis URL to keep the sessions in")] = None,
    as_of: AsOf = None,
) -> None:
    """Talk with the bot in the terminal; taps are numbers."""
    settings = settings_at(as_of)
    chat = terminal.Chat(settings, load_catalog(), app.understanding, store)
    if jsonl:
        raise typer.Exit(asyncio.run(_each_talked(chat)))
    asyncio.run(chat.with_a_person())


async def _each_talked(chat: terminal.Chat) -> int:
    async with chat.open():
        return await each_answered(chat.answer)


@understanding_cli.command()
def parse(jsonl: Lines = True, as_of: AsOf = None) -> None:
    """Understand texts: {"id", "text", "context"} a line in, intent and facts a line out."""
    raise typer.Exit(asyncio.run(_each_parsed(settings_at(as_of))))


async def _each_parsed(settings: Settings) -> int:
    async with app.understanding(settings, load_catalog()) as engine:

        async def one(body: dict[str, Any]) -> dict[str, Any]:
            text, context = part(body, "text", str), contract.context(body)
            heard = await engine.understand(text, context, settings.now())
            return contract.parsed(part(body, "id", str, ""), heard)

        return await each_answered(one)
