"""Who serves: bind codes that work once, and the commands of operators, over a real store."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from bot.dispatch import tokens
from bot.dispatch.staff import actor_of, serves
from bot.dispatch.staff_commands import staff_cli
from bot.errors import BotError, NotFound, SettingError
from bot.models import Message, Staff
from tests.duty_side import KAIFENG, NANYANG, STAFF, WANCHENG, WOLONG, Side, actor, side
from tests.storage import RealServer, real_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as up:
        yield up


@pytest.fixture
async def room(server: RealServer) -> AsyncIterator[Side]:
    server.tell("FLUSHALL")
    async with side(server.url) as one:
        await one.hired()
        yield one


async def bound(room: Side, user: str, text: str) -> str:
    reply = await room.duty.bind(Message(user, text=text))
    assert reply
    return reply.texts[0]


@pytest.mark.parametrize(
    "wrote",
    [
        "绑定{}",
        "绑定 {}",
        "綁定：{}。",
        "  绑定\n{}",
        "绑定码{}",
        "绑定{0[0]}{0[1]}-{0[2]}{0[3]}{0[4]}{0[5]}{0[6]}{0[7]}",
    ],
)
async def test_a_code_binds(room: Side, wrote: str) -> None:
    code = await room.codes.issue("s6")
    assert re.fullmatch("[0-9]{8}", code)
    assert "绑定好了" in await bound(room, "oQian", wrote.format(code))
    kept = await room.stores.staff.get("s6")
    assert kept
    assert kept.user == "oQian"


async def test_full_width_digits_bind_too(room: Side) -> None:
    code = await room.codes.issue("s6")
    wide = code.translate({ord("0") + i: chr(ord("０") + i) for i in range(10)})
    assert "绑定好了" in await bound(room, "oQian", f"绑定{wide}")


async def test_a_code_works_for_one_user_only(room: Side) -> None:
    code = await room.codes.issue("s6")
    async with asyncio.TaskGroup() as group:
        tries = [group.create_task(bound(room, user, f"绑定{code}")) for user in ("oA", "oB", "oC")]
    assert sum("绑定好了" in task.result() for task in tries) == 1


async def test_a_push_that_comes_twice_binds_once_more(room: Side) -> None:
    code = await room.codes.issue("s6")
    first = await bound(room, "oQian", f"绑定{code}")
    assert await bound(room, "oQian", f"绑定{code}") == first
    assert "没绑上" in await bound(room, "oOther", f"绑定{code}")


async def test_nobody_hears_whether_a_code_exists(room: Side) -> None:
    used, gone, off = [await room.codes.issue(one) for one in ("s1", "s6", "s3")]
    await bound(room, "oFirst", f"绑定{used}")
    await room.codes.issue("s6")
    await room.stores.staff.add(Staff("s3", "王强", "worker", (KAIFENG,), active=False))
    never = next(code for code in ("00000000", "11111111") if code not in (used, gone, off))
    answers = {
        await bound(room, f"oTry{i}", f"绑定{code}") for i, code in enumerate((used, gone, off, never))
    }
    assert len(answers) == 1


async def test_after_five_wrong_codes_even_the_right_one_waits(room: Side) -> None:
    code = await room.codes.issue("s6")
    for i in range(5):
        assert "没绑上" in await bound(room, "oGuess", f"绑定{(int(code) + 1 + i) % 10**8:08}")
    assert "一个小时" in await bound(room, "oGuess", f"绑定{code}")
    assert "绑定好了" in await bound(room, "oQian", f"绑定{code}")


async def test_right_codes_are_not_counted(room: Side) -> None:
    for _ in range(7):
        assert "绑定好了" in await bound(room, "oQian", f"绑定{await room.codes.issue('s6')}")


async def test_a_short_code_is_refused_and_other_words_are_no_code(room: Side) -> None:
    assert "没绑上" in await bound(room, "oQian", "绑定1234")
    for text in ("绑定", "绑定银行卡", "怎么绑定12345678", "12345678", "绑定" + "1" * 60, ""):
        assert await room.duty.bind(Message("oQian", text=text)) is None
    assert await room.duty.bind(Message("oQian", kind="image", text="绑定12345678")) is None


@pytest.mark.parametrize("user", ["api:somebody", "try:1234"])
async def test_only_a_wechat_can_be_bound(room: Side, user: str) -> None:
    code = await room.codes.issue("s6")
    assert "公众号" in await bound(room, user, f"绑定{code}")
    assert (await room.stores.staff.get("s6")) == STAFF[5]


async def test_the_store_and_the_logs_hold_no_code(room: Side, server: RealServer) -> None:
    with capture_logs() as lines:
        code = await room.codes.issue("s6")
        kept = [server.tell("GET", key) for key in server.tell("KEYS", "*shelf*")]
        keys = server.tell("KEYS", "*")
        await bound(room, "oQian", f"绑定{code}")
    assert not [one for one in (*kept, *keys) if code.encode() in (one or b"")]
    assert code not in str(lines)
    assert "oQian" not in str(lines)


def test_roles_and_areas() -> None:
    worker, lead, hotline = STAFF[0], STAFF[3], STAFF[4]
    assert actor_of(hotline) is None
    found = actor_of(lead)
    assert found
    assert (found.role, found.by) == ("lead", "staff:s4")
    assert serves(lead, WANCHENG)
    assert not serves(worker, WANCHENG)
    assert not serves(worker, NANYANG)
    assert serves(worker, None)


Runs = Callable[..., str]


@pytest.fixture
def runs(server: RealServer) -> Runs:
    server.tell("FLUSHALL")

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(staff_cli, arguments, env={"REDIS_URL": server.url, "COLUMNS": "200"})
        if isinstance(done.exception, BotError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_added_listed_disabled(runs: Runs) -> None:
    told = runs("add", "李梅", "--role", "worker", "--area", "411303", "--area", "宛城区")
    assert told.startswith("s1\t李梅\tworker\t411303 411302\n")
    assert re.search("绑定[0-9]{8}", told)
    assert runs("add", "赵", "--role", "lead", "--area", NANYANG).startswith("s2\t")
    assert runs("list").splitlines()[0] == "s1\t李梅\tworker\t411303 411302\tnot bound"
    assert "卧龙区" in runs("areas", "s1")
    assert runs("areas", "s1", "--area", "开封市").split() == [KAIFENG, "河南省开封市"]
    assert "disabled" in runs("disable", "s1")
    assert runs("list").splitlines()[0].endswith("disabled")
    assert runs("add", "新人", "--role", "worker", "--area", WOLONG).startswith("s3\t")


def test_a_printed_code_binds_until_the_next_one(runs: Runs, server: RealServer) -> None:
    first, second = (
        found[1]
        for told in (runs("add", "李梅", "--role", "worker", "--area", WOLONG), runs("code", "s1"))
        if (found := re.search("绑定([0-9]{8})", told))
    )

    async def tried() -> list[str]:
        async with side(server.url) as one:
            return [await bound(one, f"o{code}", f"绑定{code}") for code in (first, second)]

    answers = asyncio.run(tried())
    assert ["绑定好了" in answer for answer in answers] == [False, True]
    assert runs("list").endswith("\tbound\n")
    runs("disable", "s1")
    assert "not bound" not in runs("list")


async def test_what_who_is_disabled_still_has_is_told(room: Side, server: RealServer) -> None:
    request = await room.called()
    await room.desk.take(request.id, actor("s1"))
    await room.indexed()

    def disabled() -> str:
        return CliRunner().invoke(staff_cli, ["disable", "s1"], env={"REDIS_URL": server.url}).stdout

    assert request.id in await asyncio.to_thread(disabled)
    assert await room.says("s1", "工单") is None


def test_without_an_address_the_store_of_the_data_folder_is_meant(tmp_path: Path) -> None:
    env = {"BOT_DATA_DIR": str(tmp_path / "var"), "COLUMNS": "200"}
    for arguments in (["add", "李梅", "--role", "worker", "--area", WOLONG], ["list"]):
        with capture_logs():
            done = CliRunner().invoke(staff_cli, arguments, env=env)
    assert done.stdout.startswith("s1\t李梅")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("add", "李梅", "--role", "worker"), SettingError),
        (("add", "李梅", "--role", "worker", "--area", "无此地"), SettingError),
        (("add", " ", "--role", "worker", "--area", WOLONG), SettingError),
        (("code", "s9"), NotFound),
        (("token", "s9"), NotFound),
        (("disable", "s9"), NotFound),
        (("areas", "s9"), NotFound),
    ],
)
def test_wrong_usage_says_how_to_mend_it(
    runs: Runs, arguments: tuple[str, ...], error: type[BotError]
) -> None:
    with pytest.raises(error):
        runs(*arguments)


@pytest.mark.parametrize("what", ["code", "token"])
def test_who_is_disabled_gets_no_new_one(runs: Runs, what: str) -> None:
    runs("add", "李梅", "--role", "worker", "--area", WOLONG)
    runs("disable", "s1")
    with pytest.raises(SettingError):
        runs(what, "s1")


def test_a_token_holds_until_the_next_one_or_who_has_it_leaves(runs: Runs, server: RealServer) -> None:
    runs("add", "李梅", "--role", "worker", "--area", WOLONG)
    first, second = [runs("token", "s1").strip() for _ in range(2)]

    async def holds() -> list[bool]:
        async with side(server.url) as one:
            rooms = one.stores
            return [bool(await tokens.holder(rooms.shelf, rooms.staff, token)) for token in (first, second)]

    assert asyncio.run(holds()) == [False, True]
    runs("disable", "s1")
    assert asyncio.run(holds()) == [False, False]
    assert not server.tell("KEYS", "wenyanglao:shelf:staff-token*"), "taken back, not only refused"
