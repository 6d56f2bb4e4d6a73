"""Lets go of who left long ago: their name, places and sign-in; their id stays, so that nobody else gets it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.models import Staff
from bot.store.kept import PREFIX
from bot.store.server import Server
from bot.store.staff import RedisStaff

# Since when each was seen to be disabled.
NAME: Final = f"{PREFIX}staff-left"
_SINCE = "redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) return redis.call('HGET', KEYS[1], ARGV[1])"
_DROP = "return redis.call('HDEL', KEYS[1], ARGV[1])"


async def sweep_staff(server: Server, before: datetime, now: datetime, done: Counter[str]) -> None:
    """Counts in `done`; raises `StoreDown`."""
    room = RedisStaff(server)
    for one in await room.all():
        if one.active:
            await server.script(_DROP, (NAME,), one.id)
        elif not _empty(one):
            since = await server.script(_SINCE, (NAME,), one.id, now.isoformat())
            if datetime.fromisoformat(since.decode()) < before:
                await _let_go(server, room, one)
                done["staff_left"] += 1


async def _let_go(server: Server, room: RedisStaff, one: Staff) -> None:
    await room.bind(one.id, None)
    await server.script(_DROP, (f"{PREFIX}credentials",), one.id)
    await room.add(replace(one, name=one.id, areas=(), user=None))
    await server.script(_DROP, (NAME,), one.id)


def _empty(one: Staff) -> bool:
    return one.name == one.id and not one.areas and one.user is None
