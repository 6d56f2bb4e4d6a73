"""Tells a county's platform of a call by a signed POST, and knows whether it was really received."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import datetime
from typing import Any, Final, Literal

import aiohttp
from pydantic import SecretStr

from bot.bodies import strict_object
from bot.catalog.calls import Call
from bot.dispatch.platforms import Platform
from bot.errors import BadRequest, BotError
from bot.models import Request
from bot.watching.request_id import headers as request_headers

KEY_ID: Final = "X-Dispatch-Key-Id"
TIME: Final = "X-Dispatch-Time"
SIGNATURE: Final = "X-Dispatch-Signature"
IDEMPOTENCY: Final = "Idempotency-Key"
Event = Literal["request.created", "request.changed", "request.cancelled"]
# More than any good answer has.
_LONGEST_ANSWER = 4096
_LONGEST_WAIT_S = 600.0
LIMITS = aiohttp.ClientTimeout(total=10.0, sock_connect=4.0)


class NotReceived(BotError):
    """The platform did not say that it has the event; names nothing of the call."""

    code, status = "not_received", 502

    def __init__(self, why: str, wait_s: float = 0.0) -> None:
        """`wait_s`: the platform asked to be left alone for so long."""
        super().__init__(why)
        self.wait_s = wait_s


def signature(secret: SecretStr, stamp: str, key: str, body: bytes) -> str:
    """HMAC-SHA256 over time stamp (seconds) + "." + idempotency key + "." + body, in hexadecimal digits."""
    said = b".".join((stamp.encode(), key.encode(), body))
    return hmac.new(secret.get_secret_value().encode(), said, hashlib.sha256).hexdigest()


def event_of(request: Request, seen: int) -> Event:
    """What happened, for a platform that knows `seen` moves; 0: nothing of the call."""
    if request.state in ("cancelled", "expired"):
        return "request.cancelled"
    return "request.changed" if seen else "request.created"


def body_of(request: Request, call: Call | None, event: Event) -> bytes:
    """The event as it is sent: what somebody needs who goes there, nothing of the user who asked or of what was
    said besides; the same bytes at each try."""
    told: dict[str, Any] = {
        "event": event,
        "number": request.id,
        "version": request.version,
        "state": request.state,
        "service": request.service,
        "service_name": call.name if call else request.service,
        "region": request.region,
        "urgent": request.urgent,
        "time": request.time,
        "time_text": request.time_text,
        "address": request.address,
        "phone": request.phone,
        "contact": request.contact,
        "person": request.person,
        "note": request.note,
        "taken_by": _taken_by(request),
        "rating": request.rating,
        "created": request.history[0].at,
        "changed": request.history[-1].at,
    }
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")


async def tell(http: aiohttp.ClientSession, platform: Platform, key: str, body: bytes, now: datetime) -> None:
    """Sends it once; raises `NotReceived`, with a reason for the log, unless the platform says that it has it."""
    stamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        # What is packed small may be endless once it is unpacked.
        "Accept-Encoding": "identity",
        KEY_ID: platform.id,
        TIME: stamp,
        IDEMPOTENCY: key,
        SIGNATURE: signature(platform.secret, stamp, key, body),
        **request_headers(),
    }
    try:
        await _post(http, platform.url, headers, body)
    except NotReceived:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a platform answers, its call must not be given up for it
        # Not the error's words: they may quote the address.
        raise NotReceived(type(error).__name__) from None


async def _post(http: aiohttp.ClientSession, url: str, headers: dict[str, str], body: bytes) -> None:
    asked = http.post(
        url, data=body, headers=headers, timeout=LIMITS, allow_redirects=False, auto_decompress=False
    )
    async with asked as response:
        if not 200 <= response.status < 300:
            raise NotReceived(f"status {response.status}", _wait_s(response))
        _check(await _answer(response))


def _wait_s(response: aiohttp.ClientResponse) -> float:
    """What `Retry-After` asks for, in seconds; no platform can have itself forgotten by it."""
    told = response.headers.get("Retry-After", "")
    seconds = float(told) if re.fullmatch("[0-9]{1,9}", told) else 0.0
    return min(seconds, _LONGEST_WAIT_S) if response.status in (429, 503) else 0.0


async def _answer(response: aiohttp.ClientResponse) -> bytes:
    answer = b""
    async for chunk in response.content.iter_chunked(_LONGEST_ANSWER):
        answer += chunk
        if len(answer) > _LONGEST_ANSWER:
            raise NotReceived("an answer without end")
    return answer


def _check(answer: bytes) -> None:
    """A page of something in between may come with 200 too."""
    try:
        received = strict_object(answer).get("received")
    except BadRequest:
        raise NotReceived("an answer that is not JSON") from None
    if received is not True:
        raise NotReceived('an answer without "received": true')


def _taken_by(request: Request) -> Literal["platform", "staff"] | None:
    if request.worker is None:
        return None
    return "platform" if request.worker == "platform" else "staff"
