"""What is remembered of an entry is what judging it anew would give."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from bot import contract
from bot.catalog.assess import judge_list
from bot.catalog.load import load_catalog
from bot.eligibility.facts import read_facts
from bot.eligibility.rules import judge
from tests.bench.population import elders

CATALOG = load_catalog()
TODAY = date(2026, 11, 21)


def some(region: str) -> Iterator[dict[str, Any]]:
    """Elders of whom more or less is known."""
    chance = random.Random(7)  # noqa: S311 - a population, not a secret
    for elder in elders(150, region):
        yield elder
        yield {fact: value for fact, value in elder.items() if fact == "region" or chance.random() < 0.5}


def test_the_same_as_judged_anew() -> None:
    for found in CATALOG.lists.values():
        for raw in some(found.document.region):
            facts = read_facts(raw, TODAY)
            anew = tuple(judge(item.rule, facts.known) for item in found.items)
            assert judge_list(found, facts)[0] == anew


def test_no_words_stay_from_another_elder() -> None:
    for raw in list(some("411303"))[::30]:
        for_nobody_before = contract.screen(raw, "x", load_catalog(), TODAY)
        assert contract.screen(raw, "x", CATALOG, TODAY) == for_nobody_before
