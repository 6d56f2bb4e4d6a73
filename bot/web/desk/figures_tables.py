"""The tables of the figures: what is counted in them, how their rows are called and in which order they stand."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any, Final

from bot.catalog import lined_yaml
from bot.catalog.model import Catalog
from bot.counting import turns
from bot.dispatch.figures import waited_minutes
from bot.dispatch.records import service_name
from bot.dispatch.records import words as record_words
from bot.errors import CatalogError
from bot.models import Request
from bot.web.desk.figures_cells import FEWEST, Cell, Cells, by_area, safe, summed
from bot.web.desk.figures_read import Known, week_of

_MOST_WORDS: Final = 60
Sums = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A row's name and its numbers; None may not be shown."""

    name: str
    values: tuple[int | None, ...]

    @property
    def texts(self) -> list[str]:
        hidden = str(words()["hidden"])
        return [hidden if value is None else str(value) for value in self.values]


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its words; `id` names its picture and its file."""

    id: str
    rows: tuple[Row, ...]

    @property
    def words(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = words()["tables"][self.id]
        return found

    @property
    def lines(self) -> list[list[str]]:
        """The head and every row, as text."""
        head = [self.words["head"], *self.words["columns"]]
        return [head, *([row.name, *row.texts] for row in self.rows)]


def tables(known: Known, areas: set[str], catalog: Catalog) -> dict[str, Table]:
    """All tables of these places by their ids, in the order of the page."""
    calls = {cell: found for cell, found in known.calls.items() if cell.area in areas}
    counts = {cell: found for cell, found in known.counts.items() if cell.area in areas}
    made = [*_talk(counts, catalog), *_calls(calls, catalog)]
    return {table.id: table for table in made}


@cache
def words() -> Mapping[str, Any]:
    """The words of the YAML beside this module; raises `CatalogError`."""
    path = Path(__file__).with_name("figures_words.yaml")
    read = lined_yaml.read(path, path.name)
    if read.problems:
        raise CatalogError(read.problems)
    found: Mapping[str, Any] = read.data
    return found


def area_name(area: str, catalog: Catalog) -> str:
    """The place's full name."""
    return catalog.region(area).full if area else str(words()["unknown"])


def _talk(counts: Mapping[Cell, Mapping[tuple[str, turns.Named], int]], catalog: Catalog) -> list[Table]:
    def of(*whats: str, key: Callable[[str, turns.Named], str] = lambda _, one: one.which) -> Cells:
        cells: dict[Cell, Counter[str]] = defaultdict(Counter)
        for cell, found in counts.items():
            for (week, one), count in found.items():
                if one.what in whats:
                    cells[cell][key(week, one)] += count
        return cells

    messages = of(turns.MESSAGES, key=lambda week, _: week)
    numbers = summed(of(*words()["talk"], key=lambda _, one: one.what).values(), parts=False)
    asked = summed(of(turns.ASKED).values(), parts=False)
    said = summed(of(turns.WORD).values(), parts=False)
    return [
        Table("talk", tuple(Row(name, (numbers.get(id_, 0),)) for id_, name in words()["talk"].items())),
        _by_week("talk-week", messages),
        _rows("talk-area", by_area(messages), lambda area: area_name(area, catalog)),
        _rows("questions", asked, lambda id_: _question(id_, catalog)),
        _found(of(turns.SURE), of(turns.POSSIBLE), catalog),
        Table("words", _learned(said)),
    ]


def _calls(calls: Mapping[Cell, tuple[Request, ...]], catalog: Catalog) -> list[Table]:
    def of(key: Callable[[Request], str]) -> dict[Cell, Counter[str]]:
        return {cell: Counter(filter(None, map(key, found))) for cell, found in calls.items()}

    services, weeks = of(lambda one: one.service), of(week_of)
    ratings: dict[str, str] = record_words()["ratings"]
    rated = summed(of(lambda one: one.rating or "").values(), parts=True)
    return [
        _rows("calls-service", summed(services.values(), parts=True), lambda id_: service_name(id_, catalog)),
        _rows("calls-area", by_area(services), lambda area: area_name(area, catalog)),
        _by_week("calls-week", weeks),
        Table("waiting", _waiting(calls, services, catalog)),
        Table(
            "satisfaction", tuple(Row(name, (rated[id_],)) for id_, name in ratings.items() if id_ in rated)
        ),
    ]


def _rows(id_: str, sums: Sums, name: Callable[[str], str]) -> Table:
    """The most first; those that are hidden by their names, or their order would tell."""
    order = sorted(sums, key=lambda one: (-(sums[one] or 0), name(one)))
    return Table(id_, tuple(Row(name(one), (sums[one],)) for one in order))


def _by_week(id_: str, cells: Cells) -> Table:
    sums = summed(cells.values(), parts=True)
    return Table(id_, tuple(Row(_week(week), (sums[week],)) for week in sorted(sums)))


def _found(sure: Cells, possible: Cells, catalog: Catalog) -> Table:
    yes, maybe = (summed(cells.values(), parts=False) for cells in (sure, possible))
    order = sorted({*yes, *maybe}, key=lambda id_: (-(yes.get(id_) or 0), -(maybe.get(id_) or 0), id_))
    rows = (Row(_entitlement(id_, catalog), (yes.get(id_, 0), maybe.get(id_, 0))) for id_ in order)
    return Table("found", tuple(rows))


def _learned(sums: Sums) -> tuple[Row, ...]:
    """The commonest; a piece that only ever stands in a longer one is left to that."""
    shown = {piece: count for piece, count in sums.items() if count is not None}
    whole = [
        piece
        for piece, count in shown.items()
        if not any(piece != other and piece in other and shown[other] >= count for other in shown)
    ]
    order = sorted(whole, key=lambda piece: (-shown[piece], piece))
    return tuple(Row(piece, (shown[piece],)) for piece in order[:_MOST_WORDS])


def _waiting(calls: Mapping[Cell, tuple[Request, ...]], services: Cells, catalog: Catalog) -> tuple[Row, ...]:
    """Of the calls that are counted above; the longest first."""
    minutes: dict[str, list[int]] = defaultdict(list)
    for cell, found in calls.items():
        shown = safe(services[cell], parts=True)
        for one in found:
            if one.service in shown and (waited := waited_minutes(one)) is not None:
                minutes[one.service].append(waited)
    rows = (
        Row(service_name(id_, catalog), _spread(told)) for id_, told in minutes.items() if len(told) >= FEWEST
    )
    return tuple(sorted(rows, key=lambda row: (-(row.values[0] or 0), row.name)))


def _spread(minutes: Sequence[int]) -> tuple[int, int]:
    ordered = sorted(minutes)
    return round(median(ordered)), ordered[math.ceil(len(ordered) * 0.9) - 1]


def _week(week: str) -> str:
    day = date.fromisoformat(week)
    return str(words()["week"]).format(month=day.month, day=day.day)


def _question(id_: str, catalog: Catalog) -> str:
    """Its words up to the question mark; its id where no file tells of it any more."""
    question = catalog.questions.get(id_)
    asked = question.form.text.format(who=words()["who"]) if question else id_
    return asked.partition("？")[0]


def _entitlement(id_: str, catalog: Catalog) -> str:
    service = catalog.services.get(id_)
    return service.name if service else id_
