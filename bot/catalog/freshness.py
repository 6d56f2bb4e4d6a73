"""What of the catalog has grown old: drafts, plans, old documents, what nobody verified for a year, years gone by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from bot.catalog.files import Files, Read
from bot.catalog.schema import DocumentForm, HotlineForm, ItemForm
from bot.catalog.schema_calls import HolidaysForm

Kind = Literal[
    "draft",
    "plan",
    "old_document",
    "item_verified",
    "hotline_verified",
    "hotline_unverified",
    "verified_later",
    "year_over",
    "holidays_over",
    "uncovered",
]
VERIFIED_FOR: Final = timedelta(days=365)
# A document of the year before may well be the newest.
_OLD: Final = 2
_YEAR: Final = re.compile(r"(20\d\d)年[^，。；]{0,12}")


@dataclass(frozen=True, slots=True)
class Stale:
    """One thing to look at again: where it stands, and the values of its sentence."""

    file: str
    line: int
    kind: Kind
    values: Mapping[str, str | int] = field(default_factory=dict)


def stale(files: Files, today: date) -> list[Stale]:
    """In the order of the files."""
    found: list[Stale] = []
    for document in files.documents:
        found += _document(document, today)
        for item in files.items[document.form.list]:
            found += _item(item, document.form, today)
    for hotline in files.hotlines:
        found += _hotline(hotline, today)
    return [*found, *_holidays(files, today)]


def grown_old(verified_at: str, today: date) -> bool:
    """Whether nobody has verified it for a year."""
    return today - date.fromisoformat(verified_at) > VERIFIED_FOR


def _document(read: Read[DocumentForm], today: date) -> Iterator[Stale]:
    form = read.form
    if form.status == "draft":
        yield _at(read, "status", "draft", title=form.title)
    if form.status == "plan":
        yield _at(read, "status", "plan", title=form.title)
    if (years := today.year - form.year) >= _OLD:
        yield _at(read, "year", "old_document", title=form.title, year=form.year, years=years)


def _item(read: Read[ItemForm], document: DocumentForm, today: date) -> Iterator[Stale]:
    form = read.form
    yield from _verified(read, form.name, form.verified_at, today, "item_verified")
    for text in _texts(form):
        for match in _YEAR.finditer(text):
            if int(match[1]) < today.year and int(match[1]) != document.year:
                yield _at(read, "name", "year_over", name=form.name, words=match[0])


def _texts(form: ItemForm) -> Iterator[str]:
    """What an elder may be told of it."""
    tiers = [tier.text for benefit in form.benefits for tier in benefit.tiers or ()]
    doubts = [doubt.says for doubt in (*form.also_maybe, *form.at_most_maybe)]
    own = [benefit.text for benefit in form.benefits]
    yield from (
        text for text in (*own, *tiers, *doubts, form.agency_note, form.only_a_person_can_check) if text
    )


def _hotline(read: Read[HotlineForm], today: date) -> Iterator[Stale]:
    form = read.form
    if form.status == "unverified":
        yield _at(read, "status", "hotline_unverified", name=form.name, number=form.number)
    else:
        yield from _verified(read, form.name, form.verified_at, today, "hotline_verified", number=form.number)


def _verified(
    read: Read[ItemForm] | Read[HotlineForm], name: str, day: str, today: date, kind: Kind, **more: str
) -> Iterator[Stale]:
    if date.fromisoformat(day) > today:
        yield _at(read, "verified_at", "verified_later", name=name, day=day)
    elif grown_old(day, today):
        yield _at(read, "verified_at", kind, name=name, day=day, **more)


def _holidays(files: Files, today: date) -> Iterator[Stale]:
    last = max(files.holidays, key=lambda one: one.form.year, default=None)
    if last is not None and last.form.year < today.year:
        yield _at(last, "year", "holidays_over", year=last.form.year)


def _at(
    read: Read[DocumentForm] | Read[ItemForm] | Read[HotlineForm] | Read[HolidaysForm],
    key: str,
    kind: Kind,
    **values: str | int,
) -> Stale:
    return Stale(read.lined.file, read.lined.line((*read.where, key)), kind, values)
