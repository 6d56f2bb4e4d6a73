"""Checks a model's folder: `python -m bot.voice FOLDER [RECORDING.amr]`."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import SettingError
from bot.voice.ears import Ears, make_ears

Folder = Annotated[Path, typer.Argument(help="the model's folder, as VOICE_MODEL_DIR will name it")]
Recording = Annotated[
    Path | None, typer.Argument(help="an AMR recording to hear", exists=True, dir_okay=False)
]


def check(folder: Folder, recording: Recording = None) -> None:
    """Loads the model as the server would, and hears a recording where one is given."""
    try:
        asyncio.run(_check(folder, recording))
    except SettingError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(1) from None


async def _check(folder: Path, recording: Path | None) -> None:
    ears = await make_ears(folder)
    if ears is None:
        return
    try:
        typer.echo(f"{folder} can be used.")
        if recording:
            await _try(ears, recording.read_bytes())
    finally:
        await ears.close()


async def _try(ears: Ears, recording: bytes) -> None:
    begun = time.monotonic()
    words = await ears.hear(recording)
    took = f"({time.monotonic() - begun:.1f} s)"
    typer.echo(f"{words or 'Nothing was understood: broken, quiet, too short, or not AMR.'} {took}")


if __name__ == "__main__":
    typer.run(check)
