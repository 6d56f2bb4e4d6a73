"""The story of one message: recall, listen, understand, take the turn, keep all of it in one step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from traceback import extract_tb
from typing import Protocol

import structlog

from bot.catalog.model import Catalog
from bot.dialogue.calling import wants_number, wants_older
from bot.dialogue.questions import context_of
from bot.dialogue.turn import empty_report, in_trouble, take_turn
from bot.errors import StoreDown, TurnLost
from bot.models import Message, Notice, Reply, Request, Session, Tap, Turn
from bot.store.port import Allows, Held, Outcome, Store
from nlu.understanding import Understander

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
Clock = Callable[[], datetime]
Encode = Callable[[Reply], bytes]
# Takes the turns of promised messages that nobody has taken, the oldest first.
CatchUp = Callable[[tuple[bytes, ...]], Awaitable[None]]
# Makes words of a recording, where it can.
Listen = Callable[[Message], Awaitable[Message]]
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Answered:
    """The bytes that answer a push; `late` where it had got a promise meanwhile and a notice waits instead."""

    answer: bytes
    late: bool = False


class CallBook(Protocol):
    """What the conversation needs to book calls."""

    async def reserve(self, user: str) -> str:
        """A free number; raises `StoreDown`."""
        ...

    async def follow(self, request: Request) -> None:
        """Looks after a call from now on; said before it is kept, so that none is ever kept and forgotten."""
        ...


class Duty(Protocol):
    """What a member of staff can do by WeChat."""

    async def answer(self, staff_id: str, message: Message, offered: tuple[Tap, ...] = ()) -> Reply | None:
        """The answer to a command of somebody who serves, also by its number among the taps that were `offered`; None
        where it is a message like any other."""
        ...

    async def bind(self, message: Message) -> Reply | None:
        """The answer to a one-time code, None where the message is none."""
        ...


class Conversation:
    """One engine for every door; keeps nothing between messages that another process would need."""

    def __init__(
        self,
        catalog: Catalog,
        understander: Understander,
        store: Store,
        clock: Clock,
        default_region: str | None = None,
        quick: Understander | None = None,
        calls: CallBook | None = None,
        duty: Duty | None = None,
    ) -> None:
        """`quick` understands without asking another machine: it looks for danger where all else is slow. Without
        `calls` nothing can be booked, without `duty` nobody serves."""
        self._calls = calls
        self._duty = duty
        self._default_region = default_region
        self._quick = quick or understander
        self._catalog = catalog
        self._understander = understander
        self._store = store
        self._clock = clock

    async def hear(self, message: Message) -> Turn:
        """Takes one turn and remembers it; raises `StoreDown`."""
        async with self._store.turn(message.who, recent=True) as held:
            turn = await self._take(message, held)
            await self._follow(turn)
            await self._store.keep(held, _outcome(turn, message, None))
        return turn

    async def answer(
        self,
        message: Message,
        encode: Encode,
        listen: Listen | None = None,
        catch_up: CatchUp | None = None,
        *,
        finish: bool = False,
    ) -> Answered:
        """As `hear`, but once only for `message.key`: a push that was answered gets the same bytes again.

        What the user said before and was promised an answer to comes first, by `catch_up`: said later, it would answer
        another question. With `finish`, only what was promised and not yet done is done. Raises `StoreDown`.
        """
        for _ in range(_TRIES - 1):
            try:
                return await self._answer(message, encode, listen, catch_up, finish=finish)
            except TurnLost:
                # Nothing was kept, or all of it was: the store knows which.
                log.warning("turn_lost")
        return await self._answer(message, encode, listen, catch_up, finish=finish)

    async def urgent(self, message: Message) -> Reply | None:
        """Whom to call, where the message tells of danger; asks no store, so it can be said when that is down."""
        try:
            now = self._clock()
            heard = await self._quick.understand(message.text, None, now)
            turn = take_turn(Session(greeted=True), message, heard, self._catalog, now)
        except Exception:  # noqa: BLE001 - there is another answer for what cannot be understood
            return None
        return turn.reply if turn.report["emergency"] else None

    async def _answer(
        self,
        message: Message,
        encode: Encode,
        listen: Listen | None,
        catch_up: CatchUp | None,
        *,
        finish: bool,
    ) -> Answered:
        asked = (message.who, message.key, allows(message))
        async with self._store.turn(*asked, finish=finish, recent=True) as held:
            if held.before is not None or (finish and not held.late):
                return Answered(held.before or b"")
            if not held.promised or catch_up is None:
                turn = await self._take(await listen(message) if listen else message, held)
                answer = encode(turn.reply)
                await self._follow(turn)
                in_time = await self._store.keep(held, _outcome(turn, message, answer))
                return Answered(answer, late=not in_time)
        await catch_up(held.promised)
        return await self._answer(message, encode, listen, None, finish=finish)

    async def _take(self, message: Message, held: Held) -> Turn:
        try:
            session = held.session
            if session.region is None:
                session = replace(session, region=message.region or self._default_region)
            if served := await self._served(message, held):
                session = replace(session, offered=served.taps)
                return Turn(session, served, report=empty_report(session))
            return await self._turn(session, message, held)
        except StoreDown:
            raise
        except Exception as error:  # noqa: BLE001 - whatever breaks, nobody is left without an answer and a number
            log.error(
                "turn failed",
                error=type(error).__name__,
                where=[f.name for f in extract_tb(error.__traceback__)],
            )
            return in_trouble(held.session)

    async def _served(self, message: Message, held: Held) -> Reply | None:
        if self._duty is None:
            return None
        offered = held.session.offered
        if held.staff is not None and (reply := await self._duty.answer(held.staff, message, offered)):
            return reply
        return await self._duty.bind(message)

    async def _turn(self, session: Session, message: Message, held: Held) -> Turn:
        """Only the turn itself can tell that it needs the calls of long ago, or a number: it is taken again with them."""
        now = self._clock()
        heard = await self._understander.understand(message.text, context_of(session.asked), now)
        take = partial(
            take_turn,
            session,
            message,
            heard,
            self._catalog,
            now,
            held.waiting,
            owed=bool(held.promised),
            bookable=self._calls is not None,
            staff=held.staff or "",
        )
        requests = held.requests
        turn = take(requests=requests)
        if held.older and wants_older(turn, session, message, requests):
            requests = await self._store.all_calls(held)
            turn = take(requests=requests)
        if self._calls is None or not wants_number(turn):
            return turn
        return take(requests=requests, number=await self._calls.reserve(message.who))

    async def _follow(self, turn: Turn) -> None:
        if self._calls is not None:
            for request in turn.requests:
                await self._calls.follow(request)


def allows(message: Message) -> Allows:
    """What a push lets the account send by customer-service message (PLATFORM.md, row 9)."""
    if message.kind != "event":
        # A tap in a message opens no more than a click on the menu does.
        return "event" if message.tap else "message"
    return "event" if message.event in ("subscribe", "scan", "click") else "nothing"


def _outcome(turn: Turn, message: Message, answer: bytes | None) -> Outcome:
    forget = any(effect.kind == "forget" for effect in turn.effects)
    session = Session(greeted=True) if forget else turn.session
    notice = Notice(f"late:{message.key}", turn.reply.texts, turn.reply.taps) if turn.reply.texts else None
    return Outcome(session, answer, notice, turn.told, forget, turn.requests)
