"""Which of a user's calls every turn needs, and which only a turn that is about them."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest

from bot.booking.table import FINISHED
from bot.models import Request

# More than one user may book in a day, so that whoever counts a day's calls among these counts all of them.
NEWEST = 12


def settled(requests: Iterable[Request]) -> list[Request]:
    """Those that are over and among neither the newest nor those that were moved last."""
    known = list(requests)
    newest = nlargest(NEWEST, known, key=lambda one: (one.history[0].at, one.id))
    moved = nlargest(NEWEST, known, key=lambda one: (one.history[-1].at, one.id))
    needed = {one.id for one in (*newest, *moved)}
    return [one for one in known if one.state in FINISHED and one.id not in needed]
