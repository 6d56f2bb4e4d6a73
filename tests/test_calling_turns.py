"""How many turns a booking takes over the talks in tests/conversations/: the bar that the talk is held to.

`python -m tests.test_calling_turns` prints the figures.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bot import contract
from bot.app import lexicon
from bot.catalog.load import load_catalog
from bot.conversation import Conversation
from bot.models import Turn
from bot.store.memory import MemoryStore
from nlu import embedded
from nlu.yaml_text import read_yaml
from tests.test_conversations import FOLDER, moment, moved, without_words

_MEDIAN, _ALL_AT_ONCE = 5, 2


async def bookings(talk: Mapping[str, Any], conversation: Conversation, store: MemoryStore) -> list[int]:
    """How many turns each call of the talk took, from the first that arranged it to the one that booked it."""
    taken, turns, busy = [], 0, False
    for line in talk["talk"]:
        for to in line.get("moved", []):
            await moved(store, to, moment(str(line.get("now", "2026-11-21T09:00:00"))))
        turn = await conversation.hear(_message(line))
        turns += 1 if busy or _arranges(turn) or _books(turn) else 0
        busy = turn.session.draft is not None and turn.session.draft.changes is None
        if _books(turn):
            taken.append(turns)
        turns = turns if busy else 0
    return taken


def _message(line: Mapping[str, Any]) -> Any:
    body = {"user": "elder", "text": str(line.get("elder", ""))}
    body |= {key: str(line[key]) for key in ("tap", "event", "scene") if key in line}
    return without_words(line, contract.message_of(body))


def _fixed(now: datetime) -> datetime:
    return now


def _arranges(turn: Turn) -> bool:
    return turn.session.draft is not None and turn.session.draft.changes is None


def _books(turn: Turn) -> bool:
    return any(one.version == 1 and not one.urgent for one in turn.requests)


def counted() -> Iterator[tuple[str, int]]:
    """Each booked call's talk and turns."""
    catalog = load_catalog()
    understander = embedded.load(Path("var"), lexicon(catalog))
    for path in sorted(FOLDER.glob("calling-*.yaml")):
        for talk in read_yaml(path.read_text(encoding="utf-8")):
            now = moment(talk.get("now", "2026-11-21T09:00:00"))
            store = MemoryStore()
            calls = None if talk.get("nothing_bookable") else store
            conversation = Conversation(
                catalog, understander, store, partial(_fixed, now), talk.get("region"), calls=calls
            )
            for turns in asyncio.run(bookings(talk, conversation, store)):
                yield f"{path.stem}: {talk['name']}", turns


def test_all_at_once_takes_two_turns_and_the_median_talk_five_at_most() -> None:
    turns = [count for _, count in counted()]
    assert min(turns) == _ALL_AT_ONCE
    assert median(turns) <= _MEDIAN
    assert median(_bit_by_bit(turns)) <= _MEDIAN
    assert len(turns) > 50, "the talks that book say how long it takes"


def _bit_by_bit(turns: list[int]) -> list[int]:
    """Without those that said everything at once, with which many talks about other things begin."""
    return [count for count in turns if count > _ALL_AT_ONCE]


def _figures() -> None:
    told = list(counted())
    turns = [count for _, count in told]
    print(f"{len(turns)} calls booked, median {median(turns)} turns, from {min(turns)} to {max(turns)}")
    print(f"without those told all at once: median {median(_bit_by_bit(turns))} turns")
    print("turns: calls  ", dict(sorted(Counter(turns).items())))
    for name, count in sorted(told, key=lambda one: -one[1])[:5]:
        print(count, name)


if __name__ == "__main__":
    _figures()
