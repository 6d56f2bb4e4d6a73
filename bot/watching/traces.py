"""Sends the steps of requests to a collector (OpenTelemetry, OTLP over HTTP), where one is named and the extra is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Final

from bot.errors import SettingError
from bot.watching.spans import trace_with

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_SERVICE: Final = "wenyanglao"
_PATH: Final = "/v1/traces"
_SEND_S: Final = 5.0


def tracing(endpoint: str | None) -> AbstractContextManager[None]:
    """Traces as long as it is open, to OTEL_EXPORTER_OTLP_ENDPOINT; nothing without one. Raises `SettingError` where the
    extra is not installed."""
    if endpoint is None:
        return nullcontext()
    try:
        return _traced(_provider(endpoint))
    except ImportError:
        raise SettingError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but traces need the extra: pip install 'wenyanglao[traces]'",
            field="OTEL_EXPORTER_OTLP_ENDPOINT",
        ) from None


def _provider(endpoint: str) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    # A provider of our own, not the process's: libraries that trace would tell of keys and addresses.
    provider = TracerProvider(resource=Resource({"service.name": _SERVICE}), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint.rstrip("/") + _PATH, timeout=_SEND_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


@contextmanager
def _traced(provider: TracerProvider) -> Iterator[None]:
    tracer = provider.get_tracer(_SERVICE)

    def begin(name: str, told: dict[str, str]) -> AbstractContextManager[Any]:
        # An error's message may hold what an elder wrote.
        return tracer.start_as_current_span(
            name, attributes=told, record_exception=False, set_status_on_exception=False
        )

    trace_with(begin)
    try:
        yield
    finally:
        trace_with(None)
        provider.shutdown()
