"""Every page that the application serves, as somebody gets to see it: which route, by whom, and by which steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from playwright.sync_api import Page, expect

from bot.access import one_time
from bot.access.door import Person, Step
from bot.access.roles import Role
from bot.booking.moves import move
from bot.booking.table import Actor
from bot.dispatch.lines import line_of
from bot.keys import AUDIT, CATALOG, KEYRING, REQUESTS, SHELF, STAFF
from bot.models import Request, RequestState, Staff
from bot.store.port_staff import AuditEntry, Credentials
from bot.web.desk import sessions
from bot.web.desk.guard import standing
from bot.web.desk.requests_events import WATCH
from tests.desk_requests_child import book
from tests.desk_side import Seat, staff_session
from tests.running import Running
from tests.test_desk_figures import filled

HOUSE = "https://yanglao.example"
MOTHER = "俺娘83了，低保，二级残疾，卧龙区的，不能自理，能领啥钱"
CALLER = "我妈 卧龙 83 低保 二级 瘫痪"
FILE = "/desk/catalog/file/lists.wolong-2024.05-elder-allowance"
Who = Role | Literal["password", "phone", "code"] | None
# GET routes that answer with something else than a page, and the form of a redirect.
NO_PAGES = re.compile(
    r"/static.*|/api/.*|/wechat.*|/healthz|/readyz|/metrics|.*\.(svg|csv|png|json)|.*/(events|part|version)|/|/desk"
)


@dataclass(frozen=True, slots=True)
class Sight:
    """A page in one state; `who` sits at the desk, stands at a step of signing in, or is anybody (None)."""

    name: str
    route: str
    path: str
    who: Who = None
    steps: Callable[[Page], None] | None = None
    status: int = 200

    @property
    def for_elders(self) -> bool:
        return self.who is None and self.route in ("/try", "/a/{link}", "lost")

    @property
    def for_programmers(self) -> bool:
        return self.route == "/api"


@dataclass(frozen=True, slots=True)
class World:
    """A server with calls, figures, a log and a link, and those who sit at its desk."""

    server: Running
    link: str
    calls: dict[str, str]
    seats: dict[str, Seat]

    def address(self, sight: Sight) -> str:
        return self.server.url + sight.path.format(link=self.link, **self.calls)


def world_of(server: Running) -> World:
    """Fills a server at `HOUSE` whose store is empty."""
    seats: dict[str, Seat] = {
        "worker": staff_session(server, "worker", ["411303"], "s-li"),
        "hotline": staff_session(server, "hotline", ["411303"]),
        "lead": staff_session(server, "lead", ["411300"], "s-zhao"),
        "editor": staff_session(server, "editor", ["411303"]),
        "admin": staff_session(server, "admin", ["411303"]),
    }
    seats |= {step: at_the_door(server, step) for step in ("password", "phone", "code")}
    server.run(filled(server))
    server.app[WATCH]._look_s = 0.2
    return World(server, link_of(server), calls_of(server), seats)


def at_the_door(server: Running, step: Step) -> Seat:
    """Somebody who has not come farther than this."""
    staff = Staff(f"s-{step}", "周新来", "lead", ("411303",))
    secret = one_time.new_secret() if step == "code" else None
    credentials = Credentials(staff.id, "no password fits", secret, must_change=step == "password")

    async def kept() -> Seat:
        app = server.app
        await app[STAFF].add(staff)
        assert await app[KEYRING].swap(None, credentials)
        data = standing(Person(staff, credentials), step)
        return Seat(staff, await sessions.begin(app[SHELF], data), data["csrf"])

    return server.run(kept())


def link_of(server: Running, user: str = "an elder") -> str:
    """A link to an answer, as the talk gives it; the path of its page."""
    for text in (MOTHER, *["不知道"] * 7):
        reply = "\n".join(server.post("/api/v1/talk", {"user": user, "text": text}).json["reply"])
        if found := re.search(f"{HOUSE}(/a/[a-z2-7]+)$", reply, re.MULTILINE):
            return found[1]
    raise AssertionError("no full answer, no link")


def calls_of(server: Running) -> dict[str, str]:
    """Numbers of calls, by how they stand."""
    room = server.app[REQUESTS]

    def at(clock: str, day: int = 21) -> datetime:
        return datetime.fromisoformat(f"2026-11-{day}T{clock}:00+08:00")

    async def moved(made: Request, *states: RequestState) -> str:
        for version, state in enumerate(states, 1):
            after = move(made, state, Actor("worker", "s-li", ("411303",)), at("08:55"))
            assert isinstance(after, Request)
            assert await room.save(after, version)
            made = after
        await room.enter(line_of(made, server.app[CATALOG], "none"))
        return made.id

    async def all_of_them() -> dict[str, str]:
        await server.app[AUDIT].note(
            AuditEntry(at("08:30").isoformat(), "staff:s-li", "show", {"number": "9"})
        )
        return {
            "urgent": (await book(room, at("08:58"), "urgent", urgent=True, time=None, note="fall")).id,
            "late": (await book(room, at("15:00", 20), "meals", time="2026-11-21T11:00:00+08:00")).id,
            "waiting": (await book(room, at("08:50"))).id,
            "taken": await moved(await book(room, at("08:20"), "repairs"), "accepted"),
            "over": await moved(await book(room, at("08:00"), "cleaning"), "accepted", "done"),
        }

    return server.run(all_of_them())


# ── steps ──


def _in_the_talk(text: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        page.fill("#text", text)
        page.click(".send")
        expect(page.locator(".bubble.you")).to_be_visible()
        expect(page.locator("#status")).to_be_empty()

    return steps


def _looks_up(page: Page) -> None:
    page.fill("#words", MOTHER)
    page.get_by_role("button", name="查清单").click()
    expect(page.locator(".person")).to_be_visible()


def _asks_at_the_desk(page: Page) -> None:
    page.fill("#words", CALLER)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result")).to_contain_text("来电人的母亲")


def _compares(page: Page) -> None:
    _asks_at_the_desk(page)
    _unfolds(page)
    page.select_option("#beside", "410200")
    expect(page.locator(".compare table")).to_be_visible()


def _books(page: Page) -> None:
    _asks_at_the_desk(page)
    page.locator("#booking-title").click()
    page.select_option("#b-service", "bathing")
    page.fill("#b-contact", "王女士")
    page.fill("#b-phone", "1391234")
    page.locator("#book").click()
    expect(page.locator(".wrong")).to_be_visible()
    page.fill("#b-phone", "13912345678")
    page.fill("#b-address", "达士营村12号")
    page.locator("#book").click()
    expect(page.locator("#booked")).to_contain_text("单号")


def _sends(page: Page) -> None:
    _asks_at_the_desk(page)
    page.get_by_role("button", name="发到微信").click()
    expect(page.locator(".code")).to_be_visible()


def _unfolds(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


def _grows(page: Page) -> None:
    _in_the_talk(MOTHER)(page)
    page.check("#big")


def _withdraws(page: Page) -> None:
    _unfolds(page)
    page.locator("details.ending button").click()
    expect(page).to_have_title(re.compile("问养老"))
    expect(page.locator(".calls")).to_be_visible()


def _is_refused(page: Page) -> None:
    page.fill("#id", "s-nobody")
    page.fill("#password", "x")
    page.keyboard.press("Enter")
    expect(page.locator("#why")).to_be_visible()


def _gives_no_reason(page: Page) -> None:
    _unfolds(page)
    page.locator("form[action$=cancel] button").click()
    expect(page.locator("#trouble")).to_be_visible()
    _unfolds(page)


def _proposes(there: str, instead: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        text = page.locator("#text").input_value()
        assert there in text
        page.fill("#text", text.replace(there, instead, 1))
        with page.expect_navigation(timeout=60_000):
            page.get_by_role("button", name="看看改了会怎样").click()
        _unfolds(page)

    return steps


def _signs_out(page: Page) -> None:
    """In another window; the page notices."""
    page.evaluate(
        "fetch('/desk/sign-out', {method: 'POST', body: new URLSearchParams(new FormData("
        "document.querySelector('.bar form')))})"
    )
    expect(page.get_by_role("link", name="重新登录")).to_be_visible(timeout=20_000)


SIGHTS = (
    Sight("the talk", "/try", "/try"),
    Sight("a talk with an answer", "/try", "/try", None, _in_the_talk(MOTHER)),
    Sight("a talk in large letters", "/try", "/try", None, _grows),
    Sight("a talk about danger", "/try", "/try", None, _in_the_talk("我爸摔倒了，叫不醒")),
    Sight("the public look-up", "/lookup", "/lookup", None, _looks_up),
    Sight("a service in all lists", "/lookup", "/lookup?q=高龄津贴"),
    Sight("the interface", "/api", "/api"),
    Sight("the answer", "/a/{link}", "{link}", None, _unfolds),
    Sight("the answer at its largest", "/a/{link}", "{link}?size=30"),
    Sight("the answer at its smallest", "/a/{link}", "{link}?size=18"),
    Sight("nothing at this address", "lost", "/nowhere", status=404),
    Sight("a guessed link", "/a/{link}", "/a/" + "a" * 32, status=404),
    Sight("signing in", "/desk/sign-in", "/desk/sign-in"),
    Sight("a wrong password", "/desk/sign-in", "/desk/sign-in", None, _is_refused),
    Sight("signed out", "/desk/sign-in", "/desk/sign-in?out=1"),
    Sight("the phone's code", "/desk/sign-in/code", "/desk/sign-in/code", "code"),
    Sight("a password of one's own", "/desk/sign-in/password", "/desk/sign-in/password", "password"),
    Sight("a phone of one's own", "/desk/sign-in/phone", "/desk/sign-in/phone", "phone"),
    Sight("the account", "/desk/account", "/desk/account?done=phone", "lead"),
    Sight("another phone", "/desk/account/phone", "/desk/account/phone", "lead"),
    Sight("the log", "/desk/audit", "/desk/audit", "lead"),
    Sight("the desk's look-up, empty", "/desk/lookup", "/desk/lookup", "hotline"),
    Sight("the desk's look-up, compared", "/desk/lookup", "/desk/lookup", "hotline", _compares),
    Sight("a call is booked at the desk", "/desk/lookup", "/desk/lookup", "hotline", _books),
    Sight("an answer is sent", "/desk/lookup", "/desk/lookup", "hotline", _sends),
    Sight("a service at the desk", "/desk/lookup", "/desk/lookup?q=gljt", "hotline"),
    Sight("the calls", "/desk/requests", "/desk/requests", "worker", _unfolds),
    Sight("the calls of a lead", "/desk/requests", "/desk/requests?number=9", "lead", _unfolds, 404),
    Sight("an urgent call", "/desk/requests/{number}", "/desk/requests/{urgent}", "lead", _unfolds),
    Sight("a late call", "/desk/requests/{number}", "/desk/requests/{late}", "lead", _gives_no_reason),
    Sight("a call that waits", "/desk/requests/{number}", "/desk/requests/{waiting}", "worker"),
    Sight("a call of one's own", "/desk/requests/{number}", "/desk/requests/{taken}", "worker", _unfolds),
    Sight("a call that is over", "/desk/requests/{number}", "/desk/requests/{over}", "worker"),
    Sight("the figures", "/desk/figures", "/desk/figures?span=3", "admin", _unfolds),
    Sight("the catalog", "/desk/catalog", "/desk/catalog", "editor"),
    Sight("what is to be looked at", "/desk/catalog/look", "/desk/catalog/look", "editor"),
    Sight("a list", "/desk/catalog/list/{list}", "/desk/catalog/list/nangong", "editor"),
    Sight("an item", "/desk/catalog/item/{item}", "/desk/catalog/item/wolong-05", "editor"),
    Sight("a file", "/desk/catalog/file/{file}", FILE, "editor"),
    Sight("a broken proposal", "/desk/catalog/file/{file}", FILE, "editor", _proposes("{age:", "{agee:")),
    Sight("a proposal", "/desk/catalog/file/{file}", FILE, "editor", _proposes("value: 50}", "value: 70}")),
    Sight("not for this role", "lost", "/desk/audit", "worker", status=403),
    # The last ones, for what they end.
    Sight("the answer withdrawn", "/a/{link}", "{link}", None, _withdraws),
    Sight("the session is over", "/desk/requests", "/desk/requests", "worker", _signs_out),
)  # fmt: skip
