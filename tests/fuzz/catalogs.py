"""Catalogs that somebody spoiled: each file's lines moved, cut, doubled, retyped; the check must say where, and never break."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from bot.catalog.load import CATALOG_DATA, load_catalog
from bot.errors import CatalogError
from tests.fuzz.one import Fuzz
from tests.fuzz.pushes import thrown

_FINDING: Final = re.compile(r"catalog_data/[^:\n]+:[1-9][0-9]*: \S")
_VALUES: Final = (
    *(
        "null",
        "true",
        "[]",
        "{}",
        "''",
        "0",
        "-1",
        "3.5",
        "9999999999999999999",
        "80",
        "'80'",
        "~",
        ".nan",
        "1e400",
    ),
    *(
        "2024-01-01",
        "0x10",
        "0o7",
        "1_000",
        "12:30:45",
        "yes",
        "2024-13-45",
        "'2024-02-30'",
        "低保",
        "很" * 400,
    ),
    *(
        "[[[[[[]]]]]]",
        "{age: {at_least: 80}}",
        "{any: [{age: {at_least: 80}}]}",
        "{not: {not: {not: {}}}}",
        "[null]",
    ),
    *(
        "!!python/object/apply:os.getpid []",
        "!!binary aGk=",
        "!!set {a}",
        "!x y",
        "*nobody",
        "&a [*a]",
        "<<: {a: 1}",
    ),
    *(
        "|\n  text",
        ">-\n  text",
        "'",
        '"',
        '"\\ud800"',
        '"\\0"',
        "\u202e",
        "\t",
        "? x",
        "- x",
        "a: b: c",
        "#",
        "%",
        "@",
        "`",
    ),
)


def _replaced(lines: list[str], dice: Random) -> None:
    """Another value behind some key."""
    at = dice.randrange(len(lines))
    key, colon, _ = lines[at].partition(":")
    lines[at] = f"{key}: {dice.choice(_VALUES)}" if colon else f"{key} {dice.choice(_VALUES)}"


def _within(lines: list[str], dice: Random) -> None:
    """Another word in the place of some word."""
    at = dice.randrange(len(lines))
    words = re.findall(r"[\w.-]+", lines[at])
    if words:
        instead = dice.choice((*_VALUES, dice.choice(re.findall(r"[\w-]+", "\n".join(lines)) or ["x"])))
        lines[at] = lines[at].replace(dice.choice(words), instead, 1)


def _gone(lines: list[str], dice: Random) -> None:
    del lines[dice.randrange(len(lines))]


def _twice(lines: list[str], dice: Random) -> None:
    at = dice.randrange(len(lines))
    lines.insert(dice.randrange(len(lines) + 1), lines[at])


def _moved_in(lines: list[str], dice: Random) -> None:
    at = dice.randrange(len(lines))
    lines[at] = " " * dice.choice((1, 2, 4)) + lines[at] if dice.random() < 0.6 else lines[at].lstrip()


def _put(lines: list[str], dice: Random) -> None:
    at = dice.randrange(len(lines))
    place = dice.randrange(len(lines[at]) + 1)
    lines[at] = (
        lines[at][:place] + dice.choice("{}[]:,-'\"#&*!|>%@`\\\t?~\x00\x07\ufeff\u2028") + lines[at][place:]
    )


_WAYS: Final[tuple[Callable[[list[str], Random], None], ...]] = (
    *(_replaced, _replaced, _within, _within, _within, _gone, _twice, _moved_in, _put),
)


@cache
def _home() -> Path:
    """A copy of the catalog for this process."""
    home = Path(tempfile.mkdtemp(prefix="fuzz-")) / "catalog_data"
    shutil.copytree(CATALOG_DATA, home)
    return home


@cache
def _files() -> tuple[Path, ...]:
    return tuple(sorted(one.relative_to(CATALOG_DATA) for one in CATALOG_DATA.rglob("*.yaml")))


def _spoiled(dice: Random) -> tuple[Path, bytes]:
    """One file, and what stands in it instead."""
    file = dice.choice(_files())
    lines = (CATALOG_DATA / file).read_text(encoding="utf-8").splitlines()
    for _ in range(dice.choice((1, 1, 2, 5))):
        lines = lines or [""]
        dice.choice(_WAYS)(lines, dice)
    raw = "\n".join(lines).encode("utf-8", "surrogatepass")
    if dice.random() < 0.05:
        raw = raw[: dice.randrange(len(raw) + 1)]
    return file, raw + b"\n" * dice.randrange(2)


def _loads_or_says_where(spoiled: tuple[Path, bytes]) -> None:
    file, raw = spoiled
    path = _home() / file
    path.write_bytes(raw)
    try:
        load_catalog(_home())
    except CatalogError as error:
        told = error.message.splitlines()
        assert told
        assert all(_FINDING.match(line) for line in told), [
            line for line in told if not _FINDING.match(line)
        ][:3]
    finally:
        shutil.copy(CATALOG_DATA / file, path)


def clean_up() -> None:
    """Takes the copy away."""
    shutil.rmtree(_home().parent, ignore_errors=True)
    _home.cache_clear()


ALL: Final = (Fuzz("catalogs that were spoiled", {"spoiled": thrown(_spoiled)}, _loads_or_says_where),)
