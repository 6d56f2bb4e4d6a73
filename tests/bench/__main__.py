"""`make bench`: prints what was measured on this machine."""

from __future__ import annotations

import platform
from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter

from bot import contract
from bot.catalog.assess import assess, judge_list
from bot.catalog.load import load_catalog
from bot.dialogue.questions import next_question
from bot.eligibility.facts import read_facts
from tests.bench import booking_cost, questions

TODAY = date(2026, 11, 21)
ELDER = {
    "region": "411303",
    "age": 83,
    "status": ["low_income"],
    "disability": {"level": 2},
    "care": "dependent",
}


def micros(work: Callable[[], object], rounds: int = 300, repeats: int = 9) -> str:
    """Microseconds a call: the best and the median of several runs."""
    work()
    runs = []
    for _ in range(repeats):
        start = perf_counter()
        for _ in range(rounds):
            work()
        runs.append((perf_counter() - start) / rounds * 1e6)
    return f"{min(runs):.0f} µs (median {median(runs):.0f})"


def main() -> None:
    catalog = load_catalog()
    found = catalog.lists["wolong"]
    facts = read_facts(ELDER, TODAY)
    assessment = assess(catalog, ELDER, TODAY)
    print(f"Python {platform.python_version()} on {platform.machine()}")
    print("all 31 entries of Wolong judged, with reasons:", micros(lambda: judge_list(found, facts)))
    print("the next question:", micros(lambda: next_question(assessment.results, facts, catalog, found)))
    print(
        "screen, from facts to the contract's JSON:",
        micros(lambda: contract.screen(ELDER, "", catalog, TODAY)),
    )
    print()
    for line in questions.measure():
        print(line)
    print("", *booking_cost.measure(), sep="\n")
    print("\nagainst others, with a page and charts: python -m tests.bench.peers")


if __name__ == "__main__":
    main()
