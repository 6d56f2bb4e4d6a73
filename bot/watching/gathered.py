"""What the parts count by themselves, read when somebody asks: nothing of it costs a turn anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aiohttp import web
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.dispatch.sending import Sender
from bot.wechat.door import OFFICE
from bot.wechat.office import Window
from bot.wechat.tokens import STATES

_ACCOUNT: Final = ("account",)


class Gathered(Collector):
    """Of every account its notices, its calls of the platform and its token; what the counties' platforms were told."""

    def __init__(self, app: web.Application, sender: Sender) -> None:
        self._app = app
        self._sender = sender

    def collect(self) -> Iterator[Metric]:
        """See `Collector`."""
        windows = [(name or "main", one) for name, one in sorted(self._app[OFFICE].windows.items())]
        yield _notices(windows)
        yield _calls(windows)
        yield from _tokens(windows)
        yield _dispatches(self._sender)


def _notices(windows: list[tuple[str, Window]]) -> Metric:
    told = CounterMetricFamily(
        "wenyanglao_notices", "Notices by the way they went, or that they wait", labels=("account", "way")
    )
    for name, window in windows:
        for way, count in sorted(window.outbox.counts.items()):
            told.add_metric((name, way), count)
    return told


def _calls(windows: list[tuple[str, Window]]) -> Metric:
    told = CounterMetricFamily(
        "wenyanglao_platform_calls",
        "Calls of WeChat's API by path and outcome: ok, a return code of the platform's (45009: the day's quota is used "
        "up), or the code of an error of ours",
        labels=("account", "call", "outcome"),
    )
    for name, window in windows:
        for (path, outcome), count in sorted(window.api.counts.items()):
            told.add_metric((name, path, outcome), count)
    return told


def _tokens(windows: list[tuple[str, Window]]) -> Iterator[Metric]:
    state = GaugeMetricFamily(
        "wenyanglao_token",
        "1 for the state that this process knows the account's token in",
        labels=("account", "state"),
    )
    left = GaugeMetricFamily(
        "wenyanglao_token_left_seconds", "How long the token will still be used", labels=_ACCOUNT
    )
    age = GaugeMetricFamily(
        "wenyanglao_token_age_seconds", "Since this process has the token", labels=_ACCOUNT
    )
    for name, window in windows:
        standing = window.api.token
        for one in STATES:
            state.add_metric((name, one), float(standing.state == one))
        left.add_metric((name,), standing.left_s)
        age.add_metric((name,), standing.age_s)
    yield from (state, left, age)


def _dispatches(sender: Sender) -> Metric:
    told = CounterMetricFamily(
        "wenyanglao_dispatches",
        "Tries to tell a county's platform of a call, by outcome",
        labels=("outcome",),
    )
    for outcome, count in sorted(sender.counts.items()):
        told.add_metric((outcome,), count)
    return told
