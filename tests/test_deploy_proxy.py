"""The configuration of deploy/proxy in a real nginx, before real servers of the bot and before one that records."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.nginx_side import NAME, NGINX, Nginx, nginx
from tests.platform import shapes
from tests.platform.serving import Serving
from tests.proxied import TlsPlatform
from tests.recording_server import Recorder, recording
from tests.storage import free_port, real_server, wait_until
from tests.two_servers import AS_OF, settings_of

pytestmark = pytest.mark.skipif(
    NGINX is None, reason="no nginx here; tests/prepare.py installs it where it may"
)
PHONE, OPENID, LINK = "13812345678", "oPlantedOpenId", "planted-link-of-an-elder"


@pytest.fixture(scope="module")
def bots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """nginx before two servers of the bot on one Redis."""
    folder = tmp_path_factory.mktemp("proxied")
    with real_server(folder) as redis:
        settings = settings_of(redis.url, "http://127.0.0.1:9")
        more = {"BOT_AS_OF": AS_OF.isoformat(), "TRUSTED_PROXIES": "127.0.0.1"}
        servers = [Serving(folder / f"bot-{n}", {**settings, **more}) for n in (1, 2)]
        try:
            with ThreadPoolExecutor() as pool:
                list(pool.map(Serving.start, servers))
            with nginx(folder / "nginx", [one.port for one in servers]) as proxy:
                yield proxy
        finally:
            for one in servers:
                one.stop()


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with recording() as one:
        yield one


@pytest.fixture
def proxy(tmp_path: Path, recorder: Recorder) -> Iterator[Nginx]:
    """nginx before the server that records."""
    with nginx(tmp_path / "nginx", [recorder.port]) as one:
        yield one


@contextlib.contextmanager
def spoken_to(proxy: Nginx, trusted: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
    wire = socket.create_connection(("127.0.0.1", proxy.port), timeout=10)
    with wire, trusted.wrap_socket(wire, server_hostname=NAME) as sealed:
        yield sealed


class TestTheConfiguration:
    def test_nginx_takes_it_without_a_warning(self, tmp_path: Path) -> None:
        one = Nginx(tmp_path / "nginx", [1])
        one.prepare()
        checked = one.check()
        assert checked.returncode == 0, checked.stderr
        assert "[" not in checked.stderr, checked.stderr

    def test_one_server_is_taken_out_and_put_back(self, tmp_path: Path, recorder: Recorder) -> None:
        with recording() as other, nginx(tmp_path / "nginx", [recorder.port, other.port]) as proxy:
            proxy.tell([other.port])
            proxy.reload()
            while proxy.ask("GET", "/new").status == 200 and recorder.came[-1:] and not other.came:
                recorder.came.clear()
            other.came.clear()
            recorder.came.clear()
            assert [proxy.ask("GET", "/x").status for _ in range(8)] == [200] * 8
            assert len(other.came) in range(1, 9)


class TestTheWayIn:
    def test_a_name_that_is_not_ours_gets_no_certificate(self, proxy: Nginx) -> None:
        other = ssl.create_default_context()
        other.check_hostname, other.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as wire,
            pytest.raises(ssl.SSLError),
        ):
            other.wrap_socket(wire, server_hostname="other.example.com")

    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
    def test_it_speaks_today_s_tls(self, proxy: Nginx, version: ssl.TLSVersion) -> None:
        trusted = proxy.trusted
        trusted.minimum_version = trusted.maximum_version = version
        with spoken_to(proxy, trusted) as sealed:
            assert sealed.version() == version.name.replace("_", ".")

    def test_plain_requests_are_sent_to_tls(self, proxy: Nginx) -> None:
        answer = proxy.ask_plain("/try?a=b")
        assert (answer.status, answer.headers["location"]) == (301, f"https://{NAME}/try?a=b")

    def test_a_name_that_is_not_ours_gets_no_plain_answer_either(self, proxy: Nginx) -> None:
        with pytest.raises((ConnectionError, OSError)):
            proxy.ask_plain("/try", "other.example.com")

    def test_certificates_can_be_renewed(self, proxy: Nginx) -> None:
        (proxy.folder / "acme" / ".well-known" / "acme-challenge" / "token").write_text("told")
        assert proxy.ask_plain("/.well-known/acme-challenge/token").text == "told"

    def test_wechat_can_verify_the_name(self, proxy: Nginx, recorder: Recorder) -> None:
        (proxy.folder / "wenyanglao" / "verify" / "MP_verify_Ab1.txt").write_text("Ab1")
        assert proxy.ask("GET", "/MP_verify_Ab1.txt").text == "Ab1"
        assert not recorder.came


class TestWhatTheBotIsTold:
    def test_what_a_client_made_up_is_dropped(self, proxy: Nginx, recorder: Recorder) -> None:
        made_up = {
            "X-Forwarded-For": "10.9.8.7",
            "X-Forwarded-Proto": "http",
            "X-Forwarded-Host": "evil.example.com",
            "X-Real-IP": "10.9.8.7",
            "X-Request-ID": "chosen-by-the-client",
            "Forwarded": "for=10.9.8.7",
        }
        proxy.ask("GET", "/try", headers=made_up)
        told = recorder.came[-1].headers
        assert (told["x-forwarded-for"], told["x-forwarded-proto"], told["host"]) == (
            "127.0.0.1",
            "https",
            NAME,
        )
        assert not {"x-forwarded-host", "x-real-ip", "forwarded"} & told.keys()
        assert "chosen-by-the-client" not in str(told)

    def test_bot_log_and_client_know_one_request_id(self, proxy: Nginx, recorder: Recorder) -> None:
        answer = proxy.ask("GET", "/try")
        ids = {answer.headers["x-request-id"], recorder.came[-1].headers["x-request-id"]}
        # It writes its line when the answer is gone.
        wait_until(lambda: ids == {proxy.lines()[-1]["request"]})

    def test_headers_are_not_doubled(self, proxy: Nginx) -> None:
        answer = proxy.ask("GET", "/try")
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert "of-the-bot" not in answer.headers["x-request-id"]


class TestWhatIsNotLetThrough:
    @pytest.mark.parametrize(
        "path", ["/metrics", "/metrics/", "//metrics", "/%6detrics", "/readyz", "/metrics?a=b"]
    )
    def test_what_is_for_those_inside(self, proxy: Nginx, recorder: Recorder, path: str) -> None:
        assert proxy.ask("GET", path).status == 404
        assert not recorder.came

    @pytest.mark.parametrize(
        ("path", "kib"),
        [
            ("/wechat", 64),
            ("/wechat/other", 64),
            ("/api/v1/talk", 64),
            ("/platform/callback", 64),
            ("/try", 256),
            ("/desk/lookup", 256),
        ],
    )
    def test_too_large_a_body(self, proxy: Nginx, recorder: Recorder, path: str, kib: int) -> None:
        """Forms bring back what was said: a talk of a dozen answers has 80 KiB."""
        assert proxy.ask("POST", path, b"x" * (kib * 1024 + 1)).status == 413
        assert proxy.ask("POST", path, b"x" * kib * 1024).status == 200
        assert len(recorder.came) == 1

    def test_other_methods_at_the_door_of_wechat(self, proxy: Nginx, recorder: Recorder) -> None:
        assert proxy.ask("DELETE", "/wechat").status == 403
        assert not recorder.came


class TestLimits:
    def test_pushes_are_never_refused_and_pages_are(self, proxy: Nginx, recorder: Recorder) -> None:
        with ThreadPoolExecutor(16) as pool:
            pages = list(pool.map(lambda _: proxy.ask("GET", "/try"), range(400)))
            pushes = list(pool.map(lambda _: proxy.ask("POST", "/wechat", b"x").status, range(400)))
        assert pushes == [200] * 400
        refused = [one for one in pages if one.status == 429]
        assert refused
        assert {one.headers["retry-after"] for one in refused} == {"5"}
        assert "12345" in refused[0].text


class TestAnotherServerIsAsked:
    @pytest.mark.parametrize("path", ["/wechat?msg_signature=1", "/wechat/other", "/platform/callback"])
    def test_where_a_request_may_come_twice(self, tmp_path: Path, recorder: Recorder, path: str) -> None:
        recorder.hangs_up = True
        with recording() as other, nginx(tmp_path / "nginx", [recorder.port, other.port]) as proxy:
            assert [proxy.ask("POST", path, b"pushed").status for _ in range(4)] == [200] * 4
            assert recorder.came
            assert {one.body for one in other.came} == {b"pushed"}

    def test_and_nowhere_else(self, tmp_path: Path, recorder: Recorder) -> None:
        recorder.hangs_up = True
        with recording() as other, nginx(tmp_path / "nginx", [recorder.port, other.port]) as proxy:
            told = [proxy.ask("POST", "/try", b"said").status for _ in range(2)]
            assert len(recorder.came) + len(other.came) == 2
            assert sorted(told) == [200, 503]

    def test_nobody_there(self, tmp_path: Path) -> None:
        with nginx(tmp_path / "nginx", [free_port()]) as proxy:
            page, push = proxy.ask("GET", "/try"), proxy.ask("POST", "/wechat", b"x")
        assert (page.status, push.status) == (503, 503)
        assert "12345" in page.text
        assert page.headers["retry-after"] == "10"


def test_news_are_not_held_back(proxy: Nginx, recorder: Recorder) -> None:
    with spoken_to(proxy, proxy.trusted) as sealed:
        request = f"GET /desk/requests/events HTTP/1.1\r\nHost: {NAME}\r\n\r\n"
        sealed.sendall(request.encode())
        came = b""
        while b"first" not in came:
            came += sealed.recv(4096)
        assert b"second" not in came
        recorder.go.set()
        while b"second" not in came:
            came += sealed.recv(4096)


@pytest.mark.parametrize("there", [True, False])
def test_nothing_personal_is_logged(tmp_path: Path, recorder: Recorder, there: bool) -> None:
    recorder.hangs_up = not there
    with nginx(tmp_path / "nginx", [recorder.port]) as proxy:
        for path in (
            f"/wechat?openid={OPENID}&timestamp=1",
            f"/a/{LINK}",
            f"/lookup?q={PHONE}",
            f"/{PHONE}",
            f"/a{PHONE}",
            f"/wechat/{OPENID}",
        ):
            proxy.ask(
                "POST", path, PHONE.encode(), {"Referer": f"https://{NAME}/a/{LINK}", "User-Agent": PHONE}
            )
        with contextlib.suppress(OSError):
            proxy.ask_plain(f"/a/{LINK}")
        logged = proxy.everything_logged()
    assert len(logged.splitlines()) >= 6
    assert not [one for one in (PHONE, OPENID, LINK) if one in logged]
    assert {line["network"] for line in proxy.lines()} == {"127.0.0.0"}


class TestBeforeTheBot:
    def test_a_page_has_each_header_once(self, bots: Nginx) -> None:
        answer = bots.ask("GET", "/try")
        assert answer.status == 200
        for name in (
            "content-security-policy",
            "x-frame-options",
            "referrer-policy",
            "x-content-type-options",
        ):
            assert answer.headers[name].count("default-src") <= 1
            assert ", " not in answer.headers[name] or name == "content-security-policy"

    def test_the_bot_knows_that_it_is_reached_over_tls(self, bots: Nginx) -> None:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert "Secure" in bots.ask("POST", "/try", b"text=%E4%BD%A0%E5%A5%BD", form).headers["set-cookie"]

    async def test_a_push_in_safe_mode(self, bots: Nginx) -> None:
        async with TlsPlatform(bots, now=AS_OF.timestamp) as wechat:
            pushed = await asyncio.gather(
                *(
                    wechat.push(f"o-{n}", shapes.text("我妈83岁，低保，家在卧龙区，能领什么"))
                    for n in range(8)
                )
            )
        assert all(one.text for one in pushed)

    def test_a_strange_push_is_refused_by_the_bot_itself(self, bots: Nginx) -> None:
        assert bots.ask("POST", "/wechat?signature=1", b"<xml></xml>").status in (400, 401, 403)
