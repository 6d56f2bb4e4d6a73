"""Follows every call by jobs, whatever process dies: the desks' index, the platform, what is late, what is over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

import aiohttp
import structlog

from bot.booking.moves import move, remark
from bot.booking.table import Actor, Refusal
from bot.catalog.model import Catalog
from bot.dispatch.lines import LATE, STALLED, due_of, ends_of, is_late, is_stalled, line_of, sets_out_by
from bot.dispatch.platforms import Platforms
from bot.dispatch.sending import PAUSES_S, Sender
from bot.dispatch.steady import Steady
from bot.errors import StoreDown
from bot.models import Request
from bot.store.port import Line, Requests, Shelf

_CLOCK: Final = Actor("clock")
# A call is followed before it is kept; after a minute its turn was lost.
LOOKS_S: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
# A call whose jobs were lost with a machine waits no longer than that to be sent, or to be told as late.
SWEEP_EVERY: Final = timedelta(minutes=10)
_TRIES = 10
_LONGEST_WAIT_S = 30.0
Alarm = Literal["late", "urgent", "stalled"]
Step = Callable[[Request], Request | Refusal]

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class AddJob(Protocol):
    """`Jobs.add`: once for the same name and values while it waits; raises `StoreDown`."""

    def __call__(self, name: str, *values: str, seconds: float = 0.0) -> Awaitable[None]: ...


class Escalation(Protocol):
    """What a desk does when something happens to a call by itself. Each may be asked for again after a crash."""

    async def escalate(self, request: Request, why: Alarm) -> object:
        """Notes "late" (nobody took it in time), "urgent" (it is urgent and waits) or "stalled" (whoever took it did not
        set out) in its history, once while it is so, and tells whom it concerns."""
        ...

    async def moved(self, request: Request) -> None:
        """The platform, the clock or the elder moved it: the request as it was then, that move as its last line."""
        ...


class Tracker:
    """The `CallBook` of a conversation, and the handlers of the jobs behind it."""

    def __init__(
        self,
        requests: Requests,
        jobs_add: AddJob,
        platforms: Platforms,
        http: aiohttp.ClientSession,
        catalog: Catalog,
        clock: Callable[[], datetime],
        shelf: Shelf,
        desk: Escalation | None = None,
        *,
        pauses_s: tuple[float, ...] = PAUSES_S,
        steady: Steady | None = None,
    ) -> None:
        """`pauses_s` lie between the tries to tell a platform; one more try than pauses. Without a `desk` nobody is
        told."""
        self.sender = Sender(requests, platforms, http, catalog, clock, shelf)
        self._requests = requests
        self._add = jobs_add
        self._catalog = catalog
        self._clock = clock
        self._desk = desk
        self._pauses_s = pauses_s
        self._steady = steady or Steady(clock)

    def handlers(self) -> Mapping[str, Callable[..., Awaitable[None]]]:
        """The jobs by their names, for `bot.jobs.jobs`."""
        return {
            "track": self.track,
            "dispatch": self.dispatch,
            "overdue": self.overdue,
            "stalled": self.stalled,
            "expire": self.expire,
            "moved": self.moved,
            "sweep": self.sweep,
        }

    async def reserve(self, user: str) -> str:
        """See `CallBook.reserve`."""
        return await self._requests.reserve(user)

    async def follow(self, request: Request) -> None:
        """See `CallBook.follow`; to be said before each `save`, with the request as it will be. Raises `StoreDown`."""
        await self._add("track", request.id, str(request.version), "0")

    async def change(self, number: str, step: Step, *, tell: bool = False) -> Request | Refusal | None:
        """Moves a call by a rule of `bot.booking` and keeps it, whoever moves it meanwhile; None: there is none.

        With `tell` the desk hears of it (`Escalation.moved`). Raises `StoreDown`.
        """
        for _ in range(_TRIES):
            request = await self._requests.find(number)
            outcome = step(request) if request else None
            if request is None or outcome is None or outcome is request or isinstance(outcome, Refusal):
                return outcome
            await self.follow(outcome)
            if tell:
                await self._add("moved", number, str(outcome.version), outcome.state, "0")
            if await self._requests.save(outcome, request.version):
                return outcome
        raise StoreDown("The call was moved by others again and again; try again.")

    async def resend(self, number: str) -> None:
        """Has a dead letter tried again from the beginning; raises `StoreDown`."""
        await self._add("dispatch", number, self._clock().isoformat(), "0", "0")

    async def sweep(self, _moment: str = "") -> None:
        """The job that looks after all open calls anew, since a store may have lost its jobs, and after those that never
        came into the index; raises `StoreDown`."""
        for line in await self._requests.open():
            await self._add("track", line.id, "0", "0")
        for number in await self._requests.unlisted():
            await self._add("track", number, "0", "0")

    async def index(self, number: str) -> None:
        """Writes the call's line; looks again whether it is still so, since others write it too."""
        written, found = None, await self._requests.find(number)
        while found is not None and (line := await self._line(found)) != written:
            await self._requests.enter(line)
            written, found = line, await self._requests.find(number)

    async def track(self, number: str, version: str = "0", looks: str = "0") -> None:
        """The job after each move: the index, the platform, and the clocks."""
        request = await self._requests.find(number)
        if request is None or request.version < int(version):
            await self._look_again("track", int(looks), number, version)
            return
        await self.index(number)
        await self._set_clocks(request)
        if await self.sender.dispatch_of(request) == "waiting":
            await self._add("dispatch", number, str(request.version), "0", "0")
        await self._tell_desk(request)

    async def dispatch(self, number: str, chain: str, tries: str, waits: str) -> None:
        """The job that tells the platform, one try each; `chain` tells it from others for the same call."""
        done = int(tries)
        outcome = await self.sender.send(number, last=done >= len(self._pauses_s))
        if outcome == "busy":
            pause = min(2.0 ** int(waits), _LONGEST_WAIT_S)
            await self._add("dispatch", number, chain, tries, str(int(waits) + 1), seconds=pause)
            return
        if outcome == "failed":
            pause = self._pauses_s[done]
            await self._add("dispatch", number, chain, str(done + 1), "0", seconds=pause)
        await self.index(number)

    async def overdue(self, number: str, _moment: str, looks: str) -> None:
        """The job at the moment by which somebody must have taken it."""
        request = await self._requests.find(number)
        due = due_of(request, self._catalog) if request else None
        if due is None or await self._too_early("overdue", number, due, int(looks)):
            return
        if request is not None and not is_late(request):
            await self._too_late(request)
        await self.index(number)

    async def stalled(self, number: str, _moment: str, looks: str) -> None:
        """The job at the moment by which whoever took it must have set out."""
        request = await self._requests.find(number)
        moment = sets_out_by(request, self._catalog) if request else None
        if moment is None or await self._too_early("stalled", number, moment, int(looks)):
            return
        if request is not None and self._desk is not None:
            await self._desk.escalate(request, STALLED)

    async def expire(self, number: str, _moment: str, looks: str) -> None:
        """The job at the moment when nobody waits for it any more."""
        request = await self._requests.find(number)
        end = ends_of(request, self._catalog) if request else None
        if end is None or await self._too_early("expire", number, end, int(looks)):
            return
        await self.change(number, lambda one: move(one, "expired", _CLOCK, self._clock()), tell=True)

    async def moved(self, number: str, version: str, state: str, looks: str) -> None:
        """The job that tells the desk of a move by the platform or the clock, once it is kept."""
        request = await self._requests.find(number)
        if request is None or request.version < int(version):
            await self._look_again("moved", int(looks), number, version, state)
            return
        so_far = replace(request, history=request.history[: int(version)])
        last = so_far.history[-1]
        # Else somebody else was faster, and this version is theirs.
        if (last.state, last.by in ("platform", "clock")) == (state, True) and self._desk is not None:
            await self._desk.moved(so_far)

    async def _tell_desk(self, request: Request) -> None:
        if self._desk is None:
            return
        if request.urgent and request.state == "submitted":
            await self._desk.escalate(request, "urgent")
        if request.version > 1 and request.history[-1].by == "elder":
            await self._desk.moved(request)

    async def _line(self, request: Request) -> Line:
        return line_of(request, self._catalog, await self.sender.dispatch_of(request))

    async def _look_again(self, job: str, looks: int, *values: str) -> None:
        if looks < len(LOOKS_S):
            await self._add(job, *values, str(looks + 1), seconds=LOOKS_S[looks])

    async def _set_clocks(self, request: Request) -> None:
        due = due_of(request, self._catalog)
        if due is not None and not is_late(request):
            await self._at("overdue", request.id, due, 0)
        if (moment := sets_out_by(request, self._catalog)) and not is_stalled(request):
            await self._at("stalled", request.id, moment, 0)
        if end := ends_of(request, self._catalog):
            await self._at("expire", request.id, end, 0)

    async def _at(self, job: str, number: str, moment: datetime, looks: int) -> None:
        seconds = max(0.0, (moment - self._clock()).total_seconds())
        await self._add(job, number, moment.isoformat(), str(looks), seconds=seconds)

    async def _too_early(self, job: str, number: str, moment: datetime, looks: int) -> bool:
        """Whether it is not time yet, or the clock cannot be believed now; then it comes again."""
        if self._clock() < moment:
            await self._at(job, number, moment, looks + 1)
            return True
        if not self._steady.doubted():
            return False
        log.warning("clock_doubted", job=job)
        again = (number, moment.isoformat(), str(looks + 1))
        await self._add(job, *again, seconds=self._steady.settle_s)
        return True

    async def _too_late(self, request: Request) -> None:
        if self._desk is not None:
            await self._desk.escalate(request, LATE)
        else:
            await self.change(request.id, self._late)

    def _late(self, request: Request) -> Request | Refusal:
        """Taken meanwhile, it is not late."""
        if due_of(request, self._catalog) is None:
            return Refusal("not_possible", request.state)
        return remark(request, _CLOCK, self._clock(), LATE)
