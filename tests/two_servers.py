"""Server processes on one Redis behind one address; each of them, and the Redis, can be killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.platform.account import AccountSide
from tests.platform.api_side import ApiSide
from tests.platform.pushing import Manner, Platform
from tests.platform.serving import Serving
from tests.storage import RealServer, real_server

ROOT = Path(__file__).resolve().parents[1]
TRAINED = ROOT / "var" / "understanding.json"
AS_OF = datetime.fromisoformat("2026-11-21T09:00:00+08:00")
TOKEN, APP_ID, AES_KEY, SECRET = "AAAAA", "wxba5fad812f8e6fb9", "A" * 43, "a-secret-of-the-tests"
# All that was acknowledged is on the disk.
DURABLE = ("--appendonly", "yes", "--appendfsync", "always")


@dataclass
class ServerProcess(Serving):
    """One of the servers; `later` moves the fixed "now" of its next start."""

    later: timedelta = timedelta()

    def start(self) -> None:
        """Returns when it can do its work."""
        self.settings["BOT_AS_OF"] = (AS_OF + self.later).isoformat()
        super().start()


def settings_of(redis_url: str, api_url: str) -> dict[str, str]:
    """The environment of a server on that Redis whose platform's API stands there."""
    return {
        "REDIS_URL": redis_url,
        "WECHAT_TOKEN": TOKEN,
        "WECHAT_APP_ID": APP_ID,
        "WECHAT_AES_KEY": AES_KEY,
        "WECHAT_APP_SECRET": SECRET,
        "WECHAT_API_BASE": api_url,
    }


class Front:
    """One address before several servers, as a load balancer: a connection goes to any of them that takes it, and
    breaks when that one breaks. An async context manager."""

    def __init__(self, ports: Sequence[int], chance: random.Random) -> None:
        self._ports = ports
        self._chance = chance
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Front:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await self._there()
        if there is None:
            writer.transport.abort()
            return
        ways = [asyncio.create_task(_pipe(reader, there[1])), asyncio.create_task(_pipe(there[0], writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for one in (writer, there[1]):
            one.close()
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)

    async def _there(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for port in self._chance.sample(self._ports, len(self._ports)):
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        return None


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while some := await reader.read(65_536):
            writer.write(some)
            await writer.drain()


@dataclass
class Site:
    """What runs; `account` is the platform's own view of the account."""

    redis: RealServer
    servers: Sequence[ServerProcess]
    front: Front
    account: AccountSide
    chance: random.Random

    def platform(self, manner: Manner | None = None, url: str | None = None, **more: Any) -> Platform:
        """The pushing side, at the one address or at `url`."""
        ledger = self.account.ledger
        named = {"manner": manner, "ledger": ledger, "chance": self.chance, **more}
        return Platform(url or self.front.url, TOKEN, APP_ID, AES_KEY, **named)

    async def restart(self, server: ServerProcess, how: int = signal.SIGTERM, down_s: float = 0.0) -> None:
        """Ends a server and starts it again."""
        await asyncio.to_thread(server.stop, how)
        await asyncio.sleep(down_s)
        await asyncio.to_thread(server.start)

    async def restart_redis(self, down_s: float) -> None:
        """Kills it in the middle of its work and starts it again."""
        await asyncio.to_thread(self.redis.stop)
        await asyncio.sleep(down_s)
        await asyncio.to_thread(self.redis.start)


@contextlib.asynccontextmanager
async def site(folder: Path, count: int = 2, chance: random.Random | None = None) -> AsyncIterator[Site]:
    """So many server processes on one Redis that keeps everything, with the platform's API beside them."""
    chance = chance or random.Random()  # noqa: S311 - not for secrets
    folder.mkdir(exist_ok=True)
    account = AccountSide(APP_ID, SECRET)
    with real_server(folder, *DURABLE) as redis:
        async with ApiSide([account]) as api:
            servers = [
                ServerProcess(folder / f"server-{n}", settings_of(redis.url, api.url)) for n in range(count)
            ]
            try:
                await asyncio.gather(*(asyncio.to_thread(one.start) for one in servers))
                async with Front([one.port for one in servers], chance) as front:
                    yield Site(redis, servers, front, account, chance)
            finally:
                await asyncio.gather(*(asyncio.to_thread(one.stop) for one in servers))
