"""The platform stand-in's API side: what it refuses, what it counts, and what goes wrong where that is scripted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.platform import api_side, faults, shapes
from tests.platform.account import AccountSide
from tests.platform.api_side import ApiSide
from tests.platform.ledger import CLOSED, NO_CONSENT, OK, USED_UP, Ledger
from tests.platform.menus import check_menu
from tests.platform.pushing import Platform
from tests.platform.scripted_server import scripted
from tests.platform.tokens import EXPIRED, UNKNOWN, Tokens

TOKEN, APP_ID, SECRET = "AAAAA", "wxba5fad812f8e6fb9", "s3cret"
USER = "o-elder"


class Clock:
    """A clock that is moved by hand, in seconds."""

    def __init__(self) -> None:
        self.at = 1_795_222_800.0

    def __call__(self) -> float:
        return self.at


class TestLedger:
    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def ledger(self, clock: Clock) -> Ledger:
        return Ledger(clock)

    def test_nobody_wrote(self, ledger: Ledger) -> None:
        assert ledger.send(USER) == CLOSED

    def test_a_message_opens_five_for_two_days(self, ledger: Ledger, clock: Clock) -> None:
        ledger.heard(USER, shapes.text("你好"))
        assert [ledger.send(USER) for _ in range(6)] == [OK] * 5 + [USED_UP]
        assert ledger.send("o-other") == CLOSED
        ledger.heard(USER, shapes.image("m"))
        clock.at += 48 * 3600 - 1
        assert ledger.send(USER) == OK
        clock.at += 1
        assert ledger.send(USER) == CLOSED

    @pytest.mark.parametrize(
        "fields", [shapes.click("x"), shapes.subscribe("1"), shapes.scan("1"), shapes.tap("低保", "a:dibao")]
    )
    def test_these_open_three_for_a_minute(self, ledger: Ledger, clock: Clock, fields: shapes.Fields) -> None:
        ledger.heard(USER, fields)
        assert [ledger.send(USER) for _ in range(4)] == [OK] * 3 + [USED_UP]
        clock.at += 60
        assert ledger.send(USER) == CLOSED

    @pytest.mark.parametrize(
        "fields",
        [shapes.view("https://x"), shapes.position(1, 1), shapes.template_done(1), shapes.consent("t")],
    )
    def test_these_open_nothing(self, ledger: Ledger, fields: shapes.Fields) -> None:
        ledger.heard(USER, fields)
        assert ledger.send(USER) == CLOSED

    def test_what_closes_first_is_used_first(self, ledger: Ledger, clock: Clock) -> None:
        ledger.heard(USER, shapes.text("你好"))
        ledger.heard(USER, shapes.click("x"))
        assert ledger.left(USER) == 8
        assert ledger.send(USER) == OK
        clock.at += 60
        assert ledger.left(USER) == 5

    def test_who_left_gets_nothing(self, ledger: Ledger) -> None:
        ledger.heard(USER, shapes.text("你好"))
        ledger.heard(USER, shapes.unsubscribe())
        assert (ledger.send(USER), ledger.send_template(USER)) == (CLOSED, 43004)
        ledger.heard(USER, shapes.subscribe())
        assert (ledger.send(USER), ledger.send_template(USER)) == (OK, OK)

    def test_one_consent_one_notice(self, ledger: Ledger) -> None:
        ledger.heard(USER, shapes.consent("t1"))
        ledger.heard(USER, shapes.consent("t1", "t2"))
        ledger.heard(USER, shapes.consent("t1", accepted=False))
        assert [ledger.send_consented(USER, "t1") for _ in range(3)] == [OK, OK, NO_CONSENT]
        ledger.heard(USER, shapes.consent_changed("t2"))
        assert ledger.send_consented(USER, "t2") == NO_CONSENT


class TestTokens:
    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def tokens(self, clock: Clock) -> Tokens:
        return Tokens(clock)

    def test_the_same_until_five_minutes_before_its_end(self, tokens: Tokens, clock: Clock) -> None:
        first = tokens.fetch()
        assert first
        clock.at += 6000
        assert tokens.fetch() == (first[0], 1200)
        clock.at += 900
        second = tokens.fetch()
        assert second
        assert second[1] == 7200
        assert (tokens.check(first[0]), tokens.check(second[0])) == (OK, OK)
        clock.at += 300
        assert (tokens.check(first[0]), tokens.check(second[0])) == (EXPIRED, OK)
        assert (tokens.fetches, len(tokens.issued)) == (3, 2)

    def test_forcing_ends_the_old_one_at_once_but_not_within_thirty_seconds(
        self, tokens: Tokens, clock: Clock
    ) -> None:
        first, forced = tokens.fetch(), tokens.fetch(force=True)
        assert first
        assert forced
        assert (tokens.check(first[0]), tokens.check(forced[0])) == (UNKNOWN, OK)
        assert tokens.fetch(force=True) == forced
        clock.at += 30
        assert tokens.fetch(force=True) != forced

    def test_twenty_times_a_day(self, tokens: Tokens, clock: Clock) -> None:
        for _ in range(20):
            assert tokens.fetch(force=True)
            clock.at += 30
        assert tokens.fetch(force=True) is None
        assert tokens.fetch()
        clock.at += 86400
        assert tokens.fetch(force=True)


class Caller:
    """Calls the stand-in as a client would."""

    def __init__(self, api: ApiSide, http: aiohttp.ClientSession) -> None:
        self.api, self.http = api, http
        self.token = ""

    async def fetch(self, **more: object) -> dict[str, Any]:
        body = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, **more}
        async with self.http.post(self.api.url + api_side.TOKEN, json=body) as response:
            told: dict[str, Any] = await response.json()
        self.token = told.get("access_token", self.token)
        return told

    async def post(self, path: str, body: object, *, escaped: bool = False) -> dict[str, Any]:
        data = json.dumps(body, ensure_ascii=escaped).encode()
        url = f"{self.api.url}{path}?access_token={self.token}"
        async with self.http.post(url, data=data, timeout=aiohttp.ClientTimeout(total=1)) as response:
            told: dict[str, Any] = await response.json()
            return told

    async def send(self, words: str = "您好") -> int:
        body = {"touser": USER, "msgtype": "text", "text": {"content": words}}
        return int((await self.post(api_side.CUSTOM_SEND, body))["errcode"])


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    account = AccountSide(APP_ID, SECRET, frozenset({"t1"}))
    async with ApiSide([account]) as api, aiohttp.ClientSession() as http:
        one = Caller(api, http)
        await one.fetch()
        yield one


class TestApi:
    @pytest.mark.parametrize(
        ("more", "error"),
        [({"appid": "wx-other"}, 40013), ({"secret": "guess"}, 40125), ({"grant_type": "x"}, 40002)],
    )
    async def test_who_may_have_a_token(self, caller: Caller, more: dict[str, str], error: int) -> None:
        assert (await caller.fetch(**more))["errcode"] == error

    async def test_calls_need_a_good_token(self, caller: Caller) -> None:
        caller.api.main.tokens.spoil()
        assert await caller.send() == 40001
        await caller.fetch()
        assert await caller.send() == CLOSED
        caller.token = ""
        assert await caller.send() == 41001

    async def test_a_caller_that_is_not_on_the_list(self, caller: Caller) -> None:
        caller.api.forbidden.add("127.0.0.1")
        assert (await caller.fetch())["errcode"] == 40164

    async def test_what_was_sent_is_kept_and_counted(self, caller: Caller) -> None:
        caller.api.main.ledger.heard(USER, shapes.text("你好"))
        menu = {"head_content": "满意吗", "list": [{"id": "1", "content": "满意"}], "tail_content": "谢谢"}
        told = await caller.post(
            api_side.CUSTOM_SEND, {"touser": USER, "msgtype": "msgmenu", "msgmenu": menu}
        )
        assert told["errcode"] == OK
        assert [await caller.send() for _ in range(5)] == [OK] * 4 + [USED_UP]
        received = caller.api.received(USER)
        assert [one.text for one in received] == ["满意吗\n满意\n谢谢", *["您好"] * 4]
        assert received[0].choices == (("1", "满意"),)

    async def test_what_a_message_must_be(self, caller: Caller) -> None:
        caller.api.main.ledger.heard(USER, shapes.text("你好"))
        assert await caller.send("您" * 683) == 45002
        assert await caller.send("") == 44004
        text = {"content": "您好"}
        for body, error in (
            ({"msgtype": "text", "text": text}, 40003),
            ({"touser": USER, "msgtype": "news", "text": text}, 40008),
            ([], 47001),
        ):
            assert (await caller.post(api_side.CUSTOM_SEND, body))["errcode"] == error
        whole = {"touser": USER, "msgtype": "text", "text": text}
        assert (await caller.post(api_side.CUSTOM_SEND, whole, escaped=True))["errcode"] == 40033
        assert caller.api.main.ledger.left(USER) == 5

    async def test_templates_and_notices(self, caller: Caller) -> None:
        body = {"touser": USER, "template_id": "t1", "data": {"thing1": {"value": "已派单"}}}
        told = await caller.post(api_side.TEMPLATE_SEND, body)
        assert (told["errcode"], told["msgid"] > 0) == (OK, True)
        assert (await caller.post(api_side.BIZSEND, body))["errcode"] == NO_CONSENT
        caller.api.main.ledger.heard(USER, shapes.consent("t1"))
        assert (await caller.post(api_side.BIZSEND, body))["errcode"] == OK
        assert (await caller.post(api_side.BIZSEND, {**body, "template_id": "t2"}))["errcode"] == 40037
        assert (await caller.post(api_side.BIZSEND, {**body, "data": {}}))["errcode"] == 47003
        assert [one.kind for one in caller.api.received(USER)] == ["template", "notice"]

    async def test_a_template_message_with_an_id_of_its_own_is_sent_once(self, caller: Caller) -> None:
        body = {"touser": USER, "template_id": "t1", "data": {"thing1": {"value": "已派单"}}}
        told = [await caller.post(api_side.TEMPLATE_SEND, {**body, "client_msg_id": one}) for one in "112"]
        assert told[0] == told[1] != told[2]
        assert len(caller.api.received(USER)) == 2

    async def test_media(self, caller: Caller) -> None:
        caller.api.main.store_media("m", b"#!AMR\n")
        address = f"{caller.api.url}{api_side.MEDIA_GET}?access_token={caller.token}&media_id="
        async with caller.http.get(address + "m-16k") as response:
            assert (await response.read(), response.content_type) == (b"#!AMR\n", "audio/amr")
        async with caller.http.get(address + "other") as response:
            assert json.loads(await response.text())["errcode"] == 40007

    async def test_a_code_and_its_picture(self, caller: Caller) -> None:
        scene = {"action_info": {"scene": {"scene_str": "411303"}}}
        told = await caller.post(api_side.QRCODE_CREATE, {"action_name": "QR_LIMIT_STR_SCENE", **scene})
        assert caller.api.main.tickets[told["ticket"]] == "411303"
        for ticket, status in ((told["ticket"], 200), ("other", 404)):
            params = {"ticket": ticket}
            async with caller.http.get(caller.api.url + api_side.SHOW_QRCODE, params=params) as response:
                assert response.status == status
        told = await caller.post(api_side.QRCODE_CREATE, {"action_name": "QR_LIMIT_SCENE", **scene})
        assert told["errcode"] == 40053

    async def test_the_menu(self, caller: Caller) -> None:
        address = f"{caller.api.url}{api_side.MENU_GET}?access_token={caller.token}"
        async with caller.http.get(address) as response:
            assert (await response.json())["errcode"] == 46003
        menu = {"button": [{"type": "click", "name": "能领什么", "key": "我能领什么"}]}
        assert (await caller.post(api_side.MENU_CREATE, menu))["errcode"] == OK
        async with caller.http.get(address) as response:
            kept = (await response.json())["menu"]["button"]
        assert kept == [{**menu["button"][0], "sub_button": []}]

    async def test_scripted_faults_each_happen_once(self, caller: Caller) -> None:
        caller.api.main.ledger.heard(USER, shapes.text("你好"))
        caller.api.faults.add(api_side.CUSTOM_SEND, faults.error(-1), faults.error(45009))
        assert [await caller.send() for _ in range(3)] == [-1, 45009, OK]
        assert caller.api.calls[api_side.CUSTOM_SEND] == 3

    @pytest.mark.parametrize(
        ("fault", "error", "sent"),
        [
            (faults.silence(30), TimeoutError, 0),
            (faults.cut(), aiohttp.ServerDisconnectedError, 0),
            (faults.lost(), aiohttp.ServerDisconnectedError, 1),
            (faults.half(), aiohttp.ClientPayloadError, 1),
            (faults.half(30), aiohttp.ClientPayloadError, 1),
            (faults.slow(30), TimeoutError, 1),
            (faults.page(200), aiohttp.ContentTypeError, 0),
            (faults.page(502), aiohttp.ContentTypeError, 0),
            (faults.text('{"errcode":'), ValueError, 0),
        ],
        ids=["silence", "cut", "lost", "half", "half open", "slow", "page", "gateway", "broken JSON"],
    )
    async def test_faults(
        self, caller: Caller, fault: faults.Fault, error: type[Exception], sent: int
    ) -> None:
        caller.api.main.ledger.heard(USER, shapes.text("你好"))
        caller.api.faults.add(api_side.CUSTOM_SEND, fault)
        with pytest.raises(error):
            await caller.send()
        assert len(caller.api.received(USER)) == sent
        assert await caller.send() == OK

    async def test_a_slow_body_comes_whole(self, caller: Caller) -> None:
        caller.api.main.ledger.heard(USER, shapes.text("你好"))
        caller.api.faults.add(api_side.CUSTOM_SEND, faults.slow(0.2))
        assert await caller.send() == OK

    async def test_two_accounts(self) -> None:
        accounts = AccountSide(APP_ID, SECRET), AccountSide("wx-two", SECRET)
        async with ApiSide(accounts) as api, aiohttp.ClientSession() as http:
            caller = Caller(api, http)
            accounts[1].ledger.heard(USER, shapes.text("你好"))
            await caller.fetch()
            assert await caller.send() == CLOSED
            await caller.fetch(appid="wx-two", secret=SECRET)
            assert await caller.send() == OK
            assert (len(accounts[0].sent), len(accounts[1].sent)) == (0, 1)

    async def test_both_sides_share_one_ledger(self, caller: Caller) -> None:
        ledger = caller.api.main.ledger
        async with (
            scripted(b"success") as server,
            Platform(server.url, TOKEN, APP_ID, ledger=ledger) as wechat,
        ):
            await asyncio.gather(*(wechat.push(USER, shapes.text("你好")) for _ in range(2)))
        assert [await caller.send() for _ in range(6)] == [OK] * 5 + [USED_UP]


def button(**more: object) -> dict[str, object]:
    return {"type": "click", "name": "能领什么", "key": "x", **more}


@pytest.mark.parametrize(
    ("buttons", "error"),
    [
        ([button()], 0),
        ([button()] * 3, 0),
        ([button()] * 4, 40016),
        ([], 40016),
        ([button(name="五个汉字啊")], 0),
        ([button(name="六个汉字就长")], 40018),
        ([button(type="telepathy")], 40017),
        ([button(key="k" * 128)], 0),
        ([button(key="k" * 129)], 40019),
        ([button(type="view", url="https://example.cn/")], 0),
        ([button(type="view", url="example.cn")], 40020),
        ([{"name": "更多", "sub_button": [button(name="二十个字" * 5)] * 5}], 0),
        ([{"name": "更多", "sub_button": [button()] * 6}], 40023),
        ([{"name": "更多", "sub_button": [button(name="二十个字" * 5 + "多")]}], 40025),
        ([{"name": "更多", "sub_button": [button(key="")]}], 40026),
        ("x", 47001),
    ],
)
def test_menus(buttons: object, error: int) -> None:
    assert check_menu({"button": buttons}) == error
