"""What Rasa's HTTP answers must look like before they are believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from nlu.understanding import INTENTS

# What Rasa's own fallback classifier says; it ranks nothing of ours.
_RASAS_OWN = frozenset({"nlu_fallback"})


class RasaFault(Exception):
    """Why Rasa's word is not taken this time; for the operator, without anything of the text. `kind` is one of few."""

    def __init__(self, why: str, kind: str = "unreadable") -> None:
        super().__init__(why)
        self.kind = kind


class _Ranked(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class _Parsed(BaseModel):
    intent: _Ranked
    intent_ranking: list[_Ranked] = []


class _Status(BaseModel):
    model_file: str


def ranking(body: bytes) -> Mapping[str, float]:
    """The probability of each intent, out of an answer of `/model/parse`. Raises RasaFault."""
    try:
        told = _Parsed.model_validate_json(body)
    except ValidationError as error:
        raise RasaFault(f"answers what nobody can read ({_where(error)})") from None
    ranked = {each.name: each.confidence for each in told.intent_ranking or [told.intent]}
    strange = ranked.keys() - set(INTENTS) - _RASAS_OWN
    if strange:
        # An intent's name could be anybody's words; only what looks like a name is told.
        named = sorted(name for name in strange if name.isascii() and name.isidentifier())
        intent = (named or ["?"])[0]
        raise RasaFault(f"has another model loaded: it speaks of the intent {intent!r}", "other_model")
    return {name: share for name, share in ranked.items() if name not in _RASAS_OWN}


def model(body: bytes) -> str:
    """The file of the model that is loaded, out of an answer of `/status`. Raises RasaFault."""
    try:
        return _Status.model_validate_json(body).model_file
    except ValidationError as error:
        raise RasaFault(f"does not say which model it has loaded ({_where(error)})") from None


def _where(error: ValidationError) -> str:
    """The first fault, without the value that has it."""
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the body'}: {first['msg']}"
