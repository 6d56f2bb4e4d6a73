"""What every answer over HTTP gets: errors as JSON or a kind page, never a stack trace; strict headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from traceback import extract_tb

import aiohttp_jinja2
import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.dialogue.wording import say
from bot.errors import BotError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Only our own files, no scripts or styles inside a page, nobody may frame us or take our forms elsewhere.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Server": "wenyanglao",
}
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "wrong_content_type"}
_PAGES = {404: "page_not_found", 413: "page_too_large", 503: "page_store_down"}

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


def middlewares() -> list[Middleware]:
    """The middlewares of the whole application, the outermost first."""
    return [with_headers, with_errors]


@web.middleware
async def with_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if not response.prepared:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
    return response


@web.middleware
async def with_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            return _moved(error)
        return _told(request, error.status, _as_error(request, error), error.headers)
    except BotError as error:
        return _told(request, error.status, error, {})
    except ConnectionError:
        raise
    except Exception as error:  # noqa: BLE001 - whoever asks gets an answer whatever breaks
        _log_failure(request, error)
        broken = BotError("something broke on our side; it is in the log, please try again", code="internal")
        return _told(request, 500, broken, {})


def _moved(error: web.HTTPException) -> web.StreamResponse:
    """aiohttp would raise it past the other middleware, which then could not add its headers."""
    return web.Response(status=error.status, headers={"Location": error.headers["Location"]})


def _as_error(request: web.Request, error: web.HTTPException) -> BotError:
    code = _CODES.get(error.status, "bad_request")
    message = f"{error.status} {error.reason}"
    if isinstance(error, web.HTTPMethodNotAllowed):
        message = f"{request.method} is not for this address; use {', '.join(sorted(error.allowed_methods))}"
    elif error.status == 404:
        message = "there is nothing at this address; GET /api shows what there is"
    return BotError(message, code=code)


def _told(
    request: web.Request, status: int, error: BotError, headers: Mapping[str, str]
) -> web.StreamResponse:
    kept = {"Cache-Control": "no-store"}
    if "Allow" in headers:
        kept["Allow"] = headers["Allow"]
    if status == HTTPStatus.UNAUTHORIZED:
        kept["WWW-Authenticate"] = "Bearer"
    if not request.path.startswith("/api/"):
        return _page(request, status, kept)
    return web.json_response(error.as_json(), status=status, headers=kept)


def _page(request: web.Request, status: int, headers: Mapping[str, str]) -> web.StreamResponse:
    sentence = say(_PAGES.get(status, "page_refused" if status < 500 else "page_broken"))
    context = {"status": status, "sentence": sentence}
    response = aiohttp_jinja2.render_template("error.html", request, context, status=status)
    response.headers.update(headers)
    return response


def _log_failure(request: web.Request, error: Exception) -> None:
    # Neither the message of the error nor the query: they may hold what somebody told of an elder.
    place = extract_tb(error.__traceback__)[-1]
    log.error(
        "request failed",
        method=request.method,
        path=request.path[:80],
        error=type(error).__name__,
        where=f"{place.filename}:{place.lineno}",
    )
