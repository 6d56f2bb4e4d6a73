"""Turns in Redis: one at a time a user, all of its outcome kept in one step, each push answered once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any

import structlog

from bot.errors import StoreDown, TurnLost
from bot.models import Request, Session
from bot.store import sessions
from bot.store.port import Allows, Held, Outcome
from bot.store.queues import Queues, busy
from bot.store.recent import settled
from bot.store.scripts import HOLD, KEEP, LEAVE, OLDER, PROMISE, PROMISED, TAKE, Keys, digest
from bot.store.server import Server

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
_HELD = 1
_KEPT = (1, 2)
# How a turn is asked for: by a push that just came, to finish what was promised, by a push that stood in line.
_NEW, _FINISH, _WAITED = 0, 1, 2


class RedisStore:
    """The `Store` protocol over one `Server`; any number of processes may share it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._limits = server.limits
        self._sealer = server.sealer
        self._queues = Queues()
        self._kept: set[str] = set()
        # By the turn, the versions of the calls that were read after it began.
        self._older: dict[str, dict[str, int]] = {}

    @asynccontextmanager
    async def turn(
        self,
        user: str,
        key: str | None = None,
        allows: Allows = "nothing",
        *,
        finish: bool = False,
        recent: bool = False,
    ) -> AsyncIterator[Held]:
        """See `Store.turn`; `StoreDown` also where an earlier turn does not end within `turn_wait_s`."""
        keys, token, taken = Keys.of(user), secrets.token_hex(16), [0]
        deadline = asyncio.get_running_loop().time() + self._limits.turn_wait_s
        waited = await self._queues.join(keys.turn, deadline)
        try:
            asked = (token, self._limits.turn_ms, digest(key) if key is not None else "", allows)
            how = _FINISH if finish else _WAITED if waited else _NEW
            taken = await self._take(keys, asked, how, deadline, recent=recent)
            with self._prolonged(keys, token):
                yield self._held(user, keys.owner, key, token, taken)
        finally:
            self._older.pop(token, None)
            try:
                if taken[0] == _HELD and token not in self._kept:
                    await self._leave(keys, token)
            finally:
                self._kept.discard(token)
                self._queues.leave(keys.turn)

    async def all_calls(self, held: Held) -> tuple[Request, ...]:
        """See `Store.all_calls`."""
        if not held.older:
            return held.requests
        keys = Keys.of(held.user)
        older = self._requests(keys.owner, await self._server.script(OLDER, keys.all))
        self._older[held.token] = {one.id: one.version for one in older}
        return sessions.newest_first((*held.requests, *older))

    async def recall(self, user: str) -> Session:
        """See `Store.recall`."""
        keys = Keys.of(user)
        return self._session(keys.owner, await self._server.get(keys.session))

    async def keep(self, held: Held, outcome: Outcome) -> bool:
        """See `Store.keep`; a session is kept for 90 days after its last turn, a notice for 30."""
        limits, notice, keys = self._limits, outcome.notice, Keys.of(held.user)
        seal = partial(self._sealer.seal, owner=keys.owner)
        began_with = {one.id: one.version for one in held.requests} | self._older.get(held.token, {})
        kept = await self._server.script(
            KEEP,
            keys.all,
            held.token,
            seal("session", value=sessions.dump(outcome.session)),
            limits.session_ms,
            digest(held.key) if held.key is not None and outcome.answer is not None else "",
            seal("answer", value=outcome.answer or b""),
            limits.answer_ms,
            seal("notice", value=sessions.dump_notice(notice) if notice else b""),
            notice.id if notice else "",
            limits.notice_ms,
            int(outcome.forget),
            *_counted(outcome.told, _settled(held, outcome)),
            *(part for one in outcome.requests for part in self._followed(keys.owner, began_with, one)),
            lasting=True,
        )
        if kept not in _KEPT:
            raise TurnLost("The turn was lost meanwhile; nothing was kept. Send the message again.")
        # Keeping has ended the turn: leaving would only cost a round trip.
        self._kept.add(held.token)
        return bool(kept == 1)

    async def promise(self, user: str, key: str, answer: bytes, message: bytes, allows: Allows) -> bytes:
        """See `Store.promise`; the message is kept for a day at most."""
        limits, keys = self._limits, Keys.of(user)
        counts: bytes = await self._server.script(
            PROMISE,
            keys.all,
            digest(key),
            self._sealer.seal("answer", keys.owner, answer),
            limits.answer_ms,
            self._sealer.seal("promise", keys.owner, message),
            limits.promise_ms,
            allows,
            within=1.0,
            lasting=True,
        )
        return self._sealer.open("answer", keys.owner, counts)

    async def promised(self, user: str, key: str) -> bytes | None:
        """See `Store.promised`."""
        keys = Keys.of(user)
        message: bytes | None = await self._server.script(PROMISED, keys.all, digest(key))
        return None if message is None else self._sealer.open("promise", keys.owner, message)

    async def check(self) -> None:
        """See `Store.check`."""
        await self._server.check()

    async def close(self) -> None:
        """Closes the connections; the store cannot be used afterwards."""
        await self._server.close()

    async def _take(
        self, keys: Keys, asked: tuple[str | int, ...], how: int, deadline: float, *, recent: bool
    ) -> list[Any]:
        clock, pause = asyncio.get_running_loop().time, 0.005
        while not (taken := await self._server.script(TAKE, keys.all, *asked, how, int(recent)))[0]:
            if clock() + pause > deadline:
                raise busy()
            await asyncio.sleep(pause)
            how = how or _WAITED
            pause = min(pause * 2, 0.05)
        return list(taken)

    @contextmanager
    def _prolonged(self, keys: Keys, token: str) -> Iterator[None]:
        """Most turns end long before; only for the others is there a task."""
        tasks: list[asyncio.Task[None]] = []
        loop = asyncio.get_running_loop()
        timer = loop.call_later(
            self._limits.prolong_s, lambda: tasks.append(loop.create_task(self._hold(keys, token)))
        )
        try:
            yield
        finally:
            timer.cancel()
            for task in tasks:
                task.cancel()

    async def _hold(self, keys: Keys, token: str) -> None:
        while True:
            with suppress(StoreDown):
                await self._server.script(HOLD, keys.all, token, self._limits.turn_ms)
            await asyncio.sleep(self._limits.prolong_s)

    async def _leave(self, keys: Keys, token: str) -> None:
        try:
            await self._server.script(LEAVE, keys.all, token, within=self._limits.leave_s)
        except StoreDown:
            # What was kept stays kept, and the turn ends by itself.
            log.warning("turn_left_open", ends_in_ms=self._limits.turn_ms)

    def _held(self, user: str, owner: str, key: str | None, token: str, taken: list[Any]) -> Held:
        sealer = self._sealer
        if taken[0] != _HELD:
            return Held(user, key, token, sessions.load(None), before=sealer.open("answer", owner, taken[1]))
        _, _, late, session, waiting, promised, requests, staff, older = taken
        notices = map(sessions.load_notice, sealer.all("notice", owner, waiting))
        return Held(
            user,
            key,
            token,
            self._session(owner, session),
            None,
            bool(late),
            tuple(filter(None, notices)),
            tuple(sealer.all("promise", owner, promised)),
            self._requests(owner, requests),
            staff.decode() if staff else None,
            older,
        )

    def _session(self, owner: str, raw: bytes | None) -> Session:
        return sessions.load(None if raw is None else self._sealer.open("session", owner, raw))

    def _requests(self, owner: str, raw: Sequence[bytes]) -> tuple[Request, ...]:
        return sessions.load_requests(self._sealer.all("request", owner, raw))

    def _followed(
        self, owner: str, began_with: Mapping[str, int], request: Request
    ) -> tuple[str, int, int, bytes]:
        """A request as the script takes it, with the number of lines that it had as the turn began."""
        sealed = self._sealer.seal("request", owner, sessions.dump_request(request))
        return request.id, began_with.get(request.id, 0), request.version, sealed


def _settled(held: Held, outcome: Outcome) -> list[str]:
    """The calls that need not be read at every turn from now on, each with its version."""
    known = {one.id: one for one in (*held.requests, *outcome.requests)}
    return [part for one in settled(known.values()) for part in (one.id, str(one.version))]


def _counted(told: Sequence[str], settled: Sequence[str]) -> tuple[str | int, ...]:
    """As the script takes them."""
    return len(told), len(settled) // 2, *told, *settled
