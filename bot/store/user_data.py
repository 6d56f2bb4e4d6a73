"""All that the store keeps of one user, opened, under the names of its families."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from bot.models import Notice, Request, Session
from bot.store import sessions
from bot.store.kept import found
from bot.store.rekey import Value, values_of
from bot.store.scripts import Keys
from bot.store.server import Server

_session, _requests = TypeAdapter(Session), TypeAdapter(tuple[Request, ...])
_notice = TypeAdapter(Notice)


class OfUser:
    """What stands under the keys of a user; every method may raise `StoreDown`."""

    def __init__(self, server: Server, user: str) -> None:
        self._server = server
        self._places = {one.place.name: one for key in Keys.of(user).all if (one := found(key))}

    async def session(self) -> Session:
        """As it stands, a new one where nothing is kept."""
        raw = await self._opened("session")
        return sessions.load(raw[0] if raw else None)

    async def requests(self) -> tuple[Request, ...]:
        """All calls, the newest first."""
        return sessions.load_requests([*await self._opened("requests"), *await self._opened("older")])

    async def notices(self) -> tuple[Notice, ...]:
        """Those that wait."""
        found = map(sessions.load_notice, await self._opened("waiting"))
        return tuple(filter(None, found))

    async def staff(self) -> str:
        """As which member of staff they serve, "" for all others."""
        values = await values_of(self._server, self._places["staff"])
        return values[0].raw.decode() if values else ""

    async def as_data(self) -> dict[str, Any]:
        """All of it as JSON can hold it."""
        promised = [json.loads(raw.decode("utf-8", "replace")) for raw in await self._opened("late")]
        return {
            "session": _session.dump_python(await self.session(), mode="json"),
            "calls": _requests.dump_python(await self.requests(), mode="json"),
            "notices": [_notice.dump_python(one, mode="json") for one in await self.notices()],
            "promised": promised,
            "answers": len(await self._opened("answers")),
            "consents": {one.field: int(one.raw) for one in await self._values("consents")},
            "sending_rights": {one.field: int(one.raw) for one in await self._values("quota")},
            "staff": await self.staff(),
        }

    async def _opened(self, name: str) -> list[bytes]:
        at = self._places[name]
        values = await values_of(self._server, at)
        kind = at.place.sealed
        return [self._server.sealer.open(kind, at.owner, one.raw) if kind else one.raw for one in values]

    async def _values(self, name: str) -> list[Value]:
        return await values_of(self._server, self._places[name])
