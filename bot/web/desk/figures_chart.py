"""One table as a picture that can be read on a phone and in print: bars under their names, as SVG by itself."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from bot.web.desk.figures_tables import Row, Table, words

# In pixels of the picture's own scale; a small phone (360 px) shows it a little smaller, its letters at 16 px or more.
_WIDTH, _EDGE, _NUMBERS = 288, 4, 64
_LINE, _BAR, _GAP, _TOP = 26, 22, 10, 8
_LONGEST_NAME: Final = 15
_LEGEND: Final = 140
DRAWN: Final = 12
_FILLS: Final = ("#14493b", "url(#hatched)")
_HATCHED: Final = (
    '<pattern id="hatched" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="7" height="7" fill="#ffffff"/><rect width="3" height="7" fill="#14493b"/></pattern>'
)
_FONT: Final = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"


def picture(table: Table) -> str:
    """The first rows of the table; the second number of a row is hatched."""
    rows, columns = table.rows[:DRAWN], table.words["columns"]
    most = max((value for row in rows for value in row.values if value), default=1)
    parts, y = list(_legend(columns)) if len(columns) > 1 else [], _TOP + (_LINE + _GAP) * (len(columns) > 1)
    for row in rows:
        parts += _drawn(row, y, (_WIDTH - 2 * _EDGE - _NUMBERS) / most)
        y += _LINE + _BAR * len(row.values) + _GAP
    if not rows:
        parts.append(_text(_EDGE, y + 18, words()["nothing"]))
        y += _LINE + _GAP
    return _framed(table.words["title"], parts, y)


def _drawn(row: Row, y: float, scale: float) -> Iterator[str]:
    yield _text(_EDGE, y + 19, _short(row.name))
    for place, (value, text) in enumerate(zip(row.values, row.texts, strict=True)):
        top, width = y + _LINE + place * _BAR, (value or 0) * scale
        if value:
            yield _box(_EDGE, top, width, _FILLS[place])
        yield _text(_EDGE + width + (8 if value else 0), top + 16, text, bold=value is not None)


def _legend(columns: list[str]) -> Iterator[str]:
    for place, name in enumerate(columns):
        yield _box(_EDGE + place * _LEGEND, _TOP, 26, _FILLS[place])
        yield _text(_EDGE + place * _LEGEND + 34, _TOP + 16, name)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _framed(title: str, parts: list[str], height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:g}" width="{_WIDTH}" '
        f'height="{height:g}" role="img" font-family="{_FONT}" font-size="18" fill="#1b1e1a">'
        f"<title>{escape(title)}</title><defs>{_HATCHED}</defs>{''.join(parts)}</svg>\n"
    )


def _box(x: float, y: float, width: float, fill: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:.1f}" height="{_BAR - 3}" fill="{fill}" stroke="#14493b"/>'
    )


def _text(x: float, y: float, text: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{weight}>{escape(text)}</text>'
