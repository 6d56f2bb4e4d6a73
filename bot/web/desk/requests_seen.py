"""Which calls a member of staff sees, as whom they move one, and whose names and telephones they may read."""

from __future__ import annotations

from aiohttp import web

from bot.access.roles import may, reaches
from bot.booking.table import FINISHED, Actor
from bot.dispatch import records
from bot.dispatch.staff import actor_of
from bot.errors import NotFound, Refused
from bot.keys import DESK, REQUESTS
from bot.models import Request, Staff
from bot.store.port import Line

_LEADS = ("lead", "admin")


async def seen_lines(request: web.Request, staff: Staff) -> tuple[Line, ...]:
    """The open calls that they see: a worker those that wait and their own, all others those of their areas.

    Raises `StoreDown`.
    """
    actor = actor_of(staff)
    if staff.role == "worker" and actor is not None:
        return await request.app[DESK].visible(actor)
    lines = await request.app[REQUESTS].open()
    return tuple(line for line in lines if line.worker == f"staff:{staff.id}" or reaches(staff, line.region))


async def seen_call(request: web.Request, staff: Staff) -> Request:
    """The call that the address names; raises `NotFound`, `Refused` where it is none of theirs, and `StoreDown`."""
    found = await request.app[REQUESTS].find(request.match_info["number"])
    if found is None:
        raise NotFound("no call has this number; read it again", field="number")
    if not (found.worker == f"staff:{staff.id}" or reaches(staff, found.region)):
        raise Refused("this call is not of your area")
    return found


def sees_personal(staff: Staff, call: Request) -> bool:
    """Whether they may read its names, telephones and addresses: whoever handles it does, and a lead."""
    if not may(staff, "personal"):
        return False
    if staff.role in _LEADS:
        return reaches(staff, call.region)
    return call.worker == f"staff:{staff.id}" and call.state not in FINISHED


def mover_of(staff: Staff, call: Request) -> Actor | None:
    """As whom they move it; None for those who move none."""
    return records.mover(staff, call.region) if may(staff, "move") else None
