"""Reads the tables of words that stand beside the readers, in YAML."""

from __future__ import annotations

from importlib import resources
from typing import Any

from nlu.yaml_text import read_yaml


def read_table(*path: str) -> Any:
    """What stands in a file of this folder, such as `read_table("danger", "parts.yaml")`."""
    return read_yaml(resources.files(__package__).joinpath(*path).read_text(encoding="utf-8"))
