"""The catalog for editors, in a real browser with and without scripts, and over plain HTTP for what a browser would not do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from typer.testing import CliRunner

from bot.access.roles import Role
from bot.catalog.load import CATALOG_DATA
from bot.commands.catalog import catalog_cli
from bot.keys import AUDIT
from tests.desk_side import Seat, staff_session
from tests.running import PATIENCE_MS, Running

DESK = {"width": 1280, "height": 800}
FILE = "lists.wolong-2024.05-elder-allowance"
NAME = "catalog_data/lists/wolong-2024/05-elder-allowance.yaml"
AT = "/desk/catalog/file/" + FILE
# Judging takes a second of a processor, and other tests may run beside this one.


@pytest.fixture(scope="module")
def editor(server: Running) -> Seat:
    return staff_session(server, "editor", staff_id="s-catalog")


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(request: pytest.FixtureRequest, browser: Browser, server: Running, editor: Seat) -> Iterator[Page]:
    """An editor's page; it fails the test on any request to another host and any error of a script."""
    context = browser.new_context(viewport=DESK, java_script_enabled=request.param, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    editor.into(context, server.url)
    opened, trouble = context.new_page(), []
    opened.on("request", lambda one: trouble.append(one.url) if not one.url.startswith(server.url) else None)
    opened.on("pageerror", lambda one: trouble.append(str(one)))
    opened.on("console", lambda one: trouble.append(one.text) if one.type == "error" else None)
    yield opened
    context.close()
    assert not trouble


def proposes(page: Page, there: str, instead: str) -> None:
    text = page.locator("#text").input_value()
    assert there in text, f"{NAME} has changed; mend this test"
    page.fill("#text", text.replace(there, instead, 1))
    with page.expect_navigation():
        page.get_by_role("button", name="看看改了会怎样").click()


@pytest.mark.browser
def test_an_editor_reads_proposes_and_takes_a_patch_away(page: Page, server: Running, tmp_path: Path) -> None:
    stood = (CATALOG_DATA.parent / NAME).read_bytes()
    page.goto(server.url + "/desk/catalog")
    expect(page.locator("tbody tr").filter(has_text="鄢陵县基本养老服务清单")).to_contain_text("征求意见稿")
    page.get_by_role("link", name="南阳市卧龙区基本养老服务清单").click()
    expect(page.locator("article")).to_have_count(31)
    page.locator("article").get_by_role("link", name="高龄津贴", exact=True).click()
    for told in (
        "物质帮助",
        "满80周岁",
        "90到99周岁：每月不低于100元",
        "区民政局",
        "附件第5项",
        "在90岁重叠",
        "2026-11-21",
    ):
        expect(page.locator("article")).to_contain_text(told)
    expect(page.locator(".where")).to_have_text(re.compile(re.escape(NAME) + r"\s+第3行"))
    page.get_by_role("link", name="提出修改").click()

    proposes(page, "who: {age: {at_least: 80}}", "who: {agee: {at_least: 80}}")
    broken = page.locator(".problems li")
    expect(broken).to_have_count(1)
    for told in ("第5行", "条件里的词写错了", "照词表改", "did you mean 'age'?", "who: {agee:"):
        expect(broken).to_contain_text(told)
    assert page.get_by_role("button", name="下载补丁").count() == 0

    proposes(page, "agee", "age")
    expect(page.locator("main")).to_contain_text("没有改动")
    proposes(page, "value: 50}", "value: 70}")
    expect(page.locator("#told")).to_contain_text("5位")
    elder = page.locator(".elder").filter(has_text="卧龙，只知道83岁")
    expect(elder.locator("tbody tr").first).to_have_text(re.compile(r"整个答案\s*每月合计至少\s*50元\s*70元"))
    expect(elder.locator("tbody tr").last).to_have_text(
        re.compile(r"高龄津贴\s*金额\s*每月不低于50元\s*每月不低于70元")
    )
    elders = [one.strip() for one in page.locator(".elder h3").all_inner_texts()]

    with page.expect_download() as coming:
        page.get_by_role("button", name="下载补丁").click()
    assert re.fullmatch(re.escape(FILE) + r"\.2026-11-21\.patch", coming.value.suggested_filename)
    assert applied(coming.value.path(), tmp_path) == elders
    assert (CATALOG_DATA.parent / NAME).read_bytes() == stood
    noted = server.run(server.app[AUDIT].read("2026-11"))
    assert [(one.what, one.about["file"]) for one in noted if "catalog" in one.what][-1] == (
        "catalog_export",
        FILE,
    )


def applied(patch: Path, folder: Path) -> list[str]:
    """The elders whose answers change by `catalog diff` once git has applied the patch to a copy."""
    shutil.copytree(CATALOG_DATA, folder / "catalog_data")
    subprocess.run(["git", "apply", str(patch)], cwd=folder, check=True)
    arguments = ["diff", str(CATALOG_DATA), str(folder / "catalog_data"), "--json"]
    told = json.loads(CliRunner().invoke(catalog_cli, arguments).stdout)
    return [one["elder"] for one in told["changed"]]


@pytest.mark.browser
def test_what_is_to_be_looked_at_leads_to_its_file(page: Page, server: Running) -> None:
    page.goto(server.url + "/desk/catalog")
    page.get_by_role("link", name="要看一看的").click()
    draft = page.locator(".looks li").filter(has_text="还是征求意见稿")
    expect(draft).to_contain_text("catalog_data/lists/yanling-2024-draft/document.yaml 第6行")
    draft.get_by_role("link").click()
    expect(page.locator("#text")).to_have_value(re.compile("status: draft"))


@pytest.mark.browser
def test_the_pages_fit_and_can_be_tapped_and_read(page: Page, server: Running) -> None:
    small = """() => [...document.querySelectorAll('button, a.go')].filter(e => e.checkVisibility())
      .map(e => [e.textContent.trim(), e.getBoundingClientRect().height]).filter(([, height]) => height < 44)"""
    for path in ("", "/look", "/list/nangong", "/item/kaifeng-10", "/file/hotlines"):
        page.goto(server.url + "/desk/catalog" + path)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate(small) == [], path
        assert page.locator("h1").count() == 1


@pytest.mark.parametrize("role", ["hotline", "worker", "lead"])
def test_others_may_not_see_it(server: Running, role: Role) -> None:
    seat = staff_session(server, role, staff_id=f"s-catalog-{role}")
    assert seat.get(server, "/desk/catalog").status == 403
    assert seat.post(server, AT, {"text": "a: 1", "base": "x"}).status == 403


@pytest.mark.parametrize(
    "id_",
    [
        "..%2F..%2Fpyproject",
        "lists",
        "lists.wolong-2024.05-elder-allowance.yaml",
        "..",
        "%2Fetc%2Fpasswd",
        "README",
    ],
)
def test_only_files_of_the_list_are_opened(server: Running, editor: Seat, id_: str) -> None:
    at = f"/desk/catalog/file/{id_}"
    assert editor.get(server, at).status == 404
    assert editor.post(server, at, {"text": "a: 1", "base": "x"}).status == 404
    assert editor.post(server, at + "/patch", {"text": "a: 1", "base": "x"}).status == 404


def test_unknown_lists_and_entries_are_not_found(server: Running, editor: Seat) -> None:
    assert editor.get(server, "/desk/catalog/list/beijing").status == 404
    assert editor.get(server, "/desk/catalog/item/wolong-99").status == 404


def test_what_is_too_long_is_refused(server: Running, editor: Seat) -> None:
    assert editor.post(server, AT, {"text": "a" * 300_000, "base": "x"}).status == 413


def test_words_are_only_ever_words(server: Running, editor: Seat) -> None:
    text = "</textarea><script>alert(1)</script>{{7*7}}"
    told = editor.post(server, AT, {"text": text, "base": "x"}).text
    assert "<script>alert" not in told
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in told


def test_who_began_on_another_state_of_the_file_is_told(server: Running, editor: Seat) -> None:
    told = editor.post(server, AT, {"text": "a: 1", "base": "0" * 16})
    assert "被别人改过了" in told.text
    assert editor.post(server, AT + "/patch", {"text": "a: 1", "base": "0" * 16}).status == 422


def test_the_longest_file_can_be_proposed(server: Running, editor: Seat) -> None:
    """A form spells a Chinese character in nine bytes; the file of places is the longest that people change."""
    text = (CATALOG_DATA / "regions.yaml").read_text(encoding="utf-8")
    told = editor.post(server, "/desk/catalog/file/regions", {"text": text, "base": "x"})
    assert "没有改动" in told.text
