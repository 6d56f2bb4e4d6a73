"""Every sentence an elder reads, by name, from the YAML files beside this module."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bot.catalog import lined_yaml
from bot.errors import CatalogError


def say(name: str, /, **values: object) -> str:
    """The sentence of that name with the values filled in; an unknown name is a KeyError."""
    return _sentences()[name].format_map(values).strip("\n")


def words(name: str) -> tuple[str, ...]:
    """A list of words of that name, such as the ways to say 更多."""
    return _word_lists()[name]


@cache
def _files() -> tuple[Mapping[str, object], ...]:
    read = [lined_yaml.read(path, path.name) for path in sorted(Path(__file__).parent.glob("*.yaml"))]
    problems = [problem for one in read for problem in one.problems]
    if problems:
        raise CatalogError(problems)
    return tuple(one.data for one in read)


@cache
def _sentences() -> Mapping[str, str]:
    return {name: text for file in _files() for name, text in file.items() if isinstance(text, str)}


@cache
def _word_lists() -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(text) for file in _files() for name, text in file.items() if isinstance(text, list)}
