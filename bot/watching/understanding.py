"""An understander with a clock beside it: which engine answered, what it took the text for, how long it took."""

from __future__ import annotations

from datetime import datetime
from time import perf_counter

from bot.watching.metrics import Metrics
from bot.watching.spans import span
from nlu.understanding import Understander, Understanding


class Measured:
    """An `Understander` that asks another one."""

    def __init__(self, understander: Understander, metrics: Metrics) -> None:
        self._understander = understander
        self._metrics = metrics

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding:
        """See `Understander.understand`."""
        started = perf_counter()
        with span("understand"):
            heard = await self._understander.understand(text, context, now)
        if not text:
            # An event: nobody said anything.
            return heard
        self._metrics.understanding_seconds.observe(perf_counter() - started, heard.engine)
        self._metrics.understood.add(heard.engine, heard.intent)
        return heard

    async def state(self) -> str:
        """See `Understander.state`."""
        return await self._understander.state()
