"""The elder's answer page behind a signed link: everything in full, large, to be read aloud, printed, withdrawn.

The page reads what is kept of the user as it stands now: what was corrected shows, what was erased is gone.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

from bot.dialogue.people import facts_of
from bot.errors import BadValue
from bot.keys import CATALOG, CLOCK, LINKS, STORE
from bot.links import PATH
from bot.web.answer_sheet import Sheet, phones, sheet_of
from bot.web.desk.origin import refuse_foreign
from bot.web.forms import private

# Pixels of the main text; the link promised large words, so it opens with them.
SIZES: Final = ("18", "24", "30")
_SIZE: Final = "24"


def add_routes(app: web.Application) -> None:
    """Adds the page."""
    app.router.add_get(PATH + "{link}", _show)
    app.router.add_post(PATH + "{link}/withdraw", _withdraw)


async def _show(request: web.Request) -> web.Response:
    token = request.match_info["link"]
    if not await request.app[LINKS].ours(token):
        return _gone(request, 404)
    sheet = await _sheet(request, token)
    if sheet is None:
        return _gone(request, 410)
    size = request.query.get("size", "")
    context = {"sheet": sheet, "sizes": SIZES, "size": size if size in SIZES else _SIZE, "link": token}
    return _unlisted(private(request, "answer.html", context))


async def _withdraw(request: web.Request) -> web.Response:
    """Who has the link may end it; another site's form may not."""
    refuse_foreign(request)
    token = request.match_info["link"]
    await request.app[LINKS].withdraw(token)
    return _gone(request, 410 if await request.app[LINKS].ours(token) else 404)


async def _sheet(request: web.Request, token: str) -> Sheet | None:
    """The answer as it stands; None where nothing is kept of that person any more."""
    behind = await request.app[LINKS].behind(token)
    session = await request.app[STORE].recall(behind.user) if behind else None
    if behind is None or session is None or behind.person not in session.people:
        return None
    if not facts_of(session, behind.person):
        return None
    try:
        return sheet_of(session, behind.person, request.app[CATALOG], request.app[CLOCK]().date())
    except BadValue:
        return None


def _gone(request: web.Request, status: int) -> web.Response:
    """One page for a wrong, an expired and a withdrawn link: whom to call, and how to get a new one."""
    numbers = phones((), request.app[CATALOG], request.app[CLOCK]().date())
    return _unlisted(private(request, "answer_gone.html", {"phones": numbers, "size": _SIZE}, status))


def _unlisted(response: web.Response) -> web.Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
