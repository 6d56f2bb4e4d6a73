"""Writes the page: what the parts measured, their charts, the bars, reached or not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.peers.charts import picture
from tests.bench.peers.figures import Bar, Part, Table, part_from

ORDER = ("turns", "parsing", "deciding", "roster", "growth", "festival")
_HEAD = """# Measured against others · 与同类比较

`python -m tests.bench.peers` installs the peers in environments of their own, runs everything on one machine in one
run, ours and theirs in turn, and writes this page. Figures are medians of the rounds, with the lowest and the highest;
ratios are taken round by round. Every round stands in `measured/*.json`.
"""


def write(folder: Path) -> Path:
    """The page and its pictures out of the parts kept in `folder`/measured."""
    kept = folder / "measured"
    parts = [_read(kept / f"{name}.json") for name in ORDER if (kept / f"{name}.json").exists()]
    for part in parts:
        for chart in part.charts:
            (kept / f"{chart.name}.svg").write_text(picture(chart), encoding="utf-8")
    page = folder / "measured.md"
    page.write_text("\n".join(_lines(parts)) + "\n", encoding="utf-8")
    return page


def _read(file: Path) -> Part:
    return part_from(json.loads(file.read_text(encoding="utf-8")))


def _lines(parts: Sequence[Part]) -> Iterator[str]:
    yield _HEAD
    yield from _bars([bar for part in parts for bar in part.bars])
    for part in parts:
        yield from _part(part)


def _bars(bars: Sequence[Bar]) -> Iterator[str]:
    yield "## The bars · 目标\n"
    yield from [f"* {bar}." for bar in bars if bar.reached]
    for bar in bars:
        if not bar.reached:
            yield f"* {bar}." + (f" In the way: {bar.hindrance}." if bar.hindrance else "")
    yield ""


def _part(part: Part) -> Iterator[str]:
    yield f"## {part.title}\n"
    for text in part.method:
        yield text + "\n"
    for chart in part.charts:
        yield f"![{chart.title}: {chart.alt}](measured/{chart.name}.svg)\n"
    for table in part.tables:
        yield from _table(table)
    for note in part.notes:
        yield f"* {note}"
    if float(part.raw.get("machine", {}).get("load before", 0)) > 1:
        yield "* **Measured on a machine that others used meanwhile**: ratios hold, times are too long."
    if float(part.raw.get("machine", {}).get("taken by the host", "0%").rstrip("%")) > 2:
        yield (
            "* **The host gave the cores to others meanwhile** (see the line below): programs stood still for up to a second. "
            "Processor times and ratios hold as far as they can; times by the clock, and the slowest above all, do not."
        )
    machine = ", ".join(f"{name} {value}" for name, value in part.raw.get("machine", {}).items())
    yield f"\nMeasured on: {machine}.\n" if machine else ""


def _table(table: Table) -> Iterator[str]:
    yield f"**{table.title}**\n"
    yield "| " + " | ".join(table.head) + " |"
    yield "|---" + "|---:" * (len(table.head) - 1) + "|"
    for cells in table.rows:
        yield "| " + " | ".join(cells) + " |"
    yield ""
