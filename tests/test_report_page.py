"""The report's page in a real browser: it can be read, on a phone too, and asks nobody for anything."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from nlu.__main__ import main
from tests.test_pages import CONTRASTS, PHONE

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.browser


def test_the_report_has_contrast_and_fits_a_phone(browser: Browser, tmp_path: Path) -> None:
    written, sentences = tmp_path / "report.html", tmp_path / "own.yaml"
    sentences.write_text(
        "- {text: 俺娘83了, intent: goodbye, people: [], emergency: fall}\n- {text: 中, intent: deny}\n",
        encoding="utf-8",
    )
    # Chromium's loop runs in this thread, and the report has one of its own.
    _in_a_thread(
        ["report", "--data-dir", str(ROOT / "var"), "--sentences", str(sentences), "--page", str(written)]
    )
    page, asked = browser.new_page(viewport=PHONE, locale="zh-CN"), []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(written.as_uri())
    assert asked == [written.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for contrast, _, text in page.evaluate(CONTRASTS):
        assert contrast >= 7, text
    page.close()


def _in_a_thread(arguments: list[str]) -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(main, arguments).result() == 0
