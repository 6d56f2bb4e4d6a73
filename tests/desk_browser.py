"""A browser without a picture: keeps cookies, follows nothing by itself, sends the forms that pages show."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests.running import PATIENCE_S, Running

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@dataclass(frozen=True, slots=True)
class Page:
    """What came back; `hidden` are the fields that the page's forms carry."""

    status: int
    headers: dict[str, str]
    set_cookies: tuple[str, ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def hidden(self) -> dict[str, str]:
        return {name: unescape(value) for name, value in _HIDDEN.findall(self.text)}

    @property
    def to(self) -> str:
        """Where it sends the browser."""
        return self.headers.get("location", "")


@dataclass
class PlainBrowser:
    """One browser at one address: it says so by X-Forwarded-For, as the machine before the server would."""

    server: Running
    address: str = "203.0.113.7"
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> Page:
        sent = {"X-Forwarded-For": self.address, **self.headers}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.request(method, path, body and body.encode(), sent)
            with connection.getresponse() as came:
                found = came.getheaders()
                page = Page(
                    came.status,
                    {name.lower(): value for name, value in found},
                    tuple(value for name, value in found if name.lower() == "set-cookie"),
                    came.read(),
                )
        self._keep(page.set_cookies)
        return page

    def get(self, path: str, **headers: str) -> Page:
        return self.ask("GET", path, **headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Page:
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, urlencode(fields), **{"content_type": kind, **headers})

    def send(self, path: str, fields: dict[str, str], **headers: str) -> Page:
        """Opens the page, fills its form and sends it to the page itself."""
        return self.post(urlsplit(path).path, {**self.get(path).hidden, **fields}, **headers)

    def sign_in(self, staff_id: str, password: str, back: str = "") -> Page:
        path = "/desk/sign-in" + (f"?{urlencode({'next': back})}" if back else "")
        return self.send(path, {"id": staff_id, "password": password})

    def _keep(self, told: tuple[str, ...]) -> None:
        for one in told:
            for name, morsel in SimpleCookie(one).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
