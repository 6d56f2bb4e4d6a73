"""The loader's findings for people: which file and line, and what they mean by the table in catalog_data/README.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from bot.catalog.load import CATALOG_DATA

_HEADING: Final = "## 检查会说什么"
_ROW: Final = re.compile(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
_FINDING: Final = re.compile(r"(?P<file>[^:]+):(?P<line>\d+): (?P<says>.*)", re.DOTALL)
# What differs from one finding to the next: a name, a number, a quoted word.
_VARIES: Final = re.compile(r"'[^']*'|\d[\d:-]*|…|services/[\w-]+")


class Problem(NamedTuple):
    """`says` in the loader's words; `means` and `mend` are empty where the table has no row for it."""

    file: str
    line: int
    says: str
    means: str = ""
    mend: str = ""


def problems_of(findings: Sequence[str]) -> tuple[Problem, ...]:
    """`file:line: what; how to mend`, each with its row of the table."""
    return tuple(map(_problem, findings))


def _problem(finding: str) -> Problem:
    match = _FINDING.match(finding)
    if match is None:
        return Problem("", 1, finding)
    says = match["says"]
    rows = [row for row in _rows() if row[0].match(says)]
    _, means, mend = max(rows, key=lambda row: len(row[0].pattern), default=(None, "", ""))
    return Problem(match["file"], int(match["line"]), says, means, mend)


@cache
def _rows() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    table = (
        (CATALOG_DATA / "README.md").read_text(encoding="utf-8").partition(_HEADING)[2].partition("\n## ")[0]
    )
    return tuple((_pattern(says), _plain(means), _plain(mend)) for says, means, mend in _ROW.findall(table))


def _pattern(says: str) -> re.Pattern[str]:
    """The finding of the table, whatever it names."""
    first, space, rest = says.partition(" ")
    fixed = [re.escape(part) for part in _VARIES.split(space + rest)]
    return re.compile(
        (_VARIES.sub("", first) and r"\S+") + ".*?".join(fixed) if space else r".*?" + re.escape(first)
    )


def _plain(words: str) -> str:
    return words.replace("`", "")
