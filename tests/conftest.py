"""What several tests share: the running application, and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalog.load import CATALOG_DATA
from tests.running import Running, running

CHROMIUM = ("chromium", "chromium-browser", "/usr/bin/chromium")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


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
    from playwright.sync_api import sync_playwright

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
