"""The list of calls: what stands where, in which order, and how many there are of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from bot.booking.history import here
from bot.booking.numbers import spoken
from bot.catalog.addresses import inside
from bot.catalog.model import Catalog
from bot.dispatch import records
from bot.store.port import Line
from bot.web.desk.requests_words import (
    People,
    moment_word,
    place_word,
    service_word,
    state_word,
    waited_word,
    words,
)

# A phone shows no more at once; the filters bring the rest.
MOST_SHOWN: Final = 200
# What can be asked for, and what it is called.
SHOWS: Final[Mapping[str, str]] = {
    "all": "全部",
    "today": "今天",
    "waiting": "等人接",
    "urgent": "紧急",
    "late": "晚了",
    "mine": "我的",
    "over": "今天结束的",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see: one of `SHOWS`, of one area and one service ("" for all of them)."""

    show: str = "all"
    area: str = ""
    service: str = ""

    def path(self, **other: str) -> str:
        """The address that shows it, with `other` wishes in the place of these."""
        wish = {"show": self.show, "area": self.area, "service": self.service, **other}
        asked = {name: value for name, value in wish.items() if value and (name, value) != ("show", "all")}
        return f"?{urlencode(asked)}" if asked else "?"


@dataclass(frozen=True, slots=True)
class Row:
    """One call as the list shows it; nothing personal stands in it."""

    number: str
    spoken: str
    service: str
    place: str
    when: str
    state: str
    whose: str
    waited: str
    sent: str
    urgent: bool
    late: bool
    mine: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to filter by, and how many calls it has; None where nobody counted: what is over is read only where
    it is asked for."""

    value: str
    name: str
    count: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole list; `alarms` are the urgent ones that nobody has taken, whatever is asked for."""

    asked: Asked
    rows: tuple[Row, ...]
    more: int
    shows: tuple[Choice, ...]
    areas: tuple[Choice, ...]
    services: tuple[Choice, ...]
    alarms: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the list, and when."""

    people: People
    catalog: Catalog
    now: datetime

    def row(self, line: Line) -> Row:
        waits = is_waiting(line)
        return Row(
            line.id,
            spoken(line.id),
            service_word(line.service, self.catalog),
            place_word(line.region, self.catalog),
            moment_word(line.time, self.now, urgent=line.urgent),
            state_word(line.state),
            str(words()["own"]).format(who=self.people.name(line.worker)) if line.worker else "",
            waited_word(line.created, self.now) if waits else "",
            str(words()["platform"].get(line.dispatch, "")) if waits else "",
            line.urgent,
            waits and records.is_late(line, self.now),
            line.worker == self.people.me,
            waits,
        )

    def belongs(self, line: Line, show: str) -> bool:
        """Whether it is one of those that `show` means."""
        return _BELONGS[show](self, line)

    def order(self, line: Line) -> tuple[bool, bool, bool, bool, str, str]:
        """Urgent ones that wait first, then late ones; then what is due."""
        waits = is_waiting(line)
        return (
            not (waits and line.urgent),
            not (waits and records.is_late(line, self.now)),
            not line.urgent,
            not self.is_due(line),
            line.time or line.created,
            line.id,
        )

    def is_due(self, line: Line) -> bool:
        """Whether it is for today: without a time somebody must ring today."""
        today = here(self.now).date().isoformat()
        return line.time is None or here(datetime.fromisoformat(line.time)).date().isoformat() <= today


_BELONGS: Final[Mapping[str, Callable[[Reader, Line], bool]]] = {
    "all": lambda _reader, _line: True,
    "today": lambda reader, line: reader.is_due(line),
    "waiting": lambda _reader, line: is_waiting(line),
    "urgent": lambda _reader, line: line.urgent,
    "late": lambda reader, line: is_waiting(line) and records.is_late(line, reader.now),
    "mine": lambda reader, line: line.worker == reader.people.me,
    "over": lambda _reader, _line: True,
}


def is_waiting(line: Line) -> bool:
    return line.state == "submitted" and line.worker is None


def listed(open_lines: Sequence[Line], over: Sequence[Line], asked: Asked, reader: Reader) -> Shown:
    """The list that is asked for: each count is what its link would show."""
    own = over if asked.show == "over" else open_lines
    here_now = [line for line in own if reader.belongs(line, asked.show)]
    chosen = sorted((line for line in here_now if _fits(line, asked)), key=reader.order)
    if asked.show == "over":
        chosen.sort(key=lambda line: line.changed, reverse=True)
    alarms = sorted((line for line in open_lines if line.urgent and is_waiting(line)), key=reader.order)
    return Shown(
        asked,
        tuple(map(reader.row, chosen[:MOST_SHOWN])),
        max(0, len(chosen) - MOST_SHOWN),
        _shows(open_lines, over, asked, reader),
        _areas(here_now, asked, reader.catalog),
        _services(here_now, asked, reader.catalog),
        tuple(map(reader.row, alarms)),
    )


def _fits(line: Line, asked: Asked) -> bool:
    in_area = not asked.area or (line.region is not None and inside(line.region, asked.area))
    return in_area and asked.service in ("", line.service)


def _shows(
    open_lines: Sequence[Line], over: Sequence[Line], asked: Asked, reader: Reader
) -> tuple[Choice, ...]:
    fitting = [line for line in open_lines if _fits(line, asked)]
    counts: dict[str, int | None] = {
        show: sum(reader.belongs(line, show) for line in fitting) for show in SHOWS
    }
    counts["over"] = sum(_fits(line, asked) for line in over) if asked.show == "over" else None
    return tuple(Choice(show, name, counts[show], show == asked.show) for show, name in SHOWS.items())


def _areas(lines: Sequence[Line], asked: Asked, catalog: Catalog) -> tuple[Choice, ...]:
    some = [line for line in lines if asked.service in ("", line.service)]
    counts = dict(Counter(line.region for line in some if line.region))
    if asked.area:
        counts[asked.area] = sum(_fits(line, asked) for line in lines)
    named = [
        Choice(code, place_word(code, catalog), count, code == asked.area) for code, count in counts.items()
    ]
    return (Choice("", "所有地方", len(some), not asked.area), *sorted(named, key=lambda one: one.value))


def _services(lines: Sequence[Line], asked: Asked, catalog: Catalog) -> tuple[Choice, ...]:
    some = [line for line in lines if _fits(line, Asked(area=asked.area))]
    counts = {asked.service: 0} if asked.service else {}
    counts |= Counter(line.service for line in some)
    named = [
        Choice(id_, service_word(id_, catalog), count, id_ == asked.service) for id_, count in counts.items()
    ]
    return (Choice("", "所有服务", len(some), not asked.service), *sorted(named, key=lambda one: one.name))
