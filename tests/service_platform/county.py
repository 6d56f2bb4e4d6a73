"""A county's service platform: takes signed events, keeps the calls, answers with scripted faults, reports back."""

from __future__ import annotations

import itertools
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.platform.faults import Fault, Faults
from tests.service_platform import signing

PATH = "/requests"
SHARED = "only-for-tests-0123456789abcdefghij"


@dataclass
class Taken:
    """One event that was trusted and new."""

    key: str
    body: dict[str, Any]


@dataclass
class Reported:
    """What the bot answered to a report."""

    status: int
    body: Any


@dataclass
class County:
    """Listens while it is open; `callback` is the bot's address for reports.

    `tries` counts what arrived under each key, `refused` says why something was not trusted, `calls` holds the newest
    version of each call by its number. `on_event` hears of each new event. `manner` says what goes wrong with an event
    where nothing is scripted; `differing` are the keys that came with another body than before, `request_ids` what each
    try told as X-Request-ID.
    """

    callback: str = ""
    id: str = "county"
    secret: str = SHARED
    port: int = 0
    now: Callable[[], float] = time.time
    faults: Faults = field(default_factory=Faults)
    tries: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    events: list[Taken] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    on_event: Callable[[Taken], Awaitable[None]] | None = None
    manner: Callable[[bytes], Fault | None] | None = None
    differing: list[str] = field(default_factory=list)
    request_ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._keys = (f"report-{number}-{id(self):x}" for number in itertools.count(1))
        self._bodies: dict[str, bytes] = {}
        self._runner: web.AppRunner | None = None
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> County:
        app = web.Application()
        app.router.add_post(PATH, self._arrives)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self._http = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        assert self._http
        await self._http.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"

    def kinds(self, number: str) -> list[str]:
        """The events of one call in the order in which they were taken."""
        return [one.body["event"] for one in self.events if one.body["number"] == number]

    async def _arrives(self, request: web.Request) -> web.StreamResponse:
        self.request_ids.append(request.headers.get("X-Request-ID", ""))
        fault = self.faults.take(PATH)
        if fault is None and self.manner:
            fault = self.manner(await request.read())
        return await (fault(request, self._take) if fault else self._take(request))

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if why := signing.trouble(request.headers, self.id, self.secret, body, self.now()):
            self.refused.append(why)
            return web.json_response({"received": False, "why": why}, status=401)
        key = request.headers["Idempotency-Key"]
        self.tries[key] += 1
        if self._bodies.setdefault(key, body) != body:
            self.differing.append(key)
        if self.tries[key] == 1:
            await self._keep(Taken(key, json.loads(body)))
        return web.json_response({"received": True})

    async def _keep(self, taken: Taken) -> None:
        self.events.append(taken)
        number = taken.body["number"]
        known = self.calls.get(number)
        if known is None or known["version"] < taken.body["version"]:
            self.calls[number] = taken.body
        if self.on_event:
            await self.on_event(taken)

    async def report(self, number: str, state: str, key: str | None = None, **more: str) -> Reported:
        """Reports a state of a call: accepted, on_the_way, done, failed; `more` is a note, a worker."""
        return await self.report_raw(json.dumps({"number": number, "state": state, **more}).encode(), key)

    async def report_raw(self, body: bytes, key: str | None = None, **headers: str) -> Reported:
        """Any body, signed; `headers` (X_Dispatch_Time="1") take the place of good ones."""
        key = key or next(self._keys)
        good = signing.headers(self.id, self.secret, key, body, self.now())
        wanted = good | {name.replace("_", "-"): value for name, value in headers.items()}
        assert self._http
        async with self._http.post(self.callback, data=body, headers=wanted) as response:
            text = await response.text()
            return Reported(response.status, json.loads(text) if text.startswith("{") else text)
