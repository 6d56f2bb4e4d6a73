"""The machine: which core a program runs on, what memory and processor time it took."""

from __future__ import annotations

import contextlib
import os
import platform
from collections.abc import Iterator
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
# The measured programs on one, whoever sends them work on the other; one core alone has to do for both.
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]


@contextlib.contextmanager
def pinned(*cores: int) -> Iterator[None]:
    """This thread, and every process that it starts meanwhile, on these cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def tree(pid: int) -> list[int]:
    """The process and all its descendants that live."""
    found = [pid]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += tree(int(child))
    return found


def peak_mb(pid: int) -> float:
    """The most that the process ever had (RSS), in MiB; 0.0 where it has ended. What `wait4` tells begins with whoever
    started it."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def memory_mb(pid: int) -> float:
    """The proportional share (PSS) of the process and its descendants, in MiB."""
    return sum(_pss_kb(one) for one in tree(pid)) / 1024


def cpu_s(pid: int) -> float:
    """Seconds of processor time that the process and its living descendants have used."""
    return sum(_ticks(one) for one in tree(pid)) / _TICK


def _pss_kb(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _ticks(pid: int) -> int:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


# Before anything of ours ran: above one, somebody else was busy.
BUSY_BEFORE = os.getloadavg()[0]


def stolen() -> tuple[float, float]:
    """Seconds of the cores since the start that the host gave to others, and all of them; zeros where nobody tells."""
    with contextlib.suppress(OSError):
        fields = [int(one) for one in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return fields[7] / _TICK, sum(fields) / _TICK
    return 0.0, 0.0


def taken_away(since: tuple[float, float]) -> float:
    """The share of the cores that the host gave to others since then, as what `stolen` told."""
    now = stolen()
    return (now[0] - since[0]) / max(now[1] - since[1], 1e-9)


def describe(since: tuple[float, float]) -> dict[str, str]:
    """What the figures were measured on, for the page; no names of machines. `since` is what `stolen` told before."""
    model = "unknown processor"
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": model,
        "cores": str(len(CORES)),
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load before": f"{BUSY_BEFORE:.1f}",
        "taken by the host": f"{taken_away(since):.0%}",
    }
