"""The platform's pushing side: signs, encrypts, waits, tries three times, and reads every answer strictly."""

from __future__ import annotations

import asyncio
import itertools
import random
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit

import aiohttp

from tests.platform.ledger import Ledger
from tests.platform.shapes import Fields, to_xml
from tests.wechat_side import ACCOUNT, BadReplyError, WeChatSide, check_links

REPLY_BYTES = 2048
# What reading a malformed answer may raise.
_MALFORMED = (BadReplyError, ValueError, SyntaxError, struct.error, LookupError)

# text: the user reads it; empty: `success` or nothing, nobody reads anything and nothing is tried again;
# silent: no answer in time; broken: the connection; status: not 200; malformed: shown as an error.
Outcome = Literal["text", "empty", "silent", "broken", "status", "malformed"]


@dataclass(frozen=True)
class Manner:
    """How the platform behaves. `lost` is the share of good answers that get lost on the way, to be tried again.

    `retry` is "same" for the same bytes and signature, "new" for a new nonce, timestamp and encryption, "random"
    for either; `spread` says which of several addresses takes a try.
    """

    patience_s: float = 5.0
    tries: int = 3
    retry: Literal["same", "new", "random"] = "random"
    spread: Literal["random", "in turn"] = "random"
    lost: float = 0.0


@dataclass(frozen=True)
class Try:
    """One try of a push: where, what came back, and after how many seconds; `text` is what the user reads."""

    address: str
    outcome: Outcome
    seconds: float
    status: int | None = None
    body: bytes = b""
    text: str | None = None
    wrong: str = ""
    lost: bool = False

    @property
    def good(self) -> bool:
        """The server did its part, whether or not it arrived."""
        return self.outcome in ("text", "empty")


@dataclass
class Push:
    """One message of one user, with all its tries."""

    user: str
    fields: Fields
    xml: bytes
    tries: list[Try] = field(default_factory=list)
    dressed: tuple[dict[str, str], bytes] | None = None

    @property
    def answer(self) -> Try | None:
        """The good try that arrived."""
        return next((one for one in reversed(self.tries) if one.good and not one.lost), None)

    @property
    def answered(self) -> bool:
        """Some try was answered well, though it may have been lost."""
        return any(one.good for one in self.tries)

    @property
    def text(self) -> str | None:
        """What the user read; None where it was nothing, or an error of the platform's."""
        return self.answer.text if self.answer else None

    @property
    def taps(self) -> list[tuple[str, str, str]]:
        """The tap links of the answer: content (as in the link), id, label."""
        return check_links(self.text or "")

    @property
    def same_bytes(self) -> bool:
        """All good answers are byte for byte the same."""
        return len({one.body for one in self.tries if one.good}) <= 1

    @property
    def outcomes(self) -> list[Outcome]:
        return [one.outcome for one in self.tries]


class Platform:
    """Pushes to one account's server processes, `urls`, as if they stood behind one address.

    An async context manager. `aes_key` None means plain mode; `now` gives the platform's clock in seconds, to be
    set where the server's "now" is fixed; `ledger` is shared with the API side.
    """

    def __init__(
        self,
        urls: str | Sequence[str],
        token: str,
        app_id: str,
        aes_key: str | None = None,
        *,
        manner: Manner | None = None,
        ledger: Ledger | None = None,
        now: Callable[[], float] = time.time,
        account: str = ACCOUNT,
        chance: random.Random | None = None,
    ) -> None:
        self.urls = [_door(url) for url in ([urls] if isinstance(urls, str) else urls)]
        self.manner = manner or Manner()
        self.ledger = ledger or Ledger(now)
        self.pushes: list[Push] = []
        self._side = WeChatSide(self.urls[0], token, app_id, aes_key, now, account, REPLY_BYTES)
        self._chance = chance or random.Random()  # noqa: S311 - not for secrets
        self._turns = itertools.cycle(self.urls)
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Platform:
        # A connection for each try: a kept one would hide which process answers.
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        self._http = aiohttp.ClientSession(connector=connector, headers={"Content-Type": "text/xml"})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http:
            await self._http.close()

    async def push(self, user: str, fields: Fields, *, created: int | None = None) -> Push:
        """A message of `tests.platform.shapes`, pushed until it is answered or given up."""
        moment = int(self._side.now()) if created is None else created
        head: Fields = {"ToUserName": self._side.account, "FromUserName": user, "CreateTime": moment}
        one = Push(user, fields, to_xml({**head, **fields}))
        self.ledger.heard(user, fields)
        self.pushes.append(one)
        return await self.again(one)

    async def again(self, one: Push) -> Push:
        """The same push once more, from its first try; the tries are added."""
        for number in range(self.manner.tries):
            done = await self._try(one, number)
            one.tries.append(done)
            if done.good and not done.lost:
                break
        return one

    async def replay(self, one: Push) -> Try:
        """Exactly the bytes of the last try, as somebody who listened could send them."""
        assert one.dressed
        done = await self._send(self._address(), one.user, *one.dressed)
        one.tries.append(done)
        return done

    async def _try(self, one: Push, number: int) -> Try:
        same = self.manner.retry == "same" or (self.manner.retry == "random" and self._chance.random() < 0.5)
        if one.dressed is None or (number and not same):
            one.dressed = self._side.dress(one.xml)
        done = await self._send(self._address(), one.user, *one.dressed)
        if done.good and self._chance.random() < self.manner.lost:
            return Try(done.address, done.outcome, done.seconds, done.status, done.body, done.text, lost=True)
        return done

    def _address(self) -> str:
        return next(self._turns) if self.manner.spread == "in turn" else self._chance.choice(self.urls)

    async def _send(self, address: str, user: str, query: dict[str, str], body: bytes) -> Try:
        start = time.monotonic()

        def ended(outcome: Outcome, wrong: str = "") -> Try:
            return Try(address, outcome, time.monotonic() - start, wrong=wrong)

        try:
            async with asyncio.timeout(self.manner.patience_s):
                status, raw = await self._post(address, query, body)
        except TimeoutError:
            return ended("silent")
        except (aiohttp.ClientError, OSError) as error:
            return ended("broken", type(error).__name__)
        return self._judge(ended("status"), status, raw, user)

    async def _post(self, address: str, query: dict[str, str], body: bytes) -> tuple[int, bytes]:
        assert self._http, "a Platform is used in `async with`"
        async with self._http.post(address, params=query, data=body) as response:
            return response.status, await response.read()

    def _judge(self, ended: Try, status: int, body: bytes, user: str) -> Try:
        outcome: Outcome = "status"
        text, wrong = None, f"HTTP {status}"
        if status == 200:
            try:
                text, wrong = self._side.read(body, user), ""
                outcome = "empty" if text is None else "text"
            except _MALFORMED as error:
                outcome, wrong = "malformed", str(error)
        return Try(ended.address, outcome, ended.seconds, status, body, text, wrong)


def _door(url: str) -> str:
    return url if urlsplit(url).path.strip("/") else url.rstrip("/") + "/wechat"
