"""Figures of a month's calls: how many, how long they waited, how they were liked; nothing that tells of a few people."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from bot.catalog.model import Catalog
from bot.dispatch.records import region_name, service_name, words
from bot.models import Request

# Fewer than these are people one might know.
FEWEST: Final = 5


@dataclass(frozen=True, slots=True)
class Row:
    """How many calls, and after how many minutes somebody took them: half of them at the latest after `median`, nine
    of ten after `p90`. None is not shown: `text` says why, or tells the count."""

    name: str
    count: int | None
    text: str
    median: int | None = None
    p90: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a month's calls come to, by when they were submitted."""

    month: str
    total: Row
    by_service: tuple[Row, ...]
    by_area: tuple[Row, ...]
    by_week: tuple[Row, ...]
    satisfaction: tuple[Row, ...]


def figures(requests: Sequence[Request], month: str, catalog: Catalog) -> Figures:
    """The figures of these calls, which are all those of the month."""
    rated = [one for one in requests if one.rating]
    return Figures(
        month,
        _row(month, requests),
        _rows(requests, lambda one: service_name(one.service, catalog), _most_first),
        _rows(requests, lambda one: region_name(one.region, catalog), _most_first),
        _rows(requests, _week, _as_they_come),
        _rows(rated, lambda one: str(words()["ratings"][one.rating]), _good_first, waits=False),
    )


def waited_minutes(request: Request) -> int | None:
    """From when it was submitted to when somebody first took it; None where nobody did."""
    taken = accepted_at(request)
    if taken is None:
        return None
    began = datetime.fromisoformat(request.history[0].at)
    return int((datetime.fromisoformat(taken) - began).total_seconds() // 60)


def accepted_at(request: Request) -> str | None:
    """When somebody first took it; a platform may leave that out and be on the way at once."""
    taken = ("accepted", "on_the_way", "done")
    return next((line.at for line in request.history if line.state in taken), None)


_Groups = dict[str, list[Request]]


def _rows(
    requests: Sequence[Request],
    name: Callable[[Request], str],
    order: Callable[[_Groups], list[str]],
    *,
    waits: bool = True,
) -> tuple[Row, ...]:
    groups: _Groups = defaultdict(list)
    for one in requests:
        groups[name(one)].append(one)
    return _covered([_row(key, groups[key], waits=waits) for key in order(groups)])


def _row(name: str, requests: Sequence[Request], *, waits: bool = True) -> Row:
    count = len(requests)
    if count < FEWEST:
        return Row(name, None, str(words()["few"]))
    minutes = sorted(found for one in requests if (found := waited_minutes(one)) is not None)
    if not waits or len(minutes) < FEWEST:
        return Row(name, count, str(count))
    ninth = minutes[math.ceil(len(minutes) * 0.9) - 1]
    return Row(name, count, str(count), round(median(minutes)), ninth)


def _covered(rows: list[Row]) -> tuple[Row, ...]:
    """Where one count alone is left out, the total would tell it: the next smallest is left out with it."""
    shown = [row for row in rows if row.count is not None]
    if len(rows) - len(shown) != 1 or not shown:
        return tuple(rows)
    least = min(shown, key=lambda row: row.count or 0)
    cover = replace(least, count=None, text=str(words()["hidden"]), median=None, p90=None)
    return tuple(cover if row is least else row for row in rows)


def _most_first(groups: _Groups) -> list[str]:
    """By the count; those that are too few by their names, or their order would tell."""
    return sorted(groups, key=lambda key: (-_at_least(len(groups[key])), key))


def _at_least(count: int) -> int:
    return count if count >= FEWEST else 0


def _as_they_come(groups: _Groups) -> list[str]:
    return sorted(groups, key=lambda key: groups[key][0].history[0].at)


def _good_first(groups: _Groups) -> list[str]:
    return [name for name in words()["ratings"].values() if name in groups]


def _week(request: Request) -> str:
    """Named after its Monday."""
    day = datetime.fromisoformat(request.history[0].at).date()
    monday = day - timedelta(days=day.weekday())
    return str(words()["week"]).format(month=monday.month, day=monday.day)
