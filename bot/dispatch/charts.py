"""Figures as pictures: bars in black, white and hatched, so that they can be read in print, as SVG by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from bot.dispatch.figures import Figures, Row
from bot.dispatch.records import words

# In pixels of the picture's own scale.
_WIDTH, _LABELS, _VALUES = 720, 190, 90
_BAR, _GAP, _TOP, _EDGE = 20, 12, 56, 16
_LONGEST: Final = 11
_FILLS: Final = ("#333333", "url(#hatched)")
_HATCHED: Final = (
    '<pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#ffffff"/><rect width="2" height="6" fill="#333333"/></pattern>'
)
_FONT: Final = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif"


@dataclass(frozen=True, slots=True)
class Bar:
    """One label with a value for each series; None is not drawn, and `text` stands in its place."""

    label: str
    values: tuple[int | None, ...]
    text: str = ""


def pictures(told: Figures) -> Mapping[str, str]:
    """Each picture by its name: service, area, week, waiting, satisfaction."""
    counted = {
        "service": told.by_service,
        "area": told.by_area,
        "week": told.by_week,
        "satisfaction": told.satisfaction,
    }
    made = {name: bars(_title(name, told), [_count(row) for row in rows]) for name, rows in counted.items()}
    waiting = [_waiting(row) for row in told.by_service if row.median is not None]
    series = (str(words()["median"]), str(words()["p90"]))
    return made | {"waiting": bars(_title("waiting", told), waiting, series)}


def bars(title: str, rows: Sequence[Bar], series: Sequence[str] = ()) -> str:
    """A picture of horizontal bars as an SVG file; `series` are named above where there are several."""
    most = max((value for row in rows for value in row.values if value), default=1)
    drawn, y = [], _TOP + (_BAR + _GAP if series else 0)
    for row in rows:
        drawn.append(_drawn(row, y, (_WIDTH - _LABELS - _VALUES) / most))
        y += _BAR * len(row.values) + _GAP
    if not rows:
        drawn.append(_text(_EDGE, y + 15, str(words()["none"])))
        y += _BAR + _GAP
    return _framed(title, [*_legend(series), *drawn], y + _EDGE)


def _drawn(row: Bar, y: int, scale: float) -> str:
    middle = y + _BAR * len(row.values) / 2 + 5
    label = row.label if len(row.label) <= _LONGEST else row.label[: _LONGEST - 1] + "…"
    parts = [_text(_LABELS - 10, middle, label, "end")]
    for place, value in enumerate(row.values):
        top, width = y + place * _BAR, (value or 0) * scale
        if value is not None:
            parts.append(_box(_LABELS, top, width, _FILLS[place]))
        parts.append(_text(_LABELS + width + 6, top + 15, row.text if value is None else str(value)))
    return "".join(parts)


def _legend(series: Sequence[str]) -> list[str]:
    places = [(_LABELS + 160 * place, name, _FILLS[place]) for place, name in enumerate(series)]
    return [_box(x, _TOP - 8, 24, fill) + _text(x + 32, _TOP + 7, name) for x, name, fill in places]


def _framed(title: str, parts: Sequence[str], height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:g}" width="{_WIDTH}" '
        f'height="{height:g}" role="img" font-family="{_FONT}" font-size="15">'
        f"<title>{escape(title)}</title><defs>{_HATCHED}</defs>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>{_text(_EDGE, 30, title, bold=True)}'
        f"{''.join(parts)}</svg>\n"
    )


def _box(x: float, y: float, width: float, fill: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:.1f}" height="{_BAR - 4}" fill="{fill}" stroke="#333333"/>'
    )


def _text(x: float, y: float, text: str, anchor: str = "start", *, bold: bool = False) -> str:
    weight = ' font-weight="bold" font-size="18"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'


def _title(name: str, told: Figures) -> str:
    return str(words()["pictures"][name]).format(month=told.month)


def _count(row: Row) -> Bar:
    return Bar(row.name, (row.count,), row.text)


def _waiting(row: Row) -> Bar:
    return Bar(row.name, (row.median, row.p90))
