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


_VISIT, _REPAIRS, _SHORT, _BRIEF = "探访", "助急", 3, 5
Test = Callable[[Heard], bool]


def _says(pattern: re.Pattern[str]) -> Test:
    return lambda heard: pattern.search(heard.text) is not None


_eligible, _entitled, _total = _says(acts.ELIGIBLE), _says(acts.ENTITLED), _says(acts.TOTAL)
_books, _requests, _for_me = _says(acts.BOOKS), _says(acts.REQUESTS), _says(acts.FOR_ME)
_booked, _cancels, _moves = _says(acts.BOOKED), _says(acts.CANCELS), _says(acts.MOVES)
_ordered, _follows, _corrects = _says(acts.ORDERED), _says(acts.FOLLOWS), _says(acts.CORRECTS)
_unhappy, _price, _offers = _says(acts.UNHAPPY), _says(acts.PRICE), _says(acts.OFFERS)
_again, _where = _says(acts.AGAIN), _says(acts.WHERE)
_changed, _objects, _wants_human = _says(acts.CHANGED), _says(acts.OBJECTS), _says(acts.WANTS_HUMAN)
_mends = _says(acts.MENDS)
_refuses, _switches, _rings = _says(acts.REFUSES), _says(acts.SWITCHES), _says(acts.RINGS)
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


def _booking(heard: Heard) -> bool:
    return heard.context is not None and heard.context.startswith("booking_")


def _arranging(heard: Heard) -> bool:
    return _booking(heard) or heard.context == "confirm"


def _only_a_time(heard: Heard) -> bool:
    """Whether hardly more than a time is told: 十点吧."""
    told = heard.slots.get("time_text")
    rest = len(heard.text) - len(told) if told else _SHORT
    return rest < _SHORT and not heard.asks and not _booked(heard)


def _broken(heard: Heard) -> bool:
    """Whether something at home is told to be broken, and nothing more: 厨房漏水了."""
    return heard.slots.get("service") == _REPAIRS and not (
        heard.asks
        or heard.facts
        or _booked(heard)
        or _ordered(heard)
        or _cancels(heard)
        or _unhappy(heard)
        or _wanted_now(heard)
        or _books(heard)
        or _requests(heard)
        or _mends(heard)
    )


def _tells_of_a_call(heard: Heard) -> bool:
    """Whether only where, whom or on which number is told, and nobody is asked to call back."""
    told = not {"address", "phone", "contact"}.isdisjoint(heard.slots) and not _help(heard)
    return told and not (heard.asks or _books(heard) or _booked(heard) or _corrects(heard) or _rings(heard))


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
    (lambda h: _booking(h) and not _wants_human(h), "human", 0.1),
    (_tells_of_a_call, "inform", 8.0),
    (_tells_of_a_call, "out_of_scope", 0.1),
    (_tells_of_a_call, "human", 0.3),
    (lambda h: _changed(h) and not {"phone", "address"}.isdisjoint(h.slots), "correct", 10.0),
    (_only_a_time, "inform", 12.0),
    (_only_a_time, "affirm", 0.05),
    (_only_a_time, "reschedule_booking", 0.3),
    (lambda h: _arranging(h) and _objects(h), "affirm", 0.05),
    (lambda h: _arranging(h) and _objects(h), "correct", 6.0),
    (lambda h: h.slots.get("service") == _VISIT, "human", 0.05),
    (lambda h: h.slots.get("service") == _VISIT and not h.asks, "book_call", 4.0),
    (lambda h: _help(h) and h.context is None and len(h.text) <= _BRIEF and _calls(h), "book_call", 6.0),
    # 厨房漏水了: nobody is asked for yet, and the dialogue offers somebody.
    (_broken, "inform", 60.0),
    (_broken, "book_call", 0.1),
    (_broken, "out_of_scope", 0.1),
    (_broken, "deny", 0.1),
    (lambda h: _booking(h) and _refuses(h), "deny", 30.0),
    (lambda h: _arranging(h) and _help(h) and _switches(h) and not h.asks, "correct", 12.0),
)
_BARE_NUMBER = re.compile(r"(?:就|要|选)?第?[0-9一二三四五六七八九十]{1,3}(?:[.、。号]|[个项条样种](?:吧)?)?")
_LONG_NUMBER = re.compile(r"[0-9][0-9 \-]{4,20}")
_HALF_SURE = 0.4
# The slot or fact that answers what was asked just before.
_ANSWERS = {
    "booking_time": "time_text",
    "booking_address": "address",
    "booking_phone": "phone",
    "booking_name": "contact",
    "booking_service": "service",
}
# These answer it without a slot: 啥时候都中, 跟上次一样.
_OPEN_ANSWERS = {
    "booking_time": acts.ANY_TIME,
    "booking_address": acts.AS_BEFORE,
    "booking_phone": acts.AS_BEFORE,
}
_ANSWERED = 30.0


def settle(ranking: Mapping[str, float], heard: Heard) -> tuple[str, float]:
    """The likeliest intent and its probability, from a model's probabilities and what the readers found."""
    if _LONG_NUMBER.fullmatch(heard.text) and (heard.context or "phone" in heard.slots):
        return "inform", _HALF_SURE
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


def _asks_back(heard: Heard) -> bool:
    """明天上午中不中 and 啥时候都中 tell a time; 几点上班 asks for one."""
    if heard.context != "booking_time":
        return heard.asks
    said = acts.ANY_TIME.sub("", acts.MAY_I.sub("", heard.text))
    return acts.ASKS.search(said) is not None and not acts.NO_QUESTION.search(said)


def _answers(heard: Heard) -> bool:
    """Whether the text gives what was asked for, without asking back."""
    if heard.context is None or _corrects(heard) or _booked(heard) or _cancels(heard) or _refuses(heard):
        return False
    if _asks_back(heard):
        return False
    if (left_open := _OPEN_ANSWERS.get(heard.context)) and left_open.search(heard.text):
        return True
    slot = _ANSWERS.get(heard.context)
    return slot in heard.slots if slot else heard.facts and heard.context not in ("confirm", "offer_booking")
