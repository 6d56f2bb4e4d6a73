"""What must hold between the files of the catalog; every finding names file, line and mend."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from bot.catalog.files import Files, Read
from bot.catalog.lined_yaml import Where
from bot.catalog.schema import BenefitForm, DocumentForm, ItemForm, QuestionForm, RegionForm
from bot.eligibility.conditions import age_bounds
from bot.eligibility.facts import read_facts
from bot.eligibility.vocabulary import BOOLEANS, CHOICES, FACTS, FLAG_SETS, OLDEST
from bot.errors import BadValue

# What a message holds in UTF-8, less the frame around an item.
_MESSAGE_BYTES = 1800
# No choice sets a date: any day reads it alike.
_ANY_DAY = date(2000, 1, 1)


def cross_check(files: Files) -> list[str]:
    """All findings, in the order of the files."""
    findings = [*_once(files.documents, "list")]
    agencies = defaultdict(set)
    for agency in files.agencies:
        agencies[agency.form.list].add(agency.form.name)
    for document in files.documents:
        items = files.items[document.form.list]
        findings += _numbers(document, items)
        findings += _either_or(document, items)
        for item in items:
            findings += _item(agencies[document.form.list], document, item)
    findings += [*_regions(files), *_hotlines(files), *_facts(files), *_questions(files)]
    findings += [*_services(files), *_names(files), *_areas(files)]
    return findings


def _once(rows: Sequence[Read[Any]], key: str) -> Iterator[str]:
    """What names its row may name only one."""
    counted = Counter(getattr(one.form, key) for one in rows)
    for one in rows:
        if counted[value := getattr(one.form, key)] > 1:
            yield one.problem((key,), f"{value} stands here twice; keep one")


def _numbers(document: Read[DocumentForm], items: list[Read[ItemForm]]) -> Iterator[str]:
    printed, written = set(document.form.items), {item.form.item for item in items}
    for number in sorted(printed - written):
        yield document.problem(
            ("items",),
            f"item {number} of this list has no file; write it, with a reading note where its row is missing",
        )
    for item in items:
        if item.form.item not in printed:
            yield item.problem(
                ("item",), f"the list has no item {item.form.item}; document.yaml says which it has"
            )
    keys = Counter(
        (item.form.id, item.form.item, item.form.part) if item.form.id is None else item.form.id
        for item in items
    )
    for item in items:
        key = (item.form.id, item.form.item, item.form.part) if item.form.id is None else item.form.id
        if keys[key] > 1:
            yield item.problem(
                ("item",), f"item {item.form.item} is written twice; give each a part or keep one"
            )


def _either_or(document: Read[DocumentForm], items: list[Read[ItemForm]]) -> Iterator[str]:
    list_id = document.form.list
    ids = {item.form.id or f"{list_id}-{item.form.item:02d}{item.form.part or ''}" for item in items}
    for i, rule in enumerate(document.form.either_or):
        for entry in rule.entries:
            if entry not in ids:
                yield document.problem(("either_or", i), f"there is no entry {entry!r} in this list")


def _item(known: AbstractSet[str], document: Read[DocumentForm], item: Read[ItemForm]) -> Iterator[str]:
    for i, agency in enumerate(item.form.agencies):
        if agency not in known:
            yield item.problem(
                ("agencies", i), f"{agency!r} is not in agencies.yaml for {document.form.list}; add it there"
            )
    if item.form.ask_first and item.form.ask_first not in item.form.agencies:
        yield item.problem(("ask_first",), f"{item.form.ask_first!r} is not one of this item's agencies")
    for i, benefit in enumerate(item.form.benefits):
        yield from _tiers(item, i, benefit)
    if len(str(item.form.model_dump()).encode()) > 4 * _MESSAGE_BYTES:
        yield item.problem((), "the item is too long to be told in one message; shorten its texts")


def _tiers(item: Read[ItemForm], index: int, benefit: BenefitForm) -> Iterator[str]:
    """Age tiers must follow each other without a gap and without an overlap."""
    spans: list[tuple[int, int, int]] = []
    for i, tier in enumerate(benefit.tiers or ()):
        if tier.when is not None and set(tier.when) == {"age"}:
            spans.append((*age_bounds(tier.when["age"]), i))
    for (_, high, _), (low, _, i) in zip(sorted(spans), sorted(spans)[1:], strict=False):
        where = ("benefits", index, "tiers", i)
        if low <= high:
            yield item.problem(where, f"the tiers overlap at {low}; let one end at {low - 1}")
        if low > high + 1:
            yield item.problem(where, f"the tiers leave a gap from {high + 1} to {low - 1}; close it")
    if spans and max(high for _, high, _ in spans) < OLDEST and len(spans) == len(benefit.tiers or ()):
        yield item.problem(
            ("benefits", index, "tiers"), "the tiers end before the oldest; let the last be at_least"
        )


def _regions(files: Files) -> Iterator[str]:
    lists = {one.form.list for one in files.documents}
    codes = {one.form.code for one in files.regions}
    yield from _once(files.regions, "code")
    names = Counter(name for one in files.regions for name in {*one.form.names, one.form.full})
    for one in files.regions:
        yield from _region_list(one, lists)
        for name in sorted({*one.form.names, one.form.full}):
            if names[name] > 1:
                yield one.problem(("names",), f"{name!r} names two places; write it with its city in front")
    for document in files.documents:
        if document.form.region not in codes:
            yield document.problem(
                ("region",), f"{document.form.region} is not in regions.yaml; add it there"
            )


def _region_list(one: Read[RegionForm], lists: set[str]) -> Iterator[str]:
    for key, named in (("list", one.form.list), ("floor", one.form.floor)):
        if named is not None and named not in lists:
            yield one.problem((key,), f"there is no list {named!r} in lists/")


def _hotlines(files: Files) -> Iterator[str]:
    numbers = {one.form.number for one in files.hotlines}
    yield from _once(files.hotlines, "number")
    for service in files.services:
        for i, number in enumerate(service.form.hotlines):
            if number not in numbers:
                yield service.problem(
                    ("hotlines", i), f"{number} is not in hotlines.yaml; add it there with its source"
                )


def _facts(files: Files) -> Iterator[str]:
    worded = {one.form.fact: one for one in files.facts}
    yield from _once(files.facts, "fact")
    for fact in (*FLAG_SETS, *CHOICES, *BOOLEANS, "age", "care_months", "disability"):
        if fact not in worded:
            yield f"{files.root.name}/facts.yaml:1: the fact {fact!r} has no words; add an entry for it"
    for name, one in worded.items():
        if name not in FACTS:
            yield one.problem(("fact",), f"there is no fact {name!r}; allowed are {', '.join(FACTS)}")
        for value in (*FLAG_SETS.get(name, ()), *CHOICES.get(name, ())):
            words = one.form.values.get(value)
            if words is None or words.holds is None or words.fails is None:
                yield one.problem(("values",), f"{name} needs name, holds and fails for {value!r}")
        if name in BOOLEANS and (one.form.holds is None or one.form.fails is None):
            yield one.problem((), f"{name} needs the words holds and fails")


def _questions(files: Files) -> Iterator[str]:
    ids = {one.form.id for one in files.questions}
    yield from _once(files.questions, "id")
    if "region" not in ids:
        yield f"{files.root.name}/questions.yaml:1: nobody asks for the place; add a question 'region'"
    for one in files.questions:
        yield from _question(one, ids)


def _question(one: Read[QuestionForm], ids: set[str]) -> Iterator[str]:
    if not _speaks_of_who(one.form.text):
        yield one.problem(("text",), "only {who} may stand in braces; write the rest without them")
    for i, fact in enumerate(one.form.settles):
        if fact not in FACTS:
            yield one.problem(("settles", i), f"there is no fact {fact!r}; allowed are {', '.join(FACTS)}")
    if one.form.implied:
        yield from _sets(one, ("implied", "sets"), one.form.implied.sets)
    for i, option in enumerate(one.form.options):
        yield from _sets(one, ("options", i, "sets"), option.sets)
        for id_ in set(option.declines) - ids:
            yield one.problem(("options", i, "declines"), f"there is no question {id_!r}")


def _speaks_of_who(text: str) -> bool:
    try:
        text.format(who="")
    except (KeyError, IndexError, ValueError):
        return False
    return True


def _sets(one: Read[QuestionForm], where: Where, sets: Mapping[str, Any]) -> Iterator[str]:
    try:
        read_facts(sets, _ANY_DAY)
    except BadValue as error:
        yield one.problem(where, error.message)


def _services(files: Files) -> Iterator[str]:
    known = {one.stem for one in files.services}
    named = [(one.problem, slug) for one in files.services for slug in one.form.see_also]
    shared = [(one.problem, slug) for one in files.shared_names for slug in one.form.services]
    for problem, slug in [*named, *shared]:
        if slug not in known:
            yield problem((), f"there is no services/{slug}.yaml; write it or take the name out")


def _names(files: Files) -> Iterator[str]:
    owners: dict[str, Any] = {}
    for one in files.services:
        for name in (one.form.name, *one.form.everyday):
            if name in owners and owners[name] != one.stem:
                yield one.problem(
                    ("everyday",), f"{name!r} already names {owners[name]}; one name, one service"
                )
            owners[name] = one.stem


def _areas(files: Files) -> Iterator[str]:
    regions = {one.form.code: one.form for one in files.regions}
    yield from _once(files.areas, "code")
    for one in files.areas:
        region = regions.get(one.form.code)
        if region is None or not (region.list or region.floor):
            yield one.problem(
                ("code",), f"{one.form.code} is no place with a list in regions.yaml; take it out"
            )
        elif region.name != one.form.name:
            yield one.problem(("name",), f"{one.form.code} is {region.name} in regions.yaml; write it so")
