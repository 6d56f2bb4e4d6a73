"""A place is found by its code or by any way of writing it; what we do not know is a place not covered."""

from __future__ import annotations

import pytest

from bot.catalog.load import load_catalog

CATALOG = load_catalog()


@pytest.mark.parametrize(
    ("written", "code", "covered_by", "floor"),
    [
        ("411303", "411303", "wolong", False),
        ("卧龙", "411303", "wolong", False),
        ("河南省南阳市卧龙区", "411303", "wolong", False),
        ("卧龙区七里园乡", "411303", "wolong", False),
        ("河南南阳", "411300", "nanyang", False),
        ("邓州市", "411381", "nanyang", True),
        ("开封市兰考县", "410225", "kaifeng", True),
        ("许昌鄢陵", "411024", "yanling", False),
        ("河北省邢台市南宫市", "130581", "nangong", False),
        ("郑州市金水区", "410100", None, False),
        ("上海", "310000", None, False),
        ("411399", "411399", None, False),
        ("济南阳", None, None, False),
        ("南阳路小学", None, None, False),
        ("火星", None, None, False),
    ],
)
def test_place(written: str, code: str | None, covered_by: str | None, floor: bool) -> None:
    region = CATALOG.region(written)
    assert (region.code, region.list, region.floor) == (code, covered_by, floor)


def test_every_name_leads_to_its_own_place() -> None:
    for name, code in CATALOG.region_names.items():
        assert CATALOG.region(name).code == code
        assert CATALOG.region(CATALOG.regions[code].full).code == code
