"""Regions, addresses and telephone numbers: where somebody lives, and where nobody does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.readers import address, phone, region
from nlu.readers.normal import normal
from nlu.yaml_text import read_yaml

SENTENCES = Path(__file__).parent / "sentences" / "readers"
CODES = {
    "410000": ["河南", "河南省"],
    "411300": ["南阳", "南阳市"],
    "411303": ["卧龙", "卧龙区", "南阳市卧龙区"],
    "411302": ["宛城", "宛城区"],
    "410200": ["开封", "开封市"],
    "411000": ["许昌", "许昌市"],
    "411024": ["鄢陵", "鄢陵县"],
    "410100": ["郑州", "郑州市"],
    "130500": ["邢台", "邢台市"],
    "130581": ["南宫", "南宫市"],
}
REGIONS = {name: code for code, names in CODES.items() for name in names}
WORDS = (
    "户口", "在", "住", "卧龙", "南阳", "开封", "不是", "以前", "现在", "路",
    "83", "号", "139", "1234", "5678", "村", "3", "组", "楼", "-",
    "(", ")", "+", "8", "6", "，", "外地",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(WORDS),
        max_size=16,
    ).map("".join),
)


def cases(name: str) -> list[Any]:
    rows = read_yaml((SENTENCES / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["say"]) for row in rows]


@pytest.mark.parametrize("case", cases("region"))
def test_region(case: dict[str, Any]) -> None:
    expected = {"region": REGIONS[case["region"]]} if "region" in case else {}
    expected |= {"hukou_local": case["hukou_local"]} if "hukou_local" in case else {}
    assert region.read(normal(case["say"]), REGIONS) == expected


@pytest.mark.parametrize("case", cases("phone"))
def test_phone(case: dict[str, Any]) -> None:
    assert phone.read(normal(case["say"])) == case.get("phone")


@pytest.mark.parametrize("case", cases("address"))
def test_address(case: dict[str, Any]) -> None:
    assert address.read(normal(case["say"])) == case.get("address")


@given(TEXTS)
def test_any_text_gives_places_of_the_right_shape(text: str) -> None:
    facts = region.read(text, REGIONS)
    assert set(facts) <= {"region", "hukou_local"}
    assert facts.get("region", "411303") in REGIONS.values()
    assert region.read(text, {}).keys() <= {"hukou_local"}
    told = address.read(text)
    assert told is None or (told and told in text)
    number = phone.read(text)
    assert number is None or re.fullmatch(r"1[3-9][0-9]{9}|0[0-9]{2,3}-[0-9]{7,8}", number)
