"""What no ordinary talk reaches: texts too long for a message, more people than anybody has, facts that cannot be."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.catalog.load import load_catalog
from bot.config import SHANGHAI
from bot.dialogue.pages import PAGE_BYTES, pages, size
from bot.dialogue.people import MOST_PEOPLE, merged, took_back, with_facts
from bot.dialogue.turn import in_trouble, take_turn
from bot.dialogue.wording import say
from bot.models import Message, Session
from nlu.understanding import LONGEST_TEXT, PersonHeard, Understanding

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)


@pytest.mark.parametrize("block", ["字" * 5000, "一句话。" * 900, "一行\n" * 900, "x" * 9000])
def test_a_block_too_long_is_split_and_nothing_of_it_is_lost(block: str) -> None:
    found = pages([block])
    assert all(size(page) <= PAGE_BYTES for page in found)
    assert "".join(found).replace("\n", "") == block.replace("\n", "")


def test_the_people_told_of_first_give_way() -> None:
    catalog, session = load_catalog(), Session()
    for number in range(MOST_PEOPLE + 5):
        session = with_facts(session, f"{number}大爷", {"age": 80}, catalog, TODAY)
    assert len(session.people) == MOST_PEOPLE
    assert "0大爷" not in session.people
    assert f"{MOST_PEOPLE + 4}大爷" in session.people


def test_a_fact_that_cannot_be_is_left_out() -> None:
    assert merged({"age": 83}, {"age": 300}, TODAY) == {"age": 83}


def test_another_way_to_tell_the_age_replaces_it() -> None:
    assert merged({"age": 83}, {"birth_date": "1946-05"}, TODAY) == {"birth_date": "1946-05"}


def test_a_certificate_keeps_what_was_not_spoken_of() -> None:
    told = merged({"disability": {"kind": "mental"}}, {"disability": {"level": 2}}, TODAY)
    assert told == {"disability": {"kind": "mental", "level": 2}}


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [
        ({"care": "dependent", "care_certified": True}, {"care": "independent"}, {"care": "independent"}),
        ({"care": "independent"}, {"care_severe": True}, {"care_severe": True}),
        ({"status": {"low_income": True}}, {"status": ["extreme_poverty"]}, None),
    ],
)
def test_what_cannot_stand_together_does_not(
    before: dict[str, object], told: dict[str, object], after: dict[str, object] | None
) -> None:
    found = merged(before, told, TODAY)
    if after is None:
        assert found["status"]["low_income"] is False
        assert found["status"]["extreme_poverty"] is True
    else:
        assert found == after


def test_only_another_word_for_the_same_fact_takes_something_back() -> None:
    assert not took_back({"age": 83}, {"age": 83, "care": "partial"})
    assert not took_back(
        {"status": {"low_income": True}}, {"status": {"low_income": True, "rural_at_risk": True}}
    )
    assert took_back({"age": 83}, {"age": 85})
    assert took_back({"status": {"low_income": True}}, {"status": {"low_income": False}})
    assert took_back({"disability": {"level": 2}}, {"disability": None})


def test_where_a_turn_fails_there_is_a_number_to_call_and_nothing_is_lost() -> None:
    session = Session(asked="age", active="mother")
    turn = in_trouble(session)
    assert turn.session == session
    assert "12345" in turn.reply.texts[0]
    assert turn.report["asked"] == "age"


@pytest.mark.parametrize(("length", "said"), [(LONGEST_TEXT, False), (LONGEST_TEXT + 1, True)])
def test_who_writes_more_than_is_read_is_told_so(length: int, said: bool) -> None:
    message = Message("elder", text="我83岁。" + "哦" * (length - 5))
    heard = Understanding("inform", 1.0, "rules", (PersonHeard("self", facts={"age": 83}),))
    turn = take_turn(Session(), message, heard, load_catalog(), NOW)
    assert (say("too_long") in turn.reply.texts[0]) is said


def test_an_emergency_is_not_pushed_down_by_it() -> None:
    heard = Understanding("emergency", 1.0, "rules", emergency="fall")
    turn = take_turn(Session(), Message("elder", text="摔" * 3000), heard, load_catalog(), NOW)
    assert turn.reply.texts[0].startswith(say("emergency_fall"))
