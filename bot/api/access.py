"""Which member of staff asks the API, and what their role and places let them see and do."""

from __future__ import annotations

from aiohttp import web

from bot.access import audit, roles
from bot.access.roles import What
from bot.booking.table import FINISHED
from bot.dispatch import tokens
from bot.errors import BotError, Refused
from bot.keys import AUDIT, CLOCK, SHELF, STAFF
from bot.models import Request, Staff

__all__ = ["NotSignedInError", "What", "in_reach", "may", "noted", "signed_in"]


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
        if not roles.may(staff, one):
            raise Refused(f"the role {staff.role!r} may not do this ({one}); ask your desk's lead")


async def noted(request: web.Request, staff: Staff, what: audit.Deed, **about: str | int) -> None:
    """Leaves a line in the audit log, before what it tells of is shown or done; raises `StoreDown`."""
    await audit.note(request.app[AUDIT], request.app[CLOCK](), staff, what, **about)


def in_reach(staff: Staff, request: Request, *, personal: bool = False) -> None:
    """Raises `Refused` where the call is not of their places, or its names are not a worker's to see."""
    if not roles.reaches(staff, request.region):
        raise Refused("the call is not of your places", code="not_your_area")
    if personal and staff.role == "worker" and not _handles(staff, request):
        raise Refused("names are for whoever handles the call, as long as they do", code="not_yours")


def _handles(staff: Staff, request: Request) -> bool:
    return request.worker == f"staff:{staff.id}" and request.state not in FINISHED
