"""Which question is put next, and what happens where the model only guesses what was meant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from bot.catalog.assess import assess
from bot.catalog.load import load_catalog
from bot.config import SHANGHAI
from bot.dialogue.choices import implied, tapped
from bot.dialogue.questions import context_of, next_question
from bot.dialogue.turn import take_turn
from bot.dialogue.wording import say
from bot.models import Message, Session
from nlu.understanding import CONTEXTS, Understanding

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
CATALOG = load_catalog()
ALL_CORE = ("region", "age", "household", "disability")


def asked(facts: dict[str, Any], before: tuple[str, ...] = (), topic: tuple[str, ...] = ()) -> str | None:
    found = assess(CATALOG, facts, TODAY)
    asking = next_question(found.results, found.facts, CATALOG, found.benefit_list, before, topic)
    return asking.question.form.id if asking else None


WOLONG = {"region": "411303"}
# what is known, what was asked before, which service it is about, what is asked next
NEXT: list[tuple[dict[str, Any], tuple[str, ...], tuple[str, ...], str | None]] = [
    ({}, (), (), "region"),
    ({}, ("region",), (), None),
    ({"region": "郑州"}, (), (), None),
    (WOLONG, (), (), "age"),
    ({**WOLONG, "age": 83}, (), (), "household"),
    ({**WOLONG, "age": 83}, ("household",), (), "disability"),
    # Of one service only what settles that service is asked.
    (WOLONG, (), ("elder-allowance",), "age"),
    ({**WOLONG, "age": 83}, (), ("elder-allowance",), None),
    ({**WOLONG, "age": 70, "status": ["low_income"]}, (), ("disability-living-allowance",), "disability"),
]


@pytest.mark.parametrize(("facts", "before", "topic", "wanted"), NEXT)
def test_the_next_question(
    facts: dict[str, Any], before: tuple[str, ...], topic: tuple[str, ...], wanted: str | None
) -> None:
    assert asked(facts, before, topic) == wanted


@pytest.mark.parametrize("region", ["411303", "411300", "410200", "411024", "130581"])
def test_the_questions_come_to_an_end_and_none_is_put_twice(region: str) -> None:
    facts: dict[str, Any] = {"region": region}
    before: list[str] = []
    while (question := asked(facts, tuple(before))) is not None:
        assert question not in before
        before.append(question)
    assert before[:3] == ["age", "household", "disability"]
    assert len(before) <= len(CATALOG.questions)


@pytest.mark.parametrize("question", [*CATALOG.questions, "danger"])
def test_the_understanding_is_told_a_context_it_knows(question: str) -> None:
    assert context_of(question) in CONTEXTS
    assert context_of(None) is None


# What erases must speak of it as well.
SAID = {"delete_my_data": "嗯那个啥删了"}


@pytest.mark.parametrize(
    "intent", ["thanks", "goodbye", "help", "human", "book_call", "restart", "delete_my_data"]
)
def test_what_the_model_only_guesses_is_not_acted_upon(intent: str) -> None:
    session = Session(region="411303", greeted=True)
    guessed = take_turn(
        session, Message("u", text="嗯那个啥"), Understanding(intent, 0.2, "embedded"), CATALOG, NOW
    )
    assert guessed.effects == ()
    assert guessed.session.region == "411303"
    assert guessed.reply.texts[0] == say("not_understood_start")
    surely = take_turn(
        session,
        Message("u", text=SAID.get(intent, "嗯那个啥")),
        Understanding(intent, 0.9, "embedded"),
        CATALOG,
        NOW,
    )
    assert surely.reply.texts[0] != say("not_understood_start")


# the question, what was said, yes or no, the choices that it stands for
IMPLIED = [
    ("disability", "那可真没有", "deny", ["没有残疾证"]),
    ("disability", "那可真没有", None, []),
    ("disability", "对对对", "affirm", []),
    ("household", "一样也算不上", "deny", ["都没有"]),
    ("disability", "中，二级", None, ["二级"]),
    ("disability", "二级，三级", None, []),
    ("disability", "二级" + "，真的" * 20, None, []),
]


@pytest.mark.parametrize(("question", "text", "intent", "labels"), IMPLIED)
def test_a_yes_a_no_or_a_part_stands_for_one_choice(
    question: str, text: str, intent: str | None, labels: list[str]
) -> None:
    found = implied(CATALOG.questions[question], text, intent)
    assert [option.label for option in found] == labels


@pytest.mark.parametrize(
    "name", ["region_of", "", "danger:yes", "care:99", "care:-1", "care:x", "care:0:1", "nothing:0"]
)
def test_a_tap_that_names_no_choice_is_none(name: str) -> None:
    assert tapped(name, CATALOG) is None


def test_a_service_that_the_list_has_not_leads_to_the_one_beside_it() -> None:
    """康复辅具租赁 stands in no county's list, the assistive devices beside it do."""
    session = Session(region="411303", active="self", greeted=True)
    heard = Understanding(
        "ask_service", 1.0, "rules", slots={"benefit": CATALOG.services["device-rental"].name}
    )
    turn = take_turn(session, Message("u", text="辅具租赁有吗"), heard, CATALOG, NOW)
    assert say("topic_near") in turn.reply.texts[0]
    assert CATALOG.services["assistive-device"].what in turn.reply.texts[0]
