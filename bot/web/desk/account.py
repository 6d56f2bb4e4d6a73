"""One's own page: who I am, my places, another password, another phone, and signing out everywhere."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web
from aiohttp_session import get_session

from bot.access import one_time
from bot.access.door import Person
from bot.access.roles import WITH_ONE_TIME_CODE
from bot.access.throttle import WAIT_S
from bot.errors import NotFound
from bot.keys import CATALOG
from bot.web.desk.entering import browser_of, leave, put_in
from bot.web.desk.guard import SIGN_IN, Visitor, door_of, move, noted, page, person_of, sent_to, shown
from bot.web.desk.sign_in import LONGEST_PASSWORD, password_fault, picture
from bot.web.forms import Form, field

PATH: Final = "/desk/account"
_DONE: Final = ("password", "phone")


def add_routes(app: web.Application) -> None:
    app.router.add_get(PATH, _account)
    app.router.add_post(PATH + "/password", _change_password)
    app.router.add_get(PATH + "/phone", _phone)
    app.router.add_post(PATH + "/phone", _change_phone)
    app.router.add_get(PATH + "/phone.svg", _phone_picture)
    app.router.add_post(PATH + "/sign-out-everywhere", _sign_out_everywhere)


@page()
async def _account(request: web.Request, visitor: Visitor) -> web.Response:
    return await _ask(request, visitor)


@move()
async def _change_password(request: web.Request, visitor: Visitor, form: Form) -> web.Response:
    person = await _proven(request, visitor, form)
    if not isinstance(person, Person):
        return await _ask(request, visitor, person)
    if why := await password_fault(person, form):
        return await _ask(request, visitor, why)
    await noted(request, visitor, "password_changed")
    changed = await door_of(request).change_password(person, field(form, "new", LONGEST_PASSWORD))
    return await _changed(request, visitor, changed, "password")


@page()
async def _phone(request: web.Request, visitor: Visitor) -> web.Response:
    return await _ask_phone(request, visitor)


@move()
async def _change_phone(request: web.Request, visitor: Visitor, form: Form) -> web.Response:
    person = await _proven(request, visitor, form)
    if not isinstance(person, Person):
        return await _ask_phone(request, visitor, person)
    door = door_of(request)
    secret = await door.secret_to_come(person)
    if not await door.takes(person.staff.id, secret, field(form, "code", 20)):
        return await _ask_phone(request, visitor, "wrong_code")
    await noted(request, visitor, "codes_changed")
    return await _changed(request, visitor, await door.change_secret(person, secret), "phone")


@page()
async def _phone_picture(request: web.Request, _visitor: Visitor) -> web.Response:
    person = await _myself(request)
    return picture(await door_of(request).secret_to_come(person), person)


@move()
async def _sign_out_everywhere(request: web.Request, visitor: Visitor, _form: Form) -> web.Response:
    await noted(request, visitor, "sign_out_everywhere")
    await door_of(request).end_sessions(await _myself(request))
    await leave(request)
    (await get_session(request)).invalidate()
    return sent_to(f"{SIGN_IN}?out=1")


async def _proven(request: web.Request, visitor: Visitor, form: Form) -> Person | str:
    """Who sits there shows by the password that it is still they."""
    password, browser = field(form, "password", LONGEST_PASSWORD), await browser_of(request, visitor.staff.id)
    return await door_of(request).by_password(visitor.staff.id, password, browser)


async def _changed(request: web.Request, visitor: Visitor, person: Person | None, what: str) -> web.Response:
    """Their other sessions are over, and this one goes on under a new key."""
    if person is None:
        return await _ask(request, visitor, "changed")
    await put_in(request, person, "in")
    return sent_to(f"{PATH}?done={what}")


async def _myself(request: web.Request) -> Person:
    person = await person_of(request, "in")
    if person is None:
        raise NotFound("nobody is signed in any more; sign in again")
    return person


async def _ask(request: web.Request, visitor: Visitor, why: str = "") -> web.Response:
    person, catalog = await _myself(request), request.app[CATALOG]
    done = request.query.get("done", "")
    return _shown(
        request,
        visitor,
        "desk/account.html",
        why,
        places=[catalog.region(one).full for one in visitor.staff.areas],
        has_phone=person.credentials.secret is not None,
        needs_phone=visitor.staff.role in WITH_ONE_TIME_CODE,
        done=done if done in _DONE and not why else "",
    )


async def _ask_phone(request: web.Request, visitor: Visitor, why: str = "") -> web.Response:
    secret = await door_of(request).secret_to_come(await _myself(request))
    return _shown(request, visitor, "desk/account_phone.html", why, secret=one_time.in_fours(secret))


def _shown(request: web.Request, visitor: Visitor, template: str, why: str, **context: Any) -> web.Response:
    status = {"": 200, "wait": 429}.get(why, 422)
    response = shown(request, visitor, template, "account", status, why=why, **context)
    if why == "wait":
        response.headers["Retry-After"] = str(int(WAIT_S))
    return response
