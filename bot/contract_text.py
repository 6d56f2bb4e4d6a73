"""The contract's §2 as one line of JSON, for rosters: what many elders share is written once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from bot import contract
from bot.catalog.age_steps import age_steps, stretch
from bot.catalog.assess import Assessment, assess_facts
from bot.catalog.model import Catalog
from bot.eligibility.facts import Facts, read_facts
from bot.eligibility.told import Told
from bot.eligibility.vocabulary import ATOMS

# All that stands behind the id, in pieces that many elders share.
Tail: TypeAlias = Sequence[bytes]
# Some two kilobytes each, for the entries stand in many of them and are kept once.
_MOST: Final = 16_384
# Where the youngest and the oldest age possible are said; Unicode keeps these for such uses, no text has them.
_YOUNGEST, _OLDEST = "\ufdd0", "\ufdd1"
_AGES: Final = re.compile(f"({_YOUNGEST}|{_OLDEST})".encode())
_text = json.JSONEncoder(ensure_ascii=False).encode


def with_id(id_: str, tail: Tail) -> Tail:
    """Joined, it is the line of an elder: `contract.screen` as `json.dumps` writes it without escapes."""
    return (b'{"id": ', _written(id_), *tail)


class _Alike(NamedTuple):
    """What elders are told whom no condition tells apart, and at which of the pieces each says an own age."""

    pieces: tuple[bytes, ...]
    youngest: tuple[int, ...]
    oldest: tuple[int, ...]

    def told(self, youngest: int, oldest: int) -> Tail:
        pieces = list(self.pieces)
        for places, age in ((self.youngest, youngest), (self.oldest, oldest)):
            said = b"%d" % age
            for at in places:
                pieces[at] = said
        return pieces


class Screening:
    """Elders judged by the lists of a catalog on one day.

    Elders whom no condition tells apart are told the same, but for their ages: these are put in at the end.
    """

    def __init__(self, catalog: Catalog, today: date) -> None:
        self._catalog = catalog
        self._today = today
        self._steps = age_steps(catalog)
        self._told: dict[tuple[Any, ...], _Alike] = {}
        self._results: Told[contract.Json] = Told()
        self._entries: Told[tuple[bytes, ...]] = Told()
        self._parts: Told[bytes] = Told()

    def tail(self, facts: Mapping[str, Any]) -> Tail:
        """The answer for these facts; raises `BadValue`."""
        read = read_facts(facts, self._today)
        known = dict(read.known)
        ages = known.get("age")
        if ages is None:
            return self._alike(read, known).pieces
        known["age"] = self._about(*ages)
        return self._alike(read, known).told(*ages)

    def _about(self, youngest: int, oldest: int) -> tuple[int, int]:
        """Ages that are judged as these are and said by their marks; one age stays one, two stay two."""
        first, _ = stretch(youngest, self._steps)
        last = first if youngest == oldest else stretch(oldest, self._steps)[1]
        return _Age(first, _YOUNGEST), _Age(last, _OLDEST)

    def _alike(self, read: Facts, known: dict[str, Any]) -> _Alike:
        seen = (read.region, read.presumed, read.conflicts, *map(known.get, ATOMS))
        return self._told.get(seen) or self._keep(seen, self._anew(replace(read, known=known)))

    def _keep(self, seen: tuple[Any, ...], alike: _Alike) -> _Alike:
        if len(self._told) >= _MOST:
            self._told.clear()
        self._told[seen] = alike
        return alike

    def _anew(self, facts: Facts) -> _Alike:
        assessment = assess_facts(self._catalog, facts, self._today)
        head = self._part(contract.screened_head(assessment))
        rest = self._rest(contract.screened_rest(assessment, self._catalog))
        entries = [piece for entry in self._all_entries(assessment) for piece in (b", ", *entry)]
        pieces = (b", " + head[1:-1] + b', "results": [', *entries[1:], b"], " + rest + b"}")
        return _Alike(pieces, *(_places(mark.encode(), pieces) for mark in (_YOUNGEST, _OLDEST)))

    def _rest(self, told: Mapping[str, Any]) -> bytes:
        return b", ".join([_name(name) + self._part(part) for name, part in told.items()])

    def _part(self, part: Any) -> bytes:
        """Maps are the same ones for many elders."""
        if not isinstance(part, dict):
            return _list(tuple(part)) if part else _written(part)
        return self._parts.of(part) or self._parts.keep(part, _written(part))

    def _all_entries(self, assessment: Assessment) -> list[tuple[bytes, ...]]:
        written = self._entries.of_all(assessment.results)
        if written is not None:
            return written
        told = contract.screened_results(assessment, self._catalog, self._results)
        made = zip(assessment.results, told, strict=True)
        return [self._entries.of(one) or self._entries.keep(one, _in_pieces(entry)) for one, entry in made]


class _Age(int):
    """An age that is said by its mark."""

    mark: str

    def __new__(cls, age: int, mark: str) -> _Age:
        made = super().__new__(cls, age)
        made.mark = mark
        return made

    def __format__(self, _spec: str) -> str:
        return self.mark


def _in_pieces(entry: contract.Json) -> tuple[bytes, ...]:
    """Each mark is a piece of its own."""
    return tuple(_AGES.split(_written(entry)))


def _places(mark: bytes, pieces: Sequence[bytes]) -> tuple[int, ...]:
    return tuple([at for at, piece in enumerate(pieces) if piece == mark])


@cache
def _name(name: str) -> bytes:
    return _written(name) + b": "


@lru_cache(maxsize=4096)
def _list(texts: tuple[str, ...]) -> bytes:
    return _written(texts)


def _written(value: Any) -> bytes:
    return _text(value).encode("utf-8", "replace")
