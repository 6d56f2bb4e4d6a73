"""The stand-ins of the tests that an operator can play with; they are no part of what is installed."""

from __future__ import annotations

import importlib
from typing import Any

from bot.errors import SettingError


def simulator(module: str) -> Any:
    """The `main` of a stand-in in tests/; raises `SettingError` outside of a checkout."""
    try:
        return importlib.import_module(module).main
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("tests"):
            raise
        raise SettingError("simulate: the stand-in lies in tests/; run it in a checkout's folder") from None
