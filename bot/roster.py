"""A roster judged: a line of JSON an elder in, a line of JSON out, in their order."""

from __future__ import annotations

import fcntl
import gc
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from io import BytesIO
from typing import BinaryIO, Final

from bot.catalog.model import Catalog
from bot.contract_text import Screening, Tail, with_id
from bot.eligibility.ages import born
from bot.errors import BadValue, BotError
from bot.strict_json import part, strict_object

_READ_BYTES: Final = 1 << 16
_PIPE_BYTES: Final = 1 << 20
_GC_AFTER: Final = 100_000
# Their answers are half a megabyte: few enough writes, and little enough to stay in the processor's cache.
_TOGETHER: Final = 32
# An id that JSON writes as it is read. What stands behind it means the same whichever it is.
_PLAIN_ID: Final = re.compile(rb'\{"id": ?("[ !#-\[\]-~]*")')
# No quotation mark before it: who looks for a rare letter first finds sooner.
_BIRTH: Final = re.compile(rb'birth_date": ?"(\d{4}(?:-\d\d){0,2})"')
_MOST, _LONGEST = 16_384, 2_000


class Roster:
    """Elders judged on one day; `failed` once a line could not be answered."""

    def __init__(self, catalog: Catalog, today: date) -> None:
        self._screening = Screening(catalog, today)
        self._births = Births(today)
        # By all that stands behind a plain id.
        self._told: dict[bytes, Tail] = {}
        self.failed = False

    def answers(self, lines: Iterable[bytes]) -> bytes:
        """A line (the contract's §2) for each that is not blank; an error in the place of one that is wrong."""
        pieces: list[bytes] = []
        for line in lines:
            if line.strip():
                pieces += self._answer(line)
                pieces.append(b"\n")
        return b"".join(pieces)

    def _answer(self, line: bytes) -> Sequence[bytes]:
        try:
            plain = _PLAIN_ID.match(line)
            return self._as_before(line, plain) if plain else with_id(*self._read(line))
        except BotError as error:
            self.failed = True
            return [json.dumps(error.as_json(), ensure_ascii=False).encode("utf-8", "replace")]

    def _as_before(self, line: bytes, plain: re.Match[bytes]) -> Sequence[bytes]:
        """Many elders are told alike; what was read of one is not read again."""
        behind = line[plain.end() :]
        told = self._told.get(behind) or self._as_who_is_as_old(line, behind)
        return (b'{"id": ', plain[1], *told)

    def _as_who_is_as_old(self, line: bytes, behind: bytes) -> Tail:
        alike = self._births.alike(behind)
        told = self._told.get(alike)
        if told is None:
            _, told = self._read(line)
            self._keep(alike, told)
        return told

    def _keep(self, behind: bytes, told: Tail) -> None:
        if len(self._told) >= _MOST:
            self._told.clear()
        if len(behind) <= _LONGEST:
            self._told[behind] = told

    def _read(self, line: bytes) -> tuple[str, Tail]:
        body = strict_object(line)
        facts, id_ = part(body, "facts", dict), part(body, "id", str, "")
        return id_, self._screening.tail(facts)


class Births:
    """Puts one date of birth for all by which an elder is as old on that day: only the ages count."""

    def __init__(self, today: date) -> None:
        self._today = today
        # As they stand in the line; there are no more than a life has days.
        self._first: dict[bytes, bytes] = {}
        self._of_ages: dict[tuple[int, int], bytes] = {}

    def alike(self, line: bytes) -> bytes:
        """The line with the first such date that was told; one that is wrong stays."""
        return _BIRTH.sub(self._put, line)

    def _put(self, told: re.Match[bytes]) -> bytes:
        return self._first.get(told[0]) or self._keep(told[0], told[1].decode())

    def _keep(self, birth: bytes, day: str) -> bytes:
        try:
            ages = born(day, self._today)
        except BadValue:
            return birth
        first = self._first[birth] = self._of_ages.setdefault(ages, birth)
        return first


def screen(source: BinaryIO, sink: BinaryIO, catalog: Catalog, today: date) -> bool:
    """Answers the lines of `source` on `sink`, each before it waits for a further one; whether all could be answered."""
    roster = Roster(catalog, today)
    _widen(sink)
    # What is remembered lives as long as the run and has no rings: looking through it again and again costs a fifth.
    gc.freeze()
    gc.set_threshold(_GC_AFTER)
    for lines in batches(source):
        sink.write(roster.answers(lines))
        sink.flush()
    return not roster.failed


def _widen(sink: BinaryIO) -> None:
    """Lets a pipe hold some batches, so that who reads and who writes wait for each other seldom; Linux only."""
    with suppress(OSError, AttributeError):
        fcntl.fcntl(sink.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def batches(source: BinaryIO, at_most: int = _TOGETHER) -> Iterator[list[bytes]]:
    """The lines of a buffered stream, some at a time; never waits for a further one while it holds a whole one."""
    begun: list[bytes] = []
    while block := source.read1(_READ_BYTES):  # type: ignore[attr-defined]
        begun.append(block)
        if b"\n" in block:
            held = b"".join(begun)
            end = held.rindex(b"\n") + 1
            lines, begun = BytesIO(held[:end]).readlines(), [held[end:]]
            yield from (lines[at : at + at_most] for at in range(0, len(lines), at_most))
    if last := b"".join(begun):
        yield [last]
