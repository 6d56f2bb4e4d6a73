"""A platform that answers anything at all: nothing but its plain word counts, and nothing of the call goes elsewhere."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.dispatch import platform as module
from bot.dispatch.platform import NotReceived, tell
from bot.dispatch.platforms import Platform
from tests.certificates import certificate

SHARED = "only-for-tests-0123456789abcdefghij"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BODY = '{"contact": "王大妈", "phone": "13800000000", "address": "七里园乡某村"}'.encode()
PERSONAL = ("王大妈", "13800000000", "七里园", SHARED)
Says = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Raw:
    """Listens, keeps what arrives, and writes whatever `says` writes."""

    says: Says
    port: int = 0
    heard: list[bytes] = field(default_factory=list)
    open: int = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heard.append(head + await reader.readexactly(len(BODY)))
            await self.says(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()


@asynccontextmanager
async def listening(says: Says, tls: ssl.SSLContext | None = None) -> AsyncIterator[Raw]:
    raw = Raw(says)
    server = await asyncio.start_server(raw.meet, "127.0.0.1", 0, ssl=tls)
    raw.port = server.sockets[0].getsockname()[1]
    try:
        yield raw
    finally:
        server.close()
        async with asyncio.timeout(20):
            while raw.open:
                await asyncio.sleep(0.01)


def says(*parts: bytes, over: bytes = b"") -> Says:
    """The parts, then `over` again and again as long as somebody listens."""

    async def write(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
        await writer.drain()
        while over:
            writer.write(over)
            await writer.drain()

    return write


def answer(body: bytes, *headers: str, status: str = "200 OK") -> Says:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return says("\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body)


async def told(url: str) -> NotReceived | None:
    """What became of one try; None where it was received."""
    platform = Platform("county", ("411303",), url, SecretStr(SHARED))
    async with asyncio.timeout(20), aiohttp.ClientSession() as http:
        try:
            await tell(http, platform, "9137482:1", BODY, NOW)
        except NotReceived as error:
            return error
    return None


async def asked(how: Says) -> NotReceived | None:
    async with listening(how) as raw:
        return await told(f"http://127.0.0.1:{raw.port}/requests")


YES = b'{"received": true}'
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LOGIN = (
    "<!DOCTYPE html><html><form action='/login'>请登录：王大妈 13800000000 {\"received\": true}</form></html>"
)

NONSENSE: dict[str, Says] = {
    "nothing": says(),
    "a login page": answer(LOGIN.encode(), "Content-Type: text/html"),
    "an empty answer": answer(b""),
    "204": says(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "a bare true": answer(b"true"),
    "a text": answer(b'{"received": "true"}'),
    "a number": answer(b'{"received": 1}'),
    "yes and no": answer(b'{"received": true, "received": false}'),
    "yes further down": answer(b'{"data": {"received": true}}'),
    "yes and more": answer(YES + b"<html>"),
    "NaN": answer(b'{"received": true, "n": NaN}'),
    "no UTF-8": answer(b"\xff" + YES),
    "deep": answer(b'{"received": true, "a": ' + b"[" * 2000 + b"]" * 2000 + b"}"),
    "too long by one": answer(YES + b" " * (4097 - len(YES))),
    "half": says(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n" + YES),
    "half of a chunk": says(CHUNKED + b"ff\r\n" + YES),
    "no chunk": says(CHUNKED + b"zz\r\n" + YES),
    "an error that says yes": answer(YES, status="500 No"),
    "not HTTP": says(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "zeros": says(b"\0" * 5000),
    "headers without end": says(b"HTTP/1.1 200 OK\r\n", over=b"X-A: " + b"a" * 4000 + b"\r\n"),
    "one header without end": says(b"HTTP/1.1 200 OK\r\nX-A: ", over=b"a" * 4000),
    "a body without end": says(CHUNKED, over=b"5\r\nabcde\r\n"),
    "a body without end or length": says(b"HTTP/1.1 200 OK\r\n\r\n", over=b" " * 4000),
    "to be continued for ever": says(over=b"HTTP/1.1 100 Continue\r\n\r\n"),
    "another protocol": says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + YES),
    "two lengths": answer(YES, "Content-Length: 3"),
    "a length below nothing": says(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + YES),
    "a length like no number": says(b"HTTP/1.1 200 OK\r\nContent-Length: 1e9\r\n\r\n" + YES),
    "packed, though nobody asked": answer(gzip.compress(YES), "Content-Encoding: gzip"),
    "packed, it says": answer(b"x" + YES, "Content-Encoding: br"),
    "unauthorized": answer(b'{"received": true}', "WWW-Authenticate: Basic", status="401 No"),
    "a cookie with everything in it": answer(b"{}", "Set-Cookie: a=\x01b; Domain=\u00e9; Expires=never"),
    "a charset that nobody has": answer(b"{}", "Content-Type: application/json; charset=\u4e2d"),
}  # fmt: skip


@pytest.mark.parametrize("how", NONSENSE.values(), ids=NONSENSE)
async def test_nonsense_is_not_received_and_not_repeated_in_words(
    how: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMITS", aiohttp.ClientTimeout(total=2.0))
    error = await asked(how)
    assert error is not None
    assert not any(word in error.message for word in (*PERSONAL, "127.0.0.1"))


@pytest.mark.parametrize(
    "how",
    [
        answer(YES),
        answer(b"\xef\xbb\xbf" + YES),
        answer(YES, "Content-Type: text/html; charset=gbk", status="202 Later"),
        answer(json.dumps({"received": True, "id": "A" * 3000}).encode()),
        says(CHUNKED + b"12\r\n" + YES + b"\r\n0\r\n\r\n"),
    ],
)
async def test_a_plain_word_is_enough(how: Says) -> None:
    assert await asked(how) is None


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 There", "308 There"])
async def test_nothing_goes_where_a_platform_points(status: str) -> None:
    async with listening(answer(YES)) as elsewhere:
        there = f"Location: http://127.0.0.1:{elsewhere.port}/requests"
        error = await asked(answer(b"", there, status=status))
        assert error is not None
        assert elsewhere.heard == []


async def test_a_small_answer_cannot_become_a_large_one() -> None:
    bomb = gzip.compress(b'{"received": true, "a": "' + b"0" * 100_000_000 + b'"}')
    tracemalloc.start()
    try:
        error = await asked(answer(bomb, "Content-Encoding: gzip"))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert error is not None
    assert most < 5_000_000


@pytest.mark.parametrize(
    "part", [b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n"]
)
async def test_who_drips_is_not_waited_for(part: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte in time, the whole never: in the headers, and in the body."""
    monkeypatch.setattr(module, "LIMITS", aiohttp.ClientTimeout(total=0.5))

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(part)
        while not writer.is_closing():
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.05)

    error = await asked(drip)
    assert error is not None
    assert "Timeout" in error.message


@pytest.mark.parametrize(
    ("header", "status", "wait_s"),
    [
        ("Retry-After: 7", "429 Slowly", 7.0),
        ("Retry-After: 30", "503 Later", 30.0),
        ("Retry-After: 999999999", "429 Slowly", 600.0),
        ("Retry-After: -5", "429 Slowly", 0.0),
        ("Retry-After: Mon, 23 Nov 2026 02:05:00 GMT", "429 Slowly", 0.0),
        ("Retry-After: 9e9", "429 Slowly", 0.0),
        ("Retry-After: " + "9" * 3000, "429 Slowly", 0.0),
        ("Retry-After: 7", "500 No", 0.0),
    ],
)
async def test_who_asks_to_wait_is_waited_for_within_reason(header: str, status: str, wait_s: float) -> None:
    error = await asked(answer(b"", header, status=status))
    assert error is not None
    assert error.wait_s == wait_s


@pytest.mark.parametrize(
    "url",
    [
        "http://nowhere.invalid/requests",
        "http://127.0.0.1:1/requests",
        f"http://{'a' * 64}.invalid/requests",
        "http://[::1",
    ],
)
async def test_a_platform_that_cannot_be_found(url: str) -> None:
    error = await told(url)
    assert error is not None
    assert "invalid" not in error.message


async def test_a_certificate_that_nobody_vouches_for_is_told_nothing(tmp_path: Path) -> None:
    chain, key = certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain, key)
    async with listening(answer(YES), tls) as raw:
        asyncio.get_running_loop().set_exception_handler(_ignore)
        error = await told(f"https://localhost:{raw.port}/requests")
    assert error is not None
    assert "Certificate" in error.message
    assert raw.heard == []


def _ignore(_loop: asyncio.AbstractEventLoop, _context: dict[str, Any]) -> None:
    """The server side tells of a client that hung up."""


async def test_what_is_sent_holds_no_secret_and_asks_for_no_packing() -> None:
    async with listening(answer(YES)) as raw:
        assert await told(f"http://127.0.0.1:{raw.port}/requests") is None
    assert SHARED.encode() not in raw.heard[0]
    assert b"\r\nAccept-Encoding: identity\r\n" in raw.heard[0]
    assert b"Cookie" not in raw.heard[0]
