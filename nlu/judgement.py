"""What the readers found speaks for or against an intent; any engine's ranking is weighed with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nlu import acts
from nlu.readers.emergency import Emergency
from nlu.understanding import PersonHeard


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
        return acts.ASKS.search(self.text) is not None and not acts.NO_QUESTION.search(self.text)

    @property
    def names(self) -> bool:
        return "benefit" in self.slots or "service" in self.slots


Test = Callable[[Heard], bool]


def _says(pattern: re.Pattern[str]) -> Test:
    return lambda heard: pattern.search(heard.text) is not None


_eligible, _entitled, _total = _says(acts.ELIGIBLE), _says(acts.ENTITLED), _says(acts.TOTAL)
_books, _requests, _for_me = _says(acts.BOOKS), _says(acts.REQUESTS), _says(acts.FOR_ME)
_booked, _cancels, _moves = _says(acts.BOOKED), _says(acts.CANCELS), _says(acts.MOVES)
_ordered, _follows, _corrects = _says(acts.ORDERED), _says(acts.FOLLOWS), _says(acts.CORRECTS)
_unhappy, _price, _offers = _says(acts.UNHAPPY), _says(acts.PRICE), _says(acts.OFFERS)
_again, _where = _says(acts.AGAIN), _says(acts.WHERE)
_and_them, _age_money = _says(acts.AND_THEM), _says(acts.AGE_MONEY)


def _questions(heard: Heard) -> bool:
    return acts.QUESTION.search(heard.text) is not None and not acts.NO_QUESTION.search(heard.text)


def _mine(heard: Heard) -> bool:
    """Whether somebody asks if a certain person gets it: somebody is named, or facts are told beside the question."""
    return _entitled(heard) and not _price(heard) and (heard.facts or any(p.named for p in heard.people))


def _one(heard: Heard) -> bool:
    return "benefit" in heard.slots


def _help(heard: Heard) -> bool:
    return "service" in heard.slots


def _calls(heard: Heard) -> bool:
    """Whether nothing speaks against a new visit: none is ordered, nothing is called off, nothing is asked."""
    return not (_booked(heard) or _ordered(heard) or _cancels(heard) or heard.asks)


def _wanted_now(heard: Heard) -> bool:
    return _for_me(heard) or "time" in heard.slots


def _answering(heard: Heard) -> bool:
    return heard.context is not None and not heard.asks and not _booked(heard) and not _cancels(heard)


# When this holds, this intent is so many times as likely.
_SPEAKS: tuple[tuple[Test, str, float], ...] = (
    # Telling.
    (lambda h: h.facts and not h.asks and not _corrects(h) and not _books(h), "inform", 12.0),
    (lambda h: not h.facts, "inform", 0.3),
    (lambda h: not h.facts and _questions(h), "inform", 0.3),
    (lambda h: h.facts and _questions(h) and not _corrects(h), "inform", 0.06),
    (lambda h: _corrects(h) and not _booked(h) and not _ordered(h), "correct", 6.0),
    (lambda h: _corrects(h) and h.facts, "correct", 4.0),
    (lambda h: h.facts and not _corrects(h) and h.context is None, "correct", 0.4),
    (lambda h: len(h.people) > 1, "correct", 0.1),
    # "你好，我妈83了" is no greeting any more.
    (lambda h: h.facts or h.names, "greet", 0.05),
    (lambda h: h.facts or h.names, "thanks", 0.2),
    # Asking what one gets, or about one thing.
    (lambda h: h.facts and _eligible(h) and not _price(h) and not _one(h), "ask_eligibility", 12.0),
    (lambda h: _eligible(h) and not h.names and not _price(h), "ask_eligibility", 4.0),
    (lambda h: _one(h) and _mine(h), "ask_eligibility", 6.0),
    (lambda h: bool(h.people) and not h.facts and _and_them(h), "ask_eligibility", 50.0),
    (lambda h: _total(h) and not h.names, "ask_eligibility", 8.0),
    (lambda h: h.names and h.asks and not h.facts and not _books(h) and not _mine(h), "ask_service", 5.0),
    (
        lambda h: _one(h) and h.facts and _questions(h) and not _unhappy(h) and not _mine(h),
        "ask_service",
        14.0,
    ),
    (_age_money, "ask_service", 6.0),
    (lambda h: h.facts and _questions(h) and _price(h) and not _unhappy(h), "ask_service", 6.0),
    (lambda h: _help(h) and _offers(h), "ask_service", 8.0),
    (lambda h: _help(h) and h.facts and _questions(h) and not _books(h), "ask_service", 5.0),
    (lambda h: h.names and _price(h) and not _unhappy(h), "ask_service", 3.0),
    (_where, "ask_service", 4.0),
    (lambda h: _price(h) and not (_ordered(h) or _follows(h) or _unhappy(h)), "ask_service", 1.6),
    (lambda h: _help(h) and _questions(h) and not _wanted_now(h) and not _ordered(h), "ask_service", 4.0),
    # A visit: wanted, called off, moved, waited for.
    (lambda h: _help(h) and _books(h) and _calls(h), "book_call", 5.0),
    (lambda h: _help(h) and "time" in h.slots and _calls(h), "book_call", 8.0),
    (lambda h: _help(h) and _requests(h) and _calls(h), "book_call", 14.0),
    (lambda h: _help(h) and _requests(h) and not h.asks, "inform", 0.03),
    (lambda h: _ordered(h) and not _again(h), "book_call", 0.2),
    (_again, "book_call", 6.0),
    (lambda h: (_help(h) or _ordered(h)) and _cancels(h) and not h.asks, "cancel_booking", 8.0),
    (lambda h: _ordered(h) and _cancels(h), "correct", 0.3),
    (lambda h: _ordered(h) and _moves(h), "reschedule_booking", 6.0),
    (lambda h: _follows(h) and not _booked(h) and not _unhappy(h), "check_booking", 10.0),
    (lambda h: _booked(h) and h.context is None, "inform", 0.5),
    (_unhappy, "complain", 10.0),
    # Somebody who was asked answers, most of the time.
    (_answering, "inform", 4.0),
    (_answering, "out_of_scope", 0.2),
    (_answering, "reschedule_booking", 0.2),
    (_answering, "check_booking", 0.2),
    (_answering, "greet", 0.2),
    (_answering, "restart", 0.1),
    (_answering, "delete_my_data", 0.3),
)
_BARE_NUMBER = re.compile(r"(?:就|要|选)?第?[0-9一二三四五六七八九十]{1,3}(?:[.、。号]|[个项条样种](?:吧)?)?")
_HALF_SURE = 0.4
# The slot or fact that answers what was asked just before.
_ANSWERS = {
    "booking_time": "time_text",
    "booking_address": "address",
    "booking_phone": "phone",
    "booking_name": "contact",
    "booking_service": "service",
}
_ANSWERED = 30.0


def settle(ranking: Mapping[str, float], heard: Heard) -> tuple[str, float]:
    """The likeliest intent and its probability, from a model's probabilities and what the readers found."""
    if _BARE_NUMBER.fullmatch(heard.text) and not heard.facts:
        # A choice from some list; only whoever knows the list can tell what it means.
        return "inform" if heard.context else "out_of_scope", _HALF_SURE
    odds = dict(ranking)
    for holds, intent, times in _SPEAKS:
        if intent in odds and holds(heard):
            odds[intent] *= times
    if _answers(heard):
        odds["inform"] = odds.get("inform", 0.0) * _ANSWERED + 4.0
    best = max(odds, key=lambda intent: odds[intent])
    return best, odds[best] / (sum(odds.values()) or 1.0)


def _answers(heard: Heard) -> bool:
    """Whether the text gives what was asked for, without asking back."""
    if heard.context is None or heard.asks or _corrects(heard) or _booked(heard):
        return False
    slot = _ANSWERS.get(heard.context)
    return slot in heard.slots if slot else heard.facts and heard.context not in ("confirm", "offer_booking")
