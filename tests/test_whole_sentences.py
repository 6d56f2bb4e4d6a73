"""Whole sentences, read from end to end: the meaning, whose facts they are, each fact, the slots, the danger."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from bot.app import lexicon
from bot.catalog.load import load_catalog
from nlu import embedded
from nlu.report import Case, Outcome, cases
from nlu.report.judge import NOW

ROOT = Path(__file__).parents[1]


@cache
def engine() -> embedded.Embedded:
    return embedded.load(ROOT / "var", lexicon(load_catalog()))


@pytest.mark.parametrize(
    "case", cases(ROOT / "tests" / "sentences" / "whole"), ids=lambda case: f"{case.theme}:{case.text[:24]}"
)
def test_a_whole_sentence_is_read_rightly(case: Case) -> None:
    found = Outcome(case, engine().parse(case.text, case.context, NOW), 0.0).faults
    assert not found, f"\n句子：{case.text}　（刚问过：{case.context}）\n" + "\n".join(found)
