"""The story of one message: recall, understand, take the turn, remember, carry out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from traceback import extract_tb

import structlog

from bot.catalog.model import Catalog
from bot.dialogue.questions import context_of
from bot.dialogue.turn import in_trouble, take_turn
from bot.models import Message, Reply, Session, Turn
from bot.store.port import Store
from nlu.understanding import Understander

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
Clock = Callable[[], datetime]


class Conversation:
    """One engine for every door; keeps nothing between messages that another process would need."""

    def __init__(
        self,
        catalog: Catalog,
        understander: Understander,
        store: Store,
        clock: Clock,
        default_region: str | None = None,
    ) -> None:
        self._default_region = default_region
        self._catalog = catalog
        self._understander = understander
        self._store = store
        self._clock = clock

    async def hear(self, message: Message) -> Turn:
        """Takes one turn and remembers it; raises `StoreDown`."""
        async with self._store.turn(message.user) as token:
            turn = await self._take(message)
            await self._keep(message, token, turn, None)
        return turn

    async def answer(self, message: Message, encode: Callable[[Reply], bytes]) -> bytes:
        """As `hear`, but once only for `message.key`: a push that was answered gets the same bytes again."""
        async with self._store.turn(message.user) as token:
            if message.key and (before := await self._store.answered(message.user, message.key)) is not None:
                return before
            turn = await self._take(message)
            answer = encode(turn.reply)
            await self._keep(message, token, turn, answer)
        return answer

    async def _take(self, message: Message) -> Turn:
        session = await self._store.recall(message.user)
        if session.region is None:
            session = replace(session, region=self._default_region)
        now = self._clock()
        try:
            heard = await self._understander.understand(message.text, context_of(session.asked), now)
            return take_turn(session, message, heard, self._catalog, now)
        except Exception as error:  # noqa: BLE001 - whatever breaks, nobody is left without an answer and a number
            log.error(
                "turn failed",
                error=type(error).__name__,
                where=[f.name for f in extract_tb(error.__traceback__)],
            )
            return in_trouble(session)

    async def _keep(self, message: Message, token: str, turn: Turn, answer: bytes | None) -> None:
        if any(effect.kind == "forget" for effect in turn.effects):
            await self._store.forget(message.user, token)
            turn = replace(turn, session=Session(greeted=True))
        await self._store.remember(message.user, token, turn.session, key=message.key, answer=answer)
