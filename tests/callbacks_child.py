"""A process that takes reports and does jobs until it is killed; tells its address, and logs all that can be logged.

python -m tests.callbacks_child <redis port> <county port> [before-save | after-save]: there it kills itself.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from bot import job_queue
from bot.models import Request
from tests.dispatching import Bot, dispatching
from tests.service_platform.county import County
from tests.storage import RealServer


async def main(redis_port: int, county_port: int, dies: str) -> None:
    """Of store and platform it needs the addresses only."""
    job_queue._WORKER["redelivery_timeout"] = timedelta(seconds=1)
    store = RealServer(Path(), Path(), redis_port, ())
    async with dispatching(store, County(port=county_port), pauses_s=(0.1, 0.1)) as bot:
        if dies:
            _mortal(bot, dies)
        print(bot.url, flush=True)
        await asyncio.Event().wait()


def _mortal(bot: Bot, dies: str) -> None:
    save = bot.stores.requests.save

    async def last(request: Request, version: int) -> bool:
        if dies == "after-save":
            await save(request, version)
        os.kill(os.getpid(), signal.SIGKILL)
        return True

    bot.stores.requests.save = last  # type: ignore[method-assign]


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG)
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), "".join(sys.argv[3:])))
