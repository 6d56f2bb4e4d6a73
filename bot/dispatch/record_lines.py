"""Calls and figures as lines for a terminal, in which what people wrote can do no harm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from bot.dispatch.figures import Figures, Row

_HEAD: Final = ("number", "service_name", "region_name", "state", "time", "worker", "booked_by", "rating")


def listed(one: dict[str, Any]) -> str:
    """One line of a list, with tabs between; of `records.line_as_data`."""
    marks = " ".join(name for name in ("urgent", "late") if one[name])
    named = ("number", "state", "service_name", "region_name", "created", "time", "worker")
    return "\t".join([*(one[name] or "" for name in named), marks])


def shown(told: dict[str, Any]) -> Iterator[str]:
    """One call with its history; of `records.as_data`."""
    people = told["personal"] or {}
    for name, value in [*((name, told[name]) for name in _HEAD), *people.items()]:
        if value:
            yield f"{name}: {_plain(value)}"
    yield "history: " + ("intact" if told["intact"] else "NOT INTACT: it was changed outside of the program")
    for line in told["history"]:
        yield "\t".join((line["at"], line["state"], line["by"], _plain(line["note"])))


def told(figures: Figures) -> Iterator[str]:
    """The figures, table after table."""
    yield _row(figures.total)
    tables = {
        "services": figures.by_service,
        "areas": figures.by_area,
        "weeks": figures.by_week,
        "satisfaction": figures.satisfaction,
    }
    for name, rows in tables.items():
        yield from ("", f"{name}:", *map(_row, rows))


def _row(row: Row) -> str:
    if row.median is None:
        return f"{row.name}\t{row.text}"
    return f"{row.name}\t{row.text}\ttaken after {row.median} min (median), {row.p90} min (90 %)"


def _plain(text: str) -> str:
    """No letter that a terminal obeys."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
