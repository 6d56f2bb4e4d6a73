"""What people may write beside a move: it stays in the history for ever, and what the program writes there means more."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.booking.moves import CHANGEABLE
from bot.errors import BadValue

LONGEST: Final = 200
# What the program writes itself: to whom a call was handed, which alarm rang, which fields were changed.
_HANDED: Final = "staff:"
_ALARMS: Final = ("late", "urgent", "stalled")
_FIELDS: Final = frozenset({*CHANGEABLE, "rating", "comment"})
_PERSONAL: Final = re.compile(r"1[3-9]\d{9}|0\d{2,3}[2-9]\d{6,7}|\d{17}[\dXx]")
_GAPS: Final = re.compile(r"(?<=\d)[ \-_.·—]{1,2}(?=\d)")


def plain(text: str) -> str:
    """Without what nobody sees, with single blanks."""
    return " ".join("".join(" " if unicodedata.category(one)[0] == "C" else one for one in text).split())


def is_personal(note: str) -> bool:
    """Whether a telephone or the number of an identity card stands in it."""
    return _PERSONAL.search(_GAPS.sub("", unicodedata.normalize("NFKC", note))) is not None


def is_odd(note: str) -> bool:
    """Whether it would be read as something that only the program writes."""
    parts = {*note.split()}
    return note.startswith(_HANDED) or note in _ALARMS or (bool(parts) and parts <= _FIELDS)


def checked(note: str) -> str:
    """The note as it is kept; raises `BadValue` for one that must not be."""
    kept = plain(note)
    if len(kept) > LONGEST:
        raise BadValue(f"note: {LONGEST} characters at most", field="note")
    if is_personal(kept):
        raise BadValue(
            "note: it stays for ever; leave out telephones and numbers of identity cards", field="note"
        )
    if is_odd(kept):
        raise BadValue(
            "note: this is what the program writes when it hands over or changes a call; use other words",
            field="note",
        )
    return kept
