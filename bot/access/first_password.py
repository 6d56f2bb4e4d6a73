"""The one-time password by which somebody signs in first: it holds for a day and is changed at once."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Final

from bot.access.passwords import hashed
from bot.store.port import Shelf
from bot.store.port_staff import Credentials, Keyring

# Nobody takes one of these for another when it is told by telephone.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_HOLDS_S: Final = 24 * 3600.0


async def issue(keyring: Keyring, shelf: Shelf, staff_id: str, *, new_phone: bool = False) -> str:
    """A new one, told this once; ends every session of theirs. `new_phone` forgets their one-time codes too.

    Raises `StoreDown`."""
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    kept = await hashed(password)
    while True:
        before = await keyring.get(staff_id)
        stands = before or Credentials(staff_id, kept)
        secret = None if new_phone else stands.secret
        after = replace(stands, password=kept, secret=secret, epoch=stands.epoch + 1, must_change=True)
        if await keyring.swap(before, after):
            await shelf.put(_name(staff_id, after.epoch), b"1", _HOLDS_S)
            return password


async def holds(shelf: Shelf, credentials: Credentials) -> bool:
    """Whether a password may still be used: one that was chosen does, a one-time one for a day. Raises `StoreDown`."""
    if not credentials.must_change:
        return True
    return await shelf.get(_name(credentials.staff, credentials.epoch)) is not None


async def end_sessions(keyring: Keyring, staff_id: str) -> None:
    """Every session of theirs holds no more; raises `StoreDown`."""
    while (before := await keyring.get(staff_id)) is not None:
        if await keyring.swap(before, replace(before, epoch=before.epoch + 1)):
            return


def _name(staff_id: str, epoch: int) -> str:
    return f"desk-first-password:{staff_id}:{epoch}"
