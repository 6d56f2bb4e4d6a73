"""Everything that stands in the store: under which keys, in what shape, whose it is, and whether it is sealed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from bot.store.sealing import Kind

PREFIX: Final = "wenyanglao:"
Shape = Literal["string", "hash", "zset", "list"]


@dataclass(frozen=True, slots=True)
class Place:
    """One family of keys; `sealed` is the kind of its values, None where they hold nothing personal."""

    name: str
    pattern: str
    shape: Shape
    sealed: Kind | None = None


class Found(NamedTuple):
    """A key with its family; `owner` is whose it is: a user's digest, a number, a name ("" where each field has one)."""

    key: str
    place: Place
    owner: str


def _of_users(*parts: tuple[str, Shape, Kind | None]) -> tuple[Place, ...]:
    return tuple(
        Place(name, rf"\{{(?P<owner>[0-9a-f]{{32}})\}}:{name}", shape, kind) for name, shape, kind in parts
    )


PLACES: Final = (
    *_of_users(
        ("turn", "string", None),
        ("session", "string", "session"),
        ("answers", "hash", "answer"),
        ("answered", "zset", None),
        ("late", "hash", "promise"),
        ("waiting", "hash", "notice"),
        ("order", "zset", None),
        ("sending", "zset", None),
        ("quota", "hash", None),
        ("consents", "hash", None),
        ("requests", "hash", "request"),
        ("versions", "hash", None),
        ("staff", "string", None),
        ("older", "hash", "request"),
    ),
    Place("request-owner", r"request:(?P<owner>\d+)", "string", "owner"),
    Place("request-counter", r"requests:\{desk\}:counter", "string"),
    Place("open-lines", r"requests:\{desk\}:open", "hash"),
    Place("line-places", r"requests:\{desk\}:places", "hash"),
    Place("month-lines", r"requests:\{desk\}:over:(?P<owner>[\d-]+)", "hash"),
    Place("staff-rows", r"staff", "hash", "staff"),
    Place("staff-left", r"staff-left", "hash"),
    Place("credentials", r"credentials", "hash", "credentials"),
    Place("signing-key", r"(?P<owner>signing-key)", "string", "signing-key"),
    Place("shelf", r"shelf:(?P<owner>.*)", "string", "shelf"),
    Place("audit-heads", r"audit:\{log\}:heads", "hash"),
    Place("audit-months", r"audit:\{log\}:(?P<owner>[\d-]+)", "list"),
    Place("tally-weeks", r"tally:(?P<owner>[\d-]+)", "hash"),
    Place("tally-words", r"tally-words:(?P<owner>[\d-]+)", "hash"),
    Place("data-keys", r"data-keys", "hash"),
    Place("check", r"check", "string"),
    Place("mark", r"\{[^{}]*\}:mark", "string"),
)  # fmt: skip
_EVERY: Final = re.compile(
    PREFIX + "(?:" + "|".join(f"(?P<p{at}>{re.sub('[?]P<owner>', '', place.pattern)})" for at, place in enumerate(PLACES)) + ")",
    re.DOTALL,
)  # fmt: skip
_EACH: Final = tuple(re.compile(PREFIX + place.pattern, re.DOTALL) for place in PLACES)


def found(key: str) -> Found | None:
    """The family of a key; None where it is none of ours."""
    match = _EVERY.fullmatch(key)
    if match is None or match.lastgroup is None:
        return None
    at = int(match.lastgroup[1:])
    own = _EACH[at].fullmatch(key)
    owner = own.groupdict().get("owner", "") if own else ""
    return Found(key, PLACES[at], owner or "")


def owner_of(one: Found, field: str) -> str:
    """Whose a value is, as it was said when it was sealed."""
    return one.owner or field
