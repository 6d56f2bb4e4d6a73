"""The desk: what staff, the platform and the clock do with calls, and that everybody whom it concerns is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.booking import moves
from bot.booking.history import here, moved_since
from bot.booking.table import Actor, Refusal
from bot.catalog.addresses import inside
from bot.catalog.model import Catalog
from bot.dispatch import remarks
from bot.dispatch.staff import actor_of
from bot.dispatch.telling import LATE, STALLED, URGENT, Alarm, Later, Teller, address
from bot.errors import NotFound, Overtaken, StoreDown
from bot.models import Request, RequestState
from bot.store.port import Line, Mailbox, Requests, Shelf
from bot.store.port_staff import StaffRoom

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
_Rule = Callable[[Request, datetime], Request | Refusal]
_TRIES = 5
# After whoever moves it now is done or dead: see `Teller.tell`.
_TELL_AFTER_S = 15.0


class Desk:
    """Every method that moves a call gives the call as it is kept then, or why it was not moved. All may raise
    `NotFound` for a number that no call has, and `StoreDown`. `seen` is the version of the call that the actor looked
    at: where somebody did something to it since, nothing is done and `Overtaken` is raised.

    `later` is `Jobs.add`; the jobs are "track" (see `Tracker`), "tell" (number, version: `tell` does it) and "deliver"
    (account, openid, id of the notice).
    """

    def __init__(
        self,
        requests: Requests,
        staff: StaffRoom,
        mailbox: Mailbox,
        later: Later,
        catalog: Catalog,
        clock: Clock,
        shelf: Shelf,
    ) -> None:
        self._requests = requests
        self._staff = staff
        self._later = later
        self._clock = clock
        self._teller = Teller(staff, mailbox, shelf, later, catalog)

    async def find(self, number: str) -> Request:
        """The call of that number."""
        found = await self._requests.find(number)
        if found is None:
            raise NotFound("no call has this number; read it again", field="number")
        return found

    async def move(
        self, number: str, to: RequestState, actor: Actor, note: str = "", *, seen: int | None = None
    ) -> Request | Refusal:
        """See `bot.booking.moves.move`; `note` is never personal: see `remarks.checked`."""
        checked = remarks.checked(note)
        return await self._do(number, lambda request, now: moves.move(request, to, actor, now, checked), seen)

    async def take(self, number: str, actor: Actor) -> Request | Refusal:
        """Accepts it for the actor; of several who try at once, one gets it."""
        return await self.move(number, "accepted", actor)

    async def hand_back(self, number: str, actor: Actor, note: str = "") -> Request | Refusal:
        """Puts it back to those that wait."""
        return await self.move(number, "submitted", actor, note)

    async def hand_over(
        self, number: str, to_staff: str, actor: Actor, *, seen: int | None = None
    ) -> Request | Refusal:
        """A lead gives it to a member of staff; `NotFound` where nobody active serves under that id."""
        member = await self._staff.get(to_staff)
        worker = actor_of(member) if member else None
        if worker is None:
            raise NotFound("nobody who takes calls has this id; see `staff list`", field="to_staff")
        return await self._do(number, lambda request, now: moves.hand_over(request, worker, actor, now), seen)

    async def comment(
        self, number: str, actor: Actor, note: str, *, seen: int | None = None
    ) -> Request | Refusal:
        """A line in its history that moves nothing; never personal."""
        checked = remarks.checked(note)
        return await self._do(number, lambda request, now: moves.remark(request, actor, now, checked), seen)

    async def change(self, number: str, actor: Actor, **fields: str | None) -> Request | Refusal:
        """See `bot.booking.moves.change`."""
        return await self._do(number, lambda request, now: moves.change(request, actor, now, **fields))

    async def escalate(self, request: Request, why: Alarm | None = None) -> Request | Refusal:
        """ "urgent" rings all who serve the place; "late" tells its leads that nobody took the call, and the elder, with
        a telephone number; "stalled" tells its leads, and whoever took it, that nobody set out. Each once as long as it
        is so; nothing where it is so no more. Left open, a call that is urgent is rung, and any other is late."""
        alarm = why or (URGENT if request.urgent else LATE)
        concerned = "accepted" if alarm == STALLED else "submitted"

        def rule(found: Request, now: datetime) -> Request | Refusal:
            return moves.remark(found, Actor("clock"), now, alarm) if found.state == concerned else found

        return await self._do(request.id, rule)

    async def moved(self, request: Request) -> None:
        """Tells of a call that somebody else kept, such as the elder's own turn: as it is by now, since what it held
        may be erased."""
        await self.tell(request.id)

    async def tell(self, number: str, _version: str = "") -> None:
        """The job behind every move: tells what nobody was told of; raises `StoreDown` where to try again."""
        for _ in range(_TRIES):
            request = await self._requests.find(number)
            if request is None or await self._teller.tell(request, self._clock()):
                return
        raise StoreDown("the call is being moved by many at once; it is told later")

    async def post(self, user: str) -> None:
        """Has sent to the user what waits for them."""
        if found := address(user):
            await self._later("deliver", *found, "")

    async def visible(self, actor: Actor) -> tuple[Line, ...]:
        """The open calls that concern the actor: urgent ones first, then late ones, today's, their own, the rest.

        A lead sees all of their areas; a worker those that wait for a worker, and their own.
        """
        lines = [line for line in await self._requests.open() if _concerns(line, actor)]
        today = here(self._clock()).date().isoformat()
        return tuple(sorted(lines, key=lambda line: _rank(line, actor, today)))

    def may_see(self, request: Request, actor: Actor) -> bool:
        """Whether the call is of the actor's areas, or theirs."""
        return request.worker == actor.by or _in_areas(request.region, actor)

    async def _do(self, number: str, rule: _Rule, seen: int | None = None) -> Request | Refusal:
        for _ in range(_TRIES):
            before = await self.find(number)
            if seen is not None and moved_since(before, seen):
                raise Overtaken("somebody was faster with this call; look at it again")
            after = rule(before, self._clock())
            if isinstance(after, Refusal) or after == before:
                return after
            if await self._kept(after, before.version):
                return after
        raise StoreDown("the call is being moved by many at once; try again")

    async def _kept(self, request: Request, version: int) -> bool:
        # The jobs first: they find nothing to do where the move was not kept.
        await self._later("track", request.id, str(request.version), "0")
        await self._later("tell", request.id, str(request.version), seconds=_TELL_AFTER_S)
        if not await self._requests.save(request, version):
            return False
        await self._tell_now(request)
        return True

    async def _tell_now(self, request: Request) -> None:
        try:
            await self.moved(request)
        except Exception as error:  # noqa: BLE001 - it is moved, whatever breaks; the job tells of it
            log.warning("call_not_told_at_once", error=type(error).__name__)


def _concerns(line: Line, actor: Actor) -> bool:
    if line.worker == actor.by:
        return True
    if not _in_areas(line.region, actor):
        return False
    # What the platform was sent is its own, unless nobody there takes it.
    waits = line.worker is None and (line.dispatch in ("none", "dead") or line.urgent or line.late)
    return actor.role == "lead" or waits


def _in_areas(region: str | None, actor: Actor) -> bool:
    return region is None or any(area and inside(region, area) for area in actor.areas)


def _rank(line: Line, actor: Actor, today: str) -> tuple[bool, bool, bool, bool, str, str]:
    due_today = line.time is None or line.time[:10] <= today
    return (
        not line.urgent,
        not line.late,
        not due_today,
        line.worker != actor.by,
        line.time or line.created,
        line.id,
    )
