"""Remembers how short texts were understood: the same few answers (是, 83, 低保, 没有) are most of what elders write."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from nlu.understanding import Understanding

Parse = Callable[[str, str | None, datetime], Understanding]
LONGEST: Final = 12
MOST: Final = 2000
# What may be somebody's: a number, where to go, whom to ask for. And a moment holds for this moment only.
_DIGITS: Final = re.compile(r"\d{5}")
_OWN: Final = frozenset({"phone", "address", "contact", "time_text"})
# Whatever answers these is a telephone, an address or a name.
_ASKS_FOR_OWN: Final = frozenset({"booking_address", "booking_phone", "booking_name"})

_Key = tuple[str, str | None, date]


class ShortTexts:
    """A `parse` that remembers; whoever gets its results must not change them.

    Without a moment in it a text means the same all day, so its date is part of what a result is kept under. Kept in
    this process only, and never what tells a name, a telephone or an address; it forgets all when it becomes too much.
    """

    def __init__(self, parse: Parse) -> None:
        self._parse = parse
        self._kept: dict[_Key, Understanding] = {}

    def parse(self, text: str, context: str | None, now: datetime) -> Understanding:
        """See `Embedded.parse`."""
        if len(text) > LONGEST or context in _ASKS_FOR_OWN or _DIGITS.search(text):
            return self._parse(text, context, now)
        key = (text, context, now.date())
        if (kept := self._kept.get(key)) is not None:
            return kept
        heard = self._parse(text, context, now)
        if _is_nobodys(heard):
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = heard
        return heard


def _is_nobodys(heard: Understanding) -> bool:
    return _OWN.isdisjoint(heard.slots) and not any(person.name for person in heard.people)
