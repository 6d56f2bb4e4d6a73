"""A real `python -m bot serve` in a process of its own, set up as an account's server."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from tests.storage import free_port, wait_until

_ROOT = Path(__file__).resolve().parents[2]
_TRAINED = _ROOT / "var" / "understanding.json"
_START_SECONDS = 240


@dataclass
class Serving:
    """One server process; `settings` are its environment, and nothing else of ours reaches it."""

    folder: Path
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def _log(self) -> Path:
        return self.folder / f"{self.port}.log"

    def start(self) -> None:
        """Returns when it can do its work; the trained model is not made again."""
        self.folder.mkdir(exist_ok=True)
        if _TRAINED.exists() and not (self.folder / _TRAINED.name).exists():
            shutil.copy(_TRAINED, self.folder)
        env = {"PATH": os.environ["PATH"], "BOT_DATA_DIR": str(self.folder), **self.settings}
        command = [sys.executable, "-m", "bot", "serve", "--port", str(self.port)]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=_ROOT, env=env, stdout=log, stderr=log)
        wait_until(self._lives, _START_SECONDS)

    def stop(self, how: int = signal.SIGTERM) -> None:
        """Ends this process and no other."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None

    def _lives(self) -> bool:
        assert self.process
        assert self.process.poll() is None, f"it ended: {self.log[-2000:]}"
        try:
            with contextlib.closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
                connection.request("GET", "/readyz")
                return connection.getresponse().status == 200
        except OSError:
            return False


@contextlib.contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Serving]:
    """A running server that keeps its data in `folder`, ended at the end."""
    server = Serving(folder, settings)
    try:
        server.start()
        yield server
    finally:
        server.stop()
