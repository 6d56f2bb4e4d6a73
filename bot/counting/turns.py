"""What one turn adds to the counts; pure, and without anything that tells whose turn it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from bot.catalog.model import Catalog
from bot.models import Message, Session, Turn

MESSAGES: Final = "messages"
FULL: Final = "full"
NOT_UNDERSTOOD: Final = "not_understood"
EMERGENCY: Final = "emergency"
# Counted by what stands behind the colon: a question, a call, an entitlement that is sure or possible, a piece.
ASKED: Final = "asked"
BOOKED: Final = "booked"
SURE: Final = "yes"
POSSIBLE: Final = "maybe"
WORD: Final = "word"
_NO_MESSAGE: Final = ("revoked", "unsubscribe", "consent", "view")


class Named(NamedTuple):
    """The name of a count: the code of the place ("" where nobody knows it), what is counted, and which one of it."""

    area: str
    what: str
    which: str = ""

    def __str__(self) -> str:
        return ":".join(filter(None, self[1:])).join((self.area + ":", ""))


def named(text: str) -> Named:
    """The other way round."""
    area, what, *which = text.split(":", 2)
    return Named(area, what, *which)


def counted(message: Message, before: Session, turn: Turn, catalog: Catalog) -> Iterator[Named]:
    """Everything that the turn counts, one each; nothing for an event that nobody sent by hand."""
    report = turn.report
    if report.get("intent") is None or message.event in _NO_MESSAGE:
        return
    area = area_of(turn.session.region, catalog)
    yield Named(area, MESSAGES)
    if report.get("emergency"):
        yield Named(area, EMERGENCY)
    elif report.get("asked") in catalog.questions:
        yield Named(area, ASKED, report["asked"])
    if not_understood(before, turn):
        yield Named(area, NOT_UNDERSTOOD)
    yield from _booked(turn, catalog)
    yield from _answered(area, before, turn, catalog)


def not_understood(before: Session, turn: Turn) -> bool:
    """Whether the bot had to say so."""
    return turn.session.misunderstood > before.misunderstood


def area_of(region: str | None, catalog: Catalog) -> str:
    """The code of the place; "" where it has none, since what somebody wrote may be anything."""
    return (catalog.region(region).code or "") if region else ""


def _booked(turn: Turn, catalog: Catalog) -> Iterator[Named]:
    new = (request for request in turn.requests if request.version == 1)
    for request in new:
        yield Named(area_of(request.region, catalog), BOOKED, request.service)


def _answered(area: str, before: Session, turn: Turn, catalog: Catalog) -> Iterator[Named]:
    """Who got the full answer now, and what it found."""
    for key, person in turn.session.people.items():
        told_before = before.people.get(key)
        if person.full and not (told_before and told_before.full):
            where = area_of(person.facts.get("region"), catalog) or area
            yield Named(where, FULL)
            yield from _found(where, turn.report.get("answers", {}).get(key, {}), catalog)


def _found(area: str, answer: Mapping[str, Any], catalog: Catalog) -> Iterator[Named]:
    benefits = catalog.list_for(catalog.region(area)) if area else None
    for verdict in (SURE, POSSIBLE) if benefits else ():
        entries = (benefits.by_id.get(one) for one in answer.get(verdict, ())) if benefits else ()
        services = {entry.form.service for entry in entries if entry}
        yield from (Named(area, verdict, service) for service in sorted(services))
