"""What every answer over HTTP gets: errors as JSON or a kind page, never a stack trace; strict headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from traceback import extract_tb
from typing import Final

import aiohttp_jinja2
import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.dialogue.wording import say
from bot.errors import BotError
from bot.web.clients import with_client
from bot.web.limits import TooMany, with_limits

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Only our own files, no scripts or styles inside a page, nobody may frame us or take our forms elsewhere.
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "wenyanglao",
}
# Only where the browser came by TLS: a year.
_HSTS = "max-age=31536000"
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "wrong_content_type"}
_PAGES = {
    401: "page_sign_in",
    403: "page_forbidden",
    404: "page_not_found",
    413: "page_too_large",
    429: "page_too_many",
    503: "page_store_down",
}
_PAGES_BY_CODE = {"stale_form": "page_stale_form", "foreign": "page_stale_form"}

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


def middlewares() -> list[Middleware]:
    """The middlewares of the whole application, the outermost first."""
    return [with_client, with_headers, with_errors, with_limits]


@web.middleware
async def with_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.secure:
            response.headers.setdefault("Strict-Transport-Security", _HSTS)
    return response


@web.middleware
async def with_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            return _moved(error)
        return _told(request, error.status, _as_error(request, error), error.headers)
    except TooMany as error:
        return _told(request, error.status, error, {"Retry-After": str(error.retry_after)})
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
    kept |= {name: headers[name] for name in ("Allow", "Retry-After") if name in headers}
    if status == HTTPStatus.UNAUTHORIZED:
        kept["WWW-Authenticate"] = "Bearer"
    if not request.path.startswith("/api/"):
        return _page(request, status, error.code, kept)
    return web.json_response(error.as_json(), status=status, headers=kept)


def _page(request: web.Request, status: int, code: str, headers: Mapping[str, str]) -> web.StreamResponse:
    known = _PAGES_BY_CODE.get(code) or _PAGES.get(status)
    sentence = say(known or ("page_refused" if status < 500 else "page_broken"))
    back = "/desk" if request.path.startswith("/desk") else "/try"
    context = {"status": status, "sentence": sentence, "back": back}
    response = _rendered(request, context) or web.Response(text=sentence)
    response.set_status(status)
    response.headers.update(headers)
    return response


def _rendered(request: web.Request, context: Mapping[str, object]) -> web.Response | None:
    """The page of an error; None where it is itself what broke."""
    try:
        return aiohttp_jinja2.render_template("error.html", request, context)
    except Exception as error:  # noqa: BLE001 - the sentence goes out all the same
        _log_failure(request, error)
        return None


def _pattern(request: web.Request) -> str:
    """The address as it is registered: in the one that was asked for a signed link may stand."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "none"


def _log_failure(request: web.Request, error: Exception) -> None:
    # Neither the message of the error nor the query: they may hold what somebody told of an elder.
    place = extract_tb(error.__traceback__)[-1]
    log.error(
        "request failed",
        method=request.method,
        path=_pattern(request),
        error=type(error).__name__,
        where=f"{place.filename}:{place.lineno}",
    )
