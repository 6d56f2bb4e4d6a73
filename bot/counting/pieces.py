"""Cuts a text that was not understood into short pieces to learn from; what could tell of anybody is left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from typing import Final

import yaml

# Of a longer text only the beginning is learned from.
LONGEST: Final = 200
SIZES: Final = (2, 3, 4)
_HAN: Final = "\u4e00-\u9fff"
_SPACE: Final = re.compile(r"\s+")
_CLAUSE: Final = re.compile(rf"[^{_HAN}a-zA-Z0-9_\-#+@.:/]+")
# A clause with a number, with letters, or that may say who somebody is or where they live, is left out whole.
_TELLING: Final = re.compile(
    "[^" + _HAN + "]|[零〇一二三四五六七八九幺两十百千]{3}|[叫姓号]|我是|俺是|名字|证件|身份证|"
    "[路街巷村庄屯镇乡县市省州盟旗寨营苑沟湾坡岗铺桥庙楼栋幢洼坪坊堡湖园弄]|小区|社区|区的|大道|胡同|单元|家属院|家园|新城|公寓|大厦|"
    "组的?$|队的?$|号院|东头|西头|南头|北头|隔壁|对面|对门"
)
# The commonest surnames stand at the front of the list: with these no given name need be known.
_COMMON: Final = 120
_GIVEN_AT_MOST: Final = 2
_EMPTY: Final = frozenset("我你您他她它俺咱的了吗呢吧啊呀哦嗯是不在有这那个就也都什么啥怎咋么要想能可以")


def pieces(text: str, personal: Iterable[str] = ()) -> frozenset[str]:
    """Each piece once: two to four characters that stood together. `personal` is what is known to be so, such as the
    names in a session and those of places."""
    plain = _SPACE.sub("", unicodedata.normalize("NFKC", text[:LONGEST]))
    clauses = (clause for clause in _CLAUSE.split(plain) if clause and not _TELLING.search(clause))
    known = [name for name in personal if name and name in plain]
    runs = (run for clause in clauses for run in _runs(clause, known))
    return frozenset(piece for run in runs for piece in _cut(run))


def _cut(run: str) -> Iterator[str]:
    for size in SIZES:
        for at in range(len(run) - size + 1):
            if not _EMPTY.issuperset(piece := run[at : at + size]):
                yield piece


def _runs(clause: str, personal: Iterable[str]) -> list[str]:
    """What stands between the names."""
    gone = set[int]()
    for name in personal:
        gone.update(_where(name, clause))
    gone.update(_of_names(clause))
    return "".join(" " if at in gone else one for at, one in enumerate(clause)).split()


def _where(name: str, clause: str) -> Iterator[int]:
    at = clause.find(name)
    while at >= 0:
        yield from range(at, at + len(name))
        at = clause.find(name, at + 1)


def _of_names(clause: str) -> Iterator[int]:
    """Where a name may stand: behind a surname, or made as given names are."""
    common, surnames, compound, given = _names()
    for at, one in enumerate(clause):
        if clause[at : at + 2] in compound:
            yield from range(at, at + 2 + _GIVEN_AT_MOST)
        if one in common or (one in surnames and clause[at + 1 : at + 2] in given):
            yield from range(at, at + 1 + _GIVEN_AT_MOST)
        if one in given and clause[at + 1 : at + 2] in given:
            yield from (at, at + 1)


@cache
def _names() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """The commonest surnames, all of them, those of two characters, and what given names are made of."""
    table = yaml.safe_load(resources.files("nlu.readers").joinpath("names.yaml").read_text(encoding="utf-8"))
    surnames, given = "".join(table["surnames"]), "".join(table["given"])
    return (
        frozenset(surnames[:_COMMON]),
        frozenset(surnames),
        frozenset(table["compound_surnames"]),
        frozenset(given),
    )
