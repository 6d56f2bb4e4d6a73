"""Traces, received by a collector of our own: the steps of a push under one request, and nobody's words in them."""

from __future__ import annotations

import asyncio
import gzip
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bot.errors import SettingError
from bot.watching import spans, traces
from tests.running import running
from tests.wechat_side import WeChatSide

TOKEN, APP_ID, AES_KEY = "AAAAA", "wxba5fad812f8e6fb9", "A" * 43
NAME, OPENID, MOMENT = "赵翠花芬", "oTraced_Elder-0123456789abcde", 1795222800


class Collector:
    """Takes what is exported to it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        bodies = self.bodies

        class Takes(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/v1/traces":
                    bodies.append(_unpacked(body, self.headers.get("Content-Encoding")))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so the library calls it
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Takes)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def spans(self) -> list[Span]:
        read = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        scopes = [scope for one in read for each in one.resource_spans for scope in each.scope_spans]
        return [span for scope in scopes for span in scope.spans]


def _unpacked(body: bytes, encoding: str | None) -> bytes:
    return gzip.decompress(body) if encoding == "gzip" else body


@pytest.fixture
def collector() -> Iterator[Collector]:
    one = Collector()
    thread = threading.Thread(target=one.server.serve_forever)
    thread.start()
    yield one
    one.server.shutdown()
    one.server.server_close()
    thread.join()


def test_a_push_is_seen_in_its_steps(collector: Collector, tmp_path: Path) -> None:
    settings = {"WECHAT_TOKEN": TOKEN, "WECHAT_APP_ID": APP_ID, "WECHAT_AES_KEY": AES_KEY}
    with running(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, **settings) as server:
        wechat = WeChatSide(server.url, TOKEN, APP_ID, AES_KEY, now=lambda: MOMENT)
        assert asyncio.run(wechat.push_text(OPENID, f"我叫{NAME}，83岁，卧龙区的"))
        assert server.get(f"/13912345678?token={TOKEN}").status == 404
    whole = next(span for span in collector.spans if span.name.startswith("POST /wechat"))
    parts = [span for span in collector.spans if span.trace_id == whole.trace_id and span is not whole]
    assert {"gate", "understand", "turn", "store.turn", "store.keep", "reply"} <= {
        span.name for span in parts
    }
    assert all(span.parent_span_id for span in parts if span.name != whole.name)
    (attribute,) = whole.attributes
    assert attribute.key == "request"
    assert len(attribute.value.string_value) == 16
    for body in collector.bodies:
        for words in (NAME, OPENID, TOKEN, "83岁", "13912345678"):
            assert words.encode() not in body


def test_without_the_setting_there_are_none() -> None:
    with traces.tracing(None):
        assert spans.span("turn") is spans.span("gate")


def test_an_error_does_not_tell_its_words(collector: Collector) -> None:
    with traces.tracing(collector.url), pytest.raises(ValueError, match=NAME), spans.span("turn"):
        raise ValueError(NAME)
    assert [span.name for span in collector.spans] == ["turn"]
    assert NAME.encode() not in b"".join(collector.bodies)


def test_without_the_extra_the_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingError, match=r"OTEL_EXPORTER_OTLP_ENDPOINT .*wenyanglao\[traces\]"):
        traces.tracing("http://127.0.0.1:4318")
