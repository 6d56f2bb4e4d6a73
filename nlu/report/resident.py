"""Megabytes: of a running process, and what the embedded engine adds to a fresh one."""

# ruff: noqa: PLC0415 - what is imported is what is weighed
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)
_KB_IN_MB = 1024


def of(process: int | str = "self") -> float | None:
    """The resident size of a process, by its id; None where there is no such process or no /proc."""
    try:
        found = _RESIDENT.search(Path(f"/proc/{process}/status").read_text(encoding="utf-8"))
    except OSError:
        return None
    return int(found[1]) / _KB_IN_MB if found else None


def added(data_dir: Path, lexicon: Path) -> float | None:
    """What a process of its own grows by when it loads the weights and the names and reads a first sentence; None
    where they are not trained yet."""
    command = [sys.executable, "-m", __name__, str(data_dir), str(lexicon)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    try:
        return float(done.stdout)
    except ValueError:
        return None


def _grown(data_dir: Path, names: Path) -> float | None:
    before = of()
    from nlu import embedded, train
    from nlu.report.judge import NOW
    from nlu.report.names import lexicon

    # Never trains: that would be weighed too.
    engine = embedded.Embedded(embedded.fresh(data_dir / train.FILE), lexicon(names))
    engine.parse("俺娘83了，低保，明天上午来洗澡", None, NOW)
    after = of()
    return after - before if before is not None and after is not None else None


if __name__ == "__main__":
    sys.stdout.write(str(_grown(Path(sys.argv[1]), Path(sys.argv[2]))))
