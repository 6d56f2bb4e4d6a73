"""Which request is worked for: one id from the push to the last line of the last job behind it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final

HEADER: Final = "X-Request-ID"
_FORM: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The id of what is being done here, "" outside of any request."""
    return _current.get()


def begin(given: str | None = None) -> str:
    """From here on, in this task and all that it starts, it is the given id where that is one, else a new one."""
    told = given if given and _FORM.fullmatch(given) else os.urandom(8).hex()
    _current.set(told)
    return told


def headers() -> Mapping[str, str]:
    """What goes along with a request to another server of ours or of a county's."""
    told = _current.get()
    return {HEADER: told} if told else {}
