"""Horizontal bars with their range, as SVG by themselves: black and white, readable in print."""

from __future__ import annotations

from html import escape

from tests.bench.peers.figures import Chart, short

# In pixels of the picture's own scale.
_WIDTH, _LABELS, _VALUES, _STEP, _BAR, _TOP, _EDGE = 760, 270, 90, 34, 18, 56, 16
_FONT = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif"


def picture(chart: Chart) -> str:
    """The whole file; ours are filled, others are outlined, a line shows the lowest and the highest round."""
    most = max((high for _, _, _, high in chart.rows), default=1.0) or 1.0
    scale = (_WIDTH - _LABELS - _VALUES) / most
    drawn = [_drawn(one, _TOP + place * _STEP, scale) for place, one in enumerate(chart.rows)]
    height = _TOP + len(chart.rows) * _STEP + _EDGE
    title = f"{chart.title} ({chart.unit})"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img" font-family="{_FONT}" font-size="14"><title>{escape(chart.title)}</title>'
        f'<desc>{escape(chart.alt)}</desc><rect width="100%" height="100%" fill="#ffffff"/>'
        f'<text x="{_EDGE}" y="30" font-weight="bold" font-size="16">{escape(title)}</text>{"".join(drawn)}</svg>\n'
    )


def _drawn(one: tuple[str, float, float, float], y: int, scale: float) -> str:
    label, middle, low, high = one
    fill = "#333333" if label.startswith("ours") else "#ffffff"
    centre = y + _BAR / 2
    left, right = _LABELS + low * scale, _LABELS + high * scale
    return (
        f'<text x="{_LABELS - 10}" y="{y + 14}" text-anchor="end">{escape(label)}</text>'
        f'<rect x="{_LABELS}" y="{y}" width="{max(1.0, middle * scale):.1f}" height="{_BAR}" fill="{fill}" stroke="#333333"/>'
        f'<path d="M{left:.1f} {centre}H{right:.1f}M{left:.1f} {y + 4}v10M{right:.1f} {y + 4}v10" stroke="#888888" '
        f'stroke-width="2"/><text x="{right + 8:.1f}" y="{y + 14}">{short(middle)}</text>'
    )
