"""The contract's §1 as a JSON Schema, made of the vocabulary that the rules know."""

from __future__ import annotations

from typing import Any

from bot.eligibility.vocabulary import (
    BOOLEANS,
    CHOICES,
    DISABILITY_KINDS,
    DISABILITY_LEVELS,
    FLAG_SETS,
    OLDEST,
)

Schema = dict[str, Any]


def _flags(names: tuple[str, ...]) -> Schema:
    """A list is complete, a map says only what it says."""
    return {
        "oneOf": [
            {"type": "array", "items": {"enum": list(names)}, "description": "complete: no other holds"},
            _object({name: {"type": "boolean"} for name in names}, "all others are unknown"),
        ]
    }


def _object(properties: dict[str, Schema], description: str) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "description": description,
    }


_AGE = {"type": "integer", "minimum": 0, "maximum": OLDEST}
_DISABILITY = _object(
    {"level": {"enum": list(DISABILITY_LEVELS)}, "kind": {"enum": list(DISABILITY_KINDS)}},
    "the certificate; either key may be missing",
)

FACTS_SCHEMA: Schema = _object(
    {
        "region": {"type": "string", "maxLength": 40, "description": "GB/T 2260 code or a name"},
        "age": {**_AGE, "description": "full years (周岁)"},
        "age_range": {"type": "array", "items": _AGE, "minItems": 2, "maxItems": 2},
        "birth_date": {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"},
        **{fact: _flags(names) for fact, names in FLAG_SETS.items()},
        **{fact: {"enum": list(values)} for fact, values in CHOICES.items()},
        **{fact: {"type": "boolean"} for fact in BOOLEANS},
        "care_months": {"type": "number", "minimum": 0, "maximum": 1200},
        "disability": {"oneOf": [{"type": "null", "description": "holds no certificate"}, _DISABILITY]},
    },
    "what is known of one elder; an absent key means not known",
)
