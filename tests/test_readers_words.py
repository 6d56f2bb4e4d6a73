"""Texts come out in one way of writing, slips are mended only where it is certain, and yes and no are told apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.readers import answers
from nlu.readers.normal import LIMIT, normal
from nlu.yaml_text import read_yaml

SENTENCES = Path(__file__).parent / "sentences" / "readers"
ANSWERS = read_yaml((SENTENCES / "answers.yaml").read_text(encoding="utf-8"))


def cases() -> list[Any]:
    rows = read_yaml((SENTENCES / "normal.yaml").read_text(encoding="utf-8"))
    return [pytest.param(row, id=ascii(row["say"])) for row in rows]


@pytest.mark.parametrize("case", cases())
def test_normal(case: dict[str, str]) -> None:
    assert normal(case["say"]) == case["means"]


@pytest.mark.parametrize(
    ("said", "meaning"), [(said, meaning) for meaning, row in ANSWERS.items() for said in row]
)
def test_answer(said: str, meaning: str) -> None:
    assert answers.read(normal(said)) == (None if meaning == "none" else meaning)


@given(st.text(st.characters(codec=None), max_size=3 * LIMIT))
def test_any_text_becomes_clean(text: str) -> None:
    clean = normal(text)
    assert len(clean) <= LIMIT
    assert not any("\ud800" <= char <= "\udfff" or char in "\x00\r\t\u200b\ufeff" for char in clean)


@given(st.text(max_size=40))
def test_normal_text_stays_as_it_is(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@given(st.text(max_size=40))
def test_any_text_is_an_answer_or_none(text: str) -> None:
    assert answers.read(text) in ("affirm", "deny", "dont_know", None)
