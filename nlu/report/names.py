"""The names of places and services that the readers look for, from a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from nlu.lexicon import Lexicon


def lexicon(path: Path) -> Lexicon:
    """`{regions, benefits, services}`, each from what is meant to all names for it. Raises OSError."""
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Lexicon(*(_by_name(body[part]) for part in ("regions", "benefits", "services")))


def _by_name(meanings: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {name: meaning for meaning, names in meanings.items() for name in names}
