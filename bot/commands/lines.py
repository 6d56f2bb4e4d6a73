"""Lines of JSON in, lines of JSON out, and the settings that every command takes."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Annotated, Any

import typer

from bot.config import Settings, load_settings
from bot.errors import BotError, SettingError
from bot.strict_json import strict_object

AsOf = Annotated[str | None, typer.Option("--as-of", help='a fixed "now", such as 2026-11-21T09:00:00+08:00')]
Lines = Annotated[bool, typer.Option("--jsonl", help="read JSON lines, write JSON lines")]


def settings_at(as_of: str | None, **overrides: object) -> Settings:
    """The settings, with "now" fixed where somebody said so; raises `SettingError`."""
    if as_of is not None:
        try:
            overrides["as_of"] = datetime.fromisoformat(as_of)
        except ValueError:
            raise SettingError("--as-of: write a moment such as 2026-11-21T09:00:00+08:00") from None
    return load_settings(**overrides)


async def each_answered(one: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]) -> int:
    """Answers every line in its order; a line that cannot be answered gets its error and the run goes on."""
    failed = False
    for line in _lines():
        if not line.strip():
            continue
        try:
            write(await one(strict_object(line)))
        except BotError as error:
            failed = True
            write(error.as_json())
    return 1 if failed else 0


def _lines() -> Iterable[bytes | str]:
    """Standard input as bytes, so that a line that is not UTF-8 is answered as any other wrong line."""
    return getattr(sys.stdin, "buffer", sys.stdin)


def write(answer: dict[str, Any]) -> None:
    """One line on standard output, at once."""
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
