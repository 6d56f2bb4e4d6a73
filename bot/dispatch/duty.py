"""What a member of staff does by WeChat: binds it, sees the calls of their areas, takes one, tells how it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from bot.access import audit
from bot.booking.history import here
from bot.booking.table import FINISHED, Actor, Refusal
from bot.catalog.model import Catalog
from bot.dialogue.duty_commands import Command, code, command
from bot.dialogue.duty_words import details, how_it_was, outline
from bot.dialogue.notices import duty_tap
from bot.dialogue.wording import say
from bot.dispatch.desk import Desk
from bot.dispatch.staff import Codes, actor_of, booked_by, takes
from bot.dispatch.telling import address
from bot.errors import NotFound
from bot.models import Message, Reply, Request, RequestState, Staff, Tap
from bot.store.port import Line
from bot.store.port_staff import AuditLog, StaffRoom

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
_MOST_LISTED: Final = 8
_MOST_CANDIDATES: Final = 6
_TO: Final[dict[str, RequestState]] = {
    "take": "accepted",
    "onway": "on_the_way",
    "done": "done",
    "failed": "failed",
    "back": "submitted",
}
_ENDS: Final = ("done", "failed")
# What can be done next with a call that one has.
_NEXT: Final = {"accepted": ("onway", "done", "back"), "on_the_way": ("done", "back", "failed")}


class Duty:
    """The `Duty` protocol of the conversation; all may raise `StoreDown`."""

    def __init__(
        self,
        desk: Desk,
        room: StaffRoom,
        codes: Codes,
        catalog: Catalog,
        clock: Callable[[], datetime],
        log_book: AuditLog,
    ) -> None:
        self._desk = desk
        self._log_book = log_book
        self._room = room
        self._codes = codes
        self._catalog = catalog
        self._clock = clock

    async def bind(self, message: Message) -> Reply | None:
        """Binds who sends 绑定 and a code; what is wrong with a code is not told."""
        digits = code(message)
        if digits is None:
            return None
        if address(message.who) is None:
            # Who calls the API names its users freely.
            return Reply((say("duty_bind_elsewhere"),))
        bound = await self._codes.bind(message.who, digits)
        if isinstance(bound, str):
            return Reply((say(f"duty_bind_{bound}"),))
        log.info("staff_bound", staff=bound.id)
        areas = "、".join(self._catalog.region(area).name for area in bound.areas)
        texts = say("duty_bound", name=bound.name, areas=areas), say("duty_hint")
        return Reply(("\n".join(texts),), (_list_tap(),))

    async def answer(self, staff_id: str, message: Message, offered: Sequence[Tap] = ()) -> Reply | None:
        """The answer to a command, by its number among the taps `offered` before too; None for all other words, and
        for who serves no longer."""
        wanted = command(message, offered)
        staff = await self._room.get(staff_id) if wanted else None
        if wanted is None or staff is None or not staff.active or staff.user != message.who:
            return None
        # What could not be sent before may be sent now that they have written.
        await self._desk.post(message.who)
        if wanted.what == "unbind":
            return await self._unbound(staff)
        if wanted.what == "help":
            return Reply((say("duty_help"),), (_list_tap(),))
        return await self._desk_work(wanted, staff)

    async def _unbound(self, staff: Staff) -> Reply:
        await self._room.bind(staff.id, None)
        log.info("staff_unbound", staff=staff.id)
        return Reply((say("duty_unbound"),))

    async def _desk_work(self, wanted: Command, staff: Staff) -> Reply:
        actor = actor_of(staff)
        if actor is None:
            return Reply((say("duty_no_desk"),))
        if wanted.what == "list":
            return await self._list(actor)
        try:
            return await self._one(wanted, actor)
        except NotFound as error:
            what = "member" if error.field == "to_staff" else "number"
            return Reply((say(f"duty_no_such_{what}"),), (_list_tap(),))

    async def _one(self, wanted: Command, actor: Actor) -> Reply:
        found = await self._desk.find(wanted.number)
        if wanted.what == "show":
            return await self._shown(found, actor)
        await self._noted(actor, "move", found.id, to=_TO.get(wanted.what, wanted.what))
        if wanted.what == "give":
            after = await self._desk.hand_over(wanted.number, wanted.to, actor)
        else:
            after = await self._desk.move(wanted.number, _TO[wanted.what], actor)
        if isinstance(after, Refusal):
            return Reply((say(f"duty_refused_{after.reason}"),), (_list_tap(),))
        told = say(f"duty_said_{wanted.what}")
        if after.worker != actor.by or wanted.what in _ENDS:
            return Reply((told,), (_list_tap(),))
        return await self._details(after, actor, told)

    async def _shown(self, request: Request, actor: Actor) -> Reply:
        if not self._desk.may_see(request, actor):
            log.warning("request_refused", staff=actor.id, number=request.id, why="not_your_area")
            return Reply((say("duty_refused_not_your_area"),), (_list_tap(),))
        told = await self._details(request, actor)
        return replace(told, taps=(*told.taps, *await self._candidates(request, actor)))

    async def _candidates(self, request: Request, actor: Actor) -> list[Tap]:
        """To whom a lead may give it, of those who will hear of it."""
        if actor.role != "lead" or request.state in FINISHED:
            return []
        able = [one for one in await self._room.all() if one.user and takes(one, request.region)]
        some = [one for one in able if f"staff:{one.id}" not in (request.worker, actor.by)][:_MOST_CANDIDATES]
        return [
            Tap(f"duty:give:{request.id}:{one.id}", say("duty_give_label", name=one.name)) for one in some
        ]

    async def _details(self, request: Request, actor: Actor, *before: str) -> Reply:
        handled = request.worker == actor.by and request.state in _NEXT
        rated = how_it_was(request) if actor.role == "lead" else ""
        if handled or rated:
            await self._noted(actor, "show", request.id)
        booker = booked_by(request, await self._room.all())
        text = details(
            request,
            self._catalog,
            self._clock(),
            actor.by,
            handled=handled,
            booker=booker.name if booker else "",
        )
        warned = (say("duty_said_show"),) if handled and not before else ()
        lines = (*before, *warned, text, rated)
        return Reply(("\n".join(filter(None, lines)),), _taps(request, handled=handled))

    async def _noted(self, actor: Actor, what: audit.Deed, number: str, **about: str) -> None:
        """Who looked at whose address and telephone, or moved what, before it is shown or done."""
        await audit.note(self._log_book, here(self._clock()), actor.by, what, number=number, **about)

    async def _list(self, actor: Actor) -> Reply:
        lines = await self._desk.visible(actor)
        if not lines:
            return Reply((say("duty_list_empty"),))
        now, shown = self._clock(), lines[:_MOST_LISTED]
        day = here(now)
        head = say(
            "duty_list_head",
            day=say("duty_day", month=day.month, day=day.day),
            waiting=sum(line.worker is None for line in lines),
            mine=sum(line.worker == actor.by for line in lines),
        )
        told = [outline(line, self._catalog, now, actor.by, late=line.late) for line in shown]
        more = [say("duty_list_more", count=len(lines) - len(shown))] if len(lines) > len(shown) else []
        return Reply(("\n".join((head, *told, *more)),), tuple(_tap_of(line, actor) for line in shown))


def _list_tap() -> Tap:
    return Tap("duty:list", say("duty_list_label"))


def _tap_of(line: Line, actor: Actor) -> Tap:
    waits = line.worker is None and line.state == "submitted"
    return duty_tap("take" if waits and actor.role == "worker" else "show", line.id)


def _taps(request: Request, *, handled: bool) -> tuple[Tap, ...]:
    if request.state == "submitted":
        return (duty_tap("take", request.id), _list_tap())
    some = _NEXT.get(request.state, ()) if handled else ()
    return (*(duty_tap(what, request.id) for what in some), _list_tap())
