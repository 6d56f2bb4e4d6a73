"""Every page in a real browser, for whoever sees or reaches badly: no fault that axe-core finds, contrast, sizes, zoom, focus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from bot.access.roles import Role
from bot.web.desk import requests_events
from tests.every_page import HOUSE, NO_PAGES, SIGHTS, Sight, World, world_of
from tests.prepare import AXE, AXE_PACKAGE
from tests.running import PATIENCE_MS, running

pytestmark = pytest.mark.browser

CHECKS = Path(__file__).with_name("page_checks.js").read_text(encoding="utf-8")
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
# A screen of 1280 at 200 %, and at 400 % (or a phone of 640 at 200 %): WCAG 2.2, 1.4.4 and 1.4.10.
ZOOMED: tuple[ViewportSize, ...] = ({"width": 640, "height": 400}, {"width": 320, "height": 568})
# Its measure of contrast takes longest and finds no more than ours, which is run at both sizes.
_QUICK = "axe.run({resultTypes: ['violations'], preload: false, rules: {'color-contrast': {enabled: %s}}})"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        pytest.MonkeyPatch.context() as patch,
        running(tmp_path_factory.mktemp("pages"), PUBLIC_URL=HOUSE) as server,
    ):
        # A page whose session is over is told so at once, not at the next round.
        patch.setattr(requests_events, "THERE_S", 0.3)
        yield world_of(server)


@pytest.fixture(scope="module")
def windows(browser: Browser, world: World) -> Iterator[dict[str | None, BrowserContext]]:
    """A window for everybody, and one for nobody."""
    made: dict[str | None, BrowserContext] = {
        who: browser.new_context(viewport=DESK, locale="zh-CN") for who in (None, *world.seats)
    }
    for who, context in made.items():
        context.set_default_timeout(PATIENCE_MS)
        if who:
            world.seats[who].into(context, world.server.url)
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def page(windows: dict[str | None, BrowserContext], world: World, sight: Sight) -> Iterator[Page]:
    """The page as the sight tells."""
    opened = windows[sight.who].new_page()
    came = opened.goto(world.address(sight))
    assert came
    assert came.status == sight.status
    if sight.steps:
        sight.steps(opened)
    yield opened
    opened.close()


def faults(page: Page, size: ViewportSize, *checks: str) -> list[str]:
    """What the checks find at this size."""
    page.set_viewport_size(size)
    found = [fault for check in checks for fault in page.evaluate(f"{CHECKS}.{check}")]
    return [f"at {size['width']}: {fault}" for fault in found]


def axe(page: Page, size: ViewportSize) -> list[str]:
    if not AXE.exists():
        return []
    page.set_viewport_size(size)
    told = page.evaluate(_QUICK % ("true" if size == DESK else "false"))["violations"]
    return [f"at {size['width']}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in told]


def test_every_page_is_looked_at(world: World) -> None:
    """A new page is not forgotten: it stands in tests/every_page.py, or is told there to be none."""
    routes = {route.resource.canonical for route in world.server.app.router.routes() if route.resource}
    gets = {
        route.resource.canonical
        for route in world.server.app.router.routes()
        if route.resource and route.method == "GET"
    }
    seen = {sight.route for sight in SIGHTS}
    assert not {one for one in gets if not NO_PAGES.fullmatch(one)} - seen, "add a Sight for these"
    assert seen <= routes | {"lost"}
    assert {sight.who for sight in SIGHTS} >= {None, *get_args(Role)}


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda one: one.name)
def test_everybody_can_use_it(page: Page, sight: Sight) -> None:
    contrast, tap = (7, 60) if sight.for_elders else (4.5, 24 if sight.for_programmers else 44)
    # With a mouse staff hit what unfolds a note at WCAG's own size; everything else is as large as for a thumb.
    measured = [f"contrasts({contrast})", "edges()", "cut()", "structure()"]
    if sight.for_elders:
        measured.append("letters(18)")
    if AXE.exists():
        page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    found = [*faults(page, DESK, *measured, f"taps({tap}, '.note > summary')"), *axe(page, DESK)]
    found += faults(page, PHONE, *measured, f"taps({tap})")
    if sight.for_elders:
        found += axe(page, PHONE)
    page.keyboard.press("Tab")
    found += faults(page, PHONE, "focus()")
    for size in ZOOMED:
        found += faults(page, size, "cut()", "reachable()")
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.mark.skipif(not AXE.exists(), reason=f"no {AXE_PACKAGE}; tests/prepare.py fetches it")
def test_axe_finds_what_is_wrong(browser: Browser) -> None:
    """A page with faults fails, so that a script that does nothing is noticed."""
    with browser.new_context(viewport=DESK) as context:
        page = context.new_page()
        page.set_content("<p style='color:#aaa;background:#fff'>看不清<img src=x><input><a href=/x></a>")
        page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
        told = " ".join(axe(page, DESK))
        for rule in ("color-contrast", "image-alt", "label", "link-name", "html-has-lang"):
            assert rule in told
        ours = faults(page, DESK, "contrasts(4.5)", "taps(44)", "structure()")
        assert any("contrast" in one for one in ours)
        assert any("headings" in one for one in ours)
