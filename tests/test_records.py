"""Lists, exports, figures and pictures of calls: what is asked for, nothing personal unless meant, no few people told."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import stat
import zipfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from typer.testing import CliRunner

from bot import jobs
from bot.booking import moves
from bot.booking.history import SHANGHAI, grown
from bot.booking.numbers import number, spoken
from bot.booking.table import Actor
from bot.catalog.load import load_catalog
from bot.dispatch import charts, export, figures, record_lines, records
from bot.dispatch.lines import line_of
from bot.dispatch.record_commands import requests_cli
from bot.errors import BotError, SettingError
from bot.models import Request, Staff
from bot.store.connect import Stores, connect
from tests.storage import PATIENT, RealServer, real_server

CATALOG = load_catalog()
FIRST = number(3)
NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
WORKER = Actor("worker", "s1", ("410000", "130000"))
SECRETS = {
    "contact": "张三",
    "phone": "13912345678",
    "address": "车站路88号",
    "person": "王大爷",
    "time_text": "后晌",
    "note": "腿脚不便",
    "comment": "很好",
}


def call(number_: str, at: datetime = NOW, **fields: object) -> Request:
    request = Request(number_, f"user {number_}", "bathing", "411303", **SECRETS)  # type: ignore[arg-type]
    return moves.submit(replace(request, **fields), Actor("elder", request.who), at)  # type: ignore[arg-type]


def taken(request: Request, minutes: int, *, done: bool = False) -> Request:
    began = datetime.fromisoformat(request.history[0].at)
    found = moves.move(request, "accepted", WORKER, began + timedelta(minutes=minutes))
    assert isinstance(found, Request)
    if done:
        found = moves.move(found, "done", WORKER, began + timedelta(minutes=minutes + 30))
        assert isinstance(found, Request)
    return found


@asynccontextmanager
async def at(url: str) -> AsyncIterator[Stores]:
    stores = await connect(url, PATIENT)
    try:
        yield stores
    finally:
        await stores.close()


async def keep(stores: Stores, *requests: Request) -> None:
    for one in requests:
        name = f"wenyanglao:request:{one.id}"
        # As `reserve` does, with a number of the test's own.
        await stores.requests._server.put(name, one.who.encode(), 86_400_000)
        assert await stores.requests.save(one, 0)
        await stores.requests.enter(line_of(one, CATALOG, "none"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("records")) as up:
        yield up


@pytest.fixture
def empty(server: RealServer) -> RealServer:
    server.tell("FLUSHALL")
    return server


@pytest.fixture
async def stores(empty: RealServer) -> AsyncIterator[Stores]:
    async with at(empty.url) as opened:
        yield opened


class TestLists:
    async def test_what_is_asked_for_is_found(self, stores: Stores) -> None:
        await keep(
            stores,
            call("9000001"),
            call("9000002", NOW - timedelta(hours=2), region="411328"),
            call("9000003", NOW - timedelta(days=3), region="410200", urgent=True, service="urgent"),
            taken(call("9000004", NOW - timedelta(days=2)), 5),
            taken(call("9000005", NOW - timedelta(days=20)), 5, done=True),
            taken(call("9000006", NOW - timedelta(days=40)), 5, done=True),
            call("9000007", region=None),
        )
        found = {
            "open": records.Wanted(),
            "in a city": records.Wanted(area="411300"),
            "in a district": records.Wanted(area="411303"),
            "taken": records.Wanted(state="accepted"),
            "done this month": records.Wanted(state="done"),
            "since": records.Wanted(since=date(2026, 10, 1)),
            "urgent": records.Wanted(urgent=True),
        }
        told = {
            name: [one.id[-1] for one in await records.listed(stores.requests, wanted, NOW)]
            for name, wanted in found.items()
        }
        assert told["open"][0] == "3", "an urgent one comes first"
        assert {name: sorted(some) for name, some in told.items()} == {
            "open": ["1", "2", "3", "4", "7"],
            "in a city": ["1", "2", "4"],
            "in a district": ["1", "4"],
            "taken": ["4"],
            "done this month": ["5"],
            "since": ["1", "2", "3", "4", "5", "6", "7"],
            "urgent": ["3"],
        }

    async def test_late_is_what_nobody_took_in_time(self, stores: Stores) -> None:
        long_ago = call("9000001", NOW - timedelta(days=3))
        await keep(stores, long_ago, call("9000002", NOW), taken(call("9000003", NOW - timedelta(days=3)), 5))
        late = await records.listed(stores.requests, records.Wanted(late=True), NOW)
        assert [one.id for one in late] == ["9000001"]

    async def test_a_month_has_what_was_submitted_in_it(self, stores: Stores) -> None:
        last = datetime(2026, 10, 31, 23, 50, tzinfo=SHANGHAI)
        over_later = taken(call("9000001", last), 20, done=True)
        await keep(stores, over_later, call("9000002", NOW), call("9000003", last))
        october = await records.of_month(stores.requests, "2026-10", NOW)
        assert [one.id for one in october] == ["9000001", "9000003"]
        assert [one.id for one in await records.of_month(stores.requests, "2026-11", NOW)] == ["9000002"]
        assert await records.of_month(stores.requests, "2026-09", NOW) == ()
        assert await records.of_month(stores.requests, "2027-09", NOW) == ()

    async def test_many_are_all_there(self, stores: Stores) -> None:
        await keep(stores, *(call(f"90{n:05}", NOW + timedelta(seconds=n)) for n in range(100)))
        found = await records.of_month(stores.requests, "2026-11", NOW)
        assert [one.id for one in found] == [f"90{n:05}" for n in range(100)]

    def test_months_go_over_the_year(self) -> None:
        assert records.months(date(2026, 11, 30), date(2027, 2, 1)) == (
            "2026-11",
            "2026-12",
            "2027-01",
            "2027-02",
        )


class TestOneCall:
    def test_nothing_personal_is_told_unless_it_is_meant(self) -> None:
        plain = json.dumps(records.as_data(call("9000001"), CATALOG), ensure_ascii=False)
        assert not [secret for secret in (*SECRETS.values(), "user 9000001") if secret in plain]
        told = records.as_data(call("9000001"), CATALOG, personal=True)
        assert told["personal"] == SECRETS
        assert "user 9000001" not in json.dumps(told)

    def test_a_line_has_nothing_personal(self) -> None:
        line = line_of(taken(call("9000001"), 5), CATALOG, "sent")
        told = records.line_as_data(line, CATALOG, NOW)
        assert (told["service_name"], told["region_name"]) == ("助浴", "南阳市卧龙区")
        assert not [secret for secret in SECRETS.values() if secret in json.dumps(told, ensure_ascii=False)]

    def test_a_history_that_was_changed_is_told(self) -> None:
        request = taken(call("9000001"), 5)
        assert records.as_data(request, CATALOG)["intact"]
        forged = replace(request, history=(request.history[0], replace(request.history[1], by="staff:s2")))
        assert not records.as_data(forged, CATALOG)["intact"]

    def test_what_no_file_tells_of_any_more_has_its_id(self) -> None:
        told = records.as_data(call("9000001", service="gone", region=None), CATALOG)
        assert (told["service_name"], told["region_name"]) == ("gone", "不详")

    def test_what_people_wrote_does_nothing_to_a_terminal(self) -> None:
        told = records.as_data(call("9000001", note="\x1b[2J\r好\n"), CATALOG, personal=True)
        lines = list(record_lines.shown(told))
        assert "note: ?[2J?好?" in lines
        assert all(line.replace("\t", "").isprintable() for line in lines)


class TestWhoReaches:
    @pytest.mark.parametrize(
        ("role", "region", "reaches", "moves"),
        [
            ("worker", "411303", True, True),
            ("worker", "410200", False, True),
            ("worker", None, True, True),
            ("admin", "410200", True, True),
            ("hotline", "411303", True, False),
            ("editor", "410200", False, False),
        ],
    )
    def test_by_role_and_area(self, role: str, region: str | None, reaches: bool, moves: bool) -> None:
        staff = Staff("s1", "李四", role, ("411300",))  # type: ignore[arg-type]
        assert records.reaches(staff, region) == reaches
        assert (records.mover(staff, region) is not None) == moves

    def test_an_admin_moves_calls_of_every_place(self) -> None:
        actor = records.mover(Staff("s9", "王", "admin", ()), "130581")
        assert actor
        moved = moves.move(call("9000001", region="130581"), "accepted", actor, NOW)
        assert isinstance(moved, Request)
        assert moved.worker == "staff:s9"


class TestFigures:
    def test_they_count_and_measure(self) -> None:
        bathing = [taken(call(f"900{n:04}"), n + 1) for n in range(10)]
        meals = [
            call(f"910{n:04}", NOW - timedelta(days=7), service="meals", region="410200") for n in range(6)
        ]
        told = figures.figures([*bathing, *meals], "2026-11", CATALOG)
        assert (told.total.count, told.total.median, told.total.p90) == (16, 6, 9)
        assert [(one.name, one.count, one.median, one.p90) for one in told.by_service] == [
            ("助浴", 10, 6, 9),
            ("助餐", 6, None, None),
        ]
        assert [one.name for one in told.by_area] == ["南阳市卧龙区", "河南省开封市"]
        assert [(one.name, one.count) for one in told.by_week] == [("11月9日起", 6), ("11月16日起", 10)]
        assert told.satisfaction == ()

    def test_few_people_are_not_told_of(self) -> None:
        some = [call(f"900{n:04}") for n in range(9)]
        few = [call(f"910{n:04}", service="meals") for n in range(4)]
        more = [call(f"920{n:04}", service="cleaning") for n in range(20)]
        told = figures.figures([*some, *few, *more], "2026-11", CATALOG)
        assert {one.name: (one.count, one.text) for one in told.by_service} == {
            "助洁": (20, "20"),
            "助浴": (None, "不显示"),
            "助餐": (None, "少于5"),
        }

    def test_satisfaction_in_its_order(self) -> None:
        done = [taken(call(f"900{n:04}"), 5, done=True) for n in range(18)]
        rated = [replace(one, rating=("bad", "good", "fair")[n % 3]) for n, one in enumerate(done)]
        told = figures.figures(rated, "2026-11", CATALOG)
        assert [(one.name, one.count, one.median) for one in told.satisfaction] == [
            ("满意", 6, None),
            ("一般", 6, None),
            ("不满意", 6, None),
        ]

    def test_a_month_without_calls(self) -> None:
        told = figures.figures([], "2026-11", CATALOG)
        assert (told.total.text, told.by_service, told.by_week) == ("少于5", (), ())

    def test_the_first_who_took_it_counts(self) -> None:
        request = taken(call("9000001"), 7)
        back = grown(request, "submitted", WORKER.by, NOW + timedelta(minutes=20))
        assert figures.waited_minutes(grown(back, "accepted", "platform", NOW + timedelta(minutes=50))) == 7
        straight = grown(call("9000002"), "on_the_way", "platform", NOW + timedelta(minutes=9))
        assert figures.waited_minutes(straight) == 9
        assert figures.waited_minutes(call("9000003")) is None
        cancelled = grown(call("9000004"), "cancelled", "elder", NOW + timedelta(minutes=9))
        assert figures.waited_minutes(cancelled) is None

    @given(st.lists(st.sampled_from(["bathing", "meals", "cleaning", "visit"]), max_size=40))
    def test_no_count_can_be_worked_out(self, services: list[str]) -> None:
        made = [call(f"90{n:05}", service=one) for n, one in enumerate(services)]
        told = figures.figures(made, "2026-11", CATALOG)
        hidden = [one for one in told.by_service if one.count is None]
        assert all(one.count is None or one.count >= figures.FEWEST for one in told.by_service)
        assert all(one.median is None and one.p90 is None for one in hidden)
        if told.total.count is not None:
            assert len(hidden) != 1, "the total would tell it"


class TestPictures:
    def test_they_are_whole_and_without_colours(self) -> None:
        requests = [taken(call(f"900{n:04}"), n * 3) for n in range(12)]
        made = charts.pictures(figures.figures(requests, "2026-11", CATALOG))
        assert set(made) == set(records.words()["pictures"])
        for picture in made.values():
            root = ElementTree.fromstring(picture)  # noqa: S314 - our own
            assert root.get("viewBox")
            assert all(
                len({one[0:2], one[2:4], one[4:6]}) == 1 for one in re.findall("#([0-9a-f]{6})", picture)
            )
        assert "助浴" in made["service"]
        assert "九成不超过" in made["waiting"]
        assert made["waiting"].count("hatched)") == 2, "in the legend and in one bar"
        assert "没有可画的" in made["satisfaction"]

    def test_what_is_not_shown_is_not_drawn(self) -> None:
        rows = [charts.Bar("甲", (40,), "40"), charts.Bar("乙", (None,), "少于5")]
        told = charts.bars("图", rows)
        assert told.count("<rect") == 4, "the ground, two of the hatching, one bar"
        assert "少于5" in told

    def test_no_label_is_taken_for_markup(self) -> None:
        picture = charts.bars("<图>&", [charts.Bar('"><script>', (3,))])
        assert "<script>" not in picture
        ElementTree.fromstring(picture)  # noqa: S314 - our own

    def test_a_long_name_is_cut(self) -> None:
        picture = charts.bars("图", [charts.Bar("新疆维吾尔自治区伊犁哈萨克自治州", (3,))])
        assert "新疆维吾尔自治区伊犁…" in picture

    def test_a_value_of_nothing_is_a_bar_of_nothing(self) -> None:
        assert 'width="0.0"' in charts.bars("图", [charts.Bar("甲", (0,))])


def read_csv(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def read_xlsx(raw: bytes) -> tuple[str, list[str]]:
    """The sheet as it is written, and all of its texts."""
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - our own
        return book.read("xl/worksheets/sheet1.xml").decode(), ["".join(one.itertext()) for one in shared]


FORMULAS = ["=1+1", "+8613912345678", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "　=1", "＝1", "＠x"]


class TestExports:
    def test_a_csv_opens_in_excel(self) -> None:
        raw = export.as_csv(export.table([taken(call("9000001"), 12, done=True)], CATALOG, personal=False))
        assert raw.startswith(b"\xef\xbb\xbf")
        head, row = read_csv(raw)
        told = dict(zip(head, row, strict=True))
        assert (told["单号"], told["服务"], told["状态"], told["等了几分钟"]) == (
            "9000001",
            "助浴",
            "已办完",
            "12",
        )
        assert (told["提交时间"], told["结束时间"]) == ("2026-11-21 09:00", "2026-11-21 09:42")
        assert told["记录完整"] == "是"
        assert not [secret for secret in SECRETS.values() if secret in raw.decode()]

    def test_what_is_personal_is_there_where_it_is_meant(self) -> None:
        head, row = export.table([call("9000001")], CATALOG, personal=True)
        assert dict(zip(head, row, strict=True))["电话"] == "13912345678"
        assert set(SECRETS.values()) <= set(row)

    @pytest.mark.parametrize("text", FORMULAS)
    def test_no_cell_is_a_formula(self, text: str) -> None:
        rows = export.table([call("9000001", comment=text)], CATALOG, personal=True)
        assert read_csv(export.as_csv(rows))[1][-1] == f"'{text}"
        sheet, _ = read_xlsx(export.as_xlsx(rows))
        assert "<f>" not in sheet

    @pytest.mark.parametrize(
        "text", ['a"b,c;d', "第一行\n第二行", "老人👵", "\ud800", "\x00\x08", "长" * 40_000]
    )
    def test_any_text_is_a_cell(self, text: str) -> None:
        rows = export.table([call("9000001", comment=text)], CATALOG, personal=True)
        kept = text.encode("utf-8", "replace").decode()[:32_000]
        assert read_csv(export.as_csv(rows))[1][-1] == kept
        _, texts = read_xlsx(export.as_xlsx(rows))
        assert len(texts) >= len(rows[0])

    def test_minutes_can_be_counted(self) -> None:
        rows = export.table([taken(call("9000001"), 12, done=True), call("9000002")], CATALOG, personal=False)
        sheet, _ = read_xlsx(export.as_xlsx(rows))
        assert re.findall(r"<c r=\"[A-Z]+[0-9]+\"><v>([0-9]+)</v></c>", sheet) == ["12"]

    def test_who_of_the_staff_booked_it_is_told(self) -> None:
        booker = Staff("s7", "赵", "worker", ("411303",), "user 9000001")
        before = replace(call("9000003"), history=())
        noted = grown(before, "submitted", "elder", NOW, "staff:s8")
        staff = (booker, Staff("s8", "钱", "worker", ("411303",)))
        head, *rows = export.table([call("9000001"), call("9000002"), noted], CATALOG, staff, personal=False)
        place = head.index("哪位工作人员替约的")
        assert [row[place] for row in rows] == ["staff:s7", "", "staff:s8"]
        assert records.as_data(noted, CATALOG, staff)["booked_by"] == "staff:s8"
        assert records.as_data(call("9000002"), CATALOG, staff)["booked_by"] is None

    def test_a_workbook_has_every_row(self) -> None:
        rows = export.table([call(f"900{n:04}") for n in range(30)], CATALOG, personal=False)
        sheet, texts = read_xlsx(export.as_xlsx(rows))
        assert sheet.count("<row ") == 31
        assert {"单号", "9000000", "9000029"} <= set(texts)


@dataclass(frozen=True, slots=True)
class Told:
    code: int
    out: str
    err: str
    audit: Sequence[object]


class TestCommands:
    @pytest.fixture
    def shell(self, empty: RealServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RealServer:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("REDIS_URL", empty.url)
        monkeypatch.setenv("BOT_AS_OF", "2026-11-21T12:00:00+08:00")

        async def fill() -> None:
            async with at(empty.url) as stores:
                many = [taken(call(f"900{n:04}"), n) for n in range(6)]
                await keep(stores, *many, call(FIRST), taken(call("9137495", region="410200"), 5, done=True))
                await stores.staff.add(Staff("s1", "李四", "worker", ("411303",)))
                await stores.staff.add(Staff("s2", "张", "hotline", ("411303",)))

        asyncio.run(fill())
        return empty

    def runs(self, *arguments: str) -> Told:
        with capture_logs() as logs:
            done = CliRunner().invoke(requests_cli, arguments, env={"COLUMNS": "200"})
        audit = [one for one in logs if one["event"] == "personal_fields_shown"]
        if isinstance(error := done.exception, BotError):
            return Told(2 if isinstance(error, SettingError) else 1, done.stdout, error.message, audit)
        if error and not isinstance(error, SystemExit):
            raise error
        return Told(done.exit_code, done.stdout, done.stderr, audit)

    def test_list(self, shell: RealServer) -> None:
        told = self.runs("list", "--area", "卧龙区", "--state", "submitted")
        assert told.out.startswith(FIRST + "\tsubmitted\t助浴\t南阳市卧龙区\t2026-11-21T09:00:00+08:00")
        assert told.out.count("\n") == 1
        data = json.loads(self.runs("list", "--since", "2026-11-01", "--json").out)
        assert len(data) == 8
        assert not [secret for secret in SECRETS.values() if secret in json.dumps(data, ensure_ascii=False)]
        assert self.runs("list", "--urgent").out == ""
        assert self.runs("list", "--state", "done", "--late").out == ""

    def test_show(self, shell: RealServer) -> None:
        told = self.runs("show", spoken(number(3)))
        assert "history: intact" in told.out
        assert "submitted\telder" in told.out
        assert "13912345678" not in told.out
        assert not told.audit
        told = self.runs("show", FIRST, "--personal", "--by", "staff:s1", "--json")
        assert json.loads(told.out)["personal"]["phone"] == "13912345678"
        assert told.audit == [
            {
                "event": "personal_fields_shown",
                "log_level": "warning",
                "what": "show",
                "by": "staff:s1",
                "number": FIRST,
            }
        ]
        assert "13912345678" in self.runs("show", FIRST, "--personal").out
        assert self.runs("show", "9137481").code == 1

    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_export(self, shell: RealServer, tmp_path: Path, form: str) -> None:
        out = tmp_path / f"out.{form}"
        told = self.runs("export", "--month", "2026-11", "--format", form, str(out))
        assert (told.code, told.out, told.audit) == (0, f"{out}: 8 calls\n", [])
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        texts = (
            read_xlsx(out.read_bytes())[1]
            if form == "xlsx"
            else [cell for row in read_csv(out.read_bytes()) for cell in row]
        )
        assert FIRST in texts
        assert "13912345678" not in texts
        out.chmod(0o644)
        told = self.runs("export", "--month", "2026-11", "--personal", "--format", form, str(out))
        assert len(told.audit) == 1
        assert stat.S_IMODE(out.stat().st_mode) == 0o600, "a file that was there is closed to others, too"

    def test_figures(self, shell: RealServer, tmp_path: Path) -> None:
        told = self.runs("figures", "--month", "2026-11", "--svg", str(tmp_path / "pictures"))
        assert "助浴\t8\ttaken after" in told.out
        assert {one.name for one in (tmp_path / "pictures").iterdir()} == {
            f"{name}.svg" for name in records.words()["pictures"]
        }
        data = json.loads(self.runs("figures", "--month", "2026-11", "--area", "411303", "--json").out)
        assert data["total"]["count"] == 7
        assert "satisfaction" in data

    @pytest.mark.skipif(not hasattr(jobs, "adding"), reason="no way yet to add a job without doing others")
    def test_move(self, shell: RealServer) -> None:
        told = self.runs("move", FIRST, "accepted", "--by", "staff:s1", "--note", "电话约好了")
        assert told.out == f"{FIRST}\taccepted\tversion 2\n"
        assert "accepted\tstaff:s1\t电话约好了" in self.runs("show", FIRST).out
        told = self.runs("move", FIRST, "cancelled", "--by", "staff:s1")
        assert (told.code, "not_possible" in told.err) == (1, True)
        names = [name.decode() for name in shell.tell("KEYS", "wenyanglao-jobs*")]
        assert names, "those whom it concerns are told by whichever process lives"

    @pytest.mark.parametrize(
        "arguments",
        [
            ("list", "--area", "瞎编县"),
            ("list", "--state", "lost"),
            ("list", "--since", "yesterday"),
            ("export", "--month", "2026-13", "x.csv"),
            ("export", "--month", "2026-11", "--format", "pdf", "x.csv"),
            ("export", "--month", "2026-11", "/dev/null/x.csv"),
            ("figures", "--month", "November"),
            ("move", FIRST, "gone", "--by", "staff:s1"),
            ("move", FIRST, "accepted", "--by", "staff:nobody"),
            ("move", FIRST, "accepted", "--by", "staff:s2"),
        ],
    )
    def test_wrong_usage_is_told(self, shell: RealServer, arguments: tuple[str, ...]) -> None:
        told = self.runs(*arguments)
        assert told.code == 2
        assert told.err
