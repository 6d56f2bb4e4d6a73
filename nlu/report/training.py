"""How long the last training took, kept beside what it made."""

from __future__ import annotations

import json
from pathlib import Path

_FILE = "training.json"


def keep(folder: Path, mark: str, seconds: float) -> None:
    """`mark` tells this model from any other. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    body = {"model": mark, "seconds": round(seconds, 1)}
    (folder / _FILE).write_text(json.dumps(body) + "\n", encoding="utf-8")


def kept(folder: Path, mark: str) -> float | None:
    """The seconds that this very model took; None where that was not written down."""
    try:
        body = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return float(body["seconds"]) if body["model"] == mark else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
