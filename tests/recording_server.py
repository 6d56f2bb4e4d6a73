"""A server that shows what a proxy sends it: records requests, and answers, streams or hangs up as it is told."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bot.serving import BACKLOG


@dataclass(frozen=True)
class Came:
    """One request; names of headers in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Recorder:
    """`hangs_up`: reads each request and closes the connection. A path that ends in `/events` gets one line, and the
    next only after `go`."""

    port: int
    hangs_up: bool = False
    came: list[Came] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def recording() -> Iterator[Recorder]:
    """A running one on loopback."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.recorder = Recorder(server.server_address[1])  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="recorder", daemon=True)
    thread.start()
    try:
        yield server.recorder  # type: ignore[attr-defined]
    finally:
        server.recorder.go.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Server(ThreadingHTTPServer):
    # As many before the door as before the bot's: with the library's 5 a busy machine turns some away, and the proxy
    # rightly says so.
    request_queue_size = BACKLOG


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def _answer(self) -> None:
        recorder: Recorder = self.server.recorder  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = {name.lower(): value for name, value in self.headers.items()}
        recorder.came.append(Came(self.command, self.path, told, body))
        if recorder.hangs_up:
            self.close_connection = True
        elif self.path.endswith("/events"):
            self._stream(recorder)
        else:
            self._whole(b"fine\n")

    def _whole(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Strict-Transport-Security", "max-age=1")
        self.send_header("X-Request-ID", "of-the-bot")
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, recorder: Recorder) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"event: first\n\n")
        recorder.go.wait(20)
        self.wfile.write(b"event: second\n\n")
        self.close_connection = True

    do_GET = do_POST = _answer  # noqa: N815 - the library's names
