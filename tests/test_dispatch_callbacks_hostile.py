"""Reports that are forged, replayed, late, early, or come twice at once on two processes: each call moves once, in order."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot import job_queue
from bot.booking.history import intact
from bot.booking.table import MAY
from bot.dispatch.callbacks import PATH, WINDOW_S
from bot.models import Request
from tests.dispatching import Bot, Desk, dispatching
from tests.platform import faults
from tests.service_platform import county as county_module
from tests.service_platform import signing
from tests.service_platform.county import SHARED, County, Taken
from tests.storage import ROOT, RealServer, real_server

NAME, PHONE, PLACE, OPENID = "欧阳翠花", "13912345678", "蒲山镇某村第九排", "oElderOfTheTests"
PLANTED = (NAME, PHONE, PLACE, OPENID, SHARED, "翠花")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path, "--appendonly", "yes", "--appendfsync", "always") as server:
        yield server


@pytest.fixture
async def bot(redis: RealServer) -> AsyncIterator[Bot]:
    async with County() as county, dispatching(redis, county, desk=Desk()) as one:
        yield one


async def sent(bot: Bot, **fields: str | bool | None) -> Request:
    request = await bot.book(**fields)
    await bot.dispatched(request.id, "sent")
    return request


def raw(number: str, state: str = "accepted", **more: Any) -> bytes:
    return json.dumps({"number": number, "state": state, **more}, ensure_ascii=False).encode()


async def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def post_until_told(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    """As a platform does: again, as long as it is asked to."""
    while (answer := await post(url, body, headers))[0] == 503:
        await asyncio.sleep(0.05)
    return answer


@contextmanager
def a_process(redis: RealServer, county: County, log: Path, *dies: str) -> Iterator[str]:
    """Another process of the bot; gives its door. Its log goes to the file."""
    command = [sys.executable, "-m", "tests.callbacks_child", str(redis.port), str(county.port), *dies]
    with log.open("wb") as told:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=told)
        try:
            assert process.stdout
            yield process.stdout.readline().decode().strip()
        finally:
            process.kill()
            said = process.communicate()[0]
            told.write(said or b"")


def gapless(request: Request) -> bool:
    """Whether each line came of the one before by a move that a platform may make."""
    moves = all(new.state in MAY.get((old.state, "platform"), ()) for old, new in pairwise(request.history))
    return moves and intact(request)


async def test_what_was_captured_is_worth_nothing_later(bot: Bot) -> None:
    request = await sent(bot)
    body = raw(request.id)
    captured = signing.headers("county", SHARED, "key", body, bot.clock().timestamp())
    first = await post(bot.url, body, captured)
    await bot.county.report(request.id, "done")
    kept = await bot.now(request.id)
    assert first[0] == 200
    assert await post(bot.url, body, captured) == first
    bot.clock.jump(timedelta(seconds=WINDOW_S + 10))
    assert (await post(bot.url, body, captured))[0] == 401
    # Our clock is put back, further than the message is old, and then to where it was.
    bot.clock.jump(timedelta(seconds=-2 * WINDOW_S - 20))
    assert (await post(bot.url, body, captured))[0] == 401
    bot.clock.jump(timedelta(seconds=WINDOW_S + 10))
    assert await post(bot.url, body, captured) == first
    assert await bot.now(request.id) == kept


async def test_the_parts_of_what_was_signed_cannot_be_moved(bot: Bot) -> None:
    """Key and body of one message, cut at another dot: the same bytes are signed."""
    request = await sent(bot)
    good = signing.headers("county", SHARED, "key", b"part." + raw(request.id), bot.clock().timestamp())
    assert (await post(bot.url, raw(request.id), good | {"Idempotency-Key": "key.part"}))[0] == 401
    assert await bot.now(request.id) == request


async def test_a_report_may_come_before_our_own_send_has_returned(bot: Bot) -> None:
    answers: list[int] = []

    async def at_once(taken: Taken) -> None:
        for state in ("accepted", "on_the_way", "done"):
            answer = await bot.county.report(taken.body["number"], state)
            answers.append(answer.status)

    bot.county.on_event = at_once
    request = await sent(bot)

    async def reported() -> bool:
        return answers == [200, 200, 200]

    await bot.comes(reported)
    kept = await bot.now(request.id)
    assert [move.state for move in kept.history] == ["submitted", "accepted", "on_the_way", "done"]
    await asyncio.sleep(0.5)
    assert bot.county.kinds(request.id) == ["request.created"]


async def test_a_report_during_the_last_try_is_not_forgotten(bot: Bot) -> None:
    """It has the call, reports, and never answers: that is no dead letter."""

    async def at_once(taken: Taken) -> None:
        assert (await bot.county.report(taken.body["number"], "accepted")).status == 200

    bot.county.on_event = at_once
    bot.county.faults.add(county_module.PATH, *[faults.page(500)] * 3, faults.lost())
    request = await bot.book()
    await bot.dispatched(request.id, "sent")
    assert (await bot.now(request.id)).state == "accepted"


@pytest.mark.parametrize("order", list(itertools.permutations(("accepted", "on_the_way", "done"))), ids=str)
async def test_reports_in_any_order_end_where_they_should(bot: Bot, order: tuple[str, ...]) -> None:
    request = await sent(bot)
    answers = [(await bot.county.report(request.id, state)) for state in order]
    assert {one.status for one in answers} <= {200, 409}
    assert all(one.body["state"] for one in answers)
    kept = await bot.now(request.id)
    assert kept.state == "done"
    assert gapless(kept)


async def test_two_processes_hear_the_same_at_once(redis: RealServer, tmp_path: Path) -> None:
    async with County() as county, dispatching(redis, county, desk=Desk()) as bot:
        with a_process(redis, county, tmp_path / "log") as other:
            for round_ in range(8):
                request = await sent(bot)
                body = raw(request.id)
                headers = signing.headers("county", SHARED, f"{round_}", body, bot.clock().timestamp())
                doors = [bot.url, other, bot.url, other]
                told = await asyncio.gather(*(post_until_told(door, body, headers) for door in doors))
                assert {status for status, _ in told} == {200}
                assert len({str(answer) for _, answer in told}) == 1
                kept = await bot.now(request.id)
                assert [move.state for move in kept.history] == ["submitted", "accepted"]


async def test_two_processes_hear_different_things_at_once(redis: RealServer, tmp_path: Path) -> None:
    async with County() as county, dispatching(redis, county, desk=Desk()) as bot:
        with a_process(redis, county, tmp_path / "log") as other:
            for round_ in range(8):
                request = await sent(bot)
                told = []
                for door, state in zip(
                    (bot.url, other) * 2, ("done", "accepted", "failed", "on_the_way"), strict=True
                ):
                    body, now = raw(request.id, state), bot.clock().timestamp()
                    headers = signing.headers("county", SHARED, f"{round_}-{state}", body, now)
                    told.append(post_until_told(door, body, headers))
                answers = await asyncio.gather(*told)
                kept = await bot.now(request.id)
                assert kept.state in ("done", "failed")
                assert gapless(kept)
                assert sum(status == 200 for status, _ in answers) == kept.version - 1


@pytest.mark.parametrize("dies", ["before-save", "after-save"])
async def test_a_process_that_dies_over_a_report_is_asked_again(
    redis: RealServer, tmp_path: Path, dies: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(job_queue._WORKER, "redelivery_timeout", timedelta(seconds=1))
    async with County() as county, dispatching(redis, county, desk=Desk()) as bot:
        request = await sent(bot)
        body = raw(request.id)
        headers = signing.headers("county", SHARED, "key", body, bot.clock().timestamp())
        with a_process(redis, county, tmp_path / "log", dies) as other, pytest.raises(aiohttp.ClientError):
            await post(other, body, headers)
        assert (await bot.now(request.id)).version == (2 if dies == "after-save" else 1)
        # Whoever died holds the report for some seconds yet.
        status, told = await asyncio.wait_for(post_until_told(bot.url, body, headers), 40)
        assert (status, told["state"]) == (200, "accepted")
        assert [move.state for move in (await bot.now(request.id)).history] == ["submitted", "accepted"]

        async def heard() -> bool:
            assert bot.desk
            return set(bot.desk.told) == {(request.id, 2, "accepted")}

        await bot.comes(heard)


def as_http(body: bytes, *headers: str, line: str = f"POST {PATH} HTTP/1.1") -> bytes:
    return "\r\n".join([line, "Host: x", *headers]).encode() + b"\r\n\r\n" + body


BAD_HTTP = {
    "no HTTP": f"{PHONE} {NAME}\r\n\r\n".encode(),
    "a header without a colon": as_http(b"", f"{PHONE}{NAME}"),
    "a wrong length": as_http(NAME.encode(), f"Content-Length: {PHONE}x"),
    "two lengths": as_http(NAME.encode(), "Content-Length: 3", "Content-Length: 9"),
    "length and chunks": as_http(NAME.encode(), "Content-Length: 3", "Transfer-Encoding: chunked"),
    "no chunk": as_http(NAME.encode(), "Transfer-Encoding: chunked"),
    "a header that is too long": as_http(b"", "X-Dispatch-Key-Id: " + PHONE * 2000),
    "a body that is no gzip": as_http(b"abc", "Content-Encoding: gzip", "Content-Length: 3"),
    "a method that nobody has": as_http(b"", line=f"{PHONE} {PATH} HTTP/1.1"),
    "another version": as_http(b"", line=f"POST {PATH}?{PHONE} HTTP/9.9"),
}


async def said(url: str, data: bytes) -> bytes:
    """What the door answers to these bytes."""
    parts = aiohttp.client.URL(url)
    reader, writer = await asyncio.open_connection(parts.host, parts.port)
    writer.write(data)
    writer.write_eof()
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()
    return answer


async def test_what_is_no_http_moves_nothing_and_the_door_stays_open(bot: Bot) -> None:
    request = await sent(bot)
    for data in BAD_HTTP.values():
        answer = await said(bot.url, data)
        assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), data
    assert await bot.now(request.id) == request
    assert (await bot.county.report(request.id, "accepted")).status == 200


async def test_a_packed_body_is_no_way_around_the_limit(bot: Bot) -> None:
    """It may become a thousand times as long."""
    request = await sent(bot)
    body = gzip.compress(raw(request.id, note="好" * 4_000_000))
    assert len(body) < 16 * 1024
    headers = signing.headers("county", SHARED, "key", body, bot.clock().timestamp())
    status, told = await post(bot.url, body, headers | {"Content-Encoding": "gzip"})
    assert (status, told["error"]["code"]) == (413, "too_large")
    assert await bot.now(request.id) == request


async def test_no_log_names_anybody(redis: RealServer, tmp_path: Path) -> None:
    """All that can go wrong goes wrong, in a process that logs all it can."""
    log = tmp_path / "log"
    async with County() as county:
        with a_process(redis, county, log) as door:
            async with dispatching(redis, County(port=county.port)) as bot:
                county.now, county.callback = lambda: bot.clock().timestamp(), door
                planted = {"contact": NAME, "phone": PHONE, "address": PLACE, "note": NAME, "person": NAME}
                wrong = [faults.page(500), faults.lost(), faults.text(f'{{"received": "{NAME}{PHONE}"}}')]
                county.faults.add(county_module.PATH, *wrong * 3)
                calls = [await bot.book(**planted) for _ in range(3)]
                for call in calls:
                    await bot.comes(lambda number=call.id: _settled(bot, number))  # type: ignore[misc]
                note = f"{NAME} {PHONE} {PLACE}"
                for state in ("accepted", "accepted", "done", "failed", NAME):
                    await county.report(calls[0].id, state, note=note)
                await county.report(calls[1].id, "accepted", note=note, worker=NAME)
                await county.report(PHONE[:10], "accepted")
                await county.report_raw(note.encode())
                await county.report_raw(raw(calls[2].id), X_Dispatch_Key_Id="x" + PHONE)
                await county.report_raw(raw(calls[2].id), X_Dispatch_Signature=SHARED)
                redis.stop()
                await county.report(calls[2].id, "accepted", note=note)
                redis.start()
                kept = await bot.now(calls[0].id)
    told = log.read_text(encoding="utf-8", errors="replace")
    assert "dispatch_not_received" in told
    assert "callback_refused" in told
    assert [line for line in told.splitlines() for word in PLANTED if word in line] == []
    assert [word for word in PLANTED if word in str(kept.history)] == []


async def _settled(bot: Bot, number: str) -> bool:
    line = await bot.line(number)
    return line is not None and line.dispatch in ("sent", "dead")
