"""删除我的资料: whatever a user can leave behind is gone from the whole store when the answer goes out."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.booking.history import SHANGHAI, grown
from bot.handing import issue
from bot.keys import CONVERSATION, LINKS, SHELF, STAFF
from bot.models import Message, Notice, Place, Reply, Request, RequestState, Staff
from bot.store.connect import Stores
from bot.store.scripts import Keys
from bot.wechat.messages import dump
from tests.privacy_side import at, holding, key_line, log_on_disk, opened, operator, raw_store, with_file
from tests.running import Running, running
from tests.storage import RealServer, real_server

NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
WHO, OTHER = "oPlantedElder", "oAnotherElder"
# Each stands at one place only, so that a failure names it.
NAME, CALLER, CONTACT, PERSON = "欧阳建国", "司马秀英", "诸葛大川", "上官桂兰"
PHONE, LAST_PHONE, NOTE, COMMENT = "13700001234", "13900005678", "门铃坏了敲窗", "小伙子手脚麻利"
STREET, SPOT, LATE, TOLD, TIMES = (
    "梅溪路七十八号院",
    "滨河东路十九号楼",
    "灶台漏水三天了",
    "周二改到周四",
    "等闺女下班",
)
PLANTED = (NAME, CALLER, CONTACT, PERSON, PHONE, LAST_PHONE, NOTE, COMMENT, STREET, SPOT, LATE, TOLD, TIMES)
STATES: tuple[RequestState, ...] = (
    "submitted", "accepted", "on_the_way", "done", "cancelled", "failed", "expired",
)  # fmt: skip


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(
        tmp_path_factory.mktemp("redis"), "--appendonly", "yes", "--appendfsync", "always"
    ) as up:
        yield up


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "data-keys"
    path.write_text(key_line("k1"))
    return path


@pytest.fixture(scope="module")
def logged() -> Iterator[io.StringIO]:
    """All that is logged by us and by the libraries, from debug on."""
    told, before = io.StringIO(), structlog.get_config()
    handler, level = logging.StreamHandler(told), logging.root.level
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(told))
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.DEBUG)
    yield told
    logging.root.setLevel(level)
    logging.root.removeHandler(handler)
    structlog.configure(**before)


@pytest.fixture(scope="module")
def up(
    logged: io.StringIO, redis: RealServer, keys: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    settings = {"REDIS_URL": redis.url, "DATA_KEYS_FILE": keys, "PUBLIC_URL": "https://care.example.test"}
    with running(tmp_path_factory.mktemp("data"), **settings) as server:
        yield server


def words_of(reply: Reply) -> bytes:
    return json.dumps([*reply.texts, [tap.label for tap in reply.taps]], ensure_ascii=False).encode()


async def say(up: Running, count: list[int], text: str = "", who: str = WHO, **more: Any) -> str:
    count[0] += 1
    message = Message(who, text=text, key=f"{who}-{count[0]}", **more)
    return (await up.app[CONVERSATION].answer(message, words_of)).answer.decode()


def calls() -> list[Request]:
    """One in each state, and one more than every turn reads."""
    made = []
    for number, state in enumerate((*STATES, *(["done"] * 20))):
        new = Request(
            f"90000{number:02}", WHO, "bathing", "411303", None, TIMES, STREET, PHONE, CONTACT, PERSON, note=NOTE
        )  # fmt: skip
        moved = grown(new, "submitted", "elder", NOW - timedelta(days=number + 1))
        if state != "submitted":
            moved = grown(moved, state, "staff:s9", NOW - timedelta(days=number, hours=1))  # type: ignore[arg-type]
        made.append(moved if state != "done" else _rated(moved))
    return made


def _rated(request: Request) -> Request:
    return grown(
        replace(request, rating="good", comment=COMMENT),
        "done",
        "elder",
        NOW - timedelta(hours=1),
        "rating comment",
    )


async def filled(up: Running, stores: Stores, count: list[int]) -> None:
    """All that a user can leave."""
    await say(up, count, kind="event", event="subscribe")
    await say(
        up, count, f"我妈83岁，低保，二级残疾，失能，农村户口，一个人住，家在卧龙区。{NAME}大爷76，独居"
    )
    await say(up, count, f"{NAME}多大能领高龄津贴", kind="voice")
    code = await issue(up.app[SHELF], {"region": "411303", "age": 71}, CALLER)
    assert CALLER in await say(up, count, code)
    await _booked(up, stores, count)
    await stores.mailbox.put(WHO, Notice("n1", (TOLD,)))
    await stores.mailbox.consent(WHO, "template", 2)
    link = await up.app[LINKS].fresh()
    await up.app[LINKS].keep(link, WHO, NAME)
    await up.app[STAFF].add(Staff("s1", "测试员", "worker", ("411303",)))
    await up.app[STAFF].bind("s1", WHO)
    promised = Message(WHO, text=LATE, key="late")
    await stores.turns.promise(WHO, "late", words_of(Reply((LATE,))), dump(promised), "message")


async def _booked(up: Running, stores: Stores, count: list[int]) -> None:
    for request in calls():
        await up.app[CONVERSATION]._calls.follow(request)  # type: ignore[union-attr]
        assert await stores.requests.save(request, 0)
        await stores.server.script(
            "return redis.call('SET', KEYS[1], ARGV[1])",
            (f"wenyanglao:request:{request.id}",),
            stores.server.sealer.seal("owner", request.id, WHO.encode()),
        )
    await say(up, count, f"给{NAME}大爷约个助浴，明天下午三点，电话{LAST_PHONE}")
    await say(up, count, kind="location", place=Place(33.0, 112.5, SPOT))


def at_rest(up: Running, redis: RealServer) -> None:
    """Until the jobs that came of it are done."""

    async def quiet() -> None:
        async with asyncio.timeout(30):
            while redis.tell("XLEN", "wenyanglao-jobs:stream"):
                await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)

    up.run(quiet())


@pytest.fixture(scope="module")
def erased(up: Running, redis: RealServer, keys: Path) -> dict[str, Any]:
    """The store before and after, and what the user was told."""
    count, seen = [0], dict[str, Any]()

    async def story() -> None:
        async with at(redis, with_file(keys)) as stores:
            await say(up, count, f"{OTHER}我爸88岁，家在卧龙区", who=OTHER)
            await filled(up, stores, count)
            seen["before"] = await opened(stores.server)
            seen["raw before"] = holding(redis, *PLANTED)
            seen["links before"] = await up.app[LINKS].count(WHO)
            seen["told"] = await say(up, count, "删除我的资料")
            # At once, and not when the jobs are done.
            seen["after"] = await opened(stores.server)
            seen["raw after"] = holding(redis, *PLANTED)
            seen["session"] = await stores.turns.recall(WHO)
            seen["calls"] = await stores.requests.of(WHO)
            seen["links"] = await up.app[LINKS].count(WHO)
            seen["other"] = await stores.turns.recall(OTHER)

    up.run(story())
    at_rest(up, redis)

    async def later() -> None:
        async with at(redis, with_file(keys)) as stores:
            seen["at rest"] = await opened(stores.server)

    up.run(later())
    return seen


def missing(words: tuple[str, ...], text: str) -> list[str]:
    return [word for word in words if word not in text]


def test_everything_had_been_there(erased: dict[str, Any]) -> None:
    assert missing(PLANTED, erased["before"]) == []
    assert erased["links before"] >= 1


def test_nothing_of_it_ever_lay_open(erased: dict[str, Any]) -> None:
    assert erased["raw before"] == {}
    assert erased["raw after"] == {}


def test_nothing_is_left_when_the_answer_goes_out(erased: dict[str, Any]) -> None:
    assert [word for word in PLANTED if word in erased["after"]] == []
    assert erased["links"] == 0
    assert not erased["session"].people
    assert erased["session"].region in (None, "411303")
    assert erased["session"].draft is None


def test_nothing_comes_back_by_the_jobs_behind(erased: dict[str, Any]) -> None:
    assert [word for word in PLANTED if word in erased["at rest"]] == []


def test_of_the_user_s_keys_only_what_names_nobody_is_left(erased: dict[str, Any], redis: RealServer) -> None:
    left = {key.decode().rpartition(":")[2] for key in redis.tell("KEYS", f"{Keys.of(WHO).all[0][:-5]}:*")}
    # The answers are empty, and only say that their pushes were answered; the other three belong to the calls; the staff's
    # binding ends with their work.
    assert left <= {"session", "answers", "answered", "requests", "older", "versions", "staff", "turn", "quota",
                    "waiting", "order"}  # fmt: skip
    values = redis.tell("HVALS", Keys.of(WHO).all[2])
    assert [value for value in values[:-1] if value] == []


def test_calls_that_nobody_set_out_for_are_called_off_and_the_user_is_told(erased: dict[str, Any]) -> None:
    states = {one.id: one.state for one in erased["calls"]}
    assert states["9000000"] == states["9000001"] == "cancelled"
    assert states["9000002"] == "on_the_way"
    assert "已经在路上的那一次可能还会来" in erased["told"]
    assert "看答案" not in erased["told"]
    assert len(erased["calls"]) == len(calls())


def test_of_others_nothing_is_gone(erased: dict[str, Any]) -> None:
    assert erased["other"].people


def test_the_logs_and_the_queue_named_nothing(
    erased: dict[str, Any], redis: RealServer, logged: io.StringIO
) -> None:
    out = logged.getvalue()
    assert "staff_bound" in out or len(out) > 1000
    assert [word for word in (*PLANTED, WHO) if word in out] == []
    queue = {key: text for key, text in raw_store(redis).items() if key.startswith(b"wenyanglao-jobs")}
    assert queue
    assert [word for word in PLANTED if any(word.encode() in text for text in queue.values())] == []


def test_the_openid_stands_open_in_the_queue_and_nowhere_else(
    erased: dict[str, Any], redis: RealServer
) -> None:
    assert [key for key in holding(redis, WHO) if not key.startswith(b"wenyanglao-jobs")] == []


def test_the_log_on_disk_held_sealed_bytes_only_and_is_written_anew(
    erased: dict[str, Any], redis: RealServer, keys: Path
) -> None:
    before = log_on_disk(redis)
    assert [word for word in PLANTED if word.encode() in before] == []
    session = Keys.of(WHO).session.encode()
    assert before.count(session) > 3

    async def rewritten() -> None:
        async with at(redis, with_file(keys)) as stores:
            assert await stores.server.rewrite_log()
        async with asyncio.timeout(30):
            while log_on_disk(redis).count(session) > 2:
                await asyncio.sleep(0.1)

    asyncio.run(rewritten())


def test_an_operator_exports_and_erases_by_user_or_by_call(
    up: Running, redis: RealServer, keys: Path
) -> None:
    del up
    env = {"REDIS_URL": redis.url, "DATA_KEYS_FILE": str(keys), "BOT_AS_OF": NOW.isoformat()}
    told = json.loads(operator(env, "export", OTHER, "--json"))
    assert told["session"]["people"]["father"]["facts"]["age"] == 88
    readable = operator(env, "export", OTHER)
    assert "您父亲：" in readable
    assert "88" in readable
    assert operator(env, "forget", OTHER).strip() == "erased"
    assert json.loads(operator(env, "export", OTHER, "--json"))["session"]["people"] == {}
    assert "9000002" not in operator(env, "forget", "--call", "9000000").replace("9000002", "", 1)
    table = operator(env, "inventory")
    assert "session\t" in table
    assert "plain" not in table
