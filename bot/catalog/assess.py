"""One elder against the list of their place: every entry judged, the sure sum, the place and the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.catalog.model import BenefitList, Catalog, Region
from bot.eligibility.facts import Facts, read_facts
from bot.eligibility.rules import Result, judge
from bot.eligibility.totals import Total, add_up


@dataclass(frozen=True, slots=True)
class Assessment:
    """`region` is None where nobody told it, `benefit_list` where no list of ours covers the place."""

    facts: Facts
    region: Region | None
    benefit_list: BenefitList | None
    results: tuple[Result, ...]
    total: Total
    today: date

    def by_verdict(self, verdict: str) -> list[Result]:
        return [result for result in self.results if result.verdict == verdict]

    @property
    def presumed(self) -> list[str]:
        """The presumptions that some "yes" rests on."""
        used = {r.fact for result in self.by_verdict("yes") for r in result.because}
        return [fact for fact in ("resident", "hukou_local", "place") if fact in used & self.facts.presumed]


_NOTHING = Total(None, (), (), ())


def assess(catalog: Catalog, raw: Mapping[str, Any], today: date) -> Assessment:
    """Judges all entries; raises `BadValue` for facts that cannot be."""
    facts = read_facts(raw, today)
    region = catalog.region(facts.region) if facts.region else None
    benefit_list = catalog.list_for(region) if region else None
    if benefit_list is None:
        return Assessment(facts, region, None, (), _NOTHING, today)
    results, total = judge_list(benefit_list, facts)
    return Assessment(facts, region, benefit_list, results, total, today)


def judge_list(benefit_list: BenefitList, facts: Facts) -> tuple[tuple[Result, ...], Total]:
    """All entries of one list in its order, and the sum."""
    known = dict(facts.known)
    results = tuple([judge(item.rule, known) for item in benefit_list.items])
    total = add_up(results, benefit_list.either_or, printed=benefit_list.document.amounts_printed)
    return results, total
