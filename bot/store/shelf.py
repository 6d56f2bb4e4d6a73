"""Small values that all processes share, in Redis: access tokens, and who fetches one."""

from __future__ import annotations

from bot.store.server import Server

# What a key may hold comes in every form in which it may stand there, the newest first.
_HOLDS = """
local held = redis.call('GET', KEYS[1])
local function holds(first)
  for place = first, #ARGV do if held == ARGV[place] then return true end end
  return false
end
"""
# its time, the value in its forms
CLAIM = f"""{_HOLDS}
if held and not holds(2) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1]) return 1
"""
# the value in its forms
DROP = f"{_HOLDS} if not holds(1) then return 0 end return redis.call('DEL', KEYS[1])"


class RedisShelf:
    """The `Shelf` protocol over one `Server`; names are ours, never what a user wrote."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def get(self, name: str) -> bytes | None:
        """See `Shelf.get`."""
        raw = await self._server.get(_key(name))
        return None if raw is None else self._server.sealer.open("shelf", name, raw)

    async def put(self, name: str, value: bytes, seconds: float) -> None:
        """See `Shelf.put`."""
        sealed = self._server.sealer.seal("shelf", name, value)
        await self._server.put(_key(name), sealed, max(1, int(seconds * 1000)))

    async def drop(self, name: str, value: bytes) -> None:
        """See `Shelf.drop`."""
        await self._server.script(DROP, (_key(name),), *self._forms(name, value))

    async def claim(self, name: str, holder: str, seconds: float) -> bool:
        """See `Shelf.claim`; claiming again prolongs it."""
        forms = self._forms(name, _bytes(holder))
        return bool(await self._server.script(CLAIM, (_key(name),), max(1, int(seconds * 1000)), *forms))

    async def release(self, name: str, holder: str) -> None:
        """See `Shelf.release`."""
        await self.drop(name, _bytes(holder))

    def _forms(self, name: str, value: bytes) -> tuple[bytes, ...]:
        return self._server.sealer.every("shelf", name, value)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _key(name: str) -> str:
    return f"wenyanglao:shelf:{name}"
