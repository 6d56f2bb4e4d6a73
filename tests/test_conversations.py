"""Every talk in tests/conversations/ is a test: what the elder says, what the bot must ask, say and decide."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot import contract
from bot.app import lexicon
from bot.booking.history import intact
from bot.booking.moves import move
from bot.booking.table import Actor
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.config import SHANGHAI
from bot.conversation import Conversation
from bot.dialogue.wording import say
from bot.models import Message, Place, Request, RequestState
from bot.store.memory import MemoryStore
from bot.store.port import Outcome
from nlu import embedded
from nlu.yaml_text import read_yaml

FOLDER = Path(__file__).parent / "conversations"
# What one line may say; tests/conversations/README.md tells what each means.
KEYS = {
    "elder", "tap", "event", "scene", "now", "asks", "asks_not", "says", "says_not", "sure", "sure_not", "may",
    "may_not", "of", "subject", "people", "facts", "intent", "emergency", "taps", "most", "kind", "place",
    "booking", "requests", "moved",
}  # fmt: skip


def talks() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for talk in read_yaml(path.read_text(encoding="utf-8")):
            yield pytest.param(talk, id=f"{path.stem}: {talk['name']}")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def understander(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> embedded.Embedded:
    return embedded.load(Path("var"), lexicon(catalog))


@pytest.mark.parametrize("talk", list(talks()))
def test_talk(talk: dict[str, Any], catalog: Catalog, understander: embedded.Embedded) -> None:
    asyncio.run(play(talk, catalog, understander))


class Book:
    """Numbers from the store; nobody follows what is booked but the talk itself."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.reserve = store.reserve

    async def follow(self, request: Request) -> None:
        kept = {one.id: one.version for one in await self._store.of("elder")}
        assert request.version == kept.get(request.id, 0) + 1, "a turn adds one line to a request, no more"


async def play(talk: dict[str, Any], catalog: Catalog, understander: embedded.Embedded) -> None:
    now = moment(talk.get("now", "2026-11-21T09:00:00"))
    store = MemoryStore()
    book = None if talk.get("nothing_bookable") else Book(store)
    conversation = Conversation(catalog, understander, store, lambda: now, talk.get("region"), calls=book)
    questions = 0
    for number, line in enumerate(talk["talk"], start=1):
        assert set(line) <= KEYS, f"line {number}: {set(line) - KEYS} is not known; write {sorted(KEYS)}"
        now = moment(line["now"]) if "now" in line else now
        for to in line.get("moved", []):
            await moved(store, to, now)
        body = {"user": "elder", "text": str(line.get("elder", ""))}
        body |= {key: str(line[key]) for key in ("tap", "event", "scene") if key in line}
        turn = await conversation.hear(without_words(line, contract.message_of(body)))
        told = contract.talked("elder", turn)
        questions += told["asked"] is not None
        problems = [*check(line, told), *always(line, told), *_booked(line, told)]
        problems += _requests(line, await store.of("elder"), catalog)
        if questions > line.get("most", questions):
            problems.append(f"到这里最多问 {line['most']} 次，却问了 {questions} 次")
        assert not problems, (
            f"第{number}句“{line.get('elder', line)}”：{'；'.join(problems)}\n\n机器人说：\n"
            + "\n".join(told["reply"])
        )
        assert say("trouble") not in told["reply"], f"第{number}句出了毛病，见日志"
        for text in told["reply"]:
            assert len(text.encode()) <= 2000, f"line {number}: a message of {len(text.encode())} bytes"


def without_words(line: Mapping[str, Any], message: Message) -> Message:
    """The message as a location, a picture or the like, where the talk says so."""
    if "place" in line:
        latitude, longitude, *label = line["place"]
        place = Place(float(latitude), float(longitude), *label)
        return replace(message, kind="location", place=place)
    return replace(message, kind=line.get("kind", message.kind))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def always(line: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[str]:
    """What holds for every answer, whatever the talk is about."""
    if "event" not in line and not all(text.strip() for text in told["reply"] or [""]):
        yield "什么也没有回"
    if told["subject"] in told["answers"] and told["results"] != told["answers"][told["subject"]]:
        yield "results 不是正在说的这位老人的"
    if set(told["people"]) != set(told["answers"]):
        yield "people 和 answers 不是同样几位老人"


def check(line: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[str]:
    """What is not as the talk wants it, in words for its author."""
    text = "\n".join(told["reply"])
    yield from (f"没有说“{words}”" for words in line.get("says", []) if str(words) not in text)
    yield from (f"不该说“{words}”" for words in line.get("says_not", []) if str(words) in text)
    asked = told["asked"]
    if "asks" in line and asked != line["asks"]:
        yield f"应该问 {line['asks']}，却问了 {asked}"
    if asked in line.get("asks_not", []):
        yield f"不该问 {asked}"
    labels = [tap["label"] for tap in told["taps"]]
    yield from (f"没有“{label}”可以点" for label in line.get("taps", []) if label not in labels)
    yield from _verdicts(line, told["results"])
    yield from _people(line, told)
    yield from _heard(line, told)


def _heard(line: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[str]:
    if "intent" in line and told["intent"] != line["intent"]:
        yield f"意思应是 {line['intent']}，却当成 {told['intent']}"
    wanted = line.get("emergency", False)
    kind = (told["emergency"] or {}).get("kind")
    if (wanted is True and not kind) or (wanted is not True and kind != (wanted or None)):
        yield f"紧急情况应是 {wanted}，却是 {kind}"


def _people(line: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[str]:
    if "subject" in line and told["subject"] != line["subject"]:
        yield f"说的是 {line['subject']}，却当成 {told['subject']}"
    if "people" in line and set(line["people"]) != set(told["people"]):
        yield f"记着的应是 {line['people']}，却是 {list(told['people'])}"
    for who, facts in line.get("facts", {}).items():
        kept = told["people"].get(who, {}).get("facts", {})
        yield from (
            f"{who} 的 {fact} 应是 {value}，记成 {kept.get(fact)}"
            for fact, value in facts.items()
            if kept.get(fact) != value
        )
    for who, verdicts in line.get("of", {}).items():
        results = told["answers"].get(who, {"yes": [], "maybe": []})
        yield from (f"{who}：{problem}" for problem in _verdicts(verdicts, results))


async def moved(store: MemoryStore, to: RequestState, now: datetime) -> None:
    """The newest call as the service's platform moves it."""
    request = (await store.of("elder"))[0]
    result = move(request, to, Actor("platform"), now)
    assert isinstance(result, Request), f"{request.state} 不能到 {to}"
    async with store.turn("elder") as held:
        await store.keep(held, Outcome(held.session, None, None, requests=(result,)))


def _booked(line: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[str]:
    """The call being arranged or spoken of last, by the names of the contract; null: there is none."""
    if "booking" not in line:
        return
    booking, wanted = told["booking"], line["booking"]
    if booking is None or wanted is None:
        if booking is not wanted:
            yield f"约的应是 {wanted}，却是 {booking}"
        return
    for key, value in wanted.items():
        held = (booking[key] or "")[: len(str(value))] if key == "time" and value else booking[key]
        if held != value:
            yield f"约的 {key} 应是 {value}，却是 {booking[key]}"


def _requests(line: Mapping[str, Any], kept: Sequence[Request], catalog: Catalog) -> Iterator[str]:
    """All that was submitted, in any order: 助浴 submitted."""
    if "requests" in line:
        told = [f"{catalog.calls.every[one.service].name} {one.state}" for one in kept]
        if sorted(told) != sorted(line["requests"]):
            yield f"交上去的应是 {line['requests']}，却是 {told}"
    for one in kept:
        if not intact(one):
            yield f"{one.id} 的经过不完整"


def _verdicts(line: Mapping[str, Any], results: Mapping[str, list[str]]) -> Iterator[str]:
    for key, verdict in (("sure", "yes"), ("may", "maybe")):
        given = results[verdict]
        yield from (f"{one} 应在{verdict}里" for one in line.get(key, []) if one not in given)
        yield from (f"{one} 不该在{verdict}里" for one in line.get(f"{key}_not", []) if one in given)
