"""Times to come are read, and an hour of today as it is said; times gone by, habits and house numbers are not."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.readers import when
from nlu.readers.normal import normal
from nlu.yaml_text import read_yaml

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone(timedelta(hours=8)))
WORDS = (
    "明天", "大后天", "下周三", "25号", "31号", "2月30号", "13月1号", "上午",
    "晚上", "半夜", "九点", "25点", "三点半", "差一刻", "12:30", "，",
    "半个小时以后", "99小时后", "礼拜天", "过三天", "每",
)  # fmt: skip
PIECES = st.lists(
    st.sampled_from(WORDS),
    max_size=8,
).map("".join)


def cases() -> list[Any]:
    rows = read_yaml(
        (Path(__file__).parent / "sentences" / "readers" / "when.yaml").read_text(encoding="utf-8")
    )
    return [pytest.param(row, id=row["say"]) for row in rows]


@pytest.mark.parametrize("case", cases())
def test_when(case: dict[str, Any]) -> None:
    found = when.read(normal(case["say"]), NOW)
    moment = (
        datetime.strptime(case["time"], "%Y-%m-%d %H:%M").replace(tzinfo=NOW.tzinfo)
        if "time" in case
        else None
    )
    assert found == (None if case.get("nothing") else (case["text"], moment))


@given(
    text=st.one_of(st.text(max_size=60), PIECES),
    days=st.floats(-2000, 5000),
)
def test_any_moment_read_is_still_to_come_or_today(text: str, days: float) -> None:
    now = NOW + timedelta(days=days)
    found = when.read(text, now)
    assert found is None or found[0] in text
    assert (
        found is None
        or found[1] is None
        or found[1] >= now.replace(hour=0, minute=0, second=0, microsecond=0)
    )
