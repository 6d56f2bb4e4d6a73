"""Who serves books for the elders of a village: who booked it is noted, telephones are not mixed up, more is allowed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from bot.booking.history import intact
from bot.booking.numbers import number
from bot.catalog.model import Catalog
from bot.conversation import Conversation
from bot.dialogue.turn import take_turn
from bot.models import Message, Request, Session, Turn
from nlu.understanding import Understanding
from tests.duty_side import NOW as SHIFT
from tests.duty_side import Side, side
from tests.storage import RealServer, real_server
from tests.test_calling import AGREED, FULL, NOW, SAID_BACK, catalog, submitted

__all__ = ["catalog"]
LI = replace(FULL, person="李大爷", contact="李大爷")


def turn(
    catalog: Catalog,
    session: Session,
    requests: tuple[Request, ...] = (),
    *,
    staff: str = "s1",
    tap: str = "",
) -> Turn:
    message = Message("oLi", text="是", tap=tap or None)
    return take_turn(
        session,
        message,
        AGREED,
        catalog,
        NOW,
        requests=requests,
        bookable=True,
        number=number(90),
        staff=staff,
    )


@pytest.mark.parametrize(("staff", "note"), [("s1", "staff:s1"), ("", "")])
def test_who_of_the_staff_booked_it_is_noted_for_good(catalog: Catalog, staff: str, note: str) -> None:
    (request,) = turn(catalog, replace(SAID_BACK, draft=LI), staff=staff).requests
    assert (request.history[0].by, request.history[0].note) == ("elder", note)
    assert intact(request)
    assert (request.contact, request.phone) == ("李大爷", "13912345678")


@pytest.mark.parametrize(("staff", "books"), [("s1", True), ("", False)])
def test_a_village_is_no_flood(catalog: Catalog, staff: str, books: bool) -> None:
    before = tuple(submitted(count) for count in range(12))
    assert bool(turn(catalog, replace(SAID_BACK, draft=LI), before, staff=staff).requests) == books


def test_even_who_serves_does_not_book_without_end(catalog: Catalog) -> None:
    before = tuple(submitted(count) for count in range(60))
    assert not turn(catalog, replace(SAID_BACK, draft=LI), before).requests


@pytest.mark.parametrize(
    ("person", "contact", "phone"),
    [("李大爷", "李大爷", "13912345678"), ("王奶奶", "王奶奶", ""), ("mother", "", "")],
)
def test_the_telephone_of_one_elder_is_not_offered_for_another(
    catalog: Catalog, person: str, contact: str, phone: str
) -> None:
    booked = turn(catalog, replace(SAID_BACK, draft=LI))
    draft = replace(FULL, person=person, contact=contact, phone="", time="2026-11-23T09:00:00+08:00")
    session = replace(booked.session, draft=draft, asked="booking_address")
    heard = Understanding("inform", 1.0, "rules", slots={"address": "车站路6号"})
    after = take_turn(
        session,
        Message("oLi", text="车站路6号"),
        heard,
        catalog,
        NOW,
        requests=booked.requests,
        bookable=True,
    )
    assert after.session.draft
    assert after.session.draft.phone == phone


def test_nor_does_it_go_with_an_urgent_call_for_another(catalog: Catalog) -> None:
    booked = turn(catalog, replace(SAID_BACK, draft=LI))
    session = replace(booked.session, active="王奶奶")
    (urgent,) = turn(catalog, session, booked.requests, tap="urgent:fall").requests
    assert (urgent.urgent, urgent.address, urgent.phone) == (True, "", "")


class Vague:
    """Understands nothing."""

    async def understand(self, text: str, context: str | None, now: object) -> Understanding:
        return Understanding("out_of_scope", 0.1, "embedded")

    async def state(self) -> str:
        return "embedded"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as up:
        yield up


@pytest.fixture
async def duty(server: RealServer) -> AsyncIterator[Side]:
    server.tell("FLUSHALL")
    async with side(server.url) as one:
        await one.hired()
        yield one


async def test_numbers_choose_of_the_desks_last_reply(duty: Side) -> None:
    """Not of an older reply of the ordinary talk."""
    talk = Conversation(duty.catalog, Vague(), duty.stores.turns, lambda: SHIFT, duty=duty.duty)
    request = await duty.called()
    await duty.indexed()
    for text in ("您好", "工单", "1", "1", "1"):
        await talk.hear(Message("oLi", text=text))
    assert (await duty.desk.find(request.id)).state == "done"
