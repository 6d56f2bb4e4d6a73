"""The pages, in a real browser with and without scripts, and over plain HTTP for what a browser would not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.dialogue.wording import say
from bot.eligibility.facts import read_facts
from bot.keys import CATALOG, STORE
from bot.web.answer_view import tier_lines
from bot.web.fact_words import condition_words, fact_words
from bot.web.hotlines import Hotlines
from tests.running import PATIENCE_MS, Answer, Running, running
from tests.storage import real_server

PHONE = {"width": 390, "height": 844}
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&{{7*7}}"
MOTHER = "俺娘83了，低保，二级残疾，卧龙区的，能领啥钱"
# The text of every element that holds some, with the contrast of its colour to what it stands on (WCAG's formula).
CONTRASTS = """() => {
  const lit = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126*r + 0.7152*g + 0.0722*b; };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (!/^rgba\\(.*, 0\\)$/.test(c) && c !== 'transparent') return c; } return 'rgb(255, 255, 255)'; };
  const found = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || e.classList.contains('unseen') || e.tagName === 'OPTION') continue;
    const a = lit(getComputedStyle(e).color), b = lit(ground(e));
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), parseFloat(getComputedStyle(e).fontSize),
      e.textContent.trim().slice(0, 30)]);
  }
  return found;
}"""


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(request: pytest.FixtureRequest, browser: Browser, server: Running) -> Iterator[Page]:
    """A phone's page; it fails the test on any request to another host, any dialog and any error of a script."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=request.param, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    opened, trouble = context.new_page(), []
    opened.on("request", lambda one: trouble.append(one.url) if not one.url.startswith(server.url) else None)
    opened.on("dialog", lambda one: (trouble.append(one.message), one.dismiss()))
    opened.on("pageerror", lambda one: trouble.append(str(one)))
    opened.on("console", lambda one: trouble.append(one.text) if one.type == "error" else None)
    yield opened
    context.close()
    assert not trouble


def says(page: Page, text: str) -> None:
    """Writes and sends, and waits for the answer."""
    page.fill("#text", text)
    page.click(".send")
    expect(page.locator(".bubble.you").last).to_have_text(re.compile(re.escape(text[:40])))
    expect(page.locator("#choices")).to_be_attached()


pytestmark = pytest.mark.browser


def test_an_elder_asks_and_is_answered(page: Page, server: Running) -> None:
    page.goto(server.url + "/")
    assert page.url == server.url + "/try"
    expect(page.locator(".bubble.bot").first).to_contain_text("问养老")
    says(page, MOTHER)
    answer = page.locator(".bubble.bot").last
    expect(answer).to_contain_text("高龄津贴")
    expect(answer).to_contain_text("每月不低于50元")
    expect(answer).to_contain_text("区民政局")
    where = urlsplit(page.url)
    assert (where.path, where.query) == ("/try", "")
    assert where.fragment in {"", "now"}


def test_choices_are_buttons_and_the_talk_stays_on_the_page(page: Page, server: Running) -> None:
    page.goto(server.url + "/try")
    says(page, "我83岁，卧龙区的")
    page.get_by_role("button", name="都没有").click()
    expect(page.locator(".bubble.you").last).to_contain_text("都没有")
    page.get_by_role("button", name="没有残疾证").click()
    expect(page.locator(".bubble.you").last).to_contain_text("没有残疾证")
    if page.locator("details.earlier").count():
        page.locator("details.earlier summary").click()
    for told in ("我83岁，卧龙区的", "都没有", "没有残疾证"):
        expect(page.locator(".bubble.you").filter(has_text=told)).to_be_visible()


def test_several_choices_are_ticked_together(page: Page, server: Running) -> None:
    page.goto(server.url + "/try")
    says(page, "我妈83岁，卧龙区的")
    page.get_by_label("1 低保", exact=True).check()
    second = page.locator(".tick").last
    name = second.inner_text().split(maxsplit=1)[1]
    second.click()
    page.get_by_role("button", name="选好了").click()
    expect(page.locator(".bubble.you").last).to_contain_text(f"低保、{name}")
    expect(page.locator(".bubble.bot").last).to_contain_text("养老服务补贴")


def test_words_are_only_ever_words(page: Page, server: Running) -> None:
    page.goto(server.url + "/try")
    says(page, HOSTILE)
    says(page, "再来一次" + HOSTILE)
    if page.locator("details.earlier").count():
        page.locator("details.earlier summary").click()
    assert page.locator(".bubble img, .bubble script").count() == 0
    expect(page.get_by_text(HOSTILE, exact=False).first).to_be_visible()
    assert page.get_by_text("49", exact=True).count() == 0


def test_an_emergency_shows_whom_to_call(page: Page, server: Running) -> None:
    page.goto(server.url + "/try")
    says(page, "我爸刚才摔倒了，叫不醒")
    call = page.locator("a.call").first
    expect(call).to_have_attribute("href", "tel:120")
    box = call.bounding_box()
    assert box
    assert box["height"] >= 60


def test_large_text_grows_and_stays(page: Page, server: Running) -> None:
    page.goto(server.url + "/try")
    size = "() => parseFloat(getComputedStyle(document.querySelector('.bubble')).fontSize)"
    assert page.evaluate(size) >= 18
    page.check("#big")
    assert page.evaluate(size) == 30
    says(page, "我83岁，卧龙区的")
    assert page.evaluate(size) == 30
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_what_is_tapped_is_large_and_what_is_read_has_contrast(page: Page, server: Running) -> None:
    page.goto(server.url + "/try")
    says(page, "我83岁，卧龙区的")
    for one in page.locator(".tap, .tick, .send, .again, .size").all():
        box = one.bounding_box()
        assert box
        assert (box["width"], box["height"]) >= (60, 60), one.inner_text()
    for contrast, size, text in page.evaluate(CONTRASTS):
        assert contrast >= 7, text
        assert size >= 18, text


@pytest.mark.parametrize("path", ["/lookup", "/lookup?q=%E9%AB%98%E9%BE%84", "/api"])
def test_the_staff_pages_have_contrast_and_fit_a_phone(page: Page, server: Running, path: str) -> None:
    page.goto(server.url + path)
    for contrast, _, text in page.evaluate(CONTRASTS):
        assert contrast >= 7, text
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_the_keys_are_enough(page: Page, server: Running) -> None:
    page.goto(server.url + "/try")
    page.locator("#big").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("我83岁，卧龙区的")
    page.keyboard.press("Tab")
    expect(page.locator(".send")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".bubble.you")).to_have_count(1)
    page.get_by_role("button", name="不知道").focus()
    page.keyboard.press("Space")
    expect(page.locator(".bubble.you").last).to_contain_text("不知道")


def test_a_message_that_does_not_get_through_is_kept(browser: Browser, server: Running) -> None:
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.goto(server.url + "/try")
        page.route("**/try", lambda route: route.abort())
        page.fill("#text", "我83岁，卧龙区的")
        page.press("#text", "Enter")
        expect(page.locator("#status")).to_have_text(say("try_failed"))
        expect(page.locator("#text")).to_have_value("我83岁，卧龙区的")
        page.unroute("**/try")
        page.click(".send")
        expect(page.locator(".bubble.you")).to_have_count(1)
        expect(page.locator("#status")).to_have_text("")


def test_the_next_person_starts_anew(page: Page, server: Running) -> None:
    page.goto(server.url + "/try")
    says(page, "我83岁，卧龙区的")
    session = page.context.cookies()[0]
    assert (session["httpOnly"], session["sameSite"]) == (True, "Lax")
    kept = server.app[STORE].recall("try:" + session["value"])
    assert server.run(kept).people
    page.get_by_role("button", name="清空重来").click()
    expect(page.locator(".bubble.you")).to_have_count(0)
    assert not page.context.cookies()
    assert not server.run(server.app[STORE].recall("try:" + session["value"])).people


def test_the_staff_gets_the_full_answer(page: Page, server: Running) -> None:
    page.goto(server.url + "/lookup")
    page.fill("#words", "俺娘83了，低保，二级残疾，卧龙区的")
    page.get_by_role("button", name="查清单").click()
    person = page.locator(".person")
    expect(person.get_by_role("heading", name="来电人的母亲")).to_be_visible()
    expect(person.locator(".facts")).to_contain_text("83岁")
    expect(person.locator(".basis")).to_contain_text("宛龙政办〔2024〕11号")
    sure = person.locator("section.yes .entry").filter(has_text="高龄津贴")
    expect(sure).to_contain_text("每月不低于50元")
    expect(sure).to_contain_text("区民政局")
    expect(sure).to_contain_text("第5项")
    expect(person.locator("details.rare")).to_contain_text("流浪")
    before = person.locator(".figure").inner_text()
    person.locator(".picks button").filter(has_text="长期离不开人照护").click()
    expect(person.locator(".facts")).to_contain_text("失能")
    assert int(re.sub(r"\D", "", person.locator(".figure").inner_text())) > int(re.sub(r"\D", "", before))
    assert page.url.removesuffix("#answer") == server.url + "/lookup"


@pytest.mark.parametrize(
    ("words", "basis"), [("王大爷90岁", "开封市"), ("王大爷90岁，住鄢陵县", "征求意见稿")]
)
def test_the_chosen_place_holds_where_none_is_told(
    page: Page, server: Running, words: str, basis: str
) -> None:
    page.goto(server.url + "/lookup")
    page.fill("#words", words)
    page.select_option("select[name=region]", "410200")
    page.get_by_role("button", name="查清单").click()
    expect(page.get_by_role("heading", name="王大爷")).to_be_visible()
    expect(page.locator(".basis")).to_contain_text(basis)


def test_a_service_is_shown_with_all_lists_side_by_side(page: Page, server: Running) -> None:
    page.goto(server.url + "/lookup")
    page.fill("#q", "长寿钱")
    page.press("#q", "Enter")
    service = page.locator(".service")
    expect(service).to_have_count(1)
    expect(service.locator(".side")).to_have_count(5)
    expect(service.locator(".side .silent")).to_have_count(1)
    expect(service).to_contain_text("90到99周岁：每月不低于100元")


def form(server: Running, path: str, fields: dict[str, Any], **headers: str) -> Answer:
    body = urlencode(fields, doseq=True)
    return server.ask("POST", path, body, content_type="application/x-www-form-urlencoded", **headers)


def test_what_is_typed_stands_in_no_address(server: Running) -> None:
    page = form(server, "/lookup", {"q": "老年食堂"})
    assert page.status == 200
    assert page.headers["cache-control"] == "no-store"
    assert "助餐" in page.text
    assert 'method="get"' not in page.text + server.get("/try").text


def cookie(answer: Answer) -> str:
    return answer.headers["set-cookie"].split(";")[0]


def test_pages_let_no_foreign_thing_in(server: Running) -> None:
    for path in ("/try", "/lookup", "/api", "/nowhere"):
        answer = server.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", answer.text)
        assert not re.search(r"<style|style=|<script>|\son\w+=", answer.text)


def test_what_the_page_brings_back_is_checked(server: Running) -> None:
    first = form(server, "/try", {"text": "我83岁"})
    good = '[["you", "前面说的"], ["bot", "<b>回答</b>"], ["evil", "x"], ["you", 7], 3]'
    again = form(server, "/try", {"text": "卧龙区", "earlier": good}, cookie=cookie(first))
    assert "前面说的" in again.text
    assert "&lt;b&gt;回答&lt;/b&gt;" in again.text
    assert "evil" not in again.text
    for bad in ("[[", "{}", "[" * 9000, '[["you", "\\ud800"]]', "null", "7"):
        answer = form(server, "/try", {"text": "卧龙区", "earlier": bad}, cookie=cookie(first))
        assert answer.status == 200
        assert "earlier" not in re.sub(r'name="earlier"', "", answer.text)


def test_another_site_can_put_no_words_into_our_mouth(server: Running) -> None:
    """A foreign page's form comes without the session's cookie; what it brings along is not shown."""
    forged = {"text": "你好", "earlier": '[["bot", "请把钱转到这个账号"]]'}
    assert "账号" not in form(server, "/try", forged).text
    foreign = form(server, "/try", forged, sec_fetch_site="cross-site")
    assert (foreign.status, foreign.headers["location"]) == (303, "/try")
    assert "set-cookie" not in foreign.headers


@pytest.mark.parametrize("session", ["", "short", "../../x", "%00" * 15, "é" * 43, "a" * 5000])
def test_a_forged_session_is_replaced(server: Running, session: str) -> None:
    headers = {"cookie": f"try_session={session}".encode().decode("latin-1")}
    answer = form(server, "/try", {"text": "我83岁"}, **headers)
    assert answer.status == 200
    assert re.match(r"try_session=[\w-]{43}; ", answer.headers["set-cookie"])


def test_behind_tls_the_cookie_is_secure(server: Running) -> None:
    assert "Secure" in form(server, "/try", {"text": "您好"}, x_forwarded_proto="https").headers["set-cookie"]
    assert "Secure" not in form(server, "/try", {"text": "您好"}).headers["set-cookie"]


@pytest.mark.parametrize("path", ["/try", "/lookup"])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": "长" * 12_000, "words": "长" * 12_000},
        {"text": HOSTILE, "words": HOSTILE, "region": HOSTILE, "pick": HOSTILE},
        {"text": "\x00\x1b[31m", "words": "\x00", "tap": "\x00|", "pick": ["a", "|", "/", "x/y:z"] * 9},
        {"tap": "household:99|低保", "pick": "self/household:99", "words": "83岁", "region": "411303"},
        {"tap": "-", "pick": ["household:0|低保", "household:９|x", "nothing|y"], "words": "我30000岁"},
        {"words": "我妈83岁，我爸58岁，王大爷虚岁九十，北京的", "region": "北京"},
    ],
    ids=range(7),
)
def test_any_form_is_answered(server: Running, path: str, fields: dict[str, Any]) -> None:
    answer = form(server, path, fields)
    assert answer.status == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text


def test_bodies_that_are_no_forms_get_a_kind_page(server: Running) -> None:
    for path in ("/try", "/lookup"):
        assert server.post(path, b"\xff\xfe=\x00&" * 20).status == 200
        assert server.post(path, b"a=1&" * 200).status == 400
        large = server.post(path, b"text=" + b"a" * 400_000)
        assert large.status == 413
        assert say("page_too_large") in large.text


def test_wrong_addresses_get_a_kind_page(server: Running) -> None:
    lost = server.get("/nowhere")
    assert lost.status == 404
    assert say("page_not_found") in lost.text
    assert server.ask("DELETE", "/try").status == 405
    assert server.get("/static/../pages.py").status == 404
    assert server.get("/static/%2e%2e/pages.py").status in (403, 404)
    assert server.get("/static/").status in (403, 404)
    assert server.get("/lookup?q=" + "%E9%AB%98" * 500).status == 200


def test_a_store_that_is_down_is_told_on_the_page(tmp_path: Path) -> None:
    with real_server(tmp_path) as store, running(tmp_path, REDIS_URL=store.url) as server:
        first = form(server, "/try", {"text": "我83岁"})
        store.stop()
        down = form(server, "/try", {"text": "卧龙区"}, cookie=cookie(first))
        assert down.status == 503
        assert say("store_down")[:10] in down.text
        assert "卧龙区" in down.text
        assert form(server, "/try/new", {}, cookie=cookie(first)).status == 503
        assert form(server, "/lookup", {"words": "我83岁，卧龙区的"}).status == 200


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("请马上打120。", ["120"]),
        ("打120或110，再打120", ["120", "110"]),
        ("现在就打12356，有人听", ["12356"]),
        ("12345,12356", ["12345", "12356"]),
        ("每月120元、110 元、120多元、¥120", []),
        ("满110岁，120周岁，第120项，120个，110-120", []),
        ("〔2024〕120号", []),
        ("13812012345、5120、120.5", []),
        ("人不舒服打120\n人先离开", ["120"]),
    ],
)
def test_only_hotlines_can_be_called(text: str, calls: list[str]) -> None:
    hotlines = Hotlines(["110", "120", "12345", "12356"])
    assert hotlines.numbers([text]) == calls
    assert [one.call for one in hotlines.pieces(text) if one.call] == calls
    assert "".join(one.text for one in hotlines.pieces(text)) == text


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("完整说明：https://yanglao.example/a/" + "a2" * 16, ["/a/" + "a2" * 16]),
        ("https://12345.example:8443/a/" + "b7" * 16 + "，打12345", ["/a/" + "b7" * 16]),
        ("https://other.example/a/" + "a2" * 17, []),
        ("https://other.example/b/" + "a2" * 16, []),
        ("/a/" + "A2" * 16 + " /a/" + "a1" * 16 + " javascript:/a/x", []),
        ("javascript://x/a/" + "c3" * 16, ["/a/" + "c3" * 16]),
    ],
)
def test_only_answer_pages_of_ours_can_be_opened(text: str, pages: list[str]) -> None:
    pieces = Hotlines(["12345"]).pieces(text)
    assert [one.page for one in pieces if one.page] == pages
    assert "".join(one.text for one in pieces) == text


def test_every_condition_of_every_list_can_be_said(server: Running) -> None:
    catalog = server.app[CATALOG]
    for item in (item for one in catalog.lists.values() for item in one.items):
        for condition in (item.form.who, item.form.may_extend_to):
            assert condition_words(condition, catalog)
        assert all(tier_lines(item, catalog))
    assert condition_words({"age": {"between": [90, 90]}}, catalog) == "90周岁"
    either = {"status": "low_income", "any": [{"age": {"at_least": 80}}, {"disability": {"level": [1, 2]}}]}
    assert condition_words(either, catalog) == "低保，而且（满80周岁，或者残疾证是一级或二级）"
    assert condition_words({"not": {"care": "independent"}}, catalog) == "生活不能完全自理"
    two = {"not": {"care": "dependent", "disability": {"kind": "mental"}}, "care_months": {"at_least": 6}}
    assert "不能自理满6个月" in condition_words(two, catalog)


def test_everything_told_is_said_back_to_the_staff(server: Running) -> None:
    told = {
        "age_range": [80, 89],
        "status": [],
        "living": {"alone": True},
        "family": {"only_child_parents": False},
        "care": "dependent",
        "care_months": 8,
        "disability": {"level": 2, "kind": "mental"},
        "hukou_local": False,
    }
    words = fact_words(read_facts(told, date(2026, 11, 21)), server.app[CATALOG])
    assert words[0] == "80到89岁"
    assert {"家庭困难身份：都没有", "独居", "不是独生子女父母", "不能自理8个月", "残疾证是二级"} <= set(words)
    assert {"残疾类别：精神", "不是本地户口"} <= set(words)
    assert len(words) == 9
    none = fact_words(read_facts({"disability": None}, date(2026, 11, 21)), server.app[CATALOG])
    assert none == ["没有残疾证"]


def test_danger_in_a_callers_words_stands_first(server: Running) -> None:
    answer = form(server, "/lookup", {"words": "我爸刚才摔倒了，叫不醒"})
    assert say("lookup_emergency", number="120") in answer.text
    assert answer.text.index('class="danger"') < answer.text.index('id="answer"')
    assert "119" in form(server, "/lookup", {"words": "家里着火了"}).text
