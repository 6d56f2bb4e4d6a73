"""Two folders of the catalog compared; also as a process: `python -m bot.web.desk.catalog_compared OLD NEW`, JSON out.

A process of its own for what an editor typed: what a parser cannot end can be killed, nobody else waits for it, and
its memory is bounded.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Final

from bot.catalog.compare import compare, panel_of
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.errors import CatalogError
from bot.web.desk.catalog_words import Json, told

_MOST_BYTES: Final = 300 * 1024 * 1024
_MOST_CPU_S: Final = 10


def compared(old: Path, new: Path) -> Json:
    """`told` of both; raises `CatalogError`, where it is `old` that is broken with that word in front."""
    before, after = _standing(old), load_catalog(new)
    return told(compare(before, after), len(panel_of(before, after)), after)


def _standing(old: Path) -> Catalog:
    try:
        return load_catalog(old)
    except CatalogError as error:
        raise CatalogError([f"OLD: {problem}" for problem in error.problems]) from None


def main(old: str, new: str) -> None:
    """Writes `told`, or {"problems": the loader's findings}."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S))
    try:
        answer = compared(Path(old), Path(new))
    except CatalogError as error:
        answer = {"problems": list(error.problems)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
