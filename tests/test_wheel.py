"""The wheel carries everything: catalog, wording, templates, training sentences."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TRY = """
from bot.catalog.load import load_catalog
from bot.dialogue.wording import say
from bot.web.pages import HERE
from nlu.readers import emergency
from nlu.train import fingerprint
assert len(load_catalog().lists) == 5
assert say("greeting") and fingerprint()
assert (HERE / "templates").is_dir() and (HERE / "static").is_dir()
assert emergency.read("我爹晕倒了叫不醒")
print("whole")
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
    ]
    subprocess.run([*build, str(folder), str(ROOT)], check=True, capture_output=True, cwd=folder)
    with zipfile.ZipFile(next(folder.glob("wenyanglao-*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_finds_its_data(unpacked: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", TRY],
        cwd=tmp_path,
        env={"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
    )
    assert run.stdout.strip() == "whole", run.stderr
