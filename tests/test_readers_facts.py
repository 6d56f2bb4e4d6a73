"""The readers of status, family, living, care, disability and circumstances, one test a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.readers import care, circumstances, clauses, disability, family, living, status
from nlu.readers.mentions import mentions
from nlu.readers.stance import Stance
from nlu.understanding import CONTEXTS
from nlu.yaml_text import read_yaml

READERS: tuple[Callable[[str, str | None], dict[str, object]], ...] = (
    status.read,
    family.read,
    living.read,
    disability.read,
    care.read,
    circumstances.read,
)
FOLDER = Path(__file__).parent / "sentences" / "facts"
# Words that the readers stop at, so that hypothesis mixes sentences rather than noise.
WORDS = (
    *(
        "没有",
        "低保",
        "残疾证",
        "二级",
        "瘫",
        "三年",
        "一个人住",
        "不是",
        "以前",
    ),
    *(
        "是",
        "吗",
        "想",
        "办",
        "了",
        "，",
        "。",
        "、",
        "都",
        "也",
        "我",
    ),
    *(
        "俺娘",
        "退休金",
        "失能",
        "独居",
        "过期",
        "取消",
        "养老院",
        "也",
        "一阵",
    ),
    *(
        "什么",
        "的",
        "跟儿子",
        "住",
        "能自理",
        "不",
        "申请",
        "特困",
        "敬老院",
        "烈属",
    ),
    *(
        "轮椅",
        "长护险",
        "独生子",
        "没了",
        "村里",
        "户口",
        "半年",
        "评估",
        "民政",
    ),
)


def _cases() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in read_yaml(path.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{path.stem}: {case['text']}")


CASES = list(_cases())


def facts_of(text: str, context: str | None) -> dict[str, object]:
    return {key: value for reader in READERS for key, value in reader(text, context).items()}


@pytest.mark.parametrize("case", CASES)
def test_a_sentence_tells_these_facts_and_no_others(case: dict[str, Any]) -> None:
    assert facts_of(case["text"], case.get("context")) == case["facts"]


def test_enough_sentences_tell_nothing_or_a_negation() -> None:
    told = [case.values[0]["facts"] for case in CASES]
    silent = [facts for facts in told if not facts or "False" in str(facts) or "None" in str(facts)]
    assert len(told) >= 300
    assert len(silent) >= 120


@given(st.text(max_size=200), st.sampled_from((None, *CONTEXTS)))
def test_no_text_makes_a_reader_raise(text: str, context: str | None) -> None:
    assert isinstance(facts_of(text, context), dict)


@settings(deadline=400)
@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join), st.sampled_from((None, *CONTEXTS)))
def test_no_mixture_of_known_words_makes_a_reader_raise_or_dawdle(text: str, context: str | None) -> None:
    assert isinstance(facts_of(text, context), dict)


def test_clauses_know_questions_conditions_and_the_past() -> None:
    asks, supposes, past, plain = clauses.split("低保能领多少？如果有残疾证，以前独居，啥都能干")
    assert (asks.asks, supposes.supposes, past.past) == (True, True, True)
    assert (plain.asks, plain.supposes, plain.past) == (False, False, False)


@pytest.mark.parametrize(
    "text", ["也" * 300, "说" * 300, "没有低保和" * 80, "一个" * 300, "去年" * 200 + "取消"]
)
def test_long_repetition_is_read_at_once(text: str) -> None:
    assert isinstance(facts_of(text, None), dict)


def test_a_clause_of_its_own_speaks_of_what_stood_before() -> None:
    found = mentions("以前是低保，去年取消了", status._TERM)
    assert [mention.stance for mention in found] == [Stance.DENIED]
