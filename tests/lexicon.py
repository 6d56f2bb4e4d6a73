"""Writes the catalog's names down for the tests of understanding: `python -m tests.lexicon`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from bot.app import lexicon
from bot.catalog.load import load_catalog

FILE = Path(__file__).parent / "sentences" / "lexicon.yaml"
_HEAD = "# What stands for what in the catalog, and by which names; made by: python -m tests.lexicon\n"


def main() -> None:
    names = lexicon(load_catalog())
    body = {part: _by_meaning(getattr(names, part)) for part in ("regions", "benefits", "services")}
    FILE.write_text(
        _HEAD + yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=100, default_flow_style=None),
        encoding="utf-8",
    )


def _by_meaning(names: Mapping[str, str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, meaning in names.items():
        grouped.setdefault(meaning, []).append(name)
    return grouped


if __name__ == "__main__":
    main()
