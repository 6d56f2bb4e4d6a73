"""What the tests of personal data share: sealed stores, and everything that stands in a store, raw and opened."""

from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from bot.commands.data import data_cli
from bot.store.connect import Stores, connect
from bot.store.data_keys import KeyFile
from bot.store.kept import PREFIX, found, owner_of
from bot.store.limits import Limits
from bot.store.rekey import values_of
from bot.store.sealing import PLAIN, Given, Sealer
from bot.store.server import Server
from tests.storage import PATIENT, RealServer

_READ: dict[bytes, tuple[str | int, ...]] = {
    b"string": ("GET",),
    b"hash": ("HGETALL",),
    b"list": ("LRANGE", 0, -1),
    b"set": ("SMEMBERS",),
    b"zset": ("ZRANGE", 0, -1),
    b"stream": ("XRANGE", "-", "+"),
}


def operator(env: dict[str, str], *arguments: str) -> str:
    """What `python -m bot data …` prints."""
    result = CliRunner().invoke(data_cli, arguments, env=env)
    if result.exception:
        raise result.exception
    return result.stdout


def key_line(name: str) -> str:
    return f"{name} {base64.b64encode(secrets.token_bytes(32)).decode()}\n"


def sealer(*names: str) -> Sealer:
    return Sealer(Given({name: name.encode().ljust(32, b".") for name in names}))


def with_file(path: Path) -> Sealer:
    return Sealer(KeyFile(path))


@asynccontextmanager
async def at(
    server: RealServer | str, sealed: Sealer = PLAIN, limits: Limits = PATIENT
) -> AsyncIterator[Stores]:
    stores = await connect(server if isinstance(server, str) else server.url, limits, sealed)
    try:
        yield stores
    finally:
        await stores.close()


def raw_store(server: RealServer) -> dict[bytes, bytes]:
    """All keys of whatever kind, and all that stands under each, as it lies there."""
    contents = {key: _content(server, key) for key in server.tell("KEYS", "*")}
    return {key: b"\n".join(_flat(one)) for key, one in contents.items() if one is not None}


def holding(server: RealServer, *words: str) -> dict[bytes, list[str]]:
    """Which keys hold which of the words, in their names or beneath them, as UTF-8 or escaped."""
    told = {}
    for key, content in raw_store(server).items():
        text = key + b"\n" + content
        if found := [word for word in words if any(form in text for form in forms(word))]:
            told[key] = found
    return told


def forms(word: str) -> tuple[bytes, ...]:
    """As it may be written: UTF-8, JSON's escapes, and base64 of it at any place."""
    raw = word.encode()
    return (
        raw,
        word.encode("ascii", "backslashreplace"),
        *(_base64(b" " * before + raw, before) for before in range(3)),
    )


def log_on_disk(server: RealServer) -> bytes:
    """The append-only files; those that are being written anew come and go."""
    told = []
    for path in (server.folder / "appendonlydir").iterdir():
        with suppress(FileNotFoundError):
            told.append(path.read_bytes())
    return b"".join(told)


async def opened(server: Server) -> str:
    """All that is sealed or plain of ours, opened, as one text."""
    told: list[str] = []
    async for names in server.names(f"{PREFIX}*"):
        for at in filter(None, map(found, names)):
            if at.place.sealed:
                for value in await values_of(server, at):
                    plain = server.sealer.open(at.place.sealed, owner_of(at, value.field), value.raw)
                    told.append(f"{at.key} {value.field} {plain.decode('utf-8', 'replace')}")
    return "\n".join(told)


def _content(server: RealServer, key: bytes) -> Any:
    """None where it lapsed since its name was read."""
    kind = server.tell("TYPE", key)
    if kind == b"none":
        return None
    command, *rest = _READ[kind]
    return server.tell(command, key, *rest)


def _flat(value: Any) -> Iterator[bytes]:
    if isinstance(value, list):
        for one in value:
            yield from _flat(one)
    elif isinstance(value, bytes):
        yield value


def _base64(raw: bytes, before: int) -> bytes:
    """The letters that are the same whatever stands around it."""
    whole = base64.b64encode(raw)
    return whole[(before * 8 + 5) // 6 + (1 if before else 0) : len(raw) * 8 // 6]
