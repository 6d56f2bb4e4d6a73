"""The platform's API on loopback, to be set as WECHAT_API_BASE: tokens, messages, media, codes and menus."""

from __future__ import annotations

import base64
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.platform import calls, tokens
from tests.platform.account import AccountSide, Sent
from tests.platform.faults import Faults, Handler, told

TOKEN = "/cgi-bin/stable_token"  # noqa: S105 - a path
CUSTOM_SEND = "/cgi-bin/message/custom/send"
TEMPLATE_SEND = "/cgi-bin/message/template/send"
BIZSEND = "/cgi-bin/message/subscribe/bizsend"
MEDIA_GET = "/cgi-bin/media/get"
QRCODE_CREATE = "/cgi-bin/qrcode/create"
SHOW_QRCODE = "/cgi-bin/showqrcode"
MENU_CREATE = "/cgi-bin/menu/create"
MENU_GET = "/cgi-bin/menu/get"

POSTED: Mapping[str, calls.Call] = {
    CUSTOM_SEND: calls.custom_send,
    TEMPLATE_SEND: calls.template_send,
    BIZSEND: calls.bizsend,
    QRCODE_CREATE: calls.qrcode_create,
    MENU_CREATE: calls.menu_create,
}
_BAD_GRANT, _BAD_MEDIA, _BAD_APP, _BAD_CHARSET, _BAD_SECRET, _BAD_IP = (
    40002,
    40007,
    40013,
    40033,
    40125,
    40164,
)
_NO_TOKEN, _GET_ONLY, _POST_ONLY = 41001, 43001, 43002
# Any small picture: nobody scans it in a test.
_PICTURE = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP///////////////////////////////////////////////////////////////////////"
    "///////////////wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAv/EABsQAAAHAQAAAAAAAAAAAAAAAAARMVFhkaGi/9oA"
    "CAEBAAA/AFSS+FwP/9k="
)


class ApiSide:
    """Serves accounts on 127.0.0.1; an async context manager.

    `faults` is the script of what goes wrong, `forbidden` the addresses of callers that are not on the list,
    `calls` counts the calls by path, also those that failed.
    """

    def __init__(
        self, accounts: Iterable[AccountSide], *, port: int = 0, now: Callable[[], float] = time.time
    ) -> None:
        self.accounts = {one.app_id: one for one in accounts}
        self.faults = Faults()
        self.forbidden: set[str] = set()
        self.calls: Counter[str] = Counter()
        self.now = now
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """What WECHAT_API_BASE is set to."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def main(self) -> AccountSide:
        """The first account, or the only one."""
        return next(iter(self.accounts.values()))

    def received(self, user: str) -> list[Sent]:
        """What this user of the main account received outside of answers."""
        return self.main.received(user)

    async def __aenter__(self) -> ApiSide:
        app = web.Application(middlewares=[self._guard])
        app.router.add_route("*", TOKEN, self._token)
        app.router.add_get(SHOW_QRCODE, self._picture)
        app.router.add_route("*", MEDIA_GET, self._media)
        app.router.add_route("*", MENU_GET, self._menu)
        for path in POSTED:
            app.router.add_route("*", path, self._posted)
        # A silent fault must not hold up the end of a test.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner:
            await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.calls[request.path] += 1
        if fault := self.faults.take(request.path):
            return await fault(request, handler)
        if request.remote in self.forbidden:
            return _told(_BAD_IP)
        return await handler(request)

    async def _token(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        if isinstance(body, int):
            return _told(body)
        account = self.accounts.get(str(body.get("appid")))
        if account is None:
            return _told(_BAD_APP)
        if account.secret is not None and body.get("secret") != account.secret:
            return _told(_BAD_SECRET)
        if body.get("grant_type") != "client_credential":
            return _told(_BAD_GRANT)
        fetched = account.tokens.fetch(force=body.get("force_refresh") is True)
        if fetched is None:
            return _told(tokens.TOO_MANY)
        return told({"access_token": fetched[0], "expires_in": fetched[1]})

    def _account(self, request: web.Request) -> AccountSide | int:
        token = request.query.get("access_token", "")
        if not token:
            return _NO_TOKEN
        wrongs = []
        for account in self.accounts.values():
            if not (wrong := account.tokens.check(token)):
                return account
            wrongs.append(wrong)
        return max(wrongs)

    async def _posted(self, request: web.Request) -> web.StreamResponse:
        account, body = self._account(request), await _json(request)
        if isinstance(account, int):
            return _told(account)
        if isinstance(body, int):
            return _told(body)
        # The platform takes letters as they are; what is written as \uXXXX reaches the user as \uXXXX.
        if b"\\u" in await request.read():
            return _told(_BAD_CHARSET)
        return _told(POSTED[request.path](account, body))

    async def _menu(self, request: web.Request) -> web.StreamResponse:
        account = self._account(request)
        if isinstance(account, int):
            return _told(account)
        answer = calls.menu_get(account, request.query) if request.method == "GET" else _GET_ONLY
        return _told(answer) if isinstance(answer, int) else told(answer)

    async def _media(self, request: web.Request) -> web.StreamResponse:
        account = self._account(request)
        if isinstance(account, int):
            return _told(account, "text/plain")
        found = account.media.get(request.query.get("media_id", ""))
        if found is None:
            return _told(_BAD_MEDIA, "text/plain")
        return web.Response(body=found[0], content_type=found[1])

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if not any(ticket in account.tickets for account in self.accounts.values()):
            return web.Response(status=404)
        return web.Response(body=_PICTURE, content_type="image/jpg")


def _told(answer: calls.Told, content_type: str = "application/json") -> web.Response:
    if isinstance(answer, int):
        return told({"errcode": answer, "errmsg": f"refused rid: {answer}"}, content_type)
    return told({"errcode": 0, "errmsg": "ok", **answer}, content_type)


async def _json(request: web.Request) -> dict[str, Any] | int:
    if request.method != "POST":
        return _POST_ONLY
    try:
        body = json.loads(await request.read())
    except ValueError:
        return calls.BAD_JSON
    return body if isinstance(body, dict) else calls.BAD_JSON
