"""What elders say who book a call, and what they read in an answer, by the bot's own wording."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.booking.numbers import spoken
from bot.dialogue import wording
from bot.dialogue.calling.moments import time_words
from bot.dialogue.waiting import FETCH
from bot.dialogue.wording import say
from tests.two_servers import AS_OF
from tests.wechat_side import LINK, check_links

SCRIPTS: Mapping[str, Any] = yaml.safe_load(
    Path(__file__).with_name("bookings.yaml").read_text(encoding="utf-8")
)
# What an answer may be; the first that fits counts.
Read = Literal["booked", "already", "confirm", "dropped", "nothing", "time", "address", "phone", "other"]
_NUMBER = r"([0-9]{3,4} [0-9]{4}(?: [0-9]{3})?)"
_ANY = "\x01"
_CHOICES = re.compile(r"^[0-9]+\. *$", re.MULTILINE)


@dataclass(frozen=True)
class Hour:
    """When somebody shall come, as it is said and as it is meant."""

    says: str
    at: str

    @classmethod
    def of(cls, one: Mapping[str, Any]) -> Hour:
        moment = (AS_OF + timedelta(days=one["day"])).replace(hour=one["hour"])
        return cls(one["says"], moment.isoformat())

    @property
    def told(self) -> str:
        """As the bot says it back."""
        return time_words(self.at, AS_OF)


HOURS = [Hour.of(one) for one in SCRIPTS["times"]]


def drawn(weights: Mapping[str, int], chance: random.Random, of: int = 100) -> str:
    """One of the names by its share of a hundred, "" for the rest."""
    names = [*weights, ""]
    (name,) = chance.choices(names, [*weights.values(), of - sum(weights.values())])
    return name


def pattern(name: str, **known: str) -> re.Pattern[str]:
    """Finds a sentence of the bot's; what is not `known` may be anything, and `number` is caught."""
    wanted = dict.fromkeys(_fields(name), _ANY) | known
    parts = re.escape(say(name, **wanted)).replace(_ANY, "[^\n]*?")
    return re.compile(parts)


@cache
def _fields(name: str) -> frozenset[str]:
    asked: set[str] = set()

    class _Noting(dict[str, object]):
        def __missing__(self, key: str) -> str:
            asked.add(key)
            return ""

    _template(name).format_map(_Noting())
    return frozenset(asked)


def _template(name: str) -> str:
    return wording._sentences()[name]


def _start(name: str) -> re.Pattern[str]:
    """The first sentence of it, up to its mark."""
    return re.compile(re.escape(re.split("[？?：（]", _template(name))[0].split("{")[0]))


@cache
def _readings() -> Mapping[Read, tuple[re.Pattern[str], ...]]:
    return {
        "booked": (_start("call_booked"),),
        "already": (_start("call_booked_already"), _start("call_already")),
        "confirm": (_start("call_back"),),
        "dropped": (_start("call_dropped"),),
        "nothing": (_start("call_nothing_arranged"), _start("call_none_open")),
        "time": (_start("call_ask_time_brief"),),
        "address": (_start("call_ask_address"),),
        "phone": (_start("call_ask_phone"),),
    }


def read(text: str) -> Read:
    """What an answer is."""
    plain = LINK.sub("", text)
    found = (what for what, some in _readings().items() if any(one.search(plain) for one in some))
    return next(found, "other")


def number_in(text: str) -> str:
    """The last number of a call that an answer tells, "" where it tells none."""
    found = re.findall(f"单号{_NUMBER}", LINK.sub("", text))
    return found[-1].replace(" ", "") if found else ""


def brings(text: str, news: str, number: str) -> bool:
    """Whether somebody reads there that the call with that number has come to a state."""
    return spoken(number) in text and bool(_notice(news, number).search(text))


@cache
def _notice(news: str, number: str) -> re.Pattern[str]:
    return pattern(f"notice_{news}", number=spoken(number))


def is_notice(text: str) -> bool:
    """Whether a message is nothing but a notice of a call, with its choices."""
    return bool(_any_notice().fullmatch(_CHOICES.sub("", LINK.sub("", text)).strip()))


@cache
def _any_notice() -> re.Pattern[str]:
    names = ("accepted", "on_the_way", "done", "failed")
    return re.compile("|".join(pattern(f"notice_{one}").pattern for one in names))


def more_waits(text: str) -> bool:
    """Whether an answer offers what did not fit into it."""
    return any(tap == FETCH for _, tap, _ in check_links(text))


def tells(text: str, *names: str) -> bool:
    """Whether an answer says one of these sentences of the bot's, about whatever call."""
    return any(_said(name).search(text) for name in names)


@cache
def _said(name: str) -> re.Pattern[str]:
    return pattern(name)


def is_status(text: str, state: str, number: str) -> bool:
    """Whether an answer says how the call of that number stands."""
    return bool(pattern(f"call_is_{state}").search(text)) and spoken(number) in text
