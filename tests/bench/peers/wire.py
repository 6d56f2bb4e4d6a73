"""HTTP/1.1 as small as it goes, so that the load costs little: one request at a time on a connection."""

from __future__ import annotations

import asyncio
import re

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection:\s*close", re.IGNORECASE)


class Wire(asyncio.Protocol):
    """A connection; `ask` sends a request and waits for the whole answer."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[bytes] | None = None
        self._came = bytearray()
        self._end = -1
        self.open = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        if self._end < 0 and (head := self._came.find(b"\r\n\r\n")) >= 0:
            told = bytes(self._came[:head])
            length = _LENGTH.search(told)
            self._end = head + 4 + int(length.group(1)) if length else 1 << 40
            self.open = self.open and not _CLOSES.search(told) and length is not None
        if 0 <= self._end <= len(self._came):
            self._done()

    def connection_lost(self, error: Exception | None) -> None:
        self.open = False
        self._done(error)

    async def ask(self, request: bytes) -> bytes:
        """The answer, head and body; raises OSError where the connection breaks before any of it."""
        assert self._transport
        self._waiting, self._end = asyncio.get_running_loop().create_future(), -1
        self._came.clear()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        self.open = False
        if self._transport:
            self._transport.close()

    def _done(self, error: Exception | None = None) -> None:
        if self._waiting is None or self._waiting.done():
            return
        if self._came and not error:
            self._waiting.set_result(bytes(self._came))
        else:
            self._waiting.set_exception(error or ConnectionResetError("closed without an answer"))


async def connect(port: int) -> Wire:
    """A new connection to a server on loopback."""
    _, wire = await asyncio.get_running_loop().create_connection(Wire, "127.0.0.1", port)
    return wire
