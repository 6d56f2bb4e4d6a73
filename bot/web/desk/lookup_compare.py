"""The same elder in two places, service by service, with what differs told in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from bot.catalog.assess import Assessment, assess
from bot.catalog.model import Catalog
from bot.dialogue.amounts import amount_words, yuan
from bot.dialogue.answer import agency_words
from bot.dialogue.wording import say
from bot.eligibility.rules import Result


class Side(NamedTuple):
    """What one list says of a service for this elder; empty words where it is silent. `money` are its figures."""

    verdict: str
    amount: str
    agency: str
    clause: str
    money: tuple[tuple[str, float, str | None, str], ...] = ()


class Pair(NamedTuple):
    """One service in both places; `differs` tells in words what does, "" where nothing does."""

    name: str
    left: Side
    right: Side
    differs: str


class Comparison(NamedTuple):
    """Both places by name, their lists and sums, and the services: first those that differ."""

    places: tuple[str, str]
    titles: tuple[str, str]
    totals: tuple[str, str]
    pairs: Sequence[Pair]


def compare(facts: Mapping[str, Any], beside: str, catalog: Catalog, today: date) -> Comparison | None:
    """None where one of the places has no list, or both are the same."""
    both = (assess(catalog, facts, today), assess(catalog, {**facts, "region": beside}, today))
    left, right = both
    if left.region is None or right.region is None or left.region == right.region:
        return None
    if left.benefit_list is None or right.benefit_list is None:
        return None
    pairs = [
        _pair(slug, left, right, catalog) for slug in dict.fromkeys([*_by_service(left), *_by_service(right)])
    ]
    return Comparison(
        (left.region.full, right.region.full),
        (left.benefit_list.document.title, right.benefit_list.document.title),
        (_total(left), _total(right)),
        sorted(pairs, key=_rank),
    )


def _pair(slug: str, left: Assessment, right: Assessment, catalog: Catalog) -> Pair:
    ours, theirs = _side(slug, left), _side(slug, right)
    places = [one.region.name for one in (left, right) if one.region and slug in _by_service(one)]
    differs = say("hotline_differs_only", place=places[0]) if len(places) == 1 else _differs(ours, theirs)
    return Pair(catalog.services[slug].name, ours, theirs, differs)


def _differs(left: Side, right: Side) -> str:
    """The agencies of two counties always have other names, and so do their rules: the answer and the figures count."""
    told = [("verdict", left.verdict != right.verdict), ("amount", left.money != right.money)]
    return "、".join(say(f"hotline_differs_{name}") for name, differs in told if differs)


def _side(slug: str, assessment: Assessment) -> Side:
    results = _by_service(assessment).get(slug, [])
    found = assessment.benefit_list
    if not results or found is None:
        return Side(say("hotline_verdict_none"), "", "", "")
    items = [found.by_id[result.id] for result in results]
    granted = [one for result in results if result.verdict != "no" for one in result.benefits]
    return Side(
        _joined(say(f"hotline_verdict_{result.verdict}") for result in results),
        amount_words(granted) or "",
        _joined(map(agency_words, items)),
        _joined(one.form.clause for one in items),
        tuple((one.unit, one.value, one.per, one.to) for one in granted if one.value is not None),
    )


def _rank(pair: Pair) -> tuple[bool, bool]:
    return not pair.differs, not (pair.left.money or pair.right.money)


def _joined(texts: Iterable[str]) -> str:
    return "；".join(dict.fromkeys(text for text in texts if text))


def _by_service(assessment: Assessment) -> dict[str, list[Result]]:
    found = assessment.benefit_list
    by: dict[str, list[Result]] = {}
    for result in assessment.results if found else ():
        by.setdefault(found.by_id[result.id].form.service, []).append(result)  # type: ignore[union-attr]
    return by


def _total(assessment: Assessment) -> str:
    month = assessment.total.month_min
    name = "hotline_status_no_total" if month is None else "hotline_status_total"
    return say(name, amount=yuan(month or 0))
