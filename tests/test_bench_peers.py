"""What the bench against others does by itself: its arithmetic, its page, and that all decide the same."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.catalog.assess import judge_list
from bot.catalog.load import load_catalog
from bot.eligibility.facts import read_facts
from tests.bench.peers import by_hand, logic
from tests.bench.peers.charts import picture
from tests.bench.peers.figures import Bar, Chart, Part, Table, part_from, percentile, ratio, short, spread
from tests.bench.peers.page import write

TODAY = date(2026, 11, 21)
WOLONG, RULES = load_catalog().lists["wolong"], logic.rules()
ELDERS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "eligibility" / "wolong.yaml").read_text(encoding="utf-8")
)


def evaluated(rule: Any, elder: dict[str, Any]) -> Any:
    """JsonLogic, as far as the list needs it."""
    if not isinstance(rule, dict):
        return rule
    ((word, parts),) = rule.items()
    if word == "var":
        return elder[parts]
    told = [evaluated(part, elder) for part in parts]
    return {"and": all, "or": any, "!": lambda one: not one[0], ">=": lambda two: two[0] >= two[1]}[word](
        told
    )


@pytest.mark.parametrize("elder", ELDERS, ids=lambda elder: str(elder["name"]))
def test_the_list_by_hand_and_as_logic_decide_as_ours_does(elder: dict[str, Any]) -> None:
    facts = read_facts(elder["facts"], TODAY)
    results, _ = judge_list(WOLONG, facts)
    told = logic.flat(facts)
    assert sorted(by_hand.decide(told)) == sorted(logic.ours_true(results))
    assert [id_ for id_, rule in RULES.items() if evaluated(rule, told)] == logic.ours_true(results)


def test_there_is_a_rule_for_every_entry() -> None:
    assert list(RULES) == [item.id for item in WOLONG.items]


def test_ratios_are_taken_round_by_round() -> None:
    told = ratio([10.0, 30.0, 20.0], [10.0, 10.0, 10.0])
    assert (told.low, told.median, told.high) == (1.0, 2.0, 3.0)
    assert str(told) == "2.00 (1.00–3.00)"
    with pytest.raises(ValueError, match="zip"):
        ratio([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="no round"):
        spread([])


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.99, 0.999, 1)] == [50.0, 99.0, 100.0, 100.0]
    assert percentile([7.0], 0.5) == 7.0


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (1234.5, "1,234"), (56.78, "56.8"), (1.234, "1.23"), (0.01234, "0.0123")]
)
def test_figures_are_short(value: float, text: str) -> None:
    assert short(value) == text


def test_a_bar_says_by_how_much() -> None:
    assert str(Bar("turns", 1.0, 0.5, "", at_most=False)).endswith("**not reached**, by a factor of 2.00")
    assert str(Bar("p99", 50.0, 12.0, "ms", at_most=True)) == "p99: 12.0 ms, the bar is ≤ 50.0: reached"


def test_the_page_has_every_bar_table_and_picture(tmp_path: Path) -> None:
    part = Part(
        "turns",
        "Whole turns",
        ["How."],
        [Table("Rates", ["server", "turns/s"], [["ours", "5"]])],
        [Chart("rates", "Rates", "ours 5 a second", "a second", [("ours <1>", 5.0, 4.0, 6.0)])],
        [Bar("turns", 1.0, 0.5, "", at_most=False, hindrance="the store")],
    )
    (tmp_path / "measured").mkdir()
    (tmp_path / "measured" / "turns.json").write_text(json.dumps(part.as_json()), encoding="utf-8")
    page = write(tmp_path).read_text(encoding="utf-8")
    assert "| ours | 5 |" in page
    assert "![Rates: ours 5 a second](measured/rates.svg)" in page
    assert "**not reached**, by a factor of 2.00. In the way: the store." in page
    assert "ours &lt;1&gt;" in (tmp_path / "measured" / "rates.svg").read_text(encoding="utf-8")


def test_a_part_comes_back_from_its_json() -> None:
    part = Part("x", "X", charts=[Chart("c", "C", "alt", "ms", [("ours", 1.0, 1.0, 1.0)])])
    again = part_from(json.loads(json.dumps(part.as_json())))
    assert picture(again.charts[0]) == picture(part.charts[0])
