"""Reads a file that an operator writes into a checked form; what is wrong is told with file, line and mend, never a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import structlog
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from bot.catalog import lined_yaml
from bot.catalog.lined_yaml import Lined, Where
from bot.errors import SettingError

_Form = TypeVar("_Form", bound=BaseModel)
_Text = TypeVar("_Text", str, SecretStr)
_READABLE_BY_ALL = 0o004
# No secret of any platform comes near.
_LONGEST_SECRET_FILE = 1024

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


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


def fits(good: str | Callable[[str], object], mend: str) -> Callable[[_Text], _Text]:
    """For a field: lets text through that is of a pattern, or that is `good`; the error says the mend, not the text."""
    is_good = re.compile(good).fullmatch if isinstance(good, str) else good

    def check(text: _Text) -> _Text:
        if not is_good(text.get_secret_value() if isinstance(text, SecretStr) else text):
            raise ValueError(mend)
        return text

    return check


def with_secrets(
    path: Path, lined: Lined, number: int, whole: dict[Any, Any], names: Iterable[str]
) -> Iterator[str]:
    """Puts secrets of those names that stand in files of their own (`<name>_file`) into their places in the entry
    `whole` of the file at `path`; yields what is wrong with them."""
    for name in names:
        if name in whole:
            _warn_if_open(path)
        if (file := whole.pop(f"{name}_file", None)) is None:
            continue
        if name in whole:
            yield lined.problem((number, name), f"{name} and {name}_file both stand here; keep one")
            continue
        try:
            whole[name] = _secret(path.parent / str(file))
        except (OSError, ValueError):
            told = f"{name}_file: the file cannot be read; put the secret there, one line"
            yield lined.problem((number, f"{name}_file"), told)


def _secret(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(_LONGEST_SECRET_FILE + 1)
    if not raw.strip() or len(raw) > _LONGEST_SECRET_FILE:
        raise ValueError("empty, or no secret")
    _warn_if_open(path)
    return raw.decode().strip()


def _warn_if_open(path: Path) -> None:
    if path.stat().st_mode & _READABLE_BY_ALL:
        log.warning("secrets_readable_by_all", file=path.name, mend="take the right away: chmod o-r")


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
