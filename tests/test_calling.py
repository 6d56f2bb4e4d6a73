"""The talk that books a call, where a talk in YAML cannot look: floods, long texts, refusals, what is erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import get_args

import pytest

from bot.booking.history import intact
from bot.booking.hours import Kind
from bot.booking.moves import move, submit
from bot.booking.numbers import number
from bot.booking.table import Actor, Reason
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.config import SHANGHAI
from bot.dialogue.calling import may_book
from bot.dialogue.calling.moments import spoken
from bot.dialogue.turn import take_turn
from bot.dialogue.wording import say
from bot.models import Draft, Message, Request, RequestState, Session, Tap, Turn
from nlu.understanding import Understanding

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
FULL = Draft(
    service="bathing",
    time="2026-11-22T09:00:00+08:00",
    time_text="明天上午九点",
    address="车站路100号",
    phone="13912345678",
)
AGREED = Understanding("affirm", 1.0, "rules")
SAID_BACK = Session(region="411303", greeted=True, draft=FULL, asked="confirm")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def turn_of(
    catalog: Catalog,
    session: Session,
    text: str,
    heard: Understanding,
    requests: Sequence[Request] = (),
    free: str = number(1),
    tap: str | None = None,
) -> Turn:
    message = Message("elder", text=text, tap=tap)
    return take_turn(session, message, heard, catalog, NOW, requests=tuple(requests), number=free)


def submitted(count: int, at: datetime = NOW, service: str = "cleaning") -> Request:
    request = Request(number(count), "elder", service, region="411303", address="某村", phone="13912345678")
    return submit(request, Actor("elder", "elder"), at)


def test_a_yes_books_once_with_one_sealed_line(catalog: Catalog) -> None:
    turn = turn_of(catalog, SAID_BACK, "是", AGREED)
    (request,) = turn.requests
    assert (request.id, request.service, request.region) == (number(1), "bathing", "411303")
    assert request.state == "submitted"
    assert request.version == 1
    assert intact(request)
    assert turn.session.draft is None
    assert turn.session.last_call == request.id
    assert (turn.session.address, turn.session.phone) == ("车站路100号", "13912345678")
    again = turn_of(catalog, turn.session, "是", AGREED, turn.requests, number(2))
    assert not again.requests


def test_without_a_number_nothing_is_promised(catalog: Catalog) -> None:
    turn = turn_of(catalog, SAID_BACK, "是", AGREED, free="")
    assert not turn.requests
    assert "12345" in turn.reply.texts[0]
    assert turn.session.draft is None


def test_nobody_books_the_sixth_while_five_are_open(catalog: Catalog) -> None:
    turn = turn_of(catalog, SAID_BACK, "是", AGREED, [submitted(i) for i in range(2, 7)])
    assert not turn.requests
    assert say("call_flood") in turn.reply.texts[0]


def test_nobody_books_more_than_ten_a_day(catalog: Catalog) -> None:
    cancelled = [move(submitted(i), "cancelled", Actor("elder", "elder"), NOW) for i in range(2, 12)]
    kept = [one for one in cancelled if isinstance(one, Request)]
    assert not turn_of(catalog, SAID_BACK, "是", AGREED, kept).requests
    before = [submit(replace(one, history=()), Actor("elder"), NOW - timedelta(days=2)) for one in kept]
    over = [move(one, "cancelled", Actor("elder", "elder"), NOW) for one in before]
    assert turn_of(
        catalog, SAID_BACK, "是", AGREED, [one for one in over if isinstance(one, Request)]
    ).requests


def test_ten_thousand_characters_are_no_address(catalog: Catalog) -> None:
    session = replace(SAID_BACK, asked="booking_address", draft=replace(FULL, address=""))
    turn = turn_of(catalog, session, "东头" * 5000, Understanding("inform", 0.9, "embedded"))
    assert turn.session.asked == "booking_address"
    assert turn.session.draft == replace(FULL, address="")
    assert say("call_address_long") in turn.reply.texts[0]


def test_a_tap_from_before_agrees_to_nothing_new(catalog: Catalog) -> None:
    session = replace(SAID_BACK, asked="booking_phone", draft=replace(FULL, phone=""))
    turn = turn_of(catalog, session, "", Understanding("out_of_scope", 0.9, "rules"), tap="book:yes")
    assert not turn.requests
    assert turn.session.asked == "booking_phone"


def test_somebody_elses_number_tells_nothing(catalog: Catalog) -> None:
    heard = Understanding("check_booking", 1.0, "embedded")
    turn = turn_of(catalog, Session(region="411303", greeted=True), f"查 {number(9)}", heard)
    assert say("call_unknown_number") in turn.reply.texts[0]


@pytest.mark.parametrize("kind", ["cancel", "move", "status", "rate", "at", "in", "book", "call", "urgent"])
def test_taps_with_nonsense_behind_them_are_answered(catalog: Catalog, kind: str) -> None:
    rests = ("", ":", ":0", ":9:9:9", ":" + "1" * 99, f":{number(3)}:worse", ":999912312359", ":000101010000")
    sessions = (
        Session(region="411303", greeted=True),
        SAID_BACK,
        replace(SAID_BACK, draft=Draft(service="gone")),
    )
    for rest, session in product(rests, sessions):
        turn = turn_of(
            catalog,
            session,
            "",
            Understanding("out_of_scope", 0.9, "rules"),
            [submitted(3)],
            tap=kind + rest,
        )
        assert turn.reply.texts
        assert turn.reply.texts[0].strip()
        assert all(one.state == "submitted" for one in turn.requests)
        assert turn.session.asked != "confirm" or turn.session.draft in (None, FULL)


def test_an_urgent_tap_is_submitted_before_anything_is_asked(catalog: Catalog) -> None:
    session = Session(region="411303", greeted=True)
    turn = turn_of(catalog, session, "", Understanding("out_of_scope", 0.9, "rules"), tap="urgent:fall")
    (request,) = turn.requests
    assert request.urgent
    assert request.note == "fall"
    assert turn.session.asked == "booking_phone"
    assert "120" in turn.reply.texts[0]


def test_which_turns_need_a_number() -> None:
    offered = Session(offered=(Tap("urgent:fall", "叫值班的人来"),))
    assert may_book(SAID_BACK, Message("elder", text="是"))
    assert may_book(Session(), Message("elder", tap="urgent:fall"))
    assert may_book(offered, Message("elder", text="1"))
    assert may_book(offered, Message("elder", text="叫值班的人来"))
    assert not may_book(Session(), Message("elder", text="我妈83岁"))


@pytest.mark.parametrize("rating", ["good", "fair", "bad"])
def test_a_rating_and_a_free_word_are_kept_as_one_line_each(catalog: Catalog, rating: str) -> None:
    done = move(submitted(2), "done", Actor("platform"), NOW)
    assert isinstance(done, Request)
    tapped = Understanding("out_of_scope", 0.9, "rules")
    turn = turn_of(catalog, Session(greeted=True), "", tapped, [done], tap=f"rate:{done.id}:{rating}")
    (rated,) = turn.requests
    assert (rated.rating, rated.version, turn.report["asked"]) == (rating, done.version + 1, None)
    told = turn_of(catalog, turn.session, "来得晚了点", Understanding("complain", 0.9, "embedded"), [rated])
    assert [(one.comment, one.rating) for one in told.requests] == [("来得晚了点", rating)]


def test_a_rating_of_what_is_not_done_is_refused_kindly(catalog: Catalog) -> None:
    tapped = Understanding("out_of_scope", 0.9, "rules")
    tap = f"rate:{submitted(2).id}:good"
    turn = turn_of(catalog, Session(greeted=True), "", tapped, [submitted(2)], tap=tap)
    assert not turn.requests
    assert "还没有办完" in turn.reply.texts[0]


@pytest.mark.parametrize("state", ["submitted", "accepted", "on_the_way", "done"])
def test_erasing_leaves_nothing_personal_in_any_request(catalog: Catalog, state: RequestState) -> None:
    request = replace(submitted(2), contact="王大爷", person="王大爷", note="fall", comment="好")
    if state != "submitted":
        moved = move(request, state, Actor("platform"), NOW)
        assert isinstance(moved, Request)
        request = moved
    heard = Understanding("delete_my_data", 1.0, "rules")
    turn = turn_of(catalog, Session(greeted=True), "删除我的资料", heard, [request])
    (after,) = turn.requests
    assert not any((after.address, after.phone, after.contact, after.note, after.comment, after.person))
    assert after.version == request.version + 1
    assert intact(after)
    assert after.state == ("cancelled" if state in ("submitted", "accepted") else state)


def test_every_refusal_and_every_wrong_moment_has_its_sentence() -> None:
    for reason in get_args(Reason):
        assert say(f"call_{reason}", call="助浴")
    for kind in get_args(Kind):
        assert say(f"call_{kind}", moment="", name="", hours="", minutes=1, days=1, holiday="")
    for state in get_args(RequestState):
        assert say(f"call_is_{state}", call="助浴", taken_by="")


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-11-23T09:00", "11月23日，星期一，上午9点"),
        ("2026-11-22T12:30", "11月22日，星期日，中午12点半"),
        ("2026-11-22T00:00", "11月22日，星期日，凌晨0点"),
        ("2026-11-22T18:15", "11月22日，星期日，晚上6点15分"),
        ("2027-01-01T08:00", "2027年1月1日，星期五，早上8点"),
    ],
)
def test_moments_are_told_with_their_weekday(moment: str, told: str) -> None:
    assert spoken(datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI), NOW) == told
