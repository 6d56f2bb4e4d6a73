"""What the API takes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from bot.api.shape import Facts, Shape, one_of
from nlu.understanding import CONTEXTS


def _is_context(value: str) -> str:
    if value not in CONTEXTS:
        raise ValueError(f"it is one of {', '.join(CONTEXTS)}, or null")
    return value


class ScreenRequest(Shape):
    """§2: one elder's facts; a fact that is not known is left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "1",
                    "facts": {
                        "region": "411303",
                        "age": 83,
                        "status": {"low_income": True},
                        "disability": {"level": 2},
                    },
                }
            ]
        }
    )
    id: str = Field("", description="Any text; comes back with the answer.")
    facts: Facts


class ParseRequest(Shape):
    """§3: a text; `context` names what was asked just before it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "1", "text": "俺娘83了，低保，二级残疾，卧龙区的", "context": None}]
        }
    )
    id: str = Field("", description="Any text; comes back with the answer.")
    text: str
    context: Annotated[str, AfterValidator(_is_context), one_of(CONTEXTS)] | None = None


class TalkRequest(Shape):
    """§4: one message of one user. These users are apart from those of WeChat."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"user": "u1", "text": "我妈83岁，低保，卧龙区的"}]}
    )
    user: str = Field(min_length=1, max_length=128, description="Any id; the session is kept under it.")
    text: str = Field("", max_length=20_000)
    tap: str | None = Field(None, max_length=128, description="The id of a tapped choice.")
    event: Literal["subscribe", "unsubscribe", "scan", "click", "view"] | None = None
    scene: str | None = Field(None, max_length=128, description="The region code of a scanned poster.")


class BenefitsQuery(Shape):
    """§6: where to look, and for what."""

    region: str | None = Field(
        None, max_length=40, description="A code or a name; without it all lists are searched."
    )
    q: str = Field(
        "", max_length=200, description="A name, an everyday name, an agency or a word; empty finds all."
    )
