"""The pages by the keys alone, without scripts, without colours and on paper, in a real browser."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bot.access import first_password
from bot.dialogue.wording import say
from bot.keys import KEYRING, REQUESTS, SHELF, STAFF
from bot.models import Staff
from tests.every_page import CALLER, FILE, HOUSE, MOTHER, SIGHTS, World, world_of
from tests.running import PATIENCE_MS, running
from tests.test_pages_accessible import DESK, PHONE, faults

pytestmark = pytest.mark.browser

# How wide the words are on A4 between our margins, in CSS pixels.
PAPER: ViewportSize = {"width": 688, "height": 1000}
_MM = 72 / 25.4
# Letters that a file of pages spells by the signs of their parts, and Unicode does not call the same.
_PARTS = str.maketrans("⺠⻰⻔⻢⻓⻅⻋⻚⻛⻝⻜⻉⻥⻄⻩⻬⻮⻘⼾—", "民龙门马长见车页风食飞贝鱼西黄齐齿青户―")
# What has the focus now: whether it is seen, and what it is.
FOCUS = """() => { const e = document.activeElement, box = e.getBoundingClientRect();
  const ring = [e, e.closest('label')].some(one => one && getComputedStyle(one).outlineStyle !== 'none'
    && parseFloat(getComputedStyle(one).outlineWidth) >= 2);
  const before = window.was; window.was = e;
  return { names: [e.id, e.innerText.slice(0, 40)], seen: ring && box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    onward: !before || !before.isConnected || before === e || !!(before.compareDocumentPosition(e) & 4) }; }"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("pages"), PUBLIC_URL=HOUSE) as server:
        yield world_of(server)


@contextmanager
def opened(
    browser: Browser, world: World, who: str | None, size: ViewportSize, *, scripts: bool = True
) -> Iterator[Page]:
    with browser.new_context(viewport=size, locale="zh-CN", java_script_enabled=scripts) as context:
        context.set_default_timeout(PATIENCE_MS)
        if who:
            world.seats[who].into(context, world.server.url)
        yield context.new_page()


def tabs_to(page: Page, wanted: str, key: str = "Tab", most: int = 120) -> None:
    """Presses Tab until what is wanted has the focus; on the way the focus is seen and goes onward."""
    page.evaluate("window.was = null")
    now: Any = None
    for _ in range(most):
        page.keyboard.press(key)
        now = page.evaluate(FOCUS)
        if any(re.search(wanted, one) for one in now["names"]):
            assert now["seen"], now
            return
        assert now["seen"], now
        assert now["onward"] or key != "Tab", now
    raise AssertionError(f"no Tab leads to {wanted}, the last one to {now}")


# ── the keys ──


def test_the_first_tab_leads_past_the_head(browser: Browser, world: World) -> None:
    for who, path in (("worker", "/desk/requests"), ("editor", "/desk/catalog"), (None, "/lookup?q=助餐")):
        with opened(browser, world, who, DESK) as page:
            page.goto(world.server.url + path)
            page.keyboard.press("Tab")
            skip = page.get_by_role("link", name="跳到内容")
            expect(skip).to_be_focused()
            expect(skip).to_be_in_viewport()
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.closest('main') !== null"), path


def test_from_a_callers_words_to_a_booked_call_by_the_keys(browser: Browser, world: World) -> None:
    with opened(browser, world, "hotline", DESK) as page:
        page.goto(world.server.url + "/desk/lookup")
        expect(page.locator("#words")).to_be_focused()
        page.keyboard.type(CALLER)
        tabs_to(page, "^查")
        page.keyboard.press("Enter")
        expect(page.locator("#result")).to_contain_text("来电人的母亲")
        tabs_to(page, "^给来电人约一键呼叫")
        page.keyboard.press("Enter")
        for field, typed in (("b-service", "助浴"), ("b-contact", "王女士"), ("b-phone", "13912345678")):
            tabs_to(page, f"^{field}$")
            page.keyboard.type(typed)
        # Some systems choose while a name is typed, all by the arrows.
        service = page.locator("#b-service")
        service.focus()
        while service.input_value() != "bathing":
            page.keyboard.press("ArrowDown")
        tabs_to(page, "^b-address$")
        page.keyboard.type("达士营村12号")
        tabs_to(page, "^book$")
        page.keyboard.press("Enter")
        expect(page.locator("#booked")).to_contain_text("单号")


def test_an_elder_asks_and_answers_by_the_keys(browser: Browser, world: World) -> None:
    with opened(browser, world, None, PHONE) as page:
        page.goto(world.server.url + "/try")
        tabs_to(page, "^text$")
        page.keyboard.type(MOTHER)
        tabs_to(page, f"^{say('try_send')}$")
        page.keyboard.press("Enter")
        expect(page.locator(".bubble.bot").last).to_contain_text("高龄津贴")
        # The place to write keeps the focus, and what can be chosen lies right before it.
        tabs_to(page, "不知道|不需要", "Shift+Tab", 8)
        page.keyboard.press("Enter")
        expect(page.locator(".bubble.you")).to_have_count(2)


def test_a_worker_takes_and_finishes_by_the_keys(browser: Browser, world: World) -> None:
    with opened(browser, world, "worker", PHONE) as page:
        page.goto(f"{world.server.url}/desk/requests/{world.calls['late']}")
        tabs_to(page, "^接单$")
        page.keyboard.press("Enter")
        expect(page.locator(".done")).to_contain_text("归您")
        tabs_to(page, "^办完了$")
        page.keyboard.press("Enter")
        tabs_to(page, "^note-done$")
        page.keyboard.type("饭送到了")
        tabs_to(page, "^真的办完了$")
        page.keyboard.press("Enter")
        expect(page.locator(".now")).to_contain_text("已经结束")


# ── without scripts ──


def test_without_scripts_one_signs_in_and_out(browser: Browser, world: World) -> None:
    app, server = world.server.app, world.server
    server.run(app[STAFF].add(Staff("s-new", "新来的", "worker", ("411303",))))
    word = server.run(first_password.issue(app[KEYRING], app[SHELF], "s-new"))
    with opened(browser, world, None, PHONE, scripts=False) as page:
        page.goto(server.url + "/desk/requests?show=late")
        page.fill("#id", "s-new")
        page.fill("#password", word)
        page.get_by_role("button", name="登录").click()
        for box in ("#new", "#again"):
            page.fill(box, "huoche-zhan-qian-de-shu")
        page.get_by_role("button", name="换好").click()
        expect(page).to_have_url(re.compile(r"/desk/requests\?show=late"))
        page.get_by_role("link", name="新来的").click()
        page.get_by_role("button", name="在所有地方退出").click()
        expect(page.get_by_role("status")).to_have_text("已经退出。")


def test_without_scripts_a_call_is_booked_and_handed_over(browser: Browser, world: World) -> None:
    with opened(browser, world, "hotline", DESK, scripts=False) as page:
        page.goto(world.server.url + "/desk/lookup")
        page.fill("#words", CALLER)
        page.locator(".words button").click()
        page.locator("#booking > summary").click()
        page.select_option("#b-service", "bathing")
        fields = {"#b-contact": "王女士", "#b-phone": "13912345678", "#b-address": "达士营村12号"}
        for box, typed in fields.items():
            page.fill(box, typed)
        page.locator("#book").click()
        told = page.locator("#booked").inner_text()
        number = re.sub(r"\D", "", told)[:7]
    with opened(browser, world, "lead", PHONE, scripts=False) as page:
        page.goto(world.server.url + "/desk/requests")
        page.locator("#finding > summary").click()
        page.fill("#number", number)
        page.get_by_role("button", name="找").click()
        page.locator("details:has(#to) > summary").click()
        page.select_option("#to", "s-li")
        page.get_by_role("button", name="交给他").click()
        expect(page.locator(".now")).to_contain_text("归李梅")
    kept = world.server.run(world.server.app[REQUESTS].find(number))
    assert kept
    assert kept.worker == "staff:s-li"


def test_without_scripts_the_rest_is_there(browser: Browser, world: World) -> None:
    """What is folded unfolds, the figures have their tables, a proposal is judged and can be taken away."""
    with opened(browser, world, None, PHONE, scripts=False) as page:
        page.goto(world.server.url + world.link)
        page.locator("details.rare > summary").click()
        expect(page.locator("details.rare .item").first).to_be_visible()
        page.goto(world.server.url + "/lookup")
        page.fill("#words", MOTHER)
        page.get_by_role("button", name="查清单").click()
        expect(page.locator("section.yes")).to_contain_text("高龄津贴")
    with opened(browser, world, "admin", PHONE, scripts=False) as page:
        page.goto(world.server.url + "/desk/figures")
        for one in page.locator(".figure-box:has(img)").all():
            one.locator("summary").click()
            expect(one.get_by_role("table")).to_be_visible()
    with opened(browser, world, "editor", DESK, scripts=False) as page:
        page.goto(world.server.url + FILE)
        page.fill("#text", page.locator("#text").input_value().replace("value: 50}", "value: 70}"))
        page.get_by_role("button", name="看看改了会怎样").click(timeout=60_000)
        with page.expect_download() as coming:
            page.get_by_role("button", name="下载补丁").click()
        assert coming.value.suggested_filename.endswith(".patch")


# ── without colours ──


def test_colour_is_never_the_only_sign(browser: Browser, world: World) -> None:
    with opened(browser, world, "lead", DESK) as page:
        page.emulate_media(forced_colors="active")
        page.goto(world.server.url + "/desk/requests")
        signs = {"urgent": "紧急", "late": "晚了"}
        for kind, word in signs.items():
            rows = page.locator(f".call-row.{kind}")
            assert rows.count()
            assert all(word in one for one in rows.all_inner_texts()), kind
        expect(page.get_by_role("alert")).to_contain_text("紧急")
        # The sound is tried in tests/test_desk_requests.py.
        expect(page.locator("#sound")).to_be_visible()
        chosen = "one => getComputedStyle(one).textDecorationLine"
        for one in page.locator("[aria-current]").all():
            assert "underline" in one.evaluate(chosen), one.inner_text()
        page.goto(world.server.url + "/desk/figures?span=3")
        for bars in page.locator("img[src*=waiting], img[src*=found]").all():
            drawn = page.request.get(world.server.url + str(bars.get_attribute("src"))).text()
            assert "<pattern" in drawn, "two kinds of bars differ by their hatching too"
    with opened(browser, world, "hotline", DESK) as page:
        page.goto(world.server.url + "/desk/lookup")
        page.fill("#words", CALLER)
        page.keyboard.press("Control+Enter")
        expect(page.locator("#result")).to_be_visible()
        for known in page.locator("p.field.known > label").all():
            assert "已知" in known.evaluate("one => getComputedStyle(one, '::after').content")
        expect(page.locator(".standing").first).to_have_text(re.compile(r"\S"))


# ── on paper ──


SHEETS = {
    "the answer": (5, 10),
    "the answer at its largest": (5, 15),
    "the desk's look-up, compared": (4, 12),
    "an urgent call": (1, 1),
    "a call that is over": (1, 1),
    "an item": (1, 1),
    "a proposal": (1, 3),
    "the log": (1, 2),
    "the figures": (3, 12),
}
# Whatever is seen when it is printed, a piece for each text that stands by itself.
PIECES = """() => [...document.querySelectorAll('main *')].filter(e => e.checkVisibility({ visibilityProperty: true })
  && !e.closest('.unseen, textarea, select, svg')).flatMap(e => [...e.childNodes].filter(n => n.nodeType === 3
  && n.textContent.trim()).map(n => n.textContent.trim()))"""


def plain(text: str) -> str:
    """For comparing what a file of pages says with what stood on the screen."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text.translate(_PARTS)))


@pytest.mark.parametrize("name", SHEETS)
def test_nothing_is_cut_on_paper(browser: Browser, world: World, name: str) -> None:
    sight = next(one for one in SIGHTS if one.name == name)
    with opened(browser, world, sight.who, DESK) as page:
        page.goto(world.address(sight))
        if sight.steps:
            sight.steps(page)
        page.emulate_media(media="print")
        assert not faults(page, PAPER, "cut()")
        expect(page.get_by_role("button", name="退出")).to_have_count(0)
        pieces = page.evaluate(PIECES)
        sheets = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert all((round(one.mediabox.width), round(one.mediabox.height)) == (595, 842) for one in sheets)
    least, most = SHEETS[name]
    assert least <= len(sheets) <= most
    words = [plain(one.extract_text()) for one in sheets]
    assert all(words), "no sheet is empty"
    missing = [one for one in pieces if plain(one) not in "".join(words)]
    assert not missing
    assert len(pieces) > 5
    if sight.for_elders:
        for told in (say("sheet_stamp"), say("sheet_stamp_office"), say("sheet_stamp_name")):
            assert plain(told) in words[-1], "the stamp stands on one sheet"
