"""Recordings to words without holding up the server, whatever is in them."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import structlog

from bot.errors import SettingError
from bot.voice.bounds import LIMITS, Limits, may_be_heard
from bot.voice.helper import Helper, HelperLost
from bot.voice.model import SETTING, find_model

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

_EXTRA = ("av", "sherpa_onnx")


class Ears(Protocol):
    """Whoever understands recordings."""

    async def hear(self, recording: bytes) -> str | None:
        """The words of an AMR recording, at most 500 characters; None where none were understood."""
        ...

    async def close(self) -> None:
        """Gives everything back; nothing is heard any more."""
        ...


async def make_ears(model_dir: Path | None, limits: Limits = LIMITS) -> Ears | None:
    """Ears with their model loaded, None where none is set; raises `SettingError` for VOICE_MODEL_DIR."""
    if model_dir is None:
        return None
    if missing := [name for name in _EXTRA if find_spec(name) is None]:
        what = f"needs {' and '.join(missing)}; install the extra: pip install 'wenyanglao[voice]'"
        raise SettingError(f"{SETTING}: {what}, or unset it", field=SETTING)
    await asyncio.get_running_loop().run_in_executor(None, find_model, model_dir)
    ears = HelpedEars(model_dir, limits)
    log.info("voice.loaded", **await ears.open())
    return ears


class HelpedEars:
    """Ears that listen in a process of their own, one recording after the other.

    A recording that takes too long, or whose caller goes away, costs the process: the next recording must
    never get the words of the one before. A new one is started at once.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder, self._limits = folder, limits
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._starting: asyncio.Task[Helper] | None = None
        self._closed = False

    async def open(self) -> dict[str, float]:
        """Loads the model: `seconds` it took, `megabytes` it takes; raises `SettingError`."""
        try:
            return (await self._helper()).about
        except asyncio.CancelledError:
            self._drop()
            raise

    async def hear(self, recording: bytes) -> str | None:
        """As in `Ears`; None too where too many wait already."""
        if not may_be_heard(recording):
            return None
        if self._waiting >= self._limits.waiting:
            log.warning("voice.too_many_waiting", waiting=self._waiting)
            return None
        self._waiting += 1
        try:
            async with self._turn:
                return None if self._closed else await self._heard(recording)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        self._closed = True
        await _ended(self._drop())

    async def _heard(self, recording: bytes) -> str | None:
        try:
            helper = await self._helper()
        except (SettingError, HelperLost) as error:
            log.error("voice.not_loaded", why=str(error))
            return None
        try:
            async with asyncio.timeout(self._limits.recognition):
                return await helper.ask(recording) or None
        except (TimeoutError, HelperLost) as error:
            log.warning("voice.given_up", why=type(error).__name__)
            self._replace()
            return None
        except asyncio.CancelledError:
            self._replace()
            raise

    async def _helper(self) -> Helper:
        """The running helper; a lost one is replaced."""
        if self._starting is None or _is_lost(self._starting):
            self._replace()
        if (starting := self._starting) is None:
            raise HelperLost("closed")
        # Not awaited itself: its end by `close` must not look like the end of whoever waits here.
        await asyncio.wait({starting})
        if starting.cancelled():
            raise HelperLost("closed")
        return starting.result()

    def _replace(self) -> None:
        old = self._drop()
        if not self._closed:
            self._starting = asyncio.create_task(self._started(old))

    async def _started(self, old: asyncio.Task[Helper] | None) -> Helper:
        # One after the other: two loaded models may be more than the machine has memory for.
        await _ended(old)
        return await Helper.start(self._folder, self._limits.loading)

    def _drop(self) -> asyncio.Task[Helper] | None:
        """Kills the helper; nothing is awaited, so that nothing can come between."""
        old, self._starting = self._starting, None
        if old and not old.cancel() and not old.cancelled() and not old.exception():
            old.result().kill()
        return old


async def _ended(old: asyncio.Task[Helper] | None) -> None:
    if old is None:
        return
    await asyncio.wait({old})
    if not old.cancelled() and not old.exception():
        await old.result().end()


def _is_lost(starting: asyncio.Task[Helper]) -> bool:
    if not starting.done():
        return False
    return starting.cancelled() or starting.exception() is not None or not starting.result().lives
