"""Reads YAML, by libyaml where PyYAML was built with it: as exact and ten times as fast."""

from __future__ import annotations

from typing import Any, Final

import yaml

_FASTEST: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:
    """What stands in `text`; raises `yaml.YAMLError`."""
    return yaml.load(text, _FASTEST)  # noqa: S506 - both are safe loaders
