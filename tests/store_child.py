"""A stand-in for the bot: takes turns on a real store and prints each turn that was acknowledged."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path

from bot.store import embedded
from bot.store.connect import connect
from bot.store.limits import Limits
from bot.store.port import Outcome
from bot.store.turns import RedisStore

# A turn that its killed holder left open ends soon, so that the tests need not wait.
LIMITS = Limits(turn_ms=1_500)


async def take_turns(store: RedisStore, user: str, turns: int, push: str) -> None:
    """Counts in the session, not atomically: a turn that another one interleaves loses a count."""
    for number in range(turns):
        key = f"{push}{user}-{number}"
        async with store.turn(user, key) as held:
            await asyncio.sleep(0)
            session = replace(held.session, misunderstood=held.session.misunderstood + 1)
            await store.keep(held, Outcome(session, answer_of(key)))
        print(user, number, flush=True)


def answer_of(key: str) -> bytes:
    return f"<xml>{key}</xml>".encode()


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--turns", type=int, default=1_000_000)
    parser.add_argument("--push", default="", help="before the name of each push")
    parser.add_argument("users", nargs="*")
    options = parser.parse_args()
    server = await embedded.start(options.data_dir) if options.data_dir else None
    store = (await connect(server.url if server else options.url, LIMITS)).turns
    print("server", server.pid if server else None, flush=True)
    async with asyncio.TaskGroup() as group:
        for user in options.users:
            group.create_task(take_turns(store, user, options.turns, options.push))
        if not options.users:
            group.create_task(asyncio.sleep(3600))
    await store.close()
    if server:
        await server.stop()


if __name__ == "__main__":
    asyncio.run(main())
