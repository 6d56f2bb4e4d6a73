"""What all shapes of the API share: strictness, the facts, and the check of what comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, WithJsonSchema
from rapidfuzz import process

from bot.api.facts_schema import FACTS_SCHEMA
from bot.errors import BadValue

Model = TypeVar("Model", bound=BaseModel)
# The rules themselves check the facts: their errors name the fact and the mend.
Facts = Annotated[dict[str, Any], WithJsonSchema(FACTS_SCHEMA)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def one_of(values: tuple[str, ...]) -> WithJsonSchema:
    """Shows the values that a text may have."""
    return WithJsonSchema({"type": "string", "enum": list(values)})


def checked(model: type[Model], given: Mapping[str, Any]) -> Model:
    """`given` in that shape; raises `BadValue` naming the first wrong field."""
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part)[:40] for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise _unknown_key(field, tuple(model.model_fields)) from None
        raise BadValue(f"{field}: {first['msg']}; GET /api shows what is expected", field=field) from None


def _unknown_key(key: str, allowed: tuple[str, ...]) -> BadValue:
    near = process.extractOne(key, allowed, score_cutoff=60)
    hint = f"did you mean {near[0]!r}?" if near else f"allowed are {', '.join(allowed)}"
    return BadValue(f"there is no key {key!r} here; {hint}", code="unknown_key", field=key)
