"""From one step of signing in to the next: a new session for each, and what the browser keeps."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Final
from urllib.parse import quote

from aiohttp import web
from aiohttp_session import get_session, new_session

from bot.access import throttle
from bot.access.door import Person, Step
from bot.access.throttle import Browser
from bot.keys import KEYRING, SHELF
from bot.web.desk import sessions
from bot.web.desk.guard import SIGN_IN, noted, sent_to, standing
from bot.web.forms import Form, field

_BEFORE: Final = "desk-form"
_MARK: Final = re.compile(r"[A-Za-z0-9_-]{32}")
_DEVICE_S: Final = 365 * 24 * 3600


async def enter(request: web.Request, person: Person, back: str, *, code_given: bool) -> web.Response:
    """To the step that comes next, in a session under a new key; the one before is over. Raises `StoreDown`."""
    step = person.step(code_given=code_given)
    if step == "in":
        await noted(request, person.staff, "sign_in")
    await put_in(request, person, step)
    if step != "in":
        return sent_to(f"{SIGN_IN}/{step}?next={quote(back, safe='')}")
    response = sent_to(back)
    await _known_from_now_on(request, response, person.staff.id)
    return response


async def put_in(request: web.Request, person: Person, step: Step) -> None:
    """A new session in place of the one that the browser brought; raises `StoreDown`."""
    await leave(request)
    session = await new_session(request)
    session.update(standing(person, step))


async def leave(request: web.Request) -> None:
    """Ends the session that the browser brought, at once; raises `StoreDown`."""
    old = (await get_session(request)).identity
    if old is not None:
        await sessions.end(request.app[SHELF], old)


async def browser_of(request: web.Request, staff_id: str) -> Browser:
    """Whether it signed in as this person before; raises `StoreDown`."""
    key, kept = await request.app[KEYRING].signing_key(), request.cookies.get(_device(staff_id), "")
    return Browser(request.remote or "", throttle.device_of(key, staff_id, kept))


async def before_form(request: web.Request, response: web.Response | None = None) -> str:
    """The mark of the sign-in form, for a browser without a session: made of a cookie of its own, which it gets
    with `response`. Raises `StoreDown`."""
    brought = request.cookies.get(_BEFORE, "")
    kept = brought if _MARK.fullmatch(brought) else request.get(_BEFORE) or secrets.token_urlsafe(24)
    request[_BEFORE] = kept
    if response is not None:
        sessions.set_cookie(request, response, _BEFORE, kept)
    key = await request.app[KEYRING].signing_key()
    return hmac.new(key, f"sign-in:{kept}".encode(), hashlib.sha256).hexdigest()


async def is_our_form(request: web.Request, form: Form) -> bool:
    """Whether our page made the sign-in form for this browser, so that nobody signs others in as themselves."""
    told = field(form, "csrf", 100).encode()
    return _BEFORE in request.cookies and hmac.compare_digest((await before_form(request)).encode(), told)


async def _known_from_now_on(request: web.Request, response: web.Response, staff_id: str) -> None:
    key = await request.app[KEYRING].signing_key()
    old = throttle.device_of(key, staff_id, request.cookies.get(_device(staff_id), ""))
    if old is None:
        mark = throttle.device_mark(key, staff_id)
        sessions.set_cookie(request, response, _device(staff_id), mark, _DEVICE_S)


def _device(staff_id: str) -> str:
    """A cookie for each of those who share the machine."""
    return f"desk-known-{hashlib.sha256(staff_id.encode('utf-8', 'replace')).hexdigest()[:12]}"
