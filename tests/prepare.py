"""Puts in place what the tests need beside Python, where it may; says plainly what is missing where it may not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_FONTS = Path("/usr/share/fonts/opentype/noto")
_TRIES = 2
NODE_FOLDER = Path(__file__).resolve().parents[1] / "var" / "node"
NODE_PACKAGE = "@wecom/crypto@1.0.1"


class Need(NamedTuple):
    """A package of Debian's, how to see that it is there, and what is not tested without it."""

    package: str
    there: Callable[[], bool]
    without: str


NEEDS = (
    Need("chromium", lambda: bool(_which("chromium", "chromium-browser")), "the pages in a real browser"),
    Need("fonts-noto-cjk", lambda: any(_FONTS.glob("NotoSansCJK*")), "Chinese letters in the browser"),
    Need("redis-server", lambda: bool(_which("redis-server", "valkey-server")), "the store on a real Redis"),
)


def main() -> None:
    """Quick and silent where everything is there; never fails, for the tests themselves say what they skip."""
    missing = [need for need in NEEDS if not need.there()]
    if missing and _may_install():
        _install([need.package for need in missing])
        missing = [need for need in NEEDS if not need.there()]
    for need in missing:
        print(f"missing: {need.package}; not tested without it: {need.without}")
    if missing:
        print(f"to have all: apt-get install --no-install-recommends {' '.join(n.package for n in missing)}")
    if not node_package_there():
        _install_for_node()


def node_package_there() -> bool:
    """Whether the second opinion on the platform's encryption is in its folder."""
    name, _, version = NODE_PACKAGE.rpartition("@")
    told = NODE_FOLDER / "node_modules" / name / "package.json"
    return told.exists() and json.loads(told.read_text(encoding="utf-8"))["version"] == version


def _install_for_node() -> None:
    without = "not tested without it: the encryption against that of another language"
    if not _which("npm"):
        print(f"missing: npm, for {NODE_PACKAGE}; {without}")
        return
    NODE_FOLDER.mkdir(parents=True, exist_ok=True)
    options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
    patience = ["--fetch-retries=1", "--fetch-timeout=20000"]
    command = ["npm", "install", "--prefix", str(NODE_FOLDER), *options, *patience, NODE_PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    # It names the host that the package came from.
    (NODE_FOLDER / "node_modules" / ".package-lock.json").unlink(missing_ok=True)
    if done.returncode:
        print(f"missing: {NODE_PACKAGE}; {without}: {done.stderr.strip()[-300:]}")


def _which(*names: str) -> str | None:
    return next((found for name in names if (found := shutil.which(name))), None)


def _may_install() -> bool:
    return os.name == "posix" and os.geteuid() == 0 and _which("apt-get") is not None


def _install(packages: list[str]) -> None:
    """Twice, because the lists of packages may be old or absent, or somebody else may be installing."""
    print(f"installing for the tests: {' '.join(packages)}", flush=True)
    for _ in range(_TRIES):
        if _apt("install", "--yes", "--no-install-recommends", *packages):
            return
        _apt("update")


def _apt(*arguments: str) -> bool:
    command = ["apt-get", "--quiet=2", "-o", "DPkg::Lock::Timeout=120", *arguments]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"apt-get {arguments[0]} failed: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.returncode == 0


if __name__ == "__main__":
    main()
