"""The look-up page of the hotline staff: a caller's words in, the full answer out; services by name over all lists.

Nothing is kept: the words and the answers picked stand in the form itself and come back with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from aiohttp import web

from bot.catalog.model import Catalog
from bot.dialogue.choices import tapped
from bot.dialogue.people import SELF, merged
from bot.dialogue.wording import say
from bot.errors import BadValue
from bot.keys import CATALOG, CLOCK, SETTINGS, UNDERSTANDER
from bot.web.answer_view import PersonView, Telling, danger_words, person_view, places_by_list
from bot.web.forms import Form, field, form_of, private
from bot.web.service_search import services
from nlu.understanding import Understanding

PATH = "/lookup"
LONGEST_TEXT = 10_000
_MOST_PICKS = 60


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the staff typed: words, a place for who names none, and answers picked below an answer."""

    words: str
    region: str | None
    picks: tuple[tuple[str, str], ...] = ()


def add_routes(app: web.Application) -> None:
    app.router.add_get(PATH, _search)
    app.router.add_post(PATH, _answer)


async def _search(request: web.Request) -> web.Response:
    """An empty page; a name may stand in the address of a link to a service, our own form posts what is typed."""
    return _found(request, request.query.get("q", ""))


async def _answer(request: web.Request) -> web.Response:
    form = await form_of(request)
    if "q" in form:
        return _found(request, field(form, "q", 200))
    asked = _asked(form)
    catalog, now = request.app[CATALOG], request.app[CLOCK]()
    heard = await request.app[UNDERSTANDER].understand(asked.words, None, now)
    context = _context(request, asked)
    context["danger"] = danger_words(heard)
    context["found"] = services(catalog, heard.slots.get("benefit", ""))
    if asked.words or asked.picks:
        tellings = tell(heard, asked, catalog, now.date())
        context["people"] = [_view(one, asked, catalog, now.date()) for one in tellings]
    return private(request, "lookup.html", context)


def _found(request: web.Request, typed: str) -> web.Response:
    query = typed.strip()[:60]
    asked = _Asked("", request.app[SETTINGS].default_region)
    context = {**_context(request, asked), "q": query, "found": services(request.app[CATALOG], query)}
    return private(request, "lookup.html", context)


def _context(request: web.Request, asked: _Asked) -> dict[str, object]:
    return {
        "words": asked.words,
        "region": asked.region,
        "places": places_by_list(request.app[CATALOG]),
        "picks": [f"{key}/{choice}" for key, choice in asked.picks],
        "people": [],
        "danger": None,
        "q": "",
        "found": [],
    }


def _asked(form: Form) -> _Asked:
    picks = [pick.rpartition("/") for pick in form.get("pick", [])[-_MOST_PICKS:] if len(pick) < 100]
    return _Asked(
        field(form, "words", LONGEST_TEXT).strip(),
        field(form, "region", 40) or None,
        tuple(dict.fromkeys((key, choice) for key, _, choice in picks if key)),
    )


def tell(heard: Understanding, asked: _Asked, catalog: Catalog, today: date) -> list[Telling]:
    """The facts told of each person, with the place that goes for all and the answers picked since."""
    told: dict[str, Telling] = {}
    place = asked.region
    for one in heard.people:
        if set(one.facts) == {"region"} and not one.named:
            place = str(one.facts["region"])
            continue
        key = one.name or one.subject
        before = told.get(key) or Telling(key)
        told[key] = replace(before, facts=merged(before.facts, one.facts, today))
    told = told or {SELF: Telling(SELF)}
    return [_with_picks(_placed(one, place), asked.picks, catalog, today) for one in told.values()]


def _placed(telling: Telling, place: str | None) -> Telling:
    return replace(telling, facts={"region": place, **telling.facts}) if place else telling


def _with_picks(telling: Telling, picks: Sequence[tuple[str, str]], catalog: Catalog, today: date) -> Telling:
    for key, choice in picks:
        found = tapped(choice, catalog) if key == telling.key else None
        if found is None:
            continue
        question, option = found
        facts = merged(telling.facts, option.sets, today) if option else telling.facts
        telling = replace(telling, facts=facts, answered=(*telling.answered, question.form.id))
    return telling


def _view(telling: Telling, asked: _Asked, catalog: Catalog, today: date) -> PersonView:
    """What cannot be judged is told, and the rest is answered without it."""
    try:
        return person_view(telling, catalog, today)
    except BadValue as error:
        plain = replace(telling, facts={"region": asked.region} if asked.region else {})
        refused = say("lookup_fact_refused", why=error.message)
        return replace(person_view(plain, catalog, today), refused=refused)
