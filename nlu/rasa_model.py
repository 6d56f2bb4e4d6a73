"""Names the Rasa model that the sentences and the pipeline standing here make; `python -m nlu.rasa_model` prints it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_PROJECT = _HERE / "rasa_project"


@cache
def name() -> str:
    """Another one after any change of a training sentence or of the pipeline."""
    digest = hashlib.sha256()
    for path in (*sorted((_HERE / "data").glob("*.yml")), _PROJECT / "config.yml", _PROJECT / "domain.yml"):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"wenyanglao-{digest.hexdigest()[:12]}"


if __name__ == "__main__":
    print(name())  # noqa: T201 - it is a command
