"""A desk over a real store, with the people who serve 南阳 and what its jobs would do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from bot.booking import moves
from bot.booking.table import Actor
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.dispatch.desk import Desk
from bot.dispatch.duty import Duty
from bot.dispatch.lines import line_of
from bot.dispatch.staff import Codes, actor_of
from bot.models import Message, Notice, Reply, Request, Staff
from bot.store.connect import Stores, connect
from tests.storage import PATIENT

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
WOLONG, WANCHENG, NANYANG, KAIFENG = "411303", "411302", "411300", "410200"
ELDER = "oElder"
STAFF = (
    Staff("s1", "李梅", "worker", (WOLONG,), "oLi"),
    Staff("s2", "诸葛云", "worker", (WOLONG, WANCHENG), "oZhuge"),
    Staff("s3", "王强", "worker", (KAIFENG,), "oWang"),
    Staff("s4", "赵主任", "lead", (NANYANG,), "oZhao"),
    Staff("s5", "Hotline", "hotline", (NANYANG,), "oHot"),
    Staff("s6", "钱", "worker", (WOLONG,)),
)


@dataclass
class Side:
    """One process: its connection to the store, its desk, and the jobs it has added."""

    stores: Stores
    catalog: Catalog
    now: datetime = NOW
    jobs: list[tuple[str, ...]] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        rooms = self.stores
        self.desk = Desk(
            rooms.requests,
            rooms.staff,
            rooms.mailbox,
            self.later,
            self.catalog,
            lambda: self.now,
            rooms.shelf,
        )
        self.codes = Codes(rooms.staff, rooms.shelf)
        self.duty = Duty(self.desk, rooms.staff, self.codes, self.catalog, lambda: self.now, rooms.audit)

    async def later(self, name: str, *values: str, seconds: float = 0.0) -> None:
        self.jobs.append((name, *values))

    async def indexed(self) -> None:
        """What the tracking jobs do for the desks."""
        for number in self.numbers:
            await self.stores.requests.enter(line_of(await self.desk.find(number), self.catalog, "none"))

    async def sees(self, staff_id: str) -> list[str]:
        """The numbers of the calls that somebody is listed, in their order."""
        await self.indexed()
        return [line.id for line in await self.desk.visible(actor(staff_id))]

    async def hired(self) -> None:
        for one in STAFF:
            await self.stores.staff.add(replace(one, user=None))
            if one.user:
                await self.stores.staff.bind(one.id, one.user)

    async def called(self, who: str = ELDER, **fields: object) -> Request:
        """A call that somebody submitted."""
        number = await self.stores.requests.reserve(who)
        told: dict[str, object] = {
            "service": "bathing",
            "region": WOLONG,
            "time": (NOW + timedelta(hours=6)).isoformat(),
            "address": "车站路88号3楼",
            "phone": "13800138000",
            "contact": "孙玉兰",
        }
        request = Request(number, who, **{**told, **fields})  # type: ignore[arg-type]
        request = moves.submit(request, Actor("elder", who), self.now)
        assert await self.stores.requests.save(request, 0)
        self.numbers.append(number)
        return request

    async def says(self, staff_id: str, text: str = "", tap: str | None = None) -> Reply | None:
        """What somebody who serves gets for an answer."""
        await self.indexed()
        user = next(one.user for one in STAFF if one.id == staff_id) or "nobody"
        return await self.duty.answer(staff_id, Message(user, text=text, tap=tap))

    async def mail(self, user: str) -> list[Notice]:
        """All that waits for a user; it waits no more."""
        found = []
        while notice := await self.stores.mailbox.take(user, customer_service=False):
            await self.stores.mailbox.sent(user, notice.id)
            found.append(notice)
        return found


def actor(staff_id: str) -> Actor:
    found = actor_of(next(one for one in STAFF if one.id == staff_id))
    assert found
    return found


@cache
def catalog() -> Catalog:
    """It takes a second to read."""
    return load_catalog()


@asynccontextmanager
async def side(url: str) -> AsyncIterator[Side]:
    stores = await connect(url, PATIENT)
    try:
        yield Side(stores, catalog())
    finally:
        await stores.close()
