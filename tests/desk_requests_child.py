"""A process of its own that books a call in a store: `python -m tests.desk_requests_child REDIS_URL SERVICE`."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from functools import cache
from typing import Any

from bot.booking.moves import submit
from bot.booking.table import Actor
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.dispatch.lines import line_of
from bot.models import Request
from bot.store.connect import connect
from bot.store.port import Requests
from tests.storage import PATIENT

WHO = "an-elder"


async def book(
    room: Requests, when: datetime, service: str = "bathing", who: str = WHO, **told: Any
) -> Request:
    """A call as an elder's turn leaves it, with its line for the desks."""
    fields = {
        "region": "411303",
        "time": "2026-11-22T09:00:00+08:00",
        "address": "七里园乡达士营村12号",
        "phone": "13912345678",
        "contact": "王秀英",
        "person": "mother",
        **told,
    }
    draft = Request(await room.reserve(who), who, service, **fields)
    new = submit(draft, Actor("elder", who), when)
    assert await room.save(new, 0)
    await room.enter(line_of(new, _catalog(), "none"))
    return new


@cache
def _catalog() -> Catalog:
    return load_catalog()


async def _booked(url: str, service: str) -> None:
    stores = await connect(url, PATIENT)
    when = datetime.fromisoformat("2026-11-21T08:59:00+08:00")
    urgent: dict[str, Any] = {"urgent": True, "time": None, "note": "fall"} if service == "urgent" else {}
    try:
        print((await book(stores.requests, when, service, **urgent)).id)
    finally:
        await stores.close()


if __name__ == "__main__":
    asyncio.run(_booked(*sys.argv[1:3]))
