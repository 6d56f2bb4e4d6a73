"""Real servers for tests, on loopback in a temporary folder, ended by their own process."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bot.store.binary import find_server
from bot.store.limits import Limits
from bot.store.port import Store

ROOT = Path(__file__).parents[1]
Command = tuple[str | bytes | int, ...]


@dataclass
class RealServer:
    """A redis-server or valkey-server that listens on 127.0.0.1; `options` are those of its command line."""

    folder: Path
    program: Path
    port: int
    options: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Returns when it answers."""
        with (self.folder / f"{self.port}.log").open("ab") as told:
            self.process = subprocess.Popen(
                [self.program, *self.options, "--port", str(self.port), "--bind", "127.0.0.1"],
                cwd=self.folder,
                env={"LC_ALL": "C"},
                stdout=told,
                stderr=told,
            )
        wait_until(lambda: not isinstance(self.tell("PING"), OSError))

    def stop(self, signal_number: int = signal.SIGKILL) -> None:
        """Ends this server and no other."""
        if self.process:
            self.process.send_signal(signal_number)
            self.process.wait()
            self.process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Alive, connected and silent."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def tell(self, *command: str | bytes | int) -> Any:
        """What the server answers, an error too (as a value); speaks the protocol by itself."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as wire:
                parts = [part if isinstance(part, bytes) else str(part).encode() for part in command]
                wire.sendall(
                    b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(p), p) for p in parts)
                )
                with wire.makefile("rb") as reader:
                    return _read(reader)
        except OSError as error:
            return error


def _read(reader: BinaryIO) -> Any:
    line = reader.readline().rstrip(b"\r\n")
    kind, rest = line[:1], line[1:]
    if kind == b"$":
        return None if rest == b"-1" else reader.read(int(rest) + 2)[:-2]
    if kind == b"*":
        return [_read(reader) for _ in range(int(rest))]
    return int(rest) if kind == b":" else RuntimeError(rest.decode()) if kind == b"-" else rest


@contextmanager
def real_server(folder: Path, *options: str, program: Path | None = None) -> Iterator[RealServer]:
    """A running server that keeps nothing on disk unless `options` say so."""
    server = RealServer(folder, program or find_server(), free_port(), ("--save", "", *options))
    try:
        server.start()
        yield server
    finally:
        server.stop()


def redis_7() -> Path | None:
    """A redis-server that the machine has by itself, to be tested beside the Valkey of the wheel."""
    found = shutil.which("redis-server")
    return Path(found) if found else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# A busy machine is not a fault of the store.
PATIENT = Limits(command_s=30.0)


def wait_until(true: Any, within_s: float = 60.0) -> None:
    """Polls `true()`; fails the test when it does not come true."""
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether the process still runs (one that waits to be reaped does not)."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(state.strip()) and not state.startswith("Z")


def bot_process(*arguments: str) -> subprocess.Popen[str]:
    """A process of its own that takes turns: see `tests/store_child.py`."""
    command: Sequence[str] = [sys.executable, "-m", "tests.store_child", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )


async def answered(store: Store, user: str, key: str) -> bytes | None:
    """The bytes that answered a push before; asking leaves nothing behind."""
    async with store.turn(user, key) as held:
        return held.before
