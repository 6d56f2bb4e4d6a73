"""The names of contacts, the services needed, places told in answer: read where they are told, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog.load import load_catalog
from nlu.lexicon import Lexicon
from nlu.readers import address, address_answer, contact, needs
from nlu.readers.normal import normal
from nlu.readers.wanted import Wanted
from nlu.yaml_text import read_yaml

SENTENCES = Path(__file__).parent / "sentences"
NAMES = load_catalog().call_names
WORDS = ("陪", "俺", "去", "医院", "灯", "不亮", "洗", "澡", "自己能", "，", "送", "饭", "我叫", "王", "芳", "联系人", "给")  # fmt: skip


def cases(name: str) -> list[Any]:
    rows = read_yaml((SENTENCES / "readers" / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["say"]) for row in rows]


@pytest.mark.parametrize("case", cases("contact"))
def test_contact(case: dict[str, Any]) -> None:
    assert contact.read(normal(case["say"]), case.get("asked")) == case.get("contact")


@pytest.mark.parametrize("case", cases("address_asked"))
def test_address_where_it_was_asked_for(case: dict[str, Any]) -> None:
    said = normal(case["say"])
    assert (address.read(said) or address_answer.read(said)) == case.get("address")


@pytest.mark.parametrize("case", cases("needs"))
def test_service_without_its_name(case: dict[str, Any]) -> None:
    read = Wanted(Lexicon(services=NAMES)).read(normal(case["say"]))
    assert read.get("service") == case.get("service")


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=12).map("".join)))
def test_any_text_gives_a_service_of_the_catalog_and_a_name_it_holds(text: str) -> None:
    assert needs.found(text) in (None, *NAMES.values())
    name = contact.read(text, "booking_name")
    assert name is None or name in text
    place = address_answer.read(text)
    assert place is None or place in text


def test_a_need_that_no_catalog_serves_is_not_read() -> None:
    assert Wanted(Lexicon()).read("灯泡憋了") == {}
