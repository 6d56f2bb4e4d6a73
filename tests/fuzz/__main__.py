"""`python -m tests.fuzz --minutes N [--only api]`: throws something else each time; ends with 1 at the first find."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis.errors import HypothesisDeprecationWarning

from bot.watching import logs
from tests.fuzz import api, catalogs, pushes, sentences
from tests.fuzz.one import Fuzz
from tests.running import running

PARTS = ("pushes", "sentences", "catalogs", "api")
_AT_A_TIME = 50


def main() -> int:
    asked = _asked()
    logs.configure(level="warning")
    # The application lives in a thread of its own, where the queue draws its pauses meanwhile.
    warnings.simplefilter("ignore", HypothesisDeprecationWarning)
    with _properties(asked.only) as properties:
        found = _until(time.monotonic() + asked.minutes * 60, properties)
    if "sentences" in asked.only:
        _tell_slowest()
    return 1 if found else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    return parser.parse_args()


@contextmanager
def _properties(only: Sequence[str]) -> Iterator[Sequence[Fuzz]]:
    of = {"pushes": pushes.ALL, "sentences": sentences.ALL, "catalogs": catalogs.ALL}
    chosen = [one for name, all_ in of.items() if name in only for one in all_]
    try:
        if "api" not in only:
            yield chosen
            return
        with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
            yield [*chosen, *api.all_of(server)]
    finally:
        catalogs.clean_up()


def _until(end: float, properties: Sequence[Fuzz]) -> bool:
    """Whether anything was found; each property gets its turn at least once."""
    thrown = 0
    while True:
        for one in properties:
            try:
                one.run(_AT_A_TIME)
            except Exception:  # noqa: BLE001 - whatever it is, it is a find
                print(f"FOUND: {one.name}")
                traceback.print_exc()
                return True
            thrown += _AT_A_TIME
        print(f"{thrown} thrown, nothing found", flush=True)
        if time.monotonic() > end:
            return False


def _tell_slowest() -> None:
    for seconds, length, text in sentences.slowest:
        print(
            f"{seconds * 1000:.0f} ms for {length} characters, {seconds / max(length, 1) * 1e6:.0f} µs each: {text[:40]!r}"
        )


if __name__ == "__main__":
    sys.exit(main())
