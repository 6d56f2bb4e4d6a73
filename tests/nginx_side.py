"""A real nginx with the configuration of deploy/proxy, on loopback, before servers of ours."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import ssl
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

from tests.certificates import certificate
from tests.running import Answer
from tests.storage import free_port, wait_until

ROOT = Path(__file__).resolve().parents[1]
PROXY = ROOT / "deploy" / "proxy"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
NAME = "localhost"


@dataclass
class Nginx:
    """The program on a copy of the configuration in which only names of places, ports and the host are others."""

    folder: Path
    ports: Sequence[int]
    port: int = field(default_factory=free_port)
    plain_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}"

    @property
    def config(self) -> Path:
        return self.folder / "nginx.conf"

    @property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "wenyanglao" / "tls" / "chain.pem"))

    def prepare(self) -> None:
        """Writes the copy, the servers, and a certificate for localhost."""
        ours = self.folder / "wenyanglao"
        (ours / "tls").mkdir(parents=True)
        (ours / "verify").mkdir()
        (self.folder / "logs").mkdir()
        (self.folder / "acme" / ".well-known" / "acme-challenge").mkdir(parents=True)
        certificate(ours / "tls")
        for path in PROXY.glob("*.conf"):
            here = self.folder if path.name == "nginx.conf" else ours
            (here / path.name).write_text(self._moved(path.read_text(encoding="utf-8")), encoding="utf-8")
        self.tell(self.ports)

    def tell(self, ports: Sequence[int]) -> None:
        """Writes which servers there are."""
        lines = [f"server 127.0.0.1:{port} max_fails=0;\n" for port in ports]
        (self.folder / "wenyanglao" / "bots.conf").write_text("".join(lines), encoding="utf-8")

    def _moved(self, text: str) -> str:
        places = {
            "/etc/nginx/wenyanglao": str(self.folder / "wenyanglao"),
            "/var/log/nginx": str(self.folder / "logs"),
            "/run/nginx.pid": str(self.folder / "nginx.pid"),
            "/var/www/acme": str(self.folder / "acme"),
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "yanglao.example.cn": NAME,
            # What it redirects to has no port, which here is another one than 443.
            "worker_processes auto": "worker_processes 2",
        }
        # Where the tests are root, nobody else may read the test's folder.
        text = re.sub(r"^user www-data;$", "user root;", text, flags=re.MULTILINE)
        for there, here in places.items():
            text = text.replace(there, here)
        return text

    def check(self) -> subprocess.CompletedProcess[str]:
        """`nginx -t`."""
        return subprocess.run([*self._command, "-t"], capture_output=True, text=True, check=False)

    def start(self) -> None:
        """Returns when it takes connections."""
        with (self.folder / "logs" / "said").open("ab") as said:
            command = [*self._command, "-g", "daemon off;"]
            self.process = subprocess.Popen(command, stdout=said, stderr=said)
        wait_until(lambda: self._listens())

    def stop(self) -> None:
        """Ends this nginx and no other; connections in hand are finished."""
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.terminate()
                self.process.wait(5)
            self.process = None

    def reload(self) -> None:
        """As an engineer does it: tried first."""
        assert self.check().returncode == 0
        subprocess.run([*self._command, "-s", "reload"], check=True, capture_output=True)

    def lines(self) -> list[dict[str, Any]]:
        """The access log; each line is JSON."""
        path = self.folder / "logs" / "access.log"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]

    def everything_logged(self) -> str:
        return "".join(path.read_text(encoding="utf-8") for path in (self.folder / "logs").iterdir())

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request over TLS on a connection of its own."""
        connection = HTTPSConnection(NAME, self.port, timeout=30, context=self.trusted)
        return answer_of(connection, method, path, body, headers)

    def ask_plain(self, path: str, host: str = NAME) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.plain_port, timeout=30)
        return answer_of(connection, "GET", path, None, {"Host": host})

    @property
    def _command(self) -> list[str]:
        assert NGINX
        return [
            NGINX,
            "-p",
            str(self.folder),
            "-e",
            str(self.folder / "logs" / "said"),
            "-c",
            str(self.config),
        ]

    def _listens(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.everything_logged()[-2000:]
        with contextlib.suppress(OSError):
            return self.ask("GET", "/metrics").status == 404
        return False


def answer_of(
    connection: HTTPConnection,
    method: str,
    path: str,
    body: bytes | None,
    headers: Mapping[str, str] | None,
) -> Answer:
    """One request; names of headers in small letters, a header that came twice joined by a comma."""
    with contextlib.closing(connection):
        connection.request(method, path, body, dict(headers or {}))
        with connection.getresponse() as came:
            told: dict[str, str] = {}
            for name, value in came.getheaders():
                told[name.lower()] = f"{told[name.lower()]}, {value}" if name.lower() in told else value
            return Answer(came.status, told, came.read())


@contextlib.contextmanager
def nginx(folder: Path, ports: Sequence[int]) -> Iterator[Nginx]:
    """A running one before servers on these ports of loopback."""
    one = Nginx(folder, ports)
    one.prepare()
    try:
        one.start()
        yield one
    finally:
        one.stop()
