"""The audit log: who saw what is personal, who moved what, who came in. What cannot be noted does not happen."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from bot.models import Staff
from bot.store.port_staff import AuditEntry, AuditLog

OPERATOR: Final = "operator"
NOBODY: Final = "unknown"
Deed = Literal[
    "sign_in",  # came in
    "sign_in_refused",  # a wrong password or code
    "sign_in_held_back",  # too many wrong ones
    "sign_out",
    "sign_out_everywhere",
    "password_changed",
    "codes_changed",  # one-time codes of another phone
    "staff_added",
    "staff_reset",  # a new one-time password
    "staff_disabled",
    "show",  # saw the personal fields of a call
    "call_back",  # took its telephone
    "move",  # moved a call
    "note",  # wrote a comment to a call
    "book",  # booked a call for a caller
    "send",  # sent an answer to a caller's WeChat
    "export",  # exported calls
    "audit_read",
    "audit_export",
    "data_export",  # printed all that is kept of a user
    "data_erase",  # erased a user
    "figures_export",
    "catalog_proposed",  # had a change judged
    "catalog_export",  # took its patch
]
_LONGEST: Final = 80


async def note(log: AuditLog, at: datetime, by: Staff | str, what: Deed, **about: str | int) -> None:
    """Adds a line before it is done; `about` names calls and pages, never what stands in them. Raises `StoreDown`:
    then it must not be done."""
    who = f"staff:{by.id}" if isinstance(by, Staff) else by
    told = {name: str(value)[:_LONGEST] for name, value in about.items()}
    await log.note(AuditEntry(at.isoformat(timespec="seconds"), who, what, told))
