"""What else the machine was busy with: how late a loop woke up, and how slowly the disk took a write."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

EVERY_S = 0.2


@dataclass
class Disturbance:
    """Seconds, each at its slowest; `slow` are the moments at which either took over half a second."""

    loop_s: float = 0.0
    disk_s: float = 0.0
    slow: list[str] = field(default_factory=list)

    def note(self, loop_s: float, disk_s: float) -> None:
        self.loop_s, self.disk_s = max(self.loop_s, loop_s), max(self.disk_s, disk_s)
        if max(loop_s, disk_s) > 0.5:
            self.slow.append(f"{time.strftime('%H:%M:%S')} {loop_s:.1f}/{disk_s:.1f}")

    def __str__(self) -> str:
        return f"the pushing side woke up {self.loop_s:.1f} s late at most, a write took the disk {self.disk_s:.1f} s"


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[Disturbance]:
    """Measures as long as it is open, on the disk of `folder`."""
    found = Disturbance()
    task = asyncio.create_task(_watch(folder / "disturbance", found))
    try:
        yield found
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _watch(file: Path, found: Disturbance) -> None:
    while True:
        began = time.monotonic()
        await asyncio.sleep(EVERY_S)
        late = time.monotonic() - began - EVERY_S
        found.note(late, await asyncio.to_thread(_synced, file))


def _synced(file: Path) -> float:
    began = time.monotonic()
    with file.open("wb") as written:
        written.write(b"x" * 4096)
        os.fsync(written.fileno())
    return time.monotonic() - began
