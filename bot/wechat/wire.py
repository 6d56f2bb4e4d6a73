"""The wire to the platform of one account: limits, patience, daily quotas, and one log line a failure."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import aiohttp
import structlog

from bot.config import SHANGHAI
from bot.errors import StoreDown
from bot.store.port import Shelf
from bot.wechat.accounts import Account
from bot.wechat.platform_errors import (
    ApiError,
    NotConfigured,
    PlatformBusy,
    QuotaUsedUp,
    TooBig,
    Unreachable,
    Unreadable,
    platform_error,
    sentence,
)

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_CHUNK = 16 * 1024
_QUOTA_USED_UP = 45009


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, tries and bytes: of one exchange, and of a call with all its tries."""

    connect_s: float = 3.0
    exchange_s: float = 6.0
    call_s: float = 12.0
    tries: int = 3
    pause_s: float = 0.4
    answer_bytes: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the platform, a GET where it has no body.

    `effect`: doing it twice is worse than not doing it. `needs`: fields the answer
    must have, not empty, and their types.
    `media_bytes`: the answer may be a recording or a picture of so many bytes at the most. `variant`: a way of
    calling that has a daily quota of its own.
    """

    path: str
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    needs: Mapping[str, type] = field(default_factory=dict)
    effect: bool = False
    media_bytes: int | None = None
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the fields of a JSON object, or the bytes of a recording or a picture."""

    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    media: bytes = field(default=b"", repr=False)


class Wire:
    """Asks the platform; `counts` are calls by path and outcome ("ok", a return code, the code of an error)."""

    def __init__(
        self,
        account: Account,
        http: aiohttp.ClientSession,
        shelf: Shelf,
        base: str,
        limits: Limits | None = None,
    ) -> None:
        self.account, self.shelf, self.limits = account, shelf, limits or Limits()
        self.counts: Counter[tuple[str, str]] = Counter()
        self._http, self._base = http, base.rstrip("/")

    def secret(self) -> str:
        """The AppSecret; raises `NotConfigured` where there is none."""
        if self.account.app_secret is None:
            raise NotConfigured(sentence("not_configured"))
        return self.account.app_secret.get_secret_value()

    async def ask(self, call: Call, token: str | None = None) -> Answer:
        """What the platform answers, after a few tries where it is busy or cannot be reached; raises `ApiError`,
        and `StoreDown` before anything was sent."""
        try:
            await self._must_have_quota(call)
            answer = await self._patiently(lambda seconds: self._once(call, token, seconds))
        except ApiError as error:
            self.report(call.path, error)
            await self._remember(call, error)
            raise
        self.counts[call.path, "ok"] += 1
        return answer

    def report(self, path: str, error: ApiError) -> None:
        """Counts a failure and tells the log in one line."""
        outcome = error.code if error.errcode is None else str(error.errcode)
        self.counts[path, outcome] += 1
        log.warning(
            "wechat_call_failed",
            account=self.account.name,
            call=path,
            outcome=outcome,
            rid=error.rid,
            maybe_sent=error.maybe_sent,
            operator=error.operator,
        )

    async def _patiently(self, attempt: Callable[[float], Awaitable[Answer]]) -> Answer:
        limits, clock = self.limits, asyncio.get_running_loop().time
        end = clock() + limits.call_s
        for number in range(limits.tries - 1):
            pause = limits.pause_s * 2**number * random.uniform(0.5, 1.5)  # noqa: S311 - only spreads the tries
            try:
                return await attempt(min(limits.exchange_s, end - clock()))
            except ApiError as error:
                if not _may_repeat(error) or clock() + pause >= end:
                    raise
            await asyncio.sleep(pause)
        return await attempt(min(limits.exchange_s, end - clock()))

    async def _once(self, call: Call, token: str | None, seconds: float) -> Answer:
        came = await self._exchange(call, token, seconds)
        # Raised outside of an except block: the library's own error, which quotes the address with the token,
        # must not hang on ours.
        if isinstance(came, ApiError):
            raise came
        return _read(came, call)

    async def _exchange(self, call: Call, token: str | None, seconds: float) -> bytes | ApiError:
        method = "GET" if call.body is None else "POST"
        limit = call.media_bytes or self.limits.answer_bytes
        try:
            async with self._http.request(
                method, self._base + call.path, **self._options(call, token, seconds)
            ) as response:
                return await _at_most(response, limit, call)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL):
            return Unreachable(sentence("unreachable"))
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Unreachable(sentence(_unknown(call)), maybe_sent=call.effect)

    def _options(self, call: Call, token: str | None, seconds: float) -> dict[str, Any]:
        return {
            "params": {**({"access_token": token} if token else {}), **call.params},
            "data": None if call.body is None else _encode(call.body),
            "headers": None if call.body is None else _JSON,
            "timeout": aiohttp.ClientTimeout(total=seconds, connect=min(self.limits.connect_s, seconds)),
            # The token in the address goes to nobody else.
            "allow_redirects": False,
        }

    async def _must_have_quota(self, call: Call) -> None:
        if await self.shelf.get(self._quota(call)):
            raise platform_error(_QUOTA_USED_UP)

    async def _remember(self, call: Call, error: ApiError) -> None:
        if isinstance(error, QuotaUsedUp):
            # The error itself matters more than that the next call asks once again.
            # The platform's day, whatever `BOT_AS_OF` says.
            with suppress(StoreDown):
                await self.shelf.put(self._quota(call), b"1", until_midnight(datetime.now(SHANGHAI)))

    def _quota(self, call: Call) -> str:
        return f"quota:{self.account.app_id}:{call.path}{call.variant}"


def until_midnight(now: datetime) -> float:
    """Seconds to the next midnight in China."""
    here = now.astimezone(SHANGHAI)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), SHANGHAI)
    return max(1.0, (midnight - here).total_seconds())


def _may_repeat(error: ApiError) -> bool:
    return isinstance(error, PlatformBusy) or (isinstance(error, Unreachable) and not error.maybe_sent)


def _encode(body: Mapping[str, Any]) -> bytes:
    # Real UTF-8: some calls show \uXXXX to the user as it stands.
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


async def _at_most(response: aiohttp.ClientResponse, limit: int, call: Call) -> bytes | ApiError:
    got = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        got += chunk
        if len(got) > limit:
            response.close()
            return TooBig(sentence("too_big", bytes=limit)) if call.media_bytes else _unreadable(call)
    page = response.status != 200 or response.content_type == "text/html"
    return _unreadable(call) if page and not got.startswith(b"{") else bytes(got)


def _read(raw: bytes, call: Call) -> Answer:
    """Media errors come as JSON under any content type, so the bytes decide."""
    fields = _object(raw)
    if fields is None:
        if call.media_bytes and raw:
            return Answer(media=raw)
        raise _unreadable(call)
    # Only what brings something of its own goes without a code; else a gateway's JSON would count as done.
    errcode = fields.get("errcode", 0 if call.needs or call.media_bytes else None)
    if not isinstance(errcode, int):
        raise _unreadable(call)
    if errcode:
        raise platform_error(errcode, str(fields.get("errmsg", "")))
    if not all(fields.get(name) and isinstance(fields[name], kind) for name, kind in call.needs.items()):
        raise _unreadable(call)
    return Answer(fields=fields)


def _object(raw: bytes) -> Mapping[str, Any] | None:
    try:
        read = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _unreadable(call: Call) -> Unreadable:
    return Unreadable(sentence(_unknown(call) if call.effect else "unreadable"), maybe_sent=call.effect)


def _unknown(call: Call) -> str:
    return "maybe_sent" if call.effect else "unreachable"
