"""Which notice each line of a call's history brings, to whom; told once, by whichever process comes first."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, Literal, Protocol

import structlog

from bot.booking.moves import CHANGEABLE
from bot.catalog.model import Catalog
from bot.dialogue import notices
from bot.dialogue.duty_words import call_of, outline
from bot.dispatch.staff import actor_of, serves, takes
from bot.errors import StoreDown
from bot.models import Move, Notice, Request, Staff
from bot.store.port import Mailbox, Shelf
from bot.store.port_staff import StaffRoom

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# What the clock notes where somebody must be told.
Alarm = Literal["late", "urgent", "stalled"]
LATE: Final = "late"
URGENT: Final = "urgent"
STALLED: Final = "stalled"
# Users of the pages and of the API have no WeChat: what they are told waits for their next message.
_NO_WECHAT: Final = ("try:", "api:", "desk:")
# Longer than any call lasts from its first line to its last.
_TOLD_S: Final = 120 * 24 * 3600.0
_TELLING_S: Final = 10.0


class Later(Protocol):
    """Has a job done by whichever process lives then, as `Jobs.add`; raises `StoreDown`."""

    def __call__(self, name: str, *values: str, seconds: float = 0.0) -> Awaitable[None]: ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice and for whom."""

    user: str
    notice: Notice


class Teller:
    """Puts the notices of a call into the mailboxes and has them sent."""

    def __init__(
        self, staff: StaffRoom, mailbox: Mailbox, shelf: Shelf, later: Later, catalog: Catalog
    ) -> None:
        self._staff = staff
        self._mailbox = mailbox
        self._shelf = shelf
        self._later = later
        self._catalog = catalog

    async def tell(self, request: Request, now: datetime) -> bool:
        """Tells what each line brings of which nobody was told; raises `StoreDown` where to try again. False where the
        call was moved meanwhile: to be read and told anew, since what it held then may be erased.

        Only one process tells of a call at a time. One that dies between a notice and the mark behind it leaves the
        notice to be put again: told twice is better than never.
        """
        holder, name = secrets.token_hex(8), f"telling:{request.id}"
        if not await self._shelf.claim(name, holder, _TELLING_S):
            raise StoreDown("another process tells of this call; it is tried again")
        try:
            return await self._tell(request, now)
        finally:
            await self._shelf.release(name, holder)

    async def _tell(self, request: Request, now: datetime) -> bool:
        since = await self._told(request.id)
        if since < request.version:
            found = letters(request, since, await self._staff.all(), self._catalog, now)
            if not await self._send(request, found):
                return False
            await self._shelf.put(_mark(request.id), b"%d" % request.version, _TOLD_S)
        return True

    async def _told(self, number: str) -> int:
        """How many lines were told; the first, who submitted it, was told by the turn that did."""
        return int(await self._shelf.get(_mark(number)) or 1)

    async def _send(self, request: Request, some: Sequence[Letter]) -> bool:
        """Those to who asked for it go first: only they say whose call it is, and may be refused."""
        theirs = [letter for letter in some if letter.user == request.who]
        for letter in theirs:
            if not await self._mailbox.put_of_call(request, letter.notice):
                return False
        for letter in some:
            if letter not in theirs:
                await self._mailbox.put(letter.user, letter.notice)
        for letter in some:
            if found := address(letter.user):
                await self._later("deliver", *found, letter.notice.id)
        return True


def address(who: str) -> tuple[str, str] | None:
    """Account and openid of `Message.who`; None where no WeChat stands behind it."""
    if who.startswith(_NO_WECHAT):
        return None
    account, _, openid = who.rpartition("/")
    return account, openid


def letters(
    request: Request, since: int, staff: Sequence[Staff], catalog: Catalog, now: datetime
) -> list[Letter]:
    """What the lines after the first `since` bring, in their order."""
    people = _People(request, staff, catalog, now)
    lines = enumerate(pairwise(request.history), 2)
    return [letter for at, (old, new) in lines if at > since for letter in people.told(at, old, new)]


@dataclass(frozen=True, slots=True)
class _People:
    """Those whom one call concerns."""

    request: Request
    staff: Sequence[Staff]
    catalog: Catalog
    now: datetime

    def told(self, at: int, old: Move, new: Move) -> list[Letter]:
        """What one line brings: to the elder, unless it is theirs, and to those who serve."""
        whom = list(self._staff_news(at, old, new))
        serving = [letter for staff_news, some in whom for letter in self._each(staff_news, at, some)]
        news = None if self._knows(new) else _news(old, new, urgent=self.request.urgent)
        if _alarm(new) and not any(one.user for _, some in whom for one in some if self._takes(one)):
            log.warning("nobody_to_alarm", number=self.request.id, why=new.note)
            news = news if new.note == STALLED else "unheard"
        return [*self._elder(news, at, new), *serving] if news else serving

    def _knows(self, new: Move) -> bool:
        """Whether it was done by who asked for the call: an elder, or who serves and booked it for one."""
        members = filter(None, map(self._member, (new.by, new.note)))
        return new.by == "elder" or any(one.user == self.request.who for one in members)

    def _elder(self, news: notices.News, at: int, new: Move) -> Iterator[Letter]:
        call = call_of(self.request.service, self.request.region, self.catalog)
        if call is None:
            log.error("call_unknown", service=self.request.service)
            return
        who = new.note if _handed(new) else self.request.worker
        notice = notices.to_elder(news, self.request, at, call, self._member(who), self.now)
        yield Letter(self.request.who, notice)

    def _each(self, news: notices.StaffNews, at: int, some: Sequence[Staff]) -> Iterator[Letter]:
        for one in some:
            if one.user is not None and one.active:
                late = news == "late"
                line = outline(self.request, self.catalog, self.now, f"staff:{one.id}", late=late)
                yield Letter(one.user, notices.to_staff(news, self.request, at, line))

    def _staff_news(
        self, at: int, old: Move, new: Move
    ) -> Iterator[tuple[notices.StaffNews, Sequence[Staff]]]:
        if _alarm(new):
            yield from self._alarmed(new.note)
        elif _handed(new):
            yield "moved_away", self._members(self._before(at), new.by, new.note)
            yield "handed", self._members(new.note, new.by)
        elif _unhappy(new) and self.request.rating == "bad":
            yield "unhappy", self._leads()
        elif new.state == "cancelled":
            yield "cancelled", self._members(self.request.worker, new.by)
        elif old.state == new.state and _changed(new):
            yield "changed", self._members(self.request.worker, new.by)

    def _alarmed(self, why: str) -> Iterator[tuple[notices.StaffNews, Sequence[Staff]]]:
        if why == LATE:
            yield "late", self._leads()
            return
        if why == STALLED:
            own = self._members(self.request.worker)
            yield "stalled_own", own
            yield "stalled", [one for one in self._leads() if one not in own]
            return
        yield "urgent", [one for one in self.staff if self._takes(one)]
        # The hotline takes no calls, but can find somebody who does.
        watching = [one for one in self.staff if one.role == "hotline" and one.active]
        yield "urgent_watched", [one for one in watching if serves(one, self.request.region)]

    def _before(self, at: int) -> str | None:
        """Who had the call before the line at that place."""
        held: str | None = None
        for line in self.request.history[: at - 1]:
            if line.state == "submitted":
                held = None
            elif _handed(line):
                held = line.note
            elif held is None and line.state in ("accepted", "on_the_way"):
                held = line.by
        return held

    def _leads(self) -> list[Staff]:
        able = filter(self._takes, self.staff)
        return [one for one in able if (actor := actor_of(one)) and actor.role == "lead"]

    def _takes(self, one: Staff) -> bool:
        return takes(one, self.request.region)

    def _members(self, who: str | None, *but: str) -> list[Staff]:
        """Nobody is told of what they did themselves."""
        found = self._member(who) if who not in but else None
        return [found] if found else []

    def _member(self, who: str | None) -> Staff | None:
        return next((one for one in self.staff if who == f"staff:{one.id}"), None)


def _news(old: Move, new: Move, *, urgent: bool) -> notices.News | None:
    """What a line means to the elder, None where it is none of their concern."""
    if old.state != new.state:
        return new.state
    if _alarm(new):
        return _alarming(new.note, urgent=urgent)
    if _handed(new):
        return "handed"
    return "changed" if _changed(new) and {"time", "time_text"} & {*new.note.split()} else None


def _alarming(why: str, *, urgent: bool) -> notices.News | None:
    """Whoever comes and forgets to say so comes all the same: only where it is urgent must the elder know."""
    if why == STALLED:
        return "stalled" if urgent else None
    return "late" if why == LATE else None


def _alarm(line: Move) -> bool:
    return line.by == "clock" and line.note in (LATE, URGENT, STALLED)


def _handed(line: Move) -> bool:
    return line.state == "accepted" and line.note.startswith("staff:")


def _changed(line: Move) -> bool:
    return bool(line.note) and {*line.note.split()} <= {*CHANGEABLE}


def _unhappy(line: Move) -> bool:
    return (line.state, line.by) == ("done", "elder") and "rating" in line.note.split()


def _mark(number: str) -> str:
    return f"told:{number}"
