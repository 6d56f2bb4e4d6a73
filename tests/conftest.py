"""What several tests share: the running application, and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalog.load import CATALOG_DATA
from tests.running import PATIENCE_MS, Running, running

# The one without windows takes two thirds of the other's time.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# These take half a minute and more, each in one piece: begun last, the others would be waited for alone.
LONG = (
    "test_high_availability",
    "test_processes",
    "test_deploy_sentinel",
    "test_bookings_under_fire",
    "test_pages_accessible",
    "test_commands",
    "test_pages",
    "test_pages_by_hand",
    "test_deploy_upgrade",
    "test_reception",
    "test_dispatch_platform",
    "test_security_secrets",
    "test_dispatch_sending",
    "test_catalog_check",
    "test_dispatch_callbacks_hostile",
    "test_desk_lookup",
    "test_wechat_pushes",
    "test_deploy_backup",
    "test_rasa_real",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first; within a file all stays as it is written."""
    places = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONG)))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The whole application with its embedded store, now being 2026-11-21 09:00 in China."""
    with running(tmp_path_factory.mktemp("data")) as up:
        yield up


# Of a module, not of the session: while it lives, its loop runs in this thread and tests that await cannot.
@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A headless Chromium of the machine's; tests that need it are skipped where there is none."""
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no chromium on this machine; tests/prepare.py installs it where it may")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the catalog that may be broken."""
    root = tmp_path / "catalog_data"
    shutil.copytree(CATALOG_DATA, root)
    return root
