"""The server's end of the recogniser's process: started, asked, ended; one caller at a time."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import cast

from bot.errors import SettingError
from bot.voice.model import SETTING

_LENGTH = struct.Struct(">I")
_LONGEST = 32 * 1024


class HelperLost(Exception):
    """The process ended, or spoke out of turn."""


class Helper:
    """One running recogniser with its model loaded; `about` has `seconds` to load and `megabytes` used."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._recordings = cast(StreamWriter, process.stdin)
        self._answers = cast(StreamReader, process.stdout)
        self.about: dict[str, float] = {}

    @classmethod
    async def start(cls, folder: Path, seconds: float) -> Helper:
        """Starts it and waits for its model; raises `SettingError` where it does not come up in time."""
        helper = cls(await _process(folder))
        try:
            async with asyncio.timeout(seconds):
                helper.about = json.loads(await helper._message())
        except (TimeoutError, HelperLost, ValueError):
            await helper.end()
            raise _not_loaded(folder) from None
        except BaseException:
            await helper.end()
            raise
        return helper

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def lives(self) -> bool:
        return self._process.returncode is None

    async def ask(self, recording: bytes) -> str:
        """The words, "" where none; raises `HelperLost`. Who stops waiting must end the helper."""
        try:
            self._recordings.write(_LENGTH.pack(len(recording)) + recording)
            await self._recordings.drain()
        except OSError:
            raise HelperLost from None
        return (await self._message()).decode(errors="replace")

    def kill(self) -> None:
        """It has nothing to save."""
        if self.lives:
            self._process.kill()
        self._recordings.close()

    async def end(self) -> None:
        self.kill()
        await self._process.wait()

    async def _message(self) -> bytes:
        try:
            length: int = _LENGTH.unpack(await self._answers.readexactly(_LENGTH.size))[0]
            if length > _LONGEST:
                raise HelperLost
            return await self._answers.readexactly(length)
        except (OSError, EOFError):
            raise HelperLost from None


async def _process(folder: Path) -> Process:
    # Bytes from anyone are read there: it gets the way to our code and none of the environment's secrets.
    # Its errors go to the server's own until the model is loaded, and nowhere from the first recording on.
    path = os.pathsep.join(part or os.curdir for part in sys.path)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.voice.worker", str(folder)),
        env={"PYTHONPATH": path},
        stdin=PIPE,
        stdout=PIPE,
        start_new_session=True,
    )


def _not_loaded(folder: Path) -> SettingError:
    mend = "what it said stands above; copy the model again, or take another (deploy/voice.md)"
    return SettingError(f"{SETTING}: sherpa-onnx could not load the model in {folder}; {mend}", field=SETTING)
