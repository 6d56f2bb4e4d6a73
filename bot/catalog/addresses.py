"""Reads the place from an address as maps write it: 河南省南阳市卧龙区车站路88号."""

from __future__ import annotations

from bot.catalog.model import Catalog, Region

_ENDINGS = ("省", "市", "区", "县", "州", "盟", "旗")
# 南阳市场, 开封县道: the name of a place is only a part of another name.
_NO_PLACE_BEFORE = ("场", "路", "街", "道", "巷")
_LONGEST_NAME = 24
_LONGEST_ADDRESS = 100


def region_in(address: str, catalog: Catalog) -> Region | None:
    """The smallest place that the address names, each inside the one before, the first at its front; None where
    it names none that we know."""
    text = "".join(address.split())[:_LONGEST_ADDRESS].removeprefix("中国")
    found, at = "", 0
    while at < len(text):
        name = _name_at(text, at, catalog, found)
        if not name and not found:
            return None
        found = catalog.region_names[name] if name else found
        at += len(name) or 1
    return catalog.regions[found] if found else None


def inside(code: str, outer: str) -> bool:
    """Whether a place lies in another or is it, by their codes: 411303 in 411300 in 410000."""
    return code.startswith(outer.removesuffix("00").removesuffix("00"))


def _name_at(text: str, at: int, catalog: Catalog, outer: str) -> str:
    """The longest official name that starts there and lies in `outer`."""
    for length in range(_LONGEST_NAME, 1, -1):
        name = text[at : at + length]
        code = catalog.region_names.get(name)
        if code and name.endswith(_ENDINGS) and inside(code, outer) and not _goes_on(text[at + length :]):
            return name
    return ""


def _goes_on(rest: str) -> bool:
    return rest.startswith(_NO_PLACE_BEFORE)
