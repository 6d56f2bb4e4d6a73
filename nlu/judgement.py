"""What the readers found speaks for or against an intent; any engine's ranking is weighed with it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nlu import acts
from nlu.signs import (
    Heard,
    Test,
    again,
    age_money,
    and_them,
    answering,
    arranging,
    asks_for_a_thing,
    at_age,
    benefit,
    booked,
    booking,
    books,
    broken,
    broken_there,
    by_mistake,
    calls,
    cancels,
    changed,
    corrects,
    eligible,
    follows,
    free,
    glad,
    maybe_somebody,
    mine,
    moves,
    objects,
    offered,
    offers,
    only_a_time,
    ordered,
    price,
    questions,
    refuses,
    regular,
    requests,
    service,
    switches,
    tells_of_a_call,
    total,
    undecided,
    unhappy,
    wanted_now,
    wants_human,
    wary,
    where,
    wrongly_put,
)

_VISIT, _BRIEF = "探访", 5
# When this holds, this intent is so many times as likely.
_SPEAKS: tuple[tuple[Test, str, float], ...] = (
    # Telling.
    (lambda h: h.facts and not h.asks and not corrects(h) and not books(h), "inform", 12.0),
    (lambda h: not h.facts, "inform", 0.3),
    (lambda h: not h.facts and questions(h), "inform", 0.3),
    (lambda h: h.facts and questions(h) and not corrects(h), "inform", 0.06),
    (lambda h: corrects(h) and not booked(h) and not ordered(h), "correct", 6.0),
    (lambda h: corrects(h) and h.facts, "correct", 4.0),
    (lambda h: h.facts and not corrects(h) and h.context is None, "correct", 0.4),
    (lambda h: len(h.people) > 1 and not wrongly_put(h), "correct", 0.1),
    (lambda h: h.facts and not h.asks and wrongly_put(h), "correct", 3.0),
    # "你好，我妈83了" is no greeting any more.
    (lambda h: h.facts or h.names, "greet", 0.05),
    (lambda h: h.facts or h.names, "thanks", 0.2),
    # Asking what one gets, or about one thing.
    (lambda h: h.facts and eligible(h) and not price(h) and not benefit(h), "ask_eligibility", 12.0),
    (lambda h: eligible(h) and not h.names and not price(h), "ask_eligibility", 4.0),
    (lambda h: benefit(h) and mine(h), "ask_eligibility", 6.0),
    (lambda h: bool(h.people) and not h.facts and and_them(h), "ask_eligibility", 50.0),
    (lambda h: total(h) and not h.names, "ask_eligibility", 8.0),
    (lambda h: h.names and h.asks and not h.facts and not books(h) and not mine(h), "ask_service", 5.0),
    (
        lambda h: benefit(h) and h.facts and questions(h) and not unhappy(h) and not mine(h),
        "ask_service",
        14.0,
    ),
    (age_money, "ask_service", 6.0),
    (lambda h: h.facts and questions(h) and price(h) and not unhappy(h), "ask_service", 6.0),
    (lambda h: service(h) and offers(h), "ask_service", 8.0),
    (lambda h: service(h) and h.facts and questions(h) and not books(h), "ask_service", 5.0),
    (lambda h: h.names and price(h) and not unhappy(h), "ask_service", 3.0),
    (where, "ask_service", 4.0),
    (where, "book_call", 0.3),
    # Handrails, lifts, watches: nobody brings them by a call.
    (lambda h: asks_for_a_thing(h) and not arranging(h), "ask_service", 8.0),
    (asks_for_a_thing, "book_call", 0.08),
    # 能带个轮椅不, while a call is arranged, is asked of that call.
    (lambda h: arranging(h) and asks_for_a_thing(h), "ask_service", 0.1),
    (by_mistake, "ask_service", 8.0),
    (by_mistake, "correct", 0.2),
    (by_mistake, "check_booking", 0.1),
    (by_mistake, "book_call", 0.1),
    (lambda h: h.asks and free(h) and at_age(h), "ask_eligibility", 10.0),
    (lambda h: regular(h) and maybe_somebody(h) and "time" not in h.slots, "ask_service", 8.0),
    (lambda h: price(h) and not (ordered(h) or follows(h) or unhappy(h)), "ask_service", 1.6),
    (lambda h: service(h) and questions(h) and not wanted_now(h) and not ordered(h), "ask_service", 4.0),
    # A visit: wanted, called off, moved, waited for.
    (lambda h: service(h) and books(h) and calls(h), "book_call", 5.0),
    (lambda h: service(h) and "time" in h.slots and calls(h), "book_call", 8.0),
    (lambda h: service(h) and requests(h) and calls(h), "book_call", 14.0),
    (lambda h: service(h) and requests(h) and not h.asks, "inform", 0.03),
    (lambda h: ordered(h) and not again(h), "book_call", 0.2),
    (again, "book_call", 6.0),
    (lambda h: (service(h) or ordered(h)) and cancels(h) and not h.asks, "cancel_booking", 8.0),
    (lambda h: ordered(h) and cancels(h), "correct", 0.3),
    (lambda h: ordered(h) and moves(h), "reschedule_booking", 6.0),
    (lambda h: follows(h) and not booked(h) and not unhappy(h) and not undecided(h), "check_booking", 10.0),
    (lambda h: h.context is None and service(h) and undecided(h) and not booked(h), "book_call", 10.0),
    (lambda h: (arranging(h) or offered(h)) and undecided(h), "dont_know", 10.0),
    (lambda h: arranging(h) and undecided(h), "reschedule_booking", 0.1),
    (lambda h: booked(h) and h.context is None, "inform", 0.5),
    (unhappy, "complain", 10.0),
    (lambda h: unhappy(h) and h.facts and not h.asks, "inform", 0.4),
    # Somebody who was asked answers, most of the time.
    (answering, "inform", 4.0),
    (answering, "out_of_scope", 0.2),
    (answering, "reschedule_booking", 0.2),
    (answering, "check_booking", 0.2),
    (answering, "greet", 0.2),
    (answering, "restart", 0.1),
    (answering, "delete_my_data", 0.3),
    (lambda h: booking(h) and not wants_human(h), "human", 0.1),
    (tells_of_a_call, "inform", 8.0),
    (tells_of_a_call, "out_of_scope", 0.1),
    (tells_of_a_call, "human", 0.3),
    (lambda h: changed(h) and not {"phone", "address"}.isdisjoint(h.slots), "correct", 10.0),
    (only_a_time, "inform", 12.0),
    (only_a_time, "affirm", 0.05),
    (only_a_time, "reschedule_booking", 0.3),
    (lambda h: arranging(h) and objects(h), "affirm", 0.05),
    (lambda h: arranging(h) and objects(h), "correct", 6.0),
    (lambda h: h.context == "confirm" and objects(h), "inform", 0.3),
    (lambda h: h.slots.get("service") == _VISIT, "human", 0.05),
    (lambda h: h.slots.get("service") == _VISIT and not h.asks, "book_call", 4.0),
    (lambda h: service(h) and h.context is None and len(h.text) <= _BRIEF and calls(h), "book_call", 6.0),
    # 厨房漏水了: nobody is asked for yet, and the dialogue offers somebody.
    (broken, "inform", 60.0),
    (broken, "book_call", 0.1),
    (broken, "out_of_scope", 0.1),
    (broken, "deny", 0.1),
    (lambda h: broken_there(h) and h.context is None, "book_call", 40.0),
    (lambda h: booking(h) and refuses(h), "deny", 30.0),
    (lambda h: offered(h) and wary(h) and not h.asks, "deny", 30.0),
    (lambda h: offered(h) and wary(h), "complain", 0.1),
    # Nothing is booked yet that could be called off.
    (lambda h: h.context == "offer_booking" and cancels(h) and not h.asks, "deny", 8.0),
    (lambda h: h.context == "offer_booking" and cancels(h), "cancel_booking", 0.1),
    (lambda h: h.context in ("offer_booking", "confirm") and glad(h) and not h.asks, "affirm", 40.0),
    (lambda h: arranging(h) and service(h) and switches(h) and not h.asks, "correct", 12.0),
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
    if heard.context is None or corrects(heard) or booked(heard) or cancels(heard) or refuses(heard):
        return False
    if _asks_back(heard):
        return False
    if (left_open := _OPEN_ANSWERS.get(heard.context)) and left_open.search(heard.text):
        return True
    slot = _ANSWERS.get(heard.context)
    return slot in heard.slots if slot else heard.facts and heard.context not in ("confirm", "offer_booking")
