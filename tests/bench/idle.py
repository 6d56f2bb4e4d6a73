"""What a process costs while nobody writes: share of a core, and memory, out of /proc."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Idle:
    """`cpu` is a share of one core, `memory_mb` the resident memory."""

    cpu: float
    memory_mb: float

    def __str__(self) -> str:
        return f"{self.cpu:.2%} of a core, {self.memory_mb:.0f} MB resident"


async def idle(pid: int, seconds: float) -> Idle:
    """Watches a process for so long; on Linux only."""
    before = cpu_seconds(pid)
    await asyncio.sleep(seconds)
    return Idle((cpu_seconds(pid) - before) / seconds, _resident_mb(pid))


def cpu_seconds(pid: int) -> float:
    """What the process has used of all cores since it began."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
