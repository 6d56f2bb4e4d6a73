"""The client of the Rasa server: what it takes from a good one, and that no bad one leaves a text without an answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from nlu import embedded, rasa, rasa_model, report
from nlu.embedded import Embedded
from nlu.rasa import Rasa

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TEXT = "俺爹八十二了，低保户"
GOOD = {"text": TEXT, "intent": {"name": "inform", "confidence": 0.8}, "entities": []}
RANKED = [{"name": "inform", "confidence": 0.8}, {"name": "greet", "confidence": 0.2}]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture(scope="module")
def own() -> Embedded:
    return embedded.load(ROOT / "var", report.lexicon(ROOT / "tests" / "sentences" / "lexicon.yaml"))


@contextlib.asynccontextmanager
async def asking(
    own: Embedded, parse: Handler, model: str = rasa_model.name(), query: str = ""
) -> AsyncIterator[Rasa]:
    """The client before a server that answers `/model/parse` in its own way."""

    async def status(_: web.Request) -> web.Response:
        return web.json_response({"model_file": f"models/{model}.tar.gz", "num_active_training_jobs": 0})

    app = web.Application()
    app.router.add_post("/model/parse", parse)
    app.router.add_get("/status", status)
    async with TestServer(app) as server, rasa.connect(f"{server.make_url('/')}{query}", own) as engine:
        yield engine


def answering(body: Any, status: int = 200) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(
            text=body if isinstance(body, str) else json.dumps(body),
            status=status,
            content_type="application/json",
        )

    return answer


async def engines(client: Rasa, *texts: str) -> list[str]:
    return [(await client.understand(text, None, NOW)).engine for text in texts]


async def test_a_good_server_ranks_and_the_readers_read(own: Embedded) -> None:
    async with asking(own, answering(GOOD | {"intent_ranking": RANKED})) as client:
        heard = await client.understand(TEXT, None, NOW)
    assert (heard.engine, heard.intent) == ("rasa", "inform")
    assert [(person.subject, dict(person.facts)) for person in heard.people] == [
        ("father", {"age": 82, "status": {"low_income": True}})
    ]


async def test_a_server_that_names_one_intent_only_is_enough(own: Embedded) -> None:
    async with asking(own, answering(GOOD)) as client:
        assert await engines(client, TEXT) == ["rasa"]


async def test_danger_and_plain_words_ask_no_server(own: Embedded) -> None:
    asked = []

    async def count(request: web.Request) -> web.Response:
        asked.append(await request.json())
        return web.json_response(GOOD)

    async with asking(own, count) as client:
        danger = await client.understand("俺爹摔倒了起不来了快来人", None, NOW)
        assert await engines(client, "你好", "谢谢", "") == ["rules"] * 3
    assert (danger.engine, danger.emergency, asked) == ("rules", "fall", [])


async def test_the_token_in_the_address_goes_along(own: Embedded) -> None:
    tokens = []

    async def keep(request: web.Request) -> web.Response:
        tokens.append(request.query.get("token"))
        return web.json_response(GOOD)

    async with asking(own, keep, query="?token=s3cret") as client:
        await client.understand(TEXT, None, NOW)
    assert tokens == ["s3cret"]


async def test_no_text_is_an_order_to_the_server(own: Embedded) -> None:
    texts = []

    async def keep(request: web.Request) -> web.Response:
        texts.append((await request.json())["text"])
        return web.json_response(GOOD)

    async with asking(own, keep) as client:
        await client.understand('/restart{"a": 1} 低保咋办', None, NOW)
        await client.understand("//", None, NOW)
    assert not [text for text in texts if text.startswith("/")]


STRANGE = {
    "没有正文": "",
    "不是JSON": "<html>502</html>",
    "半截": '{"intent": {"name": "inf',
    "是一串": [],
    "没有意思": {"text": TEXT},
    "意思是空的": {"intent": {"name": None, "confidence": 0.0}},
    "把握不是数": {"intent": {"name": "inform", "confidence": "NaN"}},
    "把握大于一": {"intent": {"name": "inform", "confidence": 7}},
    "别的模型": {"intent": {"name": "order_pizza", "confidence": 0.9}},
    "混着别的模型": GOOD | {"intent_ranking": [*RANKED, {"name": "order_pizza", "confidence": 0.0}]},
    "巨大": {"intent": {"name": "inform", "confidence": 0.8}, "junk": "废" * 200_000},
}


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE.keys())
async def test_a_strange_answer_is_not_believed(
    own: Embedded, body: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with asking(own, answering(body)) as client:
        heard = await client.understand(TEXT, None, NOW)
    assert heard == own.parse(TEXT, None, NOW)
    assert "the embedded engine answers" in caplog.text
    assert TEXT not in caplog.text


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
async def test_an_error_is_not_believed(own: Embedded, status: int, caplog: pytest.LogCaptureFixture) -> None:
    async with asking(own, answering(GOOD, status)) as client:
        assert await engines(client, TEXT) == ["embedded"]
    assert str(status) in caplog.text


async def _hang(_: web.Request) -> web.Response:
    await asyncio.sleep(30)
    raise AssertionError("nobody waits so long")


async def _drip(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(300):
        await answer.write(b" ")
        await asyncio.sleep(0.1)
    return answer


async def _cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _half(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": "400"})
    await answer.prepare(request)
    await answer.write(b'{"intent": ')
    assert request.transport is not None
    request.transport.abort()
    return answer


@pytest.mark.parametrize("parse", [_hang, _drip, _cut, _half])
async def test_a_server_that_hangs_drips_or_cuts_the_line_costs_no_turn(
    own: Embedded, parse: Handler
) -> None:
    async with asking(own, parse) as client:
        async with asyncio.timeout(rasa.BUDGET_S + 2):
            heard = await client.understand(TEXT, None, NOW)
    assert heard == own.parse(TEXT, None, NOW)


async def test_nobody_listens_there(own: Embedded, unused_tcp_port: int) -> None:
    async with rasa.connect(f"http://127.0.0.1:{unused_tcp_port}", own) as client:
        assert await engines(client, TEXT) == ["embedded"]
        assert "embedded, because Rasa cannot be reached" in await client.state()


async def test_after_repeated_failures_it_is_left_alone_and_tried_again(
    own: Embedded, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(rasa, "REST_S", 0.3)
    asked, well = [], False

    async def sick(request: web.Request) -> web.Response:
        asked.append(1)
        return web.json_response(GOOD) if well else web.Response(status=500)

    async with asking(own, sick) as client:
        assert await engines(client, *[TEXT] * 30) == ["embedded"] * 30
        assert len(asked) == rasa.FAILURES
        well = True
        assert await engines(client, TEXT) == ["embedded"], "it is still left alone"
        await asyncio.sleep(0.4)
        assert await engines(client, TEXT, TEXT) == ["rasa", "rasa"]
    said = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert sum("status 500" in line for line in said) == 1, "told once, not with each turn"
    assert said[-1] == "Rasa answers again"


async def test_only_a_few_calls_are_in_flight_and_the_others_do_not_wait(
    own: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rasa, "BUDGET_S", 60.0)
    going, go = 0, asyncio.Event()

    async def held(_: web.Request) -> web.Response:
        nonlocal going
        going += 1
        await go.wait()
        return web.json_response(GOOD)

    async with asyncio.timeout(60), asking(own, held) as client:
        asked = [asyncio.create_task(client.understand(TEXT, None, NOW)) for _ in range(40)]
        while going < rasa.AT_ONCE or sum(one.done() for one in asked) < 40 - rasa.AT_ONCE:
            await asyncio.sleep(0.01)
        at_once = [one.result().engine for one in asked if one.done()]
        go.set()
        heard = await asyncio.gather(*asked)
    assert going == rasa.AT_ONCE
    assert at_once == ["embedded"] * (40 - rasa.AT_ONCE)
    assert sum(each.engine == "rasa" for each in heard) == rasa.AT_ONCE
    assert {each.intent for each in heard} == {"inform"}


async def test_the_operator_is_told_which_model_answers(own: Embedded) -> None:
    async with asking(own, answering(GOOD)) as client:
        assert await client.state() == f"rasa, model {rasa_model.name()}"
    async with asking(own, answering(GOOD), model="20240101-old") as client:
        told = await client.state()
    assert "20240101-old" in told
    assert "make rasa" in told
