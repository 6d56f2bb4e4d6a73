"""Ages and numbers are read the way elders say them, and nothing else is taken for one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.readers import age, numerals
from nlu.readers.normal import normal
from nlu.yaml_text import read_yaml

TODAY = date(2026, 11, 21)
SENTENCES = Path(__file__).parent / "sentences" / "readers"
WORDS = (
    "83", "八十", "虚岁", "属牛", "1943", "年", "5", "月", "生", "快", "多", "不到",
    "岁", "俺娘", "，", "。", "是", "不是", "民国32", "-", "、", "的", "块", "3楼",
    "411303194305021234", "了", "差", "个", "零", "百", "十", "19430231", "0",
)  # fmt: skip
PIECES = st.lists(
    st.sampled_from(WORDS),
    max_size=14,
).map("".join)


def cases(name: str) -> list[Any]:
    rows = read_yaml((SENTENCES / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(row, id=str(row["say"])) for row in rows]


@pytest.mark.parametrize("case", cases("age"))
def test_age(case: dict[str, Any]) -> None:
    expected = {key: value for key, value in case.items() if key in ("age", "age_range", "birth_date")}
    assert age.read(normal(str(case["say"])), case.get("asked"), TODAY) == expected


@pytest.mark.parametrize("case", cases("numerals"))
def test_numeral(case: dict[str, Any]) -> None:
    if "digits" in case:
        assert numerals.number(case["say"]) is None
        assert numerals.digits(case["say"]) == case["digits"]
    else:
        assert numerals.number(case["say"]) == case.get("number")


@given(
    text=st.one_of(st.text(max_size=80), PIECES),
    context=st.sampled_from([None, "age", "household", "booking_time"]),
)
def test_any_text_gives_a_possible_age(text: str, context: str | None) -> None:
    facts = age.read(text, context, TODAY)
    assert set(facts) <= {"age", "age_range", "birth_date"}
    assert 0 <= facts.get("age", 50) <= 130  # type: ignore[operator]
    low, high = facts.get("age_range", [1, 2])  # type: ignore[misc]
    assert 0 <= low <= high <= 130
    assert not {"age", "age_range"} <= set(facts)
    if "birth_date" in facts:
        assert date.fromisoformat((str(facts["birth_date"]) + "-01-01")[:10]) < TODAY


@given(st.integers(min_value=1, max_value=9999))
def test_numbers_written_out_are_read_back(value: int) -> None:
    assert numerals.number(str(value)) == value
    assert numerals.number(written(value)) == value


def written(value: int) -> str:
    """`value` in Chinese numerals, as taught at school."""
    text, gap = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + unit
        gap = digit == 0
    return text
