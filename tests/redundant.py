"""Redis on several machines, for real: a primary with replicas behind Sentinels, and a Cluster. Primaries are killed."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.store.binary import find_server
from tests.storage import RealServer, free_port, real_server, wait_until

# How long a primary is silent before the others take it for dead.
DOWN_AFTER_MS = 1000
NAME = "elders"
DURABLE = ("--appendonly", "yes", "--appendfsync", "everysec", "--repl-diskless-sync-delay", "0")


@dataclass
class Redundant:
    """Looks like one `RealServer` to those who only know its address, ask it and kill it."""

    folder: Path
    url: str
    servers: Sequence[RealServer]
    primary: Callable[[], RealServer | None]
    watchers: Sequence[RealServer] = ()
    dead: RealServer | None = None
    killed: list[int] = field(default_factory=list)
    # Seconds from each kill until there was another primary.
    away_s: list[float] = field(default_factory=list)

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        found = self.primary()
        return found.process if found else None

    def stop(self) -> None:
        """Kills the primary."""
        wait_until(lambda: self.primary() is not None, 30)
        self.dead = self.primary()
        assert self.dead
        self.killed.append(self.dead.port)
        self.dead.stop()
        self._since = time.monotonic()

    def start(self) -> None:
        """Returns once another one took its place; then the dead one comes back, to follow it."""
        dead = self.dead
        assert dead
        wait_until(lambda: (found := self.primary()) is not None and found.port != dead.port, 30)
        self.away_s.append(time.monotonic() - self._since)
        dead.start()
        self.dead = None

    def set_aside(self) -> RealServer:
        """The new primary, with the other replica behind it, while the old one lives on as one and nobody tells it:
        as for some seconds after it came back in the middle of a fail-over."""
        _, heir, other = self.servers
        for watcher in self.watchers:
            watcher.tell("SENTINEL", "REMOVE", NAME)
        heir.tell("REPLICAOF", "NO", "ONE")
        other.tell("REPLICAOF", "127.0.0.1", heir.port)
        wait_until(lambda: _followed(heir), 30)
        for watcher in self.watchers:
            watcher.tell("SENTINEL", "MONITOR", NAME, "127.0.0.1", heir.port, 2)
        return heir

    def tell(self, *command: str | bytes | int) -> Any:
        """As `RealServer.tell`, from whichever server has the key."""
        found = self.primary()
        if found is None:
            return ConnectionError("no primary")
        told = found.tell(*command)
        if isinstance(told, RuntimeError) and str(told).startswith("MOVED"):
            port = int(str(told).rpartition(":")[2])
            return next(one for one in self.servers if one.port == port).tell(*command)
        return told


@contextmanager
def sentinels(folder: Path, *options: str, program: Path | None = None) -> Iterator[Redundant]:
    """One primary, two replicas, three Sentinels of which two must agree."""
    program = program or find_server()
    with ExitStack() as stack:
        first = stack.enter_context(real_server(_made(folder / "0"), *DURABLE, *options, program=program))
        follows = ("--replicaof", "127.0.0.1", str(first.port))
        servers = [first]
        for number in (1, 2):
            server = real_server(_made(folder / str(number)), *DURABLE, *options, *follows, program=program)
            servers.append(stack.enter_context(server))
        watchers = [stack.enter_context(_sentinel(folder / f"s{n}", first.port, program)) for n in range(3)]
        wait_until(lambda: all(_knows_all(one) for one in watchers), 30)
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in watchers)
        primary = lambda: _primary_of(watchers, servers)  # noqa: E731
        yield Redundant(folder, f"redis+sentinel://{hosts}/{NAME}", servers, primary, watchers)


@contextmanager
def cluster(folder: Path, *options: str, program: Path | None = None) -> Iterator[Redundant]:
    """Three primaries, each with a replica; the one that has the jobs is killed first."""
    program = program or find_server()
    with ExitStack() as stack:
        servers = []
        for number in range(6):
            more = ("--cluster-enabled", "yes", "--cluster-port", str(free_port()))
            timed = ("--cluster-node-timeout", str(DOWN_AFTER_MS), "--cluster-replica-validity-factor", "0")
            server = real_server(
                _made(folder / str(number)), *DURABLE, *more, *timed, *options, program=program
            )
            servers.append(stack.enter_context(server))
        _joined(servers)
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in servers[:3])
        primary = lambda: _owner_of(servers, "{wenyanglao-jobs}")  # noqa: E731
        yield Redundant(folder, f"redis+cluster://{hosts}", servers, primary)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


@contextmanager
def _sentinel(folder: Path, port: int, program: Path) -> Iterator[RealServer]:
    config = _made(folder) / "sentinel.conf"
    lines = [
        f"sentinel monitor {NAME} 127.0.0.1 {port} 2",
        f"sentinel down-after-milliseconds {NAME} {DOWN_AFTER_MS}",
        f"sentinel failover-timeout {NAME} 3000",
        f"sentinel parallel-syncs {NAME} 2",
    ]
    config.write_text("\n".join(lines) + "\n")
    server = RealServer(folder, program, free_port(), (str(config), "--sentinel"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _knows_all(sentinel: RealServer) -> bool:
    """The other Sentinels and both replicas."""
    told = sentinel.tell("SENTINEL", "MASTER", NAME)
    if not isinstance(told, list):
        return False
    facts = dict(zip(told[::2], told[1::2], strict=True))
    return (facts[b"num-slaves"], facts[b"num-other-sentinels"]) == (b"2", b"2")


def _primary_of(watchers: Sequence[RealServer], servers: Sequence[RealServer]) -> RealServer | None:
    told = watchers[0].tell("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME)
    if not isinstance(told, list):
        return None
    found = next((one for one in servers if one.port == int(told[1])), None)
    return found if found and _is_primary(found) else None


def _is_primary(server: RealServer) -> bool:
    told = server.tell("ROLE")
    return isinstance(told, list) and told[0] == b"master"


def _joined(servers: Sequence[RealServer]) -> None:
    first, shares = servers[0], ((0, 5460), (5461, 10922), (10923, 16383))
    for server, share in zip(servers, shares, strict=False):
        server.tell("CLUSTER", "ADDSLOTSRANGE", *share)
    for number, server in enumerate(servers):
        server.tell("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        bus = _option(first, "--cluster-port")
        server.tell("CLUSTER", "MEET", "127.0.0.1", first.port, bus)
    wait_until(lambda: all(_known(one) == 6 for one in servers), 30)
    ids = [server.tell("CLUSTER", "MYID") for server in servers]
    for number in range(3):
        wait_until(lambda n=number: servers[n + 3].tell("CLUSTER", "REPLICATE", ids[n]) == b"OK", 30)
    wait_until(lambda: all(b"cluster_state:ok" in one.tell("CLUSTER", "INFO") for one in servers), 30)
    wait_until(lambda: all(_followed(one) for one in servers[:3]), 30)


def _option(server: RealServer, name: str) -> str:
    return server.options[server.options.index(name) + 1]


def _known(server: RealServer) -> int:
    told = server.tell("CLUSTER", "INFO")
    lines = dict(line.split(b":") for line in told.split() if b":" in line)
    return int(lines[b"cluster_known_nodes"])


def _followed(server: RealServer) -> bool:
    return b"state=online" in server.tell("INFO", "replication")


def _owner_of(servers: Sequence[RealServer], key: str) -> RealServer | None:
    """Who has the key, by what the living say."""
    alive = [one for one in servers if one.process]
    slot = alive[0].tell("CLUSTER", "KEYSLOT", key)
    for server in alive:
        told = server.tell("CLUSTER", "SLOTS")
        if not isinstance(told, list):
            continue
        port = next((int(range_[2][1]) for range_ in told if range_[0] <= slot <= range_[1]), 0)
        found = next((one for one in alive if one.port == port), None)
        if found and _is_primary(found) and b"cluster_state:ok" in found.tell("CLUSTER", "INFO"):
            return found
    return None
