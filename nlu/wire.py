"""An understanding as the JSON of the contract's §3."""

from __future__ import annotations

from typing import Any

from nlu.understanding import PersonHeard, Understanding

SLOTS = ("service", "benefit", "time_text", "time", "address", "phone", "contact")


def as_json(id_: str, understanding: Understanding) -> dict[str, Any]:
    """Only the slots that were found; facts are left out of nothing."""
    return {
        "id": id_,
        "intent": understanding.intent,
        "confidence": round(understanding.confidence, 4),
        "engine": understanding.engine,
        "people": [_person(each) for each in understanding.people],
        "slots": {name: understanding.slots[name] for name in SLOTS if name in understanding.slots},
        "emergency": {"kind": understanding.emergency} if understanding.emergency else None,
    }


def _person(person: PersonHeard) -> dict[str, Any]:
    return {"subject": person.subject, "name": person.name, "facts": dict(person.facts)}
