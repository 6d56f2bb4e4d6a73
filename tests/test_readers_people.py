"""Each part of a message is told of the elder it is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.readers.normal import normal
from nlu.readers.people import split
from nlu.yaml_text import read_yaml

SENTENCES = Path(__file__).parent / "sentences" / "readers"
SUBJECTS = {"", "self", "father", "mother", "spouse", "other"}
WORDS = (
    "俺爹", "俺娘", "我", "老伴", "王大爷", "他", "她", "他俩", "儿子", "邻居",
    "李秀英", "83", "都", "一个", "的", "，", "。", "\n", "1.", "和",
    "跟", "住", "低保", "不是", "岁", "老两口", "去世了", "我是", "社区的", "有个",
    "爸妈", "家", "叫",
)  # fmt: skip
PIECES = st.lists(
    st.sampled_from(WORDS),
    max_size=14,
).map("".join)


def cases() -> list[Any]:
    rows = read_yaml((SENTENCES / "people.yaml").read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["say"]) for row in rows]


@pytest.mark.parametrize("case", cases())
def test_people(case: dict[str, Any]) -> None:
    spans = split(normal(case["say"]))
    assert [(span.subject, span.name) for span in spans] == [
        (one["who"], one.get("name")) for one in case["people"]
    ], spans
    for span, one in zip(spans, case["people"], strict=True):
        missing = [part for part in one.get("holds", []) if str(part) not in span.text]
        leaked = [part for part in one.get("lacks", []) if str(part) in span.text]
        assert (missing, leaked) == ([], []), span


@given(st.one_of(st.text(max_size=80), PIECES))
def test_any_text_is_told_of_somebody_or_nobody(text: str) -> None:
    spans = split(text)
    assert spans
    assert {span.subject for span in spans} <= SUBJECTS
    assert len({(span.subject, span.name) for span in spans}) == len(spans)
    assert all(span.name for span in spans if span.subject == "other")
    if any(not span.subject for span in spans):
        assert len(spans) == 1
