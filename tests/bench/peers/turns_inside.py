"""Where the processor time of a whole turn goes, in process: the edge, the understanding, the dialogue."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.app import embedded_engine
from bot.catalog.load import load_catalog
from bot.config import Settings
from bot.conversation import Conversation
from bot.models import Message, Reply
from bot.store.memory import MemoryStore
from bot.wechat.codec import to_message, to_xml
from bot.wechat.gate import Gate
from nlu.embedded import Embedded
from nlu.understanding import Understanding
from tests.bench.peers.elders import AES_KEY, APP_ID, TOKEN, Crowd

Pushes = Sequence[tuple[Mapping[str, str], bytes]]


def _now() -> datetime:
    return datetime.now(ZoneInfo("Asia/Shanghai"))


@dataclass
class Watched:
    """An Understander that counts its own time."""

    engine: Embedded
    spent: float = 0.0

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding:
        began = time.process_time()
        try:
            return await self.engine.understand(text, context, now)
        finally:
            self.spent += time.process_time() - began

    async def state(self) -> str:
        return await self.engine.state()


@dataclass
class Inside:
    """A bot without server and store, taking pushes one after another."""

    understander: Watched
    gate: Gate = field(default_factory=lambda: Gate(TOKEN, APP_ID, AES_KEY, _now))
    opened: float = 0.0
    sealed: float = 0.0
    whole: float = 0.0

    async def take(self, pushes: Pushes) -> None:
        """All of them."""
        talk = Conversation(load_catalog(), self.understander, MemoryStore(), _now)
        for query, body in pushes:
            began = time.process_time()
            message = to_message(self.gate.open(query, body), "")
            self.opened += time.process_time() - began
            await talk.answer(message, lambda reply, message=message: self._encode(reply, message))
            self.whole += time.process_time() - began

    def _encode(self, reply: Reply, message: Message) -> bytes:
        began, now = time.process_time(), _now()
        xml = to_xml(reply, message, now)
        sealed = self.gate.seal_for(xml, message, now) if xml else b""
        self.sealed += time.process_time() - began
        return sealed


def inside(crowd: Crowd, count: int) -> dict[str, float]:
    """Milliseconds of the processor a turn, by what they are spent on."""
    engine = embedded_engine(Settings(_env_file=None), load_catalog())
    asyncio.run(Inside(Watched(engine)).take(crowd.dressed(count // 4)))
    one = Inside(Watched(engine))
    asyncio.run(one.take(crowd.dressed(count)))
    understood = one.understander.spent
    parts = {
        "checking, decrypting, reading the XML": one.opened,
        "understanding the words": understood,
        "deciding, and saying it": one.whole - one.opened - one.sealed - understood,
        "writing the XML, encrypting, signing": one.sealed,
    }
    return {name: seconds / count * 1e3 for name, seconds in parts.items()}
