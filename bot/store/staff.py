"""Who serves, and which user each has bound, in Redis."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from pydantic import TypeAdapter

from bot.models import Staff
from bot.store.scripts import Keys
from bot.store.server import Server
from bot.store.shelf import DROP

_staff = TypeAdapter(Staff)
_ALL = "wenyanglao:staff"
# Id, the row as it was read, the row as it shall be.
_SWAP = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) return 1
"""


class RedisStaff:
    """The `StaffRoom` protocol over one `Server`."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def add(self, staff: Staff) -> None:
        """See `StaffRoom.add`."""
        await self._server.script(
            "return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])",
            (_ALL,),
            staff.id,
            self._dump(staff),
            lasting=True,
        )

    async def get(self, staff_id: str) -> Staff | None:
        """See `StaffRoom.get`."""
        raw = await self._row(staff_id)
        return self._load(staff_id, raw) if raw else None

    async def all(self) -> tuple[Staff, ...]:
        """See `StaffRoom.all`."""
        flat = await self._server.script("return redis.call('HGETALL', KEYS[1])", (_ALL,))
        rows = zip(flat[::2], flat[1::2], strict=True)
        return tuple(sorted((self._load(name.decode(), raw) for name, raw in rows), key=lambda one: one.id))

    async def bind(self, staff_id: str, user: str | None) -> None:
        """See `StaffRoom.bind`; a user serves as one member of staff at the most."""
        staff = await self.get(staff_id)
        if staff is None:
            return
        for one in await self.all():
            if user is not None and one.user == user and one.id != staff_id:
                await self._bound(one.id, None)
        if staff.user is not None and staff.user != user:
            await self._server.script(DROP, (Keys.of(staff.user).staff,), staff_id)
        await self._bound(staff_id, user)
        if user is not None:
            await self._server.script(
                "return redis.call('SET', KEYS[1], ARGV[1])", (Keys.of(user).staff,), staff_id
            )

    async def _bound(self, staff_id: str, user: str | None) -> None:
        """Changes the user of the row and nothing else: it may be changed by an operator meanwhile."""
        while raw := await self._row(staff_id):
            staff = self._load(staff_id, raw)
            new = self._dump(replace(staff, user=user))
            if staff.user == user or await self._server.script(_SWAP, (_ALL,), staff_id, raw, new):
                return

    async def _row(self, staff_id: str) -> bytes | None:
        raw: bytes | None = await self._server.script(
            "return redis.call('HGET', KEYS[1], ARGV[1])", (_ALL,), staff_id
        )
        return raw

    def _dump(self, staff: Staff) -> bytes:
        told = json.dumps(asdict(staff), ensure_ascii=False).encode("utf-8", "surrogatepass")
        return self._server.sealer.seal("staff", staff.id, told)

    def _load(self, staff_id: str, raw: bytes) -> Staff:
        return _staff.validate_json(self._server.sealer.open("staff", staff_id, raw))
