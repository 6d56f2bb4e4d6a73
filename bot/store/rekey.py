"""Seals everything anew with the first key, beside running servers; what is done already is passed over."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

from bot.store import key_register
from bot.store.data_keys import NOTICE_S
from bot.store.kept import PREFIX, Found, found, owner_of
from bot.store.sealing import KeyMissing, key_of
from bot.store.server import Server

_AT_ONCE: Final = 32
_PASSES: Final = 20
_GET: Final = {
    "string": "local one = redis.call('GET', KEYS[1]) return one and {'', one} or {}",
    "hash": "return redis.call('HGETALL', KEYS[1])",
}
# The value as it was read, the one that takes its place; else somebody wrote meanwhile, and sealed it anew by that.
SWAP_IN_HASH: Final = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) return 1
"""
_SWAP: Final = {
    "string": "if redis.call('GET', KEYS[1]) ~= ARGV[2] then return 0 end "
    "redis.call('SET', KEYS[1], ARGV[3], 'KEEPTTL') return 1",
    "hash": SWAP_IN_HASH,
}
_DROP: Final = {
    "string": "if redis.call('GET', KEYS[1]) ~= ARGV[2] then return 0 end return redis.call('DEL', KEYS[1])",
    "hash": "if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end "
    "return redis.call('HDEL', KEYS[1], ARGV[1])",
}


class Value(NamedTuple):
    """One value as it stands: in a field of a hash, or under the key itself ("")."""

    at: Found
    field: str
    raw: bytes


class Rekeyed(NamedTuple):
    """How many values of each kind were sealed anew, how many no key opens, and which keys seal nothing any more."""

    done: Counter[str]
    lost: Counter[str]
    retired: tuple[str, ...]


async def rekey(server: Server) -> Rekeyed:
    """Raises `StoreDown`; said again, it goes on where it ended. A key is only retired after a pass found nothing."""
    await key_register.check_keys(server, server.sealer)
    # Until then a running server may still seal with the key that was first.
    await asyncio.sleep(NOTICE_S + 1)
    done = Counter[str]()
    for _ in range(_PASSES):
        fresh, lost = await _pass(server)
        done += fresh
        if not fresh:
            return Rekeyed(done, lost, () if lost else await _retired(server))
    return Rekeyed(done, lost, ())


async def give_up(server: Server, name: str) -> Counter[str]:
    """Erases all that was sealed with a key that is lost for good; raises `StoreDown`, `ValueError` where it is not."""
    if name in server.sealer.ids():
        raise ValueError(name)
    dropped = Counter[str]()
    async for values in _batches(server):
        gone = [one for one in values if key_of(one.raw) == name]
        await asyncio.gather(
            *(server.script(_DROP[one.at.place.shape], (one.at.key,), one.field, one.raw) for one in gone)
        )
        dropped.update(one.at.place.name for one in gone)
    await key_register.forget_key(server, name)
    return dropped


async def values_of(server: Server, at: Found) -> list[Value]:
    """What stands under one key, sealed as it is."""
    flat = await server.script(_GET[at.place.shape], (at.key,))
    return [
        Value(at, name.decode("utf-8", "surrogateescape"), raw)
        for name, raw in zip(flat[::2], flat[1::2], strict=True)
    ]


async def _pass(server: Server) -> tuple[Counter[str], Counter[str]]:
    done, lost = Counter[str](), Counter[str]()
    async for values in _batches(server):
        stale = [one for one in values if server.sealer.stale(one.raw)]
        for one, outcome in zip(
            stale, await asyncio.gather(*(_anew(server, one) for one in stale)), strict=True
        ):
            counts = lost if outcome is None else done
            counts[one.at.place.name] += 1
    return done, lost


async def _batches(server: Server) -> AsyncIterator[list[Value]]:
    async for names in server.names(f"{PREFIX}*"):
        places = [one for name in names if (one := found(name)) and one.place.sealed]
        for begins in range(0, len(places), _AT_ONCE):
            some = places[begins : begins + _AT_ONCE]
            read = await asyncio.gather(*(values_of(server, one) for one in some))
            yield [value for values in read for value in values]


async def _anew(server: Server, value: Value) -> bool | None:
    """Whether it took its place; None where no key opens it."""
    kind, owner = value.at.place.sealed, owner_of(value.at, value.field)
    if kind is None:
        return False
    try:
        plain = server.sealer.open(kind, owner, value.raw)
    except KeyMissing:
        return None
    sealed = server.sealer.seal(kind, owner, plain)
    return bool(
        await server.script(_SWAP[value.at.place.shape], (value.at.key,), value.field, value.raw, sealed)
    )


async def _retired(server: Server) -> tuple[str, ...]:
    first = server.sealer.ids()[:1]
    old = [name for name in await key_register.registered(server) if name not in first]
    for name in old:
        await key_register.forget_key(server, name)
    return tuple(old)
