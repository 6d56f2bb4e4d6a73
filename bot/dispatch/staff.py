"""Who serves: what their role lets them do, and the one-time codes by which they bind their WeChat."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Literal

from bot.booking.table import Actor, Role
from bot.catalog.addresses import inside
from bot.models import Request, Staff
from bot.store.port import Shelf
from bot.store.port_staff import StaffRoom

# Hotline and editors look things up; they move nothing.
_ROLES: Final[dict[str, Role]] = {"worker": "worker", "lead": "lead", "admin": "lead"}
CODE_DIGITS: Final = 8
_CODE_S: Final = 24 * 3600.0
# A push may be tried again after its code was used.
_AGAIN_S: Final = 120.0
_TRIES: Final = 5
_TRIES_S: Final = 3600.0


def actor_of(staff: Staff) -> Actor | None:
    """As whom they move calls; None for those who do not, or no longer."""
    role = _ROLES.get(staff.role)
    return Actor(role, staff.id, staff.areas) if role and staff.active else None


def serves(staff: Staff, region: str | None) -> bool:
    """Whether a place is theirs: a city's code holds for its counties, a place nobody knows is everybody's."""
    return region is None or any(area and inside(region, area) for area in staff.areas)


def takes(staff: Staff, region: str | None) -> bool:
    """Whether a call from there can be theirs."""
    return actor_of(staff) is not None and serves(staff, region)


def booked_by(request: Request, staff: Iterable[Staff]) -> Staff | None:
    """Who serves and booked it for somebody; None where who needs it did, or their family."""
    told = (request.history[0].by, request.history[0].note)
    return next((one for one in staff if f"staff:{one.id}" in told or one.user == request.who), None)


class Codes:
    """One-time codes, kept as digests; each holds for a day, and a new one takes the place of the one before."""

    def __init__(self, room: StaffRoom, shelf: Shelf) -> None:
        self._room = room
        self._shelf = shelf

    async def issue(self, staff_id: str) -> str:
        """A new code of 8 digits; raises `StoreDown`."""
        await self.withdraw(staff_id)
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        kept = _digest(code)
        await self._shelf.put(_code(kept), staff_id.encode(), _CODE_S)
        await self._shelf.put(_of(staff_id), kept.encode(), _CODE_S)
        return code

    async def bind(self, user: str, code: str) -> Staff | Literal["refused", "wait"]:
        """Binds the user to whom the code is for; "wait" after five wrong ones within an hour. The same user may
        send it again at once, since a push may come twice. Raises `StoreDown`."""
        holder = secrets.token_hex(8)
        slot = await self._slot(user, holder)
        if slot is None:
            return "wait"
        staff = await self._owner(user, _digest(code))
        if staff is None:
            return "refused"
        await self._shelf.release(slot, holder)
        await self._room.bind(staff.id, user)
        return replace(staff, user=user)

    async def withdraw(self, staff_id: str) -> None:
        """The code that was issued last holds no more; raises `StoreDown`."""
        if kept := await self._shelf.get(_of(staff_id)):
            await self._shelf.drop(_code(kept.decode()), staff_id.encode())

    async def _owner(self, user: str, kept: str) -> Staff | None:
        raw = await self._shelf.get(_code(kept))
        staff = await self._room.get(raw.decode()) if raw else None
        if raw is None or staff is None or not staff.active:
            return None
        if not await self._shelf.claim(f"staff-code-used:{kept}", _digest(user), _CODE_S):
            return None
        await self._shelf.put(_code(kept), raw, _AGAIN_S)
        return staff

    async def _slot(self, user: str, holder: str) -> str | None:
        """One of the tries that a user has in an hour, taken before the code is looked at."""
        for place in range(_TRIES):
            slot = f"staff-code-tried:{_digest(user)}:{place}"
            if await self._shelf.claim(slot, holder, _TRIES_S):
                return slot
        return None


def _code(kept: str) -> str:
    return f"staff-code:{kept}"


def _of(staff_id: str) -> str:
    return f"staff-code-of:{staff_id}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
