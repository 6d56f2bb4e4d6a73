"""The words of the workers' desk: who, when and what, as staff read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.booking.history import here
from bot.catalog import lined_yaml
from bot.catalog.model import Catalog
from bot.dispatch import records
from bot.errors import CatalogError
from bot.models import Staff

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
# So many hours are told as hours.
_LONG: Final = 2 * _DAY


@cache
def words() -> Mapping[str, Any]:
    """The YAML beside this module; raises `CatalogError`."""
    path = Path(__file__).with_name("requests_words.yaml")
    read = lined_yaml.read(path, path.name)
    if read.problems:
        raise CatalogError(read.problems)
    found: Mapping[str, Any] = read.data
    return found


@dataclass(frozen=True, slots=True)
class People:
    """Who stands behind `elder`, `staff:<id>` and the others in a history, as `me` reads it."""

    names: Mapping[str, str]
    me: str

    @classmethod
    def of(cls, staff: Sequence[Staff], me: Staff) -> People:
        return cls({f"staff:{one.id}": one.name for one in staff}, f"staff:{me.id}")

    def name(self, by: str) -> str:
        told: Mapping[str, str] = words()["people"]
        if by == self.me:
            return told["me"]
        return self.names.get(by) or told.get(by) or str(words()["gone"])

    def whose(self, worker: str | None) -> str:
        """Who has it now."""
        if worker is None:
            return str(words()["whose"]["nobody"])
        if worker == self.me:
            return str(words()["whose"]["me"])
        return str(words()["whose"]["other"]).format(who=self.name(worker))


def state_word(state: str) -> str:
    return str(records.words()["states"][state])


def service_word(service: str, catalog: Catalog) -> str:
    return records.service_name(service, catalog)


def place_word(code: str | None, catalog: Catalog) -> str:
    """Its short name, such as 卧龙区."""
    return catalog.region(code).name if code else str(words()["unknown_place"])


def moment_word(moment: str | None, now: datetime, *, urgent: bool = False) -> str:
    """今天 14:30, 11月23日 周一 09:00; an urgent call without a moment is wanted at once."""
    if moment is None:
        return str(words()["time"]["now" if urgent else "open"])
    at, today = here(datetime.fromisoformat(moment)), here(now).date()
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((at.date() - today).days)
    weekday = words()["weekdays"][at.weekday()]
    day = words()["days"][near] if near else f"{at.month}月{at.day}日 {weekday}"
    return f"{day} {at:%H:%M}"


def waited_word(since: str, now: datetime) -> str:
    """等了12分钟."""
    minutes = max(0, int((now - datetime.fromisoformat(since)).total_seconds() // 60))
    if minutes < _HOUR:
        return str(words()["waited"]["minutes"]).format(count=minutes)
    if minutes < _LONG:
        return str(words()["waited"]["hours"]).format(count=minutes // _HOUR)
    return str(words()["waited"]["days"]).format(count=minutes // _DAY)
