"""Brings each call to its county's platform at least once, with back-off; what never arrives is a dead letter."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final, Literal
from uuid import uuid4

import aiohttp
import structlog

from bot.catalog.model import Catalog
from bot.dispatch.lines import Dispatch, call_of, untold
from bot.dispatch.platform import NotReceived, body_of, event_of, tell
from bot.dispatch.platforms import Platform, Platforms
from bot.models import Request
from bot.store.port import Requests, Shelf

Outcome = Literal["sent", "nothing", "busy", "failed", "dead"]
# Twelve tries over some three hours.
PAUSES_S: Final = (5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 3600.0)
# A slow platform must leave workers for what elders wait for.
_MOST_AT_ONCE = 4
# Longer than one try takes.
_LEASE_S = 15.0
_KEPT_S = 400 * 24 * 3600.0

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What a platform was told of one call: it said that it has `seen` moves; at `dead` moves we stopped trying; as
    of `created` moves it was told of it as new.

    Written before the first try, since a platform may have got what it never answered.
    """

    platform: str
    seen: int = 0
    dead: int = 0
    created: int = 0


class Sender:
    """Sends to the platforms; keeps on the shelf what each was told."""

    def __init__(
        self,
        requests: Requests,
        platforms: Platforms,
        http: aiohttp.ClientSession,
        catalog: Catalog,
        clock: Callable[[], datetime],
        shelf: Shelf,
    ) -> None:
        self._requests = requests
        self._platforms = platforms
        self._http = http
        self._catalog = catalog
        self._clock = clock
        self._shelf = shelf
        self._in_hand = 0
        # What became of the tries since the start.
        self.counts: Counter[Outcome] = Counter()

    async def told(self, number: str) -> Told | None:
        """What its platform was told of a call; None where nobody was told of it."""
        raw = await self._shelf.get(_name(number))
        return Told(**json.loads(raw)) if raw else None

    async def dispatch_of(self, request: Request) -> Dispatch:
        """How it stands with a call's platform."""
        platform, told = await self._platform(request)
        if platform is None:
            return "none"
        if told is None and request.state != "submitted":
            return "none"
        if told is not None and not untold(request, told.seen):
            return "sent"
        given_up = told is not None and told.dead and not untold(request, told.dead)
        return "dead" if given_up else "waiting"

    async def send(self, number: str, *, last: bool = False) -> Outcome:
        """One try to tell the platform what it does not know yet; after the `last` it is a dead letter.

        "busy" where somebody else sends it, too much is being sent, or the platform asked to wait; an urgent call
        waits for nobody but who sends it already. Raises `StoreDown`.
        """
        request = await self._requests.find(number)
        if request is None:
            return "nothing"
        async with self._alone(request) as alone:
            outcome = await self._send(request, last) if alone else "busy"
        self.counts[outcome] += 1
        return outcome

    async def heard(self, number: str, told: Told) -> None:
        """Its platform reports of the call, so it has it, whatever became of its answer."""
        if told.seen == 0:
            await self._keep(number, replace(told, seen=1))

    async def _send(self, request: Request, last: bool) -> Outcome:
        platform, told = await self._platform(request)
        if platform is None or await self.dispatch_of(request) not in ("waiting", "dead"):
            return "nothing"
        if not request.urgent and await self._shelf.get(_pause(platform)):
            return "busy"
        told = await self._begun(request, told or Told(platform.id))
        event = event_of(request, 0 if told.created == request.version else told.seen)
        body = body_of(request, call_of(request, self._catalog), event)
        try:
            await tell(self._http, platform, f"{request.id}:{request.version}", body, self._clock())
        except NotReceived as error:
            return await self._missed(request, platform, error, last)
        await self._keep(request.id, Told(platform.id, request.version))
        return "sent"

    async def _begun(self, request: Request, told: Told) -> Told:
        """What is new to a platform stays so at each try, also where a report shows meanwhile that it knows it."""
        if told.seen == 0 and told.created != request.version:
            told = replace(told, created=request.version)
            await self._keep(request.id, told)
        return told

    async def _missed(self, request: Request, platform: Platform, error: NotReceived, last: bool) -> Outcome:
        log.warning("dispatch_not_received", platform=platform.id, why=error.message, last=last)
        if error.wait_s:
            await self._shelf.put(_pause(platform), b"1", error.wait_s)
        if not last:
            return "failed"
        # It may have reported while we waited for its answer.
        told = await self.told(request.id) or Told(platform.id)
        await self._keep(request.id, replace(told, dead=request.version))
        return "dead"

    async def _platform(self, request: Request) -> tuple[Platform | None, Told | None]:
        """Who was told before is told again; where that platform is no more, another begins anew."""
        told = await self.told(request.id)
        if told is not None and (platform := self._platforms.named(told.platform)):
            return platform, told
        return self._platforms.serving(request.region), None

    async def _keep(self, number: str, told: Told) -> None:
        await self._shelf.put(_name(number), json.dumps(asdict(told)).encode(), _KEPT_S)

    @asynccontextmanager
    async def _alone(self, request: Request) -> AsyncIterator[bool]:
        """Whether nobody else sends this call meanwhile."""
        if self._in_hand >= _MOST_AT_ONCE and not request.urgent:
            yield False
            return
        self._in_hand += 1
        try:
            async with self._claimed(f"dispatching:{request.id}") as alone:
                yield alone
        finally:
            self._in_hand -= 1

    @asynccontextmanager
    async def _claimed(self, name: str) -> AsyncIterator[bool]:
        holder = uuid4().hex
        if not await self._shelf.claim(name, holder, _LEASE_S):
            yield False
            return
        try:
            yield True
        finally:
            await self._shelf.release(name, holder)


def _name(number: str) -> str:
    return f"dispatch:{number}"


def _pause(platform: Platform) -> str:
    return f"dispatch-pause:{platform.id}"
