"""Access tokens: one fetch per expiry over all processes, whatever happens to the one that fetches."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.errors import StoreDown
from bot.store.server import connect as connect_server
from bot.store.shelf import RedisShelf
from bot.wechat.platform_errors import (
    ApiError,
    NotConfigured,
    QuotaUsedUp,
    TokenRefused,
    Unreachable,
    Unreadable,
)
from bot.wechat.tokens import TokenLimits, Tokens
from tests.scripted_platform import (
    ACCOUNT,
    APP_ID,
    SECRET,
    TOKEN_PATH,
    Account,
    Platform,
    breaks_off,
    html,
    opened,
    scripted,
    silence,
)
from tests.storage import ROOT, RealServer, real_server

KEY = f"wenyanglao:shelf:token:{APP_ID}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis(server: RealServer) -> RealServer:
    server.tell("FLUSHALL")
    return server


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with scripted() as platform:
        yield platform


class Child:
    """A process of its own that asks for tokens: see `tests/token_child.py`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def says(self) -> str:
        assert self.process.stdout
        return (await asyncio.wait_for(self.process.stdout.readline(), 60)).decode().strip()

    async def does(self, line: str) -> str:
        self.asks(line)
        return await self.says()

    def asks(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n".encode())


@asynccontextmanager
async def child(redis: RealServer, platform: Platform, *options: str) -> AsyncIterator[Child]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.token_child", redis.url, platform.base, *options,
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Child(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@asynccontextmanager
async def children(
    redis: RealServer, platform: Platform, number: int, *options: str
) -> AsyncIterator[list[Child]]:
    async with AsyncExitStack() as stack:
        started = [await stack.enter_async_context(child(redis, platform, *options)) for _ in range(number)]
        # They start at the same time, as a service manager would start them.
        for one in started:
            assert (await one.says()).startswith("ready")
        yield started


def gone(redis: RealServer) -> bool:
    return redis.tell("EXISTS", KEY) == 0


async def until_gone(redis: RealServer) -> None:
    for _ in range(1000):
        if gone(redis):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the token never ended")


class FilledAtTheLastMoment(RedisShelf):
    """Another process puts its token there just before the claim is granted."""

    async def claim(self, name: str, holder: str, seconds: float) -> bool:
        token = {"token": "theirs", "end": time.time() + 60}
        await self.put(f"token:{APP_ID}", json.dumps(token).encode(), 60)
        return await super().claim(name, holder, seconds)


async def test_whoever_gets_the_claim_looks_again_before_it_fetches(
    redis: RealServer, platform: Platform
) -> None:
    server = await connect_server(redis.url)
    async with aiohttp.ClientSession() as http:
        tokens = Tokens(ACCOUNT, http, FilledAtTheLastMoment(server), platform.base)
        assert await tokens.get() == "theirs"
    await server.close()
    assert not platform.hits


async def test_four_processes_fetch_one_token_when_they_start_one_at_its_end_and_one_where_it_is_bad(
    redis: RealServer, platform: Platform
) -> None:
    async def slowly(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.3)
        return await platform.fetch_token(request)

    platform.then[TOKEN_PATH] = slowly
    # Used for a quarter of it: too short for the usual four minutes before the end.
    platform.seconds = 12
    async with children(redis, platform, 4) as four:
        assert await asyncio.gather(*(one.does("get") for one in four)) == ["T1-secret"] * 4
        assert platform.hits[TOKEN_PATH] == 1
        platform.seconds = 7200
        await until_gone(redis)
        assert await asyncio.gather(*(one.does("get") for one in four)) == ["T2-secret"] * 4
        assert platform.hits[TOKEN_PATH] == 2
        assert await asyncio.gather(*(one.does("renew T2-secret") for one in four)) == ["T3-secret"] * 4
    assert platform.hits[TOKEN_PATH] == 3


async def test_the_one_that_fetches_is_killed_and_the_others_go_on(
    redis: RealServer, platform: Platform
) -> None:
    platform.script[TOKEN_PATH] = [silence]
    async with children(redis, platform, 4, "--lock-s", "3") as (first, *others):
        first.asks("get")
        while not platform.hits[TOKEN_PATH]:
            await asyncio.sleep(0.01)
        first.process.send_signal(signal.SIGKILL)
        await first.process.wait()
        assert redis.tell("EXISTS", f"{KEY}:lock") == 1
        assert await asyncio.gather(*(one.does("get") for one in others)) == ["T1-secret"] * 3
    assert platform.hits[TOKEN_PATH] == 2


async def test_a_hundred_calls_of_one_process_share_one_fetch_and_its_failure(
    redis: RealServer, platform: Platform
) -> None:
    platform.script[TOKEN_PATH] = [{"errcode": 40125, "errmsg": "invalid appsecret"}]
    async with opened(redis.url, platform.base) as (_, tokens):
        failed = await asyncio.gather(*(tokens.get() for _ in range(100)), return_exceptions=True)
        assert {type(one) for one in failed} == {ApiError}
        assert set(await asyncio.gather(*(tokens.get() for _ in range(100)))) == {"T1-secret"}
    assert platform.hits[TOKEN_PATH] == 2


async def test_whoever_stops_waiting_does_not_stop_the_others(redis: RealServer, platform: Platform) -> None:
    async def slowly(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.2)
        return await platform.fetch_token(request)

    platform.then[TOKEN_PATH] = slowly
    async with opened(redis.url, platform.base) as (_, tokens):
        first, second = asyncio.create_task(tokens.get()), asyncio.create_task(tokens.get())
        while not platform.hits[TOKEN_PATH]:
            await asyncio.sleep(0.01)
        first.cancel()
        assert await second == "T1-secret"


async def test_a_search_that_is_cancelled_leaves_the_way_free(redis: RealServer, platform: Platform) -> None:
    platform.script[TOKEN_PATH] = [silence]
    async with opened(redis.url, platform.base) as (_, tokens):
        waiting = asyncio.create_task(tokens.get())
        while not platform.hits[TOKEN_PATH]:
            await asyncio.sleep(0.01)
        tokens._fetching[None].cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await tokens.get() == "T1-secret"


async def test_it_is_asked_for_as_the_platform_wants_it(redis: RealServer, platform: Platform) -> None:
    async with opened(redis.url, platform.base) as (_, tokens):
        await tokens.get()
    body = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, "force_refresh": False}
    assert platform.bodies(TOKEN_PATH) == [body]
    assert platform.asked[0][1] == {}


async def test_it_ends_before_the_platform_ends_it(redis: RealServer, platform: Platform) -> None:
    async with opened(redis.url, platform.base) as (_, tokens):
        await tokens.get()
    left = redis.tell("PTTL", KEY) / 1000
    assert 7200 - 300 < left <= 7200 - 240


async def test_no_store_is_asked_while_the_token_is_good(redis: RealServer, platform: Platform) -> None:
    async with opened(redis.url, platform.base) as (_, tokens):
        await tokens.get()
        redis.tell("FLUSHALL")
        assert await tokens.get() == "T1-secret"


async def test_what_stands_wrongly_on_the_shelf_is_fetched_anew(
    redis: RealServer, platform: Platform
) -> None:
    for wrong in (b"not json", b"{}", b'{"token": "x", "end": 0}'):
        redis.tell("SET", KEY, wrong)
        async with opened(redis.url, platform.base) as (_, tokens):
            assert (await tokens.get()).startswith("T")
    assert platform.hits[TOKEN_PATH] == 3


async def test_forced_only_where_the_platform_insists_and_not_twice_in_half_a_minute(
    redis: RealServer, platform: Platform
) -> None:
    platform.insists = True
    limits = TokenLimits(insists_s=0)
    async with opened(redis.url, platform.base, token_limits=limits) as (_, tokens):
        bad = await tokens.get()
        other = await tokens.renew(bad)
        assert (bad, other) == ("T1-secret", "T2-secret")
        assert await tokens.renew(other) == other
    assert [body["force_refresh"] for body in platform.bodies(TOKEN_PATH)] == [False, False, True, False]


async def test_a_token_that_was_renewed_meanwhile_is_not_renewed_again(
    redis: RealServer, platform: Platform
) -> None:
    async with (
        opened(redis.url, platform.base) as (_, tokens),
        opened(redis.url, platform.base) as (_, others),
    ):
        bad = await tokens.get()
        assert await others.renew(bad) == await tokens.renew(bad) == await tokens.renew(bad) == "T2-secret"
    assert platform.hits[TOKEN_PATH] == 2


async def test_a_used_up_day_of_tokens_is_remembered(redis: RealServer, platform: Platform) -> None:
    platform.script[TOKEN_PATH] = [{"errcode": 45009, "errmsg": "reach max api daily quota limit"}]
    for _ in range(2):
        async with opened(redis.url, platform.base) as (_, tokens):
            with pytest.raises(QuotaUsedUp):
                await tokens.get()
    assert platform.hits[TOKEN_PATH] == 1


async def test_a_token_the_platform_insists_on_is_not_asked_for_with_every_call(
    redis: RealServer, platform: Platform
) -> None:
    platform.insists = True
    async with opened(redis.url, platform.base) as (_, tokens):
        other = await tokens.renew(await tokens.get())
        assert [await tokens.renew(other) for _ in range(20)] == [other] * 20
    async with opened(redis.url, platform.base) as (_, elsewhere):
        assert await elsewhere.renew(other) == other
    assert platform.hits[TOKEN_PATH] == 4


async def test_forced_twenty_times_a_day_at_the_most(redis: RealServer, platform: Platform) -> None:
    platform.insists = True
    limits = TokenLimits(insists_s=0, force_apart_s=0.001)
    async with opened(redis.url, platform.base, token_limits=limits) as (_, tokens):
        token = await tokens.get()
        for _ in range(25):
            token = await tokens.renew(token)
            await asyncio.sleep(0.002)
    assert sum(body["force_refresh"] for body in platform.bodies(TOKEN_PATH)) == 20


async def test_a_day_of_forced_fetches_that_is_used_up_does_not_stop_the_plain_ones(
    redis: RealServer, platform: Platform
) -> None:
    platform.insists = True
    limits = TokenLimits(insists_s=0, force_apart_s=0.001)
    async with opened(redis.url, platform.base, token_limits=limits) as (_, tokens):
        bad = await tokens.get()
        used_up = {"errcode": 45009, "errmsg": "reach max api daily quota limit"}
        platform.script[TOKEN_PATH] = [platform.fetch_token, used_up]
        assert await tokens.renew(bad) == bad
        await asyncio.sleep(0.002)
        assert await tokens.renew(bad) == bad
    assert [body["force_refresh"] for body in platform.bodies(TOKEN_PATH)] == [False, False, True, False]


async def test_a_forced_fetch_that_got_lost_is_not_repeated(redis: RealServer, platform: Platform) -> None:
    platform.insists = True
    async with opened(redis.url, platform.base) as (_, tokens):
        bad = await tokens.get()
        platform.script[TOKEN_PATH] = [platform.fetch_token, breaks_off]
        with pytest.raises(Unreachable) as told:
            await tokens.renew(bad)
    assert told.value.maybe_sent
    assert platform.hits[TOKEN_PATH] == 3


async def test_failures_free_the_claim_at_once(redis: RealServer, platform: Platform) -> None:
    platform.then[TOKEN_PATH] = html
    async with opened(redis.url, platform.base) as (_, tokens):
        with pytest.raises(Unreadable):
            await tokens.get()
        assert redis.tell("EXISTS", f"{KEY}:lock") == 0
        del platform.then[TOKEN_PATH]
        assert await tokens.get() == "T1-secret"


async def test_a_platform_that_is_silent_costs_a_limited_time(redis: RealServer, platform: Platform) -> None:
    platform.then[TOKEN_PATH] = silence
    limits = TokenLimits(fetch_s=0.3)
    async with opened(redis.url, platform.base, token_limits=limits) as (_, tokens):
        with pytest.raises(Unreachable) as told:
            await tokens.get()
        assert redis.tell("EXISTS", f"{KEY}:lock") == 0
    assert not told.value.maybe_sent


async def test_waiting_for_another_process_has_an_end(redis: RealServer, platform: Platform) -> None:
    redis.tell("SET", f"{KEY}:lock", "somebody", "EX", 60)
    async with opened(redis.url, platform.base, token_limits=TokenLimits(wait_s=0.3)) as (_, tokens):
        with pytest.raises(Unreachable, match="别的进程"):
            await tokens.get()
        assert tokens.wire.counts[TOKEN_PATH, "wechat_unreachable"] == 1
    assert not platform.hits


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": "", "expires_in": 7200},
        {"access_token": "x"},
        {"access_token": 5, "expires_in": 7200},
    ],
)
async def test_an_answer_without_a_token_is_no_token(
    redis: RealServer, platform: Platform, answer: dict[str, object]
) -> None:
    platform.then[TOKEN_PATH] = answer
    async with opened(redis.url, platform.base) as (_, tokens):
        with pytest.raises(Unreadable):
            await tokens.get()
    assert gone(redis)


async def test_a_wrong_secret_is_told_as_that(redis: RealServer, platform: Platform) -> None:
    platform.then[TOKEN_PATH] = {"errcode": 40001, "errmsg": "invalid credential"}
    async with opened(redis.url, platform.base) as (api, _):
        with pytest.raises(TokenRefused, match="WECHAT_APP_SECRET"):
            await api.get_menu()
    assert platform.hits == {TOKEN_PATH: 1}


async def test_without_a_secret_it_says_which_setting(redis: RealServer, platform: Platform) -> None:
    bare = Account("", APP_ID, ACCOUNT.token)
    async with opened(redis.url, platform.base, bare) as (api, tokens):
        for call in (tokens.get(), tokens.renew("x"), api.get_menu(), api.send_text("o", "x")):
            with pytest.raises(NotConfigured) as told:
                await call
            assert told.value.field == "WECHAT_APP_SECRET"
    assert not platform.hits


async def test_without_a_store_nothing_is_asked(tmp_path: Path, platform: Platform) -> None:
    with real_server(tmp_path) as own:
        async with opened(own.url, platform.base) as (_, tokens):
            own.stop()
            with pytest.raises(StoreDown):
                await tokens.get()
    assert not platform.hits
