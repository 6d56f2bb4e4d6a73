"""No piece of what a pattern repeats may be readable in two ways: its time would double with every repetition."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

import pytest

from tests.storage import ROOT

parser: Any = pytest.importorskip("re._parser", reason="where Python's own parser of patterns is elsewhere")
_EVERY_PATTERN = """
import importlib, json, pkgutil, re
import bot, nlu
compiled, compile_ = set(), re.compile
def noted(pattern, flags=0):
    compiled.add(pattern if isinstance(pattern, str) else "")
    return compile_(pattern, flags)
re.compile = noted
for package in (nlu, bot):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
print(json.dumps(sorted(compiled)))
"""
# So often repeated is as bad as for ever; so many readings of one piece are looked at.
_OFTEN, _MOST = 12, 4000


class _AnythingError(Exception):
    """A piece that may be almost any character: what it could be cannot be listed."""


@pytest.fixture(scope="module")
def patterns() -> list[str]:
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _EVERY_PATTERN], cwd=ROOT, check=True, capture_output=True
    )
    found: list[str] = json.loads(told.stdout)
    return found


def test_nothing_that_repeats_can_be_read_in_two_ways(patterns: list[str]) -> None:
    assert len(patterns) > 800, "the patterns were not found"
    found = {pattern: told for pattern in patterns if (told := doubtful(pattern))}
    assert not found, "write each piece so that no other pieces make it: not (?:这|个|这个)* but (?:这|个)*"


@pytest.mark.parametrize(
    ("pattern", "doubt"),
    [
        ("(?:哈|哈哈)+$", True),
        ("(?:拜拜?|行)*好", True),
        ("(?:拜拜?|拜)*好", True),
        ("(?:这个?|个)*$", True),
        ("(?:(?:好的?|的)+|行)*", True),
        ("(?:哈|嘿)+$", False),
        ("(?:好的?|行){0,8}$", False),
        ("(?:一个|个|位)*", False),
    ],
)
def test_what_is_found(pattern: str, *, doubt: bool) -> None:
    assert bool(doubtful(pattern)) == doubt


def doubtful(pattern: str) -> str:
    """A text that one of the repeated parts of `pattern` makes in two ways; "" for none that can be listed."""
    for part in _repeated(parser.parse(pattern)):
        try:
            pieces = _texts(part) - {""}
        except _AnythingError:
            continue
        if told := _two_ways(pieces):
            return told
    return ""


def _repeated(parts: Any) -> Iterator[Any]:
    for kind, what in parts:
        name = str(kind)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            if what[1] > _OFTEN:
                yield what[2]
            yield from _repeated(what[2])
        elif name == "BRANCH":
            for one in what[1]:
                yield from _repeated(one)
        elif name in ("SUBPATTERN", "ASSERT", "ASSERT_NOT"):
            yield from _repeated(what[-1])


def _texts(parts: Any) -> set[str]:
    """What the parts can match, as far as it is short; raises `_AnythingError`."""
    found = {""}
    for kind, what in parts:
        pieces = _texts_of(str(kind), what)
        found = {before + piece for before, piece in islice(product(found, pieces), _MOST)}
    return found


def _texts_of(kind: str, what: Any) -> set[str]:
    if kind == "LITERAL":
        return {chr(what)}
    if kind == "IN":
        return {one for name, value in what for one in _characters(str(name), value)}
    if kind == "BRANCH":
        return {text for one in what[1] for text in _texts(one)}
    if kind == "SUBPATTERN":
        return _texts(what[-1])
    if kind in ("MAX_REPEAT", "MIN_REPEAT"):
        least, most, inner = what
        times = range(least, min(most, least + 2) + 1)
        return {"".join(one) for n in times for one in islice(product(_texts(inner), repeat=n), _MOST)}
    if kind in ("AT", "ASSERT", "ASSERT_NOT"):
        return {""}
    raise _AnythingError


def _characters(name: str, value: Any) -> set[str]:
    if name == "LITERAL":
        return {chr(value)}
    if name == "RANGE":
        return {chr(value[0]), chr(value[1])}
    if name == "CATEGORY":
        return {"1"}
    raise _AnythingError


def _two_ways(pieces: set[str]) -> str:
    """Sardinas and Patterson's test of a code: follows what is left over where two readings of a text differ in length."""
    left = {two[len(one) :]: two for one in pieces for two in pieces if one != two and two.startswith(one)}
    open_ones = list(left)
    while open_ones:
        rest = open_ones.pop()
        if rest in pieces:
            return left[rest]
        for piece in pieces:
            more, text = _left_over(rest, piece, left[rest])
            if more and more not in left and len(left) < _MOST:
                left[more] = text
                open_ones.append(more)
    return ""


def _left_over(rest: str, piece: str, text: str) -> tuple[str, str]:
    if piece.startswith(rest):
        return piece[len(rest) :], text + piece[len(rest) :]
    return (rest[len(piece) :], text) if rest.startswith(piece) else ("", "")
