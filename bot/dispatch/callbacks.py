"""What platforms report, `POST /platform/callback`: signed, in time, once only, and moved by the rules of a call."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from traceback import extract_tb
from typing import Annotated, Any, Final, Literal
from uuid import uuid4

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from bot.bodies import read_body, strict_object
from bot.booking.moves import move
from bot.booking.table import Actor, Refusal
from bot.dispatch import remarks
from bot.dispatch.platform import IDEMPOTENCY, KEY_ID, SIGNATURE, TIME, signature
from bot.dispatch.platforms import Platform, Platforms
from bot.dispatch.tracking import Tracker
from bot.errors import BadValue, BotError, NotFound, Refused
from bot.models import Request
from bot.store.port import Shelf

PATH: Final = "/platform/callback"
BODY_LIMIT: Final = 16 * 1024
WINDOW_S: Final = 300
_PLATFORM: Final = Actor("platform")
_NOBODY: Final = SecretStr("nobody has this secret, and a forged key takes as long as a wrong one")
# No dot: it parts what is signed, and nothing may be read in two ways.
_KEY: Final = re.compile("[!-\\-/-~]{1,100}")
_LONGEST_NOTE = 200
# A week: platforms try again for hours, each time with a new time stamp.
_REMEMBERED_S = 7 * 24 * 3600.0
_LEASE_S = 5.0
# Telephones, cards, addresses of mail: the history is for ever, and nothing personal may stand in it.
_DIGIT = "[0-9０-９〇零一二三四五六七八九幺]"
_PERSONAL = re.compile(
    rf"\+?{_DIGIT}(?:[ \-—－._/·]?{_DIGIT}){{6,}}[Xx]?|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII
)

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class Unsigned(Refused):
    code, status = "not_signed", 401


class InHand(BotError):
    code, status = "in_hand", 503


class Report(BaseModel):
    """What a platform says of one call; `worker` is the number of who goes there, never a name."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    number: Annotated[str, Field(pattern=r"^[0-9]{7,10}$")]
    state: Literal["accepted", "on_the_way", "done", "failed"]
    note: Annotated[str, Field(max_length=2000)] = ""
    worker: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,20}$")] = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON of one answer."""

    status: int
    told: Mapping[str, Any]


class Callbacks:
    """Takes the reports of all platforms."""

    def __init__(
        self, platforms: Platforms, tracker: Tracker, shelf: Shelf, clock: Callable[[], datetime]
    ) -> None:
        self._platforms = platforms
        self._tracker = tracker
        self._shelf = shelf
        self._clock = clock

    async def take(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one report; the same key with the same body again gets the same answer and moves nothing.

        Raises `BotError`s: `Unsigned`, `Refused`, `NotFound`, `BadRequest`, `BadValue`, `InHand`, `StoreDown`.
        """
        platform = self._signed(headers, body)
        report = _report(body)
        name = f"callback:{platform.id}:{_digest(headers[IDEMPOTENCY].encode())}"
        return await self._once(name, platform, report, body)

    def _signed(self, headers: Mapping[str, str], body: bytes) -> Platform:
        platform = self._platforms.named(headers.get(KEY_ID, ""))
        stamp, key = headers.get(TIME, ""), headers.get(IDEMPOTENCY, "")
        shaped = re.fullmatch("[0-9]{1,12}", stamp) and _KEY.fullmatch(key)
        said = headers.get(SIGNATURE, "").encode("utf-8", "replace")
        secret = platform.secret if platform else _NOBODY
        good = hmac.compare_digest(
            signature(secret, stamp if shaped else "", key if shaped else "", body).encode(), said
        )
        if platform is None or not shaped or not good:
            raise Unsigned("this is not signed as deploy/platform.md says; check key, secret and headers")
        self._in_time(int(stamp))
        return platform

    def _in_time(self, stamp: int) -> None:
        now = int(self._clock().timestamp())
        if abs(now - stamp) > WINDOW_S:
            raise Unsigned(
                f"{TIME} is more than 5 minutes off, here it is {now}; set the clock", code="stale"
            )

    async def _before(self, name: str, body: bytes) -> Answer | None:
        raw = await self._shelf.get(name)
        if raw is None:
            return None
        kept = json.loads(raw)
        if kept["body"] != _digest(body):
            raise BadValue(
                f"{IDEMPOTENCY} was used for another report; a new report has a new one", field=IDEMPOTENCY
            )
        return Answer(kept["status"], kept["told"])

    async def _once(self, name: str, platform: Platform, report: Report, body: bytes) -> Answer:
        holder = uuid4().hex
        if not await self._shelf.claim(f"{name}:claim", holder, _LEASE_S):
            raise InHand("the same report is in hand; send it again in a moment")
        try:
            if before := await self._before(name, body):
                return before
            answer = await self._moved(platform, report)
            kept = {"body": _digest(body), "status": answer.status, "told": answer.told}
            await self._shelf.put(name, json.dumps(kept).encode(), _REMEMBERED_S)
            return answer
        finally:
            await self._shelf.release(f"{name}:claim", holder)

    async def _moved(self, platform: Platform, report: Report) -> Answer:
        told = await self._tracker.sender.told(report.number)
        if told is not None and told.platform != platform.id:
            raise Refused("this call was not sent to this platform", field="number")

        if told is not None:
            await self._tracker.sender.heard(report.number, told)

        def step(request: Request) -> Request | Refusal:
            if told is None:
                raise Refused("this call was not sent to this platform", field="number")
            return move(request, report.state, _PLATFORM, self._clock(), _note(report, request))

        outcome = await self._tracker.change(report.number, step, tell=True)
        if outcome is None:
            raise NotFound("there is no call of this number", field="number")
        return _answer(report, outcome)


CALLBACKS: web.AppKey[Callbacks] = web.AppKey("platform_callbacks", Callbacks)


def add_routes(app: web.Application) -> None:
    """Opens the door; wants `CALLBACKS` in the app before the first report."""
    app.router.add_post(PATH, _callback)


async def _callback(request: web.Request) -> web.Response:
    try:
        headers = {name: request.headers.get(name, "") for name in (KEY_ID, TIME, IDEMPOTENCY, SIGNATURE)}
        answer = await request.app[CALLBACKS].take(headers, await read_body(request, BODY_LIMIT))
    except BotError as error:
        log.info("callback_refused", code=error.code)
        answer = Answer(error.status, error.as_json())
    except ConnectionError:
        raise
    except Exception as error:  # noqa: BLE001 - a program waits for JSON, whatever breaks
        # Not the error's words: they may hold what was sent.
        place = extract_tb(error.__traceback__)[-1]
        log.error("callback_failed", error=type(error).__name__, where=f"{place.filename}:{place.lineno}")
        broken = BotError("something broke on our side; send it again", code="internal")
        answer = Answer(500, broken.as_json())
    text = json.dumps(answer.told, ensure_ascii=False)
    again = {"Retry-After": "2"} if answer.status == 503 else {}
    return web.Response(
        status=answer.status,
        text=text,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **again},
    )


def _report(body: bytes) -> Report:
    data = strict_object(body)
    try:
        return Report.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part)[:40] for part in first["loc"])
        raise BadValue(f"{field}: {first['msg']}; see deploy/platform.md", field=field) from None


def _note(report: Report, request: Request) -> str:
    """What may stay for ever: short, without what the call itself tells of a person and what looks personal."""
    note = remarks.plain(report.note)
    for own in (request.address, request.contact, request.person or ""):
        if len(told := remarks.plain(own)) > 1:
            note = note.replace(told, "…")
    note = _PERSONAL.sub("…", note)[:_LONGEST_NOTE]
    if report.worker:
        return f"worker:{report.worker} {note}".rstrip()
    # In quotes it is read as words.
    return f"“{note[: _LONGEST_NOTE - 2]}”" if remarks.is_odd(note) else note


def _answer(report: Report, outcome: Request | Refusal) -> Answer:
    if isinstance(outcome, Refusal):
        error = BotError(f"the call is {outcome.state} and cannot become {report.state}", code=outcome.reason)
        return Answer(409, {**error.as_json(), "state": outcome.state})
    told = {"number": outcome.id, "state": outcome.state, "version": outcome.version}
    return Answer(200, told)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
