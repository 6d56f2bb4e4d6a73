"""What somebody who serves does by WeChat, over a real store: a whole shift, and what each may see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.booking import moves
from bot.booking.numbers import spoken
from bot.booking.table import Actor, Reason
from bot.conversation import Conversation
from bot.dialogue.wording import say
from bot.errors import StoreDown
from bot.models import Message, Reply, Request, Staff, Tap
from bot.wechat.fitting import compose
from nlu.understanding import EMERGENCIES, Understanding
from tests.duty_side import ELDER, KAIFENG, NOW, STAFF, WANCHENG, WOLONG, Side, actor, side
from tests.storage import RealServer, real_server

PRIVATE = ("车站路88号3楼", "13800138000", "孙玉兰")


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


def read(reply: Reply | None) -> str:
    assert reply is not None
    return "\n".join(reply.texts)


def taps(reply: Reply | None) -> list[str]:
    assert reply is not None
    return [tap.id for tap in reply.taps]


def shows_private(reply: Reply | None) -> bool:
    return any(private in read(reply) for private in PRIVATE)


async def test_a_whole_shift(duty: Side) -> None:
    """A new worker binds, reads the list, takes a call, goes there, is done."""
    code = await duty.codes.issue("s6")
    bound = await duty.duty.bind(Message("oQian", text=f"绑定 {code[:4]} {code[4:]}"))
    assert "绑定好了" in read(bound)
    assert "卧龙区" in read(bound)
    request = await duty.called()

    async def says(text: str = "", tap: str | None = None) -> Reply | None:
        await duty.indexed()
        return await duty.duty.answer("s6", Message("oQian", text=text, tap=tap))

    listed = await says("今日工单")
    assert "等着接的1单，您手上0单" in read(listed)
    assert "助浴，卧龙区" in read(listed)
    assert taps(listed) == [f"duty:take:{request.id}"]
    assert not shows_private(listed)
    taken = await says(tap=f"duty:take:{request.id}")
    assert all(private in read(taken) for private in PRIVATE)
    assert taps(taken)[:3] == [f"duty:{what}:{request.id}" for what in ("onway", "done", "back")]
    assert taps(await says(tap=f"duty:onway:{request.id}"))[:3] == [
        f"duty:{what}:{request.id}" for what in ("done", "back", "failed")
    ]
    assert "辛苦" in read(await says(tap=f"duty:done:{request.id}"))
    assert "没有" in read(await says("我的工单"))
    assert not shows_private(await says(tap=f"duty:show:{request.id}"))
    assert [one.id[-1] for one in await duty.mail(ELDER)] == ["2", "3", "4"]


async def test_the_same_in_words(duty: Side) -> None:
    request = await duty.called()
    number = spoken(request.id)
    assert "接好了" in read(await duty.says("s1", f"接单{number}"))
    assert "在路上" in read(await duty.says("s1", f"出发 {request.id}。"))
    assert "退回去了" in read(await duty.says("s1", f"退单：{number}"))
    assert not shows_private(await duty.says("s1", f"看{number}"))
    assert (await duty.desk.find(request.id)).state == "submitted"


async def test_every_label_works_when_it_is_typed(duty: Side) -> None:
    request = await duty.called()
    reply = await duty.says("s1", "工单")
    for _ in range(3):
        assert reply
        label = reply.taps[0].label
        reply = await duty.says("s1", label)
    assert (await duty.desk.find(request.id)).state == "done"


async def test_each_look_leaves_a_line_without_anything_personal(duty: Side) -> None:
    request = await duty.called()
    with capture_logs() as lines:
        await duty.says("s1", tap=f"duty:take:{request.id}")
        await duty.says("s2", tap=f"duty:show:{request.id}")
        await duty.says("s1", tap=f"duty:show:{request.id}")
        await duty.says("s2", tap=f"duty:take:{request.id}")
    noted = await duty.stores.audit.read("2026-11")
    assert [(one.by, one.what, dict(one.about)) for one in noted] == [
        ("staff:s1", "move", {"number": request.id, "to": "accepted"}),
        ("staff:s1", "show", {"number": request.id}),
        ("staff:s1", "show", {"number": request.id}),
        ("staff:s2", "move", {"number": request.id, "to": "accepted"}),
    ]
    assert {one.at for one in noted} == {NOW.isoformat()}
    assert not [private for private in (*PRIVATE, "oLi", ELDER) if private in str(lines) + str(noted)]


async def test_what_cannot_be_noted_is_neither_shown_nor_done(
    duty: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await duty.called()
    await duty.says("s1", tap=f"duty:take:{request.id}")

    async def down(*_: object) -> None:
        raise StoreDown("the log cannot be written")

    monkeypatch.setattr(type(duty.stores.audit), "note", down)
    for what in ("show", "done"):
        with pytest.raises(StoreDown):
            await duty.says("s1", tap=f"duty:{what}:{request.id}")
    assert (await duty.desk.find(request.id)).state == "accepted"


async def test_only_who_handles_it_reads_address_and_telephone(duty: Side) -> None:
    request = await duty.called()
    for who in ("s1", "s2", "s4"):
        assert not shows_private(await duty.says(who, tap=f"duty:show:{request.id}"))
    await duty.says("s1", tap=f"duty:take:{request.id}")
    assert shows_private(await duty.says("s1", tap=f"duty:show:{request.id}"))
    for who in ("s2", "s3", "s4"):
        assert not shows_private(await duty.says(who, tap=f"duty:show:{request.id}"))
    assert "不在您管的地方" in read(await duty.says("s3", tap=f"duty:show:{request.id}"))


async def test_the_second_one_hears_that_it_is_taken(duty: Side) -> None:
    request = await duty.called()
    await duty.says("s1", tap=f"duty:take:{request.id}")
    second = await duty.says("s2", tap=f"duty:take:{request.id}")
    assert "别人先接了" in read(second)
    assert not shows_private(second)


async def test_a_tap_twice_is_one_move(duty: Side) -> None:
    request = await duty.called()
    first = await duty.says("s1", tap=f"duty:take:{request.id}")
    assert await duty.says("s1", tap=f"duty:take:{request.id}") == first
    assert (await duty.desk.find(request.id)).version == 2


async def test_refusals_in_plain_words(duty: Side) -> None:
    request = await duty.called()
    assert "还没人接" in read(await duty.says("s1", tap=f"duty:done:{request.id}"))
    assert "不在您管的地方" in read(await duty.says("s3", tap=f"duty:take:{request.id}"))
    assert "没有这个单号" in read(await duty.says("s1", tap="duty:take:1234567"))
    assert "没有这个单号" in read(await duty.says("s1", tap="duty:show:../../etc"))
    await duty.desk.move(request.id, "cancelled", actor("s4"))
    assert "取消" in read(await duty.says("s1", tap=f"duty:take:{request.id}"))


@pytest.mark.parametrize("kind", EMERGENCIES)
async def test_who_takes_an_urgent_call_reads_what_it_is_about(duty: Side, kind: str) -> None:
    request = await duty.called(service="urgent", urgent=True, time=None, note=kind)
    told = read(await duty.says("s1", tap=f"duty:take:{request.id}"))
    assert say(f"duty_danger_{kind}") in told
    assert kind not in told


def test_every_refusal_has_its_words() -> None:
    for reason in Reason.__args__:  # type: ignore[attr-defined]
        assert say(f"duty_refused_{reason}")


async def test_at_most_eight_are_listed_urgent_ones_first_and_all_can_be_tapped(duty: Side) -> None:
    for place in range(11):
        await duty.called(time=(NOW + timedelta(days=20, minutes=30 * place)).isoformat())
    urgent = await duty.called(service="urgent", urgent=True, time=None)
    listed = await duty.says("s1", "工单")
    assert listed
    assert len(listed.taps) == 8
    assert taps(listed)[0] == f"duty:take:{urgent.id}"
    assert "还有4单" in read(listed)
    sent = compose(listed)
    assert sent.count("weixin://bizmsgmenu") == 8
    assert "还有4单" in sent
    lines = [line for line in read(listed).splitlines() if "助浴" in line or "紧急" in line]
    assert len(lines) == 8


async def test_a_lead_is_shown_before_taking_and_can_take(duty: Side) -> None:
    request = await duty.called(region=WANCHENG)
    assert taps(await duty.says("s4", "工单")) == [f"duty:show:{request.id}"]
    shown = await duty.says("s4", tap=f"duty:show:{request.id}")
    assert taps(shown)[0] == f"duty:take:{request.id}"
    assert shows_private(await duty.says("s4", tap=f"duty:take:{request.id}"))


async def test_a_lead_gives_it_away_by_a_tap(duty: Side) -> None:
    request = await duty.called()
    shown = await duty.says("s4", tap=f"duty:show:{request.id}")
    assert shown
    assert [tap.label for tap in shown.taps[2:]] == ["交给李梅", "交给诸葛云"]
    told = await duty.says("s4", tap=f"duty:give:{request.id}:s1")
    assert "交给他了" in read(told)
    assert shows_private(await duty.says("s1", tap=f"duty:show:{request.id}"))
    assert "没有这个工号" in read(await duty.says("s4", tap=f"duty:give:{request.id}:s9"))
    assert "不管这个地方" in read(await duty.says("s4", tap=f"duty:give:{request.id}:s3"))
    assert "不能这样改" in read(await duty.says("s2", tap=f"duty:give:{request.id}:s2"))


async def test_what_could_not_be_sent_is_sent_once_a_worker_writes(duty: Side) -> None:
    await duty.says("s1", "工单")
    assert ("deliver", "", "oLi", "") in duty.jobs


async def test_a_lead_gives_it_to_another_who_then_reads_it(duty: Side) -> None:
    request = await duty.called()
    await duty.says("s1", tap=f"duty:take:{request.id}")
    await duty.desk.hand_over(request.id, "s2", actor("s4"))
    assert not shows_private(await duty.says("s1", tap=f"duty:show:{request.id}"))
    assert "别人先接了" in read(await duty.says("s1", tap=f"duty:onway:{request.id}"))
    (notice,) = await duty.mail("oZhuge")
    assert shows_private(await duty.says("s2", tap=notice.taps[0].id))


@pytest.mark.parametrize(
    "text",
    [
        "我妈83岁，低保，家在卧龙区，能领什么",
        "王大爷83岁低保，李奶奶90岁失能，张爷爷60岁，都在卧龙区",
        "看看高龄津贴",
        "帮我妈约个助浴",
        "完成了吗",
        "9137482",
        "",
    ],
)
async def test_all_else_is_a_message_like_anybodys(duty: Side, text: str) -> None:
    assert await duty.says("s1", text) is None
    assert await duty.duty.bind(Message("oLi", text=text)) is None


@pytest.mark.parametrize("text", ["接单", "出发。", "完成", "没办成", " 退单 "])
async def test_without_a_number_one_chooses_from_the_list(duty: Side, text: str) -> None:
    request = await duty.called()
    assert spoken(request.id) in read(await duty.says("s1", text))
    assert (await duty.desk.find(request.id)).version == 1


@pytest.mark.parametrize("tap", ["living:alone", "duty:", "duty:erase:9137482", "more", "rate:9137482:good"])
async def test_taps_of_others_are_none_of_its_business(duty: Side, tap: str) -> None:
    assert await duty.says("s1", tap=tap) is None


async def test_who_is_disabled_loses_it_at_once(duty: Side) -> None:
    request = await duty.called()
    await duty.stores.staff.add(replace(STAFF[0], active=False))
    for tap in ("duty:list", f"duty:take:{request.id}", f"duty:show:{request.id}"):
        assert await duty.says("s1", tap=tap) is None
    await duty.desk.escalate(await duty.called(service="urgent", urgent=True), "urgent")
    assert await duty.mail("oLi") == []


async def test_another_user_is_not_served_under_that_id(duty: Side) -> None:
    await duty.stores.staff.bind("s1", "oNewPhone")
    assert await duty.says("s1", "工单") is None
    assert await duty.duty.answer("s1", Message("oNewPhone", text="工单"))
    assert await duty.duty.answer("s99", Message("oLi", text="工单")) is None


async def test_unbinding(duty: Side) -> None:
    assert "解除了" in read(await duty.says("s1", "解除绑定"))
    assert await duty.says("s1", "工单") is None
    kept = await duty.stores.staff.get("s1")
    assert kept
    assert kept.user is None


async def test_help_and_the_hotline(duty: Side) -> None:
    assert "接单" in read(await duty.says("s1", "值班帮助"))
    assert "不接单" in read(await duty.says("s5", "工单"))
    assert "不接单" in read(await duty.says("s5", tap="duty:take:9137482"))


class Vague:
    """Understands nothing."""

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding:
        return Understanding("out_of_scope", 0.1, "embedded")

    async def state(self) -> str:
        return "embedded"


async def test_in_the_conversation_with_everybody(duty: Side) -> None:
    """Binding, a command, words like anybody's; and the elder reads the notice with the next message."""
    rooms = duty.stores
    talk = Conversation(duty.catalog, Vague(), rooms.turns, lambda: NOW, duty=duty.duty)
    request, code = await duty.called(), await duty.codes.issue("s6")
    await duty.indexed()

    async def hears(user: str, text: str, tap: str | None = None) -> str:
        return read((await talk.hear(Message(user, text=text, tap=tap))).reply)

    assert "绑定好了" not in await hears("oQian", "工单")
    assert "绑定好了" in await hears("oQian", f"绑定{code}")
    assert spoken(request.id) in await hears("oQian", "工单")
    assert PRIVATE[0] in await hears("oQian", "", f"duty:take:{request.id}")
    assert "等着接" not in await hears("oQian", "我妈83岁，能领什么")
    assert "看答案" in (await talk.hear(Message(ELDER, text="你好"))).reply.taps[-1].label
    assert "有人接了" in await hears(ELDER, "看答案")
    assert "有人接了" not in await hears(ELDER, "你好")


async def test_others_places_are_not_listed(duty: Side) -> None:
    await duty.called(region=KAIFENG)
    assert "没有等着接的" in read(await duty.says("s1", "今日工单"))


COMMANDS = ("list", "show", "take", "onway", "done", "failed", "back", "give")
_STRANGER = ("unlisted", *["not_your_area"] * 7)
_OVER = ("unlisted", "told", *["already_done"] * 6)
# What each command brings by role, whether the call's place is theirs, and how the call stands.
MAY_DO = [
    ("worker", True, "waits", ("listed", "told", "ok", *["not_taken"] * 4, "not_possible")),
    ("worker", True, "another's", ("unlisted", "told", *["taken_by_another"] * 5, "not_possible")),
    ("worker", True, "own", ("listed", "told all", *["ok"] * 5, "not_possible")),
    ("worker", True, "done", _OVER),
    ("lead", True, "waits", ("listed", "told", "ok", *["not_possible"] * 2, "ok", "not_possible", "ok")),
    ("lead", True, "another's", ("listed", "told", "taken_by_another", *["ok"] * 5)),
    ("lead", True, "own", ("listed", "told all", *["ok"] * 6)),
    ("lead", True, "done", _OVER),
    ("admin", True, "waits", ("listed", "told", "ok", *["not_possible"] * 2, "ok", "not_possible", "ok")),
    ("admin", True, "another's", ("listed", "told", "taken_by_another", *["ok"] * 5)),
    *((role, False, state, _STRANGER) for role in ("worker", "lead", "admin") for state in ("waits", "done")),
    *(
        (role, own, state, ("no desk",) * 8)
        for role in ("hotline", "editor")
        for own in (True, False)
        for state in ("waits", "another's")
    ),
]


async def standing(duty: Side, state: str) -> Request:
    """A call of 卧龙区 that waits, is somebody else's, that of s9, or done."""
    request = await duty.called()
    if state == "own":
        await duty.desk.hand_over(request.id, "s9", actor("s4"))
    elif state != "waits":
        await duty.desk.take(request.id, actor("s1"))
    if state == "done":
        await duty.desk.move(request.id, "done", actor("s1"))
    await duty.indexed()
    return request


def outcome(reply: Reply | None, request: Request) -> str:
    """What a reply comes to, in the words of `MAY_DO`."""
    text = read(reply)
    reasons = [one for one in Reason.__args__ if say(f"duty_refused_{one}") == text]  # type: ignore[attr-defined]
    if text == say("duty_no_desk"):
        return "no desk"
    if shows_private(reply):
        return "told all"
    return reasons[0] if reasons else "told" if spoken(request.id) in text else "ok"


@pytest.mark.parametrize(
    ("role", "own", "state", "brings"), MAY_DO, ids=lambda one: str(one) if not isinstance(one, tuple) else ""
)
async def test_what_each_role_may_do_where(
    duty: Side, server: RealServer, role: str, own: bool, state: str, brings: tuple[str, ...]
) -> None:
    for what, expected in zip(COMMANDS, brings, strict=True):
        server.tell("FLUSHALL")
        duty.numbers.clear()
        await duty.hired()
        await duty.stores.staff.add(Staff("s9", "周", role, (WOLONG if own else KAIFENG,)))  # type: ignore[arg-type]
        await duty.stores.staff.bind("s9", "oZhou")
        request = await standing(duty, state)
        tap = {"list": "duty:list", "give": f"duty:give:{request.id}:s2"}.get(
            what, f"duty:{what}:{request.id}"
        )
        told = await duty.duty.answer("s9", Message("oZhou", tap=tap))
        got = outcome(told, request)
        if what == "list" and got != "no desk":
            got = "listed" if got == "told" else "unlisted"
        if expected == "ok":
            got = "ok" if got in ("told all", "ok") else got
        assert got == expected, (what, read(told))
        assert not shows_private(told) or expected in ("ok", "told all")


async def test_a_number_chooses_of_the_last_reply(duty: Side) -> None:
    request = await duty.called()
    listed = await duty.says("s1", "工单")
    assert listed

    async def numbered(text: str, offered: tuple[Tap, ...]) -> Reply | None:
        return await duty.duty.answer("s1", Message("oLi", text=text), offered)

    taken = await numbered("1", listed.taps)
    assert "接好了" in read(taken)
    assert taken
    assert "您在路上" in read(await numbered(" １。", taken.taps))
    assert await numbered("9", taken.taps) is None
    assert await numbered("1", (Tap("living:0", "一个人住"),)) is None
    shown = await duty.says("s4", tap=f"duty:show:{request.id}")
    assert shown
    given = await duty.duty.answer("s4", Message("oZhao", text="交给诸葛云"), shown.taps)
    assert "交给他了" in read(given)


async def test_it_is_told_who_of_them_booked_it(duty: Side) -> None:
    request = await duty.called("oZhuge", person="李大爷", contact="李大爷")
    told = read(await duty.says("s1", tap=f"duty:take:{request.id}"))
    assert "谁约的：工作人员诸葛云" in told
    assert "13800138000" in told
    (notice,) = await duty.mail("oZhuge")
    assert notice.texts[0].startswith("您给李大爷约的助浴有人接了")
    assert "谁约的" not in read(await duty.says("s1", tap=f"duty:take:{(await duty.called()).id}"))


async def test_who_booked_it_and_comes_is_not_told_of_it(duty: Side) -> None:
    request = await duty.called("oLi", person="李大爷")
    for what in ("take", "onway", "done"):
        await duty.says("s1", tap=f"duty:{what}:{request.id}")
    assert await duty.mail("oLi") == []
    handed = await duty.called("oLi", person="李大爷")
    await duty.says("s4", tap=f"duty:give:{handed.id}:s1")
    assert [one.kind for one in await duty.mail("oLi")] == ["duty"]


async def test_what_is_over_shows_no_address_and_says_so(duty: Side) -> None:
    request = await duty.called()
    await duty.says("s1", tap=f"duty:take:{request.id}")
    assert "只给接单的人看" in read(await duty.says("s2", tap=f"duty:show:{request.id}"))
    await duty.says("s1", tap=f"duty:onway:{request.id}")
    assert "没办成" in read(await duty.says("s1", tap=f"duty:failed:{request.id}"))
    told = await duty.says("s1", tap=f"duty:show:{request.id}")
    assert "结束了" in read(told)
    assert not shows_private(told)


async def test_a_lead_hears_that_somebody_was_not_content_and_what_they_said(duty: Side) -> None:
    request = await duty.called()
    await duty.desk.take(request.id, actor("s1"))
    done = await duty.desk.move(request.id, "done", actor("s1"))
    assert isinstance(done, Request)
    rated = moves.rate(done, Actor("elder", ELDER), NOW, "bad", "来晚了两个小时")
    assert isinstance(rated, Request)
    assert await duty.stores.requests.save(rated, done.version)
    await duty.mail("oZhao")
    await duty.desk.moved(rated)
    (notice,) = await duty.mail("oZhao")
    assert "不满意" in notice.texts[0]
    assert "来晚了" not in notice.texts[0]
    told = read(await duty.says("s4", tap=notice.taps[0].id))
    assert "来晚了两个小时" in told
    assert [(one.by, one.what) for one in await duty.stores.audit.read("2026-11")] == [("staff:s4", "show")]
    assert "来晚了" not in read(await duty.says("s2", tap=notice.taps[0].id))
    assert await duty.mail("oLi") == []


async def test_a_look_that_is_refused_leaves_a_line(duty: Side) -> None:
    request = await duty.called()
    with capture_logs() as lines:
        await duty.says("s3", tap=f"duty:show:{request.id}")
    (line,) = lines
    assert (line["event"], line["staff"], line["number"]) == ("request_refused", "s3", request.id)
