"""The lists as data: what the API answers of what stands in them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from bot.api.answers import Amount, Kind, ListHead, Region, Source
from bot.api.shape import Shape

Condition = Annotated[
    dict[str, Any], Field(description="A condition on facts, as the catalog writes it; {} always holds.")
]


class TierAmount(Amount):
    """What a tier pays, as the list prints it."""


class Tier(Shape):
    when: Condition | None
    amount: TierAmount


class ListBenefit(Shape):
    label: str
    principle: bool
    tiers: list[Tier]


class Item(Shape):
    """One entry as the list prints it; `who` must hold, `may_extend_to` is 有条件的地方可扩大到."""

    id: str
    item: int
    name: str
    kind: Kind
    general: bool
    service: str
    what: str
    who: Condition
    may_extend_to: Condition | None
    benefits: list[ListBenefit]
    agencies: list[str]
    agency_note: str | None
    source: Source
    reading: str | None
    verified_at: str


class FoundItem(Item):
    list: ListHead


class BenefitList(ListHead):
    """§6: one document's list as data."""

    region: Region
    items: list[Item]


class ListsAnswer(Shape):
    lists: list[BenefitList]


class BenefitsAnswer(Shape):
    benefits: list[FoundItem]
