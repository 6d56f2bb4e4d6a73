"""The elder's answer page in a real browser: from the talk to the page, large, aloud, on paper, corrected, withdrawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from bot.catalog.load import load_catalog
from bot.dialogue.wording import say
from bot.keys import KEYRING, SHELF
from bot.links import Links
from bot.models import Person, Session
from bot.web.answer_sheet import GROUPS, phones, sheet_of
from tests.running import PATIENCE_MS, Running, running
from tests.storage import real_server, wait_until
from tests.test_pages import CONTRASTS, PHONE

HOUSE = "https://yanglao.example"
MOTHER = "俺娘83了，低保，二级残疾，卧龙区的，不能自理，能领啥钱"
CATALOG_OF_ALL = load_catalog()
TODAY = date(2026, 11, 21)
# A voice for a browser that has none: it says a sentence in no time and notes it.
VOICE = """
window.said = [];
const voice = { lang: 'zh-CN', name: 'a voice' };
Object.defineProperty(window, 'speechSynthesis', { value: {
  getVoices: () => [voice], cancel() {}, addEventListener() {},
  speak(one) { window.said.push(one.text); if (window.said.length < 12) setTimeout(() => one.onend()); },
} });
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The application at a public address, so that answers bring links."""
    with running(tmp_path_factory.mktemp("data"), PUBLIC_URL=HOUSE) as up:
        yield up


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(request: pytest.FixtureRequest, browser: Browser, server: Running) -> Iterator[Page]:
    """A phone's page; it fails the test on any request to another host, any dialog and any error of a script."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=request.param, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    opened, trouble = context.new_page(), []
    opened.on("request", lambda one: trouble.append(one.url) if not one.url.startswith(server.url) else None)
    opened.on("dialog", lambda one: (trouble.append(one.message), one.dismiss()))
    opened.on("pageerror", lambda one: trouble.append(str(one)))
    opened.on(
        "console", lambda one: trouble.append(one.text) if one.type == "error" and not _gone(one) else None
    )
    yield opened
    context.close()
    assert not trouble


def _gone(message: ConsoleMessage) -> bool:
    """A browser reports as an error what is the right answer for a link that was withdrawn."""
    return "410 (Gone)" in message.text


def talk(server: Running, user: str, text: str) -> str:
    """What the bot replies, all of it."""
    answer = server.post("/api/v1/talk", {"user": user, "text": text})
    assert answer.status == 200
    assert all(len(one.encode()) <= 2000 for one in answer.json["reply"])
    return "\n".join(answer.json["reply"])


def link(server: Running, user: str, text: str = MOTHER) -> str:
    """The path of the page that the full answer links to; the user begins anew."""
    talk(server, user, "重新开始")
    for said in (text, "不知道", "不知道", "不知道", "不知道", "不知道", "不知道"):
        if found := re.search(f"{HOUSE}(/a/[a-z2-7]+)$", talk(server, user, said), re.MULTILINE):
            return found[1]
    raise AssertionError("no full answer, no link")


def text_size(page: Page) -> float:
    size: float = page.evaluate("parseFloat(getComputedStyle(document.querySelector('dd')).fontSize)")
    return size


def fits(page: Page) -> bool:
    fit: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return fit


@pytest.mark.browser
def test_the_answer_in_full_large_and_to_be_tapped(page: Page, server: Running) -> None:
    path = link(server, "elder")
    page.goto(server.url + path)
    assert page.title() == "养老服务和补贴说明 · 问养老"
    expect(page.locator("h1")).to_contain_text("您母亲")
    expect(page.locator(".total strong")).to_have_text("185")
    expect(page.locator(".as-of")).to_have_text(
        "截至2026年11月21日，按《南阳市卧龙区基本养老服务清单》（宛龙政办〔2024〕11号，2024年）。"
    )
    allowance = page.locator("section.money .item").filter(has_text="高龄津贴")
    for told in ("八十岁以上老人每月的津贴", "每月不低于50元", "区民政局", "第5项", "村（居）委会", "户口本"):
        expect(allowance).to_contain_text(told)
    expect(allowance.locator("a")).to_have_attribute("href", "tel:12345")
    nursing = page.locator("section.maybe .item").filter(has_text="重度残疾人护理补贴")
    expect(nursing).to_contain_text("还要知道")
    expect(page.locator("section.general .item").first).to_be_visible()
    folded = page.locator("details.rare")
    expect(folded.locator(".item").first).to_be_hidden()
    folded.locator("summary").click()
    expect(folded.locator(".item").first).to_be_visible()
    expect(page.locator(".stamp")).to_be_hidden()
    for one in page.locator(".call-line:visible, .tools a, summary, .tools button:visible").all():
        box = one.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 60, one.inner_text()
    for contrast, size, text in page.evaluate(CONTRASTS):
        assert contrast >= 7, text
        assert size >= 18, text


@pytest.mark.browser
def test_the_size_grows_by_one_switch(page: Page, server: Running) -> None:
    path = link(server, "size")
    page.goto(server.url + path)
    assert text_size(page) == 24
    for label, size in (("最大", 30), ("大字", 18), ("更大", 24), ("最大", 30)):
        page.get_by_role("link", name=label, exact=True).click()
        expect(page.get_by_role("link", name=label, exact=True)).to_have_attribute("aria-current", "true")
        assert text_size(page) == size
    assert fits(page)
    assert urlsplit(page.url).query in {"", "size=30"}
    if not urlsplit(page.url).query:
        page.goto(server.url + path)
        assert text_size(page) == 30
    page.set_viewport_size({"width": 195, "height": 422})
    assert fits(page)
    page.goto(server.url + path + "?size=999")
    assert text_size(page) in {24, 30}


@pytest.mark.browser
def test_what_is_corrected_shows_and_the_button_withdraws(page: Page, server: Running) -> None:
    path = link(server, "corrects")
    page.goto(server.url + path)
    expect(page.locator(".total strong")).to_have_text("185")
    talk(server, "corrects", "说错了，我妈是79岁")
    page.reload()
    expect(page.locator(".total strong")).to_have_text("135")
    refused = page.locator("details.no .item").filter(has_text="高龄津贴")
    expect(refused).to_contain_text("79岁，还没满80周岁")
    page.locator("details.ending summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=say("sheet_withdraw_button"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(say("gone_title"))
    assert server.get(path).status == 410
    page.goto(server.url + path)
    expect(page.locator("a[href='tel:12345']")).to_be_visible()
    for contrast, size, text in page.evaluate(CONTRASTS):
        assert (contrast >= 7, size >= 18) == (True, True), text


@pytest.mark.browser
def test_the_page_is_read_aloud_sentence_by_sentence(browser: Browser, server: Running) -> None:
    path = link(server, "listens")
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.goto(server.url + path)
        expect(page.locator("#read")).to_be_hidden()
        page.add_init_script(VOICE)
        page.reload()
        page.locator("#read").click()
        expect(page.locator("#read")).to_have_text(say("sheet_stop"))
        # Not `wait_for_function`: what it evaluates in the page is forbidden there.
        wait_until(lambda: page.evaluate("said.length === 12"))
        said = page.evaluate("said")
        assert said[:2] == ["您母亲按清单可以享受的服务和补贴", "每月能算清的合起来，至少 185 元"]
        assert max(map(len, said)) < 120
        expect(page.locator(".saying")).to_have_count(1)
        assert fits(page)
        page.locator("#read").click()
        expect(page.locator(".saying")).to_have_count(0)
        expect(page.locator("#read")).to_have_text(say("sheet_read"))


@pytest.mark.browser
def test_on_paper_there_is_room_for_the_stamp(browser: Browser, server: Running) -> None:
    path = link(server, "prints")
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(server.url + path)
        page.emulate_media(media="print")
        expect(page.get_by_text(say("sheet_stamp_office"))).to_be_visible()
        box = page.locator(".seal").bounding_box()
        assert box
        assert box["height"] >= 180
        for one in page.locator(".tools, footer, .calls, details, button").all():
            expect(one).to_be_hidden()
        paper = page.pdf(prefer_css_page_size=True)
    assert re.findall(rb"/MediaBox \[([^]]+)\]", paper)[0].split()[2:] == [b"594.95996", b"841.91998"]
    assert 3 <= len(re.findall(rb"/Type /Page\b", paper)) <= 8


def test_a_link_opens_for_nobody_after_it_is_taken_back(server: Running) -> None:
    for number, words in enumerate(("撤回链接", "删除我的资料", "重新开始")):
        path = link(server, f"back-{number}")
        assert server.get(path).status == 200
        talk(server, f"back-{number}", words)
        gone = server.get(path)
        assert (gone.status, say("gone_title") in gone.text) == (410, True)
    again = re.search(f"{HOUSE}(/a/[a-z2-7]+)$", talk(server, "back-0", "能领什么"), re.MULTILINE)
    assert again
    assert server.get(again[1]).status == 200


def test_nobody_keeps_finds_or_frames_the_page(server: Running) -> None:
    path = link(server, "quiet")
    for answer in (server.get(path), server.get("/a/" + "a" * 32), server.ask("HEAD", path)):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert not re.search(r"<style|style=|<script>|\son\w+=|(?:src|href)=\"(?:https?:)?//", answer.text)
    assert "quiet" not in server.get(path).text


@pytest.mark.parametrize("guess", ["a" * 32, "x", "%E7%88%B1" * 9, "..%2f..%2fx", "A" * 32, "a" * 3000])
def test_a_guessed_link_gets_the_kind_page(server: Running, guess: str) -> None:
    for answer in (server.get(f"/a/{guess}"), server.ask("POST", f"/a/{guess}/withdraw")):
        assert answer.status == 404
        assert say("gone_again") in answer.text
        assert "tel:12345" in answer.text


def test_another_site_withdraws_nothing(server: Running) -> None:
    path = link(server, "foreign")
    assert server.ask("POST", path + "/withdraw", sec_fetch_site="cross-site").status == 403
    assert server.get(path).status == 200
    assert server.ask("POST", path + "/withdraw", sec_fetch_site="same-origin").status == 410
    assert server.get(path).status == 410


def test_what_breaks_tells_no_link_in_the_log(
    server: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = link(server, "broken")

    async def broken(*_: object) -> None:
        raise RuntimeError("the store holds something odd")

    monkeypatch.setattr(Links, "behind", broken)
    assert server.get(path).status == 500
    told = capsys.readouterr()
    assert "/a/{link}" in told.out + told.err
    assert path not in told.out + told.err


def test_a_guess_costs_no_look_at_the_store(tmp_path: Path) -> None:
    with real_server(tmp_path) as store, running(tmp_path, REDIS_URL=store.url) as server:
        links = Links(server.app[KEYRING], server.app[SHELF])
        ours = server.run(links.fresh())
        assert server.get(ours).status == 410
        store.stop()
        assert server.get("/a/" + "a" * 32).status == 404
        down = server.get(ours)
        assert (down.status, say("page_store_down")[:8] in down.text) == (503, True)


@pytest.mark.parametrize("list_id", sorted(CATALOG_OF_ALL.lists))
@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"age": 55},
        {"age": 83, "status": {"low_income": True}, "disability": {"level": 1}, "care": "dependent"},
        {"age_range": [78, 84], "disability": None, "living": {"alone": True}, "hukou_local": False},
        {"birth_date": "1926-12", "merit": {"disabled_soldier": True}, "place": "institution"},
    ],
    ids=range(5),
)
def test_every_entry_of_every_list_has_its_place(list_id: str, facts: dict[str, Any]) -> None:
    found = CATALOG_OF_ALL.lists[list_id]
    session = Session({"王大爷": Person(facts)}, region=found.document.region)
    sheet = sheet_of(session, "王大爷", CATALOG_OF_ALL, TODAY)
    entries = [one for group in GROUPS for one in sheet.groups[group]]
    assert len(entries) == len(found.items)
    assert all(one.plain and one.name and one.agency and one.clause and one.phones for one in entries)
    assert all(one.because or one.asks_for for one in sheet.groups["no"])
    assert all(one.doubt for group in ("maybe", "rare") for one in sheet.groups[group])


def test_a_place_without_a_list_is_told(server: Running) -> None:
    session = Session({"self": Person({"age": 83})}, region="北京")
    sheet = sheet_of(session, "self", CATALOG_OF_ALL, TODAY)
    assert sheet.benefit_list is None
    assert not any(sheet.groups.values())
    path = link(server, "moves")
    talk(server, "moves", "我妈现在住北京")
    assert say("not_covered", region="北京市") in server.get(path).text


def test_a_number_nobody_checked_lately_is_12345() -> None:
    def numbers(day: date) -> list[str]:
        return [one.number for one in phones(("12348", "12393", "12345"), CATALOG_OF_ALL, day)]

    assert numbers(TODAY) == ["12348", "12345"]
    assert numbers(date(2028, 1, 1)) == ["12345"]
