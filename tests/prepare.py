"""Puts in place what the tests need beside Python, where it may; says plainly what is missing where it may not."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_FONTS = Path("/usr/share/fonts/opentype/noto")
_TRIES = 2


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
