"""In the talks on whose a telling is, all that is kept of each person: what is kept too much is as wrong."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import lexicon
from bot.catalog.load import load_catalog
from bot.config import SHANGHAI
from bot.conversation import Conversation
from bot.models import Message
from bot.store.memory import MemoryStore
from nlu import embedded
from nlu.yaml_text import read_yaml

TALKS = Path(__file__).parent / "conversations" / "eleventh_both.yaml"
NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def conversation() -> Conversation:
    catalog = load_catalog()
    understander = embedded.load(Path("var"), lexicon(catalog))
    return Conversation(catalog, understander, MemoryStore(), lambda: NOW)


@pytest.mark.parametrize("talk", read_yaml(TALKS.read_text(encoding="utf-8")), ids=lambda talk: talk["name"])
def test_nothing_else_is_kept(talk: dict[str, Any], conversation: Conversation) -> None:
    for line in talk["talk"]:
        turn = asyncio.run(conversation.hear(Message(talk["name"], text=line["elder"])))
        for who, facts in line.get("facts", {}).items():
            kept = turn.report["people"][who]["facts"]
            assert {fact: value for fact, value in kept.items() if fact != "region"} == facts, line["elder"]
