"""The commands of operators: what never arrived is listed and sent again, and a person can be a county's platform."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import Field
from typer.testing import CliRunner, Result

from bot.config import Settings
from bot.dispatch import commands
from bot.errors import BotError
from tests.dispatching import Bot, dispatching
from tests.platform import faults
from tests.service_platform.county import PATH, SHARED, County
from tests.storage import ROOT, RealServer, free_port, real_server


class Named(Settings):
    """Settings as they are, with the file of platforms."""

    platforms_file: Path | None = Field(None, validation_alias="SERVICE_PLATFORMS")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path) as server:
        yield server


@pytest.fixture
async def bot(redis: RealServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """A bot, and settings of the commands that name its store and its platform."""
    async with County() as county, dispatching(redis, county, pauses_s=(0.05,)) as one:
        file = tmp_path / "platforms.yaml"
        file.write_text(f'- id: county\n  regions: ["411303"]\n  url: {county.url}\n  secret: {SHARED}\n')
        file.chmod(0o600)
        monkeypatch.setenv("REDIS_URL", redis.url)
        monkeypatch.setenv("SERVICE_PLATFORMS", str(file))
        # The stand-in looks at the time stamps by the bot's clock.
        monkeypatch.setenv("BOT_AS_OF", one.clock().isoformat())
        monkeypatch.setattr(commands, "load_settings", Named)
        yield one


async def run(*arguments: str) -> Result:
    """A command, in a thread: the platform listens in this one."""
    return await asyncio.to_thread(CliRunner().invoke, commands.platform_cli, list(arguments))


async def test_what_never_arrived_is_listed_and_sent_again(bot: Bot) -> None:
    bot.county.faults.add(PATH, faults.page(500), times=5)
    first, second = await bot.book(), await bot.book()
    for request in (first, second):
        await bot.dispatched(request.id, "dead")
    listed = await run("dead", "list")
    assert sorted(line.split("\t")[:4] for line in listed.stdout.splitlines()) == sorted(
        [one.id, "bathing", "411303", "submitted"] for one in (first, second)
    )
    still = await run("dead", "resend", first.id)
    assert still.exit_code == 1
    assert still.stdout.endswith(f"{first.id}\tnot received; the log says why\n")
    all_ = await run("dead", "resend")
    assert all_.exit_code == 0
    assert sorted(all_.stdout.splitlines()) == sorted(f"{one.id}\treceived" for one in (first, second))
    assert (await run("dead", "list")).stdout == ""
    assert set(bot.county.calls) == {first.id, second.id}


async def test_a_number_that_no_call_has_is_told(bot: Bot) -> None:
    refused = await run("dead", "resend", "9000000")
    assert isinstance(refused.exception, BotError)
    assert "no call '9000000'" in refused.exception.message


async def test_an_unknown_platform_is_told(bot: Bot) -> None:
    refused = await run("simulate", "--platform", "nobody")
    assert isinstance(refused.exception, BotError)
    assert "there are: county" in refused.exception.message


async def test_a_port_that_is_taken_is_told(bot: Bot) -> None:
    refused = await run("simulate")
    assert isinstance(refused.exception, BotError)
    assert f"cannot listen on {bot.county.port}" in refused.exception.message


@asynccontextmanager
async def a_person(bot: Bot, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """Sits at a platform of that port."""
    program = (
        "import asyncio\nfrom tests.service_platform.simulate import main\n"
        f"asyncio.run(main('county', {SHARED!r}, {port}, {bot.url!r}, now=lambda: {bot.clock().timestamp()}))"
    )
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def says(process: asyncio.subprocess.Process, words: str) -> str:
    """The next line that holds these words."""
    assert process.stdout
    told = ""
    async with asyncio.timeout(20):
        while line := (await process.stdout.readline()).decode():
            told += line
            if words in line:
                return line
    raise AssertionError(told)


async def test_a_person_can_be_the_platform(redis: RealServer) -> None:
    port = free_port()
    seat = County(port=port)
    async with dispatching(redis, seat, pauses_s=(0.1,) * 50) as bot, a_person(bot, port) as person:
        assert person.stdin
        await says(person, f"http://127.0.0.1:{port}/requests")
        request = await bot.book(time_text="明天上午九点", urgent=True)
        line = await says(person, request.id)
        assert "助浴" in line
        assert "明天上午九点" in line
        assert "急" in line
        keys = f"l\n!500 2\nxyz\n:help\na {request.id}\nw {request.id}\nf {request.id} 家里没有人\nd {request.id}\n"
        person.stdin.write(keys.encode())
        for words in ("submitted", "2次", "看不懂", ":quit", "→ 200", "→ 200", "→ 200", "→ 409"):
            await says(person, words)
        kept = await bot.now(request.id)
        assert [(move.state, move.note) for move in kept.history] == [
            ("submitted", ""), ("accepted", ""), ("on_the_way", ""), ("failed", "家里没有人"),
        ]  # fmt: skip
        person.stdin.write(b":quit\n")
        await says(person, "再见")
        assert await person.wait() == 0
