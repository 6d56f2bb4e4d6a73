"""The poster: in a real browser it is one sheet of A4 with large letters, and its code is read back by a reader."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page

from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.errors import SettingError
from bot.wechat import commands
from bot.wechat.poster import poster_html, scene
from tests.operators import Operator, operator

URL = "http://weixin.qq.com/q/02wPFKBmPJfu21QQPIxycG"
LONGEST = "第一二三四五六七八九十一二三四五社区"
A4_POINTS = (595, 842)
SMALLEST_PX = 24 * 96 / 72
# Of every element that holds words: the size of its letters, and whether it stands inside of the sheet.
LETTERS = """() => { const sheet = document.body.getBoundingClientRect();
  return [...document.querySelectorAll('body *')].filter(e => [...e.childNodes].some(
    n => n.nodeType === 3 && n.textContent.trim())).map(e => { const b = e.getBoundingClientRect();
      return [e.textContent, parseFloat(getComputedStyle(e).fontSize),
        b.left >= sheet.left && b.right <= sheet.right && b.top >= sheet.top && b.bottom <= sheet.bottom]; }); }"""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def sheet(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when it asks for anything but itself."""
    context = browser.new_context(viewport={"width": 794, "height": 1123}, java_script_enabled=True)
    page, asked = context.new_page(), []
    page.on("request", lambda one: asked.append(one.url))
    page.emulate_media(media="print")
    yield page
    context.close()
    assert not [url for url in asked if not url.startswith(("file:", "about:"))]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalog: Catalog) -> Iterator[Operator]:
    """The catalog is read once for all commands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(commands, "load_catalog", lambda: catalog)
    with operator(tmp_path) as one:
        yield one


def read(picture: Image.Image) -> list[str]:
    """What a reader of codes finds in a picture."""
    return [one.text for one in zxingcpp.read_barcodes(picture)]


def seen(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("L")


def test_the_scene_begins_with_the_region() -> None:
    assert scene("411303") == "411303"
    assert scene("411303", "车站社区") == "411303:车站社区"
    assert scene("411303", "长" * 19).partition(":")[0] == "411303"


@pytest.mark.parametrize("community", ["长" * 20, "a b", "车站\n社区", "411300:车站", "../x", "<b>", " "])
def test_a_community_that_fits_no_code_is_refused(community: str) -> None:
    with pytest.raises(SettingError, match="--community"):
        scene("411303", community)


@pytest.mark.browser
@pytest.mark.parametrize("community", [None, "车站社区", LONGEST])
@pytest.mark.parametrize("longest", [False, True], ids=["卧龙区", "the longest place"])
def test_it_is_one_sheet_with_large_letters(
    sheet: Page, catalog: Catalog, longest: bool, community: str | None
) -> None:
    places = catalog.regions.values()
    place = max(places, key=lambda one: len(one.full)) if longest else catalog.region("411303")
    sheet.set_content(poster_html(place, community, URL))
    printed = sheet.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert box
    assert tuple(round(float(side)) for side in box.groups()) == A4_POINTS
    for words, size, inside in sheet.evaluate(LETTERS):
        assert size >= SMALLEST_PX, words
        assert inside, words
    assert read(seen(sheet)) == [URL]


@pytest.mark.browser
def test_what_it_says(sheet: Page, catalog: Catalog) -> None:
    sheet.set_content(poster_html(catalog.region("411303"), "车站社区", URL))
    text = sheet.inner_text("body")
    for said in ("问养老", "南阳市卧龙区", "车站社区", "扫一扫", "身份证号、银行卡和验证码", "12345"):
        assert said in text
    box = sheet.locator(".code").bounding_box()
    assert box
    assert box["width"] == pytest.approx(box["height"], abs=1)
    assert box["width"] > 75 / 25.4 * 96
    assert sheet.locator("dl").bounding_box()["y"] > box["y"] + box["height"]  # type: ignore[index]


@pytest.mark.browser
def test_a_torn_corner_does_not_matter(sheet: Page, catalog: Catalog) -> None:
    sheet.set_content(poster_html(catalog.region("411303"), None, URL))
    box, picture = sheet.locator(".code svg").bounding_box(), seen(sheet)
    assert box
    right, bottom, torn = box["x"] + box["width"] * 0.88, box["y"] + box["height"] * 0.88, box["width"] * 0.18
    ImageDraw.Draw(picture).rectangle((right - torn, bottom - torn, right, bottom), fill=255)
    assert read(picture) == [URL]


def test_nothing_of_it_lies_elsewhere_and_nothing_runs(catalog: Catalog) -> None:
    page = poster_html(catalog.region("411303"), "<script>alert(1)</script>", URL)
    assert "<script" not in page
    assert not re.search(r"\b(?:src|href)=|@import|url\(", page)
    assert page.count("http") == page.count("http://www.w3.org/2000/svg")


@pytest.mark.browser
def test_the_command_makes_the_poster_of_the_platforms_code(shell: Operator, sheet: Page) -> None:
    told = shell.runs("poster", "411303", "--community", "车站社区")
    assert told.code == 0
    path = shell.folder / "poster-411303-车站社区.html"
    assert path.name in told.out
    ((ticket, held),) = shell.account.tickets.items()
    assert held == "411303:车站社区"
    sheet.goto(path.as_uri())
    assert read(seen(sheet)) == [f"http://weixin.qq.com/q/{ticket[2:26]}"]


def test_a_place_goes_by_its_name_too(shell: Operator) -> None:
    told = shell.runs("poster", "卧龙区", "--out", "here.html")
    assert told.code == 0
    assert list(shell.account.tickets.values()) == ["411303"]
    assert "南阳市卧龙区" in (shell.folder / "here.html").read_text(encoding="utf-8")


def test_a_place_without_a_list_is_said(shell: Operator) -> None:
    told = shell.runs("poster", "411002")
    assert told.code == 0
    assert "no list of ours covers it" in told.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["北京市朝阳区东湖街道某处"], "is no place of regions.yaml"),
        (["999999"], "is no place of regions.yaml"),
        (["411303", "--community", "有 空格"], "--community: write a name"),
        (["411303", "--out", "no/such/folder.html"], "--out:"),
        (["411303", "--out", "."], "--out:"),
        (["411303", "--account", "nowhere"], "no account 'nowhere'"),
    ],
)
def test_what_is_wrong_is_told_before_a_code_is_spent(
    shell: Operator, arguments: list[str], told: str
) -> None:
    answer = shell.runs("poster", *arguments)
    assert answer.code == 2
    assert told in answer.err
    assert not shell.platform.calls


def test_a_file_that_cannot_be_written_is_told(shell: Operator) -> None:
    told = shell.runs("poster", "411303", "--out", "/dev/full")
    assert (told.code, told.err.startswith("--out: /dev/full cannot be written")) == (2, True)


def test_the_platforms_no_leaves_no_file(shell: Operator) -> None:
    shell.platform.forbidden.add("127.0.0.1")
    answer = shell.runs("poster", "411303")
    assert answer.code == 1
    assert "40164" in answer.err
    assert not list(shell.folder.glob("*.html"))
