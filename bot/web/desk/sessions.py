"""Sessions of the desk, kept in the store; the browser holds a random key and nothing else.

What stands in a session is written once, under a new key; a click only prolongs it. So no click that is still under
way can bring back a session that was ended meanwhile.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
import warnings
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from aiohttp_session import AbstractStorage, Session

from bot.keys import SHELF
from bot.store.port import Shelf

COOKIE: Final = "desk"
PATH: Final = "/desk"
# After so long without a click nobody sits there any more, and nobody sits there longer than a shift.
IDLE_S: Final = 30 * 60.0
LONGEST_S: Final = 12 * 3600.0
# Between the password and the rest.
AT_THE_DOOR_S: Final = 15 * 60.0
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_SEEN: Final = b"1"
# The library keeps its session on the request under a plain name; nobody who runs a server can mend that.
warnings.filterwarnings("ignore", category=web.NotAppKeyWarning, module="aiohttp_session")


class ShelfStorage(AbstractStorage):
    """`aiohttp_session` over our `Shelf`; raises `StoreDown` as that does."""

    def __init__(self) -> None:
        super().__init__(cookie_name=COOKIE, path=PATH)

    async def load_session(self, request: web.Request) -> Session:
        """The session whose key the browser brings, else a new one that is kept once something stands in it."""
        key = self.load_cookie(request) or ""
        found = await load(request.app[SHELF], key)
        if found is None:
            return Session(None, data=None, new=True)
        return Session(key, data={"session": dict(found)}, new=False)

    async def save_session(
        self, request: web.Request, response: web.StreamResponse, session: Session
    ) -> None:
        """Keeps a new one, prolongs one that stands; an empty one is forgotten with its key."""
        shelf = request.app[SHELF]
        if session.empty:
            await end(shelf, session.identity or self.load_cookie(request) or "")
            response.del_cookie(COOKIE, path=PATH)
        elif session.identity is None:
            set_cookie(request, response, COOKIE, await begin(shelf, dict(session)))
        else:
            await shelf.put(_seen(session.identity), _SEEN, IDLE_S)


async def load(shelf: Shelf, key: str) -> Mapping[str, Any] | None:
    """What stands in the session of a key; None where it is over."""
    if not _KEY.fullmatch(key):
        return None
    raw, seen = await asyncio.gather(shelf.get(_name(key)), shelf.get(_seen(key)))
    return json.loads(raw) if raw and seen else None


async def begin(shelf: Shelf, data: Mapping[str, Any]) -> str:
    """Keeps a new session and gives its key."""
    key = secrets.token_urlsafe(32)
    longest = LONGEST_S if data.get("step") == "in" else AT_THE_DOOR_S
    await shelf.put(_name(key), json.dumps(data).encode(), longest)
    await shelf.put(_seen(key), _SEEN, IDLE_S)
    return key


async def end(shelf: Shelf, key: str) -> None:
    """Forgets a session for good."""
    name = _name(key)
    if _KEY.fullmatch(key) and (raw := await shelf.get(name)):
        await shelf.drop(name, raw)


def set_cookie(
    request: web.Request, response: web.StreamResponse, name: str, value: str, seconds: int | None = None
) -> None:
    """A cookie that no script and no other site sees, and no plain wire where this one is not plain."""
    response.set_cookie(
        name, value, path=PATH, max_age=seconds, httponly=True, samesite="Strict", secure=request.secure
    )


def _name(key: str) -> str:
    return f"desk-session:{hashlib.sha256(key.encode()).hexdigest()}"


def _seen(key: str) -> str:
    return f"desk-seen:{hashlib.sha256(key.encode()).hexdigest()}"
