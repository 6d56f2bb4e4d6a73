"""Which member of staff asks the API, and what their role and places let them see and do."""

from __future__ import annotations

from typing import Final, Literal

from aiohttp import web

from bot.dispatch import records, tokens
from bot.errors import BotError, Refused
from bot.keys import SHELF, STAFF
from bot.models import Request, Staff

What = Literal["look", "personal", "move", "export", "figures"]
_MAY: Final[dict[str, tuple[What, ...]]] = {
    "hotline": ("look", "figures"),
    "worker": ("look", "personal", "move"),
    "lead": ("look", "personal", "move", "export", "figures"),
    "admin": ("look", "personal", "move", "export", "figures"),
    "editor": (),
}


class NotSignedInError(BotError):
    code, status = "not_signed_in", 401


async def signed_in(request: web.Request, *what: What) -> Staff:
    """Who asks, where they may do `what`; raises `NotSignedInError`, `Refused` or `StoreDown`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    staff = None
    if scheme.lower() == "bearer":
        staff = await tokens.holder(request.app[SHELF], request.app[STAFF], token.strip())
    if staff is None:
        raise NotSignedInError("this is for staff: send your token as Authorization: Bearer …")
    may(staff, *what)
    return staff


def may(staff: Staff, *what: What) -> None:
    """Raises `Refused` where their role does not let them."""
    for one in what:
        if one not in _MAY[staff.role]:
            raise Refused(f"the role {staff.role!r} may not do this ({one}); ask your desk's lead")


def in_reach(staff: Staff, request: Request, *, personal: bool = False) -> None:
    """Raises `Refused` where the call is not of their places, or its names are not a worker's to see."""
    if not records.reaches(staff, request.region):
        raise Refused("the call is not of your places", code="not_your_area")
    if personal and staff.role == "worker" and request.worker != f"staff:{staff.id}":
        raise Refused("names are for whoever handles the call; take it first", code="not_yours")
