"""The line of one user inside a process: in order, in time, and nobody's turn is lost with whoever is called away."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import StoreDown
from bot.store.queues import Queues


def soon(seconds: float = 30.0) -> float:
    return asyncio.get_running_loop().time() + seconds


async def in_line(queues: Queues, count: int, seconds: float = 30.0) -> list[asyncio.Task[bool]]:
    """So many who stand behind the one that has the turn."""
    tasks = [asyncio.create_task(queues.join("o1", soon(seconds))) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_the_first_need_not_wait_and_the_others_come_in_their_order() -> None:
    queues = Queues()
    assert not await queues.join("o1", soon())
    first, second = await in_line(queues, 2)
    queues.leave("o1")
    assert await first
    assert not second.done()
    queues.leave("o1")
    assert await second
    queues.leave("o1")
    assert not await queues.join("o1", soon())


async def test_users_do_not_wait_for_each_other() -> None:
    queues = Queues()
    assert not await queues.join("o1", soon())
    assert not await queues.join("o2", soon())


async def test_who_waited_too_long_is_told_and_stands_in_nobodys_way() -> None:
    queues = Queues()
    await queues.join("o1", soon())
    (late,) = await in_line(queues, 1, 0.0)
    with pytest.raises(StoreDown):
        await late
    (next_one,) = await in_line(queues, 1)
    queues.leave("o1")
    assert await next_one


@pytest.mark.parametrize("reached", [False, True])
async def test_the_turn_of_who_is_called_away_goes_to_the_next(reached: bool) -> None:
    queues = Queues()
    await queues.join("o1", soon())
    away, next_one = await in_line(queues, 2)
    if reached:
        queues.leave("o1")
    away.cancel()
    with pytest.raises(asyncio.CancelledError):
        await away
    if not reached:
        queues.leave("o1")
    assert await next_one
