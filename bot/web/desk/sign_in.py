"""Signing in: who it is, the phone's code, a password of one's own, a phone of one's own; and signing out."""

from __future__ import annotations

import secrets
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web
from aiohttp_session import get_session

from bot.access import one_time, passwords
from bot.access.audit import NOBODY
from bot.access.door import No, Person, Step, staff_id_of
from bot.access.throttle import WAIT_S
from bot.keys import SHELF, STAFF
from bot.web.desk.entering import before_form, browser_of, enter, is_our_form, leave
from bot.web.desk.guard import (
    SIGN_IN,
    Visitor,
    csrf_of,
    door_of,
    move,
    noted,
    page,
    person_of,
    same_form,
    sent_to,
    to_sign_in,
    visitor_of,
)
from bot.web.desk.origin import refuse_foreign, safe_next
from bot.web.forms import Form, field, form_of, private

# Where each role begins; a page that is not there yet is passed over.
_FIRST: Final = {
    "hotline": ("/desk/lookup", "/desk/requests"),
    "worker": ("/desk/requests", "/desk/lookup"),
    "lead": ("/desk/requests", "/desk/lookup"),
    "editor": ("/desk/catalog", "/desk/lookup"),
    "admin": ("/desk/lookup", "/desk/requests"),
}
_ACCOUNT: Final = "/desk/account"
LONGEST_PASSWORD: Final = 1_000
_STATUS: Final = {"wrong": 403, "stale": 403, "wait": 429}


def add_routes(app: web.Application) -> None:
    app.router.add_get("/desk", _first)
    app.router.add_get(SIGN_IN, _who)
    app.router.add_post(SIGN_IN, _told_who)
    app.router.add_get(SIGN_IN + "/code", _code)
    app.router.add_post(SIGN_IN + "/code", _told_code)
    app.router.add_get(SIGN_IN + "/password", _password)
    app.router.add_post(SIGN_IN + "/password", _told_password)
    app.router.add_get(SIGN_IN + "/phone", _phone)
    app.router.add_post(SIGN_IN + "/phone", _told_phone)
    app.router.add_get(SIGN_IN + "/phone.svg", _phone_picture)
    app.router.add_post("/desk/sign-out", _sign_out)


@page()
async def _first(request: web.Request, visitor: Visitor) -> web.Response:
    there = {one.canonical for one in request.app.router.resources()}
    first = next((path for path in _FIRST[visitor.staff.role] if path in there), _ACCOUNT)
    return sent_to(first)


async def _who(request: web.Request) -> web.Response:
    back = safe_next(request.query.get("next", ""))
    if await visitor_of(request):
        return sent_to(back)
    return await _ask_who(request, back)


async def _told_who(request: web.Request) -> web.Response:
    refuse_foreign(request)
    form = await form_of(request)
    back, typed = safe_next(field(form, "next", 600)), field(form, "id", 60)
    if not await is_our_form(request, form):
        return await _ask_who(request, back, "stale", typed)
    staff_id = staff_id_of(typed)
    browser, password = await browser_of(request, staff_id), field(form, "password", LONGEST_PASSWORD)
    person = await door_of(request).by_password(staff_id, password, browser)
    if not isinstance(person, Person):
        await _note_no(request, staff_id, person)
        return await _ask_who(request, back, person, typed)
    return await enter(request, person, back, code_given=False)


async def _ask_who(request: web.Request, back: str, why: str = "", typed: str = "") -> web.Response:
    context = {"csrf": await before_form(request), "next": back, "why": why, "typed": typed}
    response = _asked(request, "desk/sign_in.html", context)
    await before_form(request, response)
    return response


async def _code(request: web.Request) -> web.Response:
    if await person_of(request, "code") is None:
        return _again(request)
    return await _ask(request, "desk/sign_in_code.html")


async def _told_code(request: web.Request) -> web.Response:
    person, form = await _at_step(request, "code")
    if person is None:
        return _again(request)
    browser = await browser_of(request, person.staff.id)
    heard = await door_of(request).by_code(person, field(form, "code", 20), browser)
    if heard != "right":
        await _note_no(request, person.staff.id, heard)
        return await _ask(request, "desk/sign_in_code.html", heard)
    return await enter(request, person, safe_next(field(form, "next", 600)), code_given=True)


async def _password(request: web.Request) -> web.Response:
    if await person_of(request, "password") is None:
        return _again(request)
    return await _ask(request, "desk/sign_in_password.html")


async def _told_password(request: web.Request) -> web.Response:
    person, form = await _at_step(request, "password")
    if person is None:
        return _again(request)
    why = await password_fault(person, form)
    if why is not None:
        return await _ask(request, "desk/sign_in_password.html", why)
    await noted(request, person.staff, "password_changed")
    changed = await door_of(request).change_password(person, field(form, "new", LONGEST_PASSWORD))
    if changed is None:
        return _again(request)
    return await enter(request, changed, safe_next(field(form, "next", 600)), code_given=True)


async def _phone(request: web.Request) -> web.Response:
    person = await person_of(request, "phone")
    if person is None:
        return _again(request)
    return await _ask_phone(request, person)


async def _told_phone(request: web.Request) -> web.Response:
    person, form = await _at_step(request, "phone")
    if person is None:
        return _again(request)
    door = door_of(request)
    secret = await door.secret_to_come(person)
    if not await door.takes(person.staff.id, secret, field(form, "code", 20)):
        return await _ask_phone(request, person, "wrong")
    await noted(request, person.staff, "codes_changed")
    changed = await door.change_secret(person, secret)
    if changed is None:
        return _again(request)
    return await enter(request, changed, safe_next(field(form, "next", 600)), code_given=True)


async def _phone_picture(request: web.Request) -> web.Response:
    person = await person_of(request, "phone")
    if person is None:
        return to_sign_in(request)
    return picture(await door_of(request).secret_to_come(person), person)


@move()
async def _sign_out(request: web.Request, visitor: Visitor, _form: Form) -> web.Response:
    await noted(request, visitor, "sign_out")
    await leave(request)
    (await get_session(request)).invalidate()
    return sent_to(f"{SIGN_IN}?out=1")


async def password_fault(person: Person, form: Form) -> str | None:
    """Why the new password of a form is not taken; None for a good one."""
    new = field(form, "new", LONGEST_PASSWORD)
    if new != field(form, "again", LONGEST_PASSWORD):
        return "not_the_same"
    if weak := passwords.weakness(new, person.staff):
        return weak
    return "as_before" if await passwords.fits(person.credentials.password, new) else None


def picture(secret: str, person: Person) -> web.Response:
    """The secret of a phone as an SVG that nobody keeps."""
    body = one_time.picture(secret, person.staff)
    return web.Response(body=body, content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


async def _at_step(request: web.Request, step: Step) -> tuple[Person | None, Form]:
    """Who stands there, with the form they sent; raises `Refused` for one that is not of our page."""
    refuse_foreign(request)
    person, form = await person_of(request, step), await form_of(request)
    if person is not None:
        same_form(form, csrf_of(await get_session(request)))
    return person, form


async def _ask_phone(request: web.Request, person: Person, why: str = "") -> web.Response:
    secret = one_time.in_fours(await door_of(request).secret_to_come(person))
    return await _ask(request, "desk/sign_in_phone.html", why, secret=secret, person=person)


async def _ask(request: web.Request, template: str, why: str = "", **more: Any) -> web.Response:
    csrf, back = csrf_of(await get_session(request)), safe_next(request.query.get("next", ""))
    return _asked(request, template, {"csrf": csrf, "next": back, "why": why, **more})


def _asked(request: web.Request, template: str, context: dict[str, Any]) -> web.Response:
    why = context["why"]
    signed_out = "out" in request.query
    status = _STATUS.get(why, 422) if why else 200
    response = private(request, template, {**context, "signed_out": signed_out}, status)
    if status == _STATUS["wait"]:
        response.headers["Retry-After"] = str(int(WAIT_S))
    return response


def _again(request: web.Request) -> web.Response:
    """The step is not theirs (any more): from the beginning, with the way back."""
    back = safe_next(request.query.get("next", ""))
    return sent_to(f"{SIGN_IN}?next={quote(back, safe='')}")


async def _note_no(request: web.Request, staff_id: str, why: No) -> None:
    """Who is held back is told once: a thousand knocks shall not fill the log."""
    staff = await request.app[STAFF].get(staff_id)
    known, name = staff or NOBODY, staff.id if staff else NOBODY
    if why == "wrong":
        await noted(request, known, "sign_in_refused")
    elif await request.app[SHELF].claim(f"desk-held-back:{name}", secrets.token_hex(8), WAIT_S):
        await noted(request, known, "sign_in_held_back")
