"""Somebody who sits at the desk, signed in without typing a password, for tests of the pages behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from playwright.sync_api import BrowserContext

from bot.access import one_time
from bot.access.door import Person
from bot.access.roles import WITH_ONE_TIME_CODE, Role
from bot.keys import KEYRING, SHELF, STAFF
from bot.models import Staff
from bot.store.connect import connect
from bot.store.port import Shelf
from bot.store.port_staff import Credentials, Keyring, StaffRoom
from bot.web.desk import sessions
from bot.web.desk.guard import standing
from tests.running import Answer, Running
from tests.storage import PATIENT

T = TypeVar("T")
_FORM = "application/x-www-form-urlencoded"
_NAMES = {"hotline": "陈热线", "worker": "李梅", "lead": "赵主任", "editor": "孙编辑", "admin": "钱管理"}


@dataclass(frozen=True, slots=True)
class Seat:
    """A session: its key for the cookie, and the mark of its forms."""

    staff: Staff
    key: str
    csrf: str

    @property
    def cookie(self) -> str:
        """The header Cookie."""
        return f"{sessions.COOKIE}={self.key}"

    def into(self, context: BrowserContext, url: str) -> None:
        """Gives it to a browser: `url` is the server's."""
        context.add_cookies([{"name": sessions.COOKIE, "value": self.key, "url": f"{url}/desk/"}])

    def get(self, server: Running, path: str, **headers: str) -> Answer:
        return server.get(path, cookie=self.cookie, **headers)

    def post(
        self, server: Running, path: str, fields: dict[str, Any] | None = None, **headers: str
    ) -> Answer:
        """Posts a form with its mark."""
        body = urlencode({"csrf": self.csrf, **(fields or {})}, doseq=True)
        return server.ask("POST", path, body, **{"content_type": _FORM, "cookie": self.cookie, **headers})


def staff_session(
    where: Running | str, role: Role, areas: Sequence[str] = ("411303",), staff_id: str = "", name: str = ""
) -> Seat:
    """A member of staff, kept in the store of a server that runs (or at a Redis URL), and signed in."""
    staff = Staff(staff_id or f"s-{role}", name or _NAMES[role], role, tuple(areas))
    if isinstance(where, Running):
        app = where.app
        return where.run(seated(app[STAFF], app[KEYRING], app[SHELF], staff))

    async def at() -> Seat:
        stores = await connect(where, PATIENT)
        try:
            return await seated(stores.staff, stores.keyring, stores.shelf, staff)
        finally:
            await stores.close()

    return _in_a_thread(at)


async def seated(room: StaffRoom, keyring: Keyring, shelf: Shelf, staff: Staff) -> Seat:
    """Keeps who it is and begins a session; a second one of the same person leaves the first one standing."""
    await room.add(staff)
    credentials = await keyring.get(staff.id)
    if credentials is None or credentials.must_change:
        secret = one_time.new_secret() if staff.role in WITH_ONE_TIME_CODE else None
        fresh = Credentials(staff.id, "no password fits", secret, must_change=False)
        assert await keyring.swap(credentials, fresh)
        credentials = fresh
    data = standing(Person(staff, credentials), "in")
    return Seat(staff, await sessions.begin(shelf, data), data["csrf"])


def _in_a_thread(work: Callable[[], Awaitable[T]]) -> T:
    """While a browser lives, its loop runs in this thread."""

    async def done() -> T:
        return await work()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, done()).result()
