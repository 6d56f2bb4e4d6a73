"""The desk over a real store: who gets a call, who is told of it, who sees which."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from structlog.testing import capture_logs

from bot.booking import moves
from bot.booking.history import grown, intact
from bot.booking.table import Actor, Refusal
from bot.dialogue.notices import News, called, to_elder
from bot.dispatch.lines import Dispatch, line_of
from bot.dispatch.telling import Alarm, address
from bot.errors import BadValue, NotFound, StoreDown
from bot.models import Notice, Reply, Request, Staff
from bot.wechat.fitting import compose
from tests.duty_side import ELDER, KAIFENG, NANYANG, NOW, STAFF, WANCHENG, WOLONG, Side, actor, catalog, side
from tests.storage import RealServer, real_server

CLOCK, PLATFORM = Actor("clock"), Actor("platform")
PRIVATE = ("车站路", "13800138000", "孙玉兰", ELDER)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as up:
        yield up


@pytest.fixture
async def desk(server: RealServer) -> AsyncIterator[Side]:
    server.tell("FLUSHALL")
    async with side(server.url) as one:
        await one.hired()
        yield one


def texts(notices: Sequence[Notice]) -> str:
    return "\n".join(text for one in notices for text in one.texts)


async def test_of_two_workers_one_gets_it(server: RealServer, desk: Side) -> None:
    async with side(server.url) as other:
        for _ in range(20):
            request = await desk.called()
            took = await asyncio.gather(
                desk.desk.take(request.id, actor("s1")), other.desk.take(request.id, actor("s2"))
            )
            got = [one for one in took if isinstance(one, Request)]
            refused = [one for one in took if isinstance(one, Refusal)]
            assert len(got) == 1
            assert [one.reason for one in refused] == ["taken_by_another"]
            kept = await desk.desk.find(request.id)
            assert kept == got[0]
            assert intact(kept)


async def test_a_move_lost_to_another_is_tried_again(server: RealServer, desk: Side) -> None:
    request = await desk.called()
    async with side(server.url) as other:
        await asyncio.gather(
            *(desk.desk.comment(request.id, actor("s4"), f"电话打过{i}次") for i in range(2)),
            *(other.desk.comment(request.id, actor("s2"), f"问过邻居{i}次") for i in range(2)),
        )
    kept = await desk.desk.find(request.id)
    assert kept.version == 5
    assert intact(kept)


async def test_every_step_tells_the_elder_once(desk: Side) -> None:
    request = await desk.called()
    for to in ("accepted", "on_the_way", "done"):
        for _ in range(2):
            await desk.desk.move(request.id, to, actor("s1"))
        await desk.desk.tell(request.id)
    told = await desk.mail(ELDER)
    assert [one.id for one in told] == [f"status:{request.id}:{version}" for version in (2, 3, 4)]
    assert {one.kind for one in told} == {"status"}
    accepted, way, done = told
    assert "工作人员（姓李）" in accepted.texts[0]
    assert "梅" not in texts(told)
    assert [tap.id for tap in accepted.taps] == [
        f"{what}:{request.id}" for what in ("status", "move", "cancel")
    ]
    assert "路上" in way.texts[0]
    assert [tap.label for tap in done.taps] == ["满意", "一般", "不满意"]
    assert done.taps[0].id == f"rate:{request.id}:good"
    assert ("deliver", "", ELDER, accepted.id) in desk.jobs
    assert not [private for private in PRIVATE[:3] if private in texts(told)]


async def test_what_was_sent_is_not_told_again(desk: Side) -> None:
    request = await desk.called()
    await desk.desk.take(request.id, actor("s1"))
    assert len(await desk.mail(ELDER)) == 1
    await desk.desk.take(request.id, actor("s1"))
    await desk.desk.tell(request.id, "2")
    assert await desk.mail(ELDER) == []


async def test_a_process_that_died_after_the_move_leaves_a_job_that_tells(desk: Side) -> None:
    request = await desk.called()
    moved = moves.move(request, "accepted", actor("s1"), NOW)
    assert isinstance(moved, Request)
    assert await desk.stores.requests.save(moved, request.version)
    await desk.desk.tell(request.id, "2")
    assert [one.id for one in await desk.mail(ELDER)] == [f"status:{request.id}:2"]


async def test_the_job_stands_before_the_move_is_kept(desk: Side) -> None:
    request = await desk.called()
    await desk.desk.take(request.id, actor("s1"))
    assert desk.jobs[:2] == [("track", request.id, "2", "0"), ("tell", request.id, "2")]


async def test_users_of_the_page_and_the_api_read_it_with_their_next_message(desk: Side) -> None:
    for who in ("try:abc", "api:client/7"):
        request = await desk.called(who)
        await desk.desk.take(request.id, actor("s1"))
        assert len(await desk.mail(who)) == 1
    assert [job for job in desk.jobs if job[0] == "deliver"] == []


def test_who_is_reached_where() -> None:
    assert address("oUser") == ("", "oUser")
    assert address("kaifeng/oUser") == ("kaifeng", "oUser")
    assert address("try:1") is None


@pytest.mark.parametrize(
    ("to", "by", "says"),
    [
        ("failed", "s4", ["没办成", "12345"]),
        ("cancelled", "s4", ["工作人员取消", "12345"]),
        ("expired", "clock", ["没有人接", "12345"]),
        ("on_the_way", "platform", ["路上"]),
    ],
)
async def test_the_elder_hears_how_it_ended(desk: Side, to: str, by: str, says: list[str]) -> None:
    request = await desk.called()
    who = {"clock": CLOCK, "platform": PLATFORM}.get(by) or actor(by)
    assert isinstance(await desk.desk.move(request.id, to, who), Request)  # type: ignore[arg-type]
    told = await desk.mail(ELDER)
    assert all(word in texts(told) for word in says)
    assert len(told) == 1


async def test_handed_back_the_elder_hears_that_another_is_looked_for(desk: Side) -> None:
    request = await desk.called()
    await desk.desk.take(request.id, actor("s1"))
    await desk.desk.hand_back(request.id, actor("s1"))
    assert (await desk.desk.find(request.id)).worker is None
    assert "另找人" in (await desk.mail(ELDER))[1].texts[0]


async def test_a_lead_gives_it_to_another(desk: Side) -> None:
    request = await desk.called()
    await desk.desk.take(request.id, actor("s1"))
    await desk.mail(ELDER)
    given = await desk.desk.hand_over(request.id, "s2", actor("s4"))
    assert isinstance(given, Request)
    assert given.worker == "staff:s2"
    (told,) = await desk.mail(ELDER)
    assert "工作人员（姓诸葛）" in told.texts[0]
    assert "交给您" in texts(await desk.mail("oZhuge"))
    assert "交给别人" in texts(await desk.mail("oLi"))
    assert await desk.mail("oZhao") == []


async def test_whom_a_lead_cannot_give_it_to(desk: Side) -> None:
    request = await desk.called()
    assert await desk.desk.hand_over(request.id, "s3", actor("s4")) == Refusal("not_their_area", "submitted")
    assert await desk.desk.hand_over(request.id, "s2", actor("s1")) == Refusal("not_possible", "submitted")
    for nobody in ("s5", "s99"):
        with pytest.raises(NotFound):
            await desk.desk.hand_over(request.id, nobody, actor("s4"))
    with pytest.raises(NotFound):
        await desk.desk.take("9999999", actor("s1"))


async def test_who_has_it_hears_that_the_elder_cancelled(desk: Side) -> None:
    request = await desk.called()
    await desk.desk.take(request.id, actor("s1"))
    await desk.mail(ELDER)
    cancelled = await desk.desk.move(request.id, "cancelled", Actor("elder", ELDER))
    assert isinstance(cancelled, Request)
    (told,) = await desk.mail("oLi")
    assert "不用去了" in told.texts[0]
    assert not [private for private in PRIVATE if private in told.texts[0]]
    assert await desk.mail(ELDER) == []


async def test_a_change_of_the_lead_is_told_to_both(desk: Side) -> None:
    request = await desk.called()
    await desk.desk.take(request.id, actor("s1"))
    await desk.mail(ELDER)
    later = (NOW + timedelta(days=1, hours=6, minutes=30)).isoformat()
    await desk.desk.change(request.id, actor("s4"), time=later)
    assert "11月24日，星期二，下午3点半" in texts(await desk.mail(ELDER))
    assert "改了" in texts(await desk.mail("oLi"))


async def test_an_urgent_call_rings_all_on_duty_there_once(desk: Side) -> None:
    request = await desk.called(service="urgent", urgent=True, time=None)
    for _ in range(2):
        await desk.desk.escalate(request)
    for user in ("oLi", "oZhuge", "oZhao", "oHot"):
        (rung,) = await desk.mail(user)
        assert "【急】" in rung.texts[0]
        takes = user != "oHot"
        assert [tap.id for tap in rung.taps][:1] == ([f"duty:take:{request.id}"] if takes else [])
        assert not [private for private in PRIVATE if private in rung.texts[0]]
    assert await desk.mail("oWang") == []
    assert await desk.mail(ELDER) == []


async def test_where_only_the_hotline_hears_an_urgent_call_the_elder_is_told_so(desk: Side) -> None:
    for staff_id in ("s1", "s2", "s4"):
        await desk.stores.staff.bind(staff_id, None)
    request = await desk.called(service="urgent", urgent=True, time=None)
    await desk.desk.escalate(request)
    (rung,) = await desk.mail("oHot")
    assert rung.taps == ()
    (told,) = await desk.mail(ELDER)
    assert "要救命打120" in told.texts[0]
    assert "告诉负责人" not in told.texts[0]


async def test_an_urgent_call_that_nobody_takes_goes_to_the_leads_and_the_elder(desk: Side) -> None:
    request = await desk.called(service="urgent", urgent=True, time=None)
    await desk.desk.escalate(request)
    await desk.desk.escalate(request, "late")
    assert len(await desk.mail("oZhao")) == 2
    assert len(await desk.mail("oLi")) == 1
    (told,) = await desk.mail(ELDER)
    assert "要救命打120" in told.texts[0]
    assert "12345" in told.texts[0]


async def test_a_late_call_is_told_to_its_leads_and_the_elder_once(desk: Side) -> None:
    request = await desk.called()
    for _ in range(3):
        await desk.desk.escalate(request, "late")
    assert len(await desk.mail("oZhao")) == 1
    (told,) = await desk.mail(ELDER)
    assert "12345" in told.texts[0]
    assert await desk.mail("oLi") == []


@pytest.mark.parametrize("why", ["urgent", "late"])
async def test_where_nobody_can_be_told_the_elder_is_not_left_waiting(desk: Side, why: Alarm) -> None:
    for one in STAFF:
        await desk.stores.staff.bind(one.id, None)
    request = await desk.called(service="urgent", urgent=True, time=None)
    with capture_logs() as lines:
        await desk.desk.escalate(request, why)
    (told,) = await desk.mail(ELDER)
    assert "要救命打120" in told.texts[0]
    assert "告诉负责人" not in told.texts[0]
    assert [line["event"] for line in lines] == ["nobody_to_alarm"]


async def test_what_was_taken_is_not_late(desk: Side) -> None:
    request = await desk.called()
    await desk.desk.take(request.id, actor("s1"))
    await desk.mail(ELDER)
    await desk.desk.escalate(request, "late")
    assert await desk.mail(ELDER) == []


async def test_where_whoever_took_it_does_not_set_out_they_and_the_lead_are_told_once(desk: Side) -> None:
    request = await desk.called()
    await desk.desk.escalate(request, "stalled")
    assert await desk.mail("oZhao") == [], "nobody has it yet"
    await desk.desk.take(request.id, actor("s1"))
    await desk.mail(ELDER)
    for _ in range(2):
        await desk.desk.escalate(request, "stalled")
    (own,), (lead,) = await desk.mail("oLi"), await desk.mail("oZhao")
    assert {tap.id for tap in own.taps} >= {f"duty:onway:{request.id}", f"duty:back:{request.id}"}
    assert [tap.id for tap in lead.taps] == [f"duty:show:{request.id}"]
    assert not [private for private in PRIVATE if private in own.texts[0] + lead.texts[0]]
    assert await desk.mail(ELDER) == [], "whoever forgets to say so may be at the door"


async def test_an_elder_in_need_hears_that_nobody_set_out(desk: Side) -> None:
    request = await desk.called(service="urgent", urgent=True, time=None)
    await desk.desk.take(request.id, actor("s1"))
    await desk.mail(ELDER)
    await desk.desk.escalate(request, "stalled")
    (told,) = await desk.mail(ELDER)
    assert "要救命打120" in told.texts[0]
    assert "还没有人接" not in told.texts[0]


async def test_who_set_out_is_not_asked_after(desk: Side) -> None:
    request = await desk.called()
    await desk.desk.take(request.id, actor("s1"))
    await desk.desk.move(request.id, "on_the_way", actor("s1"))
    await desk.desk.escalate(request, "stalled")
    assert await desk.mail("oZhao") == []


async def test_each_sees_their_areas(desk: Side) -> None:
    wolong = await desk.called()
    wancheng = await desk.called(region=WANCHENG)
    city = await desk.called(region=NANYANG)
    kaifeng = await desk.called(region=KAIFENG)
    nowhere = await desk.called(region=None)
    sees = {name: set(await desk.sees(name)) for name in ("s1", "s2", "s3", "s4")}
    assert sees["s1"] == {wolong.id, nowhere.id}
    assert sees["s2"] == {wolong.id, wancheng.id, nowhere.id}
    assert sees["s3"] == {kaifeng.id, nowhere.id}
    assert sees["s4"] == {wolong.id, wancheng.id, city.id, nowhere.id}


async def test_what_another_has_only_the_lead_sees(desk: Side) -> None:
    request = await desk.called()
    await desk.desk.take(request.id, actor("s1"))
    sees = {name: len(await desk.sees(name)) for name in ("s1", "s2", "s4")}
    assert sees == {"s1": 1, "s2": 0, "s4": 1}


async def test_urgent_ones_first_then_late_ones_then_todays(desk: Side) -> None:
    tomorrow = await desk.called(time=(NOW + timedelta(days=1)).isoformat())
    today = await desk.called()
    late = await desk.called(time=(NOW + timedelta(days=2)).isoformat())
    await desk.desk.escalate(late, "late")
    urgent = await desk.called(service="urgent", urgent=True, time=None)
    assert await desk.sees("s1") == [urgent.id, late.id, today.id, tomorrow.id]


async def test_a_note_is_short(desk: Side) -> None:
    request = await desk.called()
    with pytest.raises(BadValue):
        await desk.desk.comment(request.id, actor("s1"), "长" * 201)


async def test_two_processes_tell_at_once_and_it_is_told_once(server: RealServer, desk: Side) -> None:
    request = await desk.called()
    moved = moves.move(request, "accepted", actor("s1"), NOW)
    assert isinstance(moved, Request)
    assert await desk.stores.requests.save(moved, request.version)
    async with side(server.url) as other:
        told = await asyncio.gather(
            *(one.desk.tell(request.id) for one in (desk, other, desk, other)), return_exceptions=True
        )
    assert all(one is None or isinstance(one, StoreDown) for one in told)
    await desk.desk.tell(request.id)
    assert len(await desk.mail(ELDER)) == 1
    assert len([job for job in desk.jobs if job[0] == "deliver"]) <= 1


async def test_who_was_erased_since_the_call_was_read_is_named_no_more(desk: Side) -> None:
    request = await desk.called(person="上官桂兰")
    read = moves.move(request, "accepted", actor("s1"), NOW)
    assert isinstance(read, Request)
    assert await desk.stores.requests.save(read, request.version)
    erased = replace(grown(read, "cancelled", "elder", NOW, "erased"), person=None)
    assert await desk.stores.requests.save(erased, read.version)
    assert not await desk.desk._teller.tell(read, NOW)
    assert await desk.mail(ELDER) == []
    await desk.desk.moved(read)
    told = await desk.mail(ELDER)
    assert [one.id for one in told] == [f"status:{request.id}:2"]
    assert "上官" not in texts(told)


async def test_a_service_that_no_file_tells_of_any_more_stops_nothing(desk: Side) -> None:
    request = await desk.called(service="gone")
    assert isinstance(await desk.desk.take(request.id, actor("s1")), Request)
    assert await desk.mail(ELDER) == []
    assert await desk.sees("s1") == [request.id]


async def test_a_store_that_goes_away_in_the_middle_is_said_and_what_was_kept_is_told_later(
    server: RealServer, desk: Side
) -> None:
    request = await desk.called()

    async def broken(name: str, *values: str, seconds: float = 0.0) -> None:
        if name == "deliver":
            raise StoreDown("gone")
        await Side.later(desk, name, *values, seconds=seconds)

    teller = desk.desk._teller
    teller._later = broken
    assert isinstance(await desk.desk.take(request.id, actor("s1")), Request)
    teller._later = desk.later
    assert [job for job in desk.jobs if job[0] == "deliver"] == []
    await desk.desk.tell(request.id, "2")
    assert [job[3] for job in desk.jobs if job[0] == "deliver"] == [f"status:{request.id}:2"]


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("news", get_args(News))
def test_every_notice_is_whole_short_and_names_nobody_else(news: News, urgent: bool) -> None:
    service = "urgent" if urgent else "bathing"
    request = Request(
        "9137482", ELDER, service, WOLONG, address="车站路88号", phone="13800138000", urgent=urgent
    )
    call = catalog().call(service)
    assert call
    notice = to_elder(news, request, 2, call, STAFF[1], NOW)
    text = "\n".join(notice.texts)
    assert not [private for private in (*PRIVATE, "云") if private in text]
    assert "{" not in text
    assert call.name in text
    assert "913" in text or urgent
    assert all(notice.fields.values())
    assert len(compose(Reply(notice.texts, notice.taps)).encode()) < 2000
    assert max(map(len, text.splitlines())) <= 48


@pytest.mark.parametrize(
    ("name", "told"),
    [("李梅", "李"), ("欧阳兰", "欧阳"), ("Anna", ""), ("", "")],
)
def test_an_elder_is_told_the_surname_only(name: str, told: str) -> None:
    said = called(Staff("s1", name, "worker", ()))
    assert said == (f"工作人员（姓{told}）" if told else "工作人员")


@pytest.mark.parametrize(
    ("dispatch", "late", "urgent", "seen"),
    [
        ("none", False, False, True),
        ("waiting", False, False, False),
        ("sent", False, False, False),
        ("dead", False, False, True),
        ("sent", True, False, True),
        ("sent", False, True, True),
    ],
)
async def test_what_the_platform_has_workers_see_only_where_it_fails(
    desk: Side, dispatch: Dispatch, late: bool, urgent: bool, seen: bool
) -> None:
    request = await desk.called()
    line = line_of(request, desk.catalog, dispatch)
    await desk.stores.requests.enter(replace(line, late=late, urgent=urgent))
    assert [one.id for one in await desk.desk.visible(actor("s1"))] == ([request.id] if seen else [])
    assert [one.id for one in await desk.desk.visible(actor("s4"))] == [request.id]
