"""What the others ask of a store about staff: who serves, how they sign in, what they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.models import Staff


class StaffRoom(Protocol):
    """Who serves, and which user each has bound; any method may raise `StoreDown`."""

    async def add(self, staff: Staff) -> None:
        """Keeps a member of staff, new or changed."""
        ...

    async def get(self, staff_id: str) -> Staff | None: ...

    async def all(self) -> tuple[Staff, ...]: ...

    async def bind(self, staff_id: str, user: str | None) -> None:
        """Binds a user to the member of staff, nobody else; None unbinds."""
        ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a member of staff signs in: `password` is a hash, `secret` that of their one-time codes (None while they have
    none). `epoch` counts their sign-outs everywhere: a session that began in an earlier one holds no more."""

    staff: str
    password: str
    secret: str | None = None
    epoch: int = 0
    must_change: bool = True


class Keyring(Protocol):
    """How staff sign in, and the key that signs links; any method may raise `StoreDown`."""

    async def get(self, staff_id: str) -> Credentials | None: ...

    async def swap(self, before: Credentials | None, after: Credentials) -> bool:
        """Keeps `after` if what is kept is still `before` (None: nothing)."""
        ...

    async def signing_key(self) -> bytes:
        """32 random bytes that all processes share, made at the first call and kept for good."""
        ...


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who (`staff:<id>`, `operator`) did or saw what, when; `about` names calls and pages, never what stands in them.
    `seal` is made of the entry and the one before: nobody can take one out or change one unseen."""

    at: str
    by: str
    what: str
    about: Mapping[str, str]
    seal: str = ""


class AuditLog(Protocol):
    """Only grows; any method may raise `StoreDown`."""

    async def note(self, entry: AuditEntry) -> None:
        """Adds an entry behind the last one, and seals it."""
        ...

    async def read(self, month: str) -> tuple[AuditEntry, ...]:
        """The entries of a month (2026-11), the oldest first."""
        ...

    async def standing(self, month: str) -> tuple[int, str]:
        """How many entries were written in a month, and the seal of the last one; none may be gone."""
        ...

    async def months(self) -> tuple[str, ...]:
        """The months in which something was written, the oldest first."""
        ...
