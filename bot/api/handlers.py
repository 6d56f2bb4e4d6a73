"""What each address of the API does, and the table that makes the routes and the OpenAPI document alike."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from aiohttp import web

from bot import contract, contract_lists
from bot.api.answers import ParseAnswer, ScreenAnswer, TalkAnswer
from bot.api.calls import CALLS
from bot.api.list_shapes import BenefitList, BenefitsAnswer, ListsAnswer
from bot.api.openapi import Operation, document
from bot.api.plain import answer, body
from bot.api.requests import BenefitsQuery, ParseRequest, ScreenRequest, TalkRequest
from bot.api.shape import checked
from bot.keys import CATALOG, CLOCK, UNDERSTANDER
from bot.web.hearing import hear

# Sessions of the API stand apart, so that nobody can ask here for what a WeChat user told.
USERS = "api:"


async def screen(request: web.Request) -> web.Response:
    asked = checked(ScreenRequest, await body(request))
    today = request.app[CLOCK]().date()
    return answer(contract.screen(asked.facts, asked.id, request.app[CATALOG], today))


async def parse(request: web.Request) -> web.Response:
    asked = checked(ParseRequest, await body(request))
    now = request.app[CLOCK]()
    heard = await request.app[UNDERSTANDER].understand(asked.text, asked.context, now)
    return answer(contract.parsed(asked.id, heard))


async def talk(request: web.Request) -> web.Response:
    asked = checked(TalkRequest, await body(request))
    message = contract.message_of(asked.model_dump(), USERS)
    turn = await hear(request, message)
    return answer(contract.talked(asked.user, turn))


async def lists(request: web.Request) -> web.Response:
    return answer(contract_lists.lists(request.app[CATALOG]))


async def one_list(request: web.Request) -> web.Response:
    return answer(contract_lists.one_list(request.app[CATALOG], request.match_info["list"]))


async def benefits(request: web.Request) -> web.Response:
    asked = checked(BenefitsQuery, request.query)
    return answer(contract_lists.benefits(request.app[CATALOG], asked.region, asked.q))


OPERATIONS = (
    Operation(
        "POST",
        "/api/v1/screen",
        screen,
        "Which services of the place's list apply to an elder, and why",
        ScreenAnswer,
        body=ScreenRequest,
    ),
    Operation("POST", "/api/v1/parse", parse, "What a text says of whom", ParseAnswer, body=ParseRequest),
    Operation(
        "POST",
        "/api/v1/talk",
        talk,
        "One message of a talk, and the bot's reply",
        TalkAnswer,
        body=TalkRequest,
        errors=(503,),
    ),
    Operation("GET", "/api/v1/lists", lists, "All lists as data", ListsAnswer),
    Operation("GET", "/api/v1/lists/{list}", one_list, "One list as data", BenefitList, errors=(404,)),
    Operation(
        "GET",
        "/api/v1/benefits",
        benefits,
        "Services by name, everyday name or agency",
        BenefitsAnswer,
        query=BenefitsQuery,
        errors=(422,),
    ),
    *CALLS,
)


def add_routes(app: web.Application) -> None:
    """Adds `/api/v1/…` and `/api/openapi.json`; wants the parts of `bot.keys` before the first request."""
    for one in OPERATIONS:
        app.router.add_route(one.method, one.path, one.handler)
    app.router.add_get("/api/openapi.json", _openapi)


@cache
def openapi() -> dict[str, Any]:
    """The OpenAPI document of this API; not to be changed by who reads it."""
    return document(OPERATIONS, _version())


async def _openapi(_request: web.Request) -> web.Response:
    return answer(openapi())


def _version() -> str:
    try:
        return version("wenyanglao")
    except PackageNotFoundError:
        return "development"
