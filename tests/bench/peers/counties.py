"""A copy of the catalog with so many generated counties, each with a list like Wolong's; and what it costs to have them."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.catalog.assess import assess
from bot.catalog.load import CATALOG_DATA, load_catalog
from bot.catalog.model import Catalog
from tests.bench.peers.machine import memory_mb
from tests.bench.population import elders

LIKE = "wolong-2024"
TODAY = date(2026, 11, 21)


def code_of(number: int) -> str:
    """A code that no place of the standard has."""
    return str(900_000 + number)


def write(root: Path, count: int) -> None:
    """The catalog in a new folder `root`, its items as links to the same files."""
    shutil.copytree(CATALOG_DATA, root, ignore=shutil.ignore_patterns("__pycache__"))
    with (root / "regions.yaml").open("a", encoding="utf-8") as regions:
        regions.writelines(_region(number) for number in range(count))
    with (root / "agencies.yaml").open("a", encoding="utf-8") as agencies:
        agencies.writelines(_agencies(count))
    for number in range(count):
        _list(root, f"x{number:04}", code_of(number))


def _region(number: int) -> str:
    name = f"第{number:04}试县"
    return (
        f'- {{code: "{code_of(number)}", name: {name}, full: {name}, list: x{number:04}, names: [{name}]}}\n'
    )


def _agencies(count: int) -> Iterator[str]:
    told = yaml.safe_load((CATALOG_DATA / "agencies.yaml").read_text(encoding="utf-8"))
    of_one = [one for one in told if one["list"] == "wolong"]
    for number in range(count):
        for one in of_one:
            yield f"- {{name: {one['name']}, full: 第{number:04}试县{one['name']}, list: x{number:04}}}\n"


def _list(root: Path, name: str, code: str) -> None:
    like, here = root / "lists" / LIKE, root / "lists" / f"{name}-2024"
    here.mkdir()
    for file in like.glob("[0-9]*.yaml"):
        os.link(file, here / file.name)
    document = (like / "document.yaml").read_text(encoding="utf-8")
    told = document.replace("wolong", name).replace('"411303"', f'"{code}"')
    (here / "document.yaml").write_text(told, encoding="utf-8")


def _decided(catalog: Catalog, people: Sequence[dict[str, Any]]) -> float:
    """Microseconds of the processor an elder."""
    began = time.process_time()
    for one in people:
        assert assess(catalog, one, TODAY).benefit_list
    return (time.process_time() - began) / len(people) * 1e6


def main() -> None:
    """In a process of its own: loads, decides, and prints what that took as a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("count", type=int)
    options = parser.parse_args()
    began = time.process_time()
    catalog = load_catalog(options.root)
    loaded = time.process_time() - began
    people, chance = elders(500, "411303"), random.Random(1)  # noqa: S311 - which county
    for one in people:
        one["region"] = code_of(chance.randrange(options.count))
    first, again = _decided(catalog, people), _decided(catalog, people)
    lists, mb = len(catalog.lists), memory_mb(os.getpid())
    told = {"lists": lists, "load_s": loaded, "us_first": first, "us": again, "mb": mb}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
