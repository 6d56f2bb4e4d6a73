"""The figures: what a small count hides, who sees which place, and the page as it is seen, printed and downloaded."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, ViewportSize, expect

from bot.access.roles import MAY, Role
from bot.booking.history import grown
from bot.catalog.load import load_catalog
from bot.dispatch.lines import line_of
from bot.keys import AUDIT, CATALOG, REQUESTS, TALLY
from bot.store.port import Requests
from bot.web.desk.figures_cells import Cell, by_area, safe, summed
from bot.web.desk.figures_chart import DRAWN, picture
from bot.web.desk.figures_read import RECENT, weeks
from bot.web.desk.figures_tables import Row, Table, words
from tests.desk_requests_child import book
from tests.desk_side import Seat, staff_session
from tests.running import Running, running

CATALOG_READ = load_catalog()
PATH = "/desk/figures"
HIDDEN = str(words()["hidden"])
WEEK, EARLIER = "2026-11-16", "2026-11-09"
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL: ViewportSize = {"width": 360, "height": 740}
Rating = Literal["good", "bad"] | None
counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12))


@given(told=counts)
@settings(max_examples=300, deadline=None)
def test_what_is_hidden_cannot_be_worked_out(told: dict[str, int]) -> None:
    shown = safe(told, parts=True)
    assert all(count >= 5 and told[name] == count for name, count in shown.items())
    hidden = [count for name, count in told.items() if count and name not in shown]
    total = sum(told.values())
    # The total is told where it is five or more: what is left of it is of several, and five or more.
    assert not hidden or total < 5 or (len(hidden) > 1 and sum(hidden) >= 5)


@given(cells=st.lists(counts, max_size=5), more=counts)
@settings(max_examples=300, deadline=None)
def test_no_two_choices_differ_by_less_than_five(cells: list[dict[str, int]], more: dict[str, int]) -> None:
    fewer, all_of_them = summed(cells, parts=False), summed([*cells, more], parts=False)
    for name, count in all_of_them.items():
        assert ((count or 0) - (fewer.get(name) or 0)) in {0, *range(5, 1000)}
        assert count is None or count >= 5


def test_the_total_of_a_place_and_its_parts() -> None:
    assert safe({"a": 9, "b": 2, "c": 7}, parts=True) == {"a": 9}
    assert safe({"a": 9, "b": 2, "c": 7}, parts=False) == {"a": 9, "c": 7}
    assert safe({"a": 9, "b": 3, "c": 4}, parts=True) == {"a": 9}
    cells = {Cell("2026-10", "411303"): {"a": 3, "b": 1}, Cell("2026-11", "411303"): {"a": 3, "b": 4}}
    assert by_area(cells) == {"411303": 7}
    assert by_area({Cell("2026-10", "411302"): {"a": 4}}) == {"411302": None}


def test_a_week_belongs_to_the_month_of_its_monday() -> None:
    assert list(weeks("2026-11")) == ["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30"]
    assert next(weeks("2026-06")) == "2026-06-01"


def test_a_picture_holds_what_is_shown_and_nothing_runs_in_it() -> None:
    rows = [Row("<b>&", (7, None)), *(Row(f"第{at}项" * 9, (at, at)) for at in range(20))]
    drawn = picture(Table("found", tuple(rows)))
    root = ET.fromstring(drawn)  # noqa: S314 - it is ours
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"<b>&", "7", HIDDEN, "可以享受", "可能享受"} <= set(texts)
    assert len([one for one in texts if one and one.startswith("第")]) == DRAWN - 1
    assert "style=" not in drawn
    assert "<script" not in drawn
    assert words()["nothing"] in picture(Table("questions", ()))


async def call(
    room: Requests, week: str, service: str, area: str | None, minutes: int | None, rating: Rating = None
) -> None:
    """A call that was taken after so many minutes and done."""
    began = datetime.fromisoformat(f"{week}T09:00:00+08:00")
    made = await book(room, began, service, region=area)
    if minutes is not None:
        taken = grown(made, "accepted", "staff:s-li", began + timedelta(minutes=minutes))
        assert await room.save(taken, 1)
        made = replace(grown(taken, "done", "staff:s-li", began + timedelta(hours=9)), rating=rating)
        assert await room.save(made, 2)
    await room.enter(line_of(made, CATALOG_READ, "none"))


async def filled(up: Running) -> None:
    """Two places: 411303 with enough of most, 411302 with numbers of its own."""
    room, tally = up.app[REQUESTS], up.app[TALLY]
    for at in range(12):
        await call(room, WEEK, "bathing", "411303", 10 * (at + 1), "good" if at < 9 else "bad")
    for week, service in ((EARLIER, "meals"), (EARLIER, "meals"), (WEEK, "repairs")):
        await call(room, week, service, "411303", None)
    for _ in range(7):
        await call(room, WEEK, "cleaning", "411303", 3)
    for _ in range(8):
        await call(room, WEEK, "outing", "411302", 4)
    await call(room, WEEK, "outing", None, None)
    service = next(iter(up.app[CATALOG].services))
    ours = {"messages": 120, "full": 3, "asked:age": 33, "asked:region": 4, f"yes:{service}": 17, f"maybe:{service}": 2,
            "word:助听器": 8, "word:助听": 8, "word:王建国": 4}  # fmt: skip
    theirs = {"messages": 777, "asked:age": 555, "word:拐棍": 66}
    await tally.add(WEEK, {f"411303:{name}": count for name, count in ours.items()})
    await tally.add(EARLIER, {"411303:messages": 30, "411303:word:助听器": 1})
    await tally.add(WEEK, {f"411302:{name}": count for name, count in theirs.items()})
    await tally.add(WEEK, {":messages": 99})
    await tally.add("2026-10-19", {"411303:messages": 41})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("figures")) as up:
        up.run(filled(up))
        yield up


@pytest.fixture(scope="module")
def lead(desk: Running) -> Seat:
    return staff_session(desk, "lead", ["411303"], "s-lead")


@pytest.fixture(scope="module")
def admin(desk: Running) -> Seat:
    return staff_session(desk, "admin", [], "s-admin")


def table(desk: Running, seat: Seat, id_: str, query: str = "") -> dict[str, list[str]]:
    """The table's rows by their names, out of its file."""
    answer = seat.get(desk, f"{PATH}/{id_}.csv{query}")
    assert answer.status == 200, answer.text
    return {row[0]: row[1:] for row in list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))[1:]}


def test_what_a_lead_reads(desk: Running, lead: Seat) -> None:
    # 餐 2 and 修 1 come to three, so the smallest of the others is hidden with them.
    assert table(desk, lead, "calls-service") == {
        "助浴": ["12"], "助洁": [HIDDEN], "助餐": [HIDDEN], "助急": [HIDDEN],
    }  # fmt: skip
    assert table(desk, lead, "calls-area") == {"南阳市卧龙区": ["22"]}
    assert table(desk, lead, "calls-week") == {"11月9日起": [HIDDEN], "11月16日起": [HIDDEN]}
    assert table(desk, lead, "waiting") == {"助浴": ["65", "110"]}
    assert table(desk, lead, "satisfaction") == {"满意": [HIDDEN], "不满意": [HIDDEN]}
    assert table(desk, lead, "talk") == {
        "收到的消息": ["150"], "给出的完整回答": [HIDDEN], "没听懂": ["0"], "急事": ["0"],
    }  # fmt: skip
    assert table(desk, lead, "talk-week") == {"11月9日起": ["30"], "11月16日起": ["120"]}
    assert list(table(desk, lead, "questions").values()) == [["33"], [HIDDEN]]
    assert list(table(desk, lead, "found").values()) == [["17", HIDDEN]]
    assert table(desk, lead, "words") == {"助听器": ["9"]}


def test_the_place_of_others_is_not_seen(desk: Running, lead: Seat, admin: Seat) -> None:
    everything = "".join(
        lead.get(desk, f"{PATH}{part}").text for part in ("", "?span=6", "/words.svg", "/talk-area.svg")
    )
    assert not re.search("宛城|拐棍|777|555|地区不详|王建国", everything)
    assert lead.get(desk, f"{PATH}?area=411302").status == 403
    assert lead.get(desk, f"{PATH}?area=none").status == 403
    assert table(desk, admin, "talk-area") == {
        "南阳市宛城区": ["777"],
        "南阳市卧龙区": ["150"],
        "地区不详": ["99"],
    }
    assert table(desk, admin, "talk-area", "?area=411302") == {"南阳市宛城区": ["777"]}
    assert table(desk, admin, "calls-area") == {
        "南阳市卧龙区": ["22"],
        "南阳市宛城区": ["8"],
        "地区不详": [HIDDEN],
    }
    city = staff_session(desk, "hotline", ["411300"], "s-city")
    assert set(table(desk, city, "talk-area")) == {"南阳市宛城区", "南阳市卧龙区"}


def test_months_are_chosen(desk: Running, lead: Seat) -> None:
    assert table(desk, lead, "talk-week", "?month=2026-10") == {"10月19日起": ["41"]}
    assert list(table(desk, lead, "talk-week", "?span=3")) == ["10月19日起", "11月9日起", "11月16日起"]
    assert "2026年9月到2026年11月" in lead.get(desk, f"{PATH}?span=3").text
    for wrong in ("month=2026-13", "month=1999-01", "span=2", "area=wolong", "area=41130a"):
        assert lead.get(desk, f"{PATH}?{wrong}").status == 422
    assert lead.get(desk, f"{PATH}/nothing.csv").status == 404


def test_a_table_that_is_taken_along_is_noted(desk: Running, lead: Seat) -> None:
    table(desk, lead, "talk-week", "?month=2026-10")
    last = desk.run(desk.app[AUDIT].read("2026-11"))[-1]
    told = {"table": "talk-week", "month": "2026-10"}
    assert (last.by, last.what, dict(last.about)) == (f"staff:{lead.staff.id}", "figures_export", told)


@pytest.mark.parametrize("role", MAY)
def test_who_may_see_figures(desk: Running, role: Role) -> None:
    seat = staff_session(desk, role, ["411303"], f"s-may-{role}")
    expected = 200 if "figures" in MAY[role] else 403
    assert {seat.get(desk, PATH + part).status for part in ("", "/talk.svg", "/talk.csv")} == {expected}
    assert desk.get(f"{PATH}/talk.csv").status == 303


def test_new_numbers_are_read_after_a_moment(desk: Running, admin: Seat) -> None:
    assert admin.get(desk, f"{PATH}?month=2026-08").status == 200
    desk.run(desk.app[TALLY].add("2026-08-03", {"411303:messages": 6}))
    assert table(desk, admin, "talk-week", "?month=2026-08") == {}
    desk.app[RECENT].seconds = 0
    assert table(desk, admin, "talk-week", "?month=2026-08") == {"8月3日起": ["6"]}
    desk.app[RECENT].seconds = 8
    for back in range(1, 10):
        for span in (1, 3):
            assert admin.get(desk, f"{PATH}?month=2026-{back:02}&span={span}").status == 200
    assert len(desk.app[RECENT].read) <= 12


@pytest.mark.browser
def test_the_letters_of_a_picture_are_read_on_a_small_phone(
    browser: Browser, desk: Running, lead: Seat
) -> None:
    context = browser.new_context(viewport=SMALL, locale="zh-CN")
    lead.into(context, desk.url)
    page, alone = context.new_page(), context.new_page()
    page.goto(desk.url + PATH)
    pictures = page.get_by_role("img", name="柱状图")
    expect(pictures).to_have_count(10)
    for one in pictures.all():
        drawn, shown = lead.get(desk, one.get_attribute("src") or "").text, one.bounding_box()
        root = ET.fromstring(drawn)  # noqa: S314 - it is ours
        width = float(root.attrib["viewBox"].split()[2])
        assert shown
        assert float(root.attrib["font-size"]) * shown["width"] / width >= 16
        alone.set_content(drawn)
        ends = alone.locator("text").evaluate_all(
            "all => all.map(one => one.getBBox().x + one.getBBox().width)"
        )
        assert max(ends) <= width
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_page_as_it_is_seen(
    browser: Browser, desk: Running, lead: Seat, tmp_path: Path, scripts: bool
) -> None:
    context = browser.new_context(
        viewport=PHONE, java_script_enabled=scripts, locale="zh-CN", accept_downloads=True
    )
    lead.into(context, desk.url)
    page, trouble = context.new_page(), []
    page.on("console", lambda one: trouble.append(one.text) if one.type == "error" else None)
    page.on("requestfailed", lambda one: trouble.append(one.url))
    page.goto(desk.url + PATH)
    expect(page.get_by_role("heading", level=1)).to_have_text("数字")
    pictures = page.get_by_role("img", name="柱状图")
    expect(pictures).to_have_count(10)
    for at in range(10):
        pictures.nth(at).scroll_into_view_if_needed()
    inner = page.locator("#questions")
    expect(inner.get_by_role("table")).to_have_count(0)
    inner.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(inner.get_by_role("table", name="机器人问了哪些问题")).to_be_visible()
    expect(inner.get_by_role("rowheader").first).to_contain_text("多大年纪")
    expect(inner.get_by_role("cell").nth(1)).to_have_text(HIDDEN)
    with page.expect_download() as came:
        inner.get_by_role("link", name="CSV").click()
    assert came.value.suggested_filename == "questions-2026-11-2026-11.csv"
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
        small = page.locator("main summary, main button, main select, main a.go").evaluate_all(
            "all => all.filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44).length"
        )
        assert small == 0
    page.emulate_media(media="print")
    expect(page.locator("#words").get_by_role("table")).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="screen")
    page.get_by_label("看多长").select_option("3")
    page.get_by_role("button", name="看", exact=True).click()
    expect(page.locator(".period")).to_contain_text("2026年9月到2026年11月")
    context.close()
    assert not trouble
