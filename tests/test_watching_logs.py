"""The logs of a whole site: every line can be read by a program, has its request's id, and tells of nobody."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import pytest
import structlog

from bot.watching import logs, request_id
from bot.watching.redaction import redacted
from bot.watching.request_id import HEADER
from tests.watched_site import DANGER, NAME, OPENID, PHONE, PLACE, PLANTED, Site, misuse, site


async def comes(true: Callable[[], bool], within_s: float = 60.0) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.05)


def ids(one: Site, name: str) -> set[str]:
    return {line["request"] for line in one.lines(name) if "request" in line}


async def test_a_site_in_trouble_tells_of_nobody_and_every_request_can_be_followed(tmp_path: Path) -> None:
    """One run for all of it, since it takes two processes and a minute."""
    async with site(tmp_path) as one:
        await one.book()
        assert await metrics_of(one)
        await followed_into_the_worker(one)
        await misuse(one)
        await rasa_in_trouble(one)
        await platform_reports(one)
        await the_store_is_away(one)
    told = one.logs
    assert_lines(one)
    assert_nothing_personal(told)
    assert set(filter(None, one.rasa.ids)) <= ids(one, "server")
    assert any(one.rasa.ids)


async def metrics_of(one: Site) -> str:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"http://127.0.0.1:{one.metrics}/metrics") as answer:
            text = await answer.text()
        async with http.get(f"{one.server.url}/metrics") as public:
            assert public.status == 404
    assert not [words for words in PLANTED if words in text]
    return text


async def followed_into_the_worker(one: Site) -> None:
    """The push that booked, the first try to tell the platform, and the worker's next one: the same id."""
    await comes(lambda: bool(one.heard))
    pushed = {line["request"] for line in one.lines("server") if line["event"] == "push"}
    (booked,) = {one.heard[0]} & pushed
    with one.server_frozen():
        await comes(lambda: booked in ids(one, "worker"))
    assert one.heard == [booked] * len(one.heard)


async def rasa_in_trouble(one: Site) -> None:
    for say in ((500, f"{NAME} {PHONE}"), (200, f'{{"intent": "{NAME}'), (200, json.dumps({"intent": NAME}))):
        one.rasa.say = say
        await one.wechat.push_text(OPENID, f"我姓王，住{PLACE}，能领些啥呢")


async def platform_reports(one: Site) -> None:
    """The elder is told by WeChat, which refuses with the elder's name in its words."""
    one.county.manner = None
    await comes(lambda: bool(one.county.calls))
    (number,) = one.county.calls
    assert (await one.county.report(number, "accepted", note=f"{NAME} {PHONE}")).status == 200
    await comes(lambda: "wechat_call_failed" in one.logs["server"] + one.logs["worker"])


async def the_store_is_away(one: Site) -> None:
    one.redis.stop()
    told = await one.wechat.push_text(OPENID, f"俺娘{NAME}{DANGER}了")
    assert told
    assert "120" in told
    async with aiohttp.ClientSession() as http:
        body = {"user": OPENID, "text": f"{NAME} {PHONE}"}
        async with http.post(f"{one.server.url}/api/v1/talk", json=body) as answer:
            assert answer.status == 503
            assert answer.headers[HEADER] in ids(one, "server")
    one.redis.start()


def assert_lines(one: Site) -> None:
    for name in ("server", "worker"):
        lines = one.lines(name)
        assert lines
        for line in lines:
            assert {"time", "level", "event"} <= set(line), line
        plain = [line for line in one.logs[name].splitlines() if not line.startswith("{")]
        assert len(plain) == 1, plain


def assert_nothing_personal(told: dict[str, str]) -> None:
    for name, log in told.items():
        for words in (*PLANTED, "Traceback", "access_token="):
            assert words not in log, f"{words} stands in the log of the {name}"
            assert json.dumps(words).strip('"') not in log, f"{words} stands in the log of the {name}"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """A log of this process, put back as it was afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, structlog.get_config())
    yield io.StringIO()
    root.handlers[:], level, config = before
    root.setLevel(level)
    structlog.configure(**config)
    for name in ("nlu", "bot"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize("shape", ["json", "text"])
def test_libraries_and_ours_look_the_same(written: io.StringIO, shape: logs.Format) -> None:
    logs.configure(shape, "info", written)
    request_id.begin("the-request-1")
    structlog.get_logger("x").info("a thing happened", account="main")
    logging.getLogger("nlu.rasa").info("Rasa %s", "answers again")
    logging.getLogger("aiohttp.x").info("a library's chat is left out")
    ours, theirs = written.getvalue().splitlines()
    if shape == "json":
        assert json.loads(ours).keys() == {"time", "level", "event", "request", "account"}
        assert json.loads(theirs)["event"] == "Rasa answers again"
    else:
        assert "[info] a thing happened  request=the-request-1 account=main" in ours
        assert "[info] Rasa answers again  request=the-request-1" in theirs


def test_of_an_error_type_and_place_are_told_and_nothing_else(written: io.StringIO) -> None:
    logs.configure("json", "info", written)
    try:
        raise ValueError(f"{NAME} called {PHONE}")
    except ValueError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved\nfuture: <Task %s>", NAME)
        structlog.get_logger("x").error("it broke", exc_info=True, whom=object())
    for line in map(json.loads, written.getvalue().splitlines()):
        assert line["error"] == "ValueError"
        assert "test_watching_logs.py" in line["where"][0]
    assert NAME not in written.getvalue()
    assert PHONE not in written.getvalue()


@pytest.mark.parametrize(
    ("personal", "secret"),
    [
        ("13912345678", "13912345678"),
        ("+86 139-1234-5678", "+86 139-1234-5678"),
        ("0377-63123456", "0377-63123456"),
        ("411303194301011234", "411303194301011234"),
        ("41130319430101123X", "41130319430101123X"),
        ("oABCDEFGHIJKLMNOPQRSTUVWXYZ1", "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"),
        ("https://x.cn/a?access_token=T1-very-secret&b=1", "T1-very-secret"),
        ("redis://user:pass-word@10.0.0.1:6379/0", "pass-word"),
        ("Authorization: Bearer abc.def-ghi", "abc.def-ghi"),
        ("openid=oSHORT", "oSHORT"),
    ],
)
def test_what_looks_personal_is_taken_out_as_a_last_resort(personal: str, secret: str) -> None:
    for value in (f"看{personal}看", [personal], {"a": {"b": personal}}, {personal: 1}):
        assert secret not in json.dumps(redacted(value), ensure_ascii=False)


@pytest.mark.parametrize(
    "harmless", ["985 8178", "9858178", "2026-11-22T19:33:37.930+08:00", "4f2a" * 8, "/api/v1/talk"]
)
def test_what_an_operator_needs_stays(harmless: str) -> None:
    assert redacted(harmless) == harmless
    assert redacted({"ms": 12.5, "code": 45015, "ok": True}) == {"ms": 12.5, "code": 45015, "ok": True}


def test_what_is_no_plain_data_is_only_named() -> None:
    assert redacted(ValueError(NAME)) == "ValueError"
    assert redacted({"a": b"\xe8"}) == {"a": "bytes"}
    assert redacted(13912345678) == "[phone]"
