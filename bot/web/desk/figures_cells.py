"""What may be shown of counts: none below five, and none from which one below five could be worked out.

All that is shown is added up of cells, each one place in one month. What a cell hides is hidden in every sum that it is
part of, so no difference between two choices of months or places tells more than the cells do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

# Fewer than these are people one might know.
FEWEST: Final = 5


class Cell(NamedTuple):
    """A place ("" where nobody knows it) in a month (2026-11) of whole weeks."""

    month: str
    area: str


Cells = Mapping[Cell, Mapping[str, int]]


def safe(counts: Mapping[str, int], *, parts: bool) -> dict[str, int]:
    """What may be shown of one cell. `parts`: the counts are the parts of a total that is told elsewhere; then the
    hidden ones must be several and come to five at least, or the smallest of the others is hidden with them."""
    shown = {name: count for name, count in counts.items() if count >= FEWEST}
    hidden = [count for count in counts.values() if 0 < count < FEWEST]
    while parts and hidden and shown and (len(hidden) < 2 or sum(hidden) < FEWEST):
        least = min(shown, key=lambda name: (shown[name], name))
        hidden.append(shown.pop(least))
    return shown


def summed(cells: Iterable[Mapping[str, int]], *, parts: bool) -> dict[str, int | None]:
    """Each name's sum over the cells that may show it; None where none of them may."""
    total, names = Counter[str](), set[str]()
    for counts in cells:
        total.update(safe(counts, parts=parts))
        names.update(name for name, count in counts.items() if count)
    return {name: total.get(name) for name in names}


def by_area(cells: Cells) -> dict[str, int | None]:
    """What each place comes to: its counts are the parts of nothing that is told."""
    return summed(({cell.area: sum(counts.values())} for cell, counts in cells.items()), parts=False)
