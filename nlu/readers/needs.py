"""Which service is needed where none is named: 灯泡憋了, 给俺捎把葱, 陪我去中医院."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nlu.readers.tables import read_table

# Who can do a thing alone asks for nobody.
_ABLE = re.compile(
    r"(?:自己|自个儿?|[我俺他她](?:还|都|也)?能|还能|都能)(?:还|都|也)?(?:能|会|可以)?[^，,。]{0,2}$"
)


@dataclass(frozen=True, slots=True)
class Need:
    """`says` finds the words, unless `never` is in their clause."""

    service: str
    says: re.Pattern[str]
    never: re.Pattern[str] | None


def found(text: str) -> str | None:
    """The service that the first such words in a normalised text ask for."""
    hits = [(at, need.service) for need in _needs() if (at := _first(need, text)) is not None]
    return min(hits)[1] if hits else None


def _first(need: Need, text: str) -> int | None:
    for match in need.says.finditer(text):
        clause = (
            re.split(r"[，,。；;！!？?]", text[max(0, match.start() - 12) : match.start()])[-1] + match[0]
        )
        if not (need.never and need.never.search(clause)) and not _ABLE.search(text[: match.start()][-6:]):
            return match.start()
    return None


@cache
def _needs() -> tuple[Need, ...]:
    rows = read_table("needs.yaml")
    return tuple(
        Need(row["service"], _pattern(row), re.compile(row["not"]) if "not" in row else None) for row in rows
    )


def _pattern(row: dict[str, object]) -> re.Pattern[str]:
    do, what, fails, say = (_words(row.get(key)) for key in ("do", "what", "fails", "say"))
    between = rf"[^，,。；;！!？?]{{0,{row['apart']}}}?"
    every = [rf"(?:{_any(do)}){between}(?:{_any(what)})"]
    every += [rf"(?:{_any(what)})[^，,。；;！!？?]{{0,5}}?(?:{_any(fails)})"] if fails else []
    return re.compile("|".join([*every, *say]))


def _words(words: object) -> Sequence[str]:
    return [str(word) for word in words] if isinstance(words, list) else []


def _any(words: Sequence[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))
