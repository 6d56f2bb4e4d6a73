"""What is remembered of short texts: never another result than the engine's own, and nothing that is somebody's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import lexicon
from bot.catalog.load import load_catalog
from bot.conversation import Conversation
from bot.dialogue.questions import context_of
from bot.models import Message
from bot.store.memory import MemoryStore
from nlu import embedded, report
from nlu.embedded import Embedded
from nlu.short_texts import LONGEST, MOST, ShortTexts
from nlu.understanding import CONTEXTS, PersonHeard, Understanding
from nlu.yaml_text import read_yaml

ROOT = Path(__file__).parents[1]
SENTENCES = ROOT / "tests" / "sentences"
MORNING = datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
EVENING = MORNING + timedelta(hours=11, minutes=30)
NEXT_DAY = MORNING + timedelta(days=1)


@pytest.fixture(scope="module")
def engine() -> Embedded:
    return embedded.load(ROOT / "var", report.lexicon(SENTENCES / "lexicon.yaml"))


def told(found: Any, context: str | None = None) -> Iterator[tuple[str, str | None]]:
    """Every text of a file of sentences with the question before it, however the file is built."""
    if isinstance(found, str):
        yield found, context
    elif isinstance(found, list):
        for one in found:
            yield from told(one, context)
    elif isinstance(found, dict):
        asked = found.get("context", context)
        for one in found.values():
            yield from told(one, asked if isinstance(asked, str) else None)


def short() -> list[tuple[str, str | None]]:
    files = sorted(SENTENCES.rglob("*.yaml"))
    texts = {one for path in files for one in told(read_yaml(path.read_text(encoding="utf-8")))}
    return sorted({(text, asked) for text, asked in texts if 0 < len(text) <= LONGEST}, key=str)


def hear(engine: Embedded, text: str, context: str | None, now: datetime) -> Understanding:
    return asyncio.run(engine.understand(text, context, now))


def test_short_sentences_mean_at_every_hour_what_the_engine_says(engine: Embedded) -> None:
    short_texts = ShortTexts(engine.parse)
    texts = short()
    assert len(texts) > 1000
    for text, context in texts[::3]:
        short_texts.parse(text, context, MORNING)
        assert short_texts.parse(text, context, EVENING) == engine.parse(text, context, EVENING), text


@given(
    st.text("是有没不知道低保83岁明天今下午点前年个月我俺妈爸在卧龙区一二级？，约", max_size=LONGEST + 2),
    st.sampled_from([None, *CONTEXTS]),
    st.sampled_from([EVENING, NEXT_DAY]),
)
@settings(max_examples=150)
def test_any_text_means_what_the_engine_says(
    engine: Embedded, text: str, context: str | None, now: datetime
) -> None:
    hear(engine, text, context, MORNING)
    assert hear(engine, text, context, now) == engine.parse(text, context, now)


class Counted:
    """Tells what it is asked to tell, and how often it was asked."""

    def __init__(self, heard: Understanding) -> None:
        self.heard = heard
        self.asked = 0

    def parse(self, _text: str, _context: str | None, _now: datetime) -> Understanding:
        self.asked += 1
        return self.heard


def asked_twice(heard: Understanding, text: str = "低保", context: str | None = None) -> int:
    counted = Counted(heard)
    remembered = ShortTexts(counted.parse)
    for _ in range(2):
        remembered.parse(text, context, MORNING)
    return counted.asked


@pytest.mark.parametrize("text", ["低保", "83", "没有残疾证", "卧龙区"])
def test_what_many_say_is_understood_once(text: str) -> None:
    assert asked_twice(Understanding("inform", 0.9, "embedded"), text) == 1


@pytest.mark.parametrize(
    ("text", "context", "slots"),
    [
        ("我的号是13912", None, {}),
        ("一句比十二个字更长的话就不记", None, {}),
        ("王秀英", "booking_name", {}),
        ("东关小区三号楼", "booking_address", {}),
        ("还是那个", "booking_phone", {}),
        ("找王秀英", None, {"contact": "王秀英"}),
        ("七里园村三组", None, {"address": "七里园村三组"}),
        ("明天来", None, {"time_text": "明天"}),
    ],
)
def test_what_is_somebodys_or_holds_for_a_moment_is_not_kept(
    text: str, context: str | None, slots: dict[str, str]
) -> None:
    assert asked_twice(Understanding("inform", 0.9, "embedded", slots=slots), text, context) == 2


def test_a_name_is_not_kept() -> None:
    neighbour = PersonHeard("other", "王大妈", {"age": 83})
    assert asked_twice(Understanding("inform", 0.9, "embedded", (neighbour,)), "王大妈83") == 2


def test_another_day_and_too_much_begin_anew() -> None:
    counted = Counted(Understanding("inform", 0.9, "embedded"))
    remembered = ShortTexts(counted.parse)
    remembered.parse("83", None, MORNING)
    remembered.parse("83", None, NEXT_DAY)
    assert counted.asked == 2
    for number in range(MOST):
        remembered.parse(str(number), "care", MORNING)
    assert len(remembered._kept) <= MOST


async def test_no_turn_changes_what_is_remembered() -> None:
    engine = embedded.load(ROOT / "var", lexicon(load_catalog()))
    talk = Conversation(load_catalog(), engine, MemoryStore(), lambda: MORNING)
    heard: list[Understanding] = []
    for text in (
        "我妈83岁",
        "卧龙区",
        "低保",
        "二级残疾",
        "不对，是85岁",
        "一个人住",
        "约个助浴",
        "我妈83岁",
    ):
        session = await talk.hear(Message("user", text=text))
        heard.append(await engine.understand(text, context_of(session.session.asked), MORNING))
    before = deepcopy(heard)
    for user in ("user", "another"):
        for text in ("我妈83岁", "低保", "二级残疾", "不对，是85岁", "一个人住", "卧龙区", "约个助浴"):
            await talk.hear(Message(user, text=text))
    assert heard == before
