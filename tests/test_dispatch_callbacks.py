"""What platforms report: only what is signed, in time and possible moves a call, and only once."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import aiohttp
import pytest
from pydantic import SecretStr

from bot.booking import moves
from bot.booking.history import intact
from bot.booking.table import MAY, Actor
from bot.dispatch import callbacks, platform, sending
from bot.dispatch.callbacks import BODY_LIMIT, Report, _note
from bot.dispatch.platform import signature
from bot.dispatch.platforms import Platform
from bot.dispatch.sending import PAUSES_S
from bot.models import Request, RequestState
from tests.dispatching import WHO, Bot, Desk, dispatching
from tests.service_platform import signing
from tests.service_platform.county import SHARED, County
from tests.storage import ROOT, RealServer, real_server

OTHER = Platform("other", ("411024",), "http://127.0.0.1:1/", SecretStr("o" * 40))
WORKER = Actor("worker", "wang", ("411303",))


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
async def bot(redis: RealServer) -> AsyncIterator[Bot]:
    async with County() as county, dispatching(redis, county, desk=Desk(), others=(OTHER,)) as one:
        yield one


@pytest.fixture
async def call(bot: Bot) -> Request:
    """A call that the county's platform has."""
    request = await bot.book()
    await bot.dispatched(request.id, "sent")
    return request


def raw(number: str, state: str = "accepted", **more: Any) -> bytes:
    return json.dumps({"number": number, "state": state, **more}, ensure_ascii=False).encode()


async def unmoved(bot: Bot, request: Request) -> bool:
    return await bot.now(request.id) == request


@pytest.mark.parametrize(
    "header",
    [
        {"X_Dispatch_Signature": "0" * 64},
        {"X_Dispatch_Signature": ""},
        {"X_Dispatch_Signature": "不是签名"},
        {"X_Dispatch_Key_Id": "nobody"},
        {"X_Dispatch_Key_Id": "other"},
        {"X_Dispatch_Time": "soon"},
        {"X_Dispatch_Time": "-1"},
        {"X_Dispatch_Time": "9" * 40},
        {"Idempotency_Key": "another"},
        {"Idempotency_Key": ""},
        {"Idempotency_Key": "two words"},
        {"Idempotency_Key": "k" * 101},
        {"Idempotency_Key": "键"},
        {"X_Dispatch_Time": "１７９５３９９２００"},
        {"X_Dispatch_Time": "1795399200.5"},
    ],
    ids=str,
)
async def test_what_is_forged_is_refused(bot: Bot, call: Request, header: dict[str, str]) -> None:
    answer = await bot.county.report_raw(raw(call.id), **header)
    assert (answer.status, answer.body["error"]["code"]) == (401, "not_signed")
    assert await unmoved(bot, call)


async def test_a_changed_body_is_forged(bot: Bot, call: Request) -> None:
    good = signing.headers("county", SHARED, "k", raw(call.id), bot.clock().timestamp())
    async with (
        aiohttp.ClientSession() as http,
        http.post(bot.url, data=raw(call.id, "failed"), headers=good) as answer,
    ):
        assert answer.status == 401
    assert await unmoved(bot, call)


async def test_unsigned_is_refused_before_it_is_read(bot: Bot) -> None:
    async with aiohttp.ClientSession() as http, http.post(bot.url, data=b"{{{") as answer:
        assert answer.status == 401
    async with aiohttp.ClientSession() as http, http.get(bot.url) as answer:
        assert answer.status == 405


@pytest.mark.parametrize("off_s", [-301, 302, 86_400])
async def test_what_is_stale_is_refused_and_our_time_is_told(bot: Bot, call: Request, off_s: int) -> None:
    bot.county.now = lambda: bot.clock().timestamp() + off_s
    answer = await bot.county.report(call.id, "accepted")
    assert (answer.status, answer.body["error"]["code"]) == (401, "stale")
    assert str(int(bot.clock().timestamp()))[:8] in answer.body["error"]["message"]
    assert await unmoved(bot, call)


@pytest.mark.parametrize("off_s", [-280, 280])
async def test_clocks_may_differ_a_little(bot: Bot, call: Request, off_s: int) -> None:
    bot.county.now = lambda: bot.clock().timestamp() + off_s
    assert (await bot.county.report(call.id, "accepted")).status == 200


async def test_a_replay_gets_the_same_answer_and_moves_nothing(bot: Bot, call: Request) -> None:
    first = await bot.county.report(call.id, "accepted", "key-1")
    assert (await bot.county.report(call.id, "on_the_way", "key-2")).status == 200
    kept = await bot.now(call.id)
    assert await bot.county.report(call.id, "accepted", "key-1") == first
    assert await bot.now(call.id) == kept


async def test_one_key_is_for_one_report(bot: Bot, call: Request) -> None:
    await bot.county.report(call.id, "accepted", "key-3")
    answer = await bot.county.report(call.id, "done", "key-3")
    assert (answer.status, answer.body["error"]["field"]) == (422, "Idempotency-Key")
    assert (await bot.now(call.id)).state == "accepted"


async def test_many_at_once_move_it_once(bot: Bot, call: Request) -> None:
    same = [bot.county.report(call.id, "accepted", "key-4") for _ in range(6)]
    others = [bot.county.report(call.id, "accepted") for _ in range(6)]
    answers = await asyncio.gather(*same, *others)
    assert {one.status for one in answers} <= {200, 503}
    assert 200 in {one.status for one in answers[:6]}
    kept = await bot.now(call.id)
    assert [move.state for move in kept.history] == ["submitted", "accepted"]
    assert intact(kept)


async def test_a_number_that_no_call_has(bot: Bot) -> None:
    reserved = await bot.tracker.reserve(WHO)
    for number in ("9000000", reserved):
        assert (await bot.county.report(number, "accepted")).status == 404


async def test_a_call_of_somebody_else(bot: Bot, call: Request) -> None:
    elsewhere = await bot.book(region="411002")
    await bot.dispatched(elsewhere.id, "none")
    assert (await bot.county.report(elsewhere.id, "accepted")).status == 403
    now = bot.clock().timestamp()
    headers = signing.headers("other", "o" * 40, "k", raw(call.id), now)
    async with (
        aiohttp.ClientSession() as http,
        http.post(bot.url, data=raw(call.id), headers=headers) as answer,
    ):
        assert answer.status == 403
    assert await unmoved(bot, call)


async def test_what_is_not_possible_is_said_with_the_state(bot: Bot, call: Request) -> None:
    await bot.tracker.change(
        call.id, lambda one: moves.move(one, "cancelled", Actor("elder", WHO), bot.clock())
    )
    answer = await bot.county.report(call.id, "accepted", "key-5")
    assert (answer.status, answer.body["state"]) == (409, "cancelled")
    assert answer.body["error"]["code"] == "already_cancelled"
    assert await bot.county.report(call.id, "accepted", "key-5") == answer


async def test_what_a_worker_took_is_theirs(bot: Bot, call: Request) -> None:
    await bot.tracker.change(call.id, lambda one: moves.move(one, "accepted", WORKER, bot.clock()))
    answer = await bot.county.report(call.id, "done")
    assert (answer.status, answer.body["error"]["code"]) == (409, "taken_by_another")

    async def heard() -> bool:
        return bool(bot.county.calls[call.id]["taken_by"] == "staff")

    await bot.comes(heard)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"[]", 400),
        (b'{"number": "9137482", "number": "9137482", "state": "done"}', 400),
        (b'{"number": "9137482", "state": NaN}', 400),
        (b"\xff\xfe", 400),
        (b"[" * 5000, 400),
        (b'{"number": "9137482"}', 422),
        (b'{"number": 9137482, "state": "done"}', 422),
        (b'{"number": "9137482\\n", "state": "done"}', 422),
        ('{"number": "９１３７４８２", "state": "done"}'.encode(), 422),
        (b'{"number": "../../9137482", "state": "done"}', 422),
        (b'{"number": "9137482", "state": "submitted"}', 422),
        (b'{"number": "9137482", "state": "cancelled"}', 422),
        (b'{"number": "9137482", "state": "expired"}', 422),
        (b'{"number": "9137482", "state": "done", "note": null}', 422),
        (b'{"number": "9137482", "state": "done", "by": "lead"}', 422),
        (b'{"number": "9137482", "state": "done", "worker": "\xe7\x8e\x8b\xe5\xa4\xa7\xe5\xa6\x88"}', 422),
        (b'{"number": "9137482", "state": "done", "note": "' + b"x" * 10_000 + b'"}', 422),
        (b"x" * (BODY_LIMIT + 1), 413),
    ],
    ids=range(20),
)
async def test_what_is_absurd_is_refused(bot: Bot, body: bytes, status: int) -> None:
    answer = await bot.county.report_raw(body)
    assert answer.status == status
    assert answer.body["error"]["code"]
    assert "x" * 50 not in json.dumps(answer.body)


async def test_our_own_events_sent_back_move_nothing(bot: Bot, call: Request) -> None:
    event = json.dumps(bot.county.calls[call.id]).encode()
    assert (await bot.county.report_raw(event, f"{call.id}:1")).status == 422
    assert await unmoved(bot, call)


async def test_the_note_stays_without_what_is_personal(bot: Bot, call: Request) -> None:
    note = (
        "已联系，电话 138 0000-0000，\u202e身份证41130319400101001X，信箱 a.b@example.cn\n下午到" + "好" * 300
    )
    await bot.county.report(call.id, "accepted", note=note, worker="W-12")
    kept = (await bot.now(call.id)).history[-1].note
    assert kept.startswith("worker:W-12 已联系，电话 …，")
    assert "下午到" in kept
    assert len(kept) <= 220
    said = Report(number="9137482", state="done", note="打１３８００００００００或者幺三八零零零零零零零零")
    assert _note(said, call) == "打…或者…"
    written = Report(number="9137482", state="done", note="138.0000.0000、138/0000/0000、138_0000_0000")
    assert _note(written, call) == "…、…、…"
    for personal in ("0000", "4113", "example", "\u202e", "\n"):
        assert personal not in kept


@pytest.mark.parametrize("note", ["下午3点到", "2人上门，车牌豫R12345", "", "三个人一起去", "第3次联系"])
def test_what_is_not_personal_stays(note: str) -> None:
    call = Request("9137482", WHO, "bathing", address="某村", contact="王", person="三")
    assert _note(Report(number="9137482", state="done", note=note), call) == note


def test_what_the_call_tells_of_a_person_is_taken_out_of_the_note() -> None:
    call = Request("9137482", WHO, "bathing", address="七里园乡 某村1号", contact="王大妈", person="李奶奶")
    said = "已到七里园乡\u3000某村1号，王大妈在家，李奶奶\u200b睡了"
    assert _note(Report(number="9137482", state="done", note=said), call) == "已到…，…在家，… 睡了"


async def test_it_moves_under_others_who_move_it_too(bot: Bot, call: Request) -> None:
    async def elder(n: int) -> None:
        await bot.tracker.change(
            call.id,
            lambda one: moves.change(one, Actor("elder", WHO), bot.clock(), address=f"某村{n}号"),
        )

    answers, *_ = await asyncio.gather(bot.county.report(call.id, "accepted"), *map(elder, range(4)))
    assert answers.status == 200
    kept = await bot.now(call.id)
    assert (kept.version, kept.state) == (6, "accepted")
    assert intact(kept)


async def test_while_the_store_is_away_it_is_asked_again(tmp_path: Path) -> None:
    with real_server(tmp_path, "--appendonly", "yes", "--appendfsync", "always") as server:
        async with County() as county, dispatching(server, county, desk=Desk()) as bot:
            request = await bot.book()
            await bot.dispatched(request.id, "sent")
            server.stop()
            assert (await county.report(request.id, "accepted", "key")).status == 503
            server.start()

            async def moved() -> bool:
                return (await county.report(request.id, "accepted", "key")).status == 200

            await bot.comes(moved)
            assert [move.state for move in (await bot.now(request.id)).history] == ["submitted", "accepted"]

            async def told() -> bool:
                return bot.desk is not None and set(bot.desk.told) == {(request.id, 2, "accepted")}

            await bot.comes(told)


async def test_a_clock_that_jumps_refuses_and_loses_nothing(bot: Bot, call: Request) -> None:
    county_time = bot.clock().timestamp()
    bot.county.now = lambda: county_time
    bot.clock.jump(timedelta(days=400))
    assert (await bot.county.report(call.id, "accepted", "key-6")).status == 401
    bot.clock.jump(timedelta(days=-400))
    assert (await bot.county.report(call.id, "accepted", "key-6")).status == 200


def test_both_sides_sign_alike() -> None:
    body = '{"number": "9137482", "state": "accepted", "note": "下午到"}'.encode()
    ours = signature(SecretStr(SHARED), "1795399200", "report-1", body)
    assert ours == signing.sign(SHARED, "1795399200", "report-1", body)


def test_the_page_for_engineers_signs_as_we_do() -> None:
    page = (ROOT / "deploy" / "platform.md").read_text(encoding="utf-8")
    secret, stamp = re.findall(r"^Secret: `(\S+)`, time: `([0-9]+)`", page, re.MULTILINE)[0]
    examples = re.findall(
        r"`Idempotency-Key: (\S+)`.*?```json\n(.*?)\n```.*?Signature: ([0-9a-f]{64})`", page, re.DOTALL
    )
    assert [key for key, _, _ in examples] == ["9137482:1", "report-1"]
    for key, body, said in examples:
        assert signature(SecretStr(secret), stamp, key, body.encode()) == said
        assert signing.sign(secret, stamp, key, body.encode()) == said
    Report.model_validate_json(examples[1][1])


async def test_the_page_for_engineers_names_every_field(bot: Bot, call: Request) -> None:
    page = (ROOT / "deploy" / "platform.md").read_text(encoding="utf-8")
    shown = json.loads(re.findall(r"```json\n(\{\n.*?\n\})\n```", page, re.DOTALL)[0])
    assert set(shown) == set(bot.county.calls[call.id])
    assert all(f"`{name}`" in page for name in (*shown, *Report.model_fields))


async def test_whatever_breaks_the_answer_is_json_and_tells_nothing(
    bot: Bot, call: Request, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object) -> None:
        raise KeyError("王大妈的电话")

    monkeypatch.setattr(bot.stores.requests, "save", broken)
    answer = await bot.county.report(call.id, "accepted")
    assert (answer.status, answer.body["error"]["code"]) == (500, "internal")
    told = "".join(capfd.readouterr()) + json.dumps(answer.body, ensure_ascii=False)
    assert "KeyError" in told
    assert "王大妈" not in told


def test_the_page_for_engineers_tells_our_figures() -> None:
    page = (ROOT / "deploy" / "platform.md").read_text(encoding="utf-8")
    after = "after 5, 15, 30, 60 and 120 seconds, 5, 10, 20 and 30 minutes, and twice after an hour: 12 times"
    seconds = (5, 15, 30, 60, 120, *(60 * minutes for minutes in (5, 10, 20, 30)), 3600, 3600)
    assert (after in page, seconds) == (True, PAUSES_S)
    assert f"`Retry-After` in seconds ({platform._LONGEST_WAIT_S:.0f} at most)" in page
    assert f"within {platform.LIMITS.total:.0f} seconds" in page
    assert f"at most {platform._LONGEST_ANSWER // 1024} KiB" in page
    assert f"at most {callbacks.BODY_LIMIT // 1024} KiB" in page
    assert f"more than {callbacks.WINDOW_S // 60} minutes off" in page
    assert f"of which {callbacks._LONGEST_NOTE} are kept" in page
    assert sending._MOST_AT_ONCE == 4
    assert "At most four events at a time" in page


def test_the_page_for_engineers_tells_what_may_follow_what() -> None:
    page = (ROOT / "deploy" / "platform.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)`(?: \(by you\))? \| (`\w+`[^|]*) \|$", page, re.MULTILINE)
    told = {
        state: tuple(re.findall("`([a-z_]+)`", may)) for state, may in rows if state in get_args(RequestState)
    }
    assert told == {state: may for (state, role), may in MAY.items() if role == "platform"}
