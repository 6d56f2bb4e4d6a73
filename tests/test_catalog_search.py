"""Looking up services and places as people type them: names, everyday names, agencies, typing errors."""

from __future__ import annotations

import pytest

from bot.catalog.load import load_catalog
from bot.catalog.search import search

CATALOG = load_catalog()
WOLONG = CATALOG.lists["wolong"].items
ITEMS = [
    pytest.param(found.items, item, id=item.id) for found in CATALOG.lists.values() for item in found.items
]


def ids(query: str) -> list[str]:
    return [item.id for item in search(WOLONG, query)]


@pytest.mark.parametrize(("items", "item"), ITEMS)
def test_every_entry_is_found_by_its_name_and_by_each_everyday_name(items: list, item: object) -> None:  # type: ignore[type-arg]
    for name in (item.form.name, item.service.name, *item.service.everyday):  # type: ignore[attr-defined]
        hits = search(items, name)
        assert item in hits, name
        best = hits[0]
        names = (best.form.name, best.service.name, *best.service.everyday)
        assert any(name in one or one in name for one in names), f"{name}: {best.id} stands before it"


# what is typed, what comes first, what must not come
QUERIES = [
    ("高龄津贴", "wolong-05", "wolong-06"),
    ("高领津贴", "wolong-05", "wolong-06"),
    ("  高龄津贴 ", "wolong-05", "wolong-06"),
    ("我想问高龄津贴怎么领", "wolong-05", "wolong-25"),
    ("助餐", "wolong-25", "wolong-05"),
]


@pytest.mark.parametrize(("query", "first", "never"), QUERIES)
def test_what_is_typed_finds(query: str, first: str, never: str) -> None:
    found = ids(query)
    assert found[0] == first
    assert never not in found


def test_an_agency_finds_what_it_leads_after_what_bears_the_name() -> None:
    found = search(WOLONG, "残疾人联合会")
    assert found
    assert all(any("残疾人联合会" in agency for agency in item.form.agencies) for item in found)


@pytest.mark.parametrize("query", ["", "   ", "\n"])
def test_nothing_typed_is_the_whole_list_in_its_order(query: str) -> None:
    assert search(WOLONG, query) == list(WOLONG)


@pytest.mark.parametrize("query", ["火星车", "x" * 5000, "🙂", "%", "'; drop table"])
def test_what_nobody_has_finds_nothing(query: str) -> None:
    assert search(WOLONG, query) == []


# what is written, the code of the place, the list that holds there
PLACES = [
    ("411303", "411303", "wolong"),
    ("卧龙区", "411303", "wolong"),
    (" 卧龙区 ", "411303", "wolong"),
    ("南阳市 卧龙区", "411303", "wolong"),
    ("南阳市\u3000卧龙区", "411303", "wolong"),
    ("南阳", "411300", "nanyang"),
    ("宛城区", "411302", "nanyang"),
    # A code that we do not know is that code, and no list of ours.
    ("419999", "419999", None),
    ("411399", "411399", None),
    # These are no codes.
    ("41130", None, None),
    ("４１９９９９", None, None),
    ("火星", None, None),
    ("411303; drop", None, None),
]


@pytest.mark.parametrize(("written", "code", "held"), PLACES)
def test_a_place_as_it_is_written(written: str, code: str | None, held: str | None) -> None:
    region = CATALOG.region(written)
    assert region.code == code
    found = CATALOG.list_for(region)
    assert (found.id if found else None) == held


def test_a_place_that_is_not_known_keeps_the_name_it_was_given() -> None:
    assert CATALOG.region("火星 基地").name == "火星 基地"


def test_only_where_the_list_is_another_places_it_is_a_floor() -> None:
    assert CATALOG.region("宛城区").floor
    assert not CATALOG.region("卧龙区").floor
    assert not CATALOG.region("火星").floor
