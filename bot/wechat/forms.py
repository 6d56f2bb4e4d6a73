"""Reads a file that an operator writes into a checked form; what is wrong is told with file, line and mend, never a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.catalog import lined_yaml
from bot.catalog.lined_yaml import Lined, Where
from bot.errors import SettingError

_Form = TypeVar("_Form", bound=BaseModel)


class Strict(BaseModel):
    """A form that takes nothing it does not know, and repeats no value in its errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


def read(path: Path, setting: str) -> Lined:
    """The file's data with their lines; raises `SettingError`, which names `setting`, where it cannot be read."""
    try:
        lined = lined_yaml.read(path, path.name)
    except OSError as error:
        raise SettingError(
            f"{setting}: {path} cannot be read ({error.strerror}); name another file"
        ) from None
    if lined.problems:
        raise SettingError("\n".join(lined.problems))
    return lined


def checked(lined: Lined, data: Any, where: Where, form: type[_Form]) -> tuple[_Form | None, list[str]]:
    """The form of the data at that place of the file, or a line for each thing that is wrong with it."""
    try:
        return form.model_validate(data), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return None, [_told(lined, where, one, form) for one in found]


def _told(lined: Lined, where: Where, error: Any, form: type[BaseModel]) -> str:
    place = tuple(error["loc"])
    name = ".".join(map(str, place)) or "this entry"
    mend = _MENDS.get(error["type"])
    told = mend(error, form) if mend else error["msg"].removeprefix("Value error, ")
    return lined.problem((*where, *place), f"{name} {told}")


_MENDS: Mapping[str, Callable[[Any, type[BaseModel]], str]] = {
    "missing": lambda _error, _form: "is missing; add it",
    "extra_forbidden": lambda _error, _form: "is not known here; mend its name or take it out",
    "string_type": lambda _error, _form: "must be text; put it in quotes",
    "model_type": lambda _error, _form: "must be lines of 'name: value'",
    "dict_type": lambda _error, _form: "must be lines of 'name: value'",
    "literal_error": lambda error, _form: f"is not known; write one of {error['ctx']['expected']}",
}
