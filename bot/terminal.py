"""Talking in the terminal: a person with numbered taps, or programs with JSON lines."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from bot import contract
from bot.catalog.model import Catalog
from bot.config import Settings
from bot.conversation import Conversation
from bot.dialogue.wording import say
from bot.following import calls_of
from bot.models import Message, Turn
from bot.partners import CallBook
from bot.store.connect import connect, sealer_of
from bot.store.memory import MemoryStore
from bot.store.port import Store
from nlu.understanding import Understander

_PERSON = "terminal"
# Opens the understanding for as long as it is needed.
Understanding = Callable[[Settings, Catalog], AbstractAsyncContextManager[Understander]]


class Chat:
    """The same engine as every other door; sessions in memory unless a Redis URL is given."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        understanding: Understanding,
        store_url: str | None,
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._understanding = understanding
        self._store_url = store_url
        self._conversation: Conversation | None = None

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Connects the store and the understanding for as long as the talk lasts."""
        async with contextlib.AsyncExitStack() as stack:
            store, calls = await self._opened(stack)
            engine = await stack.enter_async_context(self._understanding(self._settings, self._catalog))
            self._conversation = self._conversing(engine, store, calls)
            yield

    async def _opened(self, stack: contextlib.AsyncExitStack) -> tuple[Store, CallBook]:
        if self._store_url is None:
            memory = MemoryStore()
            return memory, memory
        stores = await connect(self._named(self._store_url), sealer=sealer_of(self._settings.data_keys_file))
        stack.push_async_callback(stores.close)
        return stores.turns, await stack.enter_async_context(calls_of(stores))

    def _named(self, url: str) -> str:
        """The word REDIS_URL stands for that setting: whoever lists this machine's processes reads their arguments."""
        return (self._settings.store_url() or "") if url == "REDIS_URL" else url

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
        if self._conversation is None:
            raise RuntimeError("nothing is heard outside open()")
        return await self._conversation.hear(message)

    def _conversing(self, engine: Understander, store: Store, calls: CallBook) -> Conversation:
        settings = self._settings
        return Conversation(self._catalog, engine, store, settings.now, settings.default_region, calls=calls)

    @staticmethod
    def _show(turn: Turn) -> None:
        for text in turn.reply.texts:
            print(text)
        for number, tap in enumerate(turn.reply.taps, start=1):
            print(say("terminal_tap", number=number, label=tap.label))
