"""A proposal of a change to one file: is it sound, whose answer changes, and the patch. Nothing here changes a file."""

from __future__ import annotations

import asyncio
import difflib
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from bot.errors import Refused
from bot.web.desk.catalog_mends import Problem, problems_of

LONGEST: Final = 256 * 1024
_PATIENCE_S: Final = 45.0
_HERE: Final = Path(__file__).resolve().parents[3]
log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# They take a processor for a second each.
_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class Judged:
    """`problems` where the loader refuses it, `comparison` (`catalog_words.told`) where not; neither where the
    loader could not even end: too deep, or built on references."""

    problems: tuple[Problem, ...] = ()
    comparison: dict[str, Any] | None = None


def as_written(text: str) -> str:
    """What a browser posts as it stands in a file: one newline at every end of a line, and at the end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines if lines.endswith("\n") or not lines else lines + "\n"


def mark_of(text: str) -> str:
    """Tells one state of a file from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def patch_of(name: str, before: str, after: str) -> str:
    """For `git apply` in the project's folder; empty where nothing differs."""
    told = "".join(difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}"))
    return f"diff --git a/{name} b/{name}\n{told}" if told else ""


class Bench:
    """Where proposals are judged: one at a time for each editor, two at a time in all."""

    def __init__(self, root: Path, patience_s: float = _PATIENCE_S) -> None:
        self.root = root
        self._patience_s = patience_s
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._busy: set[str] = set()

    async def judged(self, editor: str, path: Path, text: str) -> Judged:
        """The catalog against a copy of it where `path` holds `text`; raises `Refused` for a second one meanwhile."""
        if editor in self._busy:
            raise Refused("your last proposal is still being judged; wait for it", code="busy")
        self._busy.add(editor)
        try:
            async with self._at_once:
                with tempfile.TemporaryDirectory(prefix="catalog-") as folder:
                    new = await asyncio.to_thread(_copy, self.root, path, text, Path(folder))
                    return await _compared(self.root, new, self._patience_s)
        finally:
            self._busy.discard(editor)


async def _compared(root: Path, new: Path, patience_s: float) -> Judged:
    arguments = ("-m", "bot.web.desk.catalog_compared", str(root), str(new))
    pipe, none = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    # Without our environment: secrets have no business there.
    child = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=_HERE, env={}, stdin=none, stdout=pipe, stderr=none
    )
    try:
        out, _ = await asyncio.wait_for(child.communicate(), patience_s)
    except TimeoutError:
        return Judged()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        log.warning("a proposal could not be judged", ended_with=child.returncode)
        return Judged()
    found: dict[str, Any] = json.loads(out)
    if "problems" in found:
        return Judged(problems_of(found["problems"]))
    return Judged(comparison=found)


def _copy(root: Path, path: Path, text: str, folder: Path) -> Path:
    new = folder / root.name
    shutil.copytree(root, new, ignore=shutil.ignore_patterns("__pycache__", "*.md", "*.py"))
    (new / path.relative_to(root)).write_text(text, encoding="utf-8", newline="")
    return new


def _lines(text: str) -> Sequence[str]:
    """Lines as git has them: Chinese texts may hold characters that Python takes for the end of a line."""
    ended = [f"{line}\n" for line in text.split("\n")]
    last = ended.pop().removesuffix("\n")
    return [*ended, f"{last}\n\\ No newline at end of file\n"] if last else ended
