"""Keeps the picture of the layout true: who may import whom, and who alone may speak to the outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Each part and the parts of ours it may import.
MAY_IMPORT = {
    "bot.models": set(),
    "bot.errors": set(),
    "bot.config": {"bot.errors"},
    "bot.eligibility": {"bot.errors", "bot.models"},
    "bot.catalog": {"bot.eligibility", "bot.errors", "bot.models"},
    "bot.forms": {"bot.catalog", "bot.errors"},
    "bot.booking": {"bot.catalog", "bot.models"},
    "bot.dialogue": {"bot.booking", "bot.catalog", "bot.eligibility", "bot.errors", "bot.models", "nlu.understanding"},
    "bot.store": {"bot.booking", "bot.errors", "bot.models"},
    "bot.quiet": set(),
    "bot.stand_ins": {"bot.errors"},
    "bot.jobs": {"bot.errors", "bot.quiet"},
    "bot.voice": {"bot.errors"},
    "bot.conversation": {
        "bot.catalog", "bot.dialogue", "bot.errors", "bot.models", "bot.store", "nlu.understanding",
    },
    "bot.contract": {
        "bot.catalog", "bot.dialogue", "bot.eligibility", "bot.errors", "bot.models", "nlu.understanding", "nlu.wire",
    },
    "bot.dispatch": {
        "bot.bodies", "bot.booking", "bot.catalog", "bot.config", "bot.dialogue", "bot.errors", "bot.forms", "bot.jobs",
        "bot.models", "bot.stand_ins", "bot.store",
    },
    "bot.keys": {"bot.catalog", "bot.config", "bot.conversation", "bot.dispatch", "bot.store", "nlu.understanding"},
    "bot.wechat": {
        "bot.catalog", "bot.config", "bot.conversation", "bot.dialogue", "bot.errors", "bot.forms", "bot.jobs",
        "bot.keys", "bot.models", "bot.stand_ins", "bot.store", "bot.voice",
    },
    "bot.web": {
        "bot.api", "bot.bodies", "bot.catalog", "bot.eligibility", "bot.contract", "bot.dialogue", "bot.errors",
        "bot.keys", "bot.models", "bot.store", "nlu.understanding",
    },
    "bot.bodies": {"bot.errors"},
    "bot.api": {
        "bot.bodies", "bot.booking", "bot.catalog", "bot.eligibility", "bot.contract", "bot.dispatch", "bot.errors",
        "bot.keys", "bot.models", "bot.web", "nlu.understanding",
    },
    "bot.terminal": {
        "bot.catalog", "bot.config", "bot.contract", "bot.conversation", "bot.dialogue", "bot.jobs", "bot.models",
        "bot.store", "nlu.understanding",
    },
}  # fmt: skip
# These two know all.
ROOTS = {"bot.app", "bot.__main__"}
# One importer each, and where it stands.
ONLY_IN = {
    "wechatpy": {"bot/wechat/crypto.py"},
    "redis": {"bot/store/redis.py"},
    "sklearn": {"nlu/train.py"},
    "docket": {"bot/jobs.py"},
    "stdnum": {"bot/booking/numbers.py"},
    "av": {"bot/voice/sound.py"},
    "sherpa_onnx": {"bot/voice/worker.py"},
}
# What is pure never waits.
NEVER_AWAITS = ("bot/eligibility", "bot/booking", "bot/dialogue", "bot/catalog", "nlu/readers")


def modules() -> Iterator[Path]:
    for package in ("bot", "nlu"):
        yield from sorted((ROOT / package).rglob("*.py"))


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(module: str) -> str | None:
    return max(
        (part for part in MAY_IMPORT if module == part or module.startswith(part + ".")),
        key=len,
        default=None,
    )


@pytest.mark.parametrize("path", list(modules()), ids=dotted)
def test_imports_follow_the_arrows(path: Path) -> None:
    here = dotted(path)
    if here in ROOTS | {"bot"} or here.startswith("nlu"):
        return
    part = part_of(here)
    assert part, f"{here} belongs to no part of the picture; add it to MAY_IMPORT and to the README"
    for module in imports(path):
        other = part_of(module) or (module if module.startswith("nlu.") else None)
        if other is None or other == part:
            continue
        allowed = any(other == one or other.startswith(one + ".") for one in MAY_IMPORT[part])
        assert allowed, f"{here} may not import {module}"


@pytest.mark.parametrize("path", [path for path in modules() if dotted(path).startswith("nlu")], ids=dotted)
def test_understanding_knows_nothing_of_the_bot(path: Path) -> None:
    assert not [module for module in imports(path) if module.split(".")[0] == "bot"]


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_one_importer_each(library: str) -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in modules()
        if library in {m.split(".")[0] for m in imports(path)}
    }
    assert found == ONLY_IN[library]


def test_only_the_settings_read_the_environment() -> None:
    for path in modules():
        if path.name != "config.py":
            assert "os.environ" not in path.read_text(encoding="utf-8"), path


def test_what_is_pure_never_waits() -> None:
    for folder in NEVER_AWAITS:
        for path in (ROOT / folder).rglob("*.py"):
            waits = [
                n
                for n in ast.walk(ast.parse(path.read_text()))
                if isinstance(n, ast.Await | ast.AsyncFunctionDef)
            ]
            assert not waits, path


@pytest.mark.parametrize("path", list(modules()), ids=dotted)
def test_every_module_says_its_job(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
