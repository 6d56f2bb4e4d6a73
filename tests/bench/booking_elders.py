"""Elders who book calls: each says what is asked for, says it again where no answer came, and notes what was told."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from bot.dialogue.waiting import FETCH
from tests.bench.booking_words import (
    HOURS,
    SCRIPTS,
    Hour,
    drawn,
    is_status,
    more_waits,
    number_in,
    read,
    tells,
)
from tests.platform import shapes
from tests.platform.shapes import Fields

# What an elder knows of a call: told its number; told that nothing was submitted; talked without ever learning which.
End = Literal["booked", "dropped", "unclear"]
# Pushes of one user: what was read, None where nothing came, an error did, or the request to send it again.
Push = Callable[[Fields], Awaitable["Heard"]]
_AGAIN = 12
_MOST_TURNS = 30
# Somebody is on the way, or was there.
_TOO_LATE = (
    "call_too_late",
    "call_is_on_the_way",
    "call_already_on_the_way",
    "call_already_done",
    "call_is_done",
    "call_already_failed",
    "call_is_failed",
    "call_none_open",
)
_CANCELLED = ("call_cancelled", "call_already_cancelled", "call_is_cancelled")


@dataclass(frozen=True)
class Heard:
    """`text` is what the elder read in the end, None where nothing or where it has to be sent again."""

    text: str | None


@dataclass
class Wish:
    """One call that an elder wants, and what was told of it.

    `hours` are the times that are right in the end (more than one where the elder never learned whether a change
    was taken), `cancelled` None where that is open, `turns` counts the messages up to the number, without those
    that had to be sent again.
    """

    service: str
    hour: Hour
    address: str
    phone: str
    opening: str
    aside: bool = False
    before: str = ""
    afterwards: str = ""
    end: End = "unclear"
    number: str = ""
    hours: list[Hour] = field(default_factory=list)
    cancelled: bool | None = False
    turns: int = 0
    repeats: int = 0
    asked_to_book: bool = False
    strange: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._straight = self.opening == "all_at_once" and not self.aside and not self.before

    @property
    def said_all(self) -> bool:
        """Whether it was booked by an elder who said everything at once and nothing else."""
        return self._straight and self.end == "booked"

    @property
    def name(self) -> str:
        return str(SCRIPTS["services"][self.service]["name"])

    def is_told(self, text: str) -> bool:
        """Whether an answer to a second 是 tells how this very call stands."""
        return self.asked_to_book and f"{self.name}（{self.hour.told}" in text

    def fill(self, words: str) -> str:
        """Words of a script with what this elder wants."""
        asks = SCRIPTS["services"][self.service]["asks"]
        return words.format(time=self.hour.says, service=asks, address=self.address, phone=self.phone)


def wishes(number: int, chance: random.Random) -> list[Wish]:
    """What one elder wants to book: one call, or two of different services."""
    count = 1 + (chance.random() * 100 < SCRIPTS["share"]["second_call"])
    services = chance.sample(list(SCRIPTS["services"]), count)
    address = f"车站路{number % 900 + 1}号{chance.randint(1, 20)}号楼"
    phone = f"139{number:08}"
    return [_wish(one, address, phone, chance, single=count == 1) for one in services]


def _wish(service: str, address: str, phone: str, chance: random.Random, *, single: bool) -> Wish:
    share = SCRIPTS["share"]
    openings = {name: one["weight"] for name, one in SCRIPTS["openings"].items()}
    afterwards = drawn(share["afterwards"], chance)
    return Wish(
        service,
        chance.choice(HOURS),
        address,
        phone,
        drawn(openings, chance),
        aside=chance.random() * 100 < share["aside"],
        before=drawn(share["before"], chance),
        # Which of two is meant would be asked; a tap says it.
        afterwards=afterwards if single or afterwards in ("cancel", "status") else "",
    )


class Elder:
    """One user, who books one call after the other."""

    def __init__(self, user: str, push: Push, wanted: list[Wish], chance: random.Random) -> None:
        self.user = user
        self.wishes = wanted
        self._push = push
        self._chance = chance

    async def talks(self) -> None:
        """Until the last call is booked, or given up."""
        for wish in self.wishes:
            await self._books(wish)
            if wish.end == "booked" and wish.afterwards:
                await asyncio.sleep(self._chance.uniform(0.0, 3.0))
                await getattr(self, f"_{wish.afterwards}")(wish)

    async def asks(self, wish: Wish) -> str:
        """What the bot says of a call whose number was told."""
        return await self._until_heard(wish, self._tap("查进度", f"status:{wish.number}"))

    async def asks_at_last(self, wish: Wish) -> str:
        """The same, and has all that waits told."""
        answer = text = await self.asks(wish)
        for _ in range(_AGAIN):
            if not more_waits(text):
                break
            text = await self._until_heard(wish, self._tap("看答案", FETCH))
        return answer

    async def _books(self, wish: Wish) -> None:
        words, wish.hours = wish.fill(SCRIPTS["openings"][wish.opening]["says"]), [wish.hour]
        for _ in range(_MOST_TURNS):
            wish.turns += 1
            text = await self._until_heard(wish, partial(shapes.text, words))
            if not text or self._is_over(wish, text):
                return
            words = self._next(wish, text, words)

    async def _until_heard(self, wish: Wish, fields: Callable[[], Fields]) -> str:
        """What is read, "" where it never came."""
        for again in range(_AGAIN):
            wish.repeats += again > 0
            heard = await self._push(fields())
            if heard.text is not None:
                return heard.text
            await asyncio.sleep(self._chance.uniform(0.2, 1.5))
        return ""

    @staticmethod
    def _is_over(wish: Wish, text: str) -> bool:
        what, number = read(text), number_in(text)
        if number and (what in ("booked", "already") or wish.is_told(text)):
            wish.end, wish.number = "booked", number
        elif wish.before == "dropping" and (
            what in ("dropped", "nothing") or (wish.repeats and what == "other")
        ):
            # Said twice where the first answer got lost, it is not understood, and nothing is arranged any more.
            wish.end = "dropped"
        return wish.end != "unclear"

    def _next(self, wish: Wish, text: str, before: str) -> str:
        what = read(text)
        if wish.aside and what != "other":
            wish.aside = False
            return str(self._chance.choice(SCRIPTS["asides"]))
        if what == "confirm":
            return self._confirms(wish, text)
        if what in ("time", "address", "phone"):
            return wish.fill(SCRIPTS["answers"][what])
        wish.strange.append(text)
        return before

    def _confirms(self, wish: Wish, text: str) -> str:
        if wish.before == "change":
            wish.before = "changed"
            wish.hour = self._chance.choice([one for one in HOURS if one != wish.hour])
            wish.hours = [wish.hour]
            return wish.fill(SCRIPTS["change"])
        if wish.before in ("drop", "dropping"):
            wish.before = "dropping"
            return str(SCRIPTS["answers"]["drop"])
        wish.strange += [
            text for told in (wish.hour.told, wish.address, wish.phone, wish.name) if told not in text
        ]
        wish.asked_to_book = True
        return str(self._chance.choice(SCRIPTS["answers"]["yes"]))

    async def _again(self, wish: Wish) -> None:
        """Says 是 once more, as a shaking finger does."""
        text = await self._until_heard(wish, partial(shapes.text, SCRIPTS["again"]))
        if number_in(text) not in ("", wish.number):
            wish.strange.append(text)

    async def _status(self, wish: Wish) -> None:
        if text := await self.asks(wish):
            states = ("submitted", "accepted", "on_the_way", "done", "failed")
            if not any(is_status(text, one, wish.number) for one in states):
                wish.strange.append(text)

    async def _cancel(self, wish: Wish) -> None:
        wish.cancelled = None
        for _ in range(_AGAIN):
            text = await self._until_heard(wish, self._tap("取消", f"cancel:{wish.number}"))
            if tells(text, *_TOO_LATE):
                wish.cancelled = False
            elif tells(text, *_CANCELLED):
                wish.cancelled = True
            elif text:
                text = (await self._push(shapes.text("是"))).text or ""
                wish.cancelled = True if tells(text, *_CANCELLED) else None
            if wish.cancelled is not None:
                return

    async def _move(self, wish: Wish) -> None:
        new, repeats = self._chance.choice([one for one in HOURS if one != wish.hour]), wish.repeats
        wish.hours.append(new)
        old, wish.hour = wish.hour, new
        text = await self._until_heard(wish, partial(shapes.text, wish.fill(SCRIPTS["moved"])))
        if tells(text, "call_changed") and new.told in text:
            wish.hours = [new]
        elif tells(text, *_TOO_LATE) and wish.repeats == repeats:
            wish.hours, wish.hour = [old], old
        elif text and not tells(text, *_TOO_LATE):
            wish.strange.append(text)

    @staticmethod
    def _tap(label: str, tap: str) -> Callable[[], Fields]:
        return partial(shapes.tap, label, tap)
