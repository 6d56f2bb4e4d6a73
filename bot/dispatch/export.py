"""A month's calls as a table, for Excel and for other programs; no cell of it is ever taken for a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib import import_module
from typing import Final, Literal

from bot.booking.history import entered, intact
from bot.booking.table import FINISHED
from bot.catalog.model import Catalog
from bot.dispatch.figures import accepted_at, waited_minutes
from bot.dispatch.records import PERSONAL, region_name, service_name, words
from bot.dispatch.staff import booked_by
from bot.models import Request, Staff

Format = Literal["csv", "xlsx"]
MEDIA: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What begins a formula, full-width too: some input methods and programs take these for the same.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Excel holds no more in a cell.
_LONGEST_CELL: Final = 32_000
_WIDE: Final = 18


def table(
    requests: Iterable[Request], catalog: Catalog, staff: Sequence[Staff] = (), *, personal: bool
) -> list[list[str]]:
    """The head and a row for each call, as text; what is personal only where it is asked for."""
    named = words()
    head = [*named["columns"].values(), *((named["personal"][name] for name in PERSONAL) if personal else ())]
    return [head, *(_row(one, catalog, staff, personal) for one in requests)]


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a mark in front, without which Excel takes Chinese for something else."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def as_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook with one sheet; every cell is a text, which Excel never works out, but the minutes, to be counted."""
    # Only who exports waits for the library; it ships no types.
    xlsxwriter = import_module("xlsxwriter")
    kept, minutes = io.BytesIO(), list(words()["columns"]).index("waited")
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if place and cell and column == minutes:
                    sheet.write_number(place, column, int(cell))
                else:
                    sheet.write_string(place, column, _whole(cell), None if place else bold)
        sheet.set_column(0, len(words()["columns"]) + len(PERSONAL), _WIDE)
    return kept.getvalue()


def file(
    requests: Iterable[Request],
    catalog: Catalog,
    form: Format,
    staff: Sequence[Staff] = (),
    *,
    personal: bool,
) -> bytes:
    """The file in that form."""
    rows = table(requests, catalog, staff, personal=personal)
    return as_csv(rows) if form == "csv" else as_xlsx(rows)


def _row(request: Request, catalog: Catalog, staff: Sequence[Staff], personal: bool) -> list[str]:
    named, waited = words(), waited_minutes(request)
    ended = entered(request).at if request.state in FINISHED else None
    booker = booked_by(request, staff)
    return [
        request.id,
        service_name(request.service, catalog),
        region_name(request.region, catalog),
        named["states"][request.state],
        _yes(request.urgent),
        _moment(request.history[0].at),
        _moment(request.time),
        _moment(accepted_at(request)),
        _moment(ended),
        "" if waited is None else str(waited),
        request.worker or "",
        f"staff:{booker.id}" if booker else "",
        named["ratings"][request.rating] if request.rating else "",
        _yes(intact(request)),
        request.history[-1].seal,
        *(str(getattr(request, name) or "") for name in (PERSONAL if personal else ())),
    ]


def _yes(value: bool) -> str:
    return str(words()["yes_no"]["yes" if value else "no"])


def _moment(text: str | None) -> str:
    """To the minute, as Excel reads it; in China's time, as all of our moments are."""
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}" if text else ""


def _harmless(cell: str) -> str:
    """A cell that opens as the text it is."""
    text = _whole(cell)
    return f"'{text}" if text.startswith(_FORMULA) or _first_seen(text) in _FORMULA else text


def _first_seen(text: str) -> str:
    """Blanks, and what nobody sees, do not keep every program from working out what stands behind them."""
    return next((one for one in text if unicodedata.category(one)[0] not in "CZ"), "")


def _whole(cell: str) -> str:
    """Half characters, which no file holds, are replaced."""
    return cell.encode("utf-8", "replace").decode()[:_LONGEST_CELL]
