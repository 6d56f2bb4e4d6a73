"""Held-out sentences, and what an attentive clerk would read in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from nlu.understanding import CONTEXTS, EMERGENCIES, INTENTS, SUBJECTS
from nlu.yaml_text import read_yaml

# "any": something must be read, whatever it is. "perhaps": an emergency, or the question whether it is one.
ANY, PERHAPS = "any", "perhaps"
FOLDERS, DANGERS = ("intents", "whole", "facts"), "emergency.yaml"

Facts = Mapping[str, Any]

_KEYS = {"text", "context", "intent", "intents", "also_intents", "people", "slots", "emergency", "facts"}
# The parts of emergency.yaml: what is one, what may be one, what is none.
_DANGERS = ("happening", "perhaps", "not_now", "may_ask")
_PERSON_KEYS = {"subject", "name", "facts", "also"}
# The sentences in facts/ tell of these only by the way.
_BY_THE_WAY = {"age": ANY, "region": ANY, "hukou_local": ANY, "rural": ANY, "resident": ANY}


class CaseError(ValueError):
    """A written sentence is not in the right form; the message says which one and why."""


@dataclass(frozen=True, slots=True)
class Person:
    """One elder: who (or ANY), the name as told where it matters, what must be read, what may be read or not, and
    whether anything else may be read too."""

    subject: str
    name: str | None = None
    facts: Facts = field(default_factory=dict)
    also: Facts = field(default_factory=dict)
    free: bool = False


@dataclass(frozen=True, slots=True)
class Danger:
    """The kinds of emergency of which one must be read, none where it is none; or the question will do."""

    kinds: tuple[str, ...] = ()
    question_will_do: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence and what is right for it. `intents`: the best one first, none where any will do. `people` and
    `danger`: None where they are not judged. Where `whose` is false, everybody's facts are taken together."""

    text: str
    theme: str
    intents: tuple[str, ...] = ()
    context: str | None = None
    people: tuple[Person, ...] | None = None
    slots: Mapping[str, str | None] = field(default_factory=dict)
    danger: Danger | None = None
    whose: bool = True


def cases(path: Path) -> list[Case]:
    """All sentences of a file, of the files of a folder, or of all parts of a folder of folders.
    Raises CaseError, OSError."""
    found = [case for each in _files(path) for case in _in_file(each)]
    if not found:
        raise CaseError(f"{path}: no sentences there (*.yaml)")
    return found


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    parts = [each for name in FOLDERS for each in sorted((path / name).glob("*.yaml"))]
    dangers = [path / DANGERS] if (path / DANGERS).is_file() else []
    return [*parts, *dangers] if parts else sorted(path.glob("*.yaml"))


def _in_file(path: Path) -> Iterator[Case]:
    theme = f"{path.parent.name}/{path.stem}"
    for entry, made in _entries(_body(path)):
        try:
            yield made(entry, theme)
        except (TypeError, ValueError, AttributeError) as error:
            raise CaseError(f"{path}: {entry}: {error}") from error


def _body(path: Path) -> Any:
    try:
        return read_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: no YAML: {error}") from error


def _entries(body: Any) -> Iterator[tuple[Any, Callable[[Any, str], Case]]]:
    """What stands in a file of one of the three forms, and how it is read."""
    if isinstance(body, list):
        yield from ((entry, _case) for entry in body)
    elif isinstance(body, dict) and "intent" in body:
        yield from ((entry, partial(_of_intent, body["intent"])) for entry in body["sentences"])
    elif isinstance(body, dict):
        for part in _DANGERS:
            yield from ((entry, partial(_of_danger, part)) for entry in body.get(part, ()))


def _of_intent(intent: str, entry: Any, theme: str) -> Case:
    told = entry if isinstance(entry, dict) else {"text": entry}
    _known(told, {"text", "context", "also"}, "text")
    intents = tuple(_one_of(each, INTENTS) for each in (intent, *told.get("also", ())))
    return Case(str(told["text"]), theme, intents, _one_of(told.get("context"), (None, *CONTEXTS)))


def _of_danger(part: str, entry: Any, theme: str) -> Case:
    told = entry if isinstance(entry, dict) else {"text": entry, "kind": []}
    _known(told, {"text", "kind"}, "text", "kind")
    kinds = told["kind"] if isinstance(told["kind"], list) else [told["kind"]]
    real = tuple(_one_of(each, EMERGENCIES) for each in kinds)
    return Case(str(told["text"]), theme, danger=Danger(real, part in ("perhaps", "may_ask")))


def _case(body: Mapping[str, Any], theme: str) -> Case:
    _known(body, _KEYS, "text")
    alone = "facts" in body
    return Case(
        str(body["text"]),
        theme,
        _intents(body),
        _one_of(body.get("context"), (None, *CONTEXTS)),
        (Person(ANY, None, body["facts"], _BY_THE_WAY),) if alone else _people(body.get("people")),
        {name: None if value is None else _plain(value) for name, value in (body.get("slots") or {}).items()},
        _danger(body["emergency"]) if "emergency" in body else None,
        whose=not alone,
    )


def _intents(body: Mapping[str, Any]) -> tuple[str, ...]:
    told = body.get("intents") or ([body["intent"]] if body.get("intent") else [])
    return tuple(_one_of(each, INTENTS) for each in (*told, *(body.get("also_intents") or ())))


def _people(told: Any) -> tuple[Person, ...] | None:
    return tuple(_person(each) for each in told) if isinstance(told, list) else None


def _person(body: Mapping[str, Any]) -> Person:
    _known(body, _PERSON_KEYS, "subject")
    name = str(body["name"]) if body.get("name") else None
    told, also = body.get("facts"), body.get("also")
    subject = _one_of(body["subject"], (ANY, *SUBJECTS))
    return Person(subject, name, _facts(told), _facts(also), ANY in (told, also))


def _facts(told: Any) -> Facts:
    """A region's code or a birth date may stand there without quotes."""
    return (
        {}
        if told in (None, ANY)
        else {key: _plain(value) if key in ("region", "birth_date") else value for key, value in told.items()}
    )


def _danger(told: str | None) -> Danger:
    if told is None:
        return Danger()
    if told in (ANY, PERHAPS):
        return Danger(EMERGENCIES, told == PERHAPS)
    return Danger((_one_of(told, EMERGENCIES),))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _known(body: Mapping[str, Any], keys: set[str], *needed: str) -> None:
    strange, missing = sorted(set(body) - keys), sorted(set(needed) - set(body))
    if strange:
        raise ValueError(f"unknown key {strange[0]!r}; known are {', '.join(sorted(keys))}")
    if missing:
        raise ValueError(f"the key {missing[0]!r} is missing")


def _one_of(value: Any, known: tuple[Any, ...]) -> Any:
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(str(each) for each in known)}")
    return value
