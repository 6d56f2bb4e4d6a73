"""Counts by week, in Redis; they tell of nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.store.server import Server

_DAY_S: Final = 24 * 3600
# Two years of weeks are compared at the most; words are learned from sooner.
_KEPT_S: Final = 800 * _DAY_S
_WORDS_KEPT_S: Final = 200 * _DAY_S
# A week has so many counts at the most; what comes later under a name of its own is left out.
_MOST: Final = 50_000
_MOST_WORDS: Final = 5_000
_WORD: Final = ":word:"
_ADD = """
local room = tonumber(ARGV[2]) - redis.call('HLEN', KEYS[1])
for place = 3, #ARGV, 2 do
  local known = redis.call('HEXISTS', KEYS[1], ARGV[place]) == 1
  if known or room > 0 then
    redis.call('HINCRBY', KEYS[1], ARGV[place], ARGV[place + 1])
    if not known then room = room - 1 end
  end
end
redis.call('EXPIRE', KEYS[1], ARGV[1]) return 1
"""
_OF = "return redis.call('HGETALL', KEYS[1])"
# Lua takes no more arguments than about 8,000.
_AT_ONCE: Final = 2_000


class RedisTally:
    """The `Tally` protocol over one `Server`; a count may come twice where a connection broke. Words, whose names have
    `:word:` in them, stand by themselves: there may be any number of them."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def add(self, week: str, counts: Mapping[str, int]) -> None:
        """See `Tally.add`."""
        numbers = [(name, count) for name, count in counts.items() if _WORD not in name]
        words = [(name, count) for name, count in counts.items() if _WORD in name]
        await self._add(_key(week), _KEPT_S, _MOST, numbers)
        await self._add(_words_key(week), _WORDS_KEPT_S, _MOST_WORDS, words)

    async def of(self, week: str) -> Mapping[str, int]:
        """See `Tally.of`."""
        found: dict[str, int] = {}
        for key in (_key(week), _words_key(week)):
            flat: list[Any] = await self._server.script(_OF, (key,))
            pairs = zip(flat[::2], flat[1::2], strict=True)
            found |= {name.decode(): int(count) for name, count in pairs}
        return found

    async def _add(self, key: str, kept_s: int, most: int, counts: list[tuple[str, int]]) -> None:
        for begins in range(0, len(counts), _AT_ONCE):
            flat = [part for pair in counts[begins : begins + _AT_ONCE] for part in pair]
            await self._server.script(_ADD, (key,), kept_s, most, *flat)


def _key(week: str) -> str:
    return f"wenyanglao:tally:{week}"


def _words_key(week: str) -> str:
    return f"wenyanglao:tally-words:{week}"
