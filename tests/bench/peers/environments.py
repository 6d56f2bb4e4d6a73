"""An environment of its own for each peer, made once from its pinned and hashed requirements."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent
KEPT = ROOT / ".bench"


def kept() -> Path:
    """The folder for everything that is made here; git does not see it."""
    KEPT.mkdir(exist_ok=True)
    (KEPT / ".gitignore").write_text("*\n", encoding="utf-8")
    return KEPT


def python_of(peer: str) -> Path:
    """The interpreter with the peer installed; made where its requirements are new. Raises CalledProcessError."""
    lock = HERE / "requirements" / f"{peer}.lock"
    seen = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:12]
    place = kept() / f"{peer}-{seen}"
    python = place / "bin" / "python"
    if not (place / ".ready").exists():
        print(f"installing {peer} in {place.relative_to(ROOT)}", flush=True)
        _make(place, python, lock)
        (place / ".ready").touch()
    return python


def _make(place: Path, python: Path, lock: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        _run(uv, "venv", "--quiet", "--python", sys.executable, place)
        _run(uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", lock)
        return
    _run(sys.executable, "-m", "venv", place)
    quiet = ("--quiet", "--disable-pip-version-check")
    _run(python, "-m", "pip", "install", *quiet, "--require-hashes", "--no-deps", "-r", lock)


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True)


def version_of(python: Path, package: str) -> str:
    """The installed version of a package there."""
    code = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    told = subprocess.run([python, "-c", code, package], check=True, capture_output=True, text=True)
    return told.stdout.strip()
