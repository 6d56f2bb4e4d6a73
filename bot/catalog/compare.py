"""Whose answer changes from one catalog to another: a fixed panel of elders, judged by both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bot.catalog.assess import Assessment, assess
from bot.catalog.check_panel import ANY_DAY
from bot.catalog.model import BenefitList, Catalog, Item
from bot.eligibility.benefits import Granted
from bot.eligibility.outcome import YES
from bot.eligibility.rules import Result


class Entry(NamedTuple):
    """One entry of a list as an elder is told it; where it is "no", nothing more is told of it."""

    name: str
    verdict: str
    benefits: tuple[Granted, ...] = ()
    agencies: tuple[str, ...] = ()
    agency_note: str | None = None
    reason: str | None = None
    says: str = ""
    missing: tuple[str, ...] = ()
    check: str | None = None
    clause: str = ""
    service: str = ""
    what: str = ""
    ask: str = ""
    hotlines: tuple[str, ...] = ()


class Answer(NamedTuple):
    """What an elder is told in all: `month_min` in CNY, None where no amounts are printed or no list applies."""

    document: str | None
    status: str | None
    year: int | None
    month_min: float | None
    either_or: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    entries: Mapping[str, Entry]


class Changed(NamedTuple):
    """An elder of the panel whose answer is another one; `ids` are the entries that differ, as the lists have them."""

    name: str
    before: Answer
    after: Answer
    ids: tuple[str, ...]


def compare(old: Catalog, new: Catalog) -> list[Changed]:
    """The elders of both panels whose answers differ, in the panel's order; where both know one, as `new` has them."""
    return list(_compared(old, new))


def panel_of(old: Catalog, new: Catalog) -> dict[str, Mapping[str, Any]]:
    """Name → facts."""
    return {one.name: one.facts for one in (*old.panel, *new.panel)}


def uncovered(catalog: Catalog) -> list[Item]:
    """Entries of which no elder of the panel is told anything but "no"."""
    told: set[str] = set()
    for one in catalog.panel:
        results = assess(catalog, one.facts, ANY_DAY).results
        told |= {result.id for result in results if result.verdict != "no"}
    return [item for found in catalog.lists.values() for item in found.items if item.id not in told]


def answer(catalog: Catalog, facts: Mapping[str, Any]) -> Answer:
    """Raises `BadValue` for facts that cannot be."""
    assessment = assess(catalog, facts, ANY_DAY)
    found, total = assessment.benefit_list, assessment.total
    if found is None:
        return Answer(None, None, None, None, (), (), {})
    return Answer(
        document=f"{found.document.title} {found.document.document}",
        status=found.document.status,
        year=found.document.year,
        month_min=total.month_min,
        either_or=tuple((one.take, one.instead_of) for one in total.either_or),
        notes=tuple(_notes(assessment, found)),
        entries={one.id: _entry(found.by_id[one.id], one) for one in assessment.results},
    )


def _compared(old: Catalog, new: Catalog) -> Iterator[Changed]:
    for name, facts in panel_of(old, new).items():
        before, after = answer(old, facts), answer(new, facts)
        ids = tuple(_differing(before.entries, after.entries))
        if ids or before._replace(entries={}) != after._replace(entries={}):
            yield Changed(name, before, after, ids)


def _differing(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> Iterator[str]:
    for id_ in dict.fromkeys([*before, *after]):
        was, is_ = before.get(id_), after.get(id_)
        if _is_told(was, is_) and was != is_:
            yield id_


def _is_told(*entries: Entry | None) -> bool:
    return any(one is not None and one.verdict != "no" for one in entries)


def _entry(item: Item, result: Result) -> Entry:
    form, service = item.form, item.service
    if result.verdict == "no":
        return Entry(form.name, "no")
    return Entry(
        name=form.name,
        verdict=result.verdict,
        benefits=result.benefits,
        agencies=_first(form.ask_first, form.agencies),
        agency_note=form.agency_note,
        reason=result.reason,
        says=result.says,
        missing=result.missing,
        check=form.only_a_person_can_check,
        clause=form.clause,
        service=service.name,
        what=service.what,
        ask=service.ask,
        hotlines=service.hotlines,
    )


def _first(agency: str | None, agencies: Sequence[str]) -> tuple[str, ...]:
    """Whom to ask first stands first."""
    return tuple(dict.fromkeys((agency, *agencies) if agency else agencies))


def _notes(assessment: Assessment, found: BenefitList) -> Iterator[str]:
    yield from found.document.notes
    known = assessment.facts.known
    yield from (note.says for note in found.notes if note.when(known).truth is YES)
