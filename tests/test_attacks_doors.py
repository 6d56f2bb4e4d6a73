"""What a hired attacker tried at the doors from many addresses and with odd bytes, and what stands against it since."""

from __future__ import annotations

import gzip
import json
import logging
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from bot.access import passwords
from bot.access.door import Door
from bot.access.throttle import Browser
from bot.keys import KEYRING, REQUESTS, SHELF, STAFF
from bot.models import Staff
from bot.store.port_staff import Credentials
from bot.web.limits import LIMITS, Limits, Rate
from tests.running import Running, running

FORM = "application/x-www-form-urlencoded"
WISH = "我妈83岁，卧龙区的，想约个人明天上午九点上门洗澡，地址七一路88号2单元301，电话13912345678，找王秀英"
STRANGER = "203.0.113.77"


@pytest.fixture
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Clients come through a proxy of ours on this machine."""
    with running(tmp_path_factory.mktemp("public")) as up:
        up.app._state[LIMITS] = Limits(calls=Rate(0.001, 3))
        yield up


def talked(server: Running, user: str, text: str, client: str) -> int:
    return server.post("/api/v1/talk", {"user": user, "text": text}, x_forwarded_for=client).status


def waiting(server: Running) -> int:
    return len(server.run(server.app[REQUESTS].open()))


def test_who_calls_themselves_a_hundred_users_books_no_hundred_calls(public: Running) -> None:
    """Two posts book a call; five a user is nothing where the user is a word of the caller's own."""
    statuses = Counter[int]()
    for n in range(6):
        statuses[talked(public, f"false-{n}", WISH, STRANGER)] += 1
        statuses[talked(public, f"false-{n}", "确认", STRANGER)] += 1
    assert waiting(public) == 3
    assert statuses[429] > 0
    assert talked(public, "honest", WISH, "203.0.113.78") == 200, "nobody else pays for it"


def test_nor_by_the_page_with_a_new_session_each_time(public: Running) -> None:
    for n in range(6):
        cookie = "try_session=" + chr(ord("A") + n) * 43
        for text in (WISH, "确认"):
            body = urlencode({"text": text})
            public.ask("POST", "/try", body, content_type=FORM, cookie=cookie, x_forwarded_for=STRANGER)
    assert waiting(public) == 3


def test_what_cannot_be_read_leaves_one_line_and_no_address(
    public: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """A stranger wrote a line of the log for each wrong byte, each with an address, which is somebody's."""
    with caplog.at_level(logging.INFO):
        for _ in range(30):
            with socket.create_connection(("127.0.0.1", public.port), timeout=20) as wire:
                wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: \x00\r\n\r\n")
                assert wire.recv(100).startswith(b"HTTP/1.0 400")
    told = [one.getMessage() for one in caplog.records if one.name == "aiohttp.server"]
    assert len(told) <= 1
    assert not [line for line in told if "127.0.0.1" in line]


class TestAFloodOfWrongPasswords:
    """From thousands of addresses: each has its own count, and all wait for the same two threads."""

    def door(self, server: Running) -> Door:
        app = server.app
        return Door(app[STAFF], app[KEYRING], app[SHELF], lambda: 0.0)

    def test_who_signed_in_before_does_not_stand_in_line_with_strangers(self, public: Running) -> None:
        kept = public.run(passwords.hashed("对的口令 right"))
        public.run(public.app[STAFF].add(Staff("s1", "李四", "worker", ("411303",))))
        assert public.run(public.app[KEYRING].swap(None, Credentials("s1", kept, None, must_change=False)))
        door = self.door(public)
        with ThreadPoolExecutor(200) as crowd:
            guesses = [
                crowd.submit(public.run, door.by_password(f"x{n}", "wrong", Browser(f"2001:db8:{n:x}::1")))
                for n in range(200)
            ]
            known = public.run(door.by_password("s1", "对的口令 right", Browser("203.0.113.1", "a device")))
            stood = sum(not one.done() for one in guesses)
            told = Counter(one.result() for one in guesses)
        assert not isinstance(known, str)
        assert told["wait"] > 0, "a line without end"
        assert stood or told["wait"] > 100


class TestLongTexts:
    """Two thousand characters take fifty times as long as ten, and one client might send 250 of them a second."""

    def statuses(self, server: Running, text: str, times: int, **headers: str) -> Counter[int]:
        server.app._state[LIMITS] = Limits(api=Rate(0.001, 60))
        body = json.dumps({"text": text}, ensure_ascii=False).encode()
        if "content_encoding" in headers:
            body = gzip.compress(body)
        return Counter(
            server.post("/api/v1/parse", body, x_forwarded_for=STRANGER, **headers).status
            for _ in range(times)
        )

    def test_they_count_by_their_length(self, public: Running) -> None:
        assert self.statuses(public, "我妈83岁", 20) == {200: 20}
        assert self.statuses(public, "说" * 2000, 20) == {200: 2, 429: 18}

    def test_nor_do_they_look_short(self, public: Running) -> None:
        """Packed, two thousand characters are forty bytes."""
        assert self.statuses(public, "说" * 2000, 5, content_encoding="gzip")[200] == 0

    def test_a_talk_that_comes_back_with_each_message_is_let_through(self, public: Running) -> None:
        public.app._state[LIMITS] = Limits()
        earlier = json.dumps([["bot", "您母亲能享受高龄津贴" * 40]] * 24, ensure_ascii=False)
        body = urlencode({"text": "你好", "earlier": earlier})
        cookie = "try_session=" + "T" * 43
        for _ in range(10):
            answer = public.ask(
                "POST", "/try", body, content_type=FORM, cookie=cookie, x_forwarded_for=STRANGER
            )
            assert answer.status == 200
