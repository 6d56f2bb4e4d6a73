"""A call's history: it only grows, its lines are in order, and each is sealed with the one before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from bot.models import Move, Request, RequestState

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


def here(moment: datetime) -> datetime:
    """The moment on China's clocks; `ValueError` where it has no zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment.astimezone(SHANGHAI)


def grown(request: Request, state: RequestState, by: str, now: datetime, note: str = "") -> Request:
    """The request with one more line; a clock that was put back does not put the line before the last one."""
    at = here(now).replace(microsecond=0)
    last = request.history[-1] if request.history else None
    if last is not None:
        at = max(at, datetime.fromisoformat(last.at))
    line = Move(at=at.isoformat(), state=state, by=by, note=note)
    line = replace(line, seal=_seal(request.id, last.seal if last else "", line))
    return replace(request, history=(*request.history, line))


def entered(request: Request) -> Move:
    """The line that brought the request to the state it is in."""
    lines = request.history
    return next(
        (new for old, new in reversed(list(pairwise(lines))) if old.state != new.state),
        lines[0],
    )


def intact(request: Request) -> bool:
    """Whether no line was changed, taken out, put in or moved. Whoever may write the store can seal anew: compare
    with a seal kept elsewhere (the platform's, an export's) where that is feared."""
    seals = ("", *(line.seal for line in request.history))
    sealed = all(
        line.seal == _seal(request.id, seal, line) for seal, line in zip(seals, request.history, strict=False)
    )
    return bool(request.history) and sealed and _in_order(request.history)


def _in_order(lines: tuple[Move, ...]) -> bool:
    """All lines have one zone and one precision, so their texts are in order as their moments are."""
    return all(old.at <= new.at for old, new in pairwise(lines))


def _seal(number: str, before: str, line: Move) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal digits."""
    fields = [before, number, line.at, line.state, line.by, line.note]
    return hashlib.sha256(json.dumps(fields, separators=(",", ":")).encode()).hexdigest()


def moved_since(request: Request, version: int) -> tuple[Move, ...]:
    """What was done to it after that version, all of it for a version that it never had. What the clock notes without
    moving it (somebody was warned) is nothing."""
    if not 0 < version <= request.version:
        return request.history
    before = request.history[version - 1].state
    return tuple(one for one in request.history[version:] if (one.by, one.state) != ("clock", before))
