"""The workers' desk: the list, one call, its moves, who may see and do what, and that it keeps itself up to date."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.booking.history import grown
from bot.booking.moves import submit
from bot.booking.table import Actor
from bot.catalog.load import load_catalog
from bot.dialogue.wording import say
from bot.errors import StoreDown
from bot.keys import AUDIT, DESK, REQUESTS, SHELF, STAFF
from bot.models import Request, Staff
from bot.store.port import Line
from bot.store.port_staff import AuditEntry
from bot.web.desk import sessions
from bot.web.desk.requests_events import MOST_OF_ONE, WATCH
from bot.web.desk.requests_list import Asked, Reader, listed
from bot.web.desk.requests_one import call_shown, steps
from bot.web.desk.requests_words import People, moment_word, waited_word
from tests.desk_requests_child import book
from tests.desk_side import Seat, staff_session
from tests.running import PATIENCE_MS, Answer, Running, running
from tests.storage import ROOT, RealServer, real_server, wait_until

NOW = datetime.fromisoformat("2026-11-21T09:00:00+08:00")
CATALOG = load_catalog()
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
PERSONAL = ("王秀英", "13912345678", "达士营村")
PATH = "/desk/requests"


def at(clock: str, day: int = 21) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day}T{clock}:00+08:00")


def booked(desk: Running, when: datetime | None = None, **told: Any) -> str:
    """The number of a call that was booked."""
    return desk.run(book(desk.app[REQUESTS], when or at("08:50"), **told)).id


def elsewhere(redis: RealServer, service: str) -> str:
    """The number of a call that another process books."""
    command = [sys.executable, "-m", "tests.desk_requests_child", redis.url, service]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return told.stdout.strip()


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as up:
        yield up


@pytest.fixture(scope="module")
def desk(redis: RealServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("desk"), REDIS_URL=redis.url) as up:
        up.app[WATCH]._look_s = 0.2
        yield up


@pytest.fixture(scope="module")
def li(desk: Running) -> Seat:
    return staff_session(desk, "worker", ["411303"], "s-li", "李梅")


@pytest.fixture(scope="module")
def wang(desk: Running) -> Seat:
    return staff_session(desk, "worker", ["411303"], "s-wang", "王强")


@pytest.fixture(scope="module")
def lead(desk: Running) -> Seat:
    return staff_session(desk, "lead", ["4113"], "s-zhao", "赵主任")


def call_of(desk: Running, number: str) -> Request:
    found = desk.run(desk.app[REQUESTS].find(number))
    assert found
    return found


def do(
    desk: Running, seat: Seat, number: str, what: str, version: int | None = None, **fields: str
) -> Answer:
    """Sends a move's form, as the page of that version (or the newest) shows it."""
    shown = call_of(desk, number).version if version is None else version
    return seat.post(desk, f"{PATH}/{number}/{what}", {"version": shown, **fields})


def entries(desk: Running, number: str) -> list[AuditEntry]:
    log = desk.run(desk.app[AUDIT].read("2026-11"))
    return [one for one in log if one.about.get("number") == number]


def numbers_in(page: str) -> list[str]:
    return re.findall(r'class="call-row[^"]*" href="/desk/requests/(\d+)"', page)


# ── who sees what ──


def test_each_sees_the_calls_of_their_areas_and_nothing_personal(
    desk: Running, li: Seat, wang: Seat, lead: Seat
) -> None:
    here, there, away = (booked(desk, region=code) for code in ("411303", "411325", "410205"))
    mine = booked(desk)
    assert do(desk, li, mine, "take").status == 303
    hotline = staff_session(desk, "hotline", ["411303"])
    admin = staff_session(desk, "admin", ["411303"])
    seen = {
        seat.staff.role + seat.staff.id: {here, there, away, mine} & {*numbers_in(seat.get(desk, PATH).text)}
        for seat in (wang, lead, hotline, admin)
    }
    assert seen["workers-wang"] == {here}
    assert seen["leads-zhao"] == {here, there, mine}
    assert seen["hotlines-hotline"] == {here, mine}
    assert seen["admins-admin"] == {here, there, away, mine}
    for seat in (wang, lead, hotline, admin, li):
        page = seat.get(desk, PATH).text
        assert not [word for word in PERSONAL if word in page]
    assert staff_session(desk, "editor").get(desk, PATH).status == 403
    assert desk.get(PATH).headers["location"].startswith("/desk/sign-in")


def test_names_and_telephones_are_for_whoever_handles_it_and_each_look_is_noted(
    desk: Running, li: Seat, wang: Seat, lead: Seat
) -> None:
    number = booked(desk)
    hotline = staff_session(desk, "hotline", ["411303"])

    def reads(seat: Seat) -> bool:
        page = seat.get(desk, f"{PATH}/{number}")
        assert page.status == 200
        return any(word in page.text for word in PERSONAL)

    assert [reads(seat) for seat in (li, wang, hotline, lead)] == [False, False, False, True]
    assert do(desk, li, number, "take").status == 303
    assert [reads(seat) for seat in (li, wang, hotline, lead)] == [True, False, False, True]
    assert 'href="tel:13912345678"' in li.get(desk, f"{PATH}/{number}").text
    shown = [one.by for one in entries(desk, number) if one.what == "show"]
    assert shown == ["staff:s-zhao", "staff:s-li", "staff:s-zhao", "staff:s-li"]
    assert do(desk, li, number, "done").status == 303
    assert [reads(seat) for seat in (li, lead)] == [False, True]
    assert not [one for one in entries(desk, number) if {*PERSONAL} & {*one.about.values()}]


def test_a_call_of_another_area_is_refused(desk: Running, li: Seat) -> None:
    number = booked(desk, region="410205")
    assert li.get(desk, f"{PATH}/{number}").status == 403
    assert do(desk, li, number, "take").status == 403
    assert li.get(desk, f"{PATH}/9000000").status == 404
    assert call_of(desk, number).version == 1


# ── moves ──


def test_two_take_the_same_call_and_one_gets_it(desk: Running, li: Seat, wang: Seat) -> None:
    for _ in range(5):
        number = booked(desk)
        with ThreadPoolExecutor(2) as pool:
            both = [
                *pool.map(lambda seat, one: (seat, do(desk, seat, one, "take", 1)), (li, wang), [number] * 2)
            ]
        assert sorted(answer.status for _, answer in both) == [303, 409]
        winner = next(seat for seat, answer in both if answer.status == 303)
        told = next(answer.text for _, answer in both if answer.status == 409)
        assert f"现在归{winner.staff.name}" in told
        assert not [word for word in PERSONAL if word in told]
        kept = call_of(desk, number)
        assert (kept.worker, kept.version) == (f"staff:{winner.staff.id}", 2)


def test_two_leads_at_once_do_not_undo_each_other(desk: Running, lead: Seat, li: Seat, wang: Seat) -> None:
    second = staff_session(desk, "lead", ["4113"], "s-sun", "孙主任")
    for _ in range(3):
        number = booked(desk)
        forms = [(lead, "s-li"), (second, "s-wang")]
        with ThreadPoolExecutor(2) as pool:
            sent = [pool.submit(do, desk, seat, number, "give", 1, to=to) for seat, to in forms]
        answers = [one.result() for one in sent]
        assert sorted(one.status for one in answers) == [303, 409]
        kept = call_of(desk, number)
        given = next(to for (_, to), one in zip(forms, answers, strict=True) if one.status == 303)
        assert (kept.worker, kept.version) == (f"staff:{given}", 2)
        told = next(one.text for one in answers if one.status == 409)
        assert f"现在归{ {'s-li': '李梅', 's-wang': '王强'}[given] }" in told


def test_the_same_click_twice_moves_once(desk: Running, li: Seat, wang: Seat, lead: Seat) -> None:
    number = booked(desk)
    clicks: list[tuple[Seat, str, dict[str, Any]]] = [
        (li, "take", {}),
        (li, "called", {"how": "silent", "note": "下午再打"}),
        (li, "called", {"how": "reached"}),
        (li, "note", {"note": "老人说下午来"}),
        (li, "onway", {}),
        (lead, "give", {"to": "s-wang"}),
        (lead, "failed", {"reason": "老人不在家"}),
    ]
    for seat, what, fields in clicks:
        before = call_of(desk, number).version
        with ThreadPoolExecutor(2) as pool:
            args = [(desk, seat, number, what, before)] * 2
            answers = list(pool.map(lambda one: do(*one, **fields), args))  # noqa: B023 - done in the loop
        answers.append(do(desk, seat, number, what, before, **fields))
        assert [answer.status for answer in answers] == [303] * 3, what
        assert call_of(desk, number).version == before + 1, what
    notes = [line.note for line in call_of(desk, number).history]
    assert notes[2:4] == ["第1次打电话：没人接；下午再打", "第2次打电话：打通了"]
    page = lead.get(desk, f"{PATH}/{number}").text
    for told in (
        "接了单",
        "第2次打电话：打通了",
        "写了备注：老人说下午来",
        "把单子交给了王强",
        "没办成：老人不在家",
    ):
        assert told in page
    deeds = [one.what for one in entries(desk, number)]
    assert {"move", "call_back", "note"} <= {*deeds}


def test_moved_meanwhile_it_is_shown_again_with_what_was_typed(desk: Running, li: Seat, lead: Seat) -> None:
    number = booked(desk)
    do(desk, li, number, "take")
    answer = do(desk, lead, number, "cancel", 1, reason="重复约了", note="和上一单<一样>")
    assert answer.status == 409
    assert "现在归李梅" in answer.text
    assert ">和上一单&lt;一样&gt;</textarea>" in answer.text
    assert "<option selected>重复约了</option>" in answer.text
    assert call_of(desk, number).state == "accepted"
    assert f'name="version" value="{call_of(desk, number).version}"' in answer.text
    assert do(desk, lead, number, "cancel", reason="重复约了").status == 303


def test_who_comes_too_late_reads_why(desk: Running, li: Seat, wang: Seat, lead: Seat) -> None:
    number = booked(desk)
    do(desk, li, number, "take")
    answer = do(desk, wang, number, "take", 1)
    assert answer.status == 409
    assert "别人先接了" in answer.text
    assert "现在归李梅" in answer.text
    do(desk, lead, number, "cancel", reason="约错了")
    assert "已经取消" in do(desk, li, number, "done", 2).text


def test_what_the_clock_notes_keeps_nobody_from_taking_it(desk: Running, li: Seat) -> None:
    number = booked(desk)
    before = call_of(desk, number)
    reminded = grown(before, "submitted", "clock", NOW, "late")
    assert desk.run(desk.app[REQUESTS].save(reminded, before.version))
    assert do(desk, li, number, "take", 1).status == 303


@pytest.mark.parametrize(
    ("what", "fields", "says"),
    [
        ("failed", {}, "请选一个原因"),
        ("back", {"reason": "随便"}, "请选一个原因"),
        ("note", {}, "还没有写备注"),
        ("note", {"note": "打 139 1234-5678 找他"}, "备注不能写电话"),
        ("note", {"note": "time address"}, "换几个字"),
        ("note", {"note": "staff:s-wang"}, "换几个字"),
        ("called", {}, "打得怎么样"),
    ],
)
def test_a_form_that_lacks_something_is_shown_again(
    desk: Running, li: Seat, what: str, fields: dict[str, Any], says: str
) -> None:
    number = booked(desk)
    do(desk, li, number, "take")
    answer = do(desk, li, number, what, **fields)
    assert answer.status == 422
    assert says in answer.text
    assert f">{fields['note']}</textarea>" in answer.text if "note" in fields else True
    assert call_of(desk, number).version == 2


def test_refusals_are_plain_words(desk: Running, li: Seat, lead: Seat) -> None:
    number = booked(desk)
    assert "还没人接" in do(desk, li, number, "done").text
    assert "不能这样改" in do(desk, li, number, "give", to="s-wang").text
    assert "先接单" in do(desk, li, number, "cancel", reason="约错了").text
    assert "没有这个人" in do(desk, lead, number, "give", to="nobody").text
    staff_session(desk, "worker", ["410205"], "s-far", "远方")
    assert "不管这个地方" in do(desk, lead, number, "give", to="s-far").text
    assert do(desk, lead, number, "dance").status == 404
    assert do(desk, staff_session(desk, "hotline", ["411303"]), number, "take").status == 403
    assert seat_without_mark(desk, li, number).status == 403
    assert call_of(desk, number).version == 1
    assert do(desk, lead, number, "cancel", reason="约错了").status == 303
    assert "已经取消" in do(desk, li, number, "take").text


def seat_without_mark(desk: Running, seat: Seat, number: str) -> Answer:
    return replace(seat, csrf="").post(desk, f"{PATH}/{number}/take", {"version": 1})


def test_what_cannot_be_noted_does_not_happen(
    desk: Running, li: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = booked(desk)

    async def down(*_: object, **__: object) -> None:
        raise StoreDown("the log cannot be written")

    with monkeypatch.context() as patch:
        patch.setattr("bot.access.audit.note", down)
        assert do(desk, li, number, "take").status == 503
    assert call_of(desk, number).version == 1
    do(desk, li, number, "take")
    with monkeypatch.context() as patch:
        patch.setattr("bot.access.audit.note", down)
        page = li.get(desk, f"{PATH}/{number}")
    assert page.status == 503
    assert not [word for word in PERSONAL if word in page.text]


def test_who_is_overtaken_between_the_look_and_the_move_is_told_who_was_first(
    desk: Running, li: Seat, wang: Seat, lead: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one's move comes after this one was looked at and noted, just before it is kept."""
    forms: list[tuple[str, dict[str, Any]]] = [
        ("take", {}), ("note", {"note": "老人说下午来"}), ("cancel", {"reason": "约错了"}), ("give", {"to": "s-li"}),
    ]  # fmt: skip
    for what, fields in forms:
        number = booked(desk)
        actor = Actor("worker", wang.staff.id, wang.staff.areas)

        async def first(*_: Any, one: str = number, actor: Actor = actor, **__: Any) -> None:
            await desk.app[DESK].move(one, "accepted", actor)

        with monkeypatch.context() as patch:
            patch.setattr("bot.access.audit.note", first)
            told = do(desk, lead if what in ("cancel", "give") else li, number, what, 1, **fields)
        assert told.status == 409, what
        assert "现在归王强" in told.text
        kept = call_of(desk, number)
        assert (kept.worker, kept.version) == ("staff:s-wang", 2)


@pytest.mark.parametrize("version", ["0", "", "99", "-1"])
def test_a_form_of_no_version_moves_nothing(desk: Running, li: Seat, version: str) -> None:
    number = booked(desk)
    assert li.post(desk, f"{PATH}/{number}/take", {"version": version}).status == 409
    assert call_of(desk, number).version == 1


# ── the list ──


def line(number: str, **told: Any) -> Line:
    fields: dict[str, Any] = {
        "region": "411303", "state": "submitted", "urgent": False, "created": "2026-11-21T08:50:00+08:00",
        "time": "2026-11-22T09:00:00+08:00", "due": "2026-11-21T10:00:00+08:00", "worker": None,
        "changed": "2026-11-21T08:50:00+08:00", "service": "bathing", **told,
    }  # fmt: skip
    return Line(number, **fields)


LINES = (
    line("9137482"),
    line("9400001", time="2026-11-21T10:00:00+08:00", service="meals"),
    line("9400002", due="2026-11-21T08:55:00+08:00", region="411325"),
    line("9400003", urgent=True, time=None, service="urgent"),
    line("9400004", state="accepted", worker="staff:me", late=True),
    line("9400005", state="accepted", worker="staff:other", urgent=True, time=None, region=None),
)
READER = Reader(People({"staff:other": "王强"}, "staff:me"), CATALOG, NOW)


def test_urgent_and_late_ones_lie_on_top_and_each_way_to_look_has_its_count() -> None:
    look = listed(LINES, (line("9400009", state="done"),), Asked(), READER)
    assert [row.number for row in look.rows] == [
        "9400003", "9400002", "9400005", "9400001", "9137482", "9400004",
    ]  # fmt: skip
    assert {one.value: one.count for one in look.shows} == {
        "all": 6, "today": 3, "waiting": 4, "urgent": 2, "late": 1, "mine": 1, "over": None,
    }  # fmt: skip
    assert [row.number for row in look.alarms] == ["9400003"]
    assert [(one.name, one.count) for one in look.areas] == [("所有地方", 6), ("卧龙区", 4), ("内乡县", 1)]
    assert ("助浴", 4) in [(one.name, one.count) for one in look.services]
    row = look.rows[2]
    assert (row.place, row.whose, row.when, row.waited) == ("地方没说", "归王强", "马上", "")


@pytest.mark.parametrize("show", ["all", "today", "waiting", "urgent", "late", "mine", "over"])
@pytest.mark.parametrize("area", ["", "4113", "411303"])
@pytest.mark.parametrize("service", ["", "bathing", "outing"])
def test_a_count_is_what_its_choice_would_show(show: str, area: str, service: str) -> None:
    over = (line("9400009", state="done"), line("9400010", state="failed", region="411325"))
    look = listed(LINES, over, Asked(show, area, service), READER)
    for name, wish in (("shows", "show"), ("areas", "area"), ("services", "service")):
        for choice in getattr(look, name):
            if choice.count is None:
                continue
            then = listed(LINES, over, replace(look.asked, **{wish: choice.value}), READER)
            assert len(then.rows) == choice.count, (wish, choice)


def test_the_page_looks_as_the_address_asks_and_finds_a_number(desk: Running, lead: Seat) -> None:
    number = booked(desk, region="411325", service="cleaning")
    assert numbers_in(lead.get(desk, f"{PATH}?area=411325&service=cleaning&show=waiting").text) == [number]
    assert number not in numbers_in(lead.get(desk, f"{PATH}?area=411325&service=meals").text)
    for odd in ("show=%3Cscript%3E", "area=%27", "service=..%2F..", "area=999999"):
        assert lead.get(desk, f"{PATH}?{odd}").status == 200
    assert (
        lead.get(desk, f"{PATH}?number={number[:3]}+{number[3:]}").headers["location"] == f"{PATH}/{number}"
    )
    missing = lead.get(desk, f"{PATH}?number=%3Cb%3E1")
    assert missing.status == 404
    assert "没有“&lt;b&gt;1”这个单号" in missing.text


def test_what_was_over_today_is_listed(desk: Running, li: Seat, wang: Seat, lead: Seat) -> None:
    number = booked(desk)
    do(desk, li, number, "take")
    do(desk, li, number, "done")
    over = [
        number in numbers_in(_until(lambda one=seat: one.get(desk, f"{PATH}?show=over").text, number))
        for seat in (li, lead)
    ]
    assert over == [True, True]
    assert number not in numbers_in(wang.get(desk, f"{PATH}?show=over").text)


def _until(look: Any, word: str) -> str:
    """The index follows a move within a moment."""
    for _ in range(200):
        page = str(look())
        if word in page:
            return page
    raise AssertionError(f"{word} did not come")


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-11-21T14:30:00+08:00", "今天 14:30"),
        ("2026-11-22T01:00:00+00:00", "明天 09:00"),
        ("2026-11-20T09:00:00+08:00", "昨天 09:00"),
        ("2026-11-23T09:00:00+08:00", "11月23日 周一 09:00"),
        (None, "时间没定"),
    ],
)
def test_moments_in_words(moment: str | None, told: str) -> None:
    assert moment_word(moment, NOW) == told


def test_waiting_in_words() -> None:
    told = [
        waited_word(one.isoformat(), NOW) for one in (at("09:10"), at("08:50"), at("06:59"), at("09:00", 18))
    ]
    assert told == ["等了0分钟", "等了10分钟", "等了2小时", "等了3天"]


@pytest.mark.parametrize(
    ("by", "note", "told"),
    [("staff:b", "", "王强约了这一单"), ("elder", "staff:b", "老人约了这一单，王强替老人约的")],
)
def test_who_booked_it_for_the_elder_is_told(by: str, note: str, told: str) -> None:
    call = grown(Request("9137482", "u", "bathing"), "submitted", by, at("08:00"), note)
    (line,) = steps(call, People({"staff:b": "王强"}, "staff:me"), NOW)
    assert line.who + line.what == told


@pytest.mark.parametrize(
    ("told", "by", "note", "shown"),
    [
        ("后天早上九点来", "elder", "", "原话"),
        ("后天早上九点来", "staff:b", "", "代约的人写的"),
        ("后天早上九点来", "elder", "staff:b", "代约的人写的"),
        # Nobody named a time: these are the bot's own sentences.
        (say("call_open_time"), "elder", "", "跟老人说的"),
        (say("call_open_time"), "staff:b", "", "跟老人说的"),
        (say("call_soon"), "elder", "", "跟老人说的"),
    ],
)
def test_only_what_the_elder_said_stands_there_as_said(told: str, by: str, note: str, shown: str) -> None:
    draft = Request("9137482", "u", "bathing", "411303", None, told)
    call = grown(draft, "submitted", by, at("08:00"), note)
    page = call_shown(call, People({}, "staff:me"), None, (), CATALOG, NOW, personal=True)
    assert page.personal
    assert (page.personal.time_as, page.personal.time_text) == (shown, told)


def test_the_page_says_whose_words_the_time_is(desk: Running, li: Seat) -> None:
    said = booked(desk, time_text="后天早上九点来")
    open_ = booked(desk, time=None, time_text=say("call_open_time"))
    for number in (said, open_):
        do(desk, li, number, "take")
    assert "<dt>原话</dt><dd>后天早上九点来</dd>" in li.get(desk, f"{PATH}/{said}").text
    page = li.get(desk, f"{PATH}/{open_}").text
    assert f"<dt>跟老人说的</dt><dd>{say('call_open_time')}</dd>" in page


def test_the_history_in_words() -> None:
    call = submit(Request("9137482", "u", "bathing"), Actor("elder", "u"), at("08:00"))
    lines = [
        ("submitted", "clock", "late"), ("submitted", "clock", "urgent"), ("submitted", "elder", "address time"),
        ("accepted", "staff:gone", ""), ("submitted", "staff:gone", "离得太远"), ("accepted", "staff:me", "staff:b"),
        ("on_the_way", "platform", ""), ("done", "staff:b", ""), ("done", "elder", "comment rating"),
    ]  # fmt: skip
    for state, by, note in lines:
        call = grown(call, state, by, at("08:30"), note)  # type: ignore[arg-type]
    told = [one.who + one.what for one in reversed(steps(call, People({"staff:b": "王强"}, "staff:me"), NOW))]
    assert told == [
        "老人约了这一单", "系统到点还没有人接，告诉了负责人", "系统紧急呼叫，告诉了值班的人", "老人改了地址、时间",
        "已经不在的同事接了单", "已经不在的同事退了单，等人接：离得太远", "您把单子交给了王强", "当地的平台出发了",
        "王强办完了", "老人评了这次服务",
    ]  # fmt: skip


# ── it keeps itself up to date ──


@contextmanager
def listening(desk: Running, seat: Seat) -> Iterator[Any]:
    """The lines of an open stream, after its head."""
    with (
        socket.create_connection(("127.0.0.1", desk.port), timeout=10) as wire,
        wire.makefile("rb") as reader,
    ):
        ask = (
            f"GET {PATH}/events HTTP/1.1\r\nHost: desk\r\nConnection: close\r\nCookie: {seat.cookie}\r\n\r\n"
        )
        wire.sendall(ask.encode())
        yield reader


def head(reader: Any) -> str:
    told = b""
    while not told.endswith(b"\r\n\r\n"):
        told += reader.readline()
    return str(told.decode())


def event(reader: Any) -> str:
    """The next event's name."""
    while piece := reader.readline().decode():
        if piece.startswith("event: "):
            return str(piece.removeprefix("event: ").strip())
    return "end"


def test_a_stream_tells_of_a_call_that_another_process_booked(
    desk: Running, redis: RealServer, li: Seat
) -> None:
    with listening(desk, li) as reader:
        told = head(reader)
        assert "200 OK" in told
        assert "text/event-stream" in told
        assert "no-store" in told
        assert event(reader) == "changed"
        number = elsewhere(redis, "outing")
        assert event(reader) == "changed"
        assert number in numbers_in(li.get(desk, f"{PATH}/part", x_refresh="1").text)


def test_a_stream_beats_and_outlives_a_store_that_is_away(
    desk: Running, li: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = "bot.web.desk.requests_events"
    for name in ("BEAT_S", "THERE_S", "_TICK_S"):
        monkeypatch.setattr(f"{events}.{name}", 0.1)

    async def down(*_: object) -> None:
        raise StoreDown("away")

    with listening(desk, li) as reader:
        head(reader)
        with monkeypatch.context() as patch:
            patch.setattr(f"{events}.still_there", down)
            patch.setattr(desk.app[REQUESTS], "open", down)
            assert event(reader) == "changed"
            while reader.readline() != b": beat\n":
                pass
            number = booked(desk)
        assert event(reader) == "changed"
        do(desk, li, number, "take")


def test_nobody_listens_who_may_not_look(desk: Running) -> None:
    assert staff_session(desk, "editor").get(desk, f"{PATH}/events").status == 403


def test_a_stream_ends_with_its_session(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.desk.requests_events.THERE_S", 0.2)
    seat = staff_session(desk, "worker", ["411303"], "s-out", "出去")
    with listening(desk, seat) as reader:
        head(reader)
        assert event(reader) == "changed"
        assert seat.post(desk, "/desk/sign-out").status == 303
        assert {event(reader), event(reader)} >= {"over"}
    assert desk.get(f"{PATH}/part", cookie=seat.cookie).status == 303
    # After so long without a click, too; a page that refreshes by itself is no click.
    idle = staff_session(desk, "worker", ["411303"], "s-idle", "不在")
    with listening(desk, idle) as reader:
        head(reader)
        desk.run(desk.app[SHELF].drop(sessions._seen(idle.key), b"1"))
        assert "over" in {event(reader), event(reader)}


def test_listeners_are_bounded_and_let_go(desk: Running, wang: Seat) -> None:
    opened = [listening(desk, wang) for _ in range(MOST_OF_ONE)]
    readers = [one.__enter__() for one in opened]
    assert [event(one) for one in readers] == ["changed"] * MOST_OF_ONE
    assert wang.get(desk, f"{PATH}/events").status == 503
    for one in opened:
        one.__exit__(None, None, None)

    def has_room() -> bool:
        return desk.app[WATCH].has_room(wang.staff.id)

    wait_until(has_room)


def test_a_server_stops_while_somebody_listens(redis: RealServer, tmp_path: Path) -> None:
    with running(tmp_path, REDIS_URL=redis.url) as up:
        seat = staff_session(up, "worker", ["411303"], "s-stop", "还在")
        opened = listening(up, seat)
        reader = opened.__enter__()
        assert event(reader) == "changed"
        watch = up.app[WATCH]
    assert watch.closed
    assert event(reader) == "end"
    opened.__exit__(None, None, None)


# ── in a browser ──


@contextmanager
def browsing(
    browser: Browser, desk: Running, seat: Seat, size: Any, *, scripts: bool = True
) -> Iterator[Page]:
    """A page of theirs; fails the test on a request to another host and on any error of a script."""
    context: BrowserContext = browser.new_context(viewport=size, java_script_enabled=scripts, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    seat.into(context, desk.url)
    page, trouble = context.new_page(), []
    page.on("request", lambda one: trouble.append(one.url) if not one.url.startswith(desk.url) else None)
    page.on("pageerror", lambda one: trouble.append(str(one)))
    page.on("console", lambda one: trouble.append(one.text) if "Security" in one.text else None)
    yield page
    context.close()
    assert not trouble


def sizes(page: Page, what: str) -> list[float]:
    boxes = [one.bounding_box() for one in page.locator(what).all() if one.is_visible()]
    return [box["height"] for box in boxes if box]


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_worker_takes_a_call_on_a_phone_and_finishes_it(
    browser: Browser, desk: Running, li: Seat, scripts: bool
) -> None:
    number = booked(desk, service="repairs")
    with browsing(browser, desk, li, PHONE, scripts=scripts) as page:
        page.goto(desk.url + PATH)
        assert page.get_by_role("link", name="刷新").is_visible()
        assert min(sizes(page, "main a, main button, main select, main input, main summary")) >= 44
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth") if scripts else True
        page.locator(f'a.call-row[href="{PATH}/{number}"]').click()
        assert not [word for word in PERSONAL if word in page.content()]
        take = page.get_by_role("button", name="接单")
        box = take.bounding_box()
        assert box
        assert box["height"] >= 60
        assert box["y"] > PHONE["height"] / 2
        take.click()
        expect(page.locator(".done")).to_contain_text("归您")
        expect(page.locator(".phone-link")).to_have_attribute("href", "tel:13912345678")
        assert min(sizes(page, ".act")) >= 60
        page.get_by_text("打过电话了").click()
        page.get_by_label("打通了").check()
        page.locator("form[action$=called] button").click()
        expect(page.locator(".steps-made")).to_contain_text("第1次打电话：打通了")
        page.get_by_role("button", name="出发了").click()
        expect(page.locator(".now")).to_contain_text("在路上")
        page.locator("summary.act").click()
        page.get_by_role("button", name="真的办完了").click()
        expect(page.locator(".now")).to_contain_text("已经结束")
        assert not [word for word in PERSONAL if word in page.content()]
    assert call_of(desk, number).state == "done"


@pytest.mark.browser
def test_without_scripts_the_list_comes_again_by_itself(browser: Browser, desk: Running, li: Seat) -> None:
    with browsing(browser, desk, li, PHONE, scripts=False) as page:
        page.goto(f"{desk.url}{PATH}?show=waiting")
        again = page.locator("meta[http-equiv=refresh]").get_attribute("content")
        assert again == f"60;url={PATH}?show=waiting&auto=1"
        expect(page.locator("#live noscript")).to_be_visible()
        assert page.locator("#sound").is_hidden()


@pytest.mark.browser
def test_a_lead_sees_an_urgent_call_come_hears_it_and_hands_it_over(
    browser: Browser, desk: Running, redis: RealServer, lead: Seat, wang: Seat
) -> None:
    with browsing(browser, desk, lead, WIDE) as page:
        page.goto(desk.url + PATH)
        expect(page.locator("#live")).to_contain_text("自动更新")
        page.evaluate("window.same = true")
        sound = page.locator("#sound")
        expect(sound).to_have_text("点一下，开提示音")
        sound.click()
        expect(sound).to_have_attribute("aria-pressed", "true")
        expect(sound).to_have_attribute("data-played", "1")
        plain = booked(desk, service="assessment")
        expect(page.locator(f'a.call-row[href="{PATH}/{plain}"]')).to_be_visible()
        expect(sound).to_have_attribute("data-played", "1")
        number = elsewhere(redis, "urgent")
        alarm = page.get_by_role("alert")
        expect(alarm).to_contain_text("紧急呼叫没有人接")
        expect(alarm.locator(f'a[href="{PATH}/{number}"]')).to_be_visible()
        # It sounds again as long as nobody takes the call.
        expect(sound).to_have_attribute("data-played", re.compile("[2-9]"))
        assert "紧急" in page.title()
        row = page.locator(f'a.call-row[href="{PATH}/{number}"]')
        expect(row.locator(".mark")).to_have_text("紧急")
        assert page.evaluate("window.same")
        row.click()
        expect(page.locator(".about")).to_contain_text("摔着了")
        expect(page.locator(".act.call-now")).to_have_attribute("href", "tel:13912345678")
        page.select_option("#to", "s-wang")
        page.get_by_role("button", name="交给他").click()
        expect(page.locator(".now")).to_contain_text("现在归王强")
        page.get_by_text("取消这一单").first.click()
        page.locator("form[action$=cancel] button").click()
        expect(page.locator("#trouble")).to_contain_text("请选一个原因")
        page.select_option("#reason-cancel", "约错了")
        page.locator("form[action$=cancel] button").click()
        expect(page.locator(".now")).to_contain_text("已取消")
    assert call_of(desk, number).state == "cancelled"


@pytest.mark.browser
def test_a_page_says_that_somebody_was_faster_and_keeps_what_was_typed(
    browser: Browser, desk: Running, li: Seat, wang: Seat
) -> None:
    number = booked(desk)
    with browsing(browser, desk, li, PHONE) as page:
        page.goto(f"{desk.url}{PATH}/{number}")
        expect(page.locator("#live")).to_contain_text("自动更新")
        page.get_by_text("写备注").click()
        page.fill("#note-note", "楼下没有电梯")
        assert do(desk, wang, number, "take").status == 303
        expect(page.locator("#moved")).to_contain_text("现在归王强")
        expect(page.locator("#note-note")).to_have_value("楼下没有电梯")
        page.locator("form[action$=note] button").click()
        expect(page.locator("#trouble")).to_contain_text("现在归王强")
        expect(page.locator("#note-note")).to_have_value("楼下没有电梯")


@pytest.mark.browser
def test_a_page_says_that_its_session_is_over(
    browser: Browser, desk: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Else a page may well go on for as long as `expect` is patient.
    monkeypatch.setattr("bot.web.desk.requests_events.THERE_S", 0.2)
    seat = staff_session(desk, "worker", ["411303"], "s-away", "走了")
    with browsing(browser, desk, seat, PHONE) as page:
        page.goto(desk.url + PATH)
        expect(page.locator("#live")).to_contain_text("自动更新")
        seat.post(desk, "/desk/sign-out")
        expect(page.locator("#live")).to_contain_text("已经退出")
        expect(page.get_by_role("link", name="重新登录")).to_be_visible()


def test_an_unknown_member_of_staff_sees_nothing(desk: Running) -> None:
    seat = staff_session(desk, "worker", ["411303"], "s-gone", "离开")
    desk.run(desk.app[STAFF].add(Staff("s-gone", "离开", "worker", ("411303",), active=False)))
    assert seat.get(desk, PATH).status == 303
    assert seat.get(desk, f"{PATH}/events").status == 303
