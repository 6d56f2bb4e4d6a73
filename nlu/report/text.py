"""The report as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from nlu.report.measure import Measured
from nlu.report.scores import Outcome
from nlu.report.tables import Row, Table, tables

_NAMES, _GAP = 34, "  "


def as_text(found: Sequence[Measured]) -> Iterator[str]:
    """A table after another; `!` stands before what does harm."""
    for table in tables(found):
        yield ""
        yield from _lines(table)


def faults(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Every sentence that was not read as it should be, and all that is wrong about it."""
    for each in outcomes:
        if each.faults or not each.right:
            asked = f"　（刚问过：{each.case.context}）" if each.case.context else ""
            yield f"[{each.case.theme}] {each.case.text}{asked}"
            yield from (f"    {fault}" for fault in each.faults)
            if each.accepted and not each.right:
                yield f"    （也算对：{each.understood.intent}，最好是{each.case.intents[0]}）"


def _lines(table: Table) -> Iterator[str]:
    heads = [" ".join(filter(None, column)) for column in table.columns]
    title = table.name.upper().replace("_", " ")
    rows = [(title, *heads), *((_name(table, row), *row.cells) for row in table.rows)]
    widths = [max(_width(row[at]) for row in rows) for at in range(len(heads) + 1)]
    widths[0] = max(widths[0], _NAMES)
    for row in rows:
        yield _GAP.join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _name(table: Table, row: Row) -> str:
    keys = " -> ".join(row.keys)
    return ("! " if row.costly else "  ") + (keys.replace("_", " ") if table.name == "summary" else keys)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Chinese characters take two places."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
