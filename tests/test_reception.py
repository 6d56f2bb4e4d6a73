"""A push is answered once and in time; what takes too long is promised, done once, and told later."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import job_queue
from bot.dialogue.waiting import promised
from bot.dialogue.wording import say
from bot.errors import StoreDown
from bot.models import Message, Notice, Place
from bot.store.connect import connect
from bot.store.limits import Limits
from bot.store.scripts import Keys
from bot.wechat import messages, reception
from tests.late_child import LIMITS, Desk, desk, encode
from tests.scripted_platform import Platform, scripted
from tests.storage import ROOT, RealServer, free_port, real_server

WITHIN_S = 3.0
ENOUGH_S = 60.0
# For what is not slow by itself: a machine that is busy with other things must not make it late.
PATIENT_S = WITHIN_S + 20.0
PROMISE = encode(promised())
CUSTOM = "/cgi-bin/message/custom/send"
SLOW = "一句慢话"
FORGET = "删除我的资料"
HEAD = say("late_head")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn has 0.3 s before it is promised; the promise itself has plenty."""
    monkeypatch.setattr(reception, "PROMISE_S", WITHIN_S - 0.3)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path) as server:
        yield server


@pytest.fixture
async def one(redis: RealServer) -> AsyncIterator[Desk]:
    async with desk(redis.url, [SLOW, "我83", "删除我的资料"]) as opened:
        yield opened
        for gate in opened.ears.gates.values():
            gate.set()


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with scripted() as at:
        yield at


def text(words: str, key: str | None = None, tap: str | None = None) -> Message:
    return Message("u", text=words, key=key or words, tap=tap)


async def said(at: Desk, words: str, key: str | None = None, tap: str | None = None) -> str:
    outcome, answer = await at.ask(text(words, key, tap), PATIENT_S)
    assert outcome == "answered"
    return answer.decode()


async def until_told(at: Desk, waiting: int = 1) -> tuple[Notice, ...]:
    """What waits, as soon as it is so much."""
    async with asyncio.timeout(ENOUGH_S):
        while len(notices := await waits(at)) < waiting or at.office.reception._running:
            await asyncio.sleep(0.02)
    return notices


async def waits(at: Desk) -> tuple[Notice, ...]:
    async with at.stores.turns.turn("u") as held:
        return held.waiting


async def misses(at: Desk) -> int:
    """How often something was not understood: each such turn counts one, so it shows a turn taken twice."""
    return (await at.stores.turns.recall("u")).misunderstood


async def late(at: Desk, words: str) -> Notice:
    """A message that was promised and is done by now."""
    assert (await at.ask(text(words), WITHIN_S)) == ("late", PROMISE)
    at.ears.gates[words].set()
    return (await until_told(at))[-1]


class TestASlowTurn:
    async def test_is_promised_within_its_time(self, one: Desk) -> None:
        start = asyncio.get_running_loop().time()
        assert await one.ask(text(SLOW), WITHIN_S) == ("late", PROMISE)
        assert asyncio.get_running_loop().time() - start < WITHIN_S

    async def test_tries_here_and_elsewhere_get_the_same_bytes_and_it_is_done_once(
        self, one: Desk, redis: RealServer
    ) -> None:
        first = await one.ask(text(SLOW), WITHIN_S)
        async with desk(redis.url, [SLOW]) as two:
            tries = [await at.ask(text(SLOW), WITHIN_S) for at in (one, two)]
            one.ears.gates[SLOW].set()
            await until_told(one)
            tries += [await at.ask(text(SLOW), WITHIN_S) for at in (one, two)]
        assert {answer for _, answer in (first, *tries)} == {PROMISE}
        assert await misses(one) == 1
        assert len(await waits(one)) == 1

    async def test_tries_at_the_same_time_get_the_same_bytes_and_it_is_done_once(
        self, one: Desk, redis: RealServer
    ) -> None:
        async with desk(redis.url, [SLOW]) as two:
            tries = await asyncio.gather(*(at.ask(text(SLOW), WITHIN_S) for at in (one, two, one, two)))
            for at in (one, two):
                at.ears.gates[SLOW].set()
            await until_told(one)
            await until_told(two)
            assert await misses(two) == 1
        assert set(tries) <= {("late", PROMISE), ("answered", PROMISE)}
        assert len(await waits(one)) == 1

    async def test_a_turn_that_ends_in_time_is_joined_by_the_next_try(self, one: Desk) -> None:
        asyncio.get_running_loop().call_later(0.1, one.ears.gates[SLOW].set)
        tries = await asyncio.gather(*(one.ask(text(SLOW), PATIENT_S) for _ in "123"))
        assert len({answer for _, answer in tries}) == 1
        assert tries[0][0] == "answered"
        assert await misses(one) == 1

    async def test_without_a_key_nothing_can_be_promised(self, one: Desk) -> None:
        message = Message("u", text=SLOW)
        assert await one.ask(message, WITHIN_S) == ("store_down", say("store_down").encode())
        one.ears.gates[SLOW].set()
        await asyncio.sleep(0.1)
        assert await misses(one) == 0

    async def test_leaves_nothing_for_the_job_that_looks_after_it(
        self, one: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reception, "FINISH_AFTER_S", 0.5)
        await late(one, SLOW)
        await asyncio.sleep(1.0)
        assert await misses(one) == 1
        assert len(await waits(one)) == 1


class TestTheLateAnswer:
    async def test_is_told_by_the_tap(self, one: Desk) -> None:
        notice = await late(one, SLOW)
        told = await said(one, say("fetch_label"), "tap", tap="fetch")
        assert told.startswith(HEAD)
        assert notice.texts[0] in told
        assert await waits(one) == ()
        assert await said(one, say("fetch_label"), "again", tap="fetch") == say("nothing_waits")

    @pytest.mark.parametrize("words", ["看答案", "查到没", "结果呢", "1"])
    async def test_is_told_by_words(self, one: Desk, words: str) -> None:
        await late(one, "我83")
        assert (await said(one, words)).startswith(HEAD)
        assert await waits(one) == ()

    async def test_is_told_with_the_next_message_where_both_fit(self, one: Desk) -> None:
        await one.stores.mailbox.put("u", Notice("news", ("您的电话约好了。",), kind="booking"))
        told = await said(one, "谢谢")
        assert told.startswith(f"您的电话约好了。\n{say('now_this')}\n")
        assert await waits(one) == ()

    async def test_is_offered_where_they_do_not_fit(self, one: Desk) -> None:
        await one.stores.mailbox.put("u", Notice("news", ("很长。" * 200,), kind="booking"))
        told = await said(one, "谢谢")
        assert say("something_waits") in told
        assert "msgmenuid=fetch" in told
        assert len(await waits(one)) == 1
        assert "很长。" in await said(one, say("fetch_label"), tap="fetch")

    async def test_choices_still_count_after_it_was_told(self, one: Desk) -> None:
        notice = await late(one, "我83")
        assert notice.taps
        await said(one, say("fetch_label"), "tap", tap="fetch")
        asked = (await one.stores.turns.recall("u")).asked
        await said(one, "1", "choice")
        session = await one.stores.turns.recall("u")
        assert asked in session.people["self"].answered

    async def test_is_still_owed_where_nobody_can_do_it(self, one: Desk) -> None:
        await one.stores.turns.promise("u", SLOW, PROMISE, b"of another version", "message")
        assert say("still_looking") in await said(one, "查到没")
        assert say("still_looking") in await said(one, "1")

    async def test_is_forgotten_on_demand(self, one: Desk) -> None:
        await late(one, SLOW)
        one.ears.gates.clear()
        await said(one, "删除我的资料")
        assert await waits(one) == ()
        assert await said(one, say("fetch_label"), tap="fetch") != ""
        assert await one.stores.turns.promised("u", SLOW) is None

    async def test_that_tells_of_forgetting_is_all_that_is_left(self, one: Desk) -> None:
        await said(one, "我五十")
        await late(one, "我83")
        notice = await late(one, "删除我的资料")
        assert await waits(one) == (notice,)
        assert (await one.stores.turns.recall("u")).people == {}
        assert say("forgotten") in await said(one, say("fetch_label"), tap="fetch")

    async def test_a_promise_that_waits_is_forgotten_too(self, one: Desk) -> None:
        await one.stores.turns.promise("u", SLOW, PROMISE, messages.dump(text(SLOW)), "message")
        one.ears.gates.clear()
        await said(one, "删除我的资料")
        await one.office.reception.finish(text("", SLOW))
        assert await misses(one) == 0
        assert await waits(one) == ()


class TestTheSameIdAtTwoAccounts:
    async def test_is_two_users(self, one: Desk) -> None:
        elsewhere = replace(text(SLOW), account="wolong", region="411326")
        for message in (text(SLOW), elsewhere):
            assert (await one.ask(message, WITHIN_S)) == ("late", PROMISE)
        one.ears.gates[SLOW].set()
        await until_told(one)
        assert await said(one, say("fetch_label"), tap="fetch") != say("nothing_waits")
        async with one.stores.turns.turn("wolong/u") as held:
            assert [notice.id for notice in held.waiting] == [f"late:{SLOW}"]
            assert held.session.region == "411326"


class TestWhatIsKeptOfAMessage:
    @pytest.mark.parametrize(
        "message",
        [
            Message("u"),
            Message(
                "u",
                "voice",
                "孤\ud800行",
                key="k",
                to="gh",
                account="a",
                created=5,
                media="m",
                region="411303",
            ),
            Message("u", "location", place=Place(32.9, 112.5, "卧龙区")),
            Message("u", "event", event="consent", scene="411303", consents={"t": 2}),
        ],
    )
    def test_reads_back(self, message: Message) -> None:
        assert messages.load(messages.dump(message)) == message

    @pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b"\xff", b'{"user": 1}', b"[" * 10_000])
    def test_is_no_message_where_it_is_broken(self, raw: bytes) -> None:
        assert messages.load(raw) is None


class TestTheOrder:
    async def test_what_a_dead_process_promised_comes_before_what_is_said_next(self, one: Desk) -> None:
        """Said after it, 后天上午九点 would move a call that was booked meanwhile."""
        one.ears.gates.clear()
        await one.stores.turns.promise("u", "我83", PROMISE, messages.dump(text("我83")), "message")
        told = await said(one, SLOW)
        session = await one.stores.turns.recall("u")
        assert session.people["self"].facts["age"] == 83
        assert session.misunderstood == 1
        assert HEAD in told or say("something_waits") in told
        assert await one.stores.turns.promised("u", "我83") is None

    async def test_a_message_after_a_promised_one_waits_its_turn(self, one: Desk) -> None:
        assert (await one.ask(text(SLOW), WITHIN_S))[0] == "late"
        second = asyncio.create_task(one.ask(text("第二句"), PATIENT_S))
        await asyncio.sleep(0.05)
        one.ears.gates[SLOW].set()
        outcome, answer = await second
        assert outcome == "answered"
        assert HEAD in answer.decode() or say("something_waits") in answer.decode()
        assert await misses(one) == 2

    @pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "elsewhere"])
    async def test_one_that_was_promised_while_it_stood_in_line_is_done_in_its_place(
        self, one: Desk, redis: RealServer, elsewhere: bool
    ) -> None:
        async with desk(redis.url) as two:
            at = two if elsewhere else one
            assert (await one.ask(text(SLOW), WITHIN_S))[0] == "late"
            assert await at.ask(text("第二句"), WITHIN_S) == ("late", PROMISE)
            third = asyncio.create_task(at.ask(text("第三句"), WITHIN_S))
            await asyncio.sleep(0.05)
            one.ears.gates[SLOW].set()
            assert (await third)[0] in ("answered", "late")
            async with asyncio.timeout(ENOUGH_S):
                while await misses(one) < 3:
                    await asyncio.sleep(0.02)
            for push in ("第二句", SLOW):
                assert await one.stores.turns.promised("u", push) is None

    async def test_two_late_answers_are_both_told_and_none_twice(self, one: Desk) -> None:
        for words in (SLOW, "我83"):
            assert (await one.ask(text(words), WITHIN_S))[0] == "late"
        for words in (SLOW, "我83"):
            one.ears.gates[words].set()
        async with asyncio.timeout(ENOUGH_S):
            while await one.stores.turns.promised("u", "我83"):
                await asyncio.sleep(0.02)
        told = ""
        while await waits(one):
            told += await said(one, say("fetch_label"), f"tap {len(told)}", tap="fetch")
        for answer in ("您：83岁", "没听明白", HEAD):
            assert told.count(answer) == 1


class TestDanger:
    async def test_in_a_slow_turn_the_number_comes_at_once(self, one: Desk) -> None:
        await one.ask(text(SLOW), WITHIN_S)
        outcome, answer = await one.ask(text("俺娘倒地上了"), WITHIN_S)
        assert outcome == "late"
        assert "120" in answer.decode()
        assert answer != PROMISE

    async def test_without_a_store_the_number_comes_too(self) -> None:
        async with desk(f"redis://127.0.0.1:{free_port()}/0") as lonely:
            outcome, answer = await lonely.ask(text("俺娘倒地上了"), WITHIN_S)
        assert outcome == "store_down"
        assert "120" in answer.decode()
        assert say("store_down") not in answer.decode()

    async def test_comes_before_what_waits(self, one: Desk) -> None:
        await late(one, SLOW)
        told = await said(one, "俺娘倒地上了")
        assert "120" in told.split("\n")[0]
        assert HEAD not in told


class TestWithoutAStore:
    async def test_it_is_said_and_nothing_is_done_later(
        self, redis: RealServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with desk(redis.url) as at:
            monkeypatch.setattr(reception, "FINISH_AFTER_S", 0.1)
            await said(at, "您好")
            before = await misses(at)
            with redis.frozen():
                outcome, answer = await at.ask(text("第二句"), WITHIN_S)
                assert (outcome, answer.decode()) == ("store_down", say("store_down"))
            # What was on its way to the store may hold a turn for a moment, which then ends by itself.
            await asyncio.sleep(LIMITS.turn_ms / 1000 + 0.5)
            assert await misses(at) == before
            assert await said(at, "第二句") != say("store_down")
            assert await misses(at) == before + 1

    async def test_all_tries_read_the_same(self) -> None:
        async with desk(f"redis://127.0.0.1:{free_port()}/0") as lonely:
            tries = [await lonely.ask(text("您好"), WITHIN_S) for _ in "12"]
        assert set(tries) == {("store_down", say("store_down").encode())}


class TestAStoreThatGoesAwayInTheMiddle:
    @pytest.fixture
    def redis(self, tmp_path: Path) -> Iterator[RealServer]:
        with real_server(tmp_path, "--appendonly", "yes", "--appendfsync", "always") as server:
            yield server

    @pytest.mark.parametrize("soon", [True, False], ids=["back in time", "back later"])
    async def test_the_promise_is_kept_when_it_is_back(
        self, redis: RealServer, monkeypatch: pytest.MonkeyPatch, soon: bool
    ) -> None:
        monkeypatch.setattr(reception, "FINISH_AFTER_S", 1.0)
        # A job that was just being claimed comes back after this time only.
        monkeypatch.setitem(job_queue._WORKER, "redelivery_timeout", timedelta(seconds=2))
        async with desk(redis.url, [SLOW], limits=Limits(turn_ms=1_500, command_s=0.8)) as at:
            assert (await at.ask(text(SLOW), WITHIN_S)) == ("late", PROMISE)
            redis.stop()
            at.ears.gates[SLOW].set()
            await asyncio.sleep(0.2 if soon else 2.0)
            redis.start()
            async with asyncio.timeout(ENOUGH_S):
                while not await misses(at):
                    await asyncio.sleep(0.1)
            assert (await at.ask(text(SLOW), WITHIN_S))[1] == PROMISE
            assert (await said(at, "看答案")).startswith(HEAD)
            await asyncio.sleep(1.5)
            assert await misses(at) == 0


class TestAKilledProcess:
    async def test_leaves_its_slow_turn_to_another(self, redis: RealServer) -> None:
        child = _child(redis.url, "--turn", SLOW, "push", "--finish-after", "1.0")
        try:
            assert child.stdout
            outcome, answer = (await asyncio.to_thread(child.stdout.readline)).split()
            assert (outcome, bytes.fromhex(answer)) == ("late", PROMISE)
        finally:
            child.kill()
            child.communicate()
        async with desk(redis.url) as other:
            assert (await other.ask(text(SLOW, "push"), WITHIN_S))[1] == PROMISE
            assert (await until_told(other))[0].id == "late:push"
            assert await misses(other) == 1
            assert (await said(other, "看答案")).startswith(HEAD)

    async def test_a_promise_is_kept_also_when_its_bytes_are_gone(self, redis: RealServer) -> None:
        limits = Limits(answer_ms=50)
        async with desk(redis.url, limits=limits) as at:
            await at.stores.turns.promise("u", SLOW, PROMISE, messages.dump(text(SLOW)), "message")
            await asyncio.sleep(0.1)
            await at.office.reception.finish(text("", SLOW))
            assert [notice.id for notice in await waits(at)] == [f"late:{SLOW}"]

    async def test_what_is_not_done_at_the_end_is_left_to_the_job(
        self, redis: RealServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.wechat.office.CLOSE_S", 0.1)
        async with desk(redis.url, [SLOW]) as ending:
            await ending.ask(text(SLOW), WITHIN_S)
        async with desk(redis.url) as other:
            await other.office.reception.finish(text("", SLOW))
            assert await misses(other) == 1


class TestARecording:
    async def test_that_takes_long_to_hear_is_promised(self, redis: RealServer) -> None:
        heard = asyncio.Event()

        async def listen(message: Message) -> Message:
            await heard.wait()
            return text("我83", "voice")

        async with desk(redis.url) as at:
            at.office.reception._listen = listen
            message = Message("u", "voice", key="voice", media="m")
            assert await at.ask(message, WITHIN_S) == ("late", PROMISE)
            heard.set()
            notice = (await until_told(at))[0]
            assert notice.taps
            assert (await at.stores.turns.recall("u")).people["self"].facts["age"] == 83


class TestByCustomerService:
    @asynccontextmanager
    async def _desk(self, redis: RealServer, platform: Platform) -> AsyncIterator[Desk]:
        async with desk(redis.url, [SLOW], base=platform.base, secret="s" * 16) as at:
            yield at
            at.ears.gates[SLOW].set()

    async def _late(self, at: Desk, platform: Platform) -> None:
        await at.ask(text(SLOW), WITHIN_S)
        at.ears.gates[SLOW].set()
        async with asyncio.timeout(ENOUGH_S):
            while not platform.hits[CUSTOM]:
                await asyncio.sleep(0.02)

    async def test_the_answer_comes_by_itself_and_once(self, redis: RealServer, platform: Platform) -> None:
        async with self._desk(redis, platform) as at:
            await self._late(at, platform)
            async with asyncio.timeout(ENOUGH_S):
                while await waits(at):
                    await asyncio.sleep(0.02)
            assert await said(at, "看答案") == say("nothing_waits")
        assert platform.hits[CUSTOM] == 1
        assert platform.bodies(CUSTOM)[0]["touser"] == "u"

    async def test_that_all_was_forgotten_is_told_too_and_then_nothing_is_left(
        self, redis: RealServer, platform: Platform
    ) -> None:
        async with desk(redis.url, [FORGET], base=platform.base, secret="s" * 16) as at:
            await at.ask(text(FORGET), WITHIN_S)
            at.ears.gates[FORGET].set()
            async with asyncio.timeout(ENOUGH_S):
                while not platform.hits[CUSTOM] or await waits(at):
                    await asyncio.sleep(0.02)
        assert say("forgotten") in platform.bodies(CUSTOM)[0]["text"]["content"]
        assert 0 < redis.tell("PTTL", Keys.of("u").all[8]) <= 300_000
        assert redis.tell("HGET", Keys.of("u").all[8], "left") == b"0"

    @pytest.mark.parametrize("errcode", [45015, 45047, 48001])
    async def test_where_it_may_not_be_sent_it_waits(
        self, redis: RealServer, platform: Platform, errcode: int
    ) -> None:
        platform.then[CUSTOM] = {"errcode": errcode, "errmsg": "no"}
        async with self._desk(redis, platform) as at:
            await self._late(at, platform)
            await asyncio.sleep(0.3)
            assert (await said(at, "看答案")).startswith(HEAD)
        assert platform.hits[CUSTOM] == 1

    async def test_of_a_killed_process_too(self, redis: RealServer, platform: Platform) -> None:
        stores = await connect(redis.url)
        await stores.turns.promise("u", SLOW, PROMISE, messages.dump(text(SLOW)), "message")
        await stores.close()
        async with self._desk(redis, platform) as at:
            at.ears.gates[SLOW].set()
            await at.office.later("finish", text(SLOW), 0.0)
            async with asyncio.timeout(ENOUGH_S):
                while not platform.hits[CUSTOM]:
                    await asyncio.sleep(0.02)


async def test_a_finish_that_finds_a_turn_still_held_raises_so_that_it_is_tried_again(one: Desk) -> None:
    short = await connect(one.stores.url, Limits(turn_wait_s=0.2))
    await one.ask(text(SLOW), WITHIN_S)
    with pytest.raises(StoreDown):
        async with short.turns.turn("u", SLOW, finish=True):
            pass
    await short.close()


def _child(url: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.late_child", url, *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
