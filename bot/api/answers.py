"""What the API answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from bot.api.shape import Facts, Shape, one_of
from nlu.understanding import EMERGENCIES, INTENTS, SUBJECTS

Number = int | float
Verdict = Literal["yes", "maybe", "no", "general"]
Kind = Literal["material", "care", "concern", "elderly_service"]
Per = Literal["month", "year", "once"] | None
To = Literal["person", "family_member", "institution", "insurance_fund"]
Unit = Annotated[str, Field(description="CNY, ratio, times, or multiple_of:<base>")]


class Region(Shape):
    code: str | None
    name: str


class ListHead(Shape):
    id: str
    document: str
    status: Literal["in_force", "draft", "plan"]
    title: str
    year: int


class Amount(Shape):
    """`value` is null where the document prints no figure; then `text` says by which rule it is set."""

    value: Number | None
    unit: Unit
    per: Per
    at_least: bool
    to: To
    text: str | None = None


class Benefit(Shape):
    id: str
    label: str
    amount: Amount


class Because(Shape):
    fact: str
    text: str


class Source(Shape):
    document: str | None
    item: str
    reading: str | None


class Result(Shape):
    """One entry of the list, judged. "maybe" carries `reason`; unknown never becomes "no" nor "yes"."""

    id: str
    item: int
    name: str
    verdict: Verdict
    kind: Kind
    benefits: list[Benefit]
    agencies: list[str]
    agency_note: str | None
    because: list[Because]
    missing: list[str]
    extends: bool
    source: Source
    reason: (
        Literal[
            "missing_fact",
            "extension",
            "reading",
            "not_certified",
            "row_missing",
            "pilot",
            "criteria_not_attached",
            "outside_rule",
        ]
        | None
    ) = None
    says: str | None = None


class NotCounted(Shape):
    id: str
    why: Literal["amount_not_printed", "to_institution", "per_year", "existing_policy", "lower_of_either_or"]


class EitherOr(Shape):
    take: str
    instead_of: str
    why: str


class Total(Shape):
    """`month_min` in CNY; null where the document prints no amounts at all."""

    month_min: Number | None
    counted: list[str]
    not_counted: list[NotCounted]
    either_or: list[EitherOr]


class Option(Shape):
    label: str
    sets: Facts


class Next(Shape):
    """The question most worth asking next."""

    fact: str
    text: str
    options: list[Option]


class ScreenAnswer(Shape):
    """§2: every entry of the list of the elder's place, in list order."""

    id: str
    region: Region | None
    results: list[Result]
    total: Total
    next: Next | None
    presumed: list[str]
    notes: list[str]
    # Last, because the name hides the type.
    list: ListHead | None


class PersonHeard(Shape):
    subject: Annotated[str, one_of(SUBJECTS)]
    name: str | None = None
    facts: Facts


class Emergency(Shape):
    kind: Annotated[str, one_of(EMERGENCIES)]


class ParseAnswer(Shape):
    """§3: what was understood of one text."""

    id: str
    intent: Annotated[str, one_of(INTENTS)]
    confidence: float = Field(ge=0, le=1)
    engine: Literal["embedded", "rasa", "rules"]
    people: list[PersonHeard]
    slots: dict[str, str]
    emergency: Emergency | None


class Tap(Shape):
    id: str
    label: str


class PersonKept(Shape):
    facts: Facts


class Answers(Shape):
    yes: list[str]
    maybe: list[str]


class Booking(Shape):
    model_config = ConfigDict(extra="allow")
    id: str | None = None
    status: str


class TalkAnswer(Shape):
    """§4: what the user reads (2000 bytes a text at most), and the state after the turn."""

    user: str
    reply: list[str]
    taps: list[Tap]
    intent: Annotated[str, one_of(INTENTS)] | None
    asked: str | None
    subject: str | None
    people: dict[str, PersonKept]
    results: Answers
    answers: dict[str, Answers]
    booking: Booking | None
    emergency: Emergency | None


class ErrorBody(Shape):
    """`code` is for programs; `message` says what is wrong, where, and how to mend it."""

    code: str
    message: str
    field: str | None


class ErrorAnswer(Shape):
    """§7: the form of every error."""

    error: ErrorBody
