"""What is an emergency and what only sounds like one, one test a sentence."""

from __future__ import annotations

import re._constants as codes
import re._parser as parser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.readers import emergency, emergency_signs
from nlu.understanding import EMERGENCIES
from nlu.yaml_text import read_yaml

SENTENCES = read_yaml((Path(__file__).parent / "sentences" / "emergency.yaml").read_text(encoding="utf-8"))
FACTS = Path(__file__).parent / "sentences" / "facts"
WORDS = (
    *(
        "摔",
        "倒",
        "了",
        "起不来",
        "去年",
        "万一",
        "补贴",
        "胸口",
        "疼",
        "得厉害",
    ),
    *(
        "喘",
        "不上气",
        "嘴",
        "歪",
        "叫",
        "不应",
        "一阵",
        "一直",
        "都",
        "也",
        "死",
    ),
    *(
        "我",
        "俺娘",
        "不想活",
        "煤气",
        "味",
        "着火",
        "走丢",
        "打",
        "血",
        "流",
    ),
    *(
        "止不住",
        "药",
        "吃错",
        "，",
        "。",
        "刚才",
        "三年",
        "能领",
        "吗",
        "没",
    ),
    *(
        "不",
        "没事了",
        "听说",
        "怕",
    ),
)


def kinds(case: dict[str, Any]) -> list[str]:
    return case["kind"] if isinstance(case["kind"], list) else [case["kind"]]


@pytest.mark.parametrize("case", SENTENCES["happening"], ids=lambda case: case["text"])
def test_danger_that_is_happening_is_certain(case: dict[str, Any]) -> None:
    found = emergency.read(case["text"])
    assert found is not None
    assert found.certain
    assert found.kind in kinds(case)


@pytest.mark.parametrize("case", SENTENCES["perhaps"], ids=lambda case: case["text"])
def test_danger_that_may_be_happening_is_asked_about(case: dict[str, Any]) -> None:
    found = emergency.read(case["text"])
    assert found is not None
    assert not found.certain
    assert found.kind in kinds(case)


@pytest.mark.parametrize("text", SENTENCES["not_now"])
def test_what_only_sounds_like_danger_is_no_emergency(text: str) -> None:
    assert emergency.read(text) is None


@pytest.mark.parametrize("text", SENTENCES["may_ask"])
def test_a_near_one_is_asked_about_at_most(text: str) -> None:
    found = emergency.read(text)
    assert found is None or not found.certain


def fact_sentences() -> list[str]:
    files = sorted(FACTS.glob("*.yaml"))
    return [case["text"] for path in files for case in read_yaml(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("text", fact_sentences())
def test_an_elder_who_tells_facts_raises_no_alarm(text: str) -> None:
    found = emergency.read(text)
    assert found is None or not found.certain


def test_there_are_enough_of_both() -> None:
    assert len(SENTENCES["happening"]) >= 120
    assert len(SENTENCES["not_now"]) >= 120
    assert {kind for case in SENTENCES["happening"] for kind in kinds(case)} <= set(EMERGENCIES)


def holds(items: Any, gate: str) -> bool:
    """Whether every text that these parsed pieces of a pattern match holds a character of `gate`."""
    return any(_holds(kind, value, gate) for kind, value in items)


def _holds(kind: Any, value: Any, gate: str) -> bool:
    if kind is codes.LITERAL:
        return chr(value) in gate
    if kind is codes.IN:
        return all(one is codes.LITERAL and chr(code) in gate for one, code in value)
    if kind is codes.BRANCH:
        return all(holds(branch, gate) for branch in value[1])
    if kind is codes.SUBPATTERN:
        return holds(value[3], gate)
    return kind is codes.MAX_REPEAT and value[0] > 0 and holds(value[2], gate)


@pytest.mark.parametrize("sign", emergency_signs.SIGNS, ids=lambda sign: sign.kind)
def test_every_word_of_danger_passes_its_gate(sign: emergency_signs.Sign) -> None:
    """A word added to danger/*.yaml needs one of its characters in `gate`, or it would never be looked for."""
    for words in filter(None, (sign.sure, sign.unsure)):
        for kind, value in parser.parse(words.pattern):
            branches = value[1] if kind is codes.BRANCH else [[(kind, value)]]
            missed = [branch for branch in branches if not holds(branch, sign.gate.pattern)]
            assert not missed, f"danger/{sign.kind}.yaml: `gate` holds no character of {missed}"


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    found = emergency.read(text)
    assert found is None or found.kind in EMERGENCIES


@settings(deadline=400)
@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join))
def test_no_mixture_of_known_words_makes_it_raise_or_dawdle(text: str) -> None:
    found = emergency.read(text)
    assert found is None or found.kind in EMERGENCIES


@pytest.mark.parametrize("text", ["一阵" * 400, "也" * 900, "摔" * 900, "胸口突然" * 200, "话都" * 400])
def test_long_repetition_is_read_at_once(text: str) -> None:
    emergency.read(text)
