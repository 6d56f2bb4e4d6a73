"""The chat page for who has no WeChat: the same talk, with the choices as buttons, with and without scripts.

What was said stands in the page itself and comes back with the next message, so nothing of it is in an address
or kept here; it is only ever shown as text, and only to a browser that brings its own session.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from typing import Literal, NamedTuple

from aiohttp import web

from bot.bodies import strict_json
from bot.catalog.model import Catalog
from bot.dialogue.wording import say
from bot.errors import BadRequest, StoreDown
from bot.keys import CATALOG, STORE
from bot.models import Message, Session, Tap, Turn
from bot.store.port import Outcome
from bot.web.forms import Form, field, form_of, private
from bot.web.hearing import hear
from bot.web.hotlines import Hotlines

PATH = "/try"
COOKIE = "try_session"
# Sessions of this page stand apart, so that nobody can ask here for what a WeChat user told.
USERS = "try:"
HOTLINES: web.AppKey[Hotlines] = web.AppKey("hotlines", Hotlines)
LONGEST_TEXT = 10_000
_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
_MOST_EARLIER = 24
_LONGEST_BUBBLE = 900
_DONE = "-"


class Bubble(NamedTuple):
    """One message as it is shown."""

    who: Literal["you", "bot"]
    text: str


class Choice(NamedTuple):
    """One choice with the number that can be written for it."""

    number: int
    tap: Tap


class Choices(NamedTuple):
    """What can be tapped: `several` may be ticked together, `single` answer at once."""

    several: Sequence[Choice] = ()
    single: Sequence[Choice] = ()


class Said(NamedTuple):
    """What came in: the message, and how the page shows it."""

    message: Message
    shown: str


def add_routes(app: web.Application) -> None:
    app.router.add_get(PATH, _fresh)
    app.router.add_post(PATH, _say)
    app.router.add_post(PATH + "/new", _again)


async def _fresh(request: web.Request) -> web.Response:
    going_on = _session(request) is not None
    return private(request, "try.html", _context([], going_on=going_on))


async def _say(request: web.Request) -> web.Response:
    """One message; the whole page, or for our script only what is new."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return _to_start()
    form = await form_of(request)
    session = _session(request)
    earlier = _earlier(form) if session else []
    is_new, session = session is None, session or secrets.token_urlsafe(32)
    said = _said(form, session)
    status, turn = await _hear(request, said.message, is_new=is_new)
    replies = turn.reply.texts if turn else (say("store_down"),)
    now = [*([Bubble("you", said.shown)] if said.shown else []), *(Bubble("bot", text) for text in replies)]
    context = _context(now, earlier=earlier, big=bool(form.get("big")))
    if turn:
        context["choices"] = _choices(turn, request.app[CATALOG])
        context["calls"] = request.app[HOTLINES].numbers(replies) if turn.report.get("emergency") else []
    part = request.headers.get("X-Part") == "1"
    response = private(request, "_talk.html" if part else "try.html", context, status)
    if part:
        response.headers["X-Part"] = "1"
    return _remembered(request, response, session)


async def _hear(request: web.Request, message: Message, *, is_new: bool) -> tuple[int, Turn | None]:
    """The turn; None where the store is down. A new session was greeted by the page, as on subscribing."""
    try:
        if is_new:
            await hear(request, Message(message.user, kind="event", event="subscribe"))
        return 200, await hear(request, message)
    except StoreDown:
        return 503, None


async def _again(request: web.Request) -> web.Response:
    """Erases what was told and starts with a new session: for the next person at the same machine."""
    session = _session(request)
    if session and request.headers.get("Sec-Fetch-Site") != "cross-site":
        user = USERS + session
        async with request.app[STORE].turn(user) as held:
            await request.app[STORE].keep(held, Outcome(Session(), forget=True))
    response = _to_start()
    response.del_cookie(COOKIE, path=PATH)
    return response


def _to_start() -> web.Response:
    return web.Response(status=303, headers={"Location": PATH, "Cache-Control": "no-store"})


def _session(request: web.Request) -> str | None:
    given = request.cookies.get(COOKIE, "")
    return given if _SESSION.fullmatch(given) else None


def _remembered(request: web.Request, response: web.Response, session: str) -> web.Response:
    response.set_cookie(COOKIE, session, path=PATH, httponly=True, samesite="Lax", secure=request.secure)
    return response


def _said(form: Form, session: str) -> Said:
    """A tapped choice, several ticked ones, or words."""
    user = USERS + session
    tap, _, label = field(form, "tap", 200).partition("|")
    picks = [pick[:200].partition("|") for pick in form.get("pick", [])[:20]]
    if tap == _DONE and picks:
        # The engine reads several choices of one list by their numbers.
        numbers = [id_.rpartition(":")[2] for id_, _, _ in picks]
        text = " ".join(str(int(n) + 1) for n in numbers if n.isdecimal() and len(n) < 3)
        return Said(Message(user, text=text, tap=picks[0][0]), "、".join(label for _, _, label in picks))
    if tap and tap != _DONE:
        return Said(Message(user, text=label, tap=tap), label)
    text = field(form, "text", LONGEST_TEXT).strip()
    return Said(Message(user, text=text), _short(text))


def _choices(turn: Turn, catalog: Catalog) -> Choices:
    """A checklist's choices can be ticked together, but for the one that stands alone."""
    choices = [Choice(number, tap) for number, tap in enumerate(turn.reply.taps, start=1)]
    several = [one for one in choices if _can_be_ticked(one.tap, catalog)]
    if len(several) < 2:
        return Choices(single=choices)
    return Choices(several, [one for one in choices if one not in several])


def _can_be_ticked(tap: Tap, catalog: Catalog) -> bool:
    id_, _, number = tap.id.partition(":")
    question = catalog.questions.get(id_)
    if question is None or question.form.kind != "checklist" or not number.isdecimal():
        return False
    return not question.form.options[int(number)].alone


def _context(
    now: Sequence[Bubble], *, earlier: Sequence[Bubble] = (), big: bool = False, going_on: bool = False
) -> dict[str, object]:
    kept = [*earlier, *now][-_MOST_EARLIER:]
    return {
        "now": now,
        "earlier": earlier,
        "kept": json.dumps([[one.who, _short(one.text)] for one in kept], ensure_ascii=False),
        "big": big,
        "going_on": going_on,
        "choices": Choices(),
        "calls": [],
        "done": _DONE,
    }


def _earlier(form: Form) -> list[Bubble]:
    """What the page brought back; anything that is not ours is left out."""
    raw = form.get("earlier", [""])[-1]
    try:
        given = strict_json(raw) if raw else []
    except BadRequest:
        return []
    found = given if isinstance(given, list) else []
    return [Bubble(one[0], _short(one[1])) for one in found[-_MOST_EARLIER:] if _is_bubble(one)]


def _is_bubble(one: object) -> bool:
    return isinstance(one, list) and len(one) == 2 and one[0] in ("you", "bot") and isinstance(one[1], str)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_BUBBLE else text[:_LONGEST_BUBBLE] + "…"
