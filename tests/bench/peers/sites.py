"""The servers that are compared: ours with its store, and the peers' echoes under gunicorn or by themselves."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.bench.peers.elders import AES_KEY, APP_ID, TOKEN
from tests.bench.peers.environments import HERE, ROOT, kept, python_of
from tests.bench.peers.machine import SERVER_CORE, cpu_s, memory_mb, pinned
from tests.storage import RealServer, free_port, real_server, wait_until

DURABLE = ("--appendonly", "yes", "--appendfsync", "everysec")
# A model server on a busy machine takes minutes.
_START_S = 300.0
TRAINED = ROOT / "var" / "understanding.json"


@dataclass(frozen=True)
class Site:
    """Something that answers pushes; `pids` with their descendants are all that it is made of."""

    name: str
    path: str
    ports: Sequence[int]
    pids: Sequence[int]
    keeps: bool = True
    store: RealServer | None = None

    @property
    def memory_mb(self) -> float:
        return sum(memory_mb(pid) for pid in self.pids)

    @property
    def store_cpu_s(self) -> float:
        """Of a store that is not the program's own child."""
        return cpu_s(self.store.process.pid) if self.store and self.store.process else 0.0

    @property
    def cpu_s(self) -> float:
        return sum(cpu_s(pid) for pid in self.pids)


@contextlib.contextmanager
def ours(
    folder: Path,
    *,
    redis: bool,
    processes: int = 1,
    cores: Sequence[int] = (),
    durable: bool = True,
    path: str = "/wechat",
) -> Iterator[Site]:
    """`bot serve` with so many workers: on a Redis on loopback with sealed values, or on the embedded server."""
    folder.mkdir(parents=True)
    with contextlib.ExitStack() as stack, pinned(*(cores or (SERVER_CORE,))):
        settings, port = _settings(folder), free_port()
        store = stack.enter_context(real_server(folder, *(DURABLE if durable else ()))) if redis else None
        if store:
            settings |= {"REDIS_URL": store.url, "DATA_KEYS_FILE": str(_keys(folder))}
        command = [sys.executable, "-m", "bot", "serve", "--port", str(port), "--workers", str(processes)]
        bot = stack.enter_context(_running(command, ROOT, settings, folder / "log", port))
        pids = [store.process.pid, bot] if store and store.process else [bot]
        yield Site("Redis" if redis else "embedded store", path, [port], pids, store=store)


def _settings(folder: Path) -> dict[str, str]:
    shutil.copy(TRAINED, folder)
    closed = "http://127.0.0.1:9"
    wechat = {"WECHAT_TOKEN": TOKEN, "WECHAT_APP_ID": APP_ID, "WECHAT_AES_KEY": AES_KEY}
    return {"BOT_DATA_DIR": str(folder), "WECHAT_API_BASE": closed, **wechat}


def _keys(folder: Path) -> Path:
    file = folder / "keys"
    file.write_text(f"bench {base64.b64encode(os.urandom(32)).decode()}\n", encoding="utf-8")
    return file


@contextlib.contextmanager
def gunicorn(peer: str, worker: str, processes: int = 1, cores: Sequence[int] = ()) -> Iterator[Site]:
    """A peer's echo under gunicorn; `sync` workers close every connection, `gthread` ones keep them."""
    port = free_port()
    options = ["-b", f"127.0.0.1:{port}", "-w", str(processes), "-k", worker, "--no-control-socket"]
    if worker == "gthread":
        options += ["--threads", "4", "--keep-alive", "60"]
    python = python_of(peer)
    command = [str(python), "-m", "gunicorn", *options, f"{peer}_echo:wsgi"]
    with _peer(peer, command, port, cores) as pid:
        yield Site(f"gunicorn {worker}", "/", [port], [pid], keeps=worker == "gthread")


@contextlib.contextmanager
def by_itself(peer: str) -> Iterator[Site]:
    """WeRoBot by the server it starts where nothing else is installed."""
    port = free_port()
    command = [str(python_of(peer)), str(HERE / "theirs" / f"{peer}_echo.py")]
    with _peer(peer, command, port, ()) as pid:
        yield Site("its own server", "/", [port], [pid], keeps=False)


@contextlib.contextmanager
def rasa(venv: Path, model: Path) -> Iterator[Site]:
    """Rasa's own server with that model, set up as nlu/rasa_project/settings.sh sets it up."""
    port = free_port()
    command = [str(venv / "bin" / "rasa"), "run", "--enable-api", "--model", str(model)]
    command += ["--interface", "127.0.0.1", "--port", str(port)]
    settings = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    settings |= {"TF_CPP_MIN_LOG_LEVEL": "2", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with pinned(SERVER_CORE), _running(command, ROOT, settings, kept() / "rasa.log", port) as pid:
        yield Site("Rasa", "/model/parse", [port], [pid])


@contextlib.contextmanager
def _peer(peer: str, command: list[str], port: int, cores: Sequence[int]) -> Iterator[int]:
    settings = {"TOKEN": TOKEN, "APP_ID": APP_ID, "AES_KEY": AES_KEY, "PORT": str(port)}
    log = kept() / f"{peer}.log"
    with (
        pinned(*(cores or (SERVER_CORE,))),
        _running(command, HERE / "theirs", settings, log, port) as pid,
    ):
        yield pid


@contextlib.contextmanager
def _running(
    command: list[str], where: Path, settings: dict[str, str], log: Path, port: int
) -> Iterator[int]:
    env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **settings}
    with log.open("ab") as told:
        process = subprocess.Popen(command, cwd=where, env=env, stdout=told, stderr=told)
    try:
        wait_until(lambda: _listens(process, port), _START_S)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    assert process.poll() is None, f"it ended with {process.returncode}"
    with (
        contextlib.suppress(OSError),
        contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=5)) as one,
    ):
        one.request("GET", "/readyz")
        return one.getresponse().status != 503
    return False
