"""The story of one message: once only, in order, erased on demand, and answered even where a turn fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from bot.catalog.load import load_catalog
from bot.config import SHANGHAI
from bot.conversation import Conversation
from bot.models import Message, Reply, Session
from bot.store.memory import MemoryStore
from bot.store.port import Outcome
from nlu.understanding import PersonHeard, Understander, Understanding

NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
CATALOG = load_catalog()
Heard = dict[str, Understanding]
HEARD: Heard = {
    "我83": Understanding("inform", 1.0, "rules", (PersonHeard("self", facts={"age": 83}, named=False),)),
    "卧龙区的": Understanding(
        "inform", 1.0, "rules", (PersonHeard("self", facts={"region": "411303"}, named=False),)
    ),
    "删除我的资料": Understanding("delete_my_data", 1.0, "rules"),
}


class Listed:
    """Understands the texts above, and breaks on 坏."""

    def __init__(self) -> None:
        self.contexts: list[str | None] = []

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding:
        self.contexts.append(context)
        await asyncio.sleep(0)
        if "坏" in text:
            raise ZeroDivisionError(f"a fault of ours with {text}")
        return HEARD.get(text, Understanding("out_of_scope", 0.1, "embedded"))


@pytest.fixture
async def store() -> AsyncIterator[MemoryStore]:
    kept = MemoryStore()
    yield kept
    await kept.close()


def conversing(store: MemoryStore, region: str | None = None) -> Conversation:
    understander: Understander = Listed()
    return Conversation(CATALOG, understander, store, lambda: NOW, region)


def encoded(reply: Reply) -> bytes:
    return "\n".join(reply.texts).encode()


async def test_what_was_told_is_remembered_for_the_next_message(store: MemoryStore) -> None:
    conversation = conversing(store)
    await conversation.hear(Message("u", text="我83"))
    turn = await conversation.hear(Message("u", text="卧龙区的"))
    assert turn.report["people"]["self"]["facts"] == {"age": 83, "region": "411303"}
    assert "wolong-05" in turn.report["results"]["yes"]
    assert await store.recall("u") == turn.session


async def test_two_users_never_meet(store: MemoryStore) -> None:
    conversation = conversing(store)
    await conversation.hear(Message("u", text="我83"))
    turn = await conversation.hear(Message("v", text="卧龙区的"))
    assert "age" not in turn.report["people"].get("self", {"facts": {}})["facts"]


async def test_what_was_asked_is_the_context_of_the_next_text(store: MemoryStore) -> None:
    understander = Listed()
    conversation = Conversation(CATALOG, understander, store, lambda: NOW)
    for text in ("我83", "卧龙区的"):
        await conversation.hear(Message("u", text=text))
    assert understander.contexts == [None, "region"]


@pytest.mark.parametrize(("default", "asked"), [("411303", "household"), (None, "region")])
async def test_a_place_for_all_is_not_asked(store: MemoryStore, default: str | None, asked: str) -> None:
    turn = await conversing(store, default).hear(Message("u", text="我83"))
    assert turn.session.asked == asked


async def test_a_told_place_stands_against_the_place_for_all(store: MemoryStore) -> None:
    conversation = conversing(store, "410200")
    await conversation.hear(Message("u", text="卧龙区的"))
    turn = await conversation.hear(Message("u", text="我83"))
    assert turn.report["people"]["self"]["facts"]["region"] == "411303"


async def test_a_push_sent_again_gets_the_same_bytes_and_takes_no_second_turn(store: MemoryStore) -> None:
    conversation = conversing(store)
    push = Message("u", text="我83", key="push-1")
    first = (await conversation.answer(push, encoded)).answer
    after = await store.recall("u")
    assert (await conversation.answer(push, encoded)).answer == first
    assert await store.recall("u") == after
    other = (await conversation.answer(Message("u", text="卧龙区的", key="push-2"), encoded)).answer
    assert other != first
    assert (await conversation.answer(push, encoded)).answer == first, "an old push keeps its old answer"


async def test_pushes_at_the_same_time_take_one_turn(store: MemoryStore) -> None:
    understander = Listed()
    conversation = Conversation(CATALOG, understander, store, lambda: NOW)
    push = Message("u", text="我83", key="push-1")
    answers = await asyncio.gather(*(conversation.answer(push, encoded) for _ in range(5)))
    assert len(set(answers)) == 1
    assert len(understander.contexts) == 1


async def test_messages_at_the_same_time_lose_nothing(store: MemoryStore) -> None:
    conversation = conversing(store)
    await asyncio.gather(*(conversation.hear(Message("u", text=text)) for text in ("我83", "卧龙区的")))
    session = await store.recall("u")
    assert session.region == "411303"
    assert session.people["self"].facts["age"] == 83


async def test_a_message_without_a_key_is_always_new(store: MemoryStore) -> None:
    understander = Listed()
    conversation = Conversation(CATALOG, understander, store, lambda: NOW)
    for _ in range(2):
        await conversation.answer(Message("u", text="我83"), encoded)
    assert len(understander.contexts) == 2


async def test_the_same_key_of_another_user_is_another_push(store: MemoryStore) -> None:
    conversation = conversing(store)
    first = await conversation.answer(Message("u", text="我83", key="1"), encoded)
    other = await conversation.answer(Message("v", text="删除我的资料", key="1"), encoded)
    assert other != first


async def test_forgetting_erases_what_was_told(store: MemoryStore) -> None:
    conversation = conversing(store)
    await conversation.hear(Message("u", text="我83"))
    await conversation.hear(Message("u", text="卧龙区的"))
    turn = await conversation.hear(Message("u", text="删除我的资料"))
    assert turn.reply.texts
    kept = await store.recall("u")
    assert kept == Session(greeted=True)
    assert turn.report["people"] == {}
    again = await conversation.hear(Message("u", text="我83"))
    assert again.session.asked == "region"


async def test_forgetting_erases_nobody_else(store: MemoryStore) -> None:
    conversation = conversing(store)
    await conversation.hear(Message("v", text="我83"))
    await conversation.hear(Message("u", text="删除我的资料"))
    assert (await store.recall("v")).people["self"].facts == {"age": 83}


async def test_a_turn_that_fails_is_answered_with_a_number_and_changes_nothing(store: MemoryStore) -> None:
    conversation = conversing(store)
    await conversation.hear(Message("u", text="我83"))
    before = await store.recall("u")
    with capture_logs() as logs:
        turn = await conversation.hear(Message("u", text="坏了，我叫李四"))
    assert "12345" in turn.reply.texts[0]
    assert turn.report["asked"] == before.asked
    assert await store.recall("u") == before
    going_on = await conversation.hear(Message("u", text="卧龙区的"))
    assert "wolong-05" in going_on.report["results"]["yes"]
    (log,) = [one for one in logs if one["log_level"] == "error"]
    assert log["error"] == "ZeroDivisionError"
    assert "understand" in log["where"]
    assert "李四" not in str(logs), "what the elder wrote stands in no log"


async def test_an_answer_to_a_failed_turn_is_once_only_too(store: MemoryStore) -> None:
    conversation = conversing(store)
    push = Message("u", text="坏", key="1")
    with capture_logs() as logs:
        first = (await conversation.answer(push, encoded)).answer
        assert (await conversation.answer(push, encoded)).answer == first
    assert "12345" in first.decode()
    assert len(logs) == 1


async def test_a_session_older_than_the_catalog_goes_on(store: MemoryStore) -> None:
    """A service, a question or a tap that a newer catalog no longer has does not stop the talk."""
    async with store.turn("u") as held:
        old = Session(topic="从前的服务", asked="no_such_question", region="411303", greeted=True)
        await store.keep(held, Outcome(old))
    turn = await conversing(store).hear(Message("u", text="我83"))
    assert "wolong-05" in turn.report["results"]["yes"]
    assert "12345" not in turn.reply.texts[0], "this is the answer to a fault of ours"
