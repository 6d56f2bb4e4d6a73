"""The door of WeChat, `GET|POST /wechat` and `/wechat/<account>`: always an answer in time, never a stack trace."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from traceback import extract_tb

import structlog
from aiohttp import StreamReader, web

from bot.dialogue.wording import say
from bot.errors import BadRequest, BotError, NotFound, StoreDown, TooLarge
from bot.keys import CLOCK, SETTINGS
from bot.models import Message, Reply
from bot.watching.spans import span
from bot.wechat.codec import to_message, to_xml
from bot.wechat.gate import BODY_LIMIT, Gate
from bot.wechat.office import Office, Window

PATH = "/wechat"
OFFICE: web.AppKey[Office] = web.AppKey("wechat_office", Office)
# The platform waits 5 seconds and then shows the elder an error of its own. Where hundreds wait for a store that is
# away, all their answers go out at once in the end, and that alone has taken most of a second.
ANSWER_SECONDS = 3.2
SUCCESS = b"success"
OUTCOMES = ("answered", "silent", "late", "refused", "unreadable", "store_down", "busy", "failed")
# What became of the pushes since the start, by outcome.
COUNTS: web.AppKey[Counter[str]] = web.AppKey("wechat_counts")
# Is told of each push by whose door it came, what it was where it could be read, what became of it, and in how many
# seconds; not there, nobody is.
Pushed = Callable[[str, Message | None, str, float], None]
PUSHED: web.AppKey[Pushed] = web.AppKey("wechat_pushed")
_OUTCOME: web.RequestKey[str] = web.RequestKey("wechat_outcome", str)
_MESSAGE: web.RequestKey[Message] = web.RequestKey("wechat_message", Message)

# Reports of positions and of menu links, and who has left: nobody waits for an answer, and no talk should move.
_UNHEARD = frozenset({"view", "other", "unsubscribe"})
# What must be kept although nobody reads an answer: without the store the platform shall try again.
_SILENT = frozenset({"consent", "revoked"})
_NO_SNIFFING = {"X-Content-Type-Options": "nosniff"}
_XML = {"Content-Type": "application/xml; charset=utf-8", **_NO_SNIFFING}
_WORDS = {"Content-Type": "text/plain; charset=utf-8", **_NO_SNIFFING}
_Handler = Callable[[web.Request, Window], Awaitable[web.Response]]

log = structlog.get_logger()


def add_routes(app: web.Application) -> None:
    """Opens the door; wants `SETTINGS`, `OFFICE` and `CLOCK` in the app before the first push."""
    app[COUNTS] = Counter()
    for path in (PATH, PATH + "/{account:[a-z0-9-]+}"):
        app.router.add_get(path, partial(_guarded, _handshake), allow_head=False)
        app.router.add_post(path, _watched)


async def _watched(request: web.Request) -> web.Response:
    started = perf_counter()
    response = await _guarded(_push, request)
    seconds, outcome = perf_counter() - started, request.get(_OUTCOME, "nobody")
    if told := request.app.get(PUSHED):
        told(request.match_info.get("account", ""), request.get(_MESSAGE), outcome, seconds)
    log.debug("push", outcome=outcome, ms=round(seconds * 1000, 1))
    return response


async def _guarded(handler: _Handler, request: web.Request) -> web.Response:
    name = request.match_info.get("account", "")
    window = request.app[OFFICE].windows.get(name)
    if window is None:
        return _nobody(request, name)
    try:
        return await handler(request, window)
    except BotError as error:
        _count(request, "refused")
        log.info("wechat push refused", code=error.code, why=getattr(error, "__notes__", [error.message]))
        return _error(error.status, error)
    except Exception as error:  # noqa: BLE001 - anything but `success` shows the elder an error of the platform
        _log_failure(error)
        return _counted(request, "failed", SUCCESS)


def _nobody(request: web.Request, name: str) -> web.Response:
    if name:
        return _error(404, NotFound("no account of this server has this door; see WECHAT_ACCOUNTS"))
    missing = request.app[SETTINGS].wechat_missing()
    return _error(
        503, BotError(_how_to_set(missing), code="not_configured", field=missing[0] if missing else None)
    )


def _how_to_set(missing: tuple[str, ...]) -> str:
    return f"WeChat is not set up: set {' and '.join(missing)}, from the account's page, and start again"


def _error(status: int, error: BotError) -> web.Response:
    return web.json_response(error.as_json(), status=status)


async def _handshake(request: web.Request, window: Window) -> web.Response:
    return _plain(window.gate.echo(request.query).encode())


async def _push(request: web.Request, window: Window) -> web.Response:
    deadline = asyncio.get_running_loop().time() + ANSWER_SECONDS
    body = await _body(request, deadline)
    with span("gate"):
        xml = window.gate.open(request.query, body)
    try:
        message = to_message(xml, window.account.name, window.account.default_region)
    except BadRequest as error:
        log.warning("wechat push unreadable", why=error.message)
        return _counted(request, "unreadable", SUCCESS)
    request[_MESSAGE] = message
    outcome, answer = await _answer(request, window.gate, message, deadline)
    if outcome in ("store_down", "busy") and message.event in _SILENT:
        _count(request, outcome)
        return _error(503, StoreDown("the store cannot be reached; push it again"))
    return _counted(request, outcome, answer)


async def _body(request: web.Request, deadline: float) -> bytes:
    if (request.content_length or 0) > BODY_LIMIT:
        raise _too_large()
    try:
        if request.content.is_eof():
            # As most do, it came with its head: there is nothing to wait for.
            return await _at_most(request.content)
        async with asyncio.timeout_at(deadline):
            return await _at_most(request.content)
    except (TimeoutError, web.RequestPayloadError, ConnectionError) as error:
        raise BadRequest("the body did not arrive whole and in time") from error


async def _at_most(content: StreamReader) -> bytes:
    body = b""
    while chunk := await content.readany():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise _too_large()
    return body


def _too_large() -> TooLarge:
    return TooLarge(f"a push has at most {BODY_LIMIT} bytes")


async def _answer(request: web.Request, gate: Gate, message: Message, deadline: float) -> tuple[str, bytes]:
    """What became of it, and the bytes that go out; raises nothing."""
    encode = partial(_encode, request, gate, message)
    if message.event in _UNHEARD:
        return "silent", SUCCESS
    try:
        if message.event == "consent":
            # Nobody waits for words here, so a store that is away for a moment is waited for.
            noted = await request.app[OFFICE].consents.note(message, deadline)
            return ("silent" if noted else "store_down"), SUCCESS
        outcome, answer = await request.app[OFFICE].reception.answer(message, encode, deadline)
        # Nothing is left of what a user had erased, not even the answers.
        silent = outcome == "answered" and answer in (SUCCESS, b"")
        return ("silent" if silent else outcome), answer or SUCCESS
    except Exception as error:  # noqa: BLE001 - an elder gets an answer whatever breaks
        _log_failure(error)
        return "failed", encode(Reply((say("trouble"),)))


def _encode(request: web.Request, gate: Gate, message: Message, reply: Reply) -> bytes:
    now = request.app[CLOCK]()
    with span("reply"):
        xml = b"" if message.event in _SILENT else to_xml(reply, message, now)
        return gate.seal_for(xml, message, now) if xml else SUCCESS


def _log_failure(error: Exception) -> None:
    # Not the message of the error: it may hold what the elder wrote.
    place = extract_tb(error.__traceback__)[-1]
    log.error("wechat push failed", error=type(error).__name__, where=f"{place.filename}:{place.lineno}")


def _counted(request: web.Request, outcome: str, answer: bytes) -> web.Response:
    _count(request, outcome)
    return _plain(answer)


def _count(request: web.Request, outcome: str) -> None:
    request.app[COUNTS][outcome] += 1
    request[_OUTCOME] = outcome


def _plain(body: bytes) -> web.Response:
    return web.Response(body=body, headers=_XML if body.startswith(b"<xml>") else _WORDS)
