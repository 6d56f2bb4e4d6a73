"""The door of WeChat, `GET|POST /wechat`: always an answer in time, never a stack trace."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from traceback import extract_tb

import structlog
from aiohttp import web

from bot.dialogue.wording import say
from bot.errors import BadRequest, BotError, StoreDown, TooLarge
from bot.keys import CLOCK, CONVERSATION, SETTINGS
from bot.models import Message, Reply
from bot.wechat.codec import to_message, to_xml
from bot.wechat.gate import BODY_LIMIT, Gate

PATH = "/wechat"
# The platform waits 5 seconds and then shows the elder an error of its own.
ANSWER_SECONDS = 3.5
SUCCESS = b"success"
# What became of the pushes since the start: answered, silent, late, refused, unreadable, store_down, failed.
COUNTS: web.AppKey[Counter[str]] = web.AppKey("wechat_counts")

# Reports of positions and of menu links: nobody waits for an answer, and no talk should move.
_UNHEARD = frozenset({"view", "other"})
_Handler = Callable[[web.Request, Gate], Awaitable[web.Response]]

log = structlog.get_logger()


def add_routes(app: web.Application) -> None:
    """Opens the door; wants `SETTINGS`, `CONVERSATION` and `CLOCK` in the app before the first push."""
    app[COUNTS] = Counter()
    app.router.add_get(PATH, partial(_guarded, _handshake), allow_head=False)
    app.router.add_post(PATH, partial(_guarded, _push))


async def _guarded(handler: _Handler, request: web.Request) -> web.Response:
    settings = request.app[SETTINGS]
    if missing := settings.wechat_missing():
        return _error(503, BotError(_how_to_set(missing), code="not_configured", field=missing[0]))
    try:
        return await handler(request, _gate(request))
    except BotError as error:
        request.app[COUNTS]["refused"] += 1
        log.info("wechat push refused", code=error.code, why=getattr(error, "__notes__", [error.message]))
        return _error(error.status, error)
    except Exception as error:  # noqa: BLE001 - anything but `success` shows the elder an error of the platform
        _log_failure(error)
        return _counted(request, "failed", SUCCESS)


def _gate(request: web.Request) -> Gate:
    settings = request.app[SETTINGS]
    token, key = settings.wechat_token, settings.wechat_aes_key
    return Gate(
        token.get_secret_value() if token else "",
        settings.wechat_app_id or "",
        key.get_secret_value() if key else None,
        request.app[CLOCK],
    )


def _how_to_set(missing: tuple[str, ...]) -> str:
    return f"WeChat is not set up: set {' and '.join(missing)}, from the account's page, and start again"


def _error(status: int, error: BotError) -> web.Response:
    return web.json_response(error.as_json(), status=status)


async def _handshake(request: web.Request, gate: Gate) -> web.Response:
    return _plain(gate.echo(request.query).encode())


async def _push(request: web.Request, gate: Gate) -> web.Response:
    deadline = asyncio.get_running_loop().time() + ANSWER_SECONDS
    xml = gate.open(request.query, await _body(request, deadline))
    try:
        message = to_message(xml)
    except BadRequest as error:
        log.warning("wechat push unreadable", why=error.message)
        return _counted(request, "unreadable", SUCCESS)
    outcome, answer = await _answer(request, gate, message, deadline)
    return _counted(request, outcome, answer)


async def _body(request: web.Request, deadline: float) -> bytes:
    if (request.content_length or 0) > BODY_LIMIT:
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout_at(deadline):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > BODY_LIMIT:
                    raise _too_large()
    except (TimeoutError, web.RequestPayloadError, ConnectionError) as error:
        raise BadRequest("the body did not arrive whole and in time") from error
    return bytes(body)


def _too_large() -> TooLarge:
    return TooLarge(f"a push has at most {BODY_LIMIT} bytes")


async def _answer(request: web.Request, gate: Gate, message: Message, deadline: float) -> tuple[str, bytes]:
    """What became of it, and the bytes that go out; raises nothing."""
    encode = partial(_encode, request, gate, message)
    if message.event in _UNHEARD:
        return "silent", SUCCESS
    try:
        turn = request.app[CONVERSATION].answer(message, encode)
        answer = await _in_time(turn, deadline)
        return ("silent" if answer == SUCCESS else "answered"), answer
    except TimeoutError:
        outcome = "late"
    except StoreDown:
        outcome = "store_down"
    except Exception as error:  # noqa: BLE001 - an elder gets an answer whatever breaks
        outcome = "failed"
        _log_failure(error)
    return outcome, encode(Reply((say("store_down"),)))


def _encode(request: web.Request, gate: Gate, message: Message, reply: Reply) -> bytes:
    now = request.app[CLOCK]()
    # Who has left can read nothing, and the platform takes no answer for it.
    xml = b"" if message.event == "unsubscribe" else to_xml(reply, message, now)
    return gate.seal(xml, request.query["nonce"], str(int(now.timestamp()))) if xml else SUCCESS


async def _in_time(turn: Awaitable[bytes], deadline: float) -> bytes:
    """The answer, or TimeoutError at the deadline even where the cancelled turn takes its time to stop."""
    task = asyncio.ensure_future(turn)
    left = deadline - asyncio.get_running_loop().time()
    await asyncio.wait({task}, timeout=max(left, 0))
    if task.done():
        return task.result()
    task.add_done_callback(_forget)
    task.cancel()
    raise TimeoutError


def _forget(task: asyncio.Future[bytes]) -> None:
    if not task.cancelled():
        task.exception()


def _log_failure(error: Exception) -> None:
    # Not the message of the error: it may hold what the elder wrote.
    place = extract_tb(error.__traceback__)[-1]
    log.error("wechat push failed", error=type(error).__name__, where=f"{place.filename}:{place.lineno}")


def _counted(request: web.Request, outcome: str, answer: bytes) -> web.Response:
    request.app[COUNTS][outcome] += 1
    return _plain(answer)


def _plain(body: bytes) -> web.Response:
    kind = "application/xml" if body.startswith(b"<xml>") else "text/plain"
    headers = {"X-Content-Type-Options": "nosniff"}
    return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)
