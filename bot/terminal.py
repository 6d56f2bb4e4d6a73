"""Talking in the terminal: a person with numbered taps, or programs with JSON lines."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from bot import contract
from bot.catalog.model import Catalog
from bot.config import Settings
from bot.conversation import Conversation
from bot.dialogue.wording import say
from bot.models import Message, Turn
from bot.store import redis
from bot.store.memory import MemoryStore
from bot.store.port import Store
from nlu.understanding import Understander

_PERSON = "terminal"


class Chat:
    """The same engine as every other door; sessions in memory unless a Redis URL is given."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        understander: Callable[[Settings, Catalog], Understander],
        store_url: str | None,
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._understander = understander(settings, catalog)
        self._store_url = store_url
        self._conversation: Conversation | None = None

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Connects the store for as long as the talk lasts."""
        store = await redis.connect(self._store_url) if self._store_url else MemoryStore()
        self._conversation = self._conversing(store)
        try:
            yield
        finally:
            await store.close()

    async def answer(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """One line of the contract's §4; raises `BotError`."""
        message = contract.message_of(body)
        return contract.talked(message.user, await self._hear(message))

    async def with_a_person(self) -> None:
        """Until the person ends it with Ctrl-D."""
        async with self.open():
            self._show(await self._hear(Message(_PERSON, kind="event", event="subscribe")))
            while True:
                try:
                    text = input("> ")
                except (EOFError, KeyboardInterrupt):
                    return
                self._show(await self._hear(Message(_PERSON, text=text)))

    async def _hear(self, message: Message) -> Turn:
        conversation = self._conversation or self._conversing(MemoryStore())
        return await conversation.hear(message)

    def _conversing(self, store: Store) -> Conversation:
        settings = self._settings
        return Conversation(self._catalog, self._understander, store, settings.now, settings.default_region)

    @staticmethod
    def _show(turn: Turn) -> None:
        for text in turn.reply.texts:
            print(text)
        for number, tap in enumerate(turn.reply.taps, start=1):
            print(say("terminal_tap", number=number, label=tap.label))
