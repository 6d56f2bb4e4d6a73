"""Asks a Rasa server what a text means; where it is slow, down or strange, the embedded engine answers the same turn."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from time import perf_counter
from typing import Final

from aiohttp import ClientError, ClientResponse, ClientSession
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from yarl import URL

from nlu import rasa_model, rasa_wire
from nlu.embedded import Embedded
from nlu.rasa_wire import RasaFault
from nlu.signs import Heard
from nlu.understanding import Understanding

log = logging.getLogger(__name__)

# The elder waits at most so long before the embedded engine answers.
BUDGET_S: Final = 0.4
AT_ONCE: Final = 4
# After so many failures in a row Rasa is left alone for so long, then tried with the next text.
FAILURES: Final = 5
REST_S: Final = 15.0
# An honest answer has some two kilobytes.
LONGEST_ANSWER: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What others want with Rasa: `told` hears of each question how it ended ("ok", "resting", or the kind of a
    `RasaFault`) and after how many seconds; `headers` go along with it."""

    told: Callable[[str, float], None] = lambda _outcome, _seconds: None
    headers: Callable[[], Mapping[str, str]] = dict


ALONE: Final = Surroundings()


@contextlib.asynccontextmanager
async def connect(url: str, embedded: Embedded, around: Surroundings = ALONE) -> AsyncIterator[Rasa]:
    """An Understander that asks the server at `url` for as long as the context lasts; a server that is not there
    yet stops nothing. The log says which engine answers."""
    async with ClientSession() as session:
        engine = Rasa(url, embedded, session, around)
        log.warning("understanding: %s", await engine.state())
        yield engine


class Rasa:
    """An Understander: the readers and the rules of the embedded engine, and Rasa's ranking of the intents."""

    def __init__(
        self, url: str, embedded: Embedded, session: ClientSession, around: Surroundings = ALONE
    ) -> None:
        self._url = URL(url)
        self._embedded = embedded
        self._session = session
        self._around = around
        self._places = asyncio.Semaphore(AT_ONCE)
        self._breakers = AsyncCircuitBreakerFactory(FAILURES, REST_S)
        self._fault: str | None = None

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding:
        """As `Embedded.parse`; never raises, and waits for Rasa no longer than BUDGET_S."""
        heard = self._embedded.hear(text, context, now)
        return self._embedded.at_once(heard) or await self._asked(heard)

    async def state(self) -> str:
        """One line for the operator: which engine answers, and why."""
        try:
            return f"rasa, {_known(rasa_wire.model(await self._answer('GET', 'status')))}"
        except RasaFault as fault:
            return f"embedded, because Rasa {fault}"

    async def _asked(self, heard: Heard) -> Understanding:
        started, outcome = perf_counter(), "not_awaited"
        try:
            ranking = await self._ranking(heard.text)
            outcome = "ok"
            return self._embedded.judged(heard, ranking, "rasa")
        except RasaFault as fault:
            outcome = fault.kind
        except OpenedState:
            outcome = "resting"
        finally:
            self._around.told(outcome, perf_counter() - started)
        return self._embedded.guessed(heard)

    async def _ranking(self, text: str) -> Mapping[str, float]:
        if self._places.locked():
            raise RasaFault("has its hands full", "busy")
        async with self._places, await self._breakers.get_breaker("rasa"):
            try:
                found = rasa_wire.ranking(
                    await self._answer("POST", "model/parse", {"text": _no_order(text)})
                )
            except RasaFault as fault:
                self._tell(str(fault))
                raise
            self._tell(None)
            return found

    async def _answer(self, method: str, path: str, body: Mapping[str, str] | None = None) -> bytes:
        # A token stands in the query and has to stay there.
        url = (self._url / path).with_query(self._url.query)
        asked = self._session.request(method, url, json=body, headers=self._around.headers())
        try:
            async with asyncio.timeout(BUDGET_S), asked as answer:
                return await _body(answer)
        except TimeoutError:
            raise RasaFault(f"does not answer within {BUDGET_S} s", "slow") from None
        except ClientError as error:
            raise RasaFault(f"cannot be reached ({type(error).__name__})", "unreachable") from error

    def _tell(self, fault: str | None) -> None:
        """The operator hears of each change once, not of each turn."""
        if fault != self._fault:
            log.warning("Rasa %s", f"{fault}: the embedded engine answers" if fault else "answers again")
        self._fault = fault


async def _body(answer: ClientResponse) -> bytes:
    if answer.status != 200:
        raise RasaFault(f"answers with the status {answer.status}", "status")
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > LONGEST_ANSWER:
            raise RasaFault(f"answers with more than {LONGEST_ANSWER} bytes")
    return bytes(body)


def _known(model: str) -> str:
    """The model's name, and a warning where it was not trained from the sentences that stand here."""
    name = PurePath(model).name.removesuffix(".tar.gz")
    expected = rasa_model.name()
    if name == expected:
        return f"model {name}"
    return f"model {name!r}, which was trained from other sentences than {expected}; run: make rasa"


def _no_order(text: str) -> str:
    """What begins with a slash is an order to Rasa; what people write never is one."""
    return text.lstrip("/ ") or "。"
