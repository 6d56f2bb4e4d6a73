"""What the readers found in one text, and each sign in it that speaks for or against an intent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from nlu import acts
from nlu.readers.emergency import Emergency
from nlu.understanding import PersonHeard


def _of_one_text(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """Whether the pattern is found; one text is asked for the same again and again."""
    return lru_cache(maxsize=1)(lambda text: pattern.search(text) is not None)


_asks, _is_question = _of_one_text(acts.ASKS), _of_one_text(acts.QUESTION)
_is_none = _of_one_text(acts.NO_QUESTION)


@dataclass(frozen=True, slots=True)
class Heard:
    """All that the readers found in one normalised text."""

    text: str
    context: str | None = None
    people: tuple[PersonHeard, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)
    alarm: Emergency | None = None
    # The embedded model's probability of each intent, and the share of the wording that it has ever seen.
    ranking: Mapping[str, float] = field(default_factory=dict)
    familiar: float = 1.0

    @property
    def facts(self) -> bool:
        return any(person.facts for person in self.people)

    @property
    def asks(self) -> bool:
        return _asks(self.text) and not _is_none(self.text)

    @property
    def names(self) -> bool:
        return "benefit" in self.slots or "service" in self.slots


_REPAIRS, _SHORT = "助急", 3
Test = Callable[[Heard], bool]


def _says(pattern: re.Pattern[str]) -> Test:
    searched = _of_one_text(pattern)
    return lambda heard: searched(heard.text)


eligible, entitled, total = _says(acts.ELIGIBLE), _says(acts.ENTITLED), _says(acts.TOTAL)
books, requests, for_me = _says(acts.BOOKS), _says(acts.REQUESTS), _says(acts.FOR_ME)
booked, cancels, moves = _says(acts.BOOKED), _says(acts.CANCELS), _says(acts.MOVES)
ordered, follows, corrects = _says(acts.ORDERED), _says(acts.FOLLOWS), _says(acts.CORRECTS)
unhappy, price, offers = _says(acts.UNHAPPY), _says(acts.PRICE), _says(acts.OFFERS)
again, where = _says(acts.AGAIN), _says(acts.WHERE)
changed, objects, wants_human = _says(acts.CHANGED), _says(acts.OBJECTS), _says(acts.WANTS_HUMAN)
mends = _says(acts.MENDS)
no_call, wants_it, by_mistake = _says(acts.NO_CALL), _says(acts.WANTS_IT), _says(acts.BY_MISTAKE)
free, at_age, regular = _says(acts.FREE), _says(acts.AT_AGE), _says(acts.REGULAR)
maybe_somebody, wary, glad = _says(acts.MAYBE_SOMEBODY), _says(acts.WARY), _says(acts.GLAD)
subsidy = _says(acts.SUBSIDY)
undecided, wrongly_put = _says(acts.UNDECIDED), _says(acts.WRONGLY_PUT)
refuses, switches, rings = _says(acts.REFUSES), _says(acts.SWITCHES), _says(acts.RINGS)
and_them, age_money = _says(acts.AND_THEM), _says(acts.AGE_MONEY)


def questions(heard: Heard) -> bool:
    """Whether it is a question, and nobody says that they do not know: 不知道有没有."""
    return _is_question(heard.text) and not _is_none(heard.text)


def mine(heard: Heard) -> bool:
    """Whether somebody asks if a certain person gets it: somebody is named, or facts are told beside the question."""
    return entitled(heard) and not price(heard) and (heard.facts or any(p.named for p in heard.people))


def benefit(heard: Heard) -> bool:
    """Whether a benefit is named."""
    return "benefit" in heard.slots


def service(heard: Heard) -> bool:
    """Whether a help at home is named."""
    return "service" in heard.slots


def calls(heard: Heard) -> bool:
    """Whether nothing speaks against a new visit: none is ordered, nothing is called off, nothing is asked."""
    return not (booked(heard) or ordered(heard) or cancels(heard) or heard.asks)


def wanted_now(heard: Heard) -> bool:
    """Whether somebody is asked for, or a time is told."""
    return for_me(heard) or "time" in heard.slots


def answering(heard: Heard) -> bool:
    """Whether somebody who was asked answers, as far as nothing speaks against it."""
    return heard.context is not None and not heard.asks and not booked(heard) and not cancels(heard)


def booking(heard: Heard) -> bool:
    """Whether a part of a call was asked for."""
    return heard.context is not None and heard.context.startswith("booking_")


def arranging(heard: Heard) -> bool:
    """Whether a call is being arranged, or read back."""
    return booking(heard) or heard.context == "confirm"


def only_a_time(heard: Heard) -> bool:
    """Whether hardly more than a time is told: 十点吧."""
    told = heard.slots.get("time_text")
    rest = len(heard.text) - len(told) if told else _SHORT
    return rest < _SHORT and not heard.asks and not booked(heard)


def broken(heard: Heard) -> bool:
    """Whether something at home is told to be broken, and nothing more: 厨房漏水了."""
    return heard.slots.get("service") == _REPAIRS and not (
        heard.asks
        or heard.facts
        or booked(heard)
        or ordered(heard)
        or cancels(heard)
        or unhappy(heard)
        or wanted_now(heard)
        or books(heard)
        or requests(heard)
        or mends(heard)
    )


def broken_there(heard: Heard) -> bool:
    """灯泡坏了，我妈一个人在家: who is there is told of the trouble, not of what they are entitled to."""
    told = {name for person in heard.people for name in person.facts}
    return (
        heard.slots.get("service") == _REPAIRS and "living" in told <= {"living", "region"} and calls(heard)
    )


def tells_of_a_call(heard: Heard) -> bool:
    """Whether only where, whom or on which number is told, and nobody is asked to call back."""
    told = not {"address", "phone", "contact"}.isdisjoint(heard.slots) and not service(heard)
    return told and not (heard.asks or books(heard) or booked(heard) or corrects(heard) or rings(heard))


def asks_for_a_thing(heard: Heard) -> bool:
    """Whether a handrail, a lift or the like is asked for, which no call brings."""
    asks = heard.asks or wants_it(heard)
    return no_call(heard) and asks and not (service(heard) or ordered(heard) or subsidy(heard))


def offered(heard: Heard) -> bool:
    """Whether a call was offered, or a part of it asked for."""
    return heard.context == "offer_booking" or booking(heard)
