"""Puts in place what the tests need beside Python, where it may; says plainly what is missing where it may not."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_FONTS = Path("/usr/share/fonts/opentype/noto")
_TRIES = 2
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
# Not on everybody's PATH.
_SBIN = ("/usr/sbin/nginx", "/usr/local/sbin/nginx")
NODE_FOLDER = Path(__file__).resolve().parents[1] / "var" / "node"
NODE_PACKAGE = "@wecom/crypto@1.0.1"
AXE_PACKAGE = "axe-core@4.14.1"
_AXE_INTEGRITY = (
    "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
)
# Its version stands in its name, so that another one is fetched anew.
AXE = NODE_FOLDER.parent / "axe" / f"{AXE_PACKAGE}.min.js"
_FOR_AXE = "not tested without it: that no page has a fault that axe-core finds"
_PATIENCE = ("--fetch-retries=1", "--fetch-timeout=20000")


class Need(NamedTuple):
    """A package of Debian's, how to see that it is there, and what is not tested without it."""

    package: str
    there: Callable[[], bool]
    without: str


NEEDS = (
    Need("chromium-headless-shell", lambda: bool(_which(*_BROWSERS)), "the pages in a real browser"),
    Need("fonts-noto-cjk", lambda: any(_FONTS.glob("NotoSansCJK*")), "Chinese letters in the browser"),
    Need("redis-server", lambda: bool(_which("redis-server", "valkey-server")), "the store on a real Redis"),
    Need("nginx", lambda: bool(_which("nginx", *_SBIN)), "the proxy's configuration and upgrades behind it"),
    Need("systemd", lambda: bool(_which("systemd-analyze")), "the units"),
    Need("age", lambda: bool(_which("age")), "encrypted back-ups"),
    Need(
        "docker-compose",
        lambda: bool(_which("docker-compose")),
        "the configuration of compose as it reads it",
    ),
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
    if not AXE.exists():
        _fetch_axe()


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
    command = ["npm", "install", "--prefix", str(NODE_FOLDER), *options, *_PATIENCE, NODE_PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    # It names the host that the package came from.
    (NODE_FOLDER / "node_modules" / ".package-lock.json").unlink(missing_ok=True)
    if done.returncode:
        print(f"missing: {NODE_PACKAGE}; {without}: {done.stderr.strip()[-300:]}")


def _fetch_axe() -> None:
    if not _which("npm"):
        print(f"missing: npm, for {AXE_PACKAGE}; {_FOR_AXE}")
        return
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, *_PATIENCE, AXE_PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        came = next(Path(folder).glob("*.tgz"), None)
        if done.returncode or came is None:
            print(f"missing: {AXE_PACKAGE}; {_FOR_AXE}: {done.stderr.strip()[-300:]}")
        elif _integrity(came) != _AXE_INTEGRITY:
            print(f"missing: {AXE_PACKAGE}; {_FOR_AXE}: what came is not what was pinned")
        else:
            _keep_axe(came)


def _integrity(package: Path) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()


def _keep_axe(package: Path) -> None:
    with tarfile.open(package) as opened:
        script = opened.extractfile("package/axe.min.js")
        assert script
        AXE.parent.mkdir(parents=True, exist_ok=True)
        AXE.write_bytes(script.read())


def _which(*names: str) -> str | None:
    return next((found for name in names if (found := shutil.which(name))), None)


def _may_install() -> bool:
    return os.name == "posix" and os.geteuid() == 0 and _which("apt-get") is not None


def _install(packages: list[str]) -> None:
    """Twice, because the lists of packages may be old or absent, or somebody else may be installing; one by one where
    one of them is not to be had."""
    print(f"installing for the tests: {' '.join(packages)}", flush=True)
    for _ in range(_TRIES):
        if _apt("install", "--yes", "--no-install-recommends", *packages):
            return
        _apt("update")
    for package in packages:
        _apt("install", "--yes", "--no-install-recommends", package)


def _apt(*arguments: str) -> bool:
    command = ["apt-get", "--quiet=2", "-o", "DPkg::Lock::Timeout=120", *arguments]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"apt-get {arguments[0]} failed: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.returncode == 0


if __name__ == "__main__":
    main()
