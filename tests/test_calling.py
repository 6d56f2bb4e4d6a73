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
from bot.conversation import Conversation
from bot.dialogue.calling import wants_number
from bot.dialogue.calling.moments import spoken
from bot.dialogue.calling.remarks import LONGEST
from bot.dialogue.safety import DANGER
from bot.dialogue.turn import take_turn
from bot.dialogue.wording import say
from bot.models import Draft, Message, Request, RequestState, Session, Turn
from bot.store.memory import MemoryStore
from nlu.understanding import Understanding

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
FULL = Draft(
    service="bathing",
    time="2026-11-22T09:00:00+08:00",
    time_text="明天上午九点",
    address="车站路100号",
    phone="13912345678",
)
WISH = {
    "service": "助浴",
    "time_text": "明天上午九点",
    "time": "2026-11-22T09:00:00+08:00",
    "address": "车站路100号",
    "phone": "13912345678",
}
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
    bookable: bool = True,
) -> Turn:
    message = Message("elder", text=text, tap=tap)
    return take_turn(
        session, message, heard, catalog, NOW, requests=tuple(requests), bookable=bookable, number=free
    )


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


def test_where_nothing_can_be_booked_the_first_turn_says_so(catalog: Catalog) -> None:
    wish = Understanding("book_call", 0.9, "embedded", slots={"service": "助浴"})
    for session, text, heard in (
        (SAID_BACK, "是", AGREED),
        (Session(greeted=True), "帮我约个人来洗澡", wish),
        (Session(region="411303", greeted=True), "帮我约个人来洗澡", wish),
    ):
        turn = turn_of(catalog, session, text, heard, free="", bookable=False)
        assert not turn.requests
        assert turn.reply.texts[0] == say("call_not_bookable", phone="12345")
        assert (turn.session.draft, turn.session.asked, turn.reply.taps) == (None, None, ())
    urgent = Session(region="411303", greeted=True)
    fallen = turn_of(
        catalog, urgent, "摔倒了", Understanding("emergency", 1.0, "rules", emergency="fall"), bookable=False
    )
    assert not fallen.reply.taps


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


def test_only_a_turn_that_books_wants_a_number(catalog: Catalog) -> None:
    first = Session(region="411303", greeted=True)
    tapped = Understanding("out_of_scope", 0.9, "rules")
    assert wants_number(turn_of(catalog, SAID_BACK, "是", AGREED, free=""))
    assert wants_number(turn_of(catalog, SAID_BACK, "", tapped, tap="book:yes", free=""))
    assert wants_number(turn_of(catalog, first, "", tapped, tap="urgent:fall", free=""))
    assert not wants_number(turn_of(catalog, SAID_BACK, "是", AGREED))
    assert not wants_number(turn_of(catalog, SAID_BACK, "不对", Understanding("deny", 1.0, "rules"), free=""))
    assert not wants_number(turn_of(catalog, first, "", tapped, tap="call:bathing", free=""))


class Understood:
    """Understands a yes; everything else is a wish for a bath."""

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding:
        return AGREED if text == "是" else Understanding("book_call", 0.9, "rules", slots=dict(WISH))

    async def state(self) -> str:
        return "a yes and a wish"


class Numbers:
    """Free numbers, counted as they are given away."""

    def __init__(self) -> None:
        self.given: list[str] = []

    async def reserve(self, user: str) -> str:
        self.given.append(number(len(self.given)))
        return self.given[-1]

    async def follow(self, request: Request) -> None:
        assert request.id in self.given


async def test_a_talk_takes_one_number_and_its_call_has_it(catalog: Catalog) -> None:
    store, numbers = MemoryStore(), Numbers()
    conversation = Conversation(catalog, Understood(), store, lambda: NOW, "411303", calls=numbers)
    await conversation.hear(Message("elder", text="明天上午九点约个助浴"))
    assert not numbers.given
    for _ in range(3):
        await conversation.hear(Message("elder", text="是"))
    assert [one.id for one in await store.of("elder")] == numbers.given == [number(0)]


def test_a_place_told_under_the_question_for_danger_is_kept_and_120_comes_first(catalog: Catalog) -> None:
    session = replace(SAID_BACK, asked=DANGER, draft=replace(FULL, address="", phone=""))
    heard = Understanding("inform", 0.9, "embedded", slots={"address": "大槐树胡同3号"})
    turn = turn_of(catalog, session, "大槐树胡同3号", heard)
    assert turn.reply.texts[0].startswith(say("danger_first"))
    assert turn.session.draft == replace(FULL, address="大槐树胡同3号", phone="")
    assert turn.session.asked == "booking_phone"


def test_remarks_do_not_grow_without_end(catalog: Catalog) -> None:
    session = SAID_BACK
    for i in range(40):
        heard = Understanding("inform", 0.9, "embedded")
        turn = turn_of(catalog, session, f"敲门大声点，我耳朵背，第{i}回说了", heard)
        session = turn.session
    assert session.draft
    assert len(session.draft.note) <= 2 * LONGEST
    long = turn_of(catalog, SAID_BACK, "敲门" * 500, Understanding("inform", 0.9, "embedded"))
    assert long.session.draft == FULL


def test_what_a_place_does_not_offer_is_said_with_what_it_offers_and_the_rest_is_kept(
    catalog: Catalog,
) -> None:
    offered = {id_: call for id_, call in catalog.calls.places["411303"].items() if id_ != "bathing"}
    calls = replace(catalog.calls, places={**catalog.calls.places, "411303": offered})
    heard = Understanding("book_call", 0.9, "embedded", slots=dict(WISH))
    session = Session(region="411303", greeted=True)
    turn = turn_of(replace(catalog, calls=calls), session, "约个助浴", heard)
    assert say("call_not_offered", place="卧龙区", name="助浴") in turn.reply.texts[0]
    assert turn.session.asked == "booking_service"
    assert {tap.id for tap in turn.reply.taps} == {f"call:{id_}" for id_ in offered} - {"call:urgent"}
    assert turn.session.draft == replace(FULL, service="")


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
    request = replace(
        submitted(2), time_text="明天俺闺女来了", contact="王大爷", person="王大爷", note="fall", comment="好"
    )
    if state != "submitted":
        moved = move(request, state, Actor("platform"), NOW)
        assert isinstance(moved, Request)
        request = moved
    heard = Understanding("delete_my_data", 1.0, "rules")
    turn = turn_of(catalog, Session(greeted=True), "删除我的资料", heard, [request])
    (after,) = turn.requests
    assert not any((after.address, after.phone, after.contact, after.note, after.comment, after.person))
    assert not after.time_text
    again = turn_of(catalog, Session(greeted=True), "删除我的资料", heard, [after])
    assert len(again.requests) == (state == "on_the_way"), "what is empty and over gets no more lines"
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
