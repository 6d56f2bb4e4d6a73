"""Sessions, notices and requests <-> JSON bytes; a session that cannot be read becomes a new one, never an error."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from bot.models import Notice, Request, Session

# Raise it when a field of Session or Person changes its meaning or its default: sessions kept before start anew.
VERSION = 1

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Record:
    v: int
    session: Session


_adapter = TypeAdapter(Session)
_records = TypeAdapter(_Record)
_notices = TypeAdapter(Notice)
_requests = TypeAdapter(Request)


def dump(session: Session) -> bytes:
    """UTF-8 JSON, `{"v": 1, "session": {…}}`, without the fields that are as in a new session; facts are what JSON can
    hold (tuples come back as lists)."""
    return _dumped(_records, _Record(VERSION, session), exclude_defaults=True)


def load(raw: bytes | None) -> Session:
    """The session in `raw`; a new one where there is none, or where it is broken or of another version."""
    if raw is None:
        return Session()
    with suppress(ValidationError):
        # Three times as fast, and every turn needs it; it takes no half characters.
        record = _records.validate_json(raw)
        if record.v == VERSION:
            return record.session
    return _read_slowly(raw)


def _read_slowly(raw: bytes) -> Session:
    try:
        record: dict[str, Any] = json.loads(raw.decode("utf-8", "surrogatepass"))
        version = record["v"]
        if version == VERSION:
            return _adapter.validate_python(record["session"])
    except (ValueError, KeyError, TypeError, ValidationError, RecursionError) as error:
        # The error's text would quote what the user told.
        log.warning("session_dropped", reason="unreadable", error=type(error).__name__)
    else:
        log.warning("session_dropped", reason="another version", kept=version, wanted=VERSION)
    return Session()


def _dumped(adapter: TypeAdapter[Any], value: Any, *, exclude_defaults: bool = False) -> bytes:
    try:
        return adapter.dump_json(value, exclude_defaults=exclude_defaults)
    except PydanticSerializationError:
        # A lone surrogate may come in through a JSON body; it is kept as it came rather than failing the turn.
        told = json.dumps(adapter.dump_python(value), ensure_ascii=False, separators=(",", ":"))
        return told.encode("utf-8", "surrogatepass")


def dump_notice(notice: Notice) -> bytes:
    """UTF-8 JSON."""
    return _dumped(_notices, notice)


def load_notice(raw: bytes) -> Notice | None:
    """The notice in `raw`, None where it is broken."""
    try:
        return _notices.validate_python(json.loads(raw.decode("utf-8", "surrogatepass")))
    except (ValueError, ValidationError, RecursionError) as error:
        log.warning("notice_dropped", reason="unreadable", error=type(error).__name__)
        return None


def dump_request(request: Request) -> bytes:
    """UTF-8 JSON."""
    return json.dumps(_requests.dump_python(request), ensure_ascii=False).encode("utf-8", "surrogatepass")


def load_request(raw: bytes) -> Request:
    """The request in `raw`; a broken one is a `ValueError`, since nobody may believe that there is none."""
    with suppress(ValidationError):
        # Twice as fast, which counts where somebody has booked for many; it takes no half characters.
        return _requests.validate_json(raw)
    try:
        return _requests.validate_python(json.loads(raw.decode("utf-8", "surrogatepass")))
    except (ValueError, RecursionError):
        # The error's text would quote a name or an address.
        raise ValueError("a request that is kept cannot be read") from None


def load_requests(raw: Iterable[bytes]) -> tuple[Request, ...]:
    """All of them, the newest first."""
    return newest_first(map(load_request, raw))


def newest_first(requests: Iterable[Request]) -> tuple[Request, ...]:
    """By the moment they were submitted."""
    return tuple(sorted(requests, key=lambda one: (one.history[0].at, one.id), reverse=True))
