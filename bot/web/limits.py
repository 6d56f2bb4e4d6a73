"""How much one client may ask: a bucket an address for pages, one for the API, one for each token of the API.

The buckets stand in the memory of a process, so that with N processes a client may ask up to N times as much; a bucket
that all share would cost every request a round trip to the store. WeChat and the platforms are never refused.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web

from bot.errors import BotError
from bot.web.clients import whole_house
from bot.web.connections import Connections, is_here

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second in the long run, `burst` at once."""

    per_s: float
    burst: int


# A room of fifty operators, or an office behind one address, stays far below all of these.
PAGES: Final = Rate(30.0, 300)
API: Final = Rate(250.0, 1000)
TOKEN: Final = Rate(500.0, 2000)
# Calls that are booked by users who name themselves. Whoever books a call sends somebody on their way.
CALLS: Final = Rate(20 / 3600, 20)
# What is long takes long to understand, and is counted as so many short ones, each of so many bytes: no client has more
# than a processor by itself. A page brings back what was said before, which nobody reads again.
_API_BYTES: Final = 256
_PAGE_BYTES: Final = 8 * 1024
# Of a body that does not tell its length, or is longer than it looks, the most that is taken is believed.
_API_MOST: Final = 64 * 1024
_PAGE_MOST: Final = 256 * 1024
# So many clients are remembered; of a flood of addresses the oldest are forgotten.
MOST_CLIENTS: Final = 20_000
# A token that was good is believed to be so long before it is asked again; until then it has a bucket of its own.
TOKEN_S: Final = 600.0
# Who pushes is signed and does not come by himself; the rest is asked by watchers, or costs nothing.
_NEVER: Final = ("/wechat", "/platform/", "/static/", "/healthz", "/readyz")
# The others never look at a token, so that an answer of theirs says nothing about it.
_ASK_FOR_TOKENS: Final = ("/api/v1/requests", "/api/v1/figures")
_SAID_S: Final = 10.0


class TooMany(BotError):
    """`retry_after` are whole seconds."""

    code, status = "too_many_requests", 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many requests from one client; send the next one in {retry_after} s")
        self.retry_after = retry_after


class Buckets:
    """All buckets of one rate; a full one is not kept."""

    def __init__(
        self, rate: Rate, most: int = MOST_CLIENTS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._step = 1.0 / rate.per_s
        self._room = rate.burst * self._step
        self._most = most
        self._clock = clock
        # When each would be full again, the one that was asked last at the end.
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, client: str, count: int = 1) -> float:
        """0.0 where there were so many more for the client, else in how many seconds there are."""
        now = self._clock()
        full_at = max(self._full_at.get(client, now), now) + self._step * count
        if full_at - now > self._room:
            return full_at - now - self._room
        self._full_at[client] = full_at
        self._full_at.move_to_end(client)
        self._forget(now)
        return 0.0

    def wait(self, client: str) -> float:
        """As `take`, but takes nothing."""
        now = self._clock()
        return max(0.0, max(self._full_at.get(client, now), now) + self._step - now - self._room)

    def _forget(self, now: float) -> None:
        """The one that was asked longest ago, where it is full or there are too many."""
        oldest = next(iter(self._full_at))
        if self._full_at[oldest] <= now or len(self._full_at) > self._most:
            del self._full_at[oldest]


class Limits:
    """The buckets of one process, and its connections once it serves on sockets of its own."""

    def __init__(
        self, pages: Rate = PAGES, api: Rate = API, token: Rate = TOKEN, calls: Rate = CALLS
    ) -> None:
        self.connections = Connections()
        self._pages, self._api, self._token = Buckets(pages), Buckets(api), Buckets(token)
        self._calls = Buckets(calls)
        # Digests of tokens that were good, and until when that is believed.
        self._good: OrderedDict[str, float] = OrderedDict()
        self._said = -math.inf

    def check(self, request: web.Request) -> None:
        """Raises `TooMany`; this machine's own clients may ask as much as they like."""
        address = request.remote or ""
        if is_here(address):
            return
        buckets, client = self._bucket_of(request, address)
        wait = buckets.take(client, _weight(request))
        if wait:
            self._say()
            raise TooMany(max(1, math.ceil(wait)))

    def check_calls(self, request: web.Request) -> None:
        """Raises `TooMany` for a client that has booked too many calls under names of its own choice."""
        if wait := self._calls.wait(whole_house(request.remote or "")):
            raise TooMany(math.ceil(wait))

    def learn_calls(self, request: web.Request, count: int) -> None:
        """So many were booked; this machine's own clients may book as many as they like."""
        if not is_here(request.remote or ""):
            for _ in range(count):
                self._calls.take(whole_house(request.remote or ""))

    def learn(self, request: web.Request, status: int) -> None:
        """Whether the token of a request was good, from how it was answered."""
        token = _token_of(request)
        if token and status == 401:
            self._good.pop(token, None)
        elif token and status < 300 and request.path.startswith(_ASK_FOR_TOKENS):
            self._good[token] = time.monotonic() + TOKEN_S
            self._good.move_to_end(token)
            while len(self._good) > MOST_CLIENTS:
                self._good.popitem(last=False)

    def _bucket_of(self, request: web.Request, address: str) -> tuple[Buckets, str]:
        if not request.path.startswith("/api/"):
            return self._pages, whole_house(address)
        token = _token_of(request)
        if token and self._good.get(token, 0.0) > time.monotonic():
            return self._token, token
        return self._api, whole_house(address)

    def _say(self) -> None:
        """Now and then, and not who: the address is somebody's."""
        now = time.monotonic()
        if now - self._said > _SAID_S:
            self._said = now
            log.warning("a client asks too much", clients=len(self._pages) + len(self._api))


LIMITS: Final[web.AppKey[Limits]] = web.AppKey("limits", Limits)


@web.middleware
async def with_limits(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses whoever asks too much; notes on the connection that its request is in hand."""
    limits = request.app.get(LIMITS)
    if limits is None:
        return await handler(request)
    connection = limits.connections.begun(request)
    try:
        if request.path.startswith(_NEVER):
            response = await handler(request)
        else:
            response = await _limited(limits, request, handler)
    finally:
        if connection is not None:
            connection.in_hand -= 1
    if limits.connections.ending and not response.prepared:
        response.force_close()
    return response


async def _limited(limits: Limits, request: web.Request, handler: Handler) -> web.StreamResponse:
    limits.check(request)
    try:
        response = await handler(request)
    except BotError as error:
        limits.learn(request, error.status)
        raise
    limits.learn(request, response.status)
    return response


def _weight(request: web.Request) -> int:
    """As how many requests it counts."""
    each, most = (_API_BYTES, _API_MOST) if request.path.startswith("/api/") else (_PAGE_BYTES, _PAGE_MOST)
    length = request.content_length
    if request.body_exists and (length is None or "Content-Encoding" in request.headers):
        length = most
    return 1 + min(length or 0, most) // each


def _token_of(request: web.Request) -> str:
    """A digest of the token that a request brings, empty where it brings none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return ""
    return hashlib.sha256(token.strip().encode("utf-8", "surrogateescape")).hexdigest()
