"""catalog_data/ → a checked, immutable Catalog, or a refusal that names file, line and mend."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.catalog.areas import Area, points_of
from bot.catalog.check import cross_check
from bot.catalog.check_calls import check_calls
from bot.catalog.check_panel import check_panel
from bot.catalog.files import Files, Read, read_files
from bot.catalog.holidays import holidays
from bot.catalog.lined_yaml import Where
from bot.catalog.load_calls import calls
from bot.catalog.model import BenefitList, Catalog, Item, Note, Question, Region
from bot.catalog.schema import (
    BenefitForm,
    DocumentForm,
    DoubtForm,
    ItemForm,
    QuestionForm,
    RegionForm,
    ServiceForm,
)
from bot.eligibility.benefits import Benefit, Tier
from bot.eligibility.conditions import ConditionError, compile_condition
from bot.eligibility.outcome import Check, always
from bot.eligibility.rules import Doubt, Rule
from bot.eligibility.totals import EitherOr
from bot.errors import CatalogError

CATALOG_DATA = Path(__file__).resolve().parents[2] / "catalog_data"


def load_catalog(root: Path = CATALOG_DATA) -> Catalog:
    """Reads and checks everything; raises `CatalogError` with all problems at once."""
    files = read_files(root)
    compiler = _Compiler()
    lists = [_list(files, read, compiler) for read in files.documents] if not files.problems else []
    problems = files.problems + compiler.problems
    if not problems:
        problems = [*cross_check(files), *check_calls(files), *check_panel(files)]
    if problems:
        raise CatalogError(problems)
    return _catalog(files, lists, compiler)


class _Compiler:
    """Compiles conditions and keeps what is wrong with them, each with its line."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def check(self, read: Read[Any], where: Where, raw: Any) -> Check:
        try:
            return compile_condition(raw)
        except ConditionError as error:
            self.problems.append(read.problem(where, str(error)))
            return always


def item_id(list_id: str, form: ItemForm) -> str:
    """`<list>-<two-digit item number>` and the part; Nangong's items carry their own."""
    return form.id or f"{list_id}-{form.item:02d}{form.part or ''}"


def _list(files: Files, read: Read[DocumentForm], compiler: _Compiler) -> BenefitList:
    document = read.form
    audience = compiler.check(read, ("audience",), document.audience)
    services = {one.stem: one.form for one in files.services}
    items = [_item(document.list, one, audience, services, compiler) for one in files.items[document.list]]
    items = sorted((item for item in items if item), key=lambda item: (item.form.item, item.form.part or ""))
    notes = [
        Note(compiler.check(read, ("notes_when", i, "when"), note.when), note.says)
        for i, note in enumerate(document.notes_when)
    ]
    return BenefitList(
        document.list,
        document,
        tuple(items),
        tuple(EitherOr(one.entries, one.says) for one in document.either_or),
        tuple(notes),
        MappingProxyType({item.id: item for item in items}),
    )


def _item(
    list_id: str, read: Read[ItemForm], audience: Check, services: dict[str, ServiceForm], compiler: _Compiler
) -> Item:
    form = read.form
    service = services.get(form.service)
    if service is None:
        compiler.problems.append(
            read.problem(("service",), f"there is no services/{form.service}.yaml; write it")
        )
        service = ServiceForm(name=form.name, what=form.name, who_for=form.name, ask=form.name, worth=0)
    check = partial(compiler.check, read)
    rule = Rule(
        id=item_id(list_id, form),
        audience=always if form.audience == "own" else audience,
        who=check(("who",), form.who),
        may_extend_to=None if form.may_extend_to is None else check(("may_extend_to",), form.may_extend_to),
        also_maybe=tuple(_doubts(read, "also_maybe", form.also_maybe, compiler)),
        at_most_maybe=tuple(_doubts(read, "at_most_maybe", form.at_most_maybe, compiler)),
        general=form.general,
        benefits=tuple(_benefit(read, i, one, compiler) for i, one in enumerate(form.benefits)),
    )
    return Item(rule.id, form, rule, service)


def _doubts(
    read: Read[ItemForm], key: str, forms: Iterable[DoubtForm], compiler: _Compiler
) -> Iterable[Doubt]:
    for i, form in enumerate(forms):
        yield Doubt(compiler.check(read, (key, i, "when"), form.when), form.reason, form.says)


def _benefit(read: Read[ItemForm], index: int, form: BenefitForm, compiler: _Compiler) -> Benefit:
    place: Where = ("benefits", index)
    tiers = [
        Tier(
            always if tier.when is None else compiler.check(read, (*place, "tiers", i, "when"), tier.when),
            tier.value,
            tier.text,
            tier.not_counted,
        )
        for i, tier in enumerate(form.tiers or ())
    ]
    pays = form.pays
    return Benefit(
        label=form.label,
        tiers=tuple(tiers) or (Tier(always, form.value, form.text),),
        unit=pays.unit,
        per=pays.per,
        at_least=pays.at_least,
        to=pays.to,
        principle=form.principle,
        when=None if form.when is None else compiler.check(read, (*place, "when"), form.when),
    )


def _catalog(files: Files, lists: list[BenefitList], compiler: _Compiler) -> Catalog:
    regions = {one.form.code: _region(one.form) for one in files.regions}
    questions = {one.form.id: _question(one, compiler) for one in files.questions}
    if compiler.problems:
        raise CatalogError(compiler.problems)
    return Catalog(
        lists=MappingProxyType({one.id: one for one in lists}),
        services=MappingProxyType({one.stem: one.form for one in files.services}),
        regions=MappingProxyType(regions),
        region_names=MappingProxyType(_region_names(files)),
        hotlines=MappingProxyType({one.form.number: one.form for one in files.hotlines}),
        facts=MappingProxyType({one.form.fact: one.form for one in files.facts}),
        questions=MappingProxyType(questions),
        benefit_names=MappingProxyType(_benefit_names(files)),
        topics=MappingProxyType(_topics(files)),
        call_names=MappingProxyType(_call_names(files)),
        calls=calls(files),
        holidays=holidays([one.form for one in files.holidays]),
        areas=tuple(Area(one.form.code, tuple(map(points_of, one.form.rings))) for one in files.areas),
        panel=tuple(one.form for one in files.panel),
    )


def _question(read: Read[QuestionForm], compiler: _Compiler) -> Question:
    form = read.form
    implied = form.implied
    return Question(
        form,
        compiler.check(read, ("only_when",), form.only_when or {}),
        compiler.check(read, ("implied", "when"), implied.when) if implied else None,
    )


def _region(form: RegionForm) -> Region:
    return Region(
        form.code,
        form.name,
        form.full,
        form.list or form.floor,
        floor=form.list is None and form.floor is not None,
    )


def _region_names(files: Files) -> dict[str, str]:
    return {name: one.form.code for one in files.regions for name in (*one.form.names, one.form.full)}


def _benefit_names(files: Files) -> dict[str, str]:
    """Every way to call a benefit → its name."""
    services = {one.stem: one.form.name for one in files.services}
    names = {name: one.form.name for one in files.services for name in one.form.everyday}
    names.update({r.form.name: services[r.form.service] for items in files.items.values() for r in items})
    names.update({word: one.form.name for one in files.shared_names for word in one.form.words})
    names.update({name: name for name in services.values()})
    return names


def _call_names(files: Files) -> dict[str, str]:
    """What people call a call → its name. The urgent one is raised by danger, not by its name."""
    forms = [one.form for one in files.calls if not one.form.urgent]
    return {word: form.name for form in forms for word in form.words}


def _topics(files: Files) -> dict[str, tuple[str, ...]]:
    topics = {one.form.name: one.form.services for one in files.shared_names}
    topics.update({one.form.name: (one.stem,) for one in files.services})
    return topics
