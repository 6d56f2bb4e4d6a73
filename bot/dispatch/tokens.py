"""The tokens by which staff use the API: random, one for each member of staff, kept as digests only."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from bot.models import Staff
from bot.store.port import Shelf
from bot.store.port_staff import StaffRoom

# Long enough for a desk's program, short enough that a lost one does not open doors for ever.
TOKEN_DAYS: Final = 365
_TOKEN_S: Final = TOKEN_DAYS * 24 * 3600.0
# Found by searching machines where somebody publishes it by mistake.
_MARK: Final = "wyl_"
_LONGEST: Final = 100


async def issue(shelf: Shelf, staff_id: str) -> str:
    """A new token for a year, told this once; the one before holds no more. Raises `StoreDown`."""
    await withdraw(shelf, staff_id)
    token = _MARK + secrets.token_urlsafe(32)
    kept = _digest(token)
    await shelf.put(_holder(kept), staff_id.encode(), _TOKEN_S)
    await shelf.put(_of(staff_id), kept.encode(), _TOKEN_S)
    return token


async def withdraw(shelf: Shelf, staff_id: str) -> None:
    """Their token holds no more; raises `StoreDown`."""
    if kept := await shelf.get(_of(staff_id)):
        await shelf.drop(_of(staff_id), kept)
        await shelf.drop(_holder(kept.decode()), staff_id.encode())


async def holder(shelf: Shelf, room: StaffRoom, token: str) -> Staff | None:
    """Whose token it is; None for any other, and for who does not serve any more. Raises `StoreDown`."""
    if not token.startswith(_MARK) or len(token) > _LONGEST:
        return None
    kept = _digest(token)
    raw = await shelf.get(_holder(kept))
    if raw is None:
        return None
    newest = await shelf.get(_of(raw.decode())) or b""
    staff = await room.get(raw.decode()) if hmac.compare_digest(newest, kept.encode()) else None
    return staff if staff and staff.active else None


def _holder(kept: str) -> str:
    return f"staff-token:{kept}"


def _of(staff_id: str) -> str:
    return f"staff-token-of:{_digest(staff_id)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
