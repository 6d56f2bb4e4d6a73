"""Services by name over all lists, each with every list's entries side by side."""

from __future__ import annotations

from typing import NamedTuple

from bot.catalog.model import BenefitList, Catalog, Item
from bot.catalog.schema import ServiceForm
from bot.catalog.search import search
from bot.web.answer_view import tier_lines
from bot.web.fact_words import condition_words

_MOST_SERVICES = 20


class Entry(NamedTuple):
    """One list's entry of a service, in words."""

    item: Item
    who: str
    extends: str | None
    amounts: list[str]


class Found(NamedTuple):
    """One service, with what each list says of it; a list that is silent has no entries."""

    service: ServiceForm
    lists: list[tuple[BenefitList, list[Entry]]]


def services(catalog: Catalog, query: str) -> list[Found]:
    """The services that fit, each with every list's entries side by side; none where nothing is asked."""
    if not query:
        return []
    hits = [item.form.service for one in catalog.lists.values() for item in search(one.items, query)]
    return [side_by_side(slug, catalog) for slug in list(dict.fromkeys(hits))[:_MOST_SERVICES]]


def side_by_side(slug: str, catalog: Catalog) -> Found:
    """One service (a file in catalog_data/services) with every list's entries."""
    return Found(
        catalog.services[slug],
        [
            (one, [_entry(item, catalog) for item in one.items if item.form.service == slug])
            for one in catalog.lists.values()
        ],
    )


def _entry(item: Item, catalog: Catalog) -> Entry:
    form = item.form
    extends = condition_words(form.may_extend_to, catalog) if form.may_extend_to else None
    return Entry(item, condition_words(form.who, catalog), extends, tier_lines(item, catalog))
