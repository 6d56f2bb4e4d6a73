"""A process that takes jobs or a slow turn and is killed in the middle; shares the makings with the tests."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pydantic import SecretStr

from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.config import SHANGHAI
from bot.conversation import Conversation
from bot.jobs import Jobs, jobs
from bot.models import Message, Reply
from bot.store.connect import Stores, connect
from bot.store.limits import Limits
from bot.wechat import reception
from bot.wechat.accounts import Account
from bot.wechat.fitting import compose
from bot.wechat.office import Office, office
from nlu.understanding import PersonHeard, Understanding

NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
NOWHERE = "http://127.0.0.1:9"
# What a killed process held ends soon, so that the tests need not wait.
LIMITS = Limits(turn_ms=1_500)
HEARD = {
    "我83": Understanding("inform", 1.0, "rules", (PersonHeard("self", facts={"age": 83}, named=False),)),
    "删除我的资料": Understanding("delete_my_data", 1.0, "rules"),
    "俺娘倒地上了": Understanding("emergency", 1.0, "rules", emergency="unconscious"),
}


@cache
def catalog() -> Catalog:
    return load_catalog()


class SlowEars:
    """Understands `HEARD`; waits before a text in `gates` until its gate is open. Others are not understood."""

    def __init__(self, gates: Mapping[str, asyncio.Event]) -> None:
        self.gates = dict(gates)

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding:
        if gate := self.gates.get(text):
            await gate.wait()
        return HEARD.get(text, Understanding("out_of_scope", 0.1, "embedded"))

    async def state(self) -> str:
        return "scripted"


@dataclass
class Desk:
    """One process of the bot: its store, its office, and the gates before slow texts."""

    stores: Stores
    office: Office
    ears: SlowEars

    async def ask(self, message: Message, within_s: float) -> tuple[str, bytes]:
        deadline = asyncio.get_running_loop().time() + within_s
        return await self.office.reception.answer(message, encode, deadline)


def encode(reply: Reply) -> bytes:
    return compose(reply).encode() or b"success"


@asynccontextmanager
async def working_office(
    accounts: Mapping[str, Account], conversation: Conversation, stores: Stores, base: str = NOWHERE
) -> AsyncIterator[Office]:
    """An office with its jobs, as the application has it."""
    queue = Jobs(stores.url)
    async with (
        office(accounts, base, None, conversation, stores, lambda: NOW, queue) as opened,
        queue.working(),
    ):
        yield opened
        await opened.close()


@asynccontextmanager
async def desk(
    url: str,
    slow: Sequence[str] = (),
    *,
    base: str = NOWHERE,
    secret: str | None = None,
    limits: Limits = LIMITS,
) -> AsyncIterator[Desk]:
    """Opens an office over the store at `url`; `secret` lets its account send by customer-service message."""
    account = Account("", "wx-app", SecretStr("token"), app_secret=SecretStr(secret) if secret else None)
    stores = await connect(url, limits)
    ears = SlowEars({text: asyncio.Event() for text in slow})
    conversation = Conversation(catalog(), ears, stores.turns, lambda: NOW, "411303")
    accounts = {"": account}
    try:
        async with working_office(accounts, conversation, stores, base) as opened:
            yield Desk(stores, opened, ears)
    finally:
        await stores.close()


async def _work_for_ever(url: str) -> None:
    async def hangs(name: str) -> None:
        print("begun", name, flush=True)
        await asyncio.sleep(3600)

    async with jobs(url, {"work": hangs}) as queue:
        print("ready", flush=True)
        await queue.add("work", "one")
        await asyncio.sleep(3600)


async def _hang_in_a_turn(url: str, text: str, key: str) -> None:
    async with desk(url, [text]) as here:
        outcome, answer = await here.ask(Message("u", text=text, key=key), 3.0)
        print(outcome, answer.hex(), flush=True)
        await asyncio.sleep(3600)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--turn", nargs=2, metavar=("TEXT", "KEY"))
    parser.add_argument("--finish-after", type=float, default=reception.FINISH_AFTER_S)
    options = parser.parse_args()
    reception.FINISH_AFTER_S = options.finish_after
    reception.PROMISE_S = 2.7
    await (_hang_in_a_turn(options.url, *options.turn) if options.turn else _work_for_ever(options.url))


if __name__ == "__main__":
    asyncio.run(main())
