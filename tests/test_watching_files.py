"""The dashboard and the alarms name only what the bot tells, and Prometheus' own checker takes the files where it is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from bot.watching.opened import METRICS
from tests.running import Running
from tests.storage import ROOT

FOLDER = ROOT / "deploy" / "watching"
ALARMS, CONFIG, DASHBOARD = FOLDER / "alarms.yml", FOLDER / "prometheus.yml", FOLDER / "dashboard.json"
RUNBOOK = ROOT / "deploy" / "runbook.md"
# What Prometheus adds to everything that it scrapes (`part` is ours, in prometheus.yml).
ADDED = {"job", "instance", "part"}
_METRIC = re.compile(r"\b((?:wenyanglao|process)_[a-z_]+|up)\b(?:\{([^}]*)\})?")
_LABEL = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)")
_BY = re.compile(r"\bby \(([^)]*)\)")
_SHOWN = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")
_ENDS = ("_bucket", "_count", "_sum", "_total")


def alarms() -> list[dict[str, Any]]:
    return [
        rule
        for group in yaml.safe_load(ALARMS.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
    ]


def panels() -> list[dict[str, Any]]:
    return [
        one for one in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"] if one["type"] != "row"
    ]


def expressions() -> Iterator[tuple[str, str, str]]:
    """Whose it is, the expression, and the text that shows labels of what comes out."""
    for rule in alarms():
        yield rule["alert"], rule["expr"], rule["annotations"]["summary"]
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"], target["legendFormat"]


@pytest.fixture(scope="module")
def known(server: Running) -> dict[str, set[str]]:
    """What a running bot tells: the names of all samples with their labels."""

    async def collected() -> dict[str, set[str]]:
        told: dict[str, set[str]] = {"up": set()}
        for family in server.app[METRICS].registry.collect():
            labels = set(getattr(family, "_labelnames", ()))
            for name in _samples(family.name, family.type):
                told[name] = labels | ({"le"} if name.endswith("_bucket") else set())
        return told

    return server.run(collected())


def _samples(name: str, kind: str) -> list[str]:
    if kind == "histogram":
        return [name + end for end in ("_bucket", "_count", "_sum")]
    return [name + "_total"] if kind == "counter" else [name]


@pytest.mark.parametrize(("whose", "expr", "shown"), list(expressions()), ids=lambda one: str(one)[:40])
def test_only_what_is_told_is_asked_for(
    whose: str, expr: str, shown: str, known: dict[str, set[str]]
) -> None:
    outside = _BY.sub("", expr)
    asked = _METRIC.findall(outside)
    assert asked, f"{whose} asks for no metric of ours"
    labels = set(ADDED)
    for name, picked in asked:
        assert name in known, f"{whose}: nobody tells {name}"
        assert set(_LABEL.findall(picked)) <= known[name] | ADDED, f"{whose}: {name} has no such label"
        labels |= known[name]
    grouped = {one.strip() for some in _BY.findall(expr) for one in some.split(",")}
    assert grouped <= labels, f"{whose}: grouped by what is not there"
    assert set(_SHOWN.findall(shown)) <= (grouped or labels), f"{whose}: shows a label that is gone"


@pytest.mark.parametrize("rule", alarms(), ids=lambda rule: rule["alert"])
def test_an_alarm_says_in_both_languages_what_has_happened_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("page", "ticket")
    chinese, _, english = rule["annotations"]["summary"].partition(" / ")
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert re.search("[A-Za-z]{3}", english)
    assert not re.search("[\u4e00-\u9fff]", english)
    assert re.fullmatch(r"runbook\.md#[a-z-]+", rule["annotations"]["runbook"])


def test_no_alarm_has_the_name_of_another() -> None:
    names = [rule["alert"] for rule in alarms()]
    assert len(names) == len(set(names))


def test_the_runbook_has_a_section_for_each_alarm() -> None:
    text = RUNBOOK.read_text(encoding="utf-8")
    anchors = {re.sub(r"[^a-z0-9\u4e00-\u9fff -]", "", head.lower()).replace(" ", "-")
               for head in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}  # fmt: skip
    anchors |= set(re.findall(r'<a (?:id|name)="([a-z-]+)"', text))
    missing = {rule["annotations"]["runbook"].partition("#")[2] for rule in alarms()} - anchors
    assert not missing, f"deploy/runbook.md has no section for {sorted(missing)}"


def test_the_dashboard_has_the_shape_that_grafana_reads() -> None:
    whole = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    assert {"uid", "title", "schemaVersion", "templating", "panels", "time"} <= set(whole)
    ids = [panel["id"] for panel in whole["panels"]]
    assert len(ids) == len(set(ids))
    places = set()
    for panel in whole["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & places, f"{panel['title']} lies on another"
        places |= cells
        for target in panel.get("targets", ()):
            assert target["datasource"] == {"type": "prometheus", "uid": "${source}"}


def test_the_configuration_scrapes_both_kinds_of_process() -> None:
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    (one,) = config["scrape_configs"]
    assert {some["labels"]["part"] for some in one["static_configs"]} == {"bot", "worker"}
    assert one["job_name"] == "wenyanglao"
    assert config["rule_files"] == [ALARMS.name]


def test_it_scrapes_every_process_of_compose_and_nobody_else() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    bound = {
        f"{name}:{one['environment']['METRICS_BIND'].rpartition(':')[2]}": one["command"]
        for name, one in compose["services"].items()
        if "METRICS_BIND" in one.get("environment", {})
    }
    (scraped,) = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["scrape_configs"]
    told = {
        target: ["worker" if some["labels"]["part"] == "worker" else "serve"]
        for some in scraped["static_configs"]
        for target in some["targets"]
    }
    assert told == bound


def test_prometheus_takes_them() -> None:
    """`promtool` comes with Debian's package prometheus; where it is not, the tests above stand alone."""
    program = shutil.which("promtool")
    for words in (("check", "config", CONFIG.name), ("test", "rules", "alarms_test.yml")) if program else ():
        done = subprocess.run([program, *words], cwd=FOLDER, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
