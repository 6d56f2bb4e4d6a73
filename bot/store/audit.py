"""The audit log in Redis: a list a month that only grows, each entry sealed with the one before."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, Final

from pydantic import TypeAdapter

from bot.errors import StoreDown
from bot.store.port_staff import AuditEntry
from bot.store.server import Server

_entry = TypeAdapter(AuditEntry)
_TRIES: Final = 50
_KEY: Final = "wenyanglao:audit:{log}:"
# For each month how many entries were written, and the seal of the last one.
_HEADS: Final = _KEY + "heads"
# How many entries there were, the new one -> 1 added (also where it stands there already), 0 others came first.
_APPEND = """
local count = redis.call('LLEN', KEYS[1])
if redis.call('LINDEX', KEYS[1], -1) == ARGV[2] then return 1 end
if count ~= tonumber(ARGV[1]) then return 0 end
redis.call('RPUSH', KEYS[1], ARGV[2])
local written = tonumber(string.match(redis.call('HGET', KEYS[2], ARGV[3]) or '0', '^%d+')) + 1
redis.call('HSET', KEYS[2], ARGV[3], written .. ' ' .. ARGV[4]) return 1
"""
_LAST = "return {redis.call('LLEN', KEYS[1]), redis.call('LINDEX', KEYS[1], -1)}"


class RedisAudit:
    """The `AuditLog` protocol over one `Server`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        # Those of one process need not run against each other.
        self._one_by_one = asyncio.Lock()

    async def note(self, entry: AuditEntry) -> None:
        """See `AuditLog.note`."""
        async with self._one_by_one:
            for _ in range(_TRIES):
                if await self._added(entry):
                    return
        raise StoreDown("the audit log is being written by many at once; try again")

    async def read(self, month: str) -> tuple[AuditEntry, ...]:
        """See `AuditLog.read`."""
        rows: list[Any] = await self._server.script(
            "return redis.call('LRANGE', KEYS[1], 0, -1)", (_KEY + month,)
        )
        return tuple(_read(row) for row in rows)

    async def standing(self, month: str) -> tuple[int, str]:
        """See `AuditLog.standing`."""
        raw = await self._server.script("return redis.call('HGET', KEYS[1], ARGV[1])", (_HEADS,), month)
        count, _, seal = (raw or b"0 ").decode().partition(" ")
        return int(count), seal

    async def months(self) -> tuple[str, ...]:
        """See `AuditLog.months`."""
        names = await self._server.script("return redis.call('HKEYS', KEYS[1])", (_HEADS,))
        return tuple(sorted(name.decode() for name in names))

    async def _added(self, entry: AuditEntry) -> bool:
        month = entry.at[:7]
        key = _KEY + month
        count, last = await self._server.script(_LAST, (key,))
        sealed = replace(entry, seal=_seal(_read(last).seal if last else "", entry))
        done = await self._server.script(
            _APPEND, (key, _HEADS), count, _dump(sealed), month, sealed.seal, lasting=True
        )
        return bool(done)


def intact(entries: Iterable[AuditEntry]) -> bool:
    """Whether the entries of a month are all there as they were written, in their order."""
    before = ""
    for entry in entries:
        if entry.seal != _seal(before, entry):
            return False
        before = entry.seal
    return True


def _seal(before: str, entry: AuditEntry) -> str:
    told = json.dumps(
        [before, entry.at, entry.by, entry.what, dict(entry.about)], ensure_ascii=False, sort_keys=True
    )
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _read(raw: bytes) -> AuditEntry:
    return _entry.validate_json(raw)


def _dump(entry: AuditEntry) -> str:
    return json.dumps(asdict(entry), ensure_ascii=False)
