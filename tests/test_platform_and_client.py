"""The bot's own API client and the platform stand-in agree: one token for many, nothing sent twice, refusals told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.models import Tap
from bot.wechat.accounts import Account
from bot.wechat.api import Api
from bot.wechat.platform_errors import ApiError
from tests.platform import api_side, faults, shapes
from tests.platform.account import AccountSide
from tests.platform.api_side import ApiSide
from tests.scripted_platform import opened
from tests.storage import real_server

APP_ID, SECRET, USER = "wxba5fad812f8e6fb9", "s3cret", "o-elder"


@dataclass
class Both:
    """The platform, the bot's client of one process, and how to open one more."""

    side: ApiSide
    api: Api
    others: list[Api]


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    account = Account("", APP_ID, SecretStr("token"), app_secret=SecretStr(SECRET))
    with real_server(tmp_path) as redis:
        async with AsyncExitStack() as stack:
            side = await stack.enter_async_context(ApiSide([AccountSide(APP_ID, SECRET)]))
            opens = [opened(redis.url, side.url, account) for _ in range(4)]
            one, *others = [(await stack.enter_async_context(each))[0] for each in opens]
            side.main.ledger.heard(USER, shapes.text("你好"))
            yield Both(side, one, others)


async def test_four_that_start_cold_fetch_one_token(both: Both) -> None:
    await asyncio.gather(*(one.send_text(USER, "您好") for one in (both.api, *both.others)))
    assert (both.side.main.tokens.fetches, len(both.side.received(USER))) == (1, 4)


async def test_a_token_that_somebody_else_renewed_costs_one_more_fetch(both: Both) -> None:
    await both.api.send_text(USER, "您好")
    both.side.main.tokens.spoil()
    await both.api.send_text(USER, "您好")
    await both.others[0].send_text(USER, "您好")
    assert (both.side.main.tokens.fetches, len(both.side.received(USER))) == (2, 3)


async def test_everything_that_is_sent_arrives_as_it_was_written(both: Both) -> None:
    await both.api.send_text(USER, "您好“老人”\n😀")
    await both.api.send_menu(USER, "满意吗", [Tap("s:1", "满意"), Tap("s:2", "不满意")], "谢谢")
    await both.api.send_template(USER, "t1", {"thing1": "已派单"})
    both.side.main.ledger.heard(USER, shapes.consent("t2"))
    await both.api.send_subscribed(USER, "t2", {"thing1": "已派单"})
    received = both.side.received(USER)
    assert [one.kind for one in received] == ["text", "msgmenu", "template", "notice"]
    assert received[0].text == "您好“老人”\n😀"
    assert received[1].choices == (("s:1", "满意"), ("s:2", "不满意"))


async def test_media_codes_and_menus(both: Both) -> None:
    both.side.main.store_media("m", b"#!AMR\n")
    assert await both.api.download("m", 100) == b"#!AMR\n"
    ticket = await both.api.qr_ticket("411303")
    assert both.side.main.tickets[ticket.ticket] == "411303"
    assert await both.api.get_menu() is None
    await both.api.put_menu({"button": [{"type": "click", "name": "能领什么", "key": "我能领什么"}]})
    assert await both.api.get_menu()


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        (faults.lost(), 1),
        (faults.half(), 1),
        (faults.half(30), 1),
        (faults.slow(30), 1),
        (faults.silence(30), 0),
        (faults.cut(), 0),
        (faults.page(502), 0),
        (faults.text('{"errcode":'), 0),
    ],
    ids=["lost", "half", "half open", "slow", "silence", "cut", "gateway", "broken JSON"],
)
async def test_where_nobody_knows_it_is_not_sent_again(both: Both, fault: faults.Fault, sent: int) -> None:
    both.side.faults.add(api_side.CUSTOM_SEND, fault)
    with pytest.raises(ApiError) as told:
        await both.api.send_text(USER, "您好")
    assert told.value.maybe_sent
    assert (both.side.calls[api_side.CUSTOM_SEND], len(both.side.received(USER))) == (1, sent)


@pytest.mark.parametrize(("busy", "calls"), [(1, 2), (2, 3)])
async def test_where_the_platform_is_busy_it_is_sent_again(both: Both, busy: int, calls: int) -> None:
    both.side.faults.add(api_side.CUSTOM_SEND, faults.error(-1), times=busy)
    await both.api.send_text(USER, "您好")
    assert (both.side.calls[api_side.CUSTOM_SEND], len(both.side.received(USER))) == (calls, 1)


async def test_refusals_bear_the_platforms_number(both: Both) -> None:
    for _ in range(5):
        await both.api.send_text(USER, "您好")
    for user, error in ((USER, 45047), ("o-nobody", 45015)):
        with pytest.raises(ApiError) as told:
            await both.api.send_text(user, "您好")
        assert (told.value.errcode, told.value.maybe_sent) == (error, False)
    with pytest.raises(ApiError) as told:
        await both.api.download("other", 100)
    assert told.value.errcode == 40007
    both.side.forbidden.add("127.0.0.1")
    with pytest.raises(ApiError) as told:
        await both.api.send_text(USER, "您好")
    assert told.value.errcode == 40164
