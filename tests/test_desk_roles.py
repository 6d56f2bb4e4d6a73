"""Every page and move of the desk is tried by every role and by nobody, and must do what one table says."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args
from urllib.parse import urlencode

import pytest
import yaml

from bot.access.roles import Role
from bot.keys import REQUESTS
from tests.desk_side import Seat, staff_session
from tests.running import PATIENCE_S, Running, running
from tests.test_records import call, keep

ROLES: tuple[Role, ...] = get_args(Role)
# Calls of 卧龙区, where all of them serve, and of 开封市.
HERE, ELSEWHERE = "9000001", "9000002"
_TO_SIGN_IN = "/desk/sign-in?next="


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table."""

    page: str
    what: str
    may: tuple[str, ...] | str
    form: Mapping[str, str] = field(default_factory=dict)
    like: Mapping[str, str] = field(default_factory=dict)
    stream: bool = False

    @property
    def method(self) -> str:
        return self.page.partition(" ")[0]

    @property
    def address(self) -> str:
        return self.page.partition(" ")[2].format(**self.like)

    def lets(self, role: Role) -> bool:
        return self.may in ("everybody", "anybody") or role in self.may


TABLE = [
    Line(**one)
    for one in yaml.safe_load(Path(__file__).with_name("desk_roles.yaml").read_text(encoding="utf-8"))
]
BEHIND = [line for line in TABLE if line.may not in ("anybody", "at the door")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("desk")) as up:
        rooms: Any = SimpleNamespace(requests=up.app[REQUESTS])
        up.run(keep(rooms, call(HERE), call(ELSEWHERE, region="410200")))
        yield up


@dataclass(frozen=True, slots=True)
class Told:
    status: int
    to: str

    @property
    def is_out(self) -> bool:
        return self.status == 303 and self.to.startswith(_TO_SIGN_IN)

    @property
    def is_let(self) -> bool:
        return not self.is_out and (self.status < 403 or self.status in (404, 409, 422))


def ask(desk: Running, line: Line, seat: Seat | None, csrf: str | None = None, **headers: str) -> Told:
    """The head of the answer; what goes on for long is not read."""
    sent = {"Cookie": seat.cookie} if seat else {}
    body = None
    if line.method == "POST":
        mark = csrf if csrf is not None else seat.csrf if seat else "x"
        body = urlencode({**line.form, "csrf": mark})
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    connection = HTTPConnection("127.0.0.1", desk.port, timeout=PATIENCE_S)
    with contextlib.closing(connection):
        connection.request(line.method, line.address, body, {**sent, **headers})
        came = connection.getresponse()
        told = Told(came.status, came.getheader("Location") or "")
        if not line.stream:
            came.read()
        return told


def routes(desk: Running) -> set[str]:
    """All addresses of the desk, with their methods."""
    found = set()
    for route in desk.app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if (path == "/desk" or path.startswith("/desk/")) and route.method != "HEAD":
            found.add(f"{route.method} {path}")
    return found


def test_every_page_stands_in_the_table(desk: Running) -> None:
    told = [line.page for line in TABLE]
    assert sorted(told) == sorted(set(told)), "each once"
    found = routes(desk)
    assert not found - set(told), "add a line to tests/desk_roles.yaml for these"
    assert not set(told) - found, "these lines of tests/desk_roles.yaml are of no page"


def test_the_table_can_be_read() -> None:
    for line in TABLE:
        assert line.what, line.page
        assert isinstance(line.may, list) or line.may in ("everybody", "anybody", "at the door"), line.page
        assert isinstance(line.may, str) or set(line.may) <= set(ROLES), line.page
        assert "{" not in line.address, line.page


@pytest.mark.parametrize("line", BEHIND, ids=lambda line: line.page)
def test_who_may_and_who_may_not(desk: Running, line: Line) -> None:
    for role in ROLES:
        told = ask(desk, line, staff_session(desk, role))
        right = told.is_let if line.lets(role) else told.status == 403
        assert right, f"{role} is told {told.status} by {line.page}"


@pytest.mark.parametrize("line", [one for one in BEHIND if "number" in one.like], ids=lambda line: line.page)
def test_a_call_of_another_place_is_an_admins_only(desk: Running, line: Line) -> None:
    elsewhere = replace(line, like={**line.like, "number": ELSEWHERE})
    for role in ROLES:
        told = ask(desk, elsewhere, staff_session(desk, role))
        assert told.is_let if role == "admin" else told.status == 403, f"{role} is told {told.status}"


@pytest.mark.parametrize("line", BEHIND, ids=lambda line: line.page)
def test_nobody_is_asked_to_sign_in(desk: Running, line: Line) -> None:
    assert ask(desk, line, None).is_out
    gone = Seat(staff_session(desk, "admin").staff, "A" * 43, "x")
    assert ask(desk, line, gone).is_out


@pytest.mark.parametrize("line", [one for one in BEHIND if one.method == "POST"], ids=lambda line: line.page)
def test_a_move_comes_from_our_own_page(desk: Running, line: Line) -> None:
    role: Role = next(one for one in ROLES if line.lets(one))
    seat = staff_session(desk, role)
    assert ask(desk, line, seat, csrf="").status == 403
    assert ask(desk, line, seat, csrf=staff_session(desk, role).csrf).status == 403
    assert ask(desk, line, seat, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert ask(desk, line, seat, Origin="https://evil.example").status == 403
    assert not ask(desk, line, seat).is_out, "and it is still theirs"


@pytest.mark.parametrize(
    "line", [one for one in TABLE if one.may == "at the door"], ids=lambda line: line.page
)
def test_a_step_of_signing_in_is_for_who_stands_there(desk: Running, line: Line) -> None:
    assert ask(desk, line, None).is_out
    assert ask(desk, line, staff_session(desk, "worker")).is_out


@pytest.mark.parametrize("line", TABLE, ids=lambda line: line.page)
def test_other_methods_do_nothing(desk: Running, line: Line) -> None:
    admin = staff_session(desk, "admin")
    there = {
        page.partition(" ")[0]
        for page in routes(desk)
        if page.partition(" ")[2] == line.page.partition(" ")[2]
    }
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - there:
        # 403 where the address is also that of a move, which this form is not.
        assert desk.ask(method, line.address, cookie=admin.cookie).status in (403, 405)
    strange: Any = desk.ask("OPTIONS", line.address)
    assert strange.status == 405
