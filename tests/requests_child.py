"""A desk of its own process: writes so many remarks into one call's history, each after the newest line."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime

from bot.booking.history import SHANGHAI, grown
from bot.store.connect import connect
from tests.storage import PATIENT


async def main(url: str, number: str, remarks: str, name: str) -> None:
    stores = await connect(url, PATIENT)
    for count in range(int(remarks)):
        while request := await stores.requests.find(number):
            new = grown(request, request.state, "clock", datetime.now(SHANGHAI), f"{name}{count}")
            if await stores.requests.save(new, request.version):
                break
    await stores.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
