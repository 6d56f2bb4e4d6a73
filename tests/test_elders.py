"""The panel of elders with the right answers, worked out from the documents by hand: one test an elder."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.contract import screen
from nlu.yaml_text import read_yaml

PANELS = Path(__file__).parent / "eligibility"
TODAY = date(2026, 11, 21)
Elder = dict[str, Any]
WORDS = {"yes": "可以享受", "maybe": "可能", "general": "一般服务", "no": "不适用"}
GROUPS = {"sure": "yes", "maybe": "maybe", "general": "general"}


@cache
def catalog() -> Catalog:
    return load_catalog()


def elders() -> list[Any]:
    """Every elder of every panel, numbered in the order of the file."""
    return [
        pytest.param(elder, id=f"{panel.stem}-{number}")
        for panel in sorted(PANELS.glob("*.yaml"))
        for number, elder in enumerate(read_yaml(panel.read_text(encoding="utf-8")), start=1)
    ]


def expected_verdicts(elder: Elder, ids: list[str]) -> dict[str, str]:
    """What the panel says of every entry; an id that the list does not have is an error of the panel."""
    named = {id_: verdict for group, verdict in GROUPS.items() for id_ in elder[group]}
    unknown = sorted((set(named) | set(elder["agencies"])) - set(ids))
    assert not unknown, f"{elder['name']}：清单里没有 {unknown}"
    return {id_: named.get(id_, "no") for id_ in ids}


def reasons(result: dict[str, Any]) -> str:
    """Why the engine decided so, in one line."""
    because = "；".join(one["text"] for one in result["because"]) or "没有写"
    missing = f"；还缺 {', '.join(result['missing'])}" if result["missing"] else ""
    return f"因为：{because}{missing}{'；理由 ' + result['reason'] if result.get('reason') else ''}"


def wrong_verdicts(elder: Elder, results: list[dict[str, Any]]) -> list[str]:
    """A line for every entry that came out otherwise than the panel says."""
    right = expected_verdicts(elder, [one["id"] for one in results])
    return [
        f"{one['id']} {one['name']}：应为“{WORDS[right[one['id']]]}”，得到“{WORDS[one['verdict']]}”。{reasons(one)}"
        for one in results
        if one["verdict"] != right[one["id"]]
    ]


def wrong_agencies(elder: Elder, results: list[dict[str, Any]]) -> list[str]:
    """A line for every entry that names other agencies than the panel says."""
    given = {one["id"]: one["agencies"] for one in results}
    return [
        f"{id_}：牵头部门应为{'、'.join(right)}，得到{'、'.join(given[id_])}"
        for id_, right in elder["agencies"].items()
        if given[id_] != right
    ]


def wrong_total(elder: Elder, total: dict[str, Any]) -> list[str]:
    """A line when the sum of a month differs."""
    right, given = elder["month_min"], total["month_min"]
    return [] if right == given else [f"每月合计应为{right}元，得到{given}元，计入 {total['counted']}"]


@pytest.mark.parametrize("elder", elders())
def test_elder_gets_what_the_documents_say(elder: Elder) -> None:
    answer = screen(elder["facts"], elder["name"], catalog(), today=TODAY)
    results = answer["results"]
    wrong = (
        wrong_verdicts(elder, results) + wrong_agencies(elder, results) + wrong_total(elder, answer["total"])
    )
    if wrong:
        pytest.fail("\n".join([f"{elder['name']}（{elder['why']}）", *wrong]), pytrace=False)
