"""The story of one message: recall, listen, understand, take the turn, keep all of it in one step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from traceback import extract_tb

import structlog

from bot.catalog.model import Catalog
from bot.dialogue.answer_code import awaiting, code_in, told_by_code, unknown_code
from bot.dialogue.calling import wants_number, wants_older
from bot.dialogue.questions import context_of
from bot.dialogue.turn import empty_report, in_trouble, take_turn
from bot.errors import StoreDown, TurnLost
from bot.models import Effect, Message, Notice, Reply, Session, Turn
from bot.partners import AnswerLinks, CallBook, Counts, Duty, Handing
from bot.store.port import Allows, Held, Outcome, Store
from bot.watching.spans import span
from nlu.understanding import Understander, Understanding

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
Clock = Callable[[], datetime]
Encode = Callable[[Reply], bytes]
# Takes the turns of promised messages that nobody has taken, the oldest first.
CatchUp = Callable[[tuple[bytes, ...]], Awaitable[None]]
# Whether a text could tell of danger; quicker than understanding it.
Suspects = Callable[[str], bool]
# Makes words of a recording, where it can.
Listen = Callable[[Message], Awaitable[Message]]
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Answered:
    """The bytes that answer a push; `late` where it had got a promise meanwhile and a notice waits instead."""

    answer: bytes
    late: bool = False


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
        links: AnswerLinks | None = None,
        handing: Handing | None = None,
        counts: Counts | None = None,
        suspects: Suspects = lambda _: True,
    ) -> None:
        """`quick` understands without asking another machine what `suspects`: so danger is seen where all else is slow.
        Without `calls` nothing can be booked, without `duty` nobody serves, without `links` no answer is a page,
        without `handing` codes are numbers."""
        self._links = links
        self._handing = handing
        self._counts = counts
        self._calls = calls
        self._duty = duty
        self._default_region = default_region
        self._quick = quick or understander
        self._suspects = suspects
        self._catalog = catalog
        self._understander = understander
        self._store = store
        self._clock = clock

    async def hear(self, message: Message) -> Turn:
        """Takes one turn and remembers it; raises `StoreDown`."""
        async with self._store.turn(message.who, recent=True) as held:
            turn = await self._take(message, held)
            await self._follow(turn, message.who)
            await self._store.keep(held, _outcome(turn, message, None))
        self._count(message, held, turn)
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
            if not (message.tap or self._suspects(message.text)):
                return None
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
                told = await listen(message) if listen else message
                turn = await self._take(told, held)
                answer = encode(turn.reply)
                await self._follow(turn, message.who)
                in_time = await self._store.keep(held, _outcome(turn, message, answer))
                self._count(told, held, turn)
                return Answered(answer, late=not in_time)
        await catch_up(held.promised)
        return await self._answer(message, encode, listen, None, finish=finish)

    async def _take(self, message: Message, held: Held) -> Turn:
        try:
            session = held.session
            if session.region is None and (region := message.region or self._default_region):
                session = replace(session, region=region)
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
        heard = await self._heard(session, message, now)
        if isinstance(heard, Reply):
            return Turn(session, heard, report=empty_report(session))
        session, understood = heard
        take = partial(
            take_turn,
            session,
            message,
            understood,
            self._catalog,
            now,
            held.waiting,
            owed=bool(held.promised),
            bookable=self._calls is not None,
            staff=held.staff or "",
            link=await self._links.fresh() if self._links else "",
        )
        requests = held.requests
        with span("turn"):
            turn = take(requests=requests)
        if held.older and wants_older(turn, session, message, requests):
            requests = await self._store.all_calls(held)
            turn = take(requests=requests)
        if self._calls is None or not wants_number(turn):
            return turn
        return take(requests=requests, number=await self._calls.reserve(message.who))

    async def _heard(
        self, session: Session, message: Message, now: datetime
    ) -> tuple[Session, Understanding] | Reply:
        """What was understood; of a code what was told at the desk, or that there is none."""
        code = code_in(message, session, self._catalog) if self._handing else ""
        handed = await self._handing.redeem(code, message.who) if self._handing and code else None
        if handed:
            return awaiting(session, handed.person), told_by_code(handed.facts, handed.person)
        heard = await self._understander.understand(message.text, context_of(session.asked), now)
        return unknown_code(session) if code and not heard.people else (session, heard)

    def _count(self, message: Message, held: Held, turn: Turn) -> None:
        if self._counts is not None:
            self._counts.turned(message, held.session, turn)

    async def _follow(self, turn: Turn, who: str) -> None:
        if self._calls is not None:
            for request in turn.requests:
                await self._calls.follow(request)
        if self._links is not None:
            for effect in turn.effects:
                await _linked(self._links, effect, who)
        if self._handing is not None and any(effect.kind == "forget" for effect in turn.effects):
            await self._handing.forget(who)


def allows(message: Message) -> Allows:
    """What a push lets the account send by customer-service message (PLATFORM.md, row 9)."""
    if message.kind != "event":
        # A tap in a message opens no more than a click on the menu does.
        return "event" if message.tap else "message"
    return "event" if message.event in ("subscribe", "scan", "click") else "nothing"


async def _linked(links: AnswerLinks, effect: Effect, who: str) -> None:
    if effect.kind == "link":
        await links.keep(effect.link, who, effect.person)
    else:
        # Whose data goes, or who asks for it, shows nothing any more.
        await links.withdraw_all(who)


def _outcome(turn: Turn, message: Message, answer: bytes | None) -> Outcome:
    forget = any(effect.kind == "forget" for effect in turn.effects)
    session = Session(greeted=True) if forget else turn.session
    notice = Notice(f"late:{message.key}", turn.reply.texts, turn.reply.taps) if turn.reply.texts else None
    return Outcome(session, answer, notice, turn.told, forget, turn.requests)
