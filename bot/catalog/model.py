"""The catalog as the rest of the program sees it: checked, immutable, every figure with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.catalog.areas import Area
from bot.catalog.calls import Call, Calls
from bot.catalog.holidays import Holidays
from bot.catalog.schema import DocumentForm, FactForm, HotlineForm, ItemForm, QuestionForm, ServiceForm
from bot.catalog.schema_panel import ElderForm
from bot.eligibility.outcome import Check
from bot.eligibility.rules import Rule
from bot.eligibility.totals import EitherOr

# What may follow the name of a county and lie inside it.
_WITHIN = ("乡", "镇", "街道", "办事处", "村", "社区", "区", "县")


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One entry of a list: what is printed (`form`), the rule made of it, the service it brings."""

    id: str
    form: ItemForm
    rule: Rule
    service: ServiceForm


@dataclass(frozen=True, slots=True)
class Note:
    """Something that must be said with an answer where `when` holds."""

    when: Check
    says: str


@dataclass(frozen=True, slots=True, eq=False)
class BenefitList:
    """One document's list, in its order."""

    id: str
    document: DocumentForm
    items: tuple[Item, ...]
    either_or: tuple[EitherOr, ...]
    notes: tuple[Note, ...]
    by_id: Mapping[str, Item]


@dataclass(frozen=True, slots=True)
class Region:
    """A place; `list` is None where no list of ours covers it, `floor` where only the city's list does."""

    code: str | None
    name: str
    full: str
    list: str | None = None
    floor: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One question the dialogue may ask where `only_when` holds; `implied` answers it by what was told already."""

    form: QuestionForm
    only_when: Check
    implied: Check | None


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """Everything in catalog_data/.

    `region_names`, `benefit_names` and `call_names` go from what people write to the code of the place, the
    name of the benefit, and the name of the service that comes to the door. `topics` goes from the name of a
    benefit to the services it means: one, or several where people use one name for them. `areas` are the
    borders of the places with a list, where we have them. `panel` are elders whose answers are compared before a
    change is accepted.
    """

    lists: Mapping[str, BenefitList]
    services: Mapping[str, ServiceForm]
    regions: Mapping[str, Region]
    region_names: Mapping[str, str]
    hotlines: Mapping[str, HotlineForm]
    facts: Mapping[str, FactForm]
    questions: Mapping[str, Question]
    benefit_names: Mapping[str, str]
    topics: Mapping[str, tuple[str, ...]]
    call_names: Mapping[str, str]
    calls: Calls
    holidays: Holidays
    areas: tuple[Area, ...] = ()
    panel: tuple[ElderForm, ...] = ()

    def region(self, name_or_code: str) -> Region:
        """The place of that name or code; one we do not know is a place not covered."""
        name = "".join(name_or_code.split())
        known = self.regions.get(self.region_names.get(name, name)) or self._named(name)
        if known is not None:
            return known
        is_code = name.isascii() and name.isdecimal() and len(name) == 6
        return Region(name if is_code else None, name_or_code, name_or_code)

    def _named(self, name: str) -> Region | None:
        """河南省南阳市卧龙区, 卧龙区七里园乡: names one after another, the last and smallest that we know."""
        rest, found = name, None
        while longest := max((one for one in self.region_names if rest.startswith(one)), key=len, default=""):
            rest, found = rest.removeprefix(longest), self.region_names[longest]
        inside = not rest or rest.endswith(_WITHIN)
        return self.regions[found] if found and inside else None

    def list_for(self, region: Region) -> BenefitList | None:
        """The list whose answers hold there, None where none does."""
        return self.lists.get(region.list) if region.list else None

    def calls_of(self, region: Region) -> tuple[Call, ...]:
        """What the place offers, in the order to tell it; not the urgent call, which nobody chooses from a list."""
        return tuple(call for call in self.calls.had_in(region.code).values() if not call.urgent)

    def call(self, id_: str, region: Region | None = None) -> Call | None:
        """The call of that id as the place has it, None where it has it not; without a place, as set for all."""
        return (self.calls.had_in(region.code) if region else self.calls.every).get(id_)

    def call_named(self, name_or_word: str) -> Call | None:
        """The call of that name (助浴), or that people call so (洗澡), as set for all; None for any other word."""
        word = "".join(name_or_word.split())
        every = self.calls.every.values()
        return next((call for call in every if word == call.name or word in call.words), None)

    def calls_fitting(self, service: str, region: Region) -> tuple[Call, ...]:
        """What is worth offering there after an entitlement to that service (a file in catalog_data/services)."""
        return tuple(call for call in self.calls_of(region) if service in call.fits)

    def urgent_call(self, region: Region) -> Call | None:
        """The call that rings the people on duty there; None where nobody is."""
        return next((call for call in self.calls.had_in(region.code).values() if call.urgent), None)
