"""The look-up of the hotline desk: understood, changed, answered, read aloud, compared, copied, sent, booked, printed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.catalog.assess import assess
from bot.catalog.load import load_catalog
from bot.dispatch.staff import booked_by
from bot.eligibility.facts import read_facts
from bot.eligibility.vocabulary import FLAG_SETS
from bot.handing import redeem
from bot.keys import REQUESTS, SHELF
from bot.web.answer_view import Telling, person_view
from bot.web.desk.lookup_book import once
from bot.web.desk.lookup_compare import compare
from bot.web.desk.lookup_fields import FactField, fields_of
from bot.web.desk.lookup_script import copy_text, script
from bot.web.desk.lookup_state import Told, told_in, turned_to, with_choice, with_words
from nlu.understanding import PersonHeard, Understanding
from tests.desk_side import Seat, staff_session
from tests.running import PATIENCE_MS, Answer, Running, running

CATALOG = load_catalog()
TODAY = date(2026, 11, 21)
WORDS = "卧龙 83 低保 二级 瘫痪"
MOTHER: dict[str, Any] = {
    "region": "411303",
    "age": 83,
    "status": {"low_income": True, "extreme_poverty": False},
    "disability": {"level": 2, "kind": "physical"},
    "care": "dependent",
    "care_months": 18.0,
    "rural": False,
    "merit": {"disabled_soldier": True},
}
EVERY_FIELD = (
    *("words", "read", "key", "others", "answered", "beside", "choose", "turn"),
    *("f.age", "f.region", "f.status", "f.care", "f.disability", "f.birth_date", "f.rural"),
    *("b.key", "b.service", "b.region", "b.contact", "b.phone", "b.address", "b.time", "b.moment", "b.shown"),
)
BOOKING = {
    "b.service": "bathing",
    "b.region": "411303",
    "b.contact": "王女士",
    "b.phone": "139 1234 5678",
    "b.address": "七里园乡达士营村12号",
    "b.time": "明天上午九点",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("desk")) as up:
        yield up


@pytest.fixture(scope="module")
def seat(desk: Running) -> Seat:
    return staff_session(desk, "hotline")


def form_of(fields: list[FactField]) -> dict[str, list[str]]:
    """What a browser would post of these fields."""
    form: dict[str, list[str]] = {}
    for one in fields:
        choices = [*one.choices, *(choice for _, group in one.groups for choice in group)]
        values = [choice.value for choice in choices if choice.chosen] if choices else [one.value]
        if values or one.kind != "flags":
            form[one.name] = values or [""]
    return form


def heard(*people: PersonHeard) -> Understanding:
    return Understanding("inform", 1.0, "rules", people)


# ── fields ──


@pytest.mark.parametrize(
    "facts",
    [
        MOTHER,
        {"age_range": [80, 89], "region": "411303"},
        {"birth_date": "1943-05"},
        {"disability": None, "place": "institution", "hukou_local": False},
        {"disability": {}, "region": "火星"},
        {"status": dict.fromkeys(FLAG_SETS["status"], False)},
        {},
    ],
)  # fmt: skip
def test_the_fields_show_all_that_was_told_and_bring_it_back(facts: dict[str, Any]) -> None:
    fields = fields_of(facts, read_facts(facts, TODAY), CATALOG)
    back = told_in(form_of(fields), TODAY)
    assert back.facts == facts
    assert not back.wrong
    told = {one.name.removeprefix("f.").partition(".")[0] for one in fields if one.told}
    assert told == {"age" if fact == "age_range" else fact for fact in facts}


def test_every_fact_of_the_catalog_has_a_field() -> None:
    fields = fields_of({}, read_facts({}, TODAY), CATALOG)
    assert {one.name.removeprefix("f.") for one in fields} >= set(CATALOG.facts) - {"age_range"}
    first = [one.name for one in fields if one.first]
    assert first[:4] == ["f.region", "f.age", "f.status", "f.disability"]
    assert "f.vagrant" not in first


@pytest.mark.parametrize(
    ("name", "value", "fact"),
    [
        ("f.age", "八十", "age"), ("f.age", "999", "age"), ("f.age", "90-80", "age"), ("f.care", "bad", "care"),
        ("f.rural", "maybe", "rural"), ("f.care_months", "nan", "care_months"), ("f.care_months", "x", "care_months"),
        ("f.status", "rich", "status"), ("f.disability", "9", "disability"), ("f.disability", "²", "disability"),
        ("f.birth_date", "yesterday", "birth_date"),
    ],
)  # fmt: skip
def test_a_field_with_what_cannot_be_is_told_and_left_out(name: str, value: str, fact: str) -> None:
    told = told_in({name: [value], "f.region": ["411303"]}, TODAY)
    assert told.facts == {"region": "411303"}
    assert told.wrong == (fact,)


# ── between two posts ──


def test_new_words_add_and_a_field_that_was_changed_stays_changed() -> None:
    first = heard(PersonHeard("self", None, {"age": 83}, named=False))
    both = heard(PersonHeard("self", None, {"age": 83, "care": "dependent"}, named=False))
    told = Told(words="83 瘫痪", read="83", facts={"age": 85})
    after = with_words(told, both, first, TODAY)
    assert after.facts == {"age": 85, "care": "dependent"}
    assert not after.new


def test_people_are_kept_apart_and_can_be_turned_to() -> None:
    two = heard(PersonHeard("mother", None, {"age": 83}), PersonHeard("other", "王大爷", {"age": 90}))
    told = with_words(Told(words="x", facts={"region": "411303"}), two, None, TODAY)
    assert (told.key, told.facts) == ("mother", {"region": "411303", "age": 83})
    assert told.others == {"王大爷": {"region": "411303", "age": 90}}
    other = turned_to(told, "王大爷")
    assert (other.key, other.facts["age"], other.others["mother"]["age"]) == ("王大爷", 90, 83)
    assert turned_to(told, "nobody") is told


@pytest.mark.parametrize("others", ["", "x", "[]", '{"a": 1}', '{"": {}}', '{"a": {"agee": 1}}', "{" * 99])
def test_what_a_browser_makes_up_of_other_people_is_left_out(others: str) -> None:
    assert told_in({"others": [others]}, TODAY).others == {}


def test_more_people_than_anybody_asks_for_are_not_kept() -> None:
    crowd = heard(*(PersonHeard("other", f"老人{i}", {"age": 80}) for i in range(30)))
    assert len(with_words(Told(words="x"), crowd, None, TODAY).others) == 8


def test_a_choice_sets_what_it_says_and_is_not_asked_again() -> None:
    told = with_choice(Told(facts={"age": 83}), "disability:4", CATALOG, TODAY)
    assert told.facts["disability"] == {}
    assert told.answered == ("disability", "disability_level")
    unknown = with_choice(Told(), "care:dont_know", CATALOG, TODAY)
    assert (unknown.facts, unknown.answered) == ({}, ("care",))
    assert with_choice(Told(), "nothing:9", CATALOG, TODAY) == Told()


# ── what is said ──


@pytest.mark.parametrize("list_id", sorted(CATALOG.lists))
def test_the_script_is_short_sentences_without_promises(list_id: str) -> None:
    region = CATALOG.lists[list_id].document.region
    facts = {**MOTHER, "region": region}
    said = script(
        person_view(Telling("mother", facts), CATALOG, TODAY),
        assess(CATALOG, facts, TODAY),
        CATALOG,
        "您母亲",
    )
    assert all(sentence[-1] in "。？：?" for sentence in said), said
    assert not [one for one in said if "符合资格" in one or ("一定能领到" in one and "没有" not in one)]
    assert all(one.count("。") <= 1 for one in said)
    assert any("经办部门" in one for one in said)


def test_the_script_tells_amount_floor_agency_and_the_next_question() -> None:
    facts = {"region": "411303", "age": 83}
    view = person_view(Telling("mother", facts), CATALOG, TODAY)
    said = script(view, assess(CATALOG, facts, TODAY), CATALOG, "您母亲")
    assert "按文件，您母亲可以去申请八十岁以上老人每月的津贴（高龄津贴）。" in said
    assert "每月至少50元。" in said
    assert "办这个找区民政局。" in said
    assert view.ask
    assert any(view.ask.text in one for one in said)


def test_the_script_tells_what_is_not_sure_and_what_is_paid_only_once() -> None:
    young = {"region": "411303", "age": 61}
    said = script(
        person_view(Telling("self", young), CATALOG, TODAY), assess(CATALOG, young, TODAY), CATALOG, "老人"
    )
    assert "按说到的情况，暂时没有一定能领到钱的。" in said
    both = {**MOTHER, "care_certified": True, "long_term_care_need": True}
    said = script(
        person_view(Telling("self", both), CATALOG, TODAY), assess(CATALOG, both, TODAY), CATALOG, "老人"
    )
    assert any("只能领一样" in one for one in said)


def test_where_only_the_place_is_known_the_script_asks() -> None:
    facts = {"region": "411302"}
    said = script(
        person_view(Telling("self", facts), CATALOG, TODAY), assess(CATALOG, facts, TODAY), CATALOG, "老人"
    )
    assert "宛城区自己的清单我这里没有" in said[0]
    assert not [one for one in said if "我记的是" in one]
    assert any(one.startswith("我再问一句") for one in said)


@pytest.mark.parametrize(("facts", "sentence"), [({}, "哪个县区"), ({"region": "110101"}, "12345")])
def test_without_a_list_the_script_asks_or_hands_on(facts: dict[str, Any], sentence: str) -> None:
    said = script(
        person_view(Telling("self", facts), CATALOG, TODAY), assess(CATALOG, facts, TODAY), CATALOG, "老人"
    )
    assert len(said) == 1
    assert sentence in said[0]


def test_the_text_to_copy_holds_the_whole_answer() -> None:
    text = copy_text(person_view(Telling("mother", MOTHER), CATALOG, TODAY))
    for told in (
        "高龄津贴：每月不低于50元；找区民政局（附件第5项）",
        "宛龙政办〔2024〕11号",
        "至少185元",
        "【不能享受】",
    ):
        assert told in text


def test_two_places_are_compared_in_words_the_differences_first() -> None:
    both = compare({"region": "411303", "age": 83}, "410200", CATALOG, TODAY)
    assert both
    differs = [bool(pair.differs) for pair in both.pairs]
    assert differs == sorted(differs, reverse=True)
    assert any(differs)
    assert any(pair.differs.startswith("只有") for pair in both.pairs)


@pytest.mark.parametrize("beside", ["411303", "110101", "nowhere"])
def test_what_cannot_be_compared_is_not(beside: str) -> None:
    assert compare({"region": "411303", "age": 83}, beside, CATALOG, TODAY) is None


# ── over HTTP ──


def look(desk: Running, seat: Seat, path: str = "", **fields: Any) -> Answer:
    return seat.post(
        desk, f"/desk/lookup{path}", {name.replace("__", "."): value for name, value in fields.items()}
    )


def test_words_become_fields_and_an_answer_that_nobody_keeps(desk: Running, seat: Seat) -> None:
    answer = look(desk, seat, words=WORDS)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    for told in (
        'value="83"',
        "高龄津贴",
        "区民政局",
        "附件第5项",
        "现行有效",
        "185",
        "念给来电人听",
        "Alt+1",
    ):
        assert told in answer.text
    part = look(desk, seat, "/part", words=WORDS)
    assert part.status == 200
    assert part.headers["cache-control"] == "no-store"
    assert "<html" not in part.text


def test_a_name_and_facts_are_both_understood(desk: Running, seat: Seat) -> None:
    only_name = look(desk, seat, words="gljt").text
    assert "拼音对得上：高龄津贴" in only_name
    assert 'class="person"' not in only_name
    both = look(desk, seat, words="低保").text
    assert 'class="person"' in both
    assert 'class="service"' in both
    named = look(desk, seat, words="我妈83，卧龙区，高龄津贴能领多少").text
    assert 'class="person"' in named
    assert "来电人的母亲：可以享受" in named


def test_danger_stands_first_on_the_page_and_in_what_is_said(desk: Running, seat: Seat) -> None:
    page = look(desk, seat, words="我爸85，卧龙区，刚才摔倒了叫不醒").text
    assert "120" in re.findall(r'role="alert">([^<]+)', page)[0]
    assert "120" in re.findall(r"<ol><li>([^<]+)", page)[0]


@pytest.mark.parametrize("path", ["", "/part", "/book", "/send"])
def test_any_form_is_answered(desk: Running, seat: Seat, path: str) -> None:
    hostile = "<script>alert(1)</script>\"'{{7*7}}\ud800".encode("utf-8", "replace").decode()
    fields = dict.fromkeys(EVERY_FIELD, hostile)
    answer = seat.post(desk, f"/desk/lookup{path}", fields)
    assert answer.status == 200
    assert "<script>alert" not in answer.text
    assert "49" not in re.findall(r'name="b.contact" value="([^"]*)"', answer.text)


def test_who_may_not_book_gets_no_form_for_it(desk: Running, seat: Seat) -> None:
    editor = staff_session(desk, "editor")
    assert "约一键呼叫" not in look(desk, editor, words=WORDS).text
    assert "发到微信" not in look(desk, editor, words=WORDS).text
    for path in ("/book", "/send"):
        assert look(desk, editor, path, words=WORDS).status == 403
    assert seat.post(desk, "/desk/lookup", {"csrf": "wrong"}).status == 403


def test_a_code_hands_the_facts_to_the_callers_wechat(desk: Running, seat: Seat) -> None:
    page = look(desk, seat, "/send", words="我妈83岁，卧龙区，低保").text
    code = "".join(re.findall(r'class="code">(\d{3}) (\d{3})<', page)[0])
    handed = desk.run(redeem(desk.app[SHELF], code, "caller"))
    assert handed is not None
    assert handed.person == "mother"
    assert handed.facts == {"region": "411303", "age": 83, "status": {"low_income": True}}
    assert "还没有可以发的情况" in look(desk, seat, "/send", words="").text


def number_in(page: str) -> str:
    return "".join(re.findall(r"单号([\d ]+)", page)[0].split())


def test_a_call_is_booked_once_however_often_the_button_is_pressed(desk: Running, seat: Seat) -> None:
    fields = {**BOOKING, "b.key": "a-key-of-twenty-letters-01", "words": "我妈83岁，卧龙区"}
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda _: seat.post(desk, "/desk/lookup/book", fields).text, range(4)))
    pages.append(seat.post(desk, "/desk/lookup/book", {**fields, "b.phone": "13800000000"}).text)
    numbers = {number_in(page) for page in pages}
    assert len(numbers) == 1
    assert "这张表已经约过了" in pages[-1]
    kept = desk.run(desk.app[REQUESTS].find(numbers.pop()))
    assert kept is not None
    assert (kept.service, kept.region, kept.phone, kept.contact) == (
        "bathing",
        "411303",
        "13912345678",
        "王女士",
    )
    assert kept.time == "2026-11-22T09:00:00+08:00"
    assert kept.history[0].by == "staff:s-hotline"
    assert kept.who.startswith("desk:s-hotline:")
    assert kept.version == 1


def test_a_click_whose_answer_was_lost_takes_the_number_that_was_given(desk: Running, seat: Seat) -> None:
    key = "a-key-of-twenty-letters-03"

    async def begun() -> str:
        number = await desk.app[REQUESTS].reserve(f"desk:s-hotline:{once(key).partition(':')[2]}")
        assert await desk.app[SHELF].claim(once(key), number, 60)
        return number

    number = desk.run(begun())
    page = seat.post(desk, "/desk/lookup/book", {**BOOKING, "b.key": key}).text
    assert number_in(page) == number


def test_a_booked_call_comes_to_the_desks(desk: Running, seat: Seat) -> None:
    page = seat.post(
        desk, "/desk/lookup/book", {**BOOKING, "b.time": "", "b.key": "another-key-of-twenty-letters"}
    ).text
    number = number_in(page)

    async def listed() -> bool:
        for _ in range(100):
            if any(line.id == number for line in await desk.app[REQUESTS].open()):
                return True
            await asyncio.sleep(0.05)
        return False

    assert desk.run(listed())
    assert "打电话" in page


@pytest.mark.parametrize(
    ("chosen", "shown", "then"),
    [("", "", "411303"), ("411300", "411300", "411303"), ("411325", "411300", "411325")],
)
def test_the_place_of_a_call_follows_what_is_told_until_somebody_chooses_one(
    desk: Running, seat: Seat, chosen: str, shown: str, then: str
) -> None:
    told = {"words": "我妈83岁，卧龙区", "b.region": chosen, "b.shown": shown}
    page = seat.post(desk, "/desk/lookup/part", told).text
    assert (f'name="b.shown" value="{then}"' in page) is (chosen == shown)
    booking = page.partition('name="b.region"')[2].partition("</select>")[0]
    assert re.findall(r'value="(\d+)" selected', booking) == [then]


def test_a_new_form_has_the_only_place_of_who_sits_there_until_another_is_told(desk: Running) -> None:
    seat = staff_session(desk, "hotline", ["411300"], "s-city")
    page = seat.get(desk, "/desk/lookup").text
    assert 'name="b.shown" value="411300"' in page
    told = {"words": "我妈83岁，卧龙区", "b.region": "411300", "b.shown": "411300", "f.region": "411300"}
    assert 'name="b.shown" value="411303"' in seat.post(desk, "/desk/lookup/part", told).text


BOOKERS = [
    ("hotline", "411303", "411303", True),
    ("hotline", "411300", "411303", True),
    ("hotline", "411303", "410200", False),
    ("worker", "411303", "411325", False),
    ("lead", "411300", "410200", False),
    ("lead", "411300", "411325", True),
    ("admin", "411303", "410200", True),
]


@pytest.mark.parametrize(("role", "area", "place", "books"), BOOKERS)
def test_calls_are_booked_for_ones_own_places_only(
    desk: Running, role: Any, area: str, place: str, books: bool
) -> None:
    seat = staff_session(desk, role, [area], f"s-{role}-{area}")
    page = seat.post(desk, "/desk/lookup/book", {**BOOKING, "b.region": place}).text
    assert ("约好了，单号" in page) is books
    assert ("不归您管，没有约" in page) is not books
    if not books:
        return
    kept = desk.run(desk.app[REQUESTS].find(number_in(page)))
    assert kept is not None
    assert kept.region == place
    assert booked_by(kept, [seat.staff]) == seat.staff


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("b.service", "", "没有选约什么服务"),
        ("b.service", "spaceship", "没有这项上门服务"),
        ("b.region", "", "没有选地方"),
        ("b.contact", "", "没有写找谁"),
        ("b.phone", "12345", "电话号码不对"),
        ("b.address", "", "没有写上门的地址"),
        ("b.time", "等我想想", "没看懂什么时候"),
        ("b.time", "明天晚上十一点", "约不上"),
        ("b.time", "昨天上午九点", "已经过去了"),
    ],
)
def test_what_cannot_be_booked_is_told_and_kept_in_the_form(
    desk: Running, seat: Seat, field: str, value: str, says: str
) -> None:
    page = seat.post(desk, "/desk/lookup/book", {**BOOKING, field: value, "words": WORDS}).text
    assert says in page
    assert "单号" not in page
    assert 'value="七里园乡达士营村12号"' in page or field == "b.address"
    assert "高龄津贴" in page


def test_a_near_time_that_was_offered_can_be_taken(desk: Running, seat: Seat) -> None:
    page = seat.post(desk, "/desk/lookup/book", {**BOOKING, "b.time": "明天晚上十一点"}).text
    near = re.findall(r'name="b.moment" value="([^"]+)"', page)[0]
    assert "单号" in seat.post(desk, "/desk/lookup/book", {**BOOKING, "b.moment": near}).text
    soon = seat.post(desk, "/desk/lookup/book", {**BOOKING, "b.time": "越快越好"}).text
    assert "越早越好" in soon


# ── in a browser ──


def opened(
    browser: Browser, desk: Running, seat: Seat, *, scripts: bool = True, **more: Any
) -> tuple[BrowserContext, Page, list[str]]:
    context = browser.new_context(java_script_enabled=scripts, locale="zh-CN", **more)
    context.set_default_timeout(PATIENCE_MS)
    seat.into(context, desk.url)
    page, trouble = context.new_page(), []
    page.on("request", lambda one: trouble.append(one.url) if not one.url.startswith(desk.url) else None)
    page.on("pageerror", lambda one: trouble.append(str(one)))
    page.on("console", lambda one: trouble.append(one.text) if one.type == "error" else None)
    page.goto(desk.url + "/desk/lookup")
    return context, page, trouble


def focus(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement.id || document.activeElement.textContent.trim()"))


@pytest.mark.browser
def test_the_keys_are_enough_from_the_words_to_the_copy(browser: Browser, desk: Running, seat: Seat) -> None:
    context, page, trouble = opened(browser, desk, seat, viewport={"width": 1280, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.locator("#words")).to_be_focused()
    page.keyboard.type("我妈 卧龙 83 低保 cpn/1")
    page.keyboard.press("Alt+1")
    expect(page.locator("#words")).to_have_value("我妈 卧龙 83 低保 cpn/1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result")).to_contain_text("来电人的母亲")
    expect(page.locator("#status")).to_contain_text("接着问")
    expect(page.locator("#f-age")).to_have_value("83")
    assert focus(page).startswith("Alt+1")
    page.keyboard.press("Alt+2")
    expect(page.locator("#f-disability")).to_have_value("2")
    expect(page.locator(".figure")).to_contain_text("185")
    page.keyboard.press("c")
    expect(page.locator("#copied")).to_contain_text("已复制")
    assert "高龄津贴：每月不低于50元" in page.evaluate("() => navigator.clipboard.readText()")
    page.keyboard.press("/")
    assert focus(page) == "words"
    for _ in range(4):
        page.keyboard.press("Tab")
    assert focus(page) == "f-age"
    page.keyboard.press("Control+A")
    page.keyboard.type("91")
    page.keyboard.press("Tab")
    expect(page.locator(".figure")).to_contain_text("235")
    assert focus(page).startswith("f-status")
    page.keyboard.press("n")
    expect(page.locator("#words")).to_have_value("")
    expect(page.locator("#keys")).to_contain_text("不用鼠标")
    assert page.url.endswith("/desk/lookup")
    context.close()
    assert not trouble


@pytest.mark.browser
def test_a_booking_by_the_keys_survives_a_changed_field(browser: Browser, desk: Running, seat: Seat) -> None:
    context, page, trouble = opened(browser, desk, seat, viewport={"width": 1280, "height": 800})
    page.fill("#words", WORDS)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result")).to_be_visible()
    page.locator("#booking summary").press("Enter")
    page.fill("#b-contact", "王女士")
    page.select_option("#b-service", "bathing")
    page.select_option("#f-rural", "1")
    expect(page.locator(".facts-line")).to_contain_text("住在村里")
    expect(page.locator("#b-contact")).to_have_value("王女士")
    page.fill("#b-phone", "13912345678")
    page.fill("#b-address", "达士营村12号")
    page.locator("#booking button.main").press("Enter")
    expect(page.locator("#booked")).to_contain_text("单号")
    expect(page.locator("#result")).to_be_visible()
    page.focus("#beside")
    page.select_option("#beside", "410200")
    expect(page.locator(".compare table")).to_contain_text("差别")
    assert focus(page) == "beside"
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    page.emulate_media(media="print")
    for part in ("#ask", "#tools", "#script", ".next"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator(".line").first).to_be_visible()
    context.close()
    assert not trouble


@pytest.mark.browser
@pytest.mark.parametrize("width", [640, 390])
def test_without_scripts_and_at_200_percent_it_all_works(
    browser: Browser, desk: Running, seat: Seat, width: int
) -> None:
    context, page, trouble = opened(
        browser, desk, seat, scripts=False, viewport={"width": width, "height": 400}
    )
    page.fill("#words", "我妈 卧龙 83 低保；我爸 85")
    page.get_by_role("button", name="查 Ctrl+回车").click()
    expect(page.locator("#result")).to_contain_text("来电人的母亲")
    page.get_by_role("button", name="看您父亲").click()
    expect(page.locator("#f-age")).to_have_value("85")
    page.fill("#f-age", "91")
    page.get_by_role("button", name="按改过的情况再查").click()
    expect(page.locator(".facts-line")).to_contain_text("91岁")
    page.locator("button[data-pick='1']").click()
    expect(page.locator(".facts-line")).to_contain_text("低保")
    page.select_option("#beside", "410200")
    page.get_by_role("button", name="比一比").click()
    expect(page.locator(".compare table")).to_be_visible()
    page.locator(".copybox summary").click()
    expect(page.locator("#copy")).to_have_value(re.compile("以经办部门答复为准"))
    for hidden in page.locator("[data-do]").all():
        expect(hidden).to_be_hidden()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    for target in page.locator("button:visible, select:visible, .tickbox:visible, textarea:visible").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 43.9, target.inner_text()
    page.get_by_role("button", name="发到微信").click()
    expect(page.locator(".code")).to_be_visible()
    assert page.url.split("#")[0].endswith("/desk/lookup/send")
    context.close()
    assert not trouble
