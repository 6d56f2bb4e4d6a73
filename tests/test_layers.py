"""Keeps the picture of the layout true: who may import whom, and who alone may speak to the outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
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
    "bot.job_queue": {"bot.quiet", "bot.watching.request_id"},
    "bot.jobs": {"bot.errors", "bot.job_queue"},
    "bot.voice": {"bot.errors"},
    "bot.conversation": {
        "bot.catalog", "bot.dialogue", "bot.errors", "bot.models", "bot.partners", "bot.store",
        "bot.watching.spans", "nlu.understanding",
    },
    "bot.partners": {"bot.handing", "bot.models"},
    "bot.contract": {
        "bot.catalog", "bot.dialogue", "bot.eligibility", "bot.errors", "bot.models", "nlu.understanding", "nlu.wire",
    },
    "bot.contract_text": {"bot.catalog", "bot.contract", "bot.eligibility"},
    "bot.dispatch": {
        "bot.access", "bot.bodies", "bot.booking", "bot.catalog", "bot.config", "bot.dialogue", "bot.errors", "bot.forms",
        "bot.jobs", "bot.models", "bot.stand_ins", "bot.store", "bot.watching.request_id",
    },
    "bot.access": {"bot.catalog", "bot.errors", "bot.models", "bot.store"},
    "bot.handing": {"bot.errors", "bot.store"},
    "bot.links": {"bot.store"},
    "bot.counting": {"bot.catalog", "bot.errors", "bot.models", "bot.store"},
    "bot.pickup": {"bot.dispatch", "bot.handing", "bot.store"},
    "bot.commands.catalog": {"bot.catalog", "bot.web"},
    "bot.watching.request_id": set(),
    "bot.watching.spans": set(),
    "bot.watching": {
        "bot.config", "bot.dispatch", "bot.errors", "bot.job_queue", "bot.jobs", "bot.keys", "bot.models", "bot.partners",
        "bot.store", "bot.watching.request_id", "bot.watching.spans", "bot.wechat", "nlu.understanding",
    },
    "bot.retention": {"bot.store"},
    "bot.following": {"bot.jobs", "bot.models", "bot.partners", "bot.store"},
    "bot.forgetting": {
        "bot.catalog", "bot.config", "bot.conversation", "bot.following", "bot.links", "bot.models", "bot.pickup", "bot.store",
        "nlu.understanding",
    },
    "bot.commands.data": {
        "bot.access", "bot.booking", "bot.catalog", "bot.config", "bot.dialogue", "bot.errors", "bot.forgetting",
        "bot.links", "bot.retention", "bot.store",
    },
    "bot.commands.backup": {"bot.config", "bot.errors", "bot.store"},
    "bot.commands.lines": {"bot.config", "bot.errors", "bot.strict_json"},
    "bot.commands.judging": {"bot.catalog", "bot.commands.lines", "bot.contract_lists", "bot.roster"},
    "bot.serving": {"bot.config", "bot.errors", "bot.web"},
    "bot.processes": {"bot.config", "bot.serving", "bot.store"},
    "bot.keys": {
        "bot.catalog", "bot.config", "bot.conversation", "bot.dispatch", "bot.links", "bot.partners", "bot.store", "nlu.understanding",
    },
    "bot.wechat": {
        "bot.catalog", "bot.config", "bot.conversation", "bot.dialogue", "bot.errors", "bot.forms", "bot.jobs",
        "bot.keys", "bot.models", "bot.stand_ins", "bot.store", "bot.voice", "bot.watching.spans",
    },
    "bot.web": {
        "bot.access", "bot.api", "bot.bodies", "bot.booking", "bot.catalog", "bot.contract", "bot.conversation",
        "bot.counting", "bot.dialogue", "bot.dispatch", "bot.eligibility", "bot.errors", "bot.handing", "bot.keys", "bot.links",
        "bot.models", "bot.partners", "bot.store", "nlu.understanding",
    },
    "bot.strict_json": {"bot.errors"},
    "bot.bodies": {"bot.errors", "bot.strict_json"},
    "bot.contract_lists": {"bot.catalog", "bot.contract", "bot.dialogue", "bot.errors"},
    "bot.roster": {"bot.catalog", "bot.contract_text", "bot.eligibility", "bot.errors", "bot.strict_json"},
    "bot.api": {
        "bot.access", "bot.bodies", "bot.booking", "bot.catalog", "bot.eligibility", "bot.contract", "bot.contract_lists",
        "bot.dispatch", "bot.errors", "bot.keys", "bot.models", "bot.web", "nlu.understanding",
    },
    "bot.terminal": {
        "bot.catalog", "bot.config", "bot.contract", "bot.conversation", "bot.dialogue", "bot.errors", "bot.following",
        "bot.models", "bot.partners", "bot.store", "nlu.understanding",
    },
}  # fmt: skip
# These know all: where it is put together, and the commands that start or ask it.
ROOTS = {
    "bot.app", "bot.__main__", "bot.commands", "bot.commands.serving", "bot.commands.understanding",
}  # fmt: skip
# One importer each, and where it stands.
ONLY_IN = {
    "wechatpy": {"bot/wechat/crypto.py"},
    "redis": {"bot/store/redis.py"},
    "hiredis": {"bot/store/lines.py"},
    "opentelemetry": {"bot/watching/traces.py"},
    "sklearn": {"nlu/train.py"},
    "docket": {"bot/job_queue.py"},
    "stdnum": {"bot/booking/numbers.py"},
    "argon2": {"bot/access/passwords.py"},
    "pyotp": {"bot/access/one_time.py"},
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


@cache
def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(_read(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


@cache
def _read(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


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
            waits = [n for n in ast.walk(_read(path)) if isinstance(n, ast.Await | ast.AsyncFunctionDef)]
            assert not waits, path


@pytest.mark.parametrize("path", list(modules()), ids=dotted)
def test_every_module_says_its_job(path: Path) -> None:
    assert ast.get_docstring(_read(path)), path
