"""The catalog's files as they lie on the disk: which there are, where every entry stands, what is broken or old.

A page names a file by its id from this list and by nothing else; no path ever comes from a form or an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from bot.catalog.compare import uncovered
from bot.catalog.files import Files, read_files
from bot.catalog.freshness import Stale, stale
from bot.catalog.load import item_id, load_catalog
from bot.catalog.model import Catalog
from bot.errors import CatalogError
from bot.web.desk.catalog_mends import Problem, problems_of


class Place(NamedTuple):
    """`id` names the file in addresses; `name` is its path as findings have it."""

    id: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class OnDisk:
    """`entries` goes from an entry's id, `documents` from a list's id, `hotlines` from a number to its place."""

    paths: Mapping[str, Path]
    entries: Mapping[str, Place] = field(default_factory=dict)
    documents: Mapping[str, Place] = field(default_factory=dict)
    hotlines: Mapping[str, Place] = field(default_factory=dict)
    broken: tuple[Problem, ...] = ()
    old: tuple[Stale, ...] = ()


def paths_of(root: Path) -> dict[str, Path]:
    """Id → file: lists.wolong-2024.05-elder-allowance."""
    found = sorted(root.rglob("*.yaml"))
    return {id_of(str(path.relative_to(root.parent))): path for path in found if not path.is_symlink()}


def id_of(name: str) -> str:
    """catalog_data/lists/wolong-2024/05-x.yaml → lists.wolong-2024.05-x."""
    return ".".join(Path(name).with_suffix("").parts[1:])


def on_disk(root: Path, today: date) -> OnDisk:
    """Reads everything once for each state of the files; takes about half a second of a processor."""
    marks = tuple((str(path), path.stat().st_mtime_ns) for path in sorted(root.rglob("*.yaml")))
    return _read(root, today, marks)


@lru_cache(maxsize=2)
def _read(root: Path, today: date, _marks: tuple[tuple[str, int], ...]) -> OnDisk:
    files = read_files(root)
    old = stale(files, today)
    broken: tuple[Problem, ...] = ()
    try:
        old += _uncovered(load_catalog(root), files)
    except CatalogError as error:
        broken = problems_of(error.problems)
    return OnDisk(
        paths=paths_of(root),
        entries=dict(_entries(files)),
        documents={one.form.list: _place(one.lined.file, 1) for one in files.documents},
        hotlines={
            one.form.number: _place(one.lined.file, one.lined.line(one.where)) for one in files.hotlines
        },
        broken=broken,
        old=tuple(old),
    )


def _entries(files: Files) -> Iterator[tuple[str, Place]]:
    for list_id, items in files.items.items():
        for one in items:
            yield item_id(list_id, one.form), _place(one.lined.file, one.lined.line(("name",)))


def _uncovered(catalog: Catalog, files: Files) -> list[Stale]:
    places = dict(_entries(files))
    return [
        Stale(places[item.id].name, places[item.id].line, "uncovered", {"name": item.form.name})
        for item in uncovered(catalog)
    ]


def _place(name: str, line: int) -> Place:
    return Place(id_of(name), name, line)
