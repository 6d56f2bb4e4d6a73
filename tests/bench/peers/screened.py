"""A roster screened in process: elders from standard input, a line of verdicts, the sum and the next question each."""

from __future__ import annotations

import json
import sys
from datetime import date

from bot.catalog.assess import assess
from bot.catalog.load import load_catalog
from bot.dialogue.questions import next_question

TODAY = date(2026, 11, 21)
_LETTERS = {"yes": "y", "no": "n", "maybe": "m", "general": "g"}


def main() -> None:
    """One letter an entry, in the order of the list."""
    catalog = load_catalog()
    for line in sys.stdin:
        told = json.loads(line)
        found = assess(catalog, told["facts"], TODAY)
        asking = next_question(found.results, found.facts, catalog, found.benefit_list)
        letters = "".join(_LETTERS[one.verdict] for one in found.results)
        question = asking.question.form.id if asking else "-"
        sys.stdout.write(f"{told['id']} {letters} {found.total.month_min} {question}\n")


if __name__ == "__main__":
    main()
