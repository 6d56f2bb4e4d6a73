"""What may go in and come out: the limits of a recording and of its words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_BYTES = 2 * 1024 * 1024
MAX_SECONDS = 60
MIN_SECONDS = 0.3
MAX_WORDS = 500

# Only the two forms WeChat sends are let near a decoder; Speex and SILK are not among them.
_BEGINNINGS = (b"#!AMR\n", b"#!AMR-WB\n")

# What a model says about the sound and not in it: <|zh|>, <unk>.
_MARK = re.compile(r"<[|/\w]{1,30}>")


@dataclass(frozen=True)
class Limits:
    """How long, in seconds, and how many: loading, one recognition, and those waiting for their turn."""

    loading: float = 120
    recognition: float = 30
    waiting: int = 8


LIMITS = Limits()


def may_be_heard(recording: bytes) -> bool:
    """Whether the recording is AMR (narrow or wide band) of at most 2 MB."""
    return len(recording) <= MAX_BYTES and recording.startswith(_BEGINNINGS)


def words_of(heard: str) -> str | None:
    """What was recognised as a message: at most 500 characters, none of control; None where no word is left."""
    seen = (" " if char.isspace() else char for char in _MARK.sub("", heard) if _is_seen(char))
    words = " ".join("".join(seen).split())[:MAX_WORDS].rstrip()
    return words if any(char.isalnum() for char in words) else None


def _is_seen(char: str) -> bool:
    return char.isspace() or not unicodedata.category(char).startswith("C")
