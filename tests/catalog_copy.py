"""A copy of the catalog to break, and what the check says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalog.load import load_catalog
from bot.errors import CatalogError


def findings(root: Path) -> str:
    with pytest.raises(CatalogError) as refused:
        load_catalog(root)
    return refused.value.message


def found_after(root: Path, file: str, there: str, instead: str, says: str) -> None:
    """Writes `instead` in the place of `there`; the check must say so, with the file and the line."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert there in text, f"{file} has changed; mend this test"
    path.write_text(text.replace(there, instead, 1), encoding="utf-8")
    told = findings(root)
    found = [line for line in told.splitlines() if says.lower() in line.lower()]
    assert found, told
    name, line, _ = found[0].split(":", 2)
    assert name.startswith("catalog_data/")
    assert int(line) >= 1
