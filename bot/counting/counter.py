"""Counts turns in memory and hands the counts to the store every few seconds; no turn ever waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Final

import structlog

from bot.catalog.model import Catalog
from bot.counting.pieces import pieces
from bot.counting.turns import WORD, Named, area_of, counted, not_understood
from bot.errors import StoreDown
from bot.models import Message, Session, Turn
from bot.store.port import Tally

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
_EVERY_S: Final = 5.0
# While the store is away the counts wait here; more names than these are nobody's normal week.
_MOST_NAMES: Final = 100_000
_MOST_MARKS: Final = 100_000


class Counting:
    """The `Counts` of a conversation. A process that is killed loses what it counted since the last flush."""

    def __init__(self, tally: Tally, catalog: Catalog, clock: Clock) -> None:
        self._tally = tally
        self._catalog = catalog
        self._clock = clock
        self._counts: dict[str, Counter[str]] = {}
        # Who wrote which piece this month, as marks that only this process can make; never kept anywhere.
        self._salt = secrets.token_bytes(16)
        self._marks: set[bytes] = set()
        self._marks_of = ""
        self._flushing = asyncio.Lock()

    def turned(self, message: Message, before: Session, turn: Turn) -> None:
        """Counts a turn that was kept; never raises, waits for nothing."""
        try:
            week = monday(self._clock().date())
            for one in counted(message, before, turn, self._catalog):
                self._add(week, one)
            if not_understood(before, turn):
                self._learn(week, message, before, turn)
        except Exception as error:  # noqa: BLE001 - the turn stands, whether it is counted or not
            log.warning("turn_not_counted", error=type(error).__name__)

    async def flush(self) -> None:
        """Hands everything over; what the store does not take waits here."""
        async with self._flushing:
            waiting, self._counts = self._counts, {}
            for week, counts in waiting.items():
                try:
                    await self._tally.add(week, counts)
                except StoreDown:
                    self._counts.setdefault(week, Counter()).update(counts)
                except Exception as error:  # noqa: BLE001 - what can never be kept must not stop what can
                    log.error("counts_lost", week=week, error=type(error).__name__)

    @contextlib.asynccontextmanager
    async def counting(self) -> AsyncIterator[None]:
        """Flushes as long as it is open, and once more at the end."""
        task = asyncio.create_task(self._flush_on(), name="counting")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
            await self.flush()

    async def _flush_on(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            # Not ended half-way: the store may have it already.
            await asyncio.shield(self.flush())

    def _learn(self, week: str, message: Message, before: Session, turn: Turn) -> None:
        """A user counts once for a piece in a month of weeks. Nothing is learned while a name, a telephone or a place is asked
        for: what was not understood then is likely to be one."""
        asked = (before.asked, turn.session.asked)
        if before.draft or turn.session.draft or {"region", "comment"} & set(asked):
            return
        area = area_of(turn.session.region, self._catalog)
        for piece in pieces(message.text, self._known(before) | self._known(turn.session)):
            if self._first(week[:7], message.who, piece):
                self._add(week, Named(area, WORD, piece))

    def _known(self, session: Session) -> frozenset[str]:
        """What is known to tell of somebody, and where they live."""
        return frozenset((*session.people, session.contact, session.address, *self._catalog.region_names))

    def _first(self, month: str, who: str, piece: str) -> bool:
        if month != self._marks_of:
            self._marks, self._marks_of = set(), month
        told = f"{who}\0{piece}".encode("utf-8", "surrogatepass")
        mark = blake2b(told, key=self._salt, digest_size=8).digest()
        if mark in self._marks or len(self._marks) >= _MOST_MARKS:
            return False
        self._marks.add(mark)
        return True

    def _add(self, week: str, one: Named) -> None:
        counts = self._counts.setdefault(week, Counter())
        name = str(one)
        if name in counts or len(counts) < _MOST_NAMES:
            counts[name] += 1


def monday(day: date) -> str:
    """The name of its week (2026-11-16)."""
    return (day - timedelta(days=day.weekday())).isoformat()
