"""The access token of one account: one fetch per expiry over all processes, and a way out of a bad one."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from time import time
from typing import NamedTuple
from uuid import uuid4

import aiohttp
import structlog

from bot.config import SHANGHAI
from bot.errors import StoreDown
from bot.store.port import Shelf
from bot.wechat.accounts import Account
from bot.wechat.platform_errors import QuotaUsedUp, Unreachable, sentence
from bot.wechat.wire import Call, Limits, Wire

log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

_PATH = "/cgi-bin/stable_token"
_NEEDS = {"access_token": str, "expires_in": int}
# Of a token as one process knows it: none yet, to be used, used up, refused by the platform and given out again.
STATES = ("none", "good", "over", "bad")


class Standing(NamedTuple):
    """How it stands with a token: one of `STATES`, how many seconds it will still be used, and since when it is here."""

    state: str
    left_s: float = 0.0
    age_s: float = 0.0


@dataclass(frozen=True, slots=True)
class TokenLimits:
    """Seconds, and how often a token may be forced anew (the platform allows 20 a day, 30 s apart)."""

    # The platform hands out the next token in the last 5 minutes of one, and both are good for so long.
    early_s: float = 240.0
    # Longer than a fetch takes with all its tries.
    lock_s: float = 15.0
    fetch_s: float = 13.0
    wait_s: float = 20.0
    # A bad token that the platform insists on is not asked for again for so long.
    insists_s: float = 5.0
    force_apart_s: float = 31.0
    force_a_day: int = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A token as it stands on the shelf: until when it is used, and since when we know it to be bad."""

    token: str = field(repr=False)
    end: float
    bad_at: float = 0.0


class Tokens:
    """Gives tokens to the calls; any number of processes share them through the shelf."""

    def __init__(
        self,
        account: Account,
        http: aiohttp.ClientSession,
        shelf: Shelf,
        base: str,
        limits: Limits | None = None,
        token_limits: TokenLimits | None = None,
    ) -> None:
        self.wire = Wire(account, http, shelf, base, limits)
        self._limits = token_limits or TokenLimits()
        self._shelf, self._name = shelf, f"token:{account.app_id}"
        self._own: Kept | None = None
        self._since = 0.0
        self._fetching: dict[str | None, asyncio.Task[Kept]] = {}

    @property
    def standing(self) -> Standing:
        """Of the token that this process has; asks nobody."""
        own, now = self._own, time()
        if own is None:
            return Standing("none")
        state = "bad" if own.bad_at else "good" if own.end > now else "over"
        return Standing(state, max(0.0, own.end - now), now - self._since)

    async def get(self) -> str:
        """A token that should be good; raises `ApiError` (also `NotConfigured`) or `StoreDown`."""
        self.wire.secret()
        if self._own and self._own.end > time():
            return self._own.token
        return await self._together(None)

    async def renew(self, bad: str) -> str:
        """Another token than the bad one; the same where the platform insists on it and may not be forced now."""
        self.wire.secret()
        if self._own and self._own.token == bad:
            self._own = None
        if self._own and self._own.end > time():
            return self._own.token
        return await self._together(bad)

    async def _together(self, bad: str | None) -> str:
        """All that wait in this process share one search, its failure too."""
        if bad not in self._fetching:
            task = self._fetching[bad] = asyncio.create_task(self._search(bad))
            task.add_done_callback(lambda done: self._done(bad, done))
        # Whoever stops waiting does not stop the others.
        own = await asyncio.shield(self._fetching[bad])
        if self._own is None or self._own.token != own.token:
            self._since = time()
        self._own = own
        return own.token

    def _done(self, bad: str | None, task: asyncio.Task[Kept]) -> None:
        del self._fetching[bad]
        if not task.cancelled():
            task.exception()

    async def _search(self, bad: str | None) -> Kept:
        holder, clock = uuid4().hex, asyncio.get_running_loop().time
        end = clock() + self._limits.wait_s
        while clock() < end:
            if found := await self._look(bad):
                return found
            if await self._shelf.claim(self._lock, holder, self._limits.lock_s):
                return await self._as_holder(holder, bad)
            await asyncio.sleep(random.uniform(0.05, 0.15))  # noqa: S311 - only spreads the waiters
        raise self._reported("token_awaited")

    async def _as_holder(self, holder: str, bad: str | None) -> Kept:
        try:
            async with asyncio.timeout(self._limits.fetch_s):
                return await self._look(bad) or await self._fetch(bad)
        except TimeoutError:
            raise self._reported("unreachable") from None
        finally:
            # What cannot be given back now frees itself.
            with suppress(StoreDown):
                await self._shelf.release(self._lock, holder)

    async def _look(self, bad: str | None) -> Kept | None:
        """What the others left on the shelf; a bad token is taken off it, unless it was fetched again just now."""
        raw = await self._shelf.get(self._name)
        kept = _load(raw)
        if raw is None or kept is None or kept.end <= time():
            return None
        if kept.token != bad or kept.bad_at + self._limits.insists_s > time():
            return kept
        await self._shelf.drop(self._name, raw)
        return None

    async def _fetch(self, bad: str | None) -> Kept:
        kept = await self._ask(force=False)
        if kept.token == bad and await self._may_force():
            # Used up by others too; plain fetches go on.
            with suppress(QuotaUsedUp):
                kept = await self._ask(force=True)
        if kept.token == bad:
            kept = Kept(kept.token, kept.end, bad_at=time())
        await self._shelf.put(self._name, json.dumps(asdict(kept)).encode(), kept.end - time())
        return kept

    async def _ask(self, *, force: bool) -> Kept:
        body = {
            "grant_type": "client_credential",
            "appid": self.wire.account.app_id,
            "secret": self.wire.secret(),
            "force_refresh": force,
        }
        # A forced fetch that got lost may have happened all the same: it is not repeated.
        call = Call(_PATH, body, needs=_NEEDS, effect=force, variant="?forced" if force else "")
        answer = await self.wire.ask(call)
        token, seconds = answer.fields["access_token"], max(1, answer.fields["expires_in"])
        log.info("wechat_token_fetched", account=self.wire.account.name, forced=force, seconds=seconds)
        return Kept(token, time() + max(seconds - self._limits.early_s, seconds / 4))

    async def _may_force(self) -> bool:
        """Counts it before it is done, as a failure may count too; only the holder of the lock comes here."""
        forced = f"token-forced:{self.wire.account.app_id}"
        today = f"{forced}:{datetime.now(SHANGHAI):%Y-%m-%d}"
        done = int(await self._shelf.get(today) or 0)
        if done >= self._limits.force_a_day:
            return False
        if not await self._shelf.claim(forced, uuid4().hex, self._limits.force_apart_s):
            return False
        await self._shelf.put(today, str(done + 1).encode(), 24 * 3600)
        return True

    def _reported(self, name: str) -> Unreachable:
        error = Unreachable(sentence(name, seconds=round(self._limits.wait_s)))
        self.wire.report(_PATH, error)
        return error

    @property
    def _lock(self) -> str:
        return f"{self._name}:lock"


def _load(raw: bytes | None) -> Kept | None:
    try:
        return Kept(**json.loads(raw)) if raw else None
    except (ValueError, TypeError):
        return None
