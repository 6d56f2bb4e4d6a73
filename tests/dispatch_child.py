"""A process that does the jobs of dispatch until it is killed: python -m tests.dispatch_child <redis port> <county port>."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from bot import job_queue
from tests.dispatching import dispatching
from tests.service_platform.county import County
from tests.storage import RealServer


async def main(redis_port: int, county_port: int) -> None:
    """Of store and platform it needs the addresses only."""
    job_queue._WORKER["redelivery_timeout"] = timedelta(seconds=1)
    store = RealServer(Path(), Path(), redis_port, ())
    async with dispatching(store, County(port=county_port), pauses_s=(0.1,) * 50):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
