"""Who serves, and which user each has bound, in Redis."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from pydantic import TypeAdapter

from bot.models import Staff
from bot.store.redis import Server
from bot.store.scripts import DROP, SWAP, Keys

_staff = TypeAdapter(Staff)
_ALL = "wenyanglao:staff"


class RedisStaff:
    """The `StaffRoom` protocol over one `Server`."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def add(self, staff: Staff) -> None:
        """See `StaffRoom.add`."""
        await self._server.script(
            "return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])", (_ALL,), staff.id, _dump(staff)
        )

    async def get(self, staff_id: str) -> Staff | None:
        """See `StaffRoom.get`."""
        raw = await self._row(staff_id)
        return _staff.validate_json(raw) if raw else None

    async def all(self) -> tuple[Staff, ...]:
        """See `StaffRoom.all`."""
        raw = await self._server.script("return redis.call('HVALS', KEYS[1])", (_ALL,))
        return tuple(sorted(map(_staff.validate_json, raw), key=lambda one: one.id))

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
            staff = _staff.validate_json(raw)
            new = _dump(replace(staff, user=user))
            if staff.user == user or await self._server.script(SWAP, (_ALL,), staff_id, raw, new):
                return

    async def _row(self, staff_id: str) -> bytes | None:
        raw: bytes | None = await self._server.script(
            "return redis.call('HGET', KEYS[1], ARGV[1])", (_ALL,), staff_id
        )
        return raw


def _dump(staff: Staff) -> str:
    return json.dumps(asdict(staff), ensure_ascii=False)
