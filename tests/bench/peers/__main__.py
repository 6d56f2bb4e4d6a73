"""`python -m tests.bench.peers`: measures ours against others and writes deploy/measured.md."""

from __future__ import annotations

import argparse
import importlib
import json
import signal
import sys
import time
import traceback
from pathlib import Path

from tests.bench.peers.environments import ROOT, kept
from tests.bench.peers.figures import Part
from tests.bench.peers.machine import describe, stolen
from tests.bench.peers.page import write

PARTS = ("turns", "parsing", "deciding", "roster", "growth")


def main() -> None:
    """Prints every bar; exit 1 only where a part could not be measured, for figures are no test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute a part, written to .bench/quick")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part only; may be repeated")
    parser.add_argument(
        "--sessions", type=int, default=0, help="sessions in the store; 1000000, quick: 20000"
    )
    options = parser.parse_args()
    # What was started is ended, also where this is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = kept() / "quick" if options.quick else ROOT / "deploy"
    failed = [name for name in options.only or PARTS if not _measured(name, folder, options)]
    print(f"written: {write(folder).relative_to(ROOT)}")
    sys.exit(f"not measured: {', '.join(failed)}" if failed else 0)


def _measured(name: str, folder: Path, options: argparse.Namespace) -> bool:
    try:
        _measure(name, folder, options)
    except Exception:  # noqa: BLE001 - the other parts are measured all the same
        traceback.print_exc()
        return False
    return True


def _measure(name: str, folder: Path, options: argparse.Namespace) -> None:
    began, before = time.monotonic(), stolen()
    print(f"{name} …", flush=True)
    module = importlib.import_module(f"tests.bench.peers.{name}")
    more = {"sessions": options.sessions} if name == "growth" and options.sessions else {}
    part: Part = module.measure(quick=options.quick, **more)
    part.raw["machine"] = describe(before)
    part.raw["seconds"] = time.monotonic() - began
    _keep(folder / "measured" / f"{name}.json", part)
    for bar in part.bars:
        print(f"  {bar}")
    print(f"  {name}: {time.monotonic() - began:.0f} s", flush=True)


def _keep(file: Path, part: Part) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(part.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
