"""Reads YAML so that every value knows its line, repeats are refused, and nothing is taken for what it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Where = tuple[str | int, ...]


@dataclass(slots=True)
class Lined:
    """The data of one file, and the 1-based line of each place in it ("benefits", 0, "label")."""

    file: str
    data: Any = None
    lines: dict[Where, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def line(self, where: Where) -> int:
        """The line of the place, or of the nearest place around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def problem(self, where: Where, text: str) -> str:
        """One line for a person: file, line, what and how to mend."""
        return f"{self.file}:{self.line(where)}: {text}"


# Ten times what the largest list has: a few lines of aliases can stand for millions.
_MOST_PLACES = 200_000
# The parser in C, wherever PyYAML has it, reads the catalog in a fifth of the time.
_Fastest: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fastest):  # type: ignore[misc] # chosen when it runs
    """Only true and false are booleans, only plain decimals numbers; dates stay text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own shape


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789")
)


def read(path: Path, name: str) -> Lined:
    """Reads one file, called `name` in messages; what is wrong stands in `problems`."""
    lined = Lined(name)
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        lined.data = _plain(node, (), lined, loader) if node is not None else None
    except UnicodeDecodeError:
        lined.problems.append(f"{name}:1: the file is not UTF-8; save it as UTF-8")
    except yaml.YAMLError as error:
        lined.problems.append(
            f"{name}:{_error_line(error)}: this is not YAML ({_short(error)}); mind the spaces at the start"
        )
    except (ValueError, RecursionError):
        lined.problems.append(f"{name}:1: a tag (!!) or an alias (*) cannot be read; write the value out")
    return lined


def _error_line(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def _short(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or "cannot be read")


def _plain(node: yaml.Node, where: Where, lined: Lined, loader: _Loader) -> Any:
    lined.lines[where] = node.start_mark.line + 1
    if len(lined.lines) > _MOST_PLACES:
        raise ValueError("aliases of aliases")
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, where, lined, loader))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*where, i), lined, loader) for i, child in enumerate(node.value)]
    return loader.construct_object(node)


def _pairs(node: yaml.MappingNode, where: Where, lined: Lined, loader: _Loader) -> Iterator[tuple[Any, Any]]:
    seen: set[Any] = set()
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str | int):
            lined.problems.append(f"{lined.file}:{line}: {key!r} cannot be a key; write a word")
            continue
        if key in seen:
            lined.problems.append(f"{lined.file}:{line}: {key!r} stands here twice; keep one of them")
        seen.add(key)
        value = _plain(value_node, (*where, key), lined, loader)
        lined.lines[(*where, key)] = line
        yield key, value
