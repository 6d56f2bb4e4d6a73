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
