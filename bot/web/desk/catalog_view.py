"""The catalog as editors read it: every entry in words, with its place in the files and what is old of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from bot.catalog.freshness import Stale, grown_old
from bot.catalog.model import BenefitList, Catalog, Item
from bot.catalog.schema import HotlineForm
from bot.web.answer_view import tier_lines
from bot.web.desk.catalog_files import OnDisk, Place, id_of
from bot.web.desk.catalog_mends import Problem
from bot.web.desk.catalog_words import words
from bot.web.fact_words import condition_words


class Doubt(NamedTuple):
    """Who is told no more than "maybe", and why."""

    when: str
    says: str


class Look(NamedTuple):
    """Something to look at: what it is, how to mend it, where it stands; `kind` is broken or old."""

    kind: str
    what: str
    mend: str
    name: str
    line: int
    file: str | None


class Entry(NamedTuple):
    """One entry in words."""

    item: Item
    place: Place | None
    audience: str
    who: str
    extends: str
    doubts: Sequence[Doubt]
    amounts: Sequence[str]
    looks: Sequence[Look]


class Row(NamedTuple):
    """One list in the table of all; `looks` counts what is to be looked at in its folder."""

    found: BenefitList
    place: Place | None
    region: str
    looks: int


class Hotline(NamedTuple):
    """A telephone number, and whether the program tells 12345 instead."""

    form: HotlineForm
    place: Place | None
    old: bool


def lists(catalog: Catalog, disk: OnDisk) -> list[Row]:
    """In the catalog's order."""
    return [
        Row(
            one,
            place := disk.documents.get(one.id),
            catalog.region(one.document.region).full,
            sum(place is not None and _folder(look.name) == _folder(place.name) for look in looks(disk)),
        )
        for one in catalog.lists.values()
    ]


def files(catalog: Catalog, disk: OnDisk) -> dict[str, list[tuple[str, str]]]:
    """Id and name of every file beside the lists: one for all, then services, calls, and those of places."""
    found: dict[str, list[tuple[str, str]]] = {}
    for id_ in disk.paths:
        folder, _, stem = id_.rpartition(".")
        if not id_.startswith("lists."):
            found.setdefault(folder, []).append((id_, _file_name(id_, folder, stem, catalog)))
    return found


def _file_name(id_: str, folder: str, stem: str, catalog: Catalog) -> str:
    named = words()["files"]
    own = catalog.services.get(stem) if folder == "services" else None
    call = catalog.calls.every.get(stem) if folder == "calls" else None
    if own or call:
        return own.name if own else f"{named['calls']}：{call.name}" if call else ""
    return str(named.get(id_) or f"{named.get(folder, folder)}：{stem}")


def hotlines(catalog: Catalog, disk: OnDisk, today: date) -> list[Hotline]:
    return [
        Hotline(form, disk.hotlines.get(number), form.status != "safe" or grown_old(form.verified_at, today))
        for number, form in catalog.hotlines.items()
    ]


def entry(item: Item, found: BenefitList, catalog: Catalog, disk: OnDisk) -> Entry:
    """One entry of `found`."""
    form, place = item.form, disk.entries.get(item.id)
    document = None if form.audience == "own" else found.document.audience
    return Entry(
        item=item,
        place=place,
        audience=condition_words(document, catalog) if document else "",
        who=condition_words(form.who, catalog),
        extends=condition_words(form.may_extend_to, catalog) if form.may_extend_to else "",
        doubts=[
            Doubt(condition_words(doubt.when, catalog), doubt.says)
            for doubt in (*form.also_maybe, *form.at_most_maybe)
        ],
        amounts=tier_lines(item, catalog),
        looks=[look for look in looks(disk) if place and look.name == place.name],
    )


def looks(disk: OnDisk) -> list[Look]:
    """What is broken first, then what is old."""
    return [*(_broken(one, disk.paths) for one in disk.broken), *_old(disk)]


def _broken(one: Problem, paths: Mapping[str, object]) -> Look:
    means = f"{one.means}（{one.says}）" if one.means else one.says
    return Look("broken", means, one.mend, one.file, one.line, _known(one.file, paths))


def _old(disk: OnDisk) -> Iterator[Look]:
    for one in disk.old:
        yield Look("old", *_sentence(one), one.file, one.line, _known(one.file, disk.paths))


def _sentence(one: Stale) -> tuple[str, str]:
    told = words()["stale"][one.kind]
    return told["what"].format_map(one.values), told["mend"]


def _known(name: str, paths: Mapping[str, object]) -> str | None:
    return found if name and (found := id_of(name)) in paths else None


def _folder(name: str) -> str:
    return name.rpartition("/")[0]
