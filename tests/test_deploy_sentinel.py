"""The scripts of deploy/kubernetes/base/redis, with three Redis and three Sentinels on addresses of loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.store.connect import connect
from tests.storage import free_port, wait_until

SCRIPTS = Path(__file__).resolve().parents[1] / "deploy" / "kubernetes" / "base" / "redis"
NAMES = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
# Far more than it takes: a machine that is busy with other things must not fail it.
PATIENCE_S = 180.0
PASSWORD = "of-the-tests-only"  # noqa: S105
_CLI = shutil.which("valkey-cli") or shutil.which("redis-cli")
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or _CLI is None, reason="needs redis-server and the whole of loopback"
)


@dataclass
class Node:
    """One machine: a Redis and a Sentinel, as its containers start them."""

    name: str
    folder: Path
    port: int
    sentinel_port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        told = {"NODES": " ".join(NAMES), "ME": self.name, "BIND": self.name, "DATA": str(self.folder)}
        ports = {"REDIS_PORT": str(self.port), "SENTINEL_PORT": str(self.sentinel_port)}
        secret = {"PASSWORD_FILE": str(self.folder.parent / "password"), "TMP": str(self.folder)}
        return {"PATH": os.environ["PATH"], "LC_ALL": "C", "DOWN_AFTER_MS": "3000", **told, **ports, **secret}

    def start(self, *scripts: str) -> None:
        for script in scripts or ("redis", "sentinel"):
            with (self.folder / f"{script}.log").open("ab") as said:
                command = ["sh", str(SCRIPTS / f"{script}.sh")]
                self.processes[script] = subprocess.Popen(
                    command, env=self.env, cwd=self.folder, stdout=said, stderr=said
                )

    def stop(self, *scripts: str, how: int = signal.SIGKILL) -> None:
        for script in scripts or tuple(self.processes):
            process = self.processes.pop(script)
            process.send_signal(how)
            process.wait(30)

    def leave(self) -> int:
        """As the container's preStop hook; how often it had another put in its place."""
        left = subprocess.run(
            ["sh", SCRIPTS / "leave.sh"], env=self.env, check=True, capture_output=True, timeout=PATIENCE_S
        )
        return left.stdout.split().count(b"OK")

    def alive(self, port: int) -> bool:
        done = subprocess.run(
            ["sh", SCRIPTS / "alive.sh", str(port)], env=self.env, check=False, capture_output=True
        )
        return done.returncode == 0

    def ask(self, *command: str, port: int | None = None) -> list[str]:
        env = {**self.env, "REDISCLI_AUTH": PASSWORD} if port is None else self.env
        asked = [str(_CLI), "-h", self.name, "-p", str(port or self.port), *command]
        done = subprocess.run(asked, env=env, check=False, capture_output=True, text=True)
        return done.stdout.split("\n")[:-1]

    def primary(self) -> str | None:
        """What this machine's Sentinel says."""
        told = self.ask("sentinel", "get-master-addr-by-name", "wenyanglao", port=self.sentinel_port)
        return told[0] if len(told) == 2 else None

    def online(self) -> int:
        """How many replicas keep up with it."""
        return sum("state=online" in line for line in self.ask("info", "replication"))

    def known(self) -> tuple[str | None, str | None]:
        """How many other Sentinels and how many replicas this machine's Sentinel knows."""
        told = self.ask("sentinel", "master", "wenyanglao", port=self.sentinel_port)
        facts = dict(zip(told[::2], told[1::2], strict=False))
        return facts.get("num-other-sentinels"), facts.get("num-slaves")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Node]]:
    tmp_path = tmp_path_factory.mktemp("sentinel")
    (tmp_path / "password").write_text(PASSWORD + "\n")
    port, sentinel_port = free_port(), free_port()
    made = {}
    for name in NAMES:
        folder = tmp_path / name
        folder.mkdir()
        made[name] = Node(name, folder, port, sentinel_port)
    try:
        # A Sentinel asks a primary for its replicas every ten seconds only: so these come first.
        for script in ("redis", "sentinel"):
            for node in made.values():
                node.start(script)
            wait_until(lambda: made[NAMES[0]].online() == 2, PATIENCE_S)
        wait_until(lambda: settled(made, NAMES[0]), PATIENCE_S)
        yield made
    finally:
        for node in made.values():
            node.stop()


def settled(nodes: dict[str, Node], primary: str | None = None) -> bool:
    """All three agree on one primary, which has two replicas that keep up and may therefore be written to; and each
    knows them and the others: one that has not heard of a replica leaves it behind."""
    told = {node.primary() for node in nodes.values()}
    (first,) = told if len(told) == 1 else (None,)
    if first not in nodes or first != (primary or first):
        return False
    return nodes[first].online() == 2 and all(node.known() == ("2", "2") for node in nodes.values())


async def test_the_bot_finds_the_primary(nodes: dict[str, Node]) -> None:
    hosts = ",".join(f"{node.name}:{node.sentinel_port}" for node in nodes.values())
    stores = await connect(f"redis+sentinel://:{PASSWORD}@{hosts}/wenyanglao")
    try:
        await stores.turns.check()
    finally:
        await stores.close()


def test_the_password_is_in_no_process_list(nodes: dict[str, Node]) -> None:
    for node in nodes.values():
        for process in node.processes.values():
            folder = Path("/proc") / str(process.pid)
            assert PASSWORD.encode() not in (folder / "cmdline").read_bytes()
            assert PASSWORD.encode() not in (folder / "environ").read_bytes()
        assert (node.folder / "sentinel.conf").stat().st_mode & 0o077 == 0


def test_nobody_without_the_password_reads(nodes: dict[str, Node]) -> None:
    with socket.create_connection((NAMES[0], nodes[NAMES[0]].port), timeout=5) as wire:
        wire.sendall(b"GET a\r\n")
        assert wire.recv(100).startswith(b"-NOAUTH")


def test_a_primary_is_killed_leaves_and_all_fall(nodes: dict[str, Node]) -> None:
    first, second, third = NAMES
    wait_until(lambda: settled(nodes, first), PATIENCE_S)
    assert nodes[first].ask("set", "a", "1") == ["OK"]
    # Replication is not waited for by a SET; that the key is there is what the kill is about to show.
    assert nodes[first].ask("wait", "2", "5000") == ["2"]

    nodes[first].stop()
    wait_until(lambda: nodes[second].primary() in (second, third), PATIENCE_S)
    wait_until(lambda: nodes[nodes[second].primary() or ""].ask("set", "b", "2") == ["OK"], PATIENCE_S)
    heir = nodes[second].primary() or ""
    assert nodes[heir].ask("get", "a") == ["1"]

    nodes[first].start()
    wait_until(lambda: settled(nodes), PATIENCE_S)
    heir = nodes[first].primary() or ""
    assert nodes[first].ask("get", "b") == ["2"]

    assert nodes[heir].leave() == 1
    wait_until(lambda: settled(nodes) and nodes[first].primary() != heir, PATIENCE_S)
    last = nodes[first].primary() or ""
    assert nodes[last].ask("set", "c", "3") == ["OK"]
    assert nodes[last].ask("wait", "2", "5000") == ["2"]

    # Everybody falls, and comes back. A replica may not have written yet what it knew, so the one that was the primary
    # must be so again, however late it comes.
    for node in nodes.values():
        node.stop()
    for node in sorted(nodes.values(), key=lambda node: node.name == last):
        node.start()
        time.sleep(2)
    wait_until(lambda: settled(nodes, last), PATIENCE_S)
    one = nodes[nodes[first].primary() or ""]
    assert [one.ask("get", key) for key in "abc"] == [["1"], ["2"], ["3"]]
    assert one.alive(one.port)
    assert one.alive(one.sentinel_port)

    # What follows nobody whom the Sentinels name is not well until it starts again.
    astray = next(node for node in nodes.values() if node is not one)
    nowhere = ("replicaof", "127.0.0.9", str(astray.port))
    wait_until(lambda: astray.ask(*nowhere) == ["OK"] and not astray.alive(astray.port), PATIENCE_S)
    assert astray.ask("ping") == ["PONG"]
    astray.stop("redis")
    astray.start("redis")
    wait_until(lambda: astray.alive(astray.port), PATIENCE_S)
