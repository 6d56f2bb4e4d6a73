"""Fills a store with the sessions of very many users: what the bot kept of some, sealed anew for each of the others."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from bot.models import Session
from bot.store import sessions
from bot.store.data_keys import KeyFile
from bot.store.scripts import Keys
from bot.store.sealing import Sealer
from tests.bench.peers.elders import Crowd
from tests.bench.peers.load import driven
from tests.bench.peers.sites import Site

_TALKERS, _PUSHES, _AT_ONCE = 200, 600, 2_000
_SESSION_MS, _QUOTA_MS = 90 * 86_400_000, 172_800_000


def talked(site: Site, crowd: Crowd) -> float:
    """Some of the crowd talk for real; pushes a second that the server takes."""
    few = crowd.first(_TALKERS)
    load = asyncio.run(driven(site.ports, few.pushes(_PUSHES, site.path, keep=True), keep=True))
    return load.rate


class Filler:
    """Speaks to the store itself; `keys` is the file of keys that the server seals with."""

    def __init__(self, site: Site, keys: Path) -> None:
        assert site.store
        self._store = site.store
        self._sealer = Sealer(KeyFile(keys))

    def fill(self, users: Sequence[str]) -> dict[str, float]:
        """Bytes a user: of the values, and of everything as the server counts it."""
        kept = [one for user in users[:_TALKERS] if (one := self._kept(user))]
        rest, before = users[_TALKERS:], self._used()
        sealed = 0
        with socket.create_connection(("127.0.0.1", self._store.port)) as wire:
            for start in range(0, len(rest), _AT_ONCE):
                commands = list(self._commands(rest[start : start + _AT_ONCE], cycle(kept)))
                sealed += sum(len(one[2]) for one in commands if one[0] == b"SET")
                _sent(wire, commands)
        each = (self._used() - before) / len(rest)
        assert self._kept(users[-1]), "what was filled in cannot be read"
        return {"the sealed session alone": sealed / len(rest), "in all, as the server counts it": each}

    def _kept(self, user: str) -> tuple[bytes, list[bytes]] | None:
        """Their session opened, and their quota; None where they have none that can be read."""
        keys = Keys.of(user)
        raw = self._store.tell("GET", keys.session)
        quota: Any = self._store.tell("HGETALL", keys.all[8])
        session = self._sealer.open("session", keys.owner, raw) if raw else None
        return (session, quota) if session and sessions.load(session) != Session() else None

    def _commands(
        self, users: Sequence[str], kept: Iterator[tuple[bytes, list[bytes]]]
    ) -> Iterator[list[bytes]]:
        for user, (session, quota) in zip(users, kept, strict=False):
            keys = Keys.of(user)
            sealed = self._sealer.seal("session", keys.owner, session)
            yield [b"SET", keys.session.encode(), sealed, b"PX", b"%d" % _SESSION_MS]
            if quota:
                yield [b"HSET", keys.all[8].encode(), *quota]
                yield [b"PEXPIRE", keys.all[8].encode(), b"%d" % _QUOTA_MS]

    def _used(self) -> int:
        told = self._store.tell("INFO", "memory").decode()
        return int(
            next(line for line in told.splitlines() if line.startswith("used_memory:")).partition(":")[2]
        )


def _sent(wire: socket.socket, commands: Sequence[Sequence[bytes]]) -> None:
    """All at once; every answer is one line, and none may be an error."""
    wire.sendall(b"".join(_packed(command) for command in commands))
    lines, came = 0, b""
    while lines < len(commands):
        came = wire.recv(1 << 20)
        assert came, "the store closed the connection"
        assert b"-ERR" not in came, came[:200]
        lines += came.count(b"\r\n")


def _packed(command: Sequence[bytes]) -> bytes:
    return b"*%d\r\n" % len(command) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in command)
