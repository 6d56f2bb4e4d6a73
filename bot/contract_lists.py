"""The contract's §6: the lists and their entries as data, for the commands and the API alike."""

from __future__ import annotations

from collections.abc import Iterable

from bot.catalog.model import BenefitList, Catalog, Item
from bot.catalog.schema import BenefitForm, TierForm
from bot.catalog.search import search
from bot.contract import Json, list_head, source
from bot.dialogue.wording import say
from bot.errors import BadValue, NotFound


def lists(catalog: Catalog) -> Json:
    """Every list as data."""
    return {"lists": [one_list(catalog, id_) for id_ in catalog.lists]}


def one_list(catalog: Catalog, id_: str) -> Json:
    """One list as data; raises `NotFound`."""
    found = catalog.lists.get(id_)
    if found is None:
        raise NotFound(f"there is no list {id_[:40]!r}; there are {', '.join(catalog.lists)}", field="list")
    region = catalog.region(found.document.region)
    return {
        **list_head(found),
        "region": {"code": region.code, "name": region.full},
        "items": [_item(item, found) for item in found.items],
    }


def _item(item: Item, found: BenefitList) -> Json:
    form = item.form
    return {
        "id": item.id,
        "item": form.item,
        "name": form.name,
        "kind": form.kind,
        "general": form.general,
        "service": form.service,
        "what": item.service.what,
        "who": form.who,
        "may_extend_to": form.may_extend_to,
        "benefits": [_benefit(one) for one in form.benefits],
        "agencies": list(form.agencies),
        "agency_note": form.agency_note,
        "source": source(item, found),
        "reading": form.reading,
        "verified_at": form.verified_at,
    }


def _benefit(form: BenefitForm) -> Json:
    tiers: Iterable[TierForm] = form.tiers or (TierForm(value=form.value, text=form.text),)
    pays = form.pays.model_dump()
    return {
        "label": form.label,
        "principle": form.principle,
        "tiers": [
            {"when": tier.when, "amount": {"value": tier.value, **pays, "text": tier.text}} for tier in tiers
        ],
    }


def benefits(catalog: Catalog, region: str | None, query: str) -> Json:
    """Entries found by name, everyday name, agency or words; of one place, or of all lists."""
    found = list(catalog.lists.values())
    if region:
        place = catalog.region(region)
        one = catalog.list_for(place)
        if one is None:
            raise BadValue(say("not_covered", region=place.name), code="not_covered", field="region")
        found = [one]
    hits = [(one, item) for one in found for item in search(one.items, query)]
    return {"benefits": [{**_item(item, one), "list": list_head(one)} for one, item in hits]}
