"""What aiohttp tells of requests that it cannot read: now and then, and never from which address."""

from __future__ import annotations

import logging
import math
import time
from typing import Final

_LOGGER: Final = "aiohttp.server"
_TOLD_SO: Final = "Error handling request from"
_SAID_S: Final = 10.0


class _NowAndThen(logging.Filter):
    """Anybody can send such requests, as many as the line holds: they shall not fill the log."""

    def __init__(self) -> None:
        super().__init__()
        self._said = -math.inf

    def filter(self, record: logging.LogRecord) -> bool:
        if not str(record.msg).startswith(_TOLD_SO):
            return True
        record.msg, record.args = "a request could not be read", ()
        now = time.monotonic()
        is_time = now - self._said > _SAID_S
        self._said = now if is_time else self._said
        return is_time


_FILTER: Final = _NowAndThen()


def told_now_and_then() -> None:
    """From here on; again changes nothing."""
    logging.getLogger(_LOGGER).addFilter(_FILTER)
