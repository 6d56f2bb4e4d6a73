"""Every night, one process lets go of what has been kept long enough, and plans the next night."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Final

import structlog

from bot.store.connect import Stores
from bot.store.sweep import Sweep
from bot.store.terms import Terms, load_terms

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
NIGHTLY, TONIGHT = "retention", "retention_tonight"
# The hour when the fewest are awake.
_HOUR: Final = 3
_NAME: Final = "retention"
# Whoever sweeps says so again and again; of one that died nothing is left after so long.
_LEASE_S: Final = 60.0
_Add = Callable[..., Awaitable[None]]


class Retention:
    """The jobs of the nightly sweep; `add` is `Jobs.add`. Every method may raise `StoreDown`."""

    def __init__(
        self, stores: Stores, add: _Add, clock: Callable[[], datetime], terms: Terms | None = None
    ) -> None:
        """Raises `SettingError` where retention.yaml cannot be read."""
        self._stores = stores
        self._add = add
        self._clock = clock
        self._terms = terms or load_terms()
        self._stopped = False

    def handlers(self) -> Mapping[str, Callable[..., Awaitable[None]]]:
        """For `Jobs.handle`; `TONIGHT` is to be among the first."""
        return {NIGHTLY: self.nightly, TONIGHT: self.tonight}

    async def tonight(self) -> None:
        """Plans the next sweep; once, however many processes plan it."""
        now = self._clock()
        night = next_night(now)
        await self._add(NIGHTLY, night.date().isoformat(), seconds=(night - now).total_seconds())

    async def nightly(self, _night: str) -> None:
        """The job itself; the next is planned before, so that none is lost with who does this one."""
        await self.tonight()
        await sweep(self._stores, self._terms, self._clock(), stopped=lambda: self._stopped)

    def stop(self) -> None:
        """This process ends: another one goes on with the sweep."""
        self._stopped = True


async def sweep(
    stores: Stores,
    terms: Terms,
    now: datetime,
    ahead: timedelta = timedelta(),
    stopped: Callable[[], bool] = lambda: False,
) -> Mapping[str, int] | None:
    """What was done, by kind; None where another process is at it. The append-only file is written anew behind it,
    since what is gone stands there until then. Raises `StoreDown`; said again, it goes on."""
    holder = token_hex(8)

    async def going_on() -> bool:
        return not stopped() and await stores.shelf.claim(_NAME, holder, _LEASE_S)

    if not await going_on():
        return None
    try:
        done = await Sweep(stores.server, terms, now, ahead).run(going_on)
        rewritten = await stores.server.rewrite_log()
    finally:
        await stores.shelf.release(_NAME, holder)
    log.info(
        "retention_swept", log_rewritten=rewritten, **{kind: count for kind, count in done.items() if count}
    )
    return done


def next_night(now: datetime) -> datetime:
    """The next moment at which to sweep, on the clock of `now`."""
    night = now.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    return night if night > now else night + timedelta(days=1)
