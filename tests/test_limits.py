"""Limits on everything that comes in, over real sockets: floods, forged addresses, slow and endless requests."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import json
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import datetime
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import web

from bot.config import load_settings
from bot.keys import SETTINGS
from bot.models import Message, Reply
from bot.web.clients import client_of, whole_house, with_client
from bot.web.connections import Connections, Patience
from bot.web.limits import LIMITS, Buckets, Limits, Rate
from bot.wechat import reception
from bot.wechat.reception import Reception
from tests.running import Running, running

FLOOD = "203.0.113.9"
OURS = (ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"))


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The application as clients of the wide world see it: they come through a proxy of ours on this machine."""
    with running(tmp_path_factory.mktemp("public")) as up:
        yield up


def limited(server: Running, **rates: Rate) -> None:
    """Other rates for the test, and empty buckets."""
    server.app._state[LIMITS] = Limits(**rates)


def flood(server: Running, path: str, times: int, client: str = FLOOD, **headers: str) -> Counter[int]:
    return Counter(server.get(path, x_forwarded_for=client, **headers).status for _ in range(times))


class TestBuckets:
    def test_a_burst_and_then_as_many_as_the_rate_lets(self) -> None:
        now = [0.0]
        buckets = Buckets(Rate(2.0, 3), clock=lambda: now[0])
        assert [buckets.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
        assert buckets.take("b") == 0.0
        now[0] = 0.5
        assert [buckets.take("a") for _ in range(2)] == [0.0, 0.5]
        now[0] = 100.0
        assert [buckets.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]

    def test_who_is_refused_does_not_wait_longer_for_it(self) -> None:
        now = [0.0]
        buckets = Buckets(Rate(1.0, 1), clock=lambda: now[0])
        buckets.take("a")
        assert [buckets.take("a") for _ in range(100)] == [1.0] * 100

    def test_a_flood_of_addresses_takes_no_more_room(self) -> None:
        buckets = Buckets(Rate(1.0, 10), most=100)
        for number in range(1000):
            buckets.take(str(number))
        assert len(buckets) == 100

    def test_full_ones_are_forgotten(self) -> None:
        now = [0.0]
        buckets = Buckets(Rate(1.0, 10), clock=lambda: now[0])
        for number in range(50):
            now[0] += 2.0
            buckets.take(str(number))
        assert len(buckets) <= 2


class TestWhoAsks:
    @pytest.mark.parametrize(
        ("peer", "told", "client"),
        [
            ("198.51.100.1", ["1.1.1.1"], "198.51.100.1"),
            ("10.0.0.1", [], "10.0.0.1"),
            ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", ["6.6.6.6", "198.51.100.1 , 10.9.9.9"], "198.51.100.1"),
            ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", ["6.6.6.6, nonsense"], "10.0.0.1"),
            ("10.0.0.1", [""], "10.0.0.1"),
            ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
            ("2001:db8::1", ["2a00::5"], "2a00::5"),
            ("not an address", ["1.1.1.1"], "not an address"),
        ],
    )
    def test_only_our_own_proxies_are_believed(self, peer: str, told: list[str], client: str) -> None:
        assert client_of(peer, tuple(told), OURS) == client

    def test_one_client_of_ipv6_has_a_whole_network(self) -> None:
        assert (
            whole_house("2001:db8:0:7::1")
            == whole_house("2001:db8:0:7:ffff::2")
            != whole_house("2001:db8:0:8::1")
        )
        assert whole_house("1.2.3.4") == "1.2.3.4"

    async def test_what_a_stranger_tells_reaches_nobody(self) -> None:
        seen = await _seen(
            {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "X-Real-IP": "6.6.6.6"}
        )
        assert seen == {"remote": "127.0.0.1", "secure": False, "body": "body"}

    async def test_what_our_proxy_tells_counts(self) -> None:
        seen = await _seen(
            {"X-Forwarded-For": "6.6.6.6, 198.51.100.1", "X-Forwarded-Proto": "https"}, "127.0.0.0/8"
        )
        assert seen == {"remote": "198.51.100.1", "secure": True, "body": "body"}


async def _seen(headers: Mapping[str, str], trusted: str = "") -> Any:
    async def show(request: web.Request) -> web.Response:
        body = await request.text()
        return web.json_response({"remote": request.remote, "secure": request.secure, "body": body})

    app = web.Application(middlewares=[with_client])
    app[SETTINGS] = load_settings(TRUSTED_PROXIES=trusted)
    app.router.add_post("/", show)
    async with served(app) as port:
        answer = await exchange(port, request("POST", "/", headers, b"body"))
    return json.loads(answer.partition(b"\r\n\r\n")[2])


class TestFloods:
    def test_a_page_says_so_in_plain_words(self, public: Running) -> None:
        limited(public, pages=Rate(1.0, 5))
        assert flood(public, "/try", 8) == {200: 5, 429: 3}
        refused = public.get("/try", x_forwarded_for=FLOOD)
        assert 1 <= int(refused.headers["retry-after"]) <= 5
        assert "请过一分钟再点" in refused.text
        assert "12345" in refused.text
        assert refused.headers["x-frame-options"] == "DENY"
        assert refused.headers["cache-control"] == "no-store"

    def test_the_api_says_so_as_the_contract_has_it(self, public: Running) -> None:
        limited(public, api=Rate(1.0, 5))
        assert flood(public, "/api/v1/lists", 8) == {200: 5, 429: 3}
        refused = public.get("/api/v1/lists", x_forwarded_for=FLOOD)
        assert refused.json["error"]["code"] == "too_many_requests"
        assert set(refused.json["error"]) == {"code", "message", "field"}
        assert int(refused.headers["retry-after"]) >= 1

    def test_others_are_not_hurt_and_pages_not_by_the_api(self, public: Running) -> None:
        limited(public, pages=Rate(1.0, 5), api=Rate(1.0, 5))
        flood(public, "/api/v1/lists", 8)
        assert flood(public, "/api/v1/lists", 5, "203.0.113.10") == {200: 5}
        assert flood(public, "/try", 5) == {200: 5}

    def test_a_forged_address_buys_nothing(self, public: Running) -> None:
        limited(public, pages=Rate(1.0, 5))
        forged = [public.get("/try", x_forwarded_for=f"10.1.1.{n}, {FLOOD}").status for n in range(10)]
        assert Counter(forged) == {200: 5, 429: 5}

    def test_pushes_and_reports_and_watchers_are_never_refused(self, public: Running) -> None:
        limited(public, pages=Rate(0.1, 1), api=Rate(0.1, 1))
        for path in ("/healthz", "/readyz", "/static/style.css"):
            assert flood(public, path, 5) == {200: 5}
        assert flood(public, "/wechat", 5) == {503: 5}
        posted = [public.post("/platform/callback", {}, x_forwarded_for=FLOOD).status for _ in range(5)]
        assert 429 not in posted

    def test_this_machine_asks_as_much_as_it_likes(self, server: Running) -> None:
        """As a test of others would: hundreds at once from 127.0.0.1."""
        limited(server, pages=Rate(0.1, 1), api=Rate(0.1, 1))
        try:
            for path in ("/api/v1/lists/nangong", "/try", "/api/v1/benefits?q=%E9%AB%98%E9%BE%84"):
                assert Counter(server.get(path).status for _ in range(100)) == {200: 100}
        finally:
            limited(server)

    def test_two_hundred_a_second_of_one_address_are_let_through(self, public: Running) -> None:
        limits, now = Limits(), itertools.count()
        buckets = limits._api
        buckets._clock = lambda: next(now) / 200
        assert not any(buckets.take(FLOOD) for _ in range(20_000))

    def test_a_token_that_is_good_has_a_bucket_of_its_own(self, public: Running) -> None:
        limited(public, api=Rate(0.1, 3), token=Rate(0.1, 6))
        limits = public.app[LIMITS]
        for _ in range(20):
            public.get("/api/v1/lists", x_forwarded_for=FLOOD, authorization="Bearer invented")
        assert not limits._good
        assert flood(public, "/api/v1/lists", 1, authorization="Bearer invented") == {429: 1}
        limits._good[_digest("good")] = time.monotonic() + 60
        assert flood(public, "/api/v1/lists", 8, authorization="Bearer good") == {200: 6, 429: 2}

    def test_a_token_is_good_once_it_was_asked_for(self, public: Running) -> None:
        limits, asked = Limits(), _Asked("/api/v1/requests", "Bearer mine")
        limits.learn(asked, 404)
        limits.learn(_Asked("/api/v1/lists", "Bearer mine"), 200)
        assert not limits._good
        limits.learn(asked, 200)
        assert list(limits._good) == [_digest("mine")]
        limits.learn(asked, 401)
        assert not limits._good


class _Asked:
    def __init__(self, path: str, authorization: str) -> None:
        self.path, self.headers = path, {"Authorization": authorization}


def _digest(token: str) -> str:
    import hashlib

    return hashlib.sha256(token.encode()).hexdigest()


class TestTooMuch:
    def test_heads_are_bounded(self, server: Running) -> None:
        long = "a" * 9000
        assert raw(server, f"GET /try?q={long} HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b" 400", 8)
        assert raw(server, f"GET /try HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n").startswith(b" 400", 8)
        many = "".join(f"X-{n}: 1\r\n" for n in range(300))
        assert raw(server, f"GET /try HTTP/1.1\r\nHost: x\r\n{many}\r\n").startswith(b" 400", 8)

    @pytest.mark.parametrize(
        ("path", "kind", "size"),
        [
            ("/api/v1/screen", "application/json", 70_000),
            ("/try", "application/x-www-form-urlencoded", 300_000),
            ("/lookup", "application/x-www-form-urlencoded", 300_000),
            ("/platform/callback", "application/json", 20_000),
        ],
    )
    def test_bodies_are_bounded(self, server: Running, path: str, kind: str, size: int) -> None:
        assert server.ask("POST", path, b"a" * size, content_type=kind).status == 413
        # Nor may one say nothing of its length.
        chunks = b"".join(b"1000\r\n" + b"a" * 4096 + b"\r\n" for _ in range(size // 4096 + 2))
        head = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        assert raw(server, head.encode() + chunks + b"0\r\n\r\n").startswith(b" 413", 8)

    def test_what_is_packed_is_bounded_unpacked(self, server: Running) -> None:
        bomb = gzip.compress(b'{"id": "' + b"a" * 20_000_000 + b'"}')
        assert len(bomb) < 64 * 1024
        told = server.ask(
            "POST", "/api/v1/screen", bomb, content_type="application/json", content_encoding="gzip"
        )
        assert told.status in (400, 413)

    def test_json_is_bounded_in_depth(self, server: Running) -> None:
        deep = '{"facts": ' + "[" * 1000 + "]" * 1000 + "}"
        assert server.post("/api/v1/screen", deep).status == 400

    def test_nothing_takes_files(self, server: Running) -> None:
        body = b'--x\r\nContent-Disposition: form-data; name="text"; filename="a"\r\n\r\nhello\r\n--x--\r\n'
        kind = "multipart/form-data; boundary=x"
        assert server.ask("POST", "/api/v1/screen", body, content_type=kind).status == 415
        # A form that is none of ours has no field that anybody reads.
        assert b"hello" not in server.ask("POST", "/try", body, content_type=kind).body


class TestSlowAndMany:
    async def test_who_does_not_say_what_it_wants_is_let_go(self) -> None:
        async with guarded(Connections(Patience(head_s=0.3, look_s=0.05))) as port:
            assert await _let_go(port, [])
            assert await _let_go(
                port, [b"GET / HTTP/1.1\r\n", *(f"X-{n}: 1\r\n".encode() for n in range(200))]
            )
            # The second request of a connection may not dawdle either.
            assert await _let_go(port, [request("GET", "/"), b"GET /", *[b"a"] * 60])

    async def test_who_waits_between_two_requests_or_is_being_answered_stays(self) -> None:
        async with guarded(Connections(Patience(head_s=0.2, look_s=0.05))) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for path in ("/", "/slow", "/"):
                writer.write(request("GET", path))
                assert b"200 OK" in await reader.readuntil(b"hello")
                await asyncio.sleep(0.5)
            writer.close()

    async def test_an_answer_that_nobody_fetches_is_given_up(self) -> None:
        connections = Connections(Patience(fetch_s=0.3, look_s=0.05))
        async with guarded(connections) as port:
            with socket.create_connection(("127.0.0.1", port)) as mute:
                mute.sendall(request("GET", "/large"))
                await _until(lambda: len(connections._all) == 1)
                await _until(lambda: not connections._all)

    async def test_connections_are_bounded(self) -> None:
        async with guarded(Connections(Patience(most=5))) as port:
            open_ones = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
            await asyncio.sleep(0.05)
            with pytest.raises(ConnectionError):
                await exchange(port, request("GET", "/"))
            open_ones.pop()[1].close()
            await asyncio.sleep(0.05)
            assert b"200 OK" in await exchange(port, request("GET", "/"))
            for _, writer in open_ones:
                writer.close()

    def test_one_address_has_a_share_of_them(self) -> None:
        connections = Connections(Patience(most=10, most_of_one=3))
        entered = [connections.entered(_Peer(connections, FLOOD)) for _ in range(4)]
        assert entered == [True, True, True, False]
        assert connections.entered(_Peer(connections, "203.0.113.10"))
        assert all(connections.entered(_Peer(connections, "127.0.0.1")) for _ in range(6))
        assert not connections.entered(_Peer(connections, "127.0.0.1"))


class TestTurnsAtOnce:
    async def test_beyond_the_bound_there_is_a_quick_answer_and_in_danger_a_number(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reception, "MOST_AT_ONCE", 2)
        talk = _Hanging()
        room = Reception(talk, _Nowhere(), None, _later, datetime.now)  # type: ignore[arg-type]
        clock = asyncio.get_running_loop().time
        held = [
            asyncio.create_task(room.answer(Message(f"u{n}", key=f"k{n}"), _encode, clock() + 60))
            for n in (1, 2)
        ]
        await asyncio.sleep(0)
        assert await room.answer(Message("u3", text="你好", key="k3"), _encode, clock() + 60) == (
            "busy",
            "现在来问的人太多，系统忙不过来。请过几分钟再发一次。着急就打12345。".encode(),
        )
        outcome, told = await room.answer(Message("u4", text="倒地上了", key="k4"), _encode, clock() + 60)
        assert (outcome, told) == ("busy", "打120".encode())
        talk.gate.set()
        assert [outcome for outcome, _ in await asyncio.gather(*held)] == ["answered"] * 2
        assert (await room.answer(Message("u5", key="k5"), _encode, clock() + 60))[0] == "answered"


class _Hanging:
    def __init__(self) -> None:
        self.gate = asyncio.Event()

    async def answer(self, message: Message, encode: Any, *_: Any) -> Any:
        from bot.conversation import Answered

        await self.gate.wait()
        return Answered(b"x", False)

    async def urgent(self, message: Message) -> Reply | None:
        return Reply(("打120",)) if "倒" in (message.text or "") else None


class _Nowhere:
    pass


async def _later(*_: object) -> None:
    pass


def _encode(reply: Reply) -> bytes:
    return reply.texts[0].encode()


class _Peer:
    def __init__(self, all_: Connections, address: str) -> None:
        self.inner, self.address = object(), address


@contextlib.asynccontextmanager
async def served(app: web.Application, connections: Connections | None = None) -> AsyncIterator[int]:
    app[LIMITS] = Limits()
    app[LIMITS].connections = connections = connections or Connections()
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    factory: Any = connections.before(runner.server)  # type: ignore[arg-type]
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    async with connections.looked_after():
        yield server.sockets[0].getsockname()[1]
    server.close()
    await runner.cleanup()


@contextlib.asynccontextmanager
async def guarded(connections: Connections) -> AsyncIterator[int]:
    """A small application behind the guard of connections."""
    from bot.web.limits import with_limits

    async def hello(request: web.Request) -> web.Response:
        await asyncio.sleep(0.5 if request.path == "/slow" else 0)
        return web.Response(text="hello" if request.path != "/large" else "x" * 50_000_000)

    app = web.Application(middlewares=[with_limits])
    app.router.add_get("/{any:.*}", hello)
    async with served(app, connections) as port:
        yield port


async def _let_go(port: int, pieces: list[bytes]) -> bool:
    """Sends one piece every 20 ms and tells whether the other side gave up before the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    gone = asyncio.create_task(_gone(reader))
    for piece in pieces:
        if not gone.done():
            writer.write(piece)
            await asyncio.sleep(0.02)
    if not pieces:
        await asyncio.wait({gone}, timeout=5)
    told = gone.done() and not gone.cancelled()
    gone.cancel()
    writer.close()
    return told


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.02)


async def _gone(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(ConnectionError):
        while await reader.read(1000):
            pass


def request(method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    named = {"Host": "x", "Content-Length": str(len(body)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


async def exchange(port: int, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return head + await reader.readexactly(length)
    except asyncio.IncompleteReadError as error:
        raise ConnectionError from error
    finally:
        writer.close()


def _read_all(wire: socket.socket) -> None:
    while wire.recv(65_536):
        pass


def raw(server: Running, sent: bytes | str) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as wire:
        with contextlib.suppress(ConnectionError):
            wire.sendall(sent if isinstance(sent, bytes) else sent.encode())
        return wire.recv(65_536)
