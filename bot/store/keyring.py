"""How staff sign in, and the key that signs links, in Redis."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict

from pydantic import TypeAdapter

from bot.store.port_staff import Credentials
from bot.store.server import Server

_credentials = TypeAdapter(Credentials)
_ALL, _SIGNING = "wenyanglao:credentials", "wenyanglao:signing-key"
# Said again after a broken connection, it is done already.
_SWAP = """
local stands = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if stands == ARGV[3] then return 1 end
if stands ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) return 1
"""
_MADE = "redis.call('SET', KEYS[1], ARGV[1], 'NX') return redis.call('GET', KEYS[1])"


class RedisKeyring:
    """The `Keyring` protocol over one `Server`."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def get(self, staff_id: str) -> Credentials | None:
        """See `Keyring.get`."""
        raw = await self._row(staff_id)
        return self._load(staff_id, raw) if raw else None

    async def swap(self, before: Credentials | None, after: Credentials) -> bool:
        """See `Keyring.swap`."""
        raw = await self._row(after.staff)
        # What stands there may have been written before its form grew.
        if (self._load(after.staff, raw) if raw else None) not in (before, after):
            return False
        return bool(await self._server.script(_SWAP, (_ALL,), after.staff, raw or b"", self._dump(after)))

    async def signing_key(self) -> bytes:
        """See `Keyring.signing_key`."""
        sealer = self._server.sealer
        fresh = sealer.seal("signing-key", "signing-key", secrets.token_bytes(32))
        return sealer.open("signing-key", "signing-key", await self._server.script(_MADE, (_SIGNING,), fresh))

    async def _row(self, staff_id: str) -> bytes | None:
        raw: bytes | None = await self._server.script(
            "return redis.call('HGET', KEYS[1], ARGV[1])", (_ALL,), staff_id
        )
        return raw

    def _dump(self, credentials: Credentials) -> bytes:
        told = json.dumps(asdict(credentials), ensure_ascii=False).encode()
        return self._server.sealer.seal("credentials", credentials.staff, told)

    def _load(self, staff_id: str, raw: bytes) -> Credentials:
        return _credentials.validate_json(self._server.sealer.open("credentials", staff_id, raw))
