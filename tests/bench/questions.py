"""How many questions an elder answers, and how much of the monthly money is told by the third."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from statistics import median
from typing import Any

from bot.catalog.assess import assess
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog, Question
from bot.dialogue.people import merged
from bot.dialogue.questions import next_question
from bot.eligibility.facts import read_facts
from tests.bench.population import elders

TODAY = date(2026, 11, 21)
COUNT = 1000


def measure() -> list[str]:
    """One line a region, from two thousand elders each."""
    catalog = load_catalog()
    lines = []
    for region in ("411303", "411300", "410200", "411024", "130581"):
        runs = [_interview(elder, catalog) for elder in elders(COUNT, region)]
        asked = [len(values) for values in runs]
        told = sum(values[min(3, len(values)) - 1] for values in runs if values)
        final = sum(values[-1] for values in runs if values)
        share = (
            f"{told / final:.1%} of the monthly money told by question 3" if final else "no amounts printed"
        )
        name = catalog.region(region).full
        lines.append(f"{name}: median {median(asked):g} questions, at most {max(asked)}; {share}")
    return lines


def _interview(truth: Mapping[str, Any], catalog: Catalog) -> list[float]:
    """The sure monthly sum after each question; the region is known, as it is on a county's own account."""
    facts: dict[str, Any] = {"region": truth["region"]}
    before: list[str] = []
    sums: list[float] = []
    while True:
        assessment = assess(catalog, facts, TODAY)
        asking = next_question(assessment.results, assessment.facts, catalog, assessment.benefit_list, before)
        if asking is None:
            return sums
        before.append(asking.question.form.id)
        facts = merged(facts, _answer(asking.question, truth), TODAY)
        sums.append(assess(catalog, facts, TODAY).total.month_min or 0)


def _answer(question: Question, truth: Mapping[str, Any]) -> dict[str, Any]:
    """What this elder would choose: every choice that the truth bears out."""
    form = question.form
    if form.kind == "age":
        return {"age": truth["age"]}
    told: dict[str, Any] = {}
    for option in form.options:
        if _bears_out(option.sets, truth):
            told = merged(told, option.sets, TODAY)
            if form.kind != "checklist":
                break
    return told


def _bears_out(sets: Mapping[str, Any], truth: Mapping[str, Any]) -> bool:
    known = read_facts(truth, TODAY).known
    said = read_facts(sets, TODAY)
    return all(known.get(atom) == value for atom, value in said.known.items() if atom not in said.presumed)
