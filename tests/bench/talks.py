"""What a synthetic elder sends next: words, taps on what was offered, recordings, places, events."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.platform import shapes
from tests.platform.shapes import Fields
from tests.wechat_side import check_links

_TALKS: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("talks.yaml").read_text(encoding="utf-8")
)
EMERGENCIES = frozenset(_TALKS["emergency"]["texts"])
_EVENTS: Sequence[Callable[[], Fields]] = (
    shapes.subscribe,
    lambda: shapes.subscribe("411303"),
    lambda: shapes.scan("411303"),
    lambda: shapes.click("我能领什么"),
    lambda: shapes.view("https://example.org/"),
    lambda: shapes.position(33.0, 112.5),
    shapes.unsubscribe,
    lambda: shapes.consent("template-of-a-booking"),
)
_OTHERS: Sequence[Callable[[], Fields]] = (
    lambda: shapes.voice("recording"),
    lambda: shapes.voice("recording", None),
    lambda: shapes.voice("recording", "我妈83岁"),
    lambda: shapes.image("picture"),
    shapes.sticker,
    lambda: shapes.link("养生", "https://example.org/"),
    lambda: shapes.location(32.99, 112.53, "河南省南阳市卧龙区"),
)
# How many of a hundred messages are no typed words: taps, events, other kinds.
_TAPS, _EVENT, _OTHER = 18, 7, 6


class Elder:
    """One user; what comes next depends on what was offered."""

    def __init__(self, user: str, chance: random.Random) -> None:
        self.user = user
        self._chance = chance
        self._offered: list[tuple[str, str, str]] = []

    def heard(self, text: str | None) -> None:
        """Reads an answer; a tap in it may come back. An urgent call brings notices when they come, so nobody rings."""
        self._offered = [tap for tap in check_links(text or "") if not tap[1].startswith("urgent")]

    def says(self) -> Fields:
        """The next message."""
        drawn = self._chance.randrange(100)
        if drawn < _TAPS and self._offered:
            return self._tap()
        if drawn < _TAPS + _EVENT:
            return self._chance.choice(_EVENTS)()
        if drawn < _TAPS + _EVENT + _OTHER:
            return self._chance.choice(_OTHERS)()
        weights = [kind["weight"] for kind in _TALKS.values()]
        (kind,) = self._chance.choices(list(_TALKS.values()), weights)
        return shapes.text(self._chance.choice(kind["texts"]))

    def _tap(self) -> Fields:
        _, menu_id, label = self._chance.choice(self._offered)
        return shapes.tap(label, self._chance.choice([menu_id, menu_id, None, "0"]))
