"""The sentences themselves, and how much of what it never saw the embedded engine understands."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from pathlib import Path

import pytest
from rapidfuzz import fuzz, process

from bot.app import lexicon
from bot.catalog.load import load_catalog
from nlu import embedded, report, train
from nlu.understanding import CONTEXTS, INTENTS
from nlu.yaml_text import read_yaml

ROOT = Path(__file__).parents[1]
HELD_OUT = ROOT / "tests" / "sentences"

MAIN = {
    "ask_eligibility", "inform", "ask_service", "book_call", "affirm", "deny", "dont_know", "correct", "out_of_scope",
    "human", "complain", "help",
}  # fmt: skip
MANY, SOME, HELD = 120, 50, 15
# Short answers come in few forms; only longer ones can be told to be copies.
SHORT, LONG_ENOUGH, TOO_ALIKE = 3, 6, 88
STRICT, ACCEPTED = 0.92, 0.94

_MARKS = re.compile(r"[\s\W_]+")


def bare(text: str) -> str:
    return _MARKS.sub("", text)


def test_every_intent_has_its_own_file_of_enough_sentences() -> None:
    many = Counter(each.intent for each in train.sentences())
    assert {path.stem for path in train.DATA.glob("*.yml")} == set(many) == set(INTENTS)
    short = {intent: many[intent] for intent in INTENTS if many[intent] < (MANY if intent in MAIN else SOME)}
    assert not short


@pytest.mark.parametrize("path", sorted(train.DATA.glob("*.yml")), ids=lambda path: path.stem)
def test_training_files_are_in_rasas_form(path: Path) -> None:
    body = read_yaml(path.read_text(encoding="utf-8"))
    assert body["version"] == "3.1"
    assert {entry["intent"] for entry in body["nlu"]} == {path.stem}
    assert all(line.startswith("- ") for entry in body["nlu"] for line in entry["examples"].splitlines())


def test_no_training_sentence_stands_twice_or_under_two_intents() -> None:
    times = Counter(each.text for each in train.sentences())
    assert [text for text, count in times.items() if count > 1] == []


def test_every_intent_is_held_out_enough_and_in_the_right_form() -> None:
    known = report.cases(HELD_OUT / "intents")
    many = Counter(case.intents[0] for case in known)
    assert {intent: many[intent] for intent in INTENTS if many[intent] < HELD} == {}
    assert {case.context for case in known} - {None} <= set(CONTEXTS)
    assert {intent for case in known for intent in case.intents} <= set(INTENTS)


def test_no_held_out_sentence_is_nearly_a_training_sentence() -> None:
    known = [bare(each.text) for each in train.sentences()]
    alike = []
    for case in report.cases(HELD_OUT / "intents"):
        text = bare(case.text)
        closest, score, _ = process.extractOne(text, known, scorer=fuzz.ratio)
        if (text == closest and len(text) > SHORT) or (len(text) >= LONG_ENOUGH and score >= TOO_ALIKE):
            alike.append((case.text, closest))
    assert alike == []


def test_what_it_never_saw_is_understood() -> None:
    engine = embedded.load(ROOT / "var", report.lexicon(HELD_OUT / "lexicon.yaml"))
    outcomes = asyncio.run(report.measure(engine, report.cases(HELD_OUT / "intents")))
    scores, told = report.Scores(outcomes), "\n".join(report.faults(outcomes))
    assert scores.strict.ratio >= STRICT, told
    assert scores.accepted.ratio >= ACCEPTED, told


def test_the_names_are_the_catalogs() -> None:
    written = report.lexicon(HELD_OUT / "lexicon.yaml")
    assert written == lexicon(load_catalog()), "the catalog has other names now; run: python -m tests.lexicon"
