"""The rooms of the store with a clock beside each: how long every operation takes, and how it fails."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import fields, replace
from functools import partial, wraps
from time import perf_counter
from types import TracebackType
from typing import Any, Final

from bot.models import Request
from bot.store.connect import Stores
from bot.store.port import Held, Outcome
from bot.watching.metrics import Metrics
from bot.watching.spans import span

# Told after an operation: what it was given, and what it gave back.
_After = Callable[[Metrics, tuple[Any, ...], Any], None]
_Work = Callable[..., Awaitable[Any]]
# What the rooms stand on.
_NO_ROOMS: Final = ("url", "server")


def timed(stores: Stores, metrics: Metrics) -> Stores:
    """The same rooms; of who asks them nothing is told, only what was asked."""
    rooms: dict[str, Any] = {
        each.name: _Timed(getattr(stores, each.name), each.name, metrics)
        for each in fields(stores)
        if each.name not in _NO_ROOMS
    }
    return replace(stores, **rooms)


class _Timed:
    """Any room: its coroutines are timed, and the waiting for a turn; all else is as it was."""

    def __init__(self, room: Any, name: str, metrics: Metrics) -> None:
        self._room = room
        for operation, method in inspect.getmembers(room, inspect.iscoroutinefunction):
            if not operation.startswith("_"):
                clock = _Clock(metrics, name, operation)
                setattr(self, operation, _clocked(method, clock, _AFTER.get((name, operation))))
        if hasattr(room, "turn"):
            self.turn = partial(_turn, room.turn, _Clock(metrics, name, "turn"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._room, name)


class _Clock:
    """What one operation cost, and how it failed."""

    __slots__ = ("_told", "metrics", "operation")

    def __init__(self, metrics: Metrics, room: str, operation: str) -> None:
        self.metrics, self.operation = metrics, operation
        self._told = (room, operation)

    def stop(self, started: float, error: BaseException | None = None) -> None:
        self.metrics.store_seconds.observe(perf_counter() - started, *self._told)
        if isinstance(error, Exception):
            self.metrics.store_failures.add(*self._told, type(error).__name__)


def _clocked(work: _Work, clock: _Clock, after: _After | None) -> _Work:
    name = f"store.{clock.operation}"

    @wraps(work)
    async def done(*given: Any, **named: Any) -> Any:
        started = perf_counter()
        try:
            with span(name):
                result = await work(*given, **named)
        except BaseException as error:
            clock.stop(started, error)
            raise
        clock.stop(started)
        if after is not None:
            after(clock.metrics, given, result)
        return result

    return done


def _turn(
    turn: Callable[..., AbstractAsyncContextManager[Held]], clock: _Clock, *given: Any, **named: Any
) -> _Entered:
    return _Entered(turn(*given, **named), clock)


class _Entered:
    """Times how long it takes to come in, not how long somebody stays."""

    __slots__ = ("_clock", "_inner")

    def __init__(self, inner: AbstractAsyncContextManager[Held], clock: _Clock) -> None:
        self._inner, self._clock = inner, clock

    async def __aenter__(self) -> Held:
        started = perf_counter()
        try:
            with span("store.turn"):
                held = await self._inner.__aenter__()
        except BaseException as error:
            self._clock.stop(started, error)
            raise
        self._clock.stop(started)
        return held

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._inner.__aexit__(kind, error, trace)


def _kept(metrics: Metrics, given: tuple[Any, ...], _in_time: bool) -> None:
    held: Held
    outcome: Outcome
    held, outcome = given
    if not outcome.requests:
        return
    known = {one.id: one.version for one in held.requests}
    for one in outcome.requests:
        # One of long ago was read in the middle of the turn: only its last line can be new.
        metrics.moved(one.history[known.get(one.id, one.version - 1) :])


def _saved(metrics: Metrics, given: tuple[Request, int], saved: bool) -> None:
    request, version = given
    if saved:
        metrics.moved(request.history[version:])


_AFTER: Final[Mapping[tuple[str, str], _After]] = {("turns", "keep"): _kept, ("requests", "save"): _saved}
