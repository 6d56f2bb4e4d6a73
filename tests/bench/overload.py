"""`python -m tests.bench.overload`: more pushes than can be answered, as people come; is anybody left silent?"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.peers.elders import Crowd, wrong
from tests.bench.peers.figures import percentile
from tests.bench.peers.load import driven, paced
from tests.bench.peers.machine import CORES, LOAD_CORE, pinned
from tests.bench.peers.sites import Site, ours

# After that the platform pushes again.
SILENT_S = 5.0
_USERS, _WARM, _CAPACITY = 5000, 200, 600


def measured(site: Site, times: list[float], seconds: float) -> Iterator[int]:
    """Prints a line for each multiple of the capacity; gives how many pushes were left silent."""
    crowd = Crowd(_USERS, 1)
    rate = 0.0
    for count in (_WARM, _CAPACITY):
        batch = crowd.pushes(count, site.path, keep=False)
        rate = asyncio.run(driven(site.ports, batch, keep=False)).rate
    print(f"capacity {rate:.0f} pushes a second")
    for number, one in enumerate(times):
        batch = crowd.pushes(int(rate * one * seconds), site.path, keep=False)
        load = asyncio.run(paced(site.ports, batch, rate * one, keep=False, seed=number))
        silent = len(batch) - sum(each < SILENT_S for each in load.times)
        shares = (f"{percentile(load.times, share):.2f} s" for share in (0.5, 0.99, 0.999))
        faults = dict(load.failed + wrong(load.answers))
        print(
            f"{one:.1f} times: {len(batch)} pushes, {silent} silent, p50, p99, p99.9 {', '.join(shares)} {faults}"
        )
        yield silent


def main() -> None:
    """Exit 1 where anybody was left silent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=float, nargs="+", default=[1.3, 1.8, 2.5])
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--workers", type=int, default=1, help="processes; several have all cores")
    options = parser.parse_args()
    cores = CORES if options.workers > 1 else ()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack, pinned(LOAD_CORE):
        site = stack.enter_context(
            ours(Path(name) / "redis", redis=True, processes=options.workers, cores=cores)
        )
        sys.exit(1 if sum(measured(site, options.times, options.seconds)) else 0)


if __name__ == "__main__":
    main()
