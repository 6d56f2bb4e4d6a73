"""Stands before every page of the desk: who is it, may they, and did the form come from our own page."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web
from aiohttp_session import Session, get_session

from bot.access import audit
from bot.access.door import Door, Person, Step
from bot.access.roles import What, may
from bot.errors import Refused
from bot.keys import AUDIT, CLOCK, KEYRING, SHELF, STAFF
from bot.models import Staff
from bot.web.desk import sessions
from bot.web.desk.origin import refuse_foreign
from bot.web.forms import Form, field, form_of, private

SIGN_IN: Final = "/desk/sign-in"
# A page that refreshes by itself says so, with scripts by this header, without by `auto`: nobody clicked, so the session grows no older.
REFRESH: Final = "X-Refresh"
_CSRF: Final = "csrf"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sits there; `csrf` stands in every form of theirs."""

    staff: Staff
    csrf: str

    def may(self, *what: What) -> bool:
        """For templates: whether their role lets them do it."""
        return may(self.staff, *what)


Page = Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]
Move = Callable[[web.Request, Visitor, Form], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def page(*what: What) -> Callable[[Page], Handler]:
    """A page for those who may do `what`; others are sent to sign in, or told 403."""

    def guarded(handler: Page) -> Handler:
        @wraps(handler)
        async def answer(request: web.Request) -> web.StreamResponse:
            visitor = await visitor_of(request)
            if visitor is None:
                return to_sign_in(request)
            _checked(visitor, *what)
            return await handler(request, visitor)

        return answer

    return guarded


def move(*what: What) -> Callable[[Move], Handler]:
    """A posted form of those who may do `what`; it must come from a page of ours."""

    def guarded(handler: Move) -> Handler:
        @wraps(handler)
        async def answer(request: web.Request) -> web.StreamResponse:
            refuse_foreign(request)
            visitor = await visitor_of(request)
            if visitor is None:
                return to_sign_in(request)
            _checked(visitor, *what)
            form = await form_of(request)
            same_form(form, visitor.csrf)
            return await handler(request, visitor, form)

        return answer

    return guarded


async def visitor_of(request: web.Request) -> Visitor | None:
    """Who is signed in, None for nobody; raises `StoreDown`."""
    person = await person_of(request, "in")
    session = await get_session(request)
    if person is None:
        return None
    if REFRESH not in request.headers and "auto" not in request.query:
        session.changed()
    return Visitor(person.staff, str(session[_CSRF]))


async def person_of(request: web.Request, step: Step) -> Person | None:
    """Who stands at this step of signing in; None for all others. Raises `StoreDown`."""
    session = await get_session(request)
    if session.get("step") != step:
        return None
    person = await door_of(request).person(str(session["staff"]))
    if person is None or person.credentials.epoch != session["epoch"]:
        return None
    return person if person.step(code_given=step != "code") == step else None


async def still_there(request: web.Request) -> bool:
    """Whether the session stands, for an answer that goes on for long: ask now and then, and end it where not."""
    key = request.cookies.get(sessions.COOKIE, "")
    return (
        await sessions.load(request.app[SHELF], key) is not None
        and await person_of(request, "in") is not None
    )


async def noted(
    request: web.Request, by: Visitor | Staff | str, what: audit.Deed, **about: str | int
) -> None:
    """Leaves a line in the audit log, before what it tells of is shown or done; raises `StoreDown`: then it is not."""
    who = by.staff if isinstance(by, Visitor) else by
    await audit.note(request.app[AUDIT], request.app[CLOCK](), who, what, **about)


def door_of(request: web.Request) -> Door:
    """The door over the application's store."""
    app = request.app
    return Door(app[STAFF], app[KEYRING], app[SHELF], time.time)


def standing(person: Person, step: Step) -> dict[str, Any]:
    """What a session of theirs holds."""
    return {
        "staff": person.staff.id,
        "epoch": person.credentials.epoch,
        "step": step,
        _CSRF: secrets.token_urlsafe(24),
    }


def csrf_of(session: Session) -> str:
    """What stands in the forms of a session, also of one that is not in yet."""
    return str(session.get(_CSRF, ""))


def same_form(form: Form, csrf: str) -> None:
    """Raises `Refused` for a form that no page of ours made for this session."""
    if not csrf or not hmac.compare_digest(field(form, _CSRF, 100).encode(), csrf.encode()):
        raise Refused("the form is too old; open the page again", code="stale_form")


def to_sign_in(request: web.Request) -> web.Response:
    """The way back is kept where a click led here; a form is not sent twice."""
    back = request.path_qs if request.method == "GET" else "/desk"
    return sent_to(f"{SIGN_IN}?next={quote(back, safe='')}")


def sent_to(address: str) -> web.Response:
    """After a form: to a page that can be loaded again."""
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})


def shown(
    request: web.Request, visitor: Visitor, template: str, here: str, status: int = 200, **context: Any
) -> web.Response:
    """A page of the desk: `here` names it in the bar; every template gets `visitor` and `here`."""
    return private(request, template, {"visitor": visitor, "here": here, **context}, status)


def _checked(visitor: Visitor, *what: What) -> None:
    if not visitor.may(*what):
        raise Refused("your role may not see this page; ask your desk's lead")
