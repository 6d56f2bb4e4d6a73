"""One elder against the list of their place: every entry judged, the sure sum, the place and the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from bot.catalog.model import BenefitList, Catalog, Region
from bot.eligibility.facts import Facts, read_facts
from bot.eligibility.remembered import Remembered
from bot.eligibility.rules import Result
from bot.eligibility.told import Told
from bot.eligibility.totals import Total, add_up
from bot.eligibility.vocabulary import PRESUMED


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
        if not self.results:
            return []
        used = _DECIDED.of(self.results) or _DECIDED.keep(self.results, _decided(self.results))
        return [fact for fact in used if fact in self.facts.presumed]


_DECIDED: Told[tuple[str, ...]] = Told()
_TOTALS: Told[Total] = Told()
_NOTHING = Total(None, (), (), ())


def _decided(results: Iterable[Result]) -> tuple[str, ...]:
    """Of the facts that may be presumed, those that some "yes" rests on."""
    used = {reason.fact for result in results if result.verdict == "yes" for reason in result.because}
    return tuple([fact for fact in PRESUMED if fact in used])


def assess(catalog: Catalog, raw: Mapping[str, Any], today: date) -> Assessment:
    """Judges all entries; raises `BadValue` for facts that cannot be."""
    return assess_facts(catalog, read_facts(raw, today), today)


def assess_facts(catalog: Catalog, facts: Facts, today: date) -> Assessment:
    """Judges all entries by facts that were read on that day."""
    region = catalog.region(facts.region) if facts.region else None
    benefit_list = catalog.list_for(region) if region else None
    if benefit_list is None:
        return Assessment(facts, region, None, (), _NOTHING, today)
    results, total = judge_list(benefit_list, facts)
    return Assessment(facts, region, benefit_list, results, total, today)


# More than there are counties in the country.
@lru_cache(maxsize=4096)
def _judging(benefit_list: BenefitList) -> Remembered:
    return Remembered([item.rule for item in benefit_list.items])


def judge_list(benefit_list: BenefitList, facts: Facts) -> tuple[tuple[Result, ...], Total]:
    """All entries of one list in its order, and the sum."""
    results = _judging(benefit_list)(dict(facts.known))
    # A list without entries gives the one empty tuple, as any other such list does.
    total = _TOTALS.of(results) if results else None
    if total is None:
        total = add_up(results, benefit_list.either_or, printed=benefit_list.document.amounts_printed)
        _TOTALS.keep(results, total)
    return results, total
