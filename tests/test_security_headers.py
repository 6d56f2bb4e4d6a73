"""The security headers of every address and every kind of answer, in one table that no new address can escape."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from tests.desk_side import Seat, staff_session
from tests.running import Answer, Running, running
from tests.storage import free_port

ALWAYS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "server": "wenyanglao",
}
POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# What stands in the place of a part of an address.
PARTS: Final = {
    "list": "wolong",
    "item": "wolong-05",
    "file": "hotlines",
    "number": "123456",
    "what": "take",
    "id": "service",
    "link": "x" * 24,
    "account": "wolong",
}
# The same for everybody, so that anybody may keep them.
MAY_BE_KEPT: Final = ("/static", "/", "/api", "/try", "/lookup", "/wechat", "/a/{link}")
FORM: Final = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def seat(server: Running) -> Seat:
    return staff_session(server, "admin", ("411303",), staff_id="s-headers")


def strict(answer: Answer) -> None:
    """What every answer of the public port has."""
    for name, value in ALWAYS.items():
        assert answer.headers.get(name) == value, name
    told = (part.split(maxsplit=1) for part in answer.headers["content-security-policy"].split("; "))
    assert dict(told) == POLICY  # type: ignore[arg-type] # each part has two words
    for power in ("camera", "microphone", "geolocation"):
        assert f"{power}=()" in answer.headers["permissions-policy"]
    assert "access-control-allow-origin" not in answer.headers
    if answer.body and answer.headers["content-type"].startswith(("text/html", "text/plain", "text/csv")):
        assert "charset=utf-8" in answer.headers["content-type"].lower()


def addresses(server: Running) -> Iterator[tuple[str, str]]:
    for route in server.app.router.routes():
        assert route.resource is not None
        yield route.method, route.resource.canonical


def filled(address: str) -> str:
    return address.format(**PARTS) + ("/style.css" if address == "/static" else "")


def no_store(answer: Answer) -> bool:
    return "no-store" in answer.headers.get("cache-control", "")


def test_every_address_for_a_stranger(server: Running) -> None:
    for method, address in addresses(server):
        body = b"" if method in ("GET", "HEAD") else b"x=1"
        answer = server.ask(method, filled(address), body, content_type=FORM)
        strict(answer)
        assert "strict-transport-security" not in answer.headers
        kept = address.startswith(("/static", "/wechat", "/platform")) or address in MAY_BE_KEPT
        assert kept or no_store(answer), f"{method} {address} {answer.status} may be kept"
        assert answer.status < 500 or address.startswith(("/wechat", "/platform")), (address, answer.status)


def test_every_page_for_who_sits_there(server: Running, seat: Seat) -> None:
    for method, address in addresses(server):
        if method == "GET" and address.startswith("/desk") and address != "/desk/requests/events":
            answer = seat.get(server, filled(address))
            strict(answer)
            assert no_store(answer), f"{address} {answer.status} may be kept"


def test_a_stream_has_them_before_its_first_event(server: Running, seat: Seat) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    with closing(connection):
        connection.request("GET", "/desk/requests/events", headers={"Cookie": seat.cookie})
        with connection.getresponse() as came:
            assert came.status == 200
            told = {name.lower(): value for name, value in came.getheaders()}
    assert told["content-type"].startswith("text/event-stream")
    strict(Answer(200, told, b""))
    assert told["cache-control"] == "no-store"


KINDS: Final[Mapping[str, tuple[str, str, dict[str, str], int]]] = {
    "a page": ("GET", "/try", {}, 200),
    "a file": ("GET", "/static/style.css", {}, 200),
    "a part of a file": ("GET", "/static/style.css", {"range": "bytes=0-9"}, 206),
    "a file that is known": (
        "GET",
        "/static/style.css",
        {"if_modified_since": "Fri, 01 Jan 2055 00:00:00 GMT"},
        304,
    ),
    "a folder": ("GET", "/static/", {}, 403),
    "outside of the folder": ("GET", "/static/..%2f..%2fkeys.py", {}, 404),
    "JSON": ("GET", "/api/v1/lists", {}, 200),
    "the description": ("GET", "/api/openapi.json", {}, 200),
    "an error in JSON": ("GET", "/api/v1/lists/nothing", {}, 404),
    "an error on a page": ("GET", "/nothing", {}, 404),
    "another method": ("DELETE", "/try", {}, 405),
    "a wrong type": ("POST", "/api/v1/parse", {"content_type": "text/plain"}, 415),
    "no token": ("GET", "/api/v1/requests", {}, 401),
    "to sign in": ("GET", "/desk/requests", {}, 303),
    "health": ("GET", "/healthz", {}, 200),
    "readiness": ("GET", "/readyz", {}, 200),
    "the platform's door": ("GET", "/wechat", {}, 503),
    "a call-back": ("POST", "/platform/callback", {}, 401),
    "a link that is none": ("GET", "/a/" + "x" * 24, {}, 404),
    "no public metrics": ("GET", "/metrics", {}, 404),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_answer(server: Running, kind: str) -> None:
    method, path, headers, status = KINDS[kind]
    answer = server.ask(method, path, **headers)
    # A busy machine may not be ready for a moment, and says so under the same headers.
    assert answer.status == status or (kind, answer.status) == ("readiness", 503)
    strict(answer)


def test_only_tls_asks_to_stay_with_tls(server: Running) -> None:
    """The scheme is told by a proxy; the one of this server's tests is believed."""
    by_tls = server.get("/try", x_forwarded_proto="https")
    assert by_tls.headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in server.get("/try", x_forwarded_proto="http").headers


def test_who_is_no_proxy_of_ours_is_not_believed(tmp_path: Path) -> None:
    with running(tmp_path, TRUSTED_PROXIES="", METRICS_BIND=f"127.0.0.1:{(port := free_port())}") as alone:
        answer = alone.post("/try", "text=1", content_type=FORM, x_forwarded_proto="https")
        assert "strict-transport-security" not in answer.headers
        assert "Secure" not in answer.headers["set-cookie"]
        metrics(port)


def metrics(port: int) -> None:
    """The port of the metrics: for programs, so that it has less, but a browser makes nothing of it."""
    for path in ("/metrics", "/healthz", "/nothing"):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.request("GET", path)
            with connection.getresponse() as came:
                told = {name.lower(): value for name, value in came.getheaders()}
        assert told["x-content-type-options"] == "nosniff"
        assert told["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert told["server"] == "wenyanglao"
