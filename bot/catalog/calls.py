"""The calls that bring somebody to the door: what each is, when it can be had, and which a place offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Literal

Need = Literal["time", "address", "phone"]


@dataclass(frozen=True, slots=True)
class CallHours:
    """When somebody can come, in China's time: `days` by ISO weekday (1 is Monday), from `opens` up to `closes` (00:00: midnight);
    `on_holidays` tells whether public holidays are days like others."""

    days: frozenset[int]
    opens: time
    closes: time
    on_holidays: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One service that can be called, with the settings of one place.

    `id` is the file's name in catalog_data/calls, `words` are what people call it, `needs` what must be known
    before it is submitted. `hours` is None where it can be had at any hour. It can be had `lead_minutes` from now at
    the earliest, `horizon_days` ahead at the latest; `late_minutes` after it was submitted somebody should have taken
    it, and `set_out_minutes` after the moment that it was wished for whoever took it should have set out. Where nobody
    took it, it is over `over_hours` after that moment, `over_days` after it was submitted without one. `fits` are the
    services (catalog_data/services) after whose entitlement it is worth offering, `phone` is the number to tell where
    the call does not help. Hours, minutes, days and `phone` are the operator's, not a document's.
    """

    id: str
    name: str
    words: tuple[str, ...]
    what: str
    needs: tuple[Need, ...]
    taken_by: str
    fits: tuple[str, ...]
    hours: CallHours | None
    lead_minutes: int
    horizon_days: int
    late_minutes: int
    set_out_minutes: int
    over_hours: int
    over_days: int
    costs: str
    phone: str
    urgent: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """All calls by their ids, in the order in which they are told: as set for everywhere (`every`), for each covered
    place (by its code), and for the places without a list (`elsewhere`)."""

    every: Mapping[str, Call]
    places: Mapping[str, Mapping[str, Call]]
    elsewhere: Mapping[str, Call]
    phone: str

    def had_in(self, code: str | None) -> Mapping[str, Call]:
        """What can be called in the place of that code."""
        return self.places.get(code, self.elsewhere) if code else self.elsewhere
