"""What every line of the log has, ours and the libraries': time, level, event, the request's id, and nobody's words."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import MutableMapping
from datetime import datetime
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final, Literal, TextIO
from zoneinfo import ZoneInfo

import structlog

from bot.watching import request_id
from bot.watching.redaction import redacted

Format = Literal["text", "json"]
Level = Literal["debug", "info", "warning"]
_Event = MutableMapping[str, Any]

_HERE: Final = ZoneInfo("Asia/Shanghai")
_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
# Ours that log by the standard library; all others speak up only where something is wrong.
_OURS: Final = ("nlu", "bot")
_FIRST: Final = ("time", "level", "event", "request")
_MOST_FRAMES: Final = 12


def configure(
    shape: Format = "text", level: Level = "info", to: TextIO | None = None, *, serving: bool = False
) -> None:
    """Sets up the logs of the whole process; `serving` where it is the last word, which makes a line cheaper, and
    whatever ends the process is told in one line too."""
    file, least = to or sys.stderr, _LEVELS[level]
    ours = [structlog.stdlib.add_log_level, *_told()]
    structlog.configure(
        processors=[*ours, _as_json if shape == "json" else _as_text],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(file),
        cache_logger_on_first_use=serving,
    )
    _libraries(shape, least, file)
    if serving:
        sys.excepthook = _ended


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """In the place of Python's own, which prints the error's words."""
    structlog.get_logger().critical("process ended by an error", exc_info=(kind, error, trace))


def _libraries(shape: Format, least: int, file: TextIO) -> None:
    handler = logging.StreamHandler(file)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _first_line],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_told(),
                _as_json if shape == "json" else _as_text,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(least if least < logging.INFO else logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(least)


def _told() -> list[structlog.typing.Processor]:
    return [_with_request, _with_time, _where, _without_persons]


def _with_request(_logger: object, _method: str, event: _Event) -> _Event:
    if told := request_id.current():
        event.setdefault("request", told)
    return event


def _with_time(_logger: object, _method: str, event: _Event) -> _Event:
    event["time"] = datetime.now(_HERE).isoformat(timespec="milliseconds")
    return event


def _first_line(_logger: object, _method: str, event: _Event) -> _Event:
    """Behind it some quote the error of a task, with its words."""
    event["event"] = str(event["event"]).split("\n", 1)[0][:500]
    return event


def _where(_logger: object, _method: str, event: _Event) -> _Event:
    """Of an error its type and its places, never its message: that may hold what an elder wrote."""
    told, _ = event.pop("exc_info", None), event.pop("stack_info", None)
    event.pop("exc_text", None)
    error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        event.setdefault("error", type(error).__name__)
        event.setdefault("where", _places(error))
    return event


def _places(error: BaseException) -> list[str]:
    frames = list(walk_tb(error.__traceback__))[-_MOST_FRAMES:]
    return [f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in frames]


def _without_persons(_logger: object, _method: str, event: _Event) -> _Event:
    return {name: value if name == "time" else redacted(value) for name, value in event.items()}


def _as_json(_logger: object, _method: str, event: _Event) -> str:
    return json.dumps(_ordered(event), ensure_ascii=False).encode("utf-8", "replace").decode()


def _as_text(_logger: object, _method: str, event: _Event) -> str:
    told = _ordered(event)
    head = f"{told.pop('time')} [{told.pop('level', 'info')}] {_on_one_line(told.pop('event', ''))}"
    more = " ".join(f"{name}={_on_one_line(value)}" for name, value in told.items())
    return f"{head}  {more}".rstrip().encode("utf-8", "replace").decode()


def _ordered(event: _Event) -> dict[str, Any]:
    return {**{name: event.pop(name) for name in _FIRST if name in event}, **event}


def _on_one_line(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else repr(text)
