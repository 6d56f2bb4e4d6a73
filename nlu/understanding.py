"""What was understood of one text, and who can understand; imports nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

INTENTS = (
    "greet",
    "ask_eligibility",
    "inform",
    "ask_service",
    "book_call",
    "check_booking",
    "cancel_booking",
    "reschedule_booking",
    "affirm",
    "deny",
    "dont_know",
    "correct",
    "restart",
    "help",
    "human",
    "emergency",
    "thanks",
    "goodbye",
    "complain",
    "delete_my_data",
    "out_of_scope",
)

SUBJECTS = ("self", "father", "mother", "spouse", "other")

EMERGENCIES = (
    "fall",
    "chest_pain",
    "breathing",
    "stroke",
    "unconscious",
    "bleeding",
    "fire",
    "gas",
    "lost_elder",
    "self_harm",
    "violence",
    "poison",
    "other",
)

# Of a longer text only so many characters are read.
LONGEST_TEXT = 2_000

# What may have been asked just before; anything else is None.
CONTEXTS = (
    "age",
    "household",
    "living",
    "disability",
    "disability_level",
    "care",
    "region",
    "confirm",
    "offer_booking",
    "booking_service",
    "booking_time",
    "booking_address",
    "booking_phone",
    "booking_name",
)


@dataclass(frozen=True, slots=True)
class PersonHeard:
    """One elder a text speaks of: `subject` is one of SUBJECTS, `name` as told ("王大妈", "姑姑"), facts as in
    the contract's §1, in map form. `named` is false where nobody was named: then `self` is only a guess, and
    whoever is being talked about is meant."""

    subject: str
    name: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    named: bool = True


@dataclass(frozen=True, slots=True)
class Understanding:
    """One text, understood. `engine` is "embedded", "rasa" or "rules"; `confidence` lies in 0..1.

    `emergency` is one of EMERGENCIES or None; `perhaps_emergency` is one of them where the words leave open
    whether it is happening now, so that the dialogue asks one yes/no question.
    """

    intent: str
    confidence: float
    engine: str
    people: tuple[PersonHeard, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)
    emergency: str | None = None
    perhaps_emergency: str | None = None


class Understander(Protocol):
    """Anything that understands a text; never raises for what a user may write."""

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding: ...

    async def state(self) -> str:
        """One line for the operator: which engine answers, and why."""
        ...
