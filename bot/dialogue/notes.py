"""What must be said with every answer of a list: its standing, its age, what it leaves open."""

from __future__ import annotations

from bot.catalog.assess import Assessment
from bot.catalog.model import Catalog
from bot.dialogue.wording import say
from bot.eligibility.outcome import YES


def notes(assessment: Assessment, catalog: Catalog) -> list[str]:
    """Short plain sentences, the most important first."""
    region, benefit_list = assessment.region, assessment.benefit_list
    if region is None:
        return []
    if benefit_list is None:
        return [say("not_covered", region=region.name)]
    return [*floor(assessment), *benefit_list.document.notes, *_of_this_elder(assessment, catalog)]


def spoken(assessment: Assessment, catalog: Catalog) -> list[str]:
    """The notes as a reply says them: without what its basis and the floor say already."""
    found = assessment.benefit_list
    if found is None or found.document.status == "draft" or floor(assessment):
        return particular(assessment, catalog)
    return [*map(_sentence, found.document.notes), *particular(assessment, catalog)]


def particular(assessment: Assessment, catalog: Catalog) -> list[str]:
    """Only what this elder brings with them."""
    return [_sentence(note) for note in _of_this_elder(assessment, catalog)]


def floor(assessment: Assessment) -> list[str]:
    """That the place's own list is not at hand and the city's stands in for it."""
    region, found = assessment.region, assessment.benefit_list
    if region is None or found is None or not region.floor:
        return []
    return [say("floor", region=region.name, title=found.document.title)]


def _of_this_elder(assessment: Assessment, catalog: Catalog) -> list[str]:
    facts, found = assessment.facts, assessment.benefit_list
    told = [note.says for note in found.notes if note.when(facts.known).truth is YES] if found else []
    if facts.conflicts:
        told.append(say("conflict", facts="、".join(catalog.facts[fact].name for fact in facts.conflicts)))
    return told


def _sentence(note: str) -> str:
    return note if note.endswith("。") else note + "。"
