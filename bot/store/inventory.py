"""Counts what stands in the store, by family, and with which key it is sealed; opens nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import NamedTuple

from bot.store.kept import PREFIX, Found, found
from bot.store.rekey import values_of
from bot.store.sealing import key_of
from bot.store.server import Server


class Row(NamedTuple):
    """One family: how many keys and values, and how many of these each key has sealed ("": plain)."""

    name: str
    keys: int
    values: int
    sealed: tuple[tuple[str, int], ...]


async def counted(server: Server) -> list[Row]:
    """All families that hold something, and "unknown" for keys that belong to none; raises `StoreDown`."""
    keys, sealed = Counter[str](), dict[str, Counter[str]]()
    async for names in server.names(f"{PREFIX}*"):
        places = [found(name) for name in names]
        keys.update(one.place.name if one else "unknown" for one in places)
        await asyncio.gather(*(_count(server, one, sealed) for one in places if one and one.place.sealed))
    none = Counter[str]()
    return [
        Row(name, count, sealed.get(name, none).total(), tuple(sealed.get(name, none).items()))
        for name, count in sorted(keys.items())
    ]


async def _count(server: Server, one: Found, sealed: dict[str, Counter[str]]) -> None:
    values = await values_of(server, one)
    sealed.setdefault(one.place.name, Counter()).update(key_of(value.raw) for value in values if value.raw)
