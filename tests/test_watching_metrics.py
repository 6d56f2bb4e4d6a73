"""The metrics as Prometheus reads them: of a running bot, of its store when that is away, of the whole."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.app import lexicon
from bot.catalog.load import load_catalog
from bot.config import SHANGHAI, load_settings
from bot.errors import SettingError, StoreDown
from bot.job_queue import Standing
from bot.jobs import jobs
from bot.store.connect import Stores, connect
from bot.store.port import Line
from bot.watching import request_id
from bot.watching.http import watch_requests
from bot.watching.instruments import Count, Level, Spread
from bot.watching.metrics import ANSWER_S, Metrics, nth_try
from bot.watching.request_id import HEADER
from bot.watching.serving import metrics_served
from bot.watching.whole import Whole, figures
from nlu import embedded, rasa
from tests.running import Running, running
from tests.storage import ROOT, free_port, real_server
from tests.watched_site import AES_KEY, APP_ID, MOMENT, OPENID, TALK, TOKEN
from tests.wechat_side import WeChatSide

NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
Labels = frozenset[tuple[str, str]]


def read(text: str) -> dict[str, dict[Labels, float]]:
    """What a scrape tells: by the name of the sample and by its labels."""
    told: dict[str, dict[Labels, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            told.setdefault(sample.name, {})[frozenset(sample.labels.items())] = sample.value
    return told


def total(told: Mapping[str, Mapping[Labels, float]], name: str, **labels: str) -> float:
    """The sum over all that have these labels."""
    wanted = set(labels.items())
    return sum(value for have, value in told.get(name, {}).items() if wanted <= have)


class Watched:
    """A running bot with its port for metrics."""

    def __init__(self, server: Running, port: int) -> None:
        self.server = server
        self._metrics = Running(port, server.app, server.loop)
        self.wechat = WeChatSide(server.url, TOKEN, APP_ID, AES_KEY, now=lambda: MOMENT)

    def scrape(self) -> dict[str, dict[Labels, float]]:
        answer = self._metrics.get("/metrics")
        assert answer.status == 200
        return read(answer.text)


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Watched]:
    port = free_port()
    account = {"WECHAT_TOKEN": TOKEN, "WECHAT_APP_ID": APP_ID, "WECHAT_AES_KEY": AES_KEY}
    with running(tmp_path, METRICS_BIND=f"127.0.0.1:{port}", TRUSTED_PROXIES="127.0.0.0/8", **account) as up:
        yield Watched(up, port)


def test_what_a_running_bot_tells(bot: Watched) -> None:
    for text in TALK:
        assert asyncio.run(bot.wechat.push_text(OPENID, text))
    asyncio.run(bot.wechat.push_text(OPENID, "俺娘倒在地上叫不醒了"))
    asyncio.run(bot.wechat.push_event(OPENID, "subscribe", created=MOMENT - 5))
    asyncio.run(bot.wechat.post({"timestamp": "1"}, b"<xml/>"))
    assert bot.server.ask("POST", "/wechat/nobody-knows-it", b"").status == 404
    told = bot.scrape()
    assert total(told, "wenyanglao_pushes_total", account="main", kind="text", outcome="answered") == 6
    assert total(told, "wenyanglao_pushes_total", kind="subscribe", outcome="answered") == 1
    assert total(told, "wenyanglao_pushes_total", kind="unread", outcome="refused") == 1
    assert total(told, "wenyanglao_pushes_total", account="unknown") == 1
    assert "nobody-knows-it" not in str(told)
    assert total(told, "wenyanglao_push_seconds_count", outcome="answered") == 7
    assert total(told, "wenyanglao_push_tries_total", nth="1") == 6
    assert total(told, "wenyanglao_push_tries_total", nth="2") == 1
    assert total(told, "wenyanglao_turns_total", understood="yes") == 6
    assert total(told, "wenyanglao_danger_total") == 1
    assert total(told, "wenyanglao_understood_total") == 6
    assert total(told, "wenyanglao_call_moves_total", state="submitted", by="elder") == 1
    assert total(told, "wenyanglao_store_seconds_count", room="turns", operation="keep") == 7
    assert total(told, "wenyanglao_store_up") == 1
    assert total(told, "process_resident_memory_bytes") > 0
    assert told["wenyanglao_token"][frozenset({("account", "main"), ("state", "none")})] == 1


def test_every_page_counts_by_its_pattern(bot: Watched) -> None:
    bot.server.get("/healthz")
    bot.server.get("/nowhere/13912345678")
    bot.server.ask("PROPFIND", "/healthz")
    told = bot.scrape()
    assert total(told, "wenyanglao_http_seconds_count", route="/healthz", method="GET", status="200") == 1
    assert total(told, "wenyanglao_http_seconds_count", route="none", status="404") == 1
    assert total(told, "wenyanglao_http_seconds_count", method="other") == 1
    assert "13912345678" not in str(told)
    assert not any(told["wenyanglao_http_open"].values())


async def told_id(trusted: str, sent: str) -> str:
    """The id that an answer tells, where a request came from 127.0.0.1 with that one."""

    async def page(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/", page)
    watch_requests(app, Metrics(lambda: NOW), [ip_network(trusted)])
    async with TestClient(TestServer(app)) as client:
        return (await client.get("/", headers={HEADER: sent})).headers[HEADER]


async def test_an_id_is_taken_from_a_proxy_of_ours_only() -> None:
    assert await told_id("127.0.0.0/8", "from-the-proxy-1") == "from-the-proxy-1"
    assert re.fullmatch("[0-9a-f]{16}", await told_id("10.0.0.0/8", "from-the-proxy-1"))


@pytest.mark.parametrize("strange", ["short", "with space and more", "x" * 65, "<script>alert(1)"])
async def test_what_is_no_id_is_not_taken(strange: str) -> None:
    assert re.fullmatch("[0-9a-f]{16}", await told_id("127.0.0.0/8", strange))


def test_every_answer_tells_its_id(server: Running) -> None:
    paths = ("/healthz", "/nowhere", "/try", "/wechat", "/api/v1/talk", "/static/site.css")
    told = [server.get(path).headers[HEADER.lower()] for path in paths]
    assert len(set(told)) == len(paths)


def test_the_port_lives_without_the_store(tmp_path: Path) -> None:
    port = free_port()
    with (
        real_server(tmp_path) as store,
        running(tmp_path, REDIS_URL=store.url, METRICS_BIND=f"127.0.0.1:{port}") as up,
    ):
        watched = Watched(up, port)
        assert total(watched.scrape(), "wenyanglao_store_up") == 1
        store.stop()
        assert up.post("/api/v1/talk", {"user": "u", "text": "我83岁"}).status == 503
        told = watched.scrape()
        assert total(told, "wenyanglao_store_up") == 0
        assert total(told, "wenyanglao_store_failures_total", operation="turn", error="StoreDown") == 1
        assert "wenyanglao_calls_open" not in told
        assert Running(port, up.app, up.loop).get("/healthz").text == "ok\n"
        # Of the bot nothing is to be had there.
        assert Running(port, up.app, up.loop).get("/try").status == 404


async def test_a_port_that_is_taken_is_told() -> None:
    async def standing() -> Standing:
        raise StoreDown("no")

    whole = Whole(None, None, standing, lambda: NOW)  # type: ignore[arg-type]
    async with TestServer(web.Application()) as taken:
        with pytest.raises(SettingError, match="METRICS_BIND: cannot listen"):
            async with metrics_served(f"127.0.0.1:{taken.port}", CollectorRegistry(), whole):
                pass


def test_the_setting_is_host_and_port() -> None:
    with pytest.raises(SettingError, match="METRICS_BIND"):
        load_settings(METRICS_BIND="nowhere")


@pytest.mark.parametrize(
    ("age_s", "nth"), [(0, 1), (1.2, 1), (3.9, 1), (5, 2), (6.5, 2), (8.9, 2), (10, 3), (15, 3)]
)
def test_the_age_of_a_push_tells_which_try_it_is(age_s: float, nth: int) -> None:
    assert nth_try(int(NOW.timestamp()), NOW + timedelta(seconds=age_s)) == nth


def test_a_push_that_tells_no_time_is_no_try() -> None:
    assert nth_try(0, NOW) == 0


def test_our_instruments_read_as_the_librarys() -> None:
    ours, theirs, chance = CollectorRegistry(), CollectorRegistry(), random.Random(7)  # noqa: S311 - repeatable
    spread = Spread(ours, "seconds", "S", ANSWER_S, "what")
    histogram = Histogram("wenyanglao_seconds", "S", ["what"], buckets=ANSWER_S, registry=theirs)
    for value in (*(chance.expovariate(2) for _ in range(500)), *ANSWER_S, 9.0):
        spread.observe(value, "x")
        histogram.labels("x").observe(value)
    left, right = (read(generate_latest(one).decode()) for one in (ours, theirs))
    right.pop("wenyanglao_seconds_created", None)
    assert left == right
    counted, level = Count(ours, "things", "T"), Level(ours, "open", "O", "where")
    counted.add()
    level.move(1, "a")
    level.move(-1, "a")
    told = read(generate_latest(ours).decode())
    assert (total(told, "wenyanglao_things_total"), total(told, "wenyanglao_open")) == (1, 0)


def test_what_never_was_is_told_as_nothing() -> None:
    registry = CollectorRegistry()
    Count(registry, "failures", "F", "why").known("dead")
    assert read(generate_latest(registry).decode())["wenyanglao_failures_total"] == {
        frozenset({("why", "dead")}): 0
    }


def a_line(number: str, **more: Any) -> Line:
    usual = {"state": "submitted", "urgent": False, "due": None, "worker": None, "time": None}
    at = NOW.isoformat()
    return Line(number, "canteen", "411303", created=at, changed=at, **{**usual, **more})


def test_the_figures_of_the_open_calls() -> None:
    before = (NOW - timedelta(minutes=1)).isoformat()
    lines = [
        a_line("1", due=before),
        a_line("2", urgent=True, dispatch="dead"),
        a_line("3", state="accepted", urgent=True, late=True, dispatch="sent"),
    ]
    assert figures(lines, NOW) == {
        "state:submitted": 2, "state:accepted": 1, "state:on_the_way": 0,
        "dispatch:waiting": 0, "dispatch:sent": 1, "dispatch:dead": 1, "late:": 1, "urgent_waiting:": 1,
    }  # fmt: skip


@asynccontextmanager
async def a_store(folder: Path) -> Any:
    with real_server(folder) as server:
        stores = await connect(server.url)
        try:
            yield server, stores
        finally:
            await stores.close()


class Looks:
    """The open calls, and how often they were asked for."""

    def __init__(self, stores: Stores) -> None:
        self.times, self._requests = 0, stores.requests

    async def open(self) -> tuple[Line, ...]:
        self.times += 1
        return await self._requests.open()


async def test_one_process_looks_for_all(tmp_path: Path) -> None:
    async def standing() -> Standing:
        return Standing(1, 2, 3, 4.5)

    async with a_store(tmp_path) as (server, stores):
        await stores.requests.enter(a_line("9010001", dispatch="dead"))
        looks = Looks(stores)
        some = [Whole(looks, stores.shelf, standing, lambda: NOW) for _ in range(3)]  # type: ignore[arg-type]
        for one in some:
            await one.refresh()
        assert looks.times == 1
        for one in some:
            registry = CollectorRegistry()
            registry.register(one)
            told = read(generate_latest(registry).decode())
            assert total(told, "wenyanglao_calls_at_platforms", dispatch="dead") == 1
            assert total(told, "wenyanglao_jobs", where="oldest_s") == 4.5
        server.stop()
        await some[0].refresh()
        assert len(list(some[0].collect())) > 1


async def test_jobs_are_counted_and_carry_the_id(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    ids: list[str] = []

    async def work(value: str) -> None:
        ids.append(request_id.current())
        if len(ids) == 1:
            raise ValueError(value)

    with real_server(tmp_path) as server:
        async with jobs(
            server.url, {"work": work}, lambda name, outcome, _: told.append((name, outcome))
        ) as queue:
            request_id.begin("the-request-7")
            await queue.add("work", "once")
            request_id.begin("another-one-8")
            await queue.add("work", "once")
            async with asyncio.timeout(30):
                while len(told) < 2:
                    await asyncio.sleep(0.02)
    assert told == [("work", "failed"), ("work", "done")]
    # Added twice it is one job still, of the request that came first.
    assert ids == ["the-request-7"] * 2


async def test_rasa_is_told_the_id_and_tells_why_it_had_no_word() -> None:
    own = embedded.load(ROOT / "var", lexicon(load_catalog()))
    heard: list[str] = []
    ids: list[str] = []
    says = [
        (200, json.dumps({"intent": {"name": "inform", "confidence": 0.9}})),
        (500, "no"),
        (200, "{"),
        (200, json.dumps({"intent": {"name": "order_pizza", "confidence": 0.9}})),
    ]

    async def parse(request: web.Request) -> web.Response:
        ids.append(request.headers.get(HEADER, ""))
        status, body = says[len(ids) - 1]
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_post("/model/parse", parse)
    around = rasa.Surroundings(lambda outcome, _: heard.append(outcome), request_id.headers)
    async with TestServer(app) as server, ClientSession() as session:
        engine = rasa.Rasa(str(server.make_url("/")), own, session, around)
        for number in range(len(says)):
            request_id.begin(f"request-{number}")
            await engine.understand("我姓王，住城边，家里三口人", None, NOW)
    assert heard == ["ok", "status", "unreadable", "other_model"]
    assert ids == ["request-0", "request-1", "request-2", "request-3"]
