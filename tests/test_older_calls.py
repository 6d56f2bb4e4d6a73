"""Who has booked for years: a turn reads the newest of their calls, and all of them where it is about them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.booking.history import SHANGHAI, grown, intact
from bot.booking.moves import submit
from bot.booking.numbers import number
from bot.booking.table import Actor
from bot.catalog.load import load_catalog
from bot.conversation import Conversation
from bot.dialogue.wording import say
from bot.models import Message, Request
from bot.store.connect import Stores, connect
from bot.store.recent import NEWEST
from nlu.understanding import Understanding
from tests.storage import PATIENT, real_server

NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
WHO = "an elder"
COUNT = 40


class Knows:
    """Understands the two sentences below."""

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding:
        return Understanding("delete_my_data" if text == "删除我的资料" else "check_booking", 1.0, "rules")


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    with real_server(tmp_path) as server:
        opened = await connect(server.url, PATIENT)
        for place in range(COUNT):
            await opened.requests.save(_done(place), 0)
        yield opened
        await opened.close()


def _done(place: int) -> Request:
    when = NOW - timedelta(weeks=COUNT - place)
    asked = Request(number(place), WHO, "bathing", "411303", address="车站路88号", phone="13912345678")
    return grown(submit(asked, Actor("elder", WHO), when), "done", "staff:w1", when)


def conversing(stores: Stores) -> Conversation:
    return Conversation(load_catalog(), Knows(), stores.turns, lambda: NOW, "411303")


async def test_a_call_of_long_ago_is_found_by_its_number(stores: Stores) -> None:
    conversation = conversing(stores)
    await conversation.hear(Message(WHO, text="查进度"))
    async with stores.turns.turn(WHO, recent=True) as held:
        assert held.older == COUNT - NEWEST
    turn = await conversation.hear(Message(WHO, text=f"查 {number(0)}"))
    assert turn.report["booking"]["id"] == number(0)
    assert say("call_unknown_number") not in turn.reply.texts[0]
    rated = await conversation.hear(Message(WHO, tap=f"rate:{number(0)}:good"))
    assert [(one.id, one.rating) for one in rated.requests] == [(number(0), "good")]
    assert len(await stores.requests.of(WHO)) == COUNT


async def test_who_is_forgotten_is_forgotten_in_the_calls_of_long_ago(stores: Stores) -> None:
    conversation = conversing(stores)
    await conversation.hear(Message(WHO, text="查进度"))
    await conversation.hear(Message(WHO, text="删除我的资料"))
    kept = await stores.requests.of(WHO)
    assert len(kept) == COUNT
    assert {(one.address, one.phone) for one in kept} == {("", "")}
    assert all(intact(one) for one in kept)
