"""What waits goes out by whatever the platform allows, once, within the ledger; else it waits on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace

import aiohttp
import pytest
from pydantic import SecretStr

from bot.errors import BotError, StoreDown
from bot.models import Notice, Tap
from bot.store.connect import Stores, connect
from bot.store.limits import Limits as StoreLimits
from bot.store.port import Allows
from bot.store.scripts import Keys
from bot.wechat.accounts import Account, Template
from bot.wechat.api import Api
from bot.wechat.outbox import Outbox
from bot.wechat.platform_errors import PlatformBusy
from bot.wechat.tokens import Tokens
from tests.scripted_platform import ACCOUNT, LIMITS, Platform, breaks_off, scripted
from tests.storage import RealServer, real_server

WHO = OPENID = "oUser"
CUSTOM, TEMPLATE, SUBSCRIBED = (
    f"/cgi-bin/message/{what}" for what in ("custom/send", "template/send", "subscribe/bizsend")
)
WINDOW_OVER = [45015, 45047]


@dataclass
class Post:
    """An outbox over a real store before a scripted platform."""

    stores: Stores
    outbox: Outbox
    platform: Platform

    async def allow(self, allows: Allows, key: str) -> None:
        """A push of the user that is new."""
        async with self.stores.turns.turn(WHO, key, allows):
            pass

    async def put(self, *ids: str, kind: str = "late") -> None:
        for id_ in ids:
            notice = Notice(id_, (f"消息{id_}",), kind=kind, fields={"what": "助浴", "when": "明天"})
            await self.stores.mailbox.put(WHO, notice)

    async def deliver(self) -> None:
        await self.outbox.deliver(WHO, OPENID)

    async def waiting(self) -> list[str]:
        async with self.stores.turns.turn(WHO) as held:
            return [notice.id for notice in held.waiting]

    @property
    def sent(self) -> list[str]:
        return [body["text"]["content"] for body in self.platform.bodies(CUSTOM)]


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def account() -> Account:
    return ACCOUNT


@pytest.fixture
async def post(redis: RealServer, account: Account) -> AsyncIterator[Post]:
    redis.tell("FLUSHALL")
    stores = await connect(redis.url, StoreLimits(sending_ms=700, command_s=30.0))
    async with scripted() as platform, aiohttp.ClientSession() as http:
        tokens = Tokens(account, http, stores.shelf, platform.base, LIMITS)
        api = Api(account, http, tokens, platform.base, LIMITS)
        yield Post(stores, Outbox(account, api, stores.mailbox), platform)
    await stores.close()


class TestTheLedger:
    async def test_the_oldest_goes_first_and_each_goes_once(self, post: Post) -> None:
        await post.allow("message", "1")
        await post.put("a", "b", "c")
        for _ in "12":
            await post.deliver()
        assert post.sent == ["消息a", "消息b", "消息c"]
        assert await post.waiting() == []
        assert post.outbox.counts == {"customer_service": 3}

    async def test_the_platform_is_not_asked_before_a_message(self, post: Post) -> None:
        await post.put("a")
        await post.deliver()
        assert not post.platform.asked
        assert await post.waiting() == ["a"]

    async def test_a_message_allows_five_and_the_next_five_more(self, post: Post) -> None:
        await post.allow("message", "1")
        await post.put(*"abcdefg")
        await post.deliver()
        assert len(post.sent) == 5
        assert await post.waiting() == ["f", "g"]
        await post.allow("message", "2")
        await post.deliver()
        assert len(post.sent) == 7

    async def test_an_event_allows_three(self, post: Post) -> None:
        await post.allow("event", "1")
        await post.put(*"abcd")
        await post.deliver()
        assert len(post.sent) == 3

    async def test_a_report_allows_nothing(self, post: Post) -> None:
        await post.allow("nothing", "1")
        await post.put("a")
        await post.deliver()
        assert not post.sent

    async def test_a_try_of_the_same_push_allows_no_more(self, post: Post) -> None:
        await post.stores.turns.promise(WHO, "1", b"later", b"{}", "message")
        await post.put(*"abcdefg")
        await post.deliver()
        await post.allow("message", "1")
        await post.stores.turns.promise(WHO, "1", b"later", b"{}", "message")
        async with post.stores.turns.turn(WHO, "1", "message", finish=True):
            pass
        await post.deliver()
        assert len(post.sent) == 5

    async def test_it_ends_after_48_hours(self, post: Post, redis: RealServer) -> None:
        await post.allow("message", "1")
        await post.put("a")
        quota = Keys.of(WHO).all[8]
        seconds, _ = redis.tell("TIME")
        left = int(redis.tell("HGET", quota, "until")) / 1000 - int(seconds)
        assert 47 * 3600 < left < 48 * 3600
        redis.tell("HSET", quota, "until", (int(seconds) - 1) * 1000)
        await post.deliver()
        assert not post.sent
        assert await post.waiting() == ["a"]

    @pytest.mark.parametrize("errcode", WINDOW_OVER)
    async def test_the_platform_closes_it_until_the_next_message(self, post: Post, errcode: int) -> None:
        post.platform.script[CUSTOM] = [{"errcode": errcode, "errmsg": "over"}]
        await post.allow("message", "1")
        await post.put("a", "b")
        for _ in "12":
            await post.deliver()
        assert post.sent == ["消息a"]
        assert await post.waiting() == ["a", "b"]
        await post.allow("message", "2")
        await post.deliver()
        assert post.sent == ["消息a", "消息a", "消息b"]


class TestWhatGoesWrong:
    @pytest.mark.parametrize("errcode", [48001, 45009])
    async def test_what_no_second_try_helps_waits(self, post: Post, errcode: int) -> None:
        post.platform.then[CUSTOM] = {"errcode": errcode, "errmsg": "no"}
        await post.allow("message", "1")
        await post.put("a", "b")
        await post.deliver()
        assert post.sent == ["消息a"]
        assert await post.waiting() == ["a", "b"]

    async def test_a_busy_platform_is_for_a_second_try(self, post: Post) -> None:
        post.platform.then[CUSTOM] = {"errcode": -1, "errmsg": "system error"}
        await post.allow("message", "1")
        await post.put("a")
        with pytest.raises(PlatformBusy):
            await post.deliver()
        assert await post.waiting() == ["a"]
        del post.platform.then[CUSTOM]
        await post.deliver()
        assert await post.waiting() == []

    async def test_where_nobody_knows_it_is_told_again_with_the_next_message(self, post: Post) -> None:
        post.platform.script[CUSTOM] = [breaks_off]
        await post.allow("message", "1")
        await post.put("a")
        await post.deliver()
        assert await post.waiting() == ["a"]
        assert post.outbox.counts == {"unsure": 1}

    async def test_what_a_killed_process_was_sending_comes_back(self, post: Post) -> None:
        await post.allow("message", "1")
        await post.put("a")
        assert await post.stores.mailbox.take(WHO, customer_service=True)
        assert await post.waiting() == []
        await post.deliver()
        assert not post.sent
        await asyncio.sleep(0.8)
        assert await post.waiting() == ["a"]
        await post.deliver()
        assert post.sent == ["消息a"]

    async def test_processes_that_deliver_together_send_each_once(self, post: Post) -> None:
        await post.allow("message", "1")
        await post.put("a", "b", "c")
        await asyncio.gather(*(post.deliver() for _ in "1234"))
        assert sorted(post.sent) == ["消息a", "消息b", "消息c"]

    async def test_without_a_store_nothing_is_sent(self, post: Post, redis: RealServer) -> None:
        await post.allow("message", "1")
        await post.put("a")
        with redis.frozen(), pytest.raises(StoreDown):
            await post.deliver()
        assert not post.sent

    async def test_choices_come_along_as_taps(self, post: Post) -> None:
        await post.allow("message", "1")
        await post.stores.mailbox.put(WHO, Notice("a", ("选一个",), (Tap("more", "更多"),)))
        await post.deliver()
        assert "msgmenuid=more" in post.sent[0]


class TestWithoutASecret:
    @pytest.fixture
    def account(self) -> Account:
        return Account("", "wx-none", SecretStr("push-token"))

    async def test_nothing_is_tried(self, post: Post) -> None:
        await post.allow("message", "1")
        await post.put("a")
        await post.deliver()
        assert not post.platform.asked
        assert await post.waiting() == ["a"]


FIELDS = {"thing1": "what", "time2": "when"}


class TestByTemplate:
    @pytest.fixture
    def account(self) -> Account:
        notices = {
            "booking": Template("tmpl-b", "consented", FIELDS),
            "status": Template("tmpl-s", "service", FIELDS),
        }
        return replace(ACCOUNT, notices=notices)

    async def test_one_that_was_allowed_goes_out_once(self, post: Post) -> None:
        await post.stores.mailbox.consent(WHO, "tmpl-b", 1)
        await post.put("a", "b", kind="booking")
        for _ in "12":
            await post.deliver()
        (body,) = post.platform.bodies(SUBSCRIBED)
        assert body["data"] == {"thing1": {"value": "助浴"}, "time2": {"value": "明天"}}
        assert await post.waiting() == ["b"]

    async def test_one_that_needs_no_consent_goes_out(self, post: Post) -> None:
        await post.put("a", kind="status")
        await post.deliver()
        assert post.platform.hits[TEMPLATE] == 1
        assert await post.waiting() == []

    async def test_one_without_a_template_waits(self, post: Post) -> None:
        await post.put("a")
        await post.deliver()
        assert not post.platform.asked
        assert await post.waiting() == ["a"]

    async def test_the_platform_knows_of_no_consent(self, post: Post) -> None:
        post.platform.then[SUBSCRIBED] = {"errcode": 43101, "errmsg": "user refuse"}
        await post.stores.mailbox.consent(WHO, "tmpl-b", 1)
        await post.put("a", kind="booking")
        for _ in "12":
            await post.deliver()
        assert post.platform.hits[SUBSCRIBED] == 1
        assert await post.waiting() == ["a"]

    async def test_one_that_fails_waits_and_is_for_a_second_try(self, post: Post) -> None:
        post.platform.then[TEMPLATE] = {"errcode": -1, "errmsg": "busy"}
        await post.put("a", kind="status")
        with pytest.raises(BotError):
            await post.deliver()
        assert await post.waiting() == ["a"]

    async def test_customer_service_comes_first(self, post: Post) -> None:
        await post.allow("message", "1")
        await post.put("a", kind="status")
        await post.deliver()
        assert (post.platform.hits[CUSTOM], post.platform.hits[TEMPLATE]) == (1, 0)

    async def test_one_without_a_template_keeps_no_other_back(self, post: Post) -> None:
        await post.put("a")
        await post.put("b", kind="status")
        await post.deliver()
        assert await post.waiting() == ["a"]
