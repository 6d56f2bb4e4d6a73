"""All accounts of this server with what each needs: gate, API, outbox; and the reception that they share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import aiohttp
import structlog

from bot.conversation import Conversation
from bot.errors import BotError
from bot.jobs import Jobs
from bot.models import Message
from bot.store.connect import Stores
from bot.voice import Ears
from bot.wechat.accounts import Account
from bot.wechat.api import Api
from bot.wechat.consents import Consents
from bot.wechat.gate import Gate
from bot.wechat.outbox import Outbox
from bot.wechat.reception import Reception
from bot.wechat.tokens import Tokens

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# What the platform allows for a recording, and some more.
LONGEST_RECORDING = 2 * 1024 * 1024
CLOSE_S = 5.0


@dataclass(frozen=True, slots=True)
class Window:
    """One account as it is served."""

    account: Account
    gate: Gate
    api: Api
    outbox: Outbox


class Office:
    """Made by `office`; does the jobs that pushes leave behind."""

    def __init__(
        self,
        windows: Mapping[str, Window],
        ears: Ears | None,
        conversation: Conversation,
        stores: Stores,
        queue: Jobs,
        clock: Callable[[], datetime],
    ) -> None:
        self.windows = windows
        self._ears = ears
        self.consents = Consents(stores.mailbox)
        self._jobs = queue
        self.reception = Reception(conversation, stores.turns, self.listen, self.later, clock)

    async def listen(self, message: Message) -> Message:
        """The message with the words of its recording, where there is a recogniser and it understood any."""
        if message.kind != "voice" or message.media is None or self._ears is None:
            return message
        try:
            recording = await self.windows[message.account].api.download(message.media, LONGEST_RECORDING)
        except BotError as error:
            log.warning("recording not fetched", code=error.code)
            return message
        words = await self._ears.hear(recording)
        return replace(message, text=words or "")

    async def later(self, job: str, message: Message, seconds: float) -> None:
        """Has a job done for the user of a message; raises `StoreDown`."""
        await self._jobs.add(job, message.account, message.user, message.key or "", seconds=seconds)

    async def close(self) -> None:
        """Lets the turns in hand come to their end, while there are jobs to leave the rest to."""
        await self.reception.close(CLOSE_S)
        await self.consents.close()

    async def finish(self, account: str, user: str, key: str) -> None:
        """The job that looks after a promise."""
        await self.reception.finish(Message(user, account=account, key=key))

    async def deliver(self, account: str, user: str, _key: str) -> None:
        """The job that sends what waits for a user."""
        window = self.windows.get(account)
        if window is not None:
            await window.outbox.deliver(Message(user, account=account).who, user)


@asynccontextmanager
async def office(
    accounts: Mapping[str, Account],
    api_base: str,
    ears: Ears | None,
    conversation: Conversation,
    stores: Stores,
    clock: Callable[[], datetime],
    queue: Jobs,
) -> AsyncIterator[Office]:
    """Opens every account's window, as long as the server runs; `queue` must not work yet."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        windows = {
            name: _window(account, http, api_base, stores, clock) for name, account in accounts.items()
        }
        opened = Office(windows, ears, conversation, stores, queue, clock)
        queue.handle({"finish": opened.finish, "deliver": opened.deliver})
        yield opened


def _window(
    account: Account,
    http: aiohttp.ClientSession,
    base: str,
    stores: Stores,
    clock: Callable[[], datetime],
) -> Window:
    key = account.aes_key.get_secret_value() if account.aes_key else None
    gate = Gate(account.token.get_secret_value(), account.app_id, key, clock)
    api = Api(account, http, Tokens(account, http, stores.shelf, base), base)
    return Window(account, gate, api, Outbox(account, api, stores.mailbox))
