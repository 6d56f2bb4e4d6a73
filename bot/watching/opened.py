"""Puts the watching together for one application: what measures, what is told at the ports, what traces."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager

from aiohttp import web

from bot.config import Settings
from bot.dispatch.sending import Sender
from bot.jobs import Jobs
from bot.keys import READY
from bot.models import Message, Session, Turn
from bot.partners import Counts
from bot.store.connect import Stores
from bot.watching import readiness, traces
from bot.watching.gathered import Gathered
from bot.watching.http import watch_requests
from bot.watching.metrics import Metrics
from bot.watching.serving import metrics_served
from bot.watching.whole import Whole
from bot.wechat.door import PUSHED

METRICS: web.AppKey[Metrics] = web.AppKey("metrics", Metrics)


def watch(app: web.Application, settings: Settings) -> Metrics:
    """Measures its requests and pushes, and traces them where that is wanted; to be called before it starts.

    Raises `SettingError` where traces are wanted and cannot be had.
    """
    app[METRICS] = metrics = Metrics(settings.now)
    app[PUSHED] = metrics.pushed
    watch_requests(app, metrics, settings.trusted_proxies)
    endpoint = settings.otel_endpoint
    tracing = traces.tracing(endpoint.get_secret_value() if endpoint else None)

    async def traced(_app: web.Application) -> AsyncIterator[None]:
        with tracing:
            yield

    app.cleanup_ctx.append(traced)
    return metrics


def told(
    app: web.Application, stores: Stores, queue: Jobs, sender: Sender, settings: Settings
) -> AbstractAsyncContextManager[None]:
    """Tells at METRICS_BIND what was measured, and at `/readyz` how it stands, as long as it is open; raises
    `SettingError`."""
    metrics = app[METRICS]
    app[READY] = readiness.parts(queue)
    for name in queue.names:
        metrics.jobs.known(name, "given_up")
    metrics.registry.register(Gathered(app, sender))
    whole = Whole(stores.requests, stores.shelf, queue.standing, settings.now)
    metrics.registry.register(whole)
    return metrics_served(settings.metrics_bind, metrics.registry, whole)


class All:
    """The `Counts` of a conversation for several who count."""

    def __init__(self, counting: Sequence[Counts]) -> None:
        self._counting = counting

    def turned(self, message: Message, before: Session, turn: Turn) -> None:
        """See `Counts.turned`."""
        for one in self._counting:
            one.turned(message, before, turn)
