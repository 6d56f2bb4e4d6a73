"""The door, over HTTP against a running server: an answer in time, whatever comes and whatever breaks."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.config import SHANGHAI, load_settings
from bot.conversation import Answered, CatchUp, Conversation, Encode, Listen
from bot.dialogue.wording import say
from bot.errors import StoreDown
from bot.keys import CLOCK, SETTINGS
from bot.models import Message, Reply, Tap
from bot.store.connect import Stores, connect
from bot.store.limits import Limits
from bot.wechat import door, reception
from bot.wechat.accounts import Account, load_accounts
from bot.wechat.gate import BODY_LIMIT
from tests.late_child import working_office
from tests.storage import RealServer, free_port, real_server
from tests.wechat_side import WeChatSide, check_links, push_xml, sign

TOKEN, APP_ID, AES_KEY = "AAAAA", "wxba5fad812f8e6fb9", "A" * 43
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
ACCOUNT = {"WECHAT_APP_ID": APP_ID, "WECHAT_TOKEN": TOKEN}


pytestmark = pytest.mark.parametrize("key", [None, AES_KEY], ids=["plain", "safe"])


ALLOWED = (
    b"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>"
    b"<CreateTime>1795222800</CreateTime><MsgType><![CDATA[event]]></MsgType>"
    b"<Event><![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent><List>"
    b"<TemplateId><![CDATA[tmpl]]></TemplateId><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString>"
    b"<PopupScene>2</PopupScene></List></SubscribeMsgPopupEvent></xml>"
)
WITHDRAWN = (
    b"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oPlatform]]></FromUserName>"
    b"<CreateTime>1795222800</CreateTime><MsgType><![CDATA[event]]></MsgType>"
    b"<Event><![CDATA[user_authorization_revoke]]></Event><OpenID><![CDATA[oUser]]></OpenID></xml>"
)


class Scripted:
    """Answers once only, as a conversation does, with what the test says."""

    def __init__(self, reply: Callable[[Message], Awaitable[Reply]]) -> None:
        self.heard: list[Message] = []
        self._reply = reply
        self._answers: dict[tuple[str, str | None], bytes] = {}

    async def answer(
        self,
        message: Message,
        encode: Encode,
        listen: Listen | None = None,
        catch_up: CatchUp | None = None,
        *,
        finish: bool = False,
    ) -> Answered:
        known = (message.who, message.key)
        if known not in self._answers:
            self.heard.append(message)
            self._answers[known] = encode(await self._reply(message))
        return Answered(self._answers[known])

    async def urgent(self, message: Message) -> Reply | None:
        return Reply(("请打120",)) if "倒" in message.text else None


async def echo(message: Message) -> Reply:
    return Reply((f"您说：{message.text}",), (Tap("status:low_income", "低保"), Tap("none", "都没有")))


async def out_of_reach(message: Message) -> Reply:
    raise StoreDown("the store does not answer")


def slow(*, stubborn: bool) -> Callable[[Message], Awaitable[Reply]]:
    """A turn that takes too long; a stubborn one does not stop at once either."""

    async def turn(message: Message) -> Reply:
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            if not stubborn:
                raise
            await asyncio.sleep(0.8)
        raise StoreDown("too late to be heard")

    return turn


class House:
    """A running server and the platform before it."""

    def __init__(self, server: TestServer, side: WeChatSide, talk: Scripted, stores: Stores) -> None:
        self.server, self.side, self.talk, self.stores = server, side, talk, stores

    @property
    def counts(self) -> Counter[str]:
        return self.server.app[door.COUNTS]


Build = Callable[..., Awaitable[House]]


class NamedDoor(WeChatSide):
    """The platform before the door of one of several accounts."""

    name = ""

    def _address(self) -> str:
        return f"{super()._address()}/{self.name}"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
async def build(
    key: str | None, redis: RealServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Build]:
    """Starts a house around a way to reply; closes it afterwards."""
    # A developer's own account must not come in by the environment or by a .env file.
    monkeypatch.chdir(tmp_path)
    for name in ("WECHAT_APP_ID", "WECHAT_TOKEN", "WECHAT_AES_KEY"):
        monkeypatch.delenv(name, raising=False)
    redis.tell("FLUSHALL")
    async with AsyncExitStack() as stack:

        async def start(
            reply: Callable[[Message], Awaitable[Reply]] = echo,
            account: dict[str, str] = ACCOUNT,
            others: tuple[Account, ...] = (),
            url: str = redis.url,
        ) -> House:
            app, talk = web.Application(), Scripted(reply)
            app[SETTINGS] = settings = load_settings(WECHAT_AES_KEY=key, **account)
            app[CLOCK] = lambda: NOW
            stores = await connect(url, Limits(command_s=1.0))
            stack.push_async_callback(stores.close)
            accounts = {**load_accounts(settings), **{one.name: one for one in others}}
            opened = working_office(accounts, cast("Conversation", talk), stores)
            app[door.OFFICE] = await stack.enter_async_context(opened)
            door.add_routes(app)
            server = TestServer(app)
            await server.start_server()
            stack.push_async_callback(server.close)
            side = WeChatSide(str(server.make_url("/")), TOKEN, APP_ID, key, NOW.timestamp)
            return House(server, side, talk, stores)

        yield start


class TestAnAccountThatIsNotSetUp:
    @pytest.mark.parametrize(
        ("account", "missing"),
        [({}, ["WECHAT_APP_ID", "WECHAT_TOKEN"]), ({"WECHAT_APP_ID": APP_ID}, ["WECHAT_TOKEN"])],
    )
    async def test_is_named(self, build: Build, account: dict[str, str], missing: list[str]) -> None:
        house = await build(account=account)
        for answer in (await house.side.handshake(), await house.side.push_raw(b"<xml/>")):
            error = json.loads(answer.body)["error"]
            assert answer.status == 503
            assert all(name in error["message"] for name in missing)
            assert ("WECHAT_APP_ID" in error["message"]) is ("WECHAT_APP_ID" in missing)
            assert error["field"] == missing[0]


class TestSeveralAccounts:
    @pytest.fixture
    def others(self, key: str | None) -> tuple[Account, ...]:
        """Two counties; the second seals all, whatever the main account does."""
        wolong = Account(
            "wolong", "wx-w", SecretStr("BBBBB"), SecretStr("B" * 43) if key else None, None, "411303"
        )
        xichuan = Account("xichuan", "wx-x", SecretStr("CCCCC"), SecretStr("C" * 43), None, "411326")
        return wolong, xichuan

    def _side(self, house: House, account: Account) -> NamedDoor:
        key = account.aes_key.get_secret_value() if account.aes_key else None
        token = account.token.get_secret_value()
        side = NamedDoor(house.side.url, token, account.app_id, key, NOW.timestamp)
        side.name = account.name
        return side

    async def test_each_has_its_door_and_its_region(self, build: Build, others: tuple[Account, ...]) -> None:
        house = await build(others=others)
        for account in others:
            side = self._side(house, account)
            assert (await side.handshake("592")).body == b"592"
            assert await side.push_text("oUser", "您好")
            heard = house.talk.heard[-1]
            assert (heard.account, heard.region, heard.who) == (
                account.name,
                account.default_region,
                f"{account.name}/oUser",
            )
        assert await house.side.push_text("oUser", "您好")
        assert (house.talk.heard[-1].who, house.talk.heard[-1].region) == ("oUser", None)

    async def test_a_push_for_one_is_refused_at_the_others(
        self, build: Build, others: tuple[Account, ...]
    ) -> None:
        house = await build(others=others)
        wolong, xichuan = (self._side(house, one) for one in others)
        xml = push_xml({"ToUserName": "g", "FromUserName": "o", "MsgType": "text", "Content": "好"})
        for meant in (wolong, xichuan, house.side):
            query, body = meant.dress(xml)
            answers = [await side.post(query, body) for side in (wolong, xichuan, house.side)]
            expected = [200 if side is meant else 403 for side in (wolong, xichuan, house.side)]
            assert [answer.status for answer in answers] == expected
            handshakes = [await side.get({**query, "echostr": "1"}) for side in (wolong, xichuan, house.side)]
            assert sum(answer.status == 200 for answer in handshakes) <= 1

    async def test_the_same_push_at_two_doors_is_two_pushes(
        self, build: Build, others: tuple[Account, ...]
    ) -> None:
        house = await build(others=others)
        for account in others:
            assert await self._side(house, account).push_text("oUser", "您好", msg_id=7)
        assert len(house.talk.heard) == 2

    async def test_an_unknown_name_has_no_door(self, build: Build, others: tuple[Account, ...]) -> None:
        house = await build(others=others)
        side = self._side(house, Account("nobody", "wx-n", SecretStr("DDDDD")))
        for answer in (await side.handshake(), await side.push_raw(b"<xml/>")):
            assert answer.status == 404
            assert json.loads(answer.body)["error"]["code"] == "not_found"

    async def test_a_main_account_is_not_needed(self, build: Build, others: tuple[Account, ...]) -> None:
        house = await build(account={}, others=others)
        assert await self._side(house, others[0]).push_text("oUser", "您好")
        assert (await house.side.handshake()).status == 503


class TestTheHandshake:
    async def test_is_answered_with_its_own_words(self, build: Build, key: str | None) -> None:
        house = await build()
        for encrypted in (False, key is not None):
            answer = await house.side.handshake("5927401", encrypted=encrypted)
            assert (answer.status, answer.body) == (200, b"5927401")

    async def test_is_refused_without_a_signature(self, build: Build) -> None:
        house = await build()
        answer = await house.side.get(
            {"echostr": "<script>", "timestamp": "1", "nonce": "2", "signature": "3"}
        )
        assert answer.status == 403
        assert b"script" not in answer.body


class TestPushes:
    async def test_a_text_is_answered(self, build: Build) -> None:
        house = await build()
        words = await house.side.push_text("oUser", "俺娘83了]]></Content>👵")
        assert words is not None
        assert words.startswith("您说：俺娘83了]]＞＜/Content＞👵\n1. <a ")
        assert [label for _, _, label in check_links(words)] == ["低保", "都没有"]
        assert house.counts == {"answered": 1}

    async def test_a_tap_comes_with_its_id(self, build: Build) -> None:
        house = await build()
        await house.side.push_text("oUser", "低保", tap="status:low_income")
        assert house.talk.heard[0].tap == "status:low_income"

    async def test_tries_of_one_push_get_the_same_bytes(self, build: Build) -> None:
        house = await build()
        head = {"ToUserName": house.side.account, "FromUserName": "oUser"}
        xml = push_xml({**head, "CreateTime": 1, "MsgType": "text", "Content": "您好", "MsgId": 7})
        tries = [await house.side.push_raw(xml, nonce=nonce) for nonce in ("1", "1", "2")]
        assert len({answer.body for answer in tries}) == 1
        assert house.side.read(tries[0].body, "oUser")
        assert len(house.talk.heard) == 1

    async def test_tries_get_the_same_bytes_also_where_nothing_can_be_remembered(
        self, build: Build, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def down(message: Message) -> Reply:
            raise StoreDown("the store does not answer")

        now = int(NOW.timestamp())
        head: dict[str, str | int] = {"ToUserName": "gh_1", "FromUserName": "oUser", "CreateTime": now}
        xml = push_xml({**head, "MsgType": "text", "Content": "您好", "MsgId": 7})
        answers = set()
        for reply in (down, down):
            house = await build(reply)
            for at, nonce in ((now, "1"), (now + 5, "1"), (now + 10, "3")):
                monkeypatch.setitem(
                    house.server.app._state, CLOCK, lambda at=at: datetime.fromtimestamp(at, SHANGHAI)
                )
                answers.add((await house.side.push_raw(xml, nonce=nonce, timestamp=str(at))).body)
        assert len(answers) == 1

    async def test_what_a_user_allows_is_noted_once(self, build: Build) -> None:
        house = await build()
        for nonce in "123":
            answer = await house.side.push_raw(ALLOWED, nonce=nonce)
            assert (answer.status, answer.body) == (200, b"success")
        mailbox = house.stores.mailbox
        assert [await mailbox.spend_consent("oUser", "tmpl") for _ in "12"] == [True, False]
        assert not house.talk.heard

    async def test_a_consent_waits_for_a_store_that_is_away_for_a_moment(
        self, build: Build, tmp_path: Path
    ) -> None:
        with real_server(tmp_path, "--appendonly", "yes") as redis:
            house = await build(url=redis.url)
            redis.stop()
            pushing = asyncio.create_task(house.side.push_raw(ALLOWED))
            await asyncio.sleep(0.5)
            await asyncio.to_thread(redis.start)
            assert (await pushing).body == b"success"
            assert await house.stores.mailbox.spend_consent("oUser", "tmpl")

    async def test_a_consent_is_gone_on_with_after_its_pushes(self, build: Build, tmp_path: Path) -> None:
        with real_server(tmp_path, "--appendonly", "yes") as redis:
            house = await build(url=redis.url)
            redis.stop()
            tries = [(await house.side.push_raw(ALLOWED, nonce=nonce)).status for nonce in "12"]
            assert tries == [503, 200], "the platform pushes again only what was not answered"
            await asyncio.to_thread(redis.start)
            async with asyncio.timeout(60):
                while not await house.stores.mailbox.spend_consent("oUser", "tmpl"):
                    await asyncio.sleep(0.1)
            assert not await house.stores.mailbox.spend_consent("oUser", "tmpl")

    @pytest.mark.parametrize("silent", ["allowed", "withdrawn"])
    async def test_what_nobody_reads_an_answer_to_is_pushed_again_without_a_store(
        self, build: Build, silent: str
    ) -> None:
        house = await build(out_of_reach, url=f"redis://127.0.0.1:{free_port()}/0")
        answer = await house.side.push_raw(ALLOWED if silent == "allowed" else WITHDRAWN)
        assert answer.status == 503
        assert house.counts == {"store_down": 1}

    async def test_a_consent_that_is_withdrawn_erases_what_was_told(self, build: Build) -> None:
        house = await build()
        await house.side.push_text("oUser", "我83岁")
        assert (await house.side.push_raw(WITHDRAWN)).body == b"success"
        assert house.talk.heard[-1].event == "revoked"

    async def test_a_follower_is_greeted_and_a_leaver_is_not(self, build: Build) -> None:
        house = await build()
        assert await house.side.push_event("oUser", "subscribe", "qrscene_411303")
        assert await house.side.push_event("oUser", "unsubscribe") is None
        assert [message.event for message in house.talk.heard] == ["subscribe"]
        assert house.talk.heard[0].scene == "411303"

    @pytest.mark.parametrize("event", ["VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "from_the_future"])
    async def test_reports_move_no_talk(self, build: Build, event: str) -> None:
        house = await build()
        assert await house.side.push_event("oUser", event, "x") is None
        assert not house.talk.heard

    @pytest.mark.parametrize(
        "kind", ["image", "voice", "video", "location", "link", "file", "from_the_future"]
    )
    async def test_every_other_kind_is_handed_on(self, build: Build, kind: str) -> None:
        house = await build()
        assert await house.side.push("oUser", {"MsgType": kind, "MediaId": "m", "MsgId": 5})
        assert house.talk.heard[0].kind == (kind if kind != "from_the_future" else "unknown")

    async def test_nothing_to_say_is_success(self, build: Build) -> None:
        async def silent(message: Message) -> Reply:
            return Reply(())

        house = await build(silent)
        assert await house.side.push_text("oUser", "谢谢") is None
        assert house.counts == {"silent": 1}


class TestWhatIsNotTrusted:
    async def test_without_a_right_signature(self, build: Build, key: str | None) -> None:
        house = await build()
        query, body = house.side.dress(push_xml({"MsgType": "text"}))
        query["msg_signature" if key else "signature"] = "0" * 40
        answer = await house.side.post(query, body)
        assert answer.status == 403
        assert json.loads(answer.body)["error"]["code"] == "refused"
        assert house.counts == {"refused": 1}

    async def test_in_the_clear_where_a_key_is_set(self, build: Build, key: str | None) -> None:
        house = await build()
        clear = WeChatSide(house.side.url, TOKEN, APP_ID, None, NOW.timestamp)
        answer = await clear.push_raw(push_xml({"ToUserName": "g", "FromUserName": "o", "MsgType": "text"}))
        assert answer.status == (403 if key else 200)

    async def test_after_ten_minutes(self, build: Build) -> None:
        house = await build()
        old = str(int(NOW.timestamp()) - 601)
        assert (await house.side.push_raw(b"<xml/>", timestamp=old)).status == 403

    async def test_a_parameter_twice(self, build: Build) -> None:
        house = await build()
        query, body = house.side.dress(b"<xml/>")
        twice = [*query.items(), ("nonce", "n")]
        address = house.server.make_url("/wechat").with_query(twice)
        async with aiohttp.ClientSession() as session, session.post(address, data=body) as response:
            assert response.status == 400

    async def test_authentic_but_unreadable(self, build: Build) -> None:
        house = await build()
        bodies = [
            b"",
            b"{}",
            b"\xff\xfe",
            b"<xml>",
            b"<!DOCTYPE xml><xml/>",
            b"<xml><MsgType>text</MsgType></xml>",
        ]
        for body in bodies:
            answer = await house.side.push_raw(body)
            assert (answer.status, answer.body) == (200, b"success")
        assert house.counts == {"unreadable": len(bodies)}

    @pytest.mark.parametrize("chunked", [False, True])
    async def test_too_large(self, build: Build, chunked: bool) -> None:
        house = await build()
        query, _ = house.side.dress(b"")
        status = await post_large(house, query, BODY_LIMIT + 1, chunked=chunked)
        assert status == 413

    async def test_the_longest_that_passes(self, build: Build, key: str | None) -> None:
        house = await build()
        room = BODY_LIMIT - 1000 if key is None else BODY_LIMIT * 3 // 4 - 1000
        assert await house.side.push_text("oUser", "x" * room)
        assert len(house.talk.heard[0].text) == room

    async def test_other_methods(self, build: Build) -> None:
        house = await build()
        async with aiohttp.ClientSession() as session:
            for method in ("HEAD", "PUT", "DELETE", "PATCH"):
                async with session.request(method, house.server.make_url("/wechat")) as response:
                    assert response.status == 405


async def post_large(house: House, query: dict[str, str], length: int, *, chunked: bool) -> int:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(length // 4096 + 1):
            yield b"x" * 4096

    address = house.server.make_url("/wechat").with_query(query)
    data = pieces() if chunked else b"x" * length
    async with aiohttp.ClientSession() as session, session.post(address, data=data) as response:
        return response.status


class TestWireTrouble:
    @pytest.mark.parametrize(
        ("body", "status"),
        [(gzip.compress(b"x" * 5_000_000), 413), (b"no gzip at all", 400)],
        ids=["bomb", "nonsense"],
    )
    async def test_compressed_bodies(self, build: Build, body: bytes, status: int) -> None:
        house = await build()
        query, _ = house.side.dress(b"")
        address = house.server.make_url("/wechat").with_query(query)
        headers = {"Content-Encoding": "gzip"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(address, data=body, headers=headers) as response,
        ):
            assert response.status == status

    async def test_a_body_that_never_ends_is_not_waited_for(
        self, build: Build, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(door, "ANSWER_SECONDS", 0.2)
        house = await build()
        query, _ = house.side.dress(b"")
        path = house.server.make_url("/wechat").with_query(query).raw_path_qs
        reader, writer = await asyncio.open_connection(house.server.host, house.server.port)
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<xml>".encode())
        assert b" 400 " in await asyncio.wait_for(reader.readline(), 30)
        writer.close()

    async def test_who_hangs_up_in_the_middle_leaves_no_trace(self, build: Build) -> None:
        house = await build()
        query, _ = house.side.dress(b"")
        path = house.server.make_url("/wechat").with_query(query).raw_path_qs
        for sent in (b"", b"<xml>"):
            _, writer = await asyncio.open_connection(house.server.host, house.server.port)
            writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n".encode() + sent)
            await writer.drain()
            writer.close()
        await asyncio.sleep(0.1)
        assert "failed" not in house.counts
        assert await house.side.push_text("oUser", "您好")

    async def test_any_content_type(self, build: Build) -> None:
        house = await build()
        query, body = house.side.dress(
            push_xml(
                {"ToUserName": house.side.account, "FromUserName": "o", "MsgType": "text", "Content": "好"}
            )
        )
        address = house.server.make_url("/wechat").with_query(query)
        async with aiohttp.ClientSession() as session:
            for kind in ("text/xml", "application/json", "image/png", "nonsense"):
                headers = {"Content-Type": kind}
                async with session.post(address, data=body, headers=headers) as response:
                    assert house.side.read(await response.read(), "o")


class TestWhatBreaksInside:
    async def test_a_store_that_is_down(self, build: Build) -> None:
        house = await build(out_of_reach)
        words = await house.side.push_text("oUser", "您好")
        assert words == say("store_down")
        assert "12345" in words
        assert house.counts == {"store_down": 1}

    async def test_anything_else(self, build: Build, capsys: pytest.CaptureFixture[str]) -> None:
        async def broken(message: Message) -> Reply:
            raise KeyError(message.text)

        house = await build(broken)
        assert await house.side.push_text("oUser", "王大妈的电话") == say("trouble")
        assert house.counts == {"failed": 1}
        output = "".join(capsys.readouterr())
        assert "KeyError" in output
        assert "王大妈" not in output

    async def test_even_the_words_for_it(self, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
        async def broken(message: Message) -> Reply:
            raise KeyError("broken")

        def wordless(name: str) -> str:
            raise KeyError(name)

        monkeypatch.setattr(door, "say", wordless)
        house = await build(broken)
        assert await house.side.push_text("oUser", "您好") is None
        assert house.counts == {"failed": 1}

    @pytest.mark.parametrize("stubborn", [False, True], ids=["stops", "does not stop"])
    async def test_a_turn_that_takes_too_long(
        self, build: Build, monkeypatch: pytest.MonkeyPatch, stubborn: bool
    ) -> None:
        monkeypatch.setattr(reception, "PROMISE_S", door.ANSWER_SECONDS - 0.2)
        house = await build(slow(stubborn=stubborn))
        start = time.monotonic()
        words = await house.side.push_text("oUser", "您好")
        assert words is not None
        assert words.startswith(say("looking").strip())
        assert [tap for _, tap, _ in check_links(words)] == ["fetch"]
        assert time.monotonic() - start < door.ANSWER_SECONDS
        assert house.counts == {"late": 1}
        await asyncio.sleep(0.9 if stubborn else 0)

    @pytest.mark.parametrize("stubborn", [False, True], ids=["stops", "does not stop"])
    async def test_a_turn_that_takes_too_long_without_a_store(
        self, build: Build, monkeypatch: pytest.MonkeyPatch, stubborn: bool
    ) -> None:
        monkeypatch.setattr(reception, "PROMISE_S", door.ANSWER_SECONDS - 0.2)
        house = await build(slow(stubborn=stubborn), url=f"redis://127.0.0.1:{free_port()}/0")
        assert await house.side.push_text("oUser", "您好") == say("store_down")
        assert await house.side.push_text("oUser", "我倒了") == "请打120"
        assert house.counts == {"store_down": 2}
        await asyncio.sleep(0.9 if stubborn else 0)


async def test_many_at_once(build: Build) -> None:
    house = await build()
    words = await asyncio.gather(
        *(house.side.push_text(f"o{number}", f"第{number}位") for number in range(50))
    )
    assert [f"您说：第{number}位" in (text or "") for number, text in enumerate(words)] == [True] * 50


async def test_the_platforms_window_follows_a_fixed_now(build: Build) -> None:
    house = await build()
    timestamp = str(int(time.time()) - 86_400 * 365)
    query = {"timestamp": timestamp, "nonce": "n", "signature": sign(TOKEN, timestamp, "n"), "echostr": "1"}
    assert (await house.side.get(query)).status == 403
    assert (await house.side.handshake("1")).body == b"1"
